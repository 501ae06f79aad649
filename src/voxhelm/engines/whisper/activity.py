"""When somebody speaks: Silero's network as it comes with faster-whisper, fed as the sound arrives."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.activity import Activity
from voxhelm.domain.errors import EngineFailed
from voxhelm.domain.pcm import Pcm

SAMPLE_RATE_HZ: Final = 16_000
WINDOW_SAMPLES: Final = 512
CONTEXT_SAMPLES: Final = 64
"""Each window is looked at together with the end of the one before it."""

_WINDOWS_PER_RUN: Final = 64  # two seconds: 5 ms of work, so that a caller that leaves is noticed at once
_STATE_SHAPE: Final = (1, 1, 128)
_FULL_SCALE: Final = 32_768.0


class SpeechProbabilities:
    """One stream's state. The session is shared among streams, the state is not."""

    def __init__(self, session: Any) -> None:
        """`session` runs the network: `input` (n, 576), `h` and `c` give n probabilities and the next `h` and `c`."""
        self._session = session
        self._hidden = np.zeros(_STATE_SHAPE, dtype=np.float32)
        self._cell = np.zeros(_STATE_SHAPE, dtype=np.float32)
        self._rest = np.zeros(CONTEXT_SAMPLES, dtype=np.int16)
        self._windows = 0

    def push(self, pcm: Pcm) -> Iterator[Activity]:
        """The windows that `pcm` (16 kHz) completes. How the sound is cut makes no difference to them."""
        if pcm.rate_hz != SAMPLE_RATE_HZ:
            raise EngineFailed(f"Whisper takes sound at {SAMPLE_RATE_HZ} Hz, not at {pcm.rate_hz} Hz.")
        held = np.concatenate((self._rest, pcm.samples))
        whole = (len(held) - CONTEXT_SAMPLES) // WINDOW_SAMPLES
        self._rest = held[whole * WINDOW_SAMPLES :].copy()  # a view would keep the whole piece alive
        if whole:
            yield from self._activities(held, whole)

    def finish(self) -> Iterator[Activity]:
        """The last window, padded with silence."""
        left = len(self._rest) - CONTEXT_SAMPLES
        if left:
            yield from self._activities(np.pad(self._rest, (0, WINDOW_SAMPLES - left)), 1)

    def _activities(self, held: NDArray[np.int16], count: int) -> Iterator[Activity]:
        """`count` windows, `held` beginning with the context of the first."""
        scaled = held.astype(np.float32) / _FULL_SCALE
        seen = np.lib.stride_tricks.sliding_window_view(scaled, CONTEXT_SAMPLES + WINDOW_SAMPLES)[::WINDOW_SAMPLES]
        for begin in range(0, count, _WINDOWS_PER_RUN):
            rows = np.ascontiguousarray(seen[begin : min(count, begin + _WINDOWS_PER_RUN)])
            feed = {"input": rows, "h": self._hidden, "c": self._cell}
            probabilities, self._hidden, self._cell = self._session.run(None, feed)
            window_seconds = WINDOW_SAMPLES / SAMPLE_RATE_HZ
            yield Activity(self._windows * window_seconds, window_seconds, tuple(map(float, np.ravel(probabilities))))
            self._windows += len(rows)
