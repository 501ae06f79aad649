import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.text.unspoken import Unspoken, without_marks


def passed(text, sizes=(3,), *, code=False):
    unspoken, given_, at = Unspoken(code=code), [], 0
    for number in range(len(text) + 1):
        size = sizes[number % len(sizes)]
        given_.append(unspoken.push(text[at : at + size]))
        at += size
        if at >= len(text):
            break
    return "".join(given_) + unspoken.finish()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello there.", "Hello there."),
        ("<think>Is it? a < b\n\n</think>\n\nIt is.", "It is."),
        ("<THINKING>x</Thinking>Yes.", "Yes."),
        ("Well, <think>hm</think>no.", "Well, no."),
        ("a <b and c> d", "a <b and c> d"),
        ("It ends in <thi", "It ends in <thi"),
        ("I never stop <think>thinking", "I never stop "),
        ("See:\n```python\nprint('<think>')\n```\nDone.", "See:\nDone."),
        ("See:\n~~~\nx\n~~~\nDone.", "See:\nDone."),
        ("A:\n```\n" + "x" * 40 + "```" + "y" * 40 + "\n```\nB", "A:\nB"),
        ("A ``word`` in ticks", "A ``word`` in ticks"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("sizes", [(1,), (3,), (1_000,), (2, 7)])
def test_thoughts_and_code_are_left_out_however_the_text_comes(text, said, sizes):
    assert passed(text, sizes) == said


def test_readers_keep_their_code():
    text = "<think>x</think>See:\n```\nx = 1\n```\n"
    assert passed(text, code=True) == "See:\n```\nx = 1\n```\n"


def test_nothing_that_may_be_said_is_kept_back():
    unspoken = Unspoken(code=False)
    assert unspoken.push("Hello there. ") == "Hello there. "
    assert unspoken.push("<") == ""
    assert unspoken.push("3 of them") == "<3 of them"


@given(st.text(alphabet="ab <>/\n`~", max_size=40), st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_the_pieces_that_it_comes_in_make_no_difference(text, sizes):
    assert passed(text, tuple(sizes)) == passed(text, (1_000,))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("**Bold** and *thin*, __both__ and _low_.", "Bold and thin, both and low."),
        ("2 * 3 and 5*3 and snake_case_names", "2 * 3 and 5*3 and snake_case_names"),
        ("# Title", "Title"),
        ("- one\n* two\n+ three", "one\ntwo\nthree"),
        ("> a quote", "a quote"),
        ("1. first", "1. first"),
        ("Run `make` now", "Run make now"),
        ("See [the page](https://example.org/a) there", "See the page there"),
        ("![a cat](cat.png)", "a cat"),
        ("a<br>b <b>c</b>, 3 < 4", "ab c, 3 < 4"),
        ("***", ""),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a, b\n\n1, 2"),
        ("Fine \N{GRINNING FACE}\N{VARIATION SELECTOR-16}!", "Fine !"),
        ("5 \N{DEGREE SIGN}C, \N{COPYRIGHT SIGN} 2026", "5 \N{DEGREE SIGN}C, \N{COPYRIGHT SIGN} 2026"),
        ("**Note: it is", "Note: it is"),
        ("Добър *ден*", "Добър ден"),
    ],
)
def test_signs_are_not_read_out(text, said):
    assert without_marks(text) == said


@given(st.text(max_size=60))
def test_nothing_is_added_to_a_text(text):
    letters = [one for one in text if one.isalnum()]
    rest = iter(letters)
    assert all(one in rest for one in (letter for letter in without_marks(text) if letter.isalnum()))
