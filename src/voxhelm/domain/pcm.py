"""A stretch of sound in memory."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Pcm:
    """Mono 16-bit sound.

    samples: shape (n,), int16, full scale +-32768.
    rate_hz: samples per second.
    """

    samples: NDArray[np.int16]
    rate_hz: int

    @property
    def duration_seconds(self) -> float:
        """How long it plays, in seconds."""
        return len(self.samples) / self.rate_hz

    def to_bytes(self) -> bytes:
        """The samples as little-endian bytes, two per sample."""
        return self.samples.astype("<i2", copy=False).tobytes()

    @staticmethod
    def from_bytes(data: bytes | memoryview, rate_hz: int) -> "Pcm":
        """The sound in little-endian `data`, whose length must be even. The samples are a read-only view of it."""
        return Pcm(np.frombuffer(data, dtype="<i2"), rate_hz)

    @staticmethod
    def silence(seconds: float, rate_hz: int) -> "Pcm":
        """`seconds` of digital silence."""
        return Pcm(np.zeros(round(seconds * rate_hz), dtype=np.int16), rate_hz)
