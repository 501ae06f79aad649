import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.engines.espeak.pieces import cut, literal


@given(st.text(alphabet=st.characters(), max_size=400), st.integers(2, 60))
def test_pieces_are_the_whole_text_in_order_and_never_too_long(text, longest):
    pieces = list(cut(text, longest))
    assert "".join(piece.text for piece in pieces) == text
    assert all(0 < len(piece.text) <= longest for piece in pieces)
    assert all(text[piece.offset : piece.offset + len(piece.text)] == piece.text for piece in pieces)


def test_a_short_text_is_one_piece():
    assert [piece.text for piece in cut("One. Two. Three.")] == ["One. Two. Three."]


@pytest.mark.parametrize(
    ("text", "first", "ends_sentence"),
    [
        ("One is here. Two is, well, there and so on", "One is here. ", True),
        ("Едно е тук! Две е там и така нататък", "Едно е тук! ", True),
        ("一在这里。二在那里，还有很多很多很多很多很多很多很多", "一在这里。", True),
        ("It was here, and then it went further away", "It was here, ", False),
        ("many words without any stop at all anywhere", "many words without any ", False),
        ("3.14159265358979323846264338327950288", "3.1415926535897932384626", False),
    ],
)
def test_a_long_text_is_cut_where_a_speaker_would_breathe(text, first, ends_sentence):
    piece = next(cut(text, 24))
    assert (piece.text, piece.ends_sentence) == (first, ends_sentence)


def test_a_letter_keeps_its_accents():
    pieces = list(cut("e\u0301" * 20, 9))
    assert all(not unicodedata.category(piece.text[0]).startswith("M") for piece in pieces)


@given(st.text(alphabet=st.characters()))
def test_what_is_given_to_the_library_has_the_same_length_and_can_be_encoded(text):
    given_text = literal(text)
    assert len(given_text) == len(text)
    assert "\0" not in given_text.encode().decode()


@pytest.mark.parametrize(
    ("text", "given_text"),
    [
        ("one\x00two\x01three\x1b", "one two three "),
        ("tab\tand\nlines\r\n", "tab\tand\nlines \n"),
        ("\ud83d alone", "  alone"),
        ("private \ue000 use", "private   use"),
        ("Здравей, свят! 👋", "Здравей, свят! 👋"),
        ("\u24dc and \u28ff", "m and  "),
        ("\u2139\u2139\u2139 and \u211d", "iii and R"),
        ("<b>[[h@l'oU]]</b>", "<b>[[h@l'oU]]</b>"),
    ],
)
def test_orders_to_the_library_become_spaces(text, given_text):
    assert literal(text) == given_text
