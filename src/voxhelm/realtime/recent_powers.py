"""How loud the last of a session's sound was, in steps much shorter than a detector's windows."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.realtime.session_config import RATE_HZ

# Short enough to tell where in a frame of 20 ms a voice ended, and long enough that none of a voice falls into the trough of its wave.
STEP_MS: Final = 4
STEP_SAMPLES: Final = STEP_MS * RATE_HZ // 1000


class RecentPowers:
    """Powers (mean squares of samples) by their place, in milliseconds of the session's sound."""

    def __init__(self) -> None:
        self._powers: list[float] = []
        self._start_ms = 0.0
        self._rest: NDArray[np.int16] = np.empty(0, np.int16)

    @property
    def end_ms(self) -> float:
        """Until where the sound is known."""
        return self._start_ms + len(self._powers) * STEP_MS

    def push(self, samples: NDArray[np.int16], start_ms: float) -> None:
        """The next samples, shape (n,), at 24 kHz. start_ms: where they begin; after a gap it begins anew."""
        if abs(start_ms - self.end_ms - len(self._rest) * 1000 / RATE_HZ) > 1:
            self.clear()
            self._start_ms = start_ms
        joined = np.concatenate((self._rest, samples)) if len(self._rest) else samples
        count = len(joined) // STEP_SAMPLES
        self._rest = joined[count * STEP_SAMPLES :]
        if count:
            steps = joined[: count * STEP_SAMPLES].astype(np.float32).reshape(count, STEP_SAMPLES)
            self._powers += np.einsum("ij,ij->i", steps, steps).tolist()

    def loudest(self, from_ms: float, until_ms: float) -> float | None:
        """The power of the loudest step of a stretch; None unless all of it is known, a last step that is not whole apart."""
        first, last = (from_ms - self._start_ms) / STEP_MS, (until_ms - self._start_ms) / STEP_MS
        powers = self._powers[max(0, int(first)) : max(0, int(last))]
        if first < 0 or last > len(self._powers) + 1 or not powers:
            return None
        return max(powers) / STEP_SAMPLES

    def quiet_since(self, at_ms: float, power: float, most_ms: float) -> float:
        """Since when, before a moment, no step was louder than a power; at most so long before it, and as far as it is known."""
        place = at_ms
        while at_ms - place + STEP_MS <= most_ms:
            before = self.loudest(place - STEP_MS, place)
            if before is None or before > power:
                break
            place -= STEP_MS
        return place

    def forget_before(self, until_ms: float) -> None:
        """Drop what came before a moment."""
        count = min(len(self._powers), max(0, int((until_ms - self._start_ms) / STEP_MS)))
        del self._powers[:count]
        self._start_ms += count * STEP_MS

    def clear(self) -> None:
        """Drop all of it."""
        self._powers.clear()
        self._rest = self._rest[:0]
