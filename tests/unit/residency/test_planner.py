"""The planner is pure, so every rule can be stated and searched for exceptions."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from voxhelm.residency.planner import plan
from voxhelm.residency.state import ModelState, Phase, back_off_seconds

NOW = 1_000.0
states = st.builds(
    ModelState,
    model_id=st.uuids().map(str),
    time_to_live_seconds=st.sampled_from([-1.0, 0.0, 5.0, 300.0]),
    phase=st.sampled_from(Phase),
    leases=st.integers(0, 3),
    waiting=st.integers(0, 3),
    idle_since_seconds=st.one_of(st.none(), st.floats(0, NOW)),
    failures=st.integers(0, 5),
    retry_at_seconds=st.floats(0, 2 * NOW),
).map(lambda state: replace(state, idle_since_seconds=None) if state.leases or state.phase is not Phase.LOADED else state)


def model(**changes):
    return replace(ModelState("m", 60.0), **changes)


def test_what_is_waited_for_is_loaded():
    assert plan([model(waiting=1)], NOW).load == ("m",)


def test_nothing_is_loaded_for_nobody():
    assert plan([model()], NOW).load == ()


def test_a_model_that_keeps_dying_is_left_alone_until_its_time():
    resting = model(waiting=1, retry_at_seconds=NOW + 4)
    assert plan([resting], NOW) == plan([], NOW).__class__((), (), NOW + 4)
    assert plan([resting], NOW + 4).load == ("m",)


def test_an_idle_model_leaves_when_its_time_is_over():
    idle = model(phase=Phase.LOADED, idle_since_seconds=NOW)
    assert plan([idle], NOW + 59.9).unload == ()
    assert plan([idle], NOW + 59.9).wake_at_seconds == NOW + 60
    assert plan([idle], NOW + 60).unload == ("m",)


def test_zero_leaves_at_once_and_minus_one_never():
    idle = model(phase=Phase.LOADED, idle_since_seconds=NOW)
    assert plan([replace(idle, time_to_live_seconds=0.0)], NOW).unload == ("m",)
    forever = plan([replace(idle, time_to_live_seconds=-1.0)], NOW + 10**9)
    assert (forever.unload, forever.wake_at_seconds) == ((), None)


@given(st.lists(states, max_size=8), st.floats(0, 2 * NOW))
def test_a_leased_model_is_never_unloaded_and_a_busy_phase_never_disturbed(models, now_seconds):
    todo = plan(models, now_seconds)
    by_id = {one.model_id: one for one in models}
    for model_id in todo.unload:
        assert by_id[model_id].phase is Phase.LOADED
        assert by_id[model_id].leases == 0
        assert by_id[model_id].waiting == 0
    for model_id in todo.load:
        assert by_id[model_id].phase is Phase.UNLOADED
        assert by_id[model_id].waiting > 0


@given(st.lists(states, max_size=8), st.floats(0, 2 * NOW))
def test_a_wake_up_is_in_the_future_and_something_happens_then(models, now_seconds):
    todo = plan(models, now_seconds)
    if todo.wake_at_seconds is not None:
        assert todo.wake_at_seconds > now_seconds
        later = plan(models, todo.wake_at_seconds)
        assert set(later.load + later.unload) > set(todo.load + todo.unload)


def test_back_off_doubles_up_to_a_limit():
    assert [back_off_seconds(failures) for failures in range(9)] == [0, 0, 1, 2, 4, 8, 16, 30, 30]
