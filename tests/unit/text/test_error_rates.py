import math

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.text.error_rates import ErrorCount, count_errors, normalised, total

WORDS = st.lists(st.sampled_from(["ferry", "nine", "leaves", "добър", "ден", "a"]), min_size=1, max_size=8).map(" ".join)


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("The ferry, at nine!", "the ferry at nine"),
        ("Don’t — stop", "dont stop"),
        ("twenty-one 'quoted'", "twentyone quoted"),
        ("Добър  ден.\n", "добър ден"),
        ("STRASSE straße", "strasse strasse"),
        ("5 € & more", "5 € more"),
        ("…", ""),
    ],
)
def test_case_punctuation_and_spaces_do_not_count(text, bare):
    assert normalised(text) == bare


def test_kinds_of_errors_are_told_apart():
    assert count_errors("one two three four", "one too three four five") == ErrorCount(4, 1, 0, 1, 15, 5)
    assert count_errors("one two", "one").deleted == 1


@given(said=WORDS, heard=WORDS)
def test_the_rates_are_those_of_jiwer(said, heard):
    count = count_errors(said, heard)
    assert count.word_error_rate == pytest.approx(jiwer.wer(said, heard))
    joined, heard_joined = said.replace(" ", ""), heard.replace(" ", "")
    assert count.character_error_rate == pytest.approx(jiwer.cer(joined, heard_joined))


def test_every_word_counts_the_same_in_a_total():
    both = total([count_errors("one", "two"), count_errors("a b c", "a b c")])
    assert both.word_error_rate == pytest.approx(1 / 4)
    assert total([]) == ErrorCount()


def test_where_nothing_was_said_what_is_heard_is_all_invented():
    assert count_errors("...", "").word_error_rate == 0
    assert math.isinf(count_errors("", "thank you").word_error_rate)
