import pytest

from voxhelm.text.chunks import first_clause
from voxhelm.text.figures import written_out
from voxhelm.text.passage import Passage

LONG = " and so the story went on for quite a while after that."


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Once upon a time," + LONG, "Once upon a time,"),
        ("Well, once upon a time," + LONG, "Well, once upon a time,"),
        ("It had 1,000 doors; none" + LONG, "It had 1,000 doors;"),
        ("Имало едно време,въпреки това, един цар" + LONG, "Имало едно време,въпреки това,"),
        ("“Who is there,” she asked" + LONG, "“Who is there,”"),
        ("He went away — and" + LONG, "He went away —"),
    ],
)
def test_the_first_piece_ends_behind_the_first_clause(text, first):
    assert text[: first_clause(Passage.of(text))].strip() == first


@pytest.mark.parametrize(
    "text",
    [
        "A short one, and no more.",
        "There is no place in this long sentence where anybody would breathe at all",
        "The meeting of e.g. Dr. Smith and 10,000,000 others took 1,5 hours or so all in all",
    ],
)
def test_a_sentence_without_a_clause_stays_whole(text):
    assert first_clause(Passage.of(text)) == 0


def test_a_date_is_not_cut_at_its_comma():
    text = "It was on March 5, 1984, that the story began to go on for quite a while."
    passage = written_out(Passage.of(text), "en")
    assert passage.said[: first_clause(passage)] == "It was on March fifth, nineteen eighty-four,"
