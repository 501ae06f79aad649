"""The owner loop with a card that a test fills, empties, takes away and gives back."""

import asyncio
import itertools

import pytest

from voxhelm.domain.errors import DeviceUnusable, EngineCrashed, InsufficientMemory, ModelLoadFailed, OutOfMemory
from voxhelm.domain.model import Capability, ModelSpec
from voxhelm.residency import departure
from voxhelm.residency.cards import Cards
from voxhelm.residency.fallback import Fallback
from voxhelm.residency.manager import Residency
from voxhelm.residency.measurements import Measurements
from voxhelm.residency.memory import Memory
from voxhelm.residency.place import Place
from voxhelm.residency.planner import PlanOptions
from voxhelm.residency.state import ModelState, Phase
from voxhelm.telemetry.log import silent_log
from voxhelm.telemetry.metrics import Metrics
from voxhelm.testing.clock import ManualClock
from voxhelm.testing.device import GIB, FakeDevice, FakeDevices

OTHERS = 1  # the process id of everybody else
HOLD_SECONDS = 30.0


class CardHost:
    """A host that takes memory of the fake card and gives it back."""

    resident_bytes = 5

    def __init__(self, spec, placement, process_id, world):
        self.spec = spec
        self.placement = placement
        self.process_id = process_id
        self.world = world
        self.ended = asyncio.get_running_loop().create_future()
        if placement.on_card:
            world.device.taken[process_id] = world.takes

    async def stop(self):
        if not self.ended.done():
            if self.world.gives_back:
                self.world.device.taken.pop(self.process_id, None)
            self.ended.set_result("unloaded")

    def die(self):
        self.world.device.taken.pop(self.process_id, None)
        self.ended.set_result("killed by SIGKILL")


class World:
    """A residency of models of 2 GiB each on a card of 4 GiB, and of 1 GiB each in the host's memory."""

    def __init__(self):
        self.device = FakeDevice(total_bytes=4 * GIB)
        self.source = FakeDevices(self.device)
        self.clock = ManualClock()
        self.metrics = Metrics()
        self.measurements = Measurements(None)
        self.hosts = []
        self.errors = []  # raised by the next loads on a card, one each
        self.takes = 2 * GIB
        self.gives_back = True
        self.numbers = itertools.count(5_000_000)  # no process of this machine has such an id

    async def load(self, spec, placement):
        if placement.on_card and self.errors and (error := self.errors.pop(0)) is not None:
            raise error
        self.hosts.append(CardHost(spec, placement, next(self.numbers), self))
        return self.hosts[-1]

    def start(self, names="ab", time_to_live_seconds=-1.0, only_on_card=False):
        on_card, on_cpu = {"cuda:0": 2 * GIB}, {"cpu": GIB}
        places = (Place("cuda:0", on_card, on_card), Place("cpu", on_cpu, on_cpu))[: 1 if only_on_card else 2]
        models = [
            (ModelSpec(name, "fake", Capability.SPEECH, ("en",)), ModelState(name, time_to_live_seconds, places)) for name in names
        ]
        cards = Cards(self.source, self.source.read(), {}, HOLD_SECONDS)
        options = PlanOptions({"cpu": 8 * GIB}, hold_seconds=0.0, patience_seconds=0.0, card_hold_seconds=HOLD_SECONDS)
        memory = Memory(self.measurements, cards)
        self.residency = Residency(models, options, memory, self.load, self.clock, self.metrics, silent_log())
        self.running = asyncio.create_task(self.residency.run())
        return self.residency

    async def until(self, name, phase):
        while self.residency.phase(name) is not phase:
            await asyncio.sleep(0)

    async def until_on(self, name, device):
        while self.residency.placed(name)[0] != device or self.residency.phase(name) is not Phase.LOADED:
            await asyncio.sleep(0)

    async def pass_time(self, seconds):
        self.clock.advance(seconds)
        await self.residency.look()

    def counted(self, name, **labels):
        return self.metrics.registry.get_sample_value(name, labels) or 0


@pytest.fixture
async def world():
    world = World()
    yield world
    world.residency.close()
    await world.running


async def use(residency, name):
    """Use a model and let go of it; where it was, and why there."""
    async with await residency.lease(name) as lease:
        return lease.device, lease.fallback


async def test_a_model_goes_to_the_card_and_says_so(world):
    residency = world.start()
    assert await use(residency, "a") == ("cuda:0", None)
    assert world.hosts[0].placement.card_id == "GPU-fake-0"
    assert residency.placed("a") == ("cuda:0", None)
    assert world.counted("voxhelm_model_on_device", model="a", device="cuda:0") == 1


