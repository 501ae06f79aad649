"""The caller's sound that is no utterance yet."""

from collections import deque
from typing import Final

import numpy as np

from voxhelm.domain.pcm import Pcm
from voxhelm.realtime.session_config import RATE_HZ

SAMPLES_PER_MS: Final = RATE_HZ // 1000


class InputAudio:
    """Sound by its place in time: milliseconds count all sound of the session from its first sample on, whatever became of it."""

    def __init__(self) -> None:
        self._pieces: deque[Pcm] = deque()
        self._begin = 0
        self._end = 0

    @property
    def begin_ms(self) -> float:
        """Where what is kept begins."""
        return self._begin / SAMPLES_PER_MS

    @property
    def end_ms(self) -> float:
        """Where it ends: how much sound there has been."""
        return self._end / SAMPLES_PER_MS

    @property
    def duration_ms(self) -> float:
        """How much is kept."""
        return (self._end - self._begin) / SAMPLES_PER_MS

    def append(self, pcm: Pcm) -> None:
        """The next of it, at 24 kHz."""
        if len(pcm.samples):
            self._pieces.append(pcm)
            self._end += len(pcm.samples)

    def between(self, start_ms: float, end_ms: float) -> Pcm:
        """What is kept of a stretch."""
        start, end = round(start_ms * SAMPLES_PER_MS), round(end_ms * SAMPLES_PER_MS)
        parts = []
        place = self._begin
        for piece in self._pieces:
            part = piece.samples[max(0, start - place) : max(0, end - place)]
            if len(part):
                parts.append(part)
            place += len(piece.samples)
        return Pcm(np.concatenate(parts) if parts else np.empty(0, np.int16), RATE_HZ)

    def forget_before(self, until_ms: float) -> None:
        """Drop what came before a moment."""
        until = min(round(until_ms * SAMPLES_PER_MS), self._end)
        while self._pieces and self._begin + len(self._pieces[0].samples) <= until:
            self._begin += len(self._pieces.popleft().samples)
        if self._pieces and until > self._begin:
            first = self._pieces[0]
            self._pieces[0] = Pcm(first.samples[until - self._begin :], first.rate_hz)
            self._begin = until

    def clear(self) -> None:
        """Drop all of it."""
        self._pieces.clear()
        self._begin = self._end
