from hypothesis import given
from hypothesis import strategies as st

from voxhelm.kit.breaker import Breaker, BreakerPhase
from voxhelm.serving.route_health import RouteHealth, RouteOptions

OPTIONS = RouteOptions(window_seconds=60.0, breaker=Breaker(tolerated_failures=3, pause_seconds=10.0, longest_pause_seconds=40.0))


def failing(times, every_seconds=1.0, from_seconds=0.0):
    health = RouteHealth(OPTIONS)
    for number in range(times):
        health.failed("a", from_seconds + number * every_seconds)
    return health


def test_a_few_failures_close_nothing():
    health = failing(2)
    assert health.troubled
    assert not health.closed(2.0)
    assert health.failures("a") == 2


def test_the_third_in_a_row_closes_and_says_for_how_long():
    assert failing(3).closed(2.0) == {"a": 10.0}


def test_failures_that_are_far_apart_are_not_counted_together():
    assert not failing(9, every_seconds=61.0).closed(9 * 61.0)


def test_one_trial_is_let_through_after_the_pause_and_nobody_beside_it():
    health = failing(3)
    assert not health.closed(12.0)
    health.called(["a"], 12.0)
    assert "a" in health.closed(12.5)
    health.failed("a", 13.0)
    assert health.closed(13.0) == {"a": 20.0}


def test_a_trial_that_nobody_waited_for_gives_way_to_another():
    health = failing(3)
    health.called(["a"], 12.0)
    health.abandoned(["a"])
    assert not health.closed(12.5)


def test_one_success_forgets_everything():
    health = failing(5)
    health.succeeded(["a", "never seen"])
    assert not health.troubled
    assert health.phase("a", 6.0) is BreakerPhase.CLOSED


@given(st.lists(st.tuples(st.sampled_from(["called", "failed", "succeeded", "abandoned"]), st.integers(0, 50)), max_size=30))
def test_nobody_is_closed_for_ever(events):
    health, now = RouteHealth(OPTIONS), 0.0
    for kind, seconds in events:
        now += seconds
        match kind:
            case "failed":
                health.failed("a", now)
            case "succeeded":
                health.succeeded(["a"])
            case "abandoned":
                health.abandoned(["a"])
            case _ if "a" not in health.closed(now):
                health.called(["a"], now)
    waits = health.closed(now).get("a", 0.0)
    assert waits <= max(OPTIONS.breaker.longest_pause_seconds, OPTIONS.breaker.longest_trial_seconds)
    assert "a" not in health.closed(now + waits + 0.001)