async def test_what_is_set_aside_on_a_card_and_what_may_be_is_told_while_it_is_so(world):
    residency = world.start()
    held = await residency.lease("a")
    budget, reserved = (f"voxhelm_memory_{name}_bytes" for name in ("budget", "reserved"))
    assert 0 < world.counted(reserved, device="cuda:0") <= world.counted(budget, device="cuda:0")
    held.release()
    assert await residency.unload("a")
    assert world.counted(reserved, device="cuda:0") == 0
    assert world.counted(budget, device="cuda:0") > 0


async def test_what_others_took_since_the_last_look_is_seen_before_a_load(world):
    residency = world.start()
    await use(residency, "a")
    await residency.look()
    await residency.look()
    world.clock.advance(1.0)
    world.device.taken[OTHERS] = 1 * GIB
    held = await residency.lease("a")
    assert await use(residency, "b") == ("cpu", Fallback.NO_ROOM)
    held.release()


async def test_an_idle_model_leaves_the_card_for_another_and_its_memory_is_waited_for(world):
    world.device.taken[OTHERS] = 1 * GIB
    residency = world.start()
    await use(residency, "a")
    assert await use(residency, "b") == ("cuda:0", None)
    assert residency.phase("a") is Phase.UNLOADED
    assert world.counted("voxhelm_model_memory_kept_total", model="a", device="cuda:0") == 0


async def test_memory_that_does_not_come_back_is_told_and_then_done_without(world, monkeypatch):
    monkeypatch.setattr(departure, "BETWEEN_LOOKS_SECONDS", 0)
    residency = world.start()
    await use(residency, "a")
    world.gives_back = False
    leaving = asyncio.create_task(residency.unload("a"))
    await world.until("a", Phase.UNLOADING)
    for _ in range(3):
        await residency.look()
    assert not leaving.done(), "it is not unloaded before its memory is free"
    world.clock.advance(departure.LONGEST_SECONDS)
    assert await leaving
    assert world.counted("voxhelm_model_memory_kept_total", model="a", device="cuda:0") == 1


async def test_on_a_missing_card_nothing_is_loaded_and_it_goes_back_after_a_while(world):
    residency = world.start(time_to_live_seconds=300.0)
    await use(residency, "a")
    world.device.present = False
    await residency.look()
    await world.until("a", Phase.UNLOADED)
    assert await use(residency, "a") == ("cpu", Fallback.CARD_MISSING)
    assert world.counted("voxhelm_model_fallbacks_total", model="a", reason="card_missing") == 1
    world.device.present = True
    world.device.taken.clear()
    await residency.look()
    await world.pass_time(HOLD_SECONDS - 1)
    assert await use(residency, "a") == ("cpu", Fallback.CARD_MISSING)
    await world.pass_time(1)  # it counts as back from now on, and has room
    await world.pass_time(HOLD_SECONDS)
    await world.until("a", Phase.UNLOADED)
    assert await use(residency, "a") == ("cuda:0", None)
    assert world.counted("voxhelm_model_fallbacks_total", model="a", reason="card_missing") == 1


async def test_who_uses_a_model_on_a_card_that_vanishes_may_go_on_and_newcomers_get_another(world):
    residency = world.start()
    held = await residency.lease("a")
    world.device.present = False
    await residency.look()
    newcomer = asyncio.create_task(use(residency, "a"))
    await residency.look()
    assert not newcomer.done()
    held.release()
    assert await newcomer == ("cpu", Fallback.CARD_MISSING)


async def test_a_model_that_stays_for_ever_is_moved_without_anybody_asking(world):
    residency = world.start(time_to_live_seconds=-1.0)
    world.device.taken[OTHERS] = 3 * GIB
    assert await use(residency, "a") == ("cpu", Fallback.NO_ROOM)
    world.device.taken.clear()
    await residency.look()
    await world.pass_time(HOLD_SECONDS)
    await world.until_on("a", "cuda:0")
    world.device.present = False
    await residency.look()
    await world.until_on("a", "cpu")


async def test_room_that_comes_and_goes_moves_nobody(world):
    residency = world.start()
    world.device.taken[OTHERS] = 3 * GIB
    await use(residency, "a")
    for _ in range(5):
        world.device.taken.clear()
        await world.pass_time(HOLD_SECONDS - 1)
        world.device.taken[OTHERS] = 3 * GIB
        await world.pass_time(1)
    assert len(world.hosts) == 1


async def test_out_of_memory_on_a_card_makes_room_once_and_then_goes_elsewhere(world):
    residency = world.start()
    await use(residency, "a")
    world.errors = [OutOfMemory("the card is full"), OutOfMemory("still full")]
    waiting = asyncio.create_task(use(residency, "b"))
    await world.until("a", Phase.UNLOADED)
    await world.pass_time(2.0)
    assert await waiting == ("cpu", Fallback.OUT_OF_MEMORY)
    assert world.errors == []
    await residency.unload("b")
    assert await use(residency, "b") == ("cpu", Fallback.OUT_OF_MEMORY)
    await residency.unload("b")
    await world.pass_time(HOLD_SECONDS)
    assert await use(residency, "b") == ("cuda:0", None)


