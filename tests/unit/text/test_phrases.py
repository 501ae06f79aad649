import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.text.phrases import LONGEST_CHARACTERS, Phrases


def pieces(text, size=3, language="en"):
    phrases = Phrases(language)
    found = [piece for at in range(0, len(text), size) for piece in phrases.push(text[at : at + size])]
    return [*found, *phrases.finish()]


def test_a_sentence_is_given_once_something_stands_behind_it():
    phrases = Phrases("en")
    assert phrases.push("It rains.") == []
    assert phrases.push(" ") == []
    assert phrases.push("So") == ["It rains. "]
    assert phrases.finish() == ["So"]


def test_an_abbreviation_or_a_figure_ends_no_sentence():
    assert pieces("I met Dr. Smith at 3.5 km. Fine.") == ["I met Dr. Smith at 3.5 km. ", "Fine."]


def test_a_line_ends_a_sentence():
    phrases = Phrases("en")
    assert phrases.push("A title\n") == ["A title\n"]
    assert phrases.push("And text") == []


def test_the_first_piece_of_a_long_sentence_is_a_clause():
    phrases = Phrases("en")
    assert phrases.push("Well, as far as I know it, ") == []
    assert phrases.push("the answer") == ["Well, as far as I know it, "]
    # Only the first one: later on there is sound to hear meanwhile.
    assert phrases.push(" to that question, if there is one, is long") == []


def test_a_sentence_without_end_is_cut():
    found = pieces("word " * 200)
    assert len(found) > 1
    assert max(map(len, found)) <= LONGEST_CHARACTERS + 5


def test_what_holds_no_letter_is_a_piece_all_the_same():
    assert pieces("...") == ["..."]
    assert pieces("  ") == []


@pytest.mark.parametrize("language", ["en", "bg", None])
@given(text=st.text(alphabet="ab .!?,\nДа。", max_size=80), size=st.integers(1, 20))
def test_the_pieces_hold_every_letter_in_its_order(text, size, language):
    assert [one for piece in pieces(text, size, language) for one in piece if one.isalnum()] == [
        one for one in text if one.isalnum()
    ]
