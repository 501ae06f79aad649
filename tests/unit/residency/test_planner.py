"""The planner is pure, so every rule can be stated and searched for exceptions."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.residency.card_room import CardRoom
from voxhelm.residency.fallback import Fallback
from voxhelm.residency.place import Place
from voxhelm.residency.planner import Destination, Plan, PlanOptions, Wanted, fit_together
from voxhelm.residency.planner import plan as plan_for
from voxhelm.residency.state import ModelState, Phase, back_off_seconds, bar_seconds

NOW = 1_000.0
GIB = 1024**3


def on_cpu(gib):
    return Place("cpu", {"cpu": gib * GIB})


def to_cpu(gib=None):
    """Where a model of that size is loaded."""
    return Destination(Place() if gib is None else on_cpu(gib))


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
    assert plan([model(waiting=1)], NOW).load == {"m": to_cpu()}


def test_nothing_is_loaded_for_nobody():
    assert plan([model()], NOW).load == {}


def test_a_model_that_keeps_dying_is_left_alone_until_its_time():
    resting = model(waiting=1, retry_at_seconds=NOW + 4)
    assert plan([resting], NOW) == Plan(wake_at_seconds=NOW + 4)
    assert plan([resting], NOW + 4).load == {"m": to_cpu()}


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
        assert {*later.load, *later.unload} > {*todo.load, *todo.unload}


def test_back_off_doubles_up_to_a_limit():
    assert [back_off_seconds(failures) for failures in range(9)] == [0, 0, 1, 2, 4, 8, 16, 30, 30]


def loaded(model_id, gib, **changes):
    usual = {"phase": Phase.LOADED, "idle_since_seconds": NOW - 100, "loaded_at_seconds": NOW - 200}
    return replace(ModelState(model_id, -1.0, (on_cpu(gib),), place=on_cpu(gib)), **(usual | changes))


def wanted(model_id, gib, **changes):
    return replace(ModelState(model_id, -1.0, (on_cpu(gib),), waiting=1), **changes)


FOUR = PlanOptions({"cpu": 4 * GIB}, hold_seconds=2.0, patience_seconds=5.0)


def test_what_fits_is_loaded_beside_the_others():
    assert plan_with([loaded("a", 2), wanted("b", 2)], FOUR, NOW) == Plan(load={"b": to_cpu(2)})


def test_the_longest_unused_makes_room_and_no_more_than_needed():
    models = [loaded("a", 1), loaded("b", 2, idle_since_seconds=NOW - 300), loaded("c", 1), wanted("d", 2)]
    assert plan_with(models, FOUR, NOW) == Plan(unload=("b",))


def test_it_is_loaded_when_the_room_is_there():
    assert plan_with([loaded("b", 2, phase=Phase.UNLOADING), wanted("d", 3)], FOUR, NOW) == Plan()
    assert plan_with([replace(loaded("b", 2), phase=Phase.UNLOADED), wanted("d", 3)], FOUR, NOW).load == {"d": to_cpu(3)}


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
    assert plan_with(models, FOUR, NOW, {"big": NOW - 2}).load == {}


def test_the_models_of_an_older_caller_never_make_room_for_a_younger_ones():
    models = [loaded("a", 2, waiting=1), loaded("b", 2, waiting=1), wanted("c", 2)]
    pairs = [Wanted(("a", "c"), NOW - 3), Wanted(("b", "c"), NOW - 2)]
    assert plan_for(models, pairs, FOUR, NOW).unload == ("b",)
    assert plan_for(models, pairs[::-1], FOUR, NOW).unload == ("a",)


def test_a_device_without_a_budget_has_no_limit():
    assert plan_with([wanted("a", 500)], PlanOptions({"cuda:0": 1}), NOW).load == {"a": to_cpu(500)}


class Machine:
    """A model world under the planner: what it starts has come to its end by the next step."""

    def __init__(self, sizes, budget_gib):
        self.models = {name: ModelState(name, -1.0, (on_cpu(size),)) for name, size in sizes.items()}
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
        for name, destination in todo.load.items():
            self.change(name, ModelState.loading, destination.place)
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


# --- with a card


def on_card(gib, device="cuda:0", host_gib=0):
    return Place(device, {device: gib * GIB, "cpu": host_gib * GIB})


def either(model_id, card_gib=2, cpu_gib=2, **changes):
    """A model that belongs on the card and can be on the processor."""
    return replace(ModelState(model_id, -1.0, (on_card(card_gib), on_cpu(cpu_gib)), waiting=1), **changes)


def loaded_at(place, model, **changes):
    usual = {"phase": Phase.LOADED, "waiting": 0, "idle_since_seconds": NOW - 100, "loaded_at_seconds": NOW - 200, "place": place}
    return replace(model, **(usual | changes))


def room_for(gib, **changes):
    return replace(CardRoom({"cuda:0": gib * GIB}), **changes)


def plan_on(models, cards, options=FOUR, now=NOW):
    wanted = [Wanted((one.model_id,), NOW - 1) for one in models if one.waiting]
    return plan_for(models, wanted, options, now, cards)


def fallen(model_id, reason=Fallback.NO_ROOM, **changes):
    """A model that is on the processor though it belongs on the card."""
    return loaded_at(on_cpu(2), either(model_id, fallback=reason), **changes)


def test_a_model_goes_to_the_card_while_it_has_room():
    assert plan_on([either("a")], room_for(2)).load == {"a": Destination(on_card(2))}


def test_of_two_cards_the_one_with_more_room_is_taken():
    two = replace(ModelState("a", -1.0, (on_card(1), on_card(1, "cuda:1"), on_cpu(1)), waiting=1))
    cards = CardRoom({"cuda:0": 2 * GIB, "cuda:1": 3 * GIB})
    assert plan_on([two], cards).load["a"].place.device == "cuda:1"
    full = loaded_at(on_card(3, "cuda:1"), either("b"), leases=1, idle_since_seconds=None)
    assert plan_on([full, two], cards).load["a"] == Destination(on_card(1))


@pytest.mark.parametrize("reason", [Fallback.CARD_MISSING, Fallback.ROOM_UNKNOWN])
def test_a_card_that_is_shut_is_passed_over_and_the_reason_told(reason):
    assert plan_on([either("a")], CardRoom(shut={"cuda:0": reason})).load == {"a": Destination(on_cpu(2), reason)}


def test_a_model_that_never_belonged_on_a_card_has_not_fallen_back():
    assert plan_on([wanted("a", 2)], CardRoom(shut={"cuda:0": Fallback.CARD_MISSING})).load == {"a": Destination(on_cpu(2))}


def test_an_idle_model_makes_room_on_the_card():
    idle = loaded_at(on_card(2), either("old"))
    assert plan_on([idle, either("a")], room_for(3)) == Plan(unload=("old",))


def test_what_is_in_use_on_the_card_is_not_waited_for_when_there_is_another_place():
    busy = loaded_at(on_card(2), either("old"), leases=1, idle_since_seconds=None)
    assert plan_on([busy, either("a")], room_for(3)) == Plan(load={"a": Destination(on_cpu(2), Fallback.NO_ROOM)})


def test_the_last_place_is_waited_for():
    busy = loaded_at(on_card(2), either("old"), leases=1, idle_since_seconds=None)
    only = replace(ModelState("a", -1.0, (on_card(2),), waiting=1))
    assert plan_on([busy, only], room_for(3)) == Plan(wake_at_seconds=NOW + 4)
    too_large_for_the_host = either("a", card_gib=2, cpu_gib=5)
    assert plan_on([busy, too_large_for_the_host], room_for(3)) == Plan(wake_at_seconds=NOW + 4)


def test_host_memory_counts_for_a_model_on_the_card_too():
    model = replace(ModelState("a", -1.0, (on_card(2, host_gib=3), on_cpu(2)), waiting=1))
    assert plan_on([loaded("other", 2), model], room_for(4)).unload == ("other",)


@pytest.mark.parametrize("phase", [Phase.LOADING, Phase.UNLOADING])
def test_nothing_is_decided_while_somebody_is_on_the_way_onto_the_card_or_off_it(phase):
    moving = loaded_at(on_card(3), either("old"), phase=phase, idle_since_seconds=None)
    assert plan_on([moving, either("a")], room_for(3)) == Plan()


def test_nothing_is_decided_before_the_card_has_been_looked_at():
    unsettled = room_for(0, unsettled=frozenset({"cuda:0"}))
    assert plan_on([either("a")], unsettled) == Plan()
    assert plan_on([loaded_at(on_card(1), either("old")), either("a")], replace(unsettled, budget_bytes_by_device={})) == Plan()


def test_a_card_on_which_a_model_failed_is_left_alone_for_its_time():
    barred = either("a").barred("cuda:0", Fallback.OUT_OF_MEMORY, 30.0, NOW)
    assert plan_on([barred], room_for(4)).load == {"a": Destination(on_cpu(2), Fallback.OUT_OF_MEMORY)}
    assert plan_on([barred], room_for(4), now=NOW + 30).load == {"a": Destination(on_card(2))}


def test_a_card_that_keeps_failing_is_left_alone_for_ever_longer_and_a_success_forgives():
    state = either("a")
    for times, seconds in enumerate([30, 60, 120], start=1):
        state = state.barred("cuda:0", Fallback.OUT_OF_MEMORY, 30.0, NOW)
        assert (state.bars["cuda:0"].times, state.bars["cuda:0"].until_seconds) == (times, NOW + seconds)
    assert bar_seconds(Fallback.OUT_OF_MEMORY, 30, 30.0) == bar_seconds(Fallback.UNUSABLE, 1, 30.0) == 3600
    assert state.loading(on_card(2)).loaded(NOW).bars == {}
    assert state.loading(on_cpu(2)).loaded(NOW).bars == state.bars


def test_what_was_on_a_lost_card_gets_no_new_callers_and_leaves():
    gone = CardRoom(shut={"cuda:0": Fallback.CARD_MISSING}, lost=frozenset({"cuda:0"}))
    idle = loaded_at(on_card(2), either("a"))
    assert plan_on([idle], gone) == Plan(unload=("a",), closed=frozenset("a"))
    assert plan_on([replace(idle, leases=1, idle_since_seconds=None)], gone) == Plan(closed=frozenset("a"))
    assert plan_on([replace(idle, waiting=1)], gone).unload == ("a",)


def test_a_fallen_model_goes_back_when_the_card_has_had_room_for_long_enough():
    fresh = plan_on([fallen("a")], room_for(2))
    assert (fresh.roomy, fresh.unload, fresh.wake_at_seconds) == (frozenset("a"), (), NOW + 30)
    waiting = fallen("a", room_since_seconds=NOW)
    assert plan_on([waiting], room_for(2), now=NOW + 29).unload == ()
    assert plan_on([waiting], room_for(2), now=NOW + 30).unload == ("a",)
    assert plan_on([waiting], room_for(1), now=NOW + 30) == Plan()


def test_a_fallen_model_in_use_goes_back_only_when_nobody_uses_it():
    busy = fallen("a", room_since_seconds=NOW - 100, leases=1, idle_since_seconds=None)
    assert plan_on([busy], room_for(2)) == Plan(roomy=frozenset("a"))


def test_nobody_leaves_the_card_for_a_fallen_model():
    idle = loaded_at(on_card(2), either("b"))
    assert plan_on([idle, fallen("a", room_since_seconds=NOW - 100)], room_for(3)) == Plan()


def test_two_fallen_models_do_not_both_leave_for_the_same_room():
    both = [fallen(name, room_since_seconds=NOW - 100) for name in "ab"]
    assert plan_on(both, room_for(3)).unload == ("a",)


def test_a_look_under_way_does_not_begin_the_time_anew():
    waiting = fallen("a", room_since_seconds=NOW - 100)
    looked_at = room_for(2, unsettled=frozenset({"cuda:0"}))
    assert (plan_on([waiting], looked_at).roomy, plan_on([waiting], looked_at).unload) == (frozenset("a"), ())


def test_models_fit_together_if_any_choice_of_places_does():
    pair = [either("a", cpu_gib=3), either("b", cpu_gib=3)]
    assert fit_together(pair, FOUR)
    assert not fit_together(pair, FOUR, CardRoom(shut={"cuda:0": Fallback.CARD_MISSING}))
    assert not fit_together(pair, FOUR, room_for(1))
    assert fit_together(pair, FOUR, room_for(2))


class CardMachine(Machine):
    """The same world with a card that others use, too, and that can be gone for a while."""

    def __init__(self, sizes, budget_gib, card_gib):
        super().__init__({}, budget_gib)
        self.models = {
            name: ModelState(name, -1.0, (on_card(card_size), on_cpu(cpu_size))) for name, (card_size, cpu_size) in sizes.items()
        }
        self.card_gib = card_gib
        self.foreign_gib = 0
        self.present = True
        self.loads = 0

    def room(self):
        if not self.present:
            return CardRoom(shut={"cuda:0": Fallback.CARD_MISSING}, lost=frozenset({"cuda:0"}))
        return CardRoom({"cuda:0": (self.card_gib - self.foreign_gib) * GIB})

    def held(self, device):
        return sum(model.bytes_by_device.get(device, 0) for model in self.models.values() if model.holds_memory)

    def step(self):
        self.grant()
        room = self.room()
        todo = plan_for(self.models.values(), self.queue, self.options, self.now, room)
        self.closed = todo.closed
        for name in todo.unload:
            assert self.models[name].leases == 0
            self.change(name, ModelState.unloading)
        for name, destination in todo.load.items():
            assert destination.place.device not in room.shut
            assert (destination.fallback is None) == destination.place.on_card
            self.change(name, ModelState.loading, destination.place, destination.fallback)
            self.loads += 1
            for device in destination.place.bytes_by_device:
                assert (
                    self.held(device) <= {"cpu": self.options.budget_bytes_by_device["cpu"], **room.budget_bytes_by_device}[device]
                )
        assert not todo.refuse
        for name, model in self.models.items():
            since = None if name not in todo.roomy else self.now if model.room_since_seconds is None else model.room_since_seconds
            self.change(name, ModelState.had_room, since)
        for name, model in self.models.items():
            if model.phase is Phase.UNLOADING:
                self.change(name, ModelState.unloaded)
            elif model.phase is Phase.LOADING:
                self.change(name, ModelState.loaded, self.now)
        self.grant()


events = st.one_of(
    st.tuples(st.lists(st.sampled_from("abcd"), min_size=1, max_size=2, unique=True), st.integers(1, 30)),
    st.integers(0, 6),  # what others hold of the card from now on
    st.booleans(),  # whether the card is there from now on
)


@given(
    st.dictionaries(st.sampled_from("abcd"), st.tuples(st.integers(1, 6), st.integers(1, 2)), min_size=4),
    st.lists(events, max_size=40),
)
def test_with_a_card_that_comes_and_goes_every_request_is_served_in_the_end_within_the_budgets(sizes, happenings):
    """Whatever others do on the card: no memory is promised twice, nobody in use is thrown out, and nobody waits for ever."""
    machine = CardMachine(sizes, 4, card_gib=6)
    ends = {}
    asked = 0
    for happening in happenings:
        if isinstance(happening, bool):
            machine.present = happening
        elif isinstance(happening, int):
            machine.foreign_gib = happening
        else:
            machine.ask(*happening[0])
            asked += 1
            for number in range(len(ends), len(machine.served)):
                ends[number] = machine.now + happening[1] / 2
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
    loads = machine.loads
    for _ in range(200):
        machine.now += 30
        machine.step()
    assert machine.loads == loads, "nothing moves while nobody asks"


def test_a_card_that_flickers_does_not_make_models_flap():
    machine = CardMachine({"a": (3, 2)}, 4, card_gib=4)
    for number in range(600):  # a minute; what others hold changes every second, so that there is room only now and then
        machine.foreign_gib = 3 if number // 10 % 2 else 0
        before = len(machine.served)
        if number >= 10:
            machine.ask("a")
        for wanted in machine.served[before:]:
            machine.release(wanted.model_ids)
        machine.now += 0.1
        machine.step()
    assert machine.loads == 1


def test_two_that_do_not_fit_on_the_card_together_do_not_flap_either():
    machine = CardMachine({"a": (3, 2), "b": (3, 2)}, 4, card_gib=4)
    for _ in range(400):  # 40 seconds, a request for each every tenth of a second, each held for a while
        before = len(machine.served)
        for name in "ab":
            machine.ask(name)
        machine.now += 0.1
        machine.step()
        for wanted in machine.served[before:]:
            machine.release(wanted.model_ids)
    assert machine.loads <= 40 / 2 + 2
    assert {model.place.device for model in machine.models.values()} == {"cuda:0", "cpu"}