@pytest.mark.parametrize(
    ("error", "reason"), [(DeviceUnusable("no CUDA here"), Fallback.UNUSABLE), (EngineCrashed("died"), Fallback.CRASHED)]
)
async def test_a_card_that_cannot_be_used_is_done_without(world, error, reason):
    residency = world.start()
    world.errors = [error]
    assert await use(residency, "a") == ("cpu", reason)


async def test_a_model_that_is_damaged_is_so_everywhere(world):
    residency = world.start()
    world.errors = [ModelLoadFailed("half of it is missing")]
    with pytest.raises(ModelLoadFailed, match="half"):
        await residency.lease("a")
    assert world.hosts == []


async def test_a_model_for_cards_only_is_refused_with_the_reason(world):
    residency = world.start(only_on_card=True)
    world.device.taken[OTHERS] = 3 * GIB
    with pytest.raises(InsufficientMemory, match="2,147,483,648 bytes on cuda:0"):
        await residency.lease("a")
    world.device.present = False
    await residency.look()
    with pytest.raises(InsufficientMemory, match="card_missing"):
        await residency.lease("a")


async def test_out_of_memory_of_a_model_for_cards_only_is_told(world):
    residency = world.start(only_on_card=True)
    world.errors = [OutOfMemory("full")]
    with pytest.raises(InsufficientMemory, match="ran out of memory"):
        await residency.lease("a")


async def test_what_it_took_is_measured_by_its_process_and_reserved_from_then_on(world):
    residency = world.start()
    world.takes = 3 * GIB
    await use(residency, "a")
    await residency.look()
    assert world.measurements.of("a", "cuda:0").peak_bytes_by_device["cuda:0"] == 3 * GIB
    assert residency._states["a"].bytes_by_device["cuda:0"] == 3 * GIB
    on_card, on_cpu = residency.usage("a")
    assert (on_card.placed_on, on_card.device) == ("cuda:0", "cuda:0")
    assert (on_card.declared_bytes, on_card.measured_bytes, on_card.measured_unix_seconds) == (2 * GIB, 3 * GIB, 1000.0)
    assert (on_cpu.placed_on, on_cpu.declared_bytes, on_cpu.measured_bytes, on_cpu.load_seconds) == ("cpu", GIB, None, None)


async def test_in_a_container_it_is_measured_by_the_difference(world):
    world.device.lists_processes = False
    world.device.taken[OTHERS] = GIB
    world.takes = GIB
    residency = world.start()
    await residency.look()
    await residency.look()
    await use(residency, "a")
    await residency.look()
    await residency.look()
    assert world.measurements.of("a", "cuda:0").peak_bytes_by_device["cuda:0"] == GIB
    await residency.unload("a")
    assert world.counted("voxhelm_model_memory_kept_total", model="a", device="cuda:0") == 0


async def test_in_a_container_it_is_unknown_when_others_move_too(world):
    world.device.lists_processes = False
    residency = world.start()
    seen = world.source.read

    def restless():
        world.device.taken[OTHERS] = world.device.taken.get(OTHERS, 0) + 1
        return seen()

    world.source.read = restless
    await residency.look()
    await residency.look()
    await use(residency, "a")
    await residency.look()
    await residency.look()
    assert world.measurements.of("a", "cuda:0") is None


async def test_a_model_that_died_on_the_card_is_loaded_there_again(world):
    residency = world.start()
    await use(residency, "a")
    world.hosts[0].die()
    await world.until("a", Phase.UNLOADED)
    assert await use(residency, "a") == ("cuda:0", None)


async def test_a_card_that_nobody_can_read_is_not_used(world):
    residency = world.start()
    world.device.readable = False
    assert await use(residency, "a") == ("cpu", Fallback.ROOM_UNKNOWN)


async def test_a_source_that_breaks_leaves_nothing_known_and_keeps_nobody_waiting(world):
    residency = world.start()

    def broken():
        raise ValueError("nobody has thought of this")

    seen, world.source.read = world.source.read, broken
    await residency.look()
    assert await use(residency, "a") == ("cpu", Fallback.ROOM_UNKNOWN)
    world.source.read = seen
    await residency.look()
    assert await use(residency, "b") == ("cuda:0", None)


async def test_many_callers_of_many_models_on_a_card_that_comes_and_goes_all_come_to_their_end(world):
    residency = world.start(names="abcd")
    for round_number in range(12):
        world.device.present = round_number % 3 != 2
        world.device.taken = {key: size for key, size in world.device.taken.items() if key != OTHERS}
        world.device.taken[OTHERS] = (round_number % 4) * GIB if world.device.free_bytes >= (round_number % 4) * GIB else 0
        async with asyncio.timeout(20):
            await asyncio.gather(residency.look(), *(use(residency, name) for name in "abcdabcd"))
        await world.pass_time(HOLD_SECONDS)
    assert residency.failure is None
