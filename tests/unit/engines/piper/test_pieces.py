import pytest

from voxhelm.engines.piper.pieces import cut_phonemes, cut_text, literal


def test_a_short_text_is_one_piece():
    assert [(piece.text, piece.offset) for piece in cut_text("One. Two.", 20)] == [("One. Two.", 0)]
    assert list(cut_text("")) == []


@pytest.mark.parametrize(
    ("text", "first"),
    [("First one. Second one, long.", "First one. "), ("First one, second one", "First one, "), ("first second third", "first second "),
     ("abcdefghijklmnopqrst", "abcdefghijklmno")],
)  # fmt: skip
def test_a_text_is_cut_where_a_speaker_would_breathe(text, first):
    pieces = list(cut_text(text, 15))
    assert pieces[0].text == first
    assert "".join(piece.text for piece in pieces) == text
    assert all(text.startswith(piece.text, piece.offset) for piece in pieces)


def test_accents_stay_with_their_letter():
    assert [piece.text for piece in cut_text("abcde\u0301f", 5)] == ["abcd", "e\u0301f"]


def parts(phonemes, longest):
    return [phonemes[start:stop] for start, stop in cut_phonemes(phonemes, longest)]


def test_a_sentence_is_said_at_once_unless_it_is_too_long():
    assert parts("ab cd, ef.", 10) == ["ab cd, ef."]
    assert parts("ab cd, ef.", 8) == ["ab cd,", " ef."]
    assert parts("ab cd ef", 6) == ["ab cd ", "ef"]
    assert parts("abcdef", 4) == ["abcd", "ef"]
    assert parts("", 4) == []


@pytest.mark.parametrize("text", ["a\x00b", "[[x]]", "Ⓐ", "\ue000", "\ud800", "⠓", "é🎉№", "a\tb\nc"])
def test_what_would_do_harm_is_replaced_and_every_character_stays_one(text):
    made = literal(text)
    assert len(made) == len(text)
    assert not set(made) & set("\x00\ue000\ud800⠓")
    made.encode()


def test_ordinary_text_stays_as_it_is():
    text = "Добър ден — £3.50, [1] “café”\n🎉"
    assert literal(text) == text
