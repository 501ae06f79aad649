from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from voxhelm.realtime.eagerness import PAUSE_MS, wait_ms
from voxhelm.realtime.session_config import Eagerness

EAGERNESSES = list(Eagerness)


@pytest.mark.parametrize("eagerness", EAGERNESSES)
def test_who_is_surely_done_is_answered_at_once(eagerness):
    assert wait_ms(1.0, eagerness) == 0
    assert wait_ms(0.95, eagerness) <= 5


@pytest.mark.parametrize(("eagerness", "longest_ms"), [("low", 8_000), ("medium", 4_000), ("auto", 4_000), ("high", 2_000)])
def test_who_is_surely_not_done_is_waited_for_as_long_as_the_eagerness_says(eagerness, longest_ms):
    assert PAUSE_MS + wait_ms(0.0, Eagerness(eagerness)) == longest_ms


@pytest.mark.parametrize("eagerness", EAGERNESSES)
def test_the_likelier_the_end_the_shorter_the_wait(eagerness):
    waits = [wait_ms(percent / 100, eagerness) for percent in range(101)]
    assert all(earlier >= later for earlier, later in pairwise(waits))


@given(some.floats(0, 1))
def test_the_more_eager_waits_no_longer(probability):
    high, medium, low = (wait_ms(probability, Eagerness(name)) for name in ("high", "medium", "low"))
    assert high <= medium <= low
    assert wait_ms(probability, Eagerness.AUTO) == medium


@given(some.floats(0, 1), some.sampled_from(EAGERNESSES), some.floats(0, 20_000))
def test_silence_that_has_passed_is_not_waited_for_again(probability, eagerness, silence_ms):
    whole_ms = PAUSE_MS + wait_ms(probability, eagerness)
    assert wait_ms(probability, eagerness, silence_ms) == pytest.approx(max(0, whole_ms - silence_ms), abs=1)


@given(some.floats(allow_nan=False), some.sampled_from(EAGERNESSES))
def test_a_probability_that_is_none_does_not_wait_for_ever(probability, eagerness):
    assert 0 <= wait_ms(probability, eagerness) <= eagerness.longest_wait_ms
