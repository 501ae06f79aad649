import asyncio

import pytest

from voxhelm.domain.caller import Caller, Priority
from voxhelm.domain.errors import DeadlineMissed, QueueFull
from voxhelm.kit.clock import SystemClock
from voxhelm.serving.admission import Admission
from voxhelm.serving.line import LineOptions
from voxhelm.telemetry.metrics import Metrics


class Scene:
    def __init__(self, in_flight=1, longest=2):
        self.metrics = Metrics()
        self.admission = Admission(LineOptions(in_flight, longest), self.metrics, SystemClock())
        self.order = []

    async def use(self, name, release=None, **caller):
        async with self.admission.turn("m", Caller(**caller)):
            self.order.append(name)
            if release is not None:
                await release.wait()

    async def until_waiting(self, count):
        while self.value("voxhelm_queue_depth") != count:
            await asyncio.sleep(0)

    def value(self, name, **labels):
        return self.metrics.registry.get_sample_value(name, {"model": "m", **labels})


async def test_turns_are_taken_by_urgency():
    scene, gate = Scene(), asyncio.Event()
    first = asyncio.create_task(scene.use("first", gate))
    while not scene.order:
        await asyncio.sleep(0)
    late = asyncio.create_task(scene.use("batch", priority=Priority.BATCH))
    await scene.until_waiting(1)
    urgent = asyncio.create_task(scene.use("realtime", priority=Priority.REALTIME))
    await scene.until_waiting(2)
    gate.set()
    await asyncio.gather(first, late, urgent)
    assert scene.order == ["first", "realtime", "batch"]
    assert scene.value("voxhelm_queue_in_flight") == 0


async def test_a_full_line_says_when_to_come_back():
    scene, gate = Scene(longest=0), asyncio.Event()
    first = asyncio.create_task(scene.use("first", gate))
    while not scene.order:
        await asyncio.sleep(0)
    with pytest.raises(QueueFull) as caught:
        await scene.use("second")
    assert caught.value.retry_after_seconds >= 1
    assert scene.value("voxhelm_queue_rejected_total", priority="interactive", reason="full") == 1
    gate.set()
    await first


async def test_a_missed_deadline_is_told_and_the_place_is_given_up():
    scene, gate = Scene(), asyncio.Event()
    first = asyncio.create_task(scene.use("first", gate))
    while not scene.order:
        await asyncio.sleep(0)
    with pytest.raises(DeadlineMissed):
        await scene.use("second", patience_seconds=0.01)
    assert scene.value("voxhelm_queue_depth") == 0
    gate.set()
    await first
    await scene.use("third")
    assert scene.order == ["first", "third"]


async def test_who_leaves_the_line_or_in_its_turn_gives_the_place_back():
    scene, gate = Scene(), asyncio.Event()
    first = asyncio.create_task(scene.use("first", gate))
    second = asyncio.create_task(scene.use("second"))
    await scene.until_waiting(1)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    assert scene.value("voxhelm_queue_depth") == 0
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await scene.use("third")
    assert scene.order == ["first", "third"]


async def test_one_key_cannot_keep_another_out():
    scene, gate = Scene(longest=4), asyncio.Event()
    greedy = [asyncio.create_task(scene.use(f"greedy{number}", gate, key="greedy")) for number in range(5)]
    await scene.until_waiting(4)
    modest = asyncio.create_task(scene.use("modest", key="modest"))
    gate.set()
    outcomes = await asyncio.gather(*greedy, return_exceptions=True)
    await modest
    assert scene.order[:2] == ["greedy0", "modest"]
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [QueueFull]
