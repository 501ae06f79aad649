import asyncio
from contextlib import aclosing

import numpy as np
import pytest

from voxhelm.domain.activity import Activity
from voxhelm.domain.errors import EngineCrashed
from voxhelm.domain.pcm import Pcm
from voxhelm.realtime import watching as module
from voxhelm.realtime.watching import Watching
from voxhelm.telemetry.log import silent_log

WINDOW = 512


class Detector:
    """Says of each window how loud it is; fails when it is told to, behind so many windows."""

    def __init__(self, fails_behind=()):
        self.fails_behind = list(fails_behind)
        self.streams = 0
        self.open = 0
        self.messages = 0

    def input_rate_hz(self):
        return 16_000

    async def watch(self, sound):
        self.streams += 1
        self.open += 1
        left = self.fails_behind.pop(0) if self.fails_behind else None
        rest, done = np.zeros(0, np.int16), 0
        try:
            async with aclosing(sound):
                async for pcm in sound:
                    self.messages += 1
                    rest = np.concatenate([rest, pcm.samples])
                    while len(rest) >= WINDOW:
                        if left is not None and done >= left:
                            raise EngineCrashed("It died.", retry_after_seconds=0.001)
                        yield Activity(done * 0.032, 0.032, (float(np.abs(rest[:WINDOW]).mean() > 200),))
                        rest, done = rest[WINDOW:], done + 1
        finally:
            self.open -= 1


class Ear:
    def __init__(self):
        self.told = []
        self.news = asyncio.Event()

    def __call__(self, voices):
        self.told.append(voices)
        self.news.set()

    async def until_ms(self, until_ms):
        while not self.told or self.told[-1].start_ms + 32 * len(self.told[-1].probabilities) < until_ms - 32:
            self.news.clear()
            await self.news.wait()

    @property
    def loud_ms(self):
        return [
            round(voices.start_ms + index * voices.window_ms)
            for voices in self.told
            for index, probability in enumerate(voices.probabilities)
            if probability > 0.5
        ]


def pieces(quiet_seconds, loud_seconds, piece_samples=480):
    tone = (8_000 * np.sin(np.arange(round(loud_seconds * 24_000)) / 10)).astype(np.int16)
    sound = np.concatenate([np.zeros(round(quiet_seconds * 24_000), np.int16), tone])
    return [Pcm(sound[at : at + piece_samples], 24_000) for at in range(0, len(sound), piece_samples)]


@pytest.fixture
def ear():
    return Ear()


async def test_voices_are_told_at_their_place_in_the_sessions_sound(ear):
    watching = Watching(Detector(), ear, silent_log())
    watching.start(5_000.0)
    for piece in pieces(0.32, 0.64):
        watching.feed(piece)
    await ear.until_ms(5_960.0)
    assert min(ear.loud_ms) == pytest.approx(5_320, abs=33)
    assert [round(voices.start_ms) for voices in ear.told] == [5_000 + 32 * index for index in range(len(ear.told))]
    await watching.aclose()


async def test_a_detector_hears_of_no_less_than_it_can_judge(ear):
    detector = Detector()
    watching = Watching(detector, ear, silent_log())
    watching.start(0.0)
    for piece in pieces(0.0, 0.96, piece_samples=48):  # 2 ms each
        watching.feed(piece)
        await asyncio.sleep(0)
    await ear.until_ms(960.0)
    assert detector.messages <= 31
    await watching.aclose()


async def test_a_window_is_judged_with_the_piece_that_completes_it(ear):
    """Also of 20 ms, of which one and a half are a window: 10 ms of sound more is enough for the second."""
    watching = Watching(Detector(), ear, silent_log())
    watching.start(0.0)
    fed_ms, told_by_ms = 0, {}
    for piece in pieces(0.0, 0.64):
        watching.feed(piece)
        fed_ms += 20
        for _ in range(10):
            await asyncio.sleep(0)
        for voices in ear.told:
            told_by_ms.setdefault(round(voices.start_ms) + 32, fed_ms)
    # The resampler is late by 2 ms, so what ends with a piece needs the next one.
    assert told_by_ms == {end_ms: (end_ms + 2 + 19) // 20 * 20 for end_ms in range(32, 640 - 1, 32)}
    await watching.aclose()


async def test_after_a_crash_the_next_stream_hears_what_the_last_one_had_not_judged(ear):
    detector = Detector(fails_behind=(4, 0, 7))
    watching = Watching(detector, ear, silent_log())
    watching.start(0.0)
    for piece in pieces(0.32, 0.64):
        watching.feed(piece)
    await ear.until_ms(960.0)
    assert detector.streams == 4
    assert [round(voices.start_ms) for voices in ear.told] == [32 * index for index in range(len(ear.told))]
    assert min(ear.loud_ms) == pytest.approx(320, abs=33)
    await watching.aclose()
    assert detector.open == 0


async def test_a_detector_that_stays_away_does_not_fill_the_memory(ear, monkeypatch):
    monkeypatch.setattr(module, "LONGEST_WAIT_SECONDS", 0.5)
    detector = Detector(fails_behind=(0,))
    watching = Watching(detector, ear, silent_log())
    watching.start(0.0)
    await asyncio.sleep(0)
    for piece in pieces(0.32, 2.0):
        watching.feed(piece)
    await ear.until_ms(2_320.0)
    # What was not judged is not made up: the first that is told stands where it was.
    assert ear.told[0].start_ms >= 1_700
    assert all(one.probabilities == (1.0,) for one in ear.told)
    await watching.aclose()


async def test_stopping_gives_the_detector_back_and_starting_again_begins_anew(ear):
    detector = Detector()
    watching = Watching(detector, ear, silent_log())
    watching.feed(pieces(0.0, 0.1)[0])  # nobody looks
    watching.start(0.0)
    for piece in pieces(0.0, 0.1):
        watching.feed(piece)
    await ear.until_ms(96.0)
    watching.stop()
    watching.feed(pieces(0.0, 0.1)[0])
    watching.start(1_000.0)
    for piece in pieces(0.0, 0.1):
        watching.feed(piece)
    await ear.until_ms(1_096.0)
    await watching.aclose()
    assert (detector.streams, detector.open) == (2, 0)
