"""The owner loop, on hosts that a test can hold, kill and count."""

import asyncio

import pytest

from voxhelm.domain.errors import InsufficientMemory, ModelLoadFailed, ModelNotFound, OutOfMemory, ShuttingDown, Unavailable
from voxhelm.domain.model import Capability, ModelSpec
from voxhelm.kit.clock import SystemClock
from voxhelm.residency.manager import Residency
from voxhelm.residency.measurements import Measurements
from voxhelm.residency.memory import Memory
from voxhelm.residency.messages import Released
from voxhelm.residency.place import Place
from voxhelm.residency.planner import PlanOptions
from voxhelm.residency.preload import Preloader
from voxhelm.residency.state import ModelState, Phase
from voxhelm.telemetry.log import silent_log
from voxhelm.telemetry.metrics import Metrics
from voxhelm.testing.clock import ManualClock

SPEC = ModelSpec("m", "fake", Capability.SPEECH, ("en",))


class CountedHost:
    """A host without an engine."""

    resident_bytes = 5
    process_id = None
    spec = SPEC

    def __init__(self):
        self.ended = asyncio.get_running_loop().create_future()

    async def stop(self):
        if not self.ended.done():
            self.ended.set_result("unloaded")

    def die(self):
        self.ended.set_result("killed by SIGKILL")


class Loader:
    """Loads when the test says so, or at once."""

    def __init__(self):
        self.hosts = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.error = None
        self.calls = 0

    async def __call__(self, spec, placement):
        self.calls += 1
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        self.hosts.append(CountedHost())
        return self.hosts[-1]


@pytest.fixture
async def scene():
    class Scene:
        loader = Loader()
        clock = ManualClock()

        def start(self, time_to_live_seconds=-1.0):
            self.residency = Residency(
                [(SPEC, ModelState("m", time_to_live_seconds))],
                PlanOptions(),
                Memory(Measurements(None)),
                self.loader,
                self.clock,
                Metrics(),
                silent_log(),
            )
            self.running = asyncio.create_task(self.residency.run())
            return self.residency

        async def until(self, phase):
            while self.residency.phase("m") is not phase:
                await asyncio.sleep(0)

    scene = Scene()
    yield scene
    scene.residency.close()
    await scene.running


async def test_fifty_callers_of_an_absent_model_load_it_once(scene):
    residency = scene.start()
    leases = await asyncio.gather(*(residency.lease("m") for _ in range(50)))
    assert scene.loader.calls == 1
    assert {id(lease.host) for lease in leases} == {id(scene.loader.hosts[0])}


async def test_a_model_leaves_only_after_the_last_lease(scene):
    residency = scene.start(time_to_live_seconds=0.0)
    first = await residency.lease("m")
    second = await residency.lease("m")
    first.release()
    third = await residency.lease("m")  # granted after the release was handled
    assert residency.phase("m") is Phase.LOADED
    assert scene.loader.calls == 1
    third.release()
    second.release()
    await scene.until(Phase.UNLOADED)


async def test_a_lease_given_back_twice_counts_once(scene):
    residency = scene.start(time_to_live_seconds=0.0)
    first = await residency.lease("m")
    second = await residency.lease("m")
    first.release()
    first.release()
    third = await residency.lease("m")
    assert residency.phase("m") is Phase.LOADED
    assert scene.loader.calls == 1
    third.release()
    second.release()
    await scene.until(Phase.UNLOADED)


async def test_it_can_be_loaded_again_after_it_left(scene):
    residency = scene.start(time_to_live_seconds=0.0)
    for _ in range(3):
        (await residency.lease("m")).release()
        await scene.until(Phase.UNLOADED)
    assert scene.loader.calls == 3


async def test_a_failed_load_is_told_to_everyone_who_waits(scene):
    residency = scene.start()
    scene.loader.error = ModelLoadFailed("no memory")
    outcomes = await asyncio.gather(*(residency.lease("m") for _ in range(5)), return_exceptions=True)
    assert {str(outcome) for outcome in outcomes} == {"no memory"}


async def test_an_unexpected_error_of_loading_becomes_a_clear_one(scene):
    residency = scene.start()
    scene.loader.error = OSError("disk on fire")
    with pytest.raises(ModelLoadFailed, match="disk on fire"):
        await residency.lease("m")


async def test_after_one_death_the_next_caller_gets_a_new_process(scene):
    residency = scene.start()
    await residency.lease("m")
    scene.loader.hosts[0].die()
    await scene.until(Phase.UNLOADED)
    assert (await residency.lease("m")).host is scene.loader.hosts[1]


