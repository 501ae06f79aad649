from hypothesis import given
from hypothesis import strategies as st

from voxhelm.realtime.partial_pace import FIRST_SECONDS, MOST, NEW_SECONDS, TOO_SLOW_SECONDS, PartialPace


def heard(pace, sound_seconds, from_seconds, until_seconds):
    pace.begin(sound_seconds, from_seconds)
    pace.end(until_seconds)


def test_the_first_look_waits_for_some_sound():
    pace = PartialPace()
    assert not pace.due(FIRST_SECONDS - 0.1, 100.0)
    assert pace.due(FIRST_SECONDS, 100.0)


def test_the_next_look_waits_for_something_new():
    pace = PartialPace()
    heard(pace, 1.0, 100.0, 100.0)
    assert not pace.due(1.0 + NEW_SECONDS - 0.1, 101.0)
    assert pace.due(1.0 + NEW_SECONDS, 101.0)


def test_it_rests_as_long_as_it_took():
    pace = PartialPace()
    heard(pace, 1.0, 100.0, 102.0)
    assert not pace.due(9.0, 103.9)
    assert pace.due(9.0, 104.0)


def test_a_recogniser_that_is_too_slow_is_not_asked_again():
    pace = PartialPace()
    heard(pace, 1.0, 100.0, 100.1 + TOO_SLOW_SECONDS)
    assert not pace.due(600.0, 1_000.0)


def test_there_is_an_end_to_it():
    pace = PartialPace()
    for number in range(MOST):
        heard(pace, float(number), float(number), float(number))
    assert not pace.due(1e6, 1e6)


@given(st.lists(st.floats(0.01, 9.0), min_size=1, max_size=50))
def test_half_of_the_time_at_most_is_spent(costs):
    pace, now, spent = PartialPace(), 0.0, 0.0
    for cost in costs:
        while not pace.due(now + 1.0, now):
            now += 0.02
        heard(pace, now + 1.0, now, now + cost)
        now, spent = now + cost, spent + cost
    # The last one has not been rested from yet.
    assert spent - costs[-1] <= (now - costs[-1]) / 2 + 1e-6
