import asyncio
import os
import signal
from contextlib import aclosing

import numpy as np
import pytest

from voxhelm.domain.errors import EngineCrashed
from voxhelm.domain.pcm import Pcm
from voxhelm.serving.watch import Watcher
from voxhelm.testing.app import make_voxhelm


class Microphone:
    def __init__(self):
        self.pieces = asyncio.Queue()
        self.closed = False

    def say(self, level, seconds=0.32):
        self.pieces.put_nowait(Pcm(np.full(round(seconds * 16_000), level, np.int16), 16_000))

    async def sound(self):
        try:
            while True:
                yield await self.pieces.get()
        finally:
            self.closed = True


def leases(voxhelm):
    return voxhelm.services.metrics.registry.get_sample_value("voxhelm_model_leases", {"model": "silero-vad"})


async def test_live_sound_is_judged_as_it_comes_and_the_detector_is_given_back():
    async with (voxhelm := make_voxhelm(models={"isolation": "inline"})).running():
        watcher, microphone = Watcher(voxhelm.catalog, voxhelm.residency), Microphone()
        assert watcher.input_rate_hz() == 16_000
        async with aclosing(watcher.watch(microphone.sound())) as activities:
            microphone.say(0)
            first = await anext(activities)
            assert first.start_seconds == 0.0
            assert len(first.probabilities) == 10
            assert max(first.probabilities) < 0.5
            microphone.say(0)
            assert (await anext(activities)).start_seconds == pytest.approx(0.32)
            assert leases(voxhelm) == 1
        assert microphone.closed
        while leases(voxhelm):
            await asyncio.sleep(0)


async def test_a_reader_that_is_cancelled_while_it_waits_gives_the_detector_back():
    async with (voxhelm := make_voxhelm(models={"isolation": "inline"})).running():
        watcher, microphone = Watcher(voxhelm.catalog, voxhelm.residency), Microphone()

        async def watch():
            async with aclosing(watcher.watch(microphone.sound())) as activities:
                async for _ in activities:
                    judged.set()

        judged = asyncio.Event()
        watching = asyncio.create_task(watch())
        microphone.say(0)
        await judged.wait()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        assert microphone.closed
        while leases(voxhelm):
            await asyncio.sleep(0)


async def test_a_detector_that_dies_is_told():
    async with (voxhelm := make_voxhelm()).running():
        watcher, microphone = Watcher(voxhelm.catalog, voxhelm.residency), Microphone()
        activities = watcher.watch(microphone.sound())
        microphone.say(0)
        await anext(activities)
        lease = await voxhelm.residency.lease("silero-vad")
        os.kill(lease.host.process_id, signal.SIGKILL)
        with pytest.raises(EngineCrashed):
            await anext(activities)
        lease.release()
        assert microphone.closed
