import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.engines.flite.sentences import cut


def pieces(text, longest=300):
    return [text[start:end] for start, end in cut(text, longest)]


@given(st.text(alphabet=st.sampled_from("ab. ,!?\n'-D"), max_size=200), st.integers(1, 40))
def test_pieces_are_the_whole_text_and_never_too_long(text, longest):
    assert "".join(pieces(text, longest)) == text
    assert all(0 < len(piece) <= longest for piece in pieces(text, longest))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One. ", "Two! ", "Three?"]),
        (
            "Dr. Smith and J. R. Brown vs. Mrs. Jones. Then she left.",
            ["Dr. Smith and J. R. Brown vs. Mrs. Jones. ", "Then she left."],
        ),
        ('He said "yes." And left.', ['He said "yes." ', "And left."]),
        ("It is 3.14 or www.example.com here.", ["It is 3.14 or www.example.com here."]),
        ("A line\n\nAnother line", ["A line\n\n", "Another line"]),
        ("", []),
    ],
)
def test_a_text_is_cut_into_sentences(text, expected):
    assert pieces(text) == expected


def test_a_long_sentence_is_cut_at_a_clause_or_at_least_at_a_space():
    assert pieces("one two, three four five six", 14) == ["one two, ", "three four ", "five six"]
    assert pieces("x" * 10, 4) == ["xxxx", "xxxx", "xx"]
