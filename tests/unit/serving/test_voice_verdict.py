import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.serving.voice_verdict import UNSHAKEN, QualityOptions, Standing, fault, usual_rate

OPTIONS = QualityOptions(bad_checks=2, good_checks=3)


def standing(*bad, options=OPTIONS):
    one = UNSHAKEN
    for each in bad:
        one = one.after(bad=each, options=options)
    return one


def test_one_bad_check_degrades_nobody_and_two_in_a_row_do():
    assert not standing(True).degraded
    assert not standing(True, False, True).degraded
    assert standing(True, True).degraded


def test_it_takes_as_many_good_ones_to_be_well_again():
    assert standing(True, True, False, False).degraded
    assert standing(True, True, False, False, True, False, False).degraded
    assert standing(True, True, False, False, False) == UNSHAKEN


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 5), st.integers(1, 5))
def test_a_standing_changes_only_after_as_many_checks_in_a_row_as_it_takes(checks, bad_checks, good_checks):
    options = QualityOptions(bad_checks=bad_checks, good_checks=good_checks)
    one = UNSHAKEN
    for number, bad in enumerate(checks, start=1):
        before, one = one, one.after(bad=bad, options=options)
        if one.degraded != before.degraded:
            needed = bad_checks if one.degraded else good_checks
            assert checks[number - needed : number] == [one.degraded] * needed


@pytest.mark.parametrize(
    ("earlier", "usual"), [([], None), ([0.9, 0.8], None), ([0.9, 0.1, 0.2, 0.3], 0.2), ([0.4] * 20 + [0.1] * 10, 0.1)]
)
def test_what_is_usual_is_the_middle_of_the_last_results_that_were_within_the_limit(earlier, usual):
    assert usual_rate(earlier, 0.5) == usual


@pytest.mark.parametrize(
    ("rate", "usual", "words"),
    [
        (0.1, None, None),
        (0.2, 0.1, None),
        (0.3, 0.1, "used to be 10%"),
        (0.6, None, "the limit is 50%"),
        (0.6, 0.55, "the limit is 50%"),
        (0.0, 0.4, None),
    ],
)
def test_a_voice_is_worse_than_its_limit_or_than_it_was(rate, usual, words):
    found = fault(rate, usual, 0.5, 0.15)
    assert (found is None) if words is None else (words in found)


def test_a_voice_may_have_a_limit_of_its_own():
    options = QualityOptions(limit_by_voice=(("espeak-ng/en-us", 0.9),))
    assert (options.limit("espeak-ng/en-us"), options.limit("flite/slt")) == (0.9, 0.5)
    assert Standing().row == 0
