import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from voxhelm.kit.breaker import Breaker, BreakerPhase


def opened(now_seconds: float = 100.0) -> Breaker:
    breaker = Breaker()
    for _ in range(breaker.tolerated_failures):
        breaker = breaker.called(now_seconds).failed(now_seconds)
    return breaker


def test_a_new_one_lets_everything_through():
    assert Breaker().phase(0.0) is BreakerPhase.CLOSED
    assert Breaker().wait_seconds(0.0) == 0


def test_failures_in_a_row_open_it_and_others_do_not():
    assert Breaker().failed(1.0).failed(2.0).phase(2.0) is BreakerPhase.CLOSED
    assert Breaker().failed(1.0).failed(2.0).succeeded().failed(3.0).failed(4.0).phase(4.0) is BreakerPhase.CLOSED
    assert Breaker().failed(1.0).failed(2.0).failed(3.0).phase(3.0) is BreakerPhase.OPEN


def test_an_open_one_says_how_long():
    assert opened(100.0).wait_seconds(100.5) == pytest.approx(1.5)
    assert opened(100.0).phase(102.0) is BreakerPhase.HALF_OPEN
    assert opened(100.0).wait_seconds(102.0) == 0


def test_a_half_open_one_lets_one_call_through():
    trying = opened(100.0).called(102.0)
    assert trying.wait_seconds(102.0) > 0
    assert trying.succeeded() == Breaker()


def test_a_failed_trial_doubles_the_pause():
    assert opened(100.0).called(102.0).failed(103.0).wait_seconds(103.0) == pytest.approx(4.0)


def test_an_abandoned_trial_makes_room_for_another():
    assert opened(100.0).called(102.0).abandoned().wait_seconds(102.0) == 0


def test_a_lost_trial_does_not_close_the_door_for_ever():
    trying = opened(100.0).called(102.0)
    assert trying.wait_seconds(102.0 + trying.longest_trial_seconds) == 0


def test_stragglers_do_not_lengthen_the_pause():
    assert opened(100.0).failed(101.0) == opened(100.0)


@given(st.integers(1, 5_000))
def test_the_pause_is_bounded(failures):
    breaker, now_seconds = Breaker(), 0.0
    for _ in range(failures):
        now_seconds += breaker.wait_seconds(now_seconds)
        breaker = breaker.called(now_seconds).failed(now_seconds)
    assert breaker.wait_seconds(now_seconds) <= breaker.longest_pause_seconds


class Calls(RuleBasedStateMachine):
    """Any history of calls and of time."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker(tolerated_failures=2, pause_seconds=1, longest_pause_seconds=8, longest_trial_seconds=20)
        self.now_seconds = 0.0
        self.under_way = 0

    @property
    def free(self) -> bool:
        return self.breaker.wait_seconds(self.now_seconds) == 0

    @rule(seconds=st.floats(0, 3))
    def time_passes(self, seconds):
        self.now_seconds += seconds

    @precondition(lambda self: self.free)
    @rule()
    def call(self):
        self.breaker = self.breaker.called(self.now_seconds)
        self.under_way += 1

    @precondition(lambda self: self.under_way)
    @rule()
    def succeed(self):
        self.under_way -= 1
        self.breaker = self.breaker.succeeded()
        assert self.breaker.phase(self.now_seconds) is BreakerPhase.CLOSED

    @precondition(lambda self: self.under_way)
    @rule()
    def fail(self):
        self.under_way -= 1
        before = self.breaker.phase(self.now_seconds)
        self.breaker = self.breaker.failed(self.now_seconds)
        if before is BreakerPhase.HALF_OPEN:
            assert self.breaker.phase(self.now_seconds) is BreakerPhase.OPEN

    @precondition(lambda self: self.under_way)
    @rule()
    def leave(self):
        self.under_way -= 1
        self.breaker = self.breaker.abandoned()

    @invariant()
    def nobody_waits_for_ever(self):
        longest = max(self.breaker.longest_pause_seconds, self.breaker.longest_trial_seconds)
        assert 0 <= self.breaker.wait_seconds(self.now_seconds) <= longest + 1e-6

    @invariant()
    def a_trial_is_alone(self):
        if self.breaker.phase(self.now_seconds) is BreakerPhase.HALF_OPEN and self.free:
            assert self.breaker.called(self.now_seconds).wait_seconds(self.now_seconds) > 0

    @invariant()
    def closed_means_free(self):
        if self.breaker.phase(self.now_seconds) is BreakerPhase.CLOSED:
            assert self.free
        if self.breaker.phase(self.now_seconds) is BreakerPhase.OPEN:
            assert not self.free


TestCalls = Calls.TestCase