async def test_a_crash_loop_is_cut_and_says_when_to_come_back(scene):
    residency = scene.start()
    scene.loader.error = ModelLoadFailed("no memory")
    for _ in range(2):
        with pytest.raises(ModelLoadFailed):
            await residency.lease("m")
    with pytest.raises(Unavailable) as caught:
        await residency.lease("m")
    assert 0 < caught.value.retry_after_seconds <= 1.0
    assert scene.loader.calls == 2
    scene.clock.advance(1.0)
    scene.loader.error = None
    await residency.lease("m")


async def test_a_model_that_served_is_healthy_again(scene):
    residency = scene.start()
    for _ in range(5):
        lease = await residency.lease("m")
        lease.release()
        await residency.lease("m")  # granted after the release was handled
        scene.loader.hosts[-1].die()
        await scene.until(Phase.UNLOADED)
    await residency.lease("m")


async def test_a_caller_that_leaves_while_it_waits_costs_nothing(scene):
    residency = scene.start(time_to_live_seconds=0.0)
    scene.loader.gate.clear()
    waiting = asyncio.create_task(residency.lease("m"))
    await scene.until(Phase.LOADING)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    scene.loader.gate.set()
    await scene.until(Phase.UNLOADED)
    assert scene.loader.hosts[0].ended.result() == "unloaded"


async def test_after_the_end_there_are_no_leases(scene):
    residency = scene.start()
    lease = await residency.lease("m")
    residency.close()
    await scene.running
    assert lease.host.ended.result() == "unloaded"
    with pytest.raises(ShuttingDown):
        await residency.lease("m")


async def test_preloading_warms_in_order_and_then_is_ready(scene):
    warmed = []

    async def warm_up(host):
        warmed.append(host)

    preloader = Preloader(["m"], scene.start(), warm_up, silent_log())
    assert preloader.pending == ("m",)
    await preloader.run()
    assert preloader.pending == ()
    assert warmed == scene.loader.hosts


def two_models(budget_bytes, **states):
    """A residency of models `a` and `b` of 3 bytes each."""
    loader, clock = Loader(), ManualClock()
    models = [
        (
            ModelSpec(name, "fake", Capability.SPEECH, ("en",)),
            ModelState(name, -1.0, (Place("cpu", {"cpu": 3}),), **states.get(name, {})),
        )
        for name in "ab"
    ]
    options = PlanOptions({"cpu": budget_bytes}, hold_seconds=0.0, patience_seconds=0.0)
    return Residency(models, options, Memory(Measurements(None)), loader, clock, Metrics(), silent_log()), loader


async def test_an_idle_model_makes_room():
    residency, _loader = two_models(4)
    running = asyncio.create_task(residency.run())
    (await residency.lease("a")).release()
    (await residency.lease("b")).release()
    assert (residency.phase("a"), residency.phase("b")) == (Phase.UNLOADED, Phase.LOADED)
    residency.close()
    await running


async def test_a_model_in_use_is_waited_for_and_closed_to_newcomers():
    residency, _loader = two_models(4)
    running = asyncio.create_task(residency.run())
    held = await residency.lease("a")
    for_b = asyncio.create_task(residency.lease("b"))
    while not residency._states["b"].waiting:
        await asyncio.sleep(0)
    residency._clock.advance(0.1)
    newcomer = asyncio.create_task(residency.lease("a"))
    held.release()
    (await for_b).release()
    (await newcomer).release()  # served in its turn
    residency.close()
    await running


async def test_what_can_never_fit_is_refused_naming_who_holds_what():
    residency, _loader = two_models(4, a={"pinned": True})
    running = asyncio.create_task(residency.run())
    (await residency.lease("a")).release()
    with pytest.raises(InsufficientMemory, match="a \\(3 bytes, pinned\\)"):
        await residency.lease("b")
    residency.close()
    await running


async def test_out_of_memory_makes_room_once_and_tries_again():
    residency, loader = two_models(100)
    running = asyncio.create_task(residency.run())
    (await residency.lease("a")).release()
    loader.error = OutOfMemory("the card is full")
    waiting = asyncio.create_task(residency.lease("b"))
    while residency.phase("a") is not Phase.UNLOADED:
        await asyncio.sleep(0)
    loader.error = None
    residency._clock.advance(2.0)
    for_a = asyncio.create_task(residency.lease("a"))  # any message makes it look at the clock again
    (await waiting).release()
    (await for_a).release()
    residency.close()
    await running


