import pytest
from hypothesis import given
from hypothesis import strategies as some

from voxhelm.serving.turn_evidence import turn_probability

PROBABILITIES = some.floats(0, 1)


@given(PROBABILITIES)
def test_words_alone_say_what_they_say(by_words):
    assert turn_probability(by_words, None) == by_words


@given(some.floats(0.02, 0.98))
def test_words_that_tell_nothing_leave_the_voice_its_say(by_voice):
    assert turn_probability(0.5, by_voice) == pytest.approx(by_voice)


def test_two_who_agree_are_surer_than_each():
    assert turn_probability(0.8, 0.8) > 0.9
    assert turn_probability(0.2, 0.2) < 0.1


def test_of_two_who_disagree_the_surer_has_its_way_less_surely():
    assert 0.5 < turn_probability(0.2, 0.97) < 0.97
    assert 0.03 < turn_probability(0.75, 0.03) < 0.5


@given(PROBABILITIES, PROBABILITIES, PROBABILITIES)
def test_more_of_either_never_makes_less(by_words, lower, higher):
    lower, higher = sorted((lower, higher))
    assert turn_probability(by_words, lower) <= turn_probability(by_words, higher)
    assert turn_probability(lower, by_words) <= turn_probability(higher, by_words)


@given(PROBABILITIES, PROBABILITIES, some.booleans())
def test_nobody_is_certain(by_words, by_voice, knows_language):
    assert 0.0 < turn_probability(by_words, by_voice, knows_language=knows_language) < 1.0


def test_a_model_that_does_not_know_the_language_has_half_a_say():
    assert 0.5 < turn_probability(0.5, 0.95, knows_language=False) < turn_probability(0.5, 0.95)
    assert turn_probability(0.2, 0.8, knows_language=False) < 0.5
