from hypothesis import given
from hypothesis import strategies as st

from voxhelm.api.event_pace import EventPace, PaceLimits

LIMITS = PaceLimits(events_per_second=10, burst=100, event_bytes=1_000, patience_seconds=5)


def test_a_burst_is_taken_at_once_and_what_follows_at_the_pace():
    pace = EventPace(LIMITS, 0)
    assert [pace.take(0, 0) for _ in range(100)] == [0.0] * 100
    assert not pace.too_fast
    assert pace.take(0, 0) == 0.1
    assert pace.too_fast


def test_large_events_count_for_several():
    pace = EventPace(LIMITS, 0)
    assert pace.take(99_000, 0) == 0
    assert pace.take(9_000, 0) == 1.0


def test_who_keeps_the_pace_is_never_too_fast():
    pace = EventPace(LIMITS, 0)
    assert all(pace.take(0, number / 10) == 0 for number in range(10_000))
    assert not pace.too_fast


def test_who_is_too_fast_for_long_cannot_be_borne_and_who_pauses_is_forgiven():
    pace = EventPace(LIMITS, 0)
    now_seconds = 0.0
    while not pace.unbearable(now_seconds):
        now_seconds += pace.take(0, now_seconds)
    assert 5 < now_seconds < 5.2
    pace.take(0, now_seconds + 8)
    assert not pace.too_fast
    assert not pace.unbearable(now_seconds + 8)


@given(st.lists(st.tuples(st.integers(0, 100_000), st.floats(0, 10)), max_size=50))
def test_whoever_waits_as_told_has_not_sent_more_than_may_be(events):
    pace = EventPace(LIMITS, 0)
    now_seconds, cost = 0.0, 0.0
    for size_bytes, idle_seconds in events:
        now_seconds += idle_seconds
        cost += 1 + size_bytes / 1_000
        now_seconds += pace.take(size_bytes, now_seconds)
        assert cost <= 100 + 10 * now_seconds + 1e-6