async def test_out_of_memory_twice_is_told():
    residency, loader = two_models(100)
    running = asyncio.create_task(residency.run())
    loader.error = OutOfMemory("the card is full")
    with pytest.raises(InsufficientMemory, match="No other model is loaded"):
        await residency.lease("b")
    residency.close()
    await running


async def test_an_owner_that_failed_is_known_to_have(scene):
    residency = scene.start()
    residency._mailbox.post(Released("nobody"))
    with pytest.raises(KeyError):
        await scene.running
    assert residency.failure == "KeyError: 'nobody'"
    with pytest.raises(ShuttingDown):
        await residency.lease("m")
    scene.running = asyncio.sleep(0)


async def test_who_needs_two_models_gets_both_or_waits_holding_neither():
    residency, _loader = two_models(6)
    running = asyncio.create_task(residency.run())
    leases = await residency.lease_all(("a", "b"))
    assert [lease.host for lease in leases] == [residency.host_of("a"), residency.host_of("b")]
    for lease in leases:
        lease.release()
    residency.close()
    await running


async def test_two_models_that_can_never_be_loaded_together_are_refused():
    residency, _loader = two_models(4)
    running = asyncio.create_task(residency.run())
    with pytest.raises(InsufficientMemory, match="'a' needs 3 bytes on cpu, 'b' needs 3 bytes on cpu"):
        await residency.lease_all(("a", "b"))
    residency.close()
    await running


async def test_pairs_and_singles_under_a_tight_budget_all_come_to_their_end():
    """Three models, room for two: callers of two at once, in both orders, and callers of each alone. Holding one and waiting for another
    was a deadlock."""
    loader, clock = Loader(), SystemClock()
    models = [
        (ModelSpec(name, "fake", Capability.SPEECH, ("en",)), ModelState(name, -1.0, (Place("cpu", {"cpu": 2}),))) for name in "abc"
    ]
    options = PlanOptions({"cpu": 4}, hold_seconds=0.0, patience_seconds=0.01)
    residency = Residency(models, options, Memory(Measurements(None)), loader, clock, Metrics(), silent_log())
    running = asyncio.create_task(residency.run())

    async def use(*names):
        for _ in range(20):
            leases = await residency.lease_all(names)
            await asyncio.sleep(0)
            for lease in leases:
                lease.release()

    async with asyncio.timeout(30):
        await asyncio.gather(*(use(*names) for names in ("ab", "ba", "bc", "ca", "a", "b", "c")))
    residency.close()
    await running


OTHER = ModelSpec("n", "fake", Capability.SPEECH, ("en",))


async def test_a_model_that_is_added_can_be_leased(scene):
    residency = scene.start()
    with pytest.raises(ModelNotFound):
        await residency.lease("n")
    assert residency.phase("n") is Phase.UNLOADED
    await residency.add(OTHER, ModelState("n", -1.0))
    (await residency.lease("n")).release()
    assert residency.phase("n") is Phase.LOADED


async def test_a_model_that_is_removed_is_unloaded_and_known_no_more(scene):
    residency = scene.start()
    (await residency.lease("m")).release()
    assert await residency.remove("m")
    assert scene.loader.hosts[0].ended.done()
    with pytest.raises(ModelNotFound, match="removed"):
        await residency.lease("m")
    assert await residency.remove("m")
    await residency.add(SPEC, ModelState("m", -1.0))
    (await residency.lease("m")).release()
    assert scene.loader.calls == 2


async def test_a_model_in_use_is_not_removed(scene):
    residency = scene.start()
    lease = await residency.lease("m")
    assert not await residency.remove("m")
    lease.release()
    assert await residency.remove("m")


async def test_a_model_that_is_being_loaded_is_not_removed(scene):
    residency = scene.start()
    scene.loader.gate.clear()
    waiting = asyncio.create_task(residency.lease("m"))
    await scene.until(Phase.LOADING)
    assert not await residency.remove("m")
    scene.loader.gate.set()
    (await waiting).release()


async def test_who_asks_in_the_moment_of_removal_is_told_and_nothing_breaks(scene):
    residency = scene.start()
    removing, asking = asyncio.create_task(residency.remove("m")), asyncio.create_task(residency.lease("m"))
    again = asyncio.create_task(residency.remove("m"))
    assert await removing
    assert await again
    with pytest.raises(ModelNotFound):
        await asking
    assert residency.failure is None
