from hypothesis import given
from hypothesis import strategies as st

from voxhelm.webrtc.flood_gate import FloodGate


def test_a_burst_passes_and_then_only_what_has_been_saved_up():
    gate = FloodGate(burst=3, per_second=2, now_seconds=10)
    assert [gate.admits(1, 10) for _ in range(5)] == [True, True, True, False, False]
    assert [gate.admits(1, 11) for _ in range(3)] == [True, True, False]


def test_what_is_refused_costs_nothing():
    gate = FloodGate(burst=3, per_second=1, now_seconds=0)
    assert not gate.admits(4, 0)
    assert gate.admits(3, 0)


def test_a_clock_that_stands_still_or_goes_back_gives_nothing():
    gate = FloodGate(burst=1, per_second=100, now_seconds=5)
    assert gate.admits(1, 5)
    assert not gate.admits(1, 5)
    assert not gate.admits(1, 1)
    assert not gate.admits(1, 5)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 5)), max_size=100))
def test_never_more_than_the_burst_and_the_rate_allow(steps):
    gate = FloodGate(burst=4, per_second=3, now_seconds=0)
    now = passed = 0.0
    for pause, amount in steps:
        now += pause
        if gate.admits(amount, now):
            passed += amount
        assert passed <= 4 + 3 * now + 1e-6
