from hypothesis import given
from hypothesis import strategies as st

from voxhelm.engines.kokoro.pieces import LONGEST_PIECE, cut


def test_a_short_text_is_one_piece():
    assert list(cut(" həlˈoʊ. ")) == ["həlˈoʊ."]
    assert list(cut("  ")) == []


def test_a_long_text_is_cut_after_sentences_then_clauses_then_words():
    sentence = "a" * 99 + ". "
    assert {len(piece) for piece in cut(sentence * 20)} == {504}
    clause = "b" * 98 + ", "
    assert [piece[-1] for piece in cut(clause * 20)] == [","] * 4
    word = "c" * 99 + " "
    assert all(set(map(len, piece.split())) == {99} for piece in cut(word * 20))


def test_a_word_without_end_is_cut_at_the_limit():
    assert [len(piece) for piece in cut("a" * 1_100)] == [510, 510, 80]


@given(st.text(alphabet="ab ,.", max_size=400), st.integers(5, 60))
def test_no_piece_is_too_long_and_nothing_is_lost(phonemes, longest):
    pieces = list(cut(phonemes, longest))
    assert all(0 < len(piece) <= longest for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(phonemes.split())


def test_the_limit_is_the_networks():
    assert LONGEST_PIECE == 510
