"""Another sample rate, for conversations: what goes in comes out at once."""

from functools import cache
from math import ceil, gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.pcm import Pcm

# Zero crossings of the filter on either side, at the lower of the two rates: it is late by so many of its samples, 1 to 2 ms.
CROSSINGS: Final = 16
# Of the lower rate's half: from here on it fades, so that at the half itself nothing is left that could fold back.
PASSED: Final = 0.9
KAISER_BETA: Final = 6.5


class PromptResampler:
    """Changes the rate of one continuous sound, piece by piece, and is late by 2 ms at most. One thread at a time.

    `audio.resample` is finer. But it works in blocks, and what is left of one comes with the next: somebody who waits for an answer would
    wait that much longer. FFmpeg's is prompt, too, at the price of a frame of PyAV's for each piece.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        """Rates whose ratio is one of small numbers, such as 24,000 and 16,000; equal ones pass through untouched."""
        common = gcd(from_hz, to_hz)
        self.from_hz = from_hz
        self.to_hz = to_hz
        self._up, self._down = to_hz // common, from_hz // common
        self._filter, self._before = _filter(self._up, self._down)
        self._held = np.zeros(self._before, dtype=np.float32)
        self._taken = self._given = 0

    def push(self, pcm: Pcm) -> Pcm:
        """Give the next piece, at `from_hz`; return what is ready, at `to_hz`."""
        if pcm.rate_hz != self.from_hz:
            raise ValueError(f"this resampler takes {self.from_hz} Hz, not {pcm.rate_hz} Hz")
        if self._up == self._down:
            return pcm
        self._taken += len(pcm.samples)
        self._held = np.concatenate((self._held, pcm.samples))
        blocks = (len(self._held) - len(self._filter)) // self._down + 1
        if blocks <= 0:
            return Pcm(np.empty(0, dtype=np.int16), self.to_hz)
        held = self._held
        # Each block's window begins `down` samples after the last one's. numpy's own views of that kind take longer than the rest.
        windows = np.ndarray((blocks, len(self._filter)), np.float32, held, 0, (self._down * held.itemsize, held.itemsize))
        samples = windows @ self._filter
        self._held = self._held[blocks * self._down :]
        self._given += samples.size
        np.rint(samples, out=samples)
        np.maximum(samples, -32_768, out=samples)
        np.minimum(samples, 32_767, out=samples)
        return Pcm(samples.astype(np.int16).reshape(-1), self.to_hz)

    def finish(self) -> Pcm:
        """Return what is left. The sound is over: the next piece pushed begins another one."""
        left = 0 if self._up == self._down else ceil(self._taken * self._up / self._down) - self._given
        silence = np.zeros(len(self._filter) + self._down, dtype=np.int16)
        tail = self.push(Pcm(silence, self.from_hz)).samples[:left] if left > 0 else silence[:0]
        self._held = np.zeros(self._before, dtype=np.float32)
        self._taken = self._given = 0
        return Pcm(tail, self.to_hz)


@cache
def _filter(up: int, down: int) -> tuple[NDArray[np.float32], int]:
    """What `up` samples at the new rate are of the samples around `down` old ones, shape (old, new); and how many old ones precede."""
    ratio = min(1.0, up / down)
    reach = ceil(CROSSINGS / ratio)
    old = np.arange(2 * reach + (up - 1) * down // up)[:, np.newaxis] - (reach - 1)
    distance = old - np.arange(up) * down / up
    cutoff = ratio * (PASSED + 1) / 2
    window = np.i0(KAISER_BETA * np.sqrt(np.clip(1 - (distance / reach) ** 2, 0, None)))
    shape = np.sinc(cutoff * distance) * window * (np.abs(distance) < reach)
    return (shape / shape.sum(axis=0)).astype(np.float32), reach - 1
