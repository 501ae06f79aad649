"""When the caller of one session speaks."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from voxhelm.audio.prompt_resample import PromptResampler
from voxhelm.domain.activity import Activity
from voxhelm.domain.errors import VoxhelmError
from voxhelm.domain.pcm import Pcm
from voxhelm.realtime.happenings import Voices
from voxhelm.realtime.mishap import mishap
from voxhelm.realtime.session_config import RATE_HZ
from voxhelm.telemetry.log import Log

# Detectors look at 32 ms at a time: less tells them nothing, and a message for it costs as much as one for more.
WINDOW_SECONDS: Final = 0.032
# What waits while a detector is started again. When it takes longer than this, nobody knows who spoke meanwhile.
LONGEST_WAIT_SECONDS: Final = 60.0
FIRST_PAUSE_SECONDS: Final = 0.25
LONGEST_PAUSE_SECONDS: Final = 5.0


class Watches(Protocol):
    """What tells voices."""

    def input_rate_hz(self) -> int:
        """As `serving.watch.Watcher`."""
        ...

    def watch(self, sound: AsyncGenerator[Pcm]) -> AsyncGenerator[Activity]:
        """As `serving.watch.Watcher`."""
        ...


class Watching:
    """One detector's stream at a time. When the detector fails, another stream goes on with the sound that was not judged yet."""

    def __init__(self, watcher: Watches, post: Callable[[Voices], None], log: Log) -> None:
        """post: told of voices, never from inside one of the methods."""
        self._watcher = watcher
        self._post = post
        self._log = log
        self._watch: _Watch | None = None
        self._ending: set[asyncio.Task[None]] = set()

    def start(self, start_ms: float) -> None:
        """As `effects.StartWatching`."""
        self.stop()
        watch = _Watch(self._watcher, start_ms, self._post, self._log)
        watch.task = asyncio.create_task(watch.run(), name="watch-voices")
        self._ending.add(watch.task)
        watch.task.add_done_callback(self._ending.discard)
        self._watch = watch

    def feed(self, pcm: Pcm) -> None:
        """As `effects.Watch`."""
        if self._watch is not None:
            self._watch.feed(pcm)

    def stop(self) -> None:
        """As `effects.StopWatching`."""
        if self._watch is not None and self._watch.task is not None:
            self._watch.task.cancel()
        self._watch = None

    async def aclose(self) -> None:
        """Stop, and wait until the detector has been given back."""
        self.stop()
        await asyncio.gather(*self._ending, return_exceptions=True)


class _Watch:
    """From one `start` to its `stop`. Places are samples at the detector's rate, counted from `start_ms` on."""

    def __init__(self, watcher: Watches, start_ms: float, post: Callable[[Voices], None], log: Log) -> None:
        self._watcher = watcher
        self._start_ms = start_ms
        self._post = post
        self._log = log
        self._rate_hz = watcher.input_rate_hz()
        self._window = round(WINDOW_SECONDS * self._rate_hz)
        self._resampler = PromptResampler(RATE_HZ, self._rate_hz)
        self._coming: list[NDArray[np.int16]] = []
        self._coming_samples = 0
        # How much has to come for another window to be complete.
        self._lacking_samples = self._window * RATE_HZ / self._rate_hz
        # Sound that no probability covers yet, and how much of it the running stream has taken.
        self._waiting: deque[Pcm] = deque()
        self._waiting_from = 0
        self._waiting_samples = 0
        self._taken_pieces = 0
        self._taken_samples = 0
        # Where the running stream began, and with it its windows.
        self._begin = 0
        self._news = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def feed(self, pcm: Pcm) -> None:
        self._coming.append(pcm.samples)
        self._coming_samples += len(pcm.samples)
        # As soon as it completes a window: whoever waited for as much again would hear of it up to that much later.
        if self._coming_samples < self._lacking_samples:
            return
        piece = self._resampler.push(Pcm(np.concatenate(self._coming), RATE_HZ))
        self._coming, self._coming_samples = [], 0
        self._waiting.append(piece)
        self._waiting_samples += len(piece.samples)
        if self._waiting_samples > LONGEST_WAIT_SECONDS * self._rate_hz and self._taken_pieces == 0:
            self._forget(len(self._waiting[0].samples))
        lacking = self._window - self._place(self._waiting_samples) % self._window
        self._lacking_samples = lacking * RATE_HZ / self._rate_hz
        if self._window_waits:
            self._news.set()

    async def run(self) -> None:
        pause_seconds = FIRST_PAUSE_SECONDS
        while True:
            try:
                begin = self._begin = self._waiting_from
                self._taken_pieces = self._taken_samples = 0
                async with aclosing(self._watcher.watch(self._sound())) as activities:
                    async for activity in activities:
                        self._judged(begin, activity)
                        pause_seconds = FIRST_PAUSE_SECONDS
            except Exception as error:  # noqa: BLE001 - somebody is speaking, and shall be heard again as soon as that is possible
                mishap(self._log, "the detection of voices", error)
                known = error.retry_after_seconds if isinstance(error, VoxhelmError) else None
            else:
                return
            self._taken_pieces = self._taken_samples = 0
            await asyncio.sleep(min(known or pause_seconds, LONGEST_PAUSE_SECONDS))
            pause_seconds = min(pause_seconds * 2, LONGEST_PAUSE_SECONDS)

    def _place(self, samples: int) -> int:
        """How far into the running stream so many of those that wait reach."""
        return self._waiting_from + samples - self._begin

    @property
    def _window_waits(self) -> bool:
        """Whether the stream can judge something that it could not before."""
        return self._place(self._waiting_samples) // self._window > self._place(self._taken_samples) // self._window

    async def _sound(self) -> AsyncGenerator[Pcm]:
        while True:
            if not self._window_waits:
                self._news.clear()
                await self._news.wait()
            fresh = [self._waiting[index].samples for index in range(self._taken_pieces, len(self._waiting))]
            self._taken_pieces = len(self._waiting)
            self._taken_samples = self._waiting_samples
            yield Pcm(np.concatenate(fresh), self._rate_hz)

    def _judged(self, begin: int, activity: Activity) -> None:
        end_seconds = activity.start_seconds + activity.window_seconds * len(activity.probabilities)
        self._forget(begin + round(end_seconds * self._rate_hz) - self._waiting_from)
        start_ms = self._start_ms + begin * 1000 / self._rate_hz + activity.start_seconds * 1000
        self._post(Voices(start_ms, activity.window_seconds * 1000, activity.probabilities))

    def _forget(self, samples: int) -> None:
        """The first so many of what waits are done with."""
        while samples > 0 and self._waiting:
            first = self._waiting.popleft()
            done = min(samples, len(first.samples))
            samples -= done
            self._waiting_from += done
            self._waiting_samples -= done
            self._taken_samples = max(0, self._taken_samples - done)
            if done < len(first.samples):
                self._waiting.appendleft(Pcm(first.samples[done:], first.rate_hz))
            else:
                self._taken_pieces = max(0, self._taken_pieces - 1)
