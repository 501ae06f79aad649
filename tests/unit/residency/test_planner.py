"""The planner is pure, so every rule can be stated and searched for exceptions."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from voxhelm.residency.planner import Plan, PlanOptions, Wanted
from voxhelm.residency.planner import plan as plan_for
from voxhelm.residency.state import ModelState, Phase, back_off_seconds

NOW = 1_000.0
GIB = 1024**3


def plan_with(models, options, now_seconds, since=None):
    """With a caller for each model that is waited for; `since` tells since when, else for a second."""
    since = since or {}
    wanted = [Wanted((one.model_id,), since.get(one.model_id, NOW - 1)) for one in models if one.waiting]
    return plan_for(models, sorted(wanted, key=lambda one: one.since_seconds), options, now_seconds)


def plan(models, now_seconds):
    """Without a budget."""
    return plan_with(models, PlanOptions(), now_seconds)


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
    assert plan([resting], NOW) == Plan(wake_at_seconds=NOW + 4)
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


def loaded(model_id, gib, **changes):
    usual = {"phase": Phase.LOADED, "idle_since_seconds": NOW - 100, "loaded_at_seconds": NOW - 200}
    return replace(ModelState(model_id, -1.0, {"cpu": gib * GIB}), **(usual | changes))


def wanted(model_id, gib, **changes):
    return replace(ModelState(model_id, -1.0, {"cpu": gib * GIB}, waiting=1), **changes)


FOUR = PlanOptions({"cpu": 4 * GIB}, hold_seconds=2.0, patience_seconds=5.0)


def test_what_fits_is_loaded_beside_the_others():
    assert plan_with([loaded("a", 2), wanted("b", 2)], FOUR, NOW) == Plan(load=("b",))


def test_the_longest_unused_makes_room_and_no_more_than_needed():
    models = [loaded("a", 1), loaded("b", 2, idle_since_seconds=NOW - 300), loaded("c", 1), wanted("d", 2)]
    assert plan_with(models, FOUR, NOW) == Plan(unload=("b",))


def test_it_is_loaded_when_the_room_is_there():
    assert plan_with([loaded("b", 2, phase=Phase.UNLOADING), wanted("d", 3)], FOUR, NOW) == Plan()
    assert plan_with([replace(loaded("b", 2), phase=Phase.UNLOADED), wanted("d", 3)], FOUR, NOW).load == ("d",)


def test_the_unimportant_goes_before_the_longest_unused_and_the_pinned_never():
    models = [
        loaded("a", 2, priority=1, idle_since_seconds=NOW - 900),
        loaded("b", 1, priority=0),
        loaded("c", 1, pinned=True),
        wanted("d", 1),
    ]
    assert plan_with(models, FOUR, NOW).unload == ("b",)


def test_what_can_never_fit_is_refused():
    assert plan_with([wanted("a", 5)], FOUR, NOW).refuse == ("a",)
    assert plan_with([loaded("p", 2, pinned=True), wanted("a", 3)], FOUR, NOW).refuse == ("a",)


def test_a_fresh_model_is_held_for_a_while():
    models = [loaded("a", 4, loaded_at_seconds=NOW - 1), wanted("b", 4)]
    assert plan_with(models, FOUR, NOW) == Plan(wake_at_seconds=NOW + 1)
    assert plan_with(models, FOUR, NOW + 1).unload == ("a",)


def test_a_model_in_use_is_closed_only_when_somebody_has_waited_long():
    busy = loaded("a", 4, leases=1, idle_since_seconds=None)
    assert plan_with([busy, wanted("b", 4)], FOUR, NOW) == Plan(wake_at_seconds=NOW + 4)
    assert plan_with([busy, wanted("b", 4)], FOUR, NOW, {"b": NOW - 5}) == Plan(closed=frozenset("a"))


def test_who_came_later_does_not_take_the_room_of_who_waits():
    models = [loaded("a", 3, leases=1, idle_since_seconds=None), wanted("big", 4), wanted("small", 1)]
    assert plan_with(models, FOUR, NOW, {"big": NOW - 2}).load == ()


def test_the_models_of_an_older_caller_never_make_room_for_a_younger_ones():
    models = [loaded("a", 2, waiting=1), loaded("b", 2, waiting=1), wanted("c", 2)]
    pairs = [Wanted(("a", "c"), NOW - 3), Wanted(("b", "c"), NOW - 2)]
    assert plan_for(models, pairs, FOUR, NOW).unload == ("b",)
    assert plan_for(models, pairs[::-1], FOUR, NOW).unload == ("a",)


def test_a_device_without_a_budget_has_no_limit():
    assert plan_with([wanted("a", 500)], PlanOptions({"cuda:0": 1}), NOW).load == ("a",)


class Machine:
    """A model world under the planner: what it starts has come to its end by the next step."""

    def __init__(self, sizes, budget_gib):
        self.models = {name: ModelState(name, -1.0, {"cpu": size * GIB}) for name, size in sizes.items()}
        self.options = PlanOptions({"cpu": budget_gib * GIB}, hold_seconds=2.0, patience_seconds=5.0)
        self.now = NOW
        self.queue = []
        self.served = []
        self.closed = frozenset()

    def change(self, name, transition, *arguments):
        self.models[name] = transition(self.models[name], *arguments)

    def ask(self, *names):
        self.queue.append(Wanted(names, self.now))
        for name in names:
            self.change(name, ModelState.asked)
        self.step()

    def step(self):
        """Let the planner act, let what it started come to its end, and grant what can be granted."""
        self.grant()
        todo = plan_for(self.models.values(), self.queue, self.options, self.now)
        self.closed = todo.closed
        for name in todo.unload:
            assert self.models[name].leases == 0
            self.change(name, ModelState.unloading)
        for name in todo.load:
            self.change(name, ModelState.loading)
        held = sum(model.bytes_by_device["cpu"] for model in self.models.values() if model.holds_memory)
        assert held <= self.options.budget_bytes_by_device["cpu"]
        for name, model in self.models.items():
            if model.phase is Phase.UNLOADING:
                self.change(name, ModelState.unloaded)
            elif model.phase is Phase.LOADING:
                self.change(name, ModelState.loaded, self.now)
        self.grant()

    def grant(self):
        for wanted in list(self.queue):
            if all(self.models[name].phase is Phase.LOADED and name not in self.closed for name in wanted.model_ids):
                self.queue.remove(wanted)
                self.served.append(wanted)
                for name in wanted.model_ids:
                    self.change(name, ModelState.granted)

    def release(self, names):
        for name in names:
            self.change(name, ModelState.released, self.now)


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 4), min_size=4),
    st.lists(st.tuples(st.lists(st.sampled_from("abcd"), min_size=1, max_size=2, unique=True), st.integers(1, 30)), max_size=40),
)
def test_every_admissible_request_is_served_in_the_end_within_the_budget(sizes, requests):
    """Any order of requests for one model or two, each held for some steps of half a second: none waits for ever, and no memory is
    promised twice."""
    machine = Machine(sizes, 4)
    ends = {}
    asked = 0
    for names, length in requests:
        if sum(sizes[name] for name in names) > 4:
            continue  # never admissible: refused before it comes this far
        machine.ask(*names)
        asked += 1
        for number in range(len(ends), len(machine.served)):
            ends[number] = machine.now + length / 2
        machine.now += 0.5
        for number, end in list(ends.items()):
            if end is not None and end <= machine.now:
                machine.release(machine.served[number].model_ids)
                ends[number] = None
        machine.step()
    for number in range(len(machine.served)):
        if ends.get(number, 0) is not None:
            machine.release(machine.served[number].model_ids)
    for _ in range(500):
        machine.now += 0.5
        before = len(machine.served)
        machine.step()
        for wanted in machine.served[before:]:
            machine.release(wanted.model_ids)
    assert len(machine.served) == asked


def test_two_that_do_not_fit_together_take_turns_instead_of_flapping():
    machine = Machine({"a": 3, "b": 3}, 4)
    switches = 0
    last = None
    for _ in range(400):  # 40 seconds, a request for each every tenth of a second, each done at once
        before = len(machine.served)
        for name in "ab":
            machine.ask(name)
        for wanted in machine.served[before:]:
            machine.release(wanted.model_ids)
        loaded_now = [name for name, model in machine.models.items() if model.phase is Phase.LOADED]
        if loaded_now and loaded_now[0] != last:
            switches += 1
            last = loaded_now[0]
        machine.now += 0.1
    assert min(sum(wanted.model_ids == (name,) for wanted in machine.served) for name in "ab") > 50
    assert switches <= 40 / 2 + 1
