"""The beginning and the end of a piece of speech, made fit to be joined to others."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

# Below this a sample is silence: 50 dB under full scale, which breath and the ends of s and f are above.
SILENT: Final = 100
# What stays before the first sound and after the last: soft beginnings and endings are below the threshold.
LEAD_SECONDS: Final = 0.03
TAIL_SECONDS: Final = 0.08
FADE_SECONDS: Final = 0.005
# A silence as long as this is not the end of a piece any more, but meant.
LONGEST_HELD_SECONDS: Final = 1.0

Samples = NDArray[np.int16]
_NOTHING: Final[Samples] = np.empty(0, dtype=np.int16)


class Edges:
    """Takes the sound of one piece, at one rate, and gives it without the silence around it, faded in and out.

    A few hundredths of a second of that silence stay. So pieces can follow each other at whatever distance somebody chooses, without a
    jump. Silence inside of the piece stays as it is.
    """

    def __init__(self, rate_hz: int) -> None:
        self._lead, self._tail, self._fade = (round(one * rate_hz) for one in (LEAD_SECONDS, TAIL_SECONDS, FADE_SECONDS))
        self._longest_held = round(LONGEST_HELD_SECONDS * rate_hz)
        self._rate_hz = rate_hz
        self._held: Samples = _NOTHING
        # How much of what is held is certain to be heard.
        self._wanted = 0
        self._faded = 0
        self._skipped = 0
        self.begun = False

    @property
    def skipped_seconds(self) -> float:
        """How much silence was left out at the beginning; final when `begun`."""
        return self._skipped / self._rate_hz

    def push(self, samples: Samples) -> Samples:
        """Give the next samples; return what is certain to be heard, which may be nothing yet."""
        held = np.concatenate((self._held, samples)) if len(self._held) else samples
        loud = (samples > SILENT) | (samples < -SILENT)
        # Only the first and the last are wanted, and are mostly at the ends.
        first_loud = int(loud.argmax()) if len(loud) else 0
        if len(loud) and loud[first_loud]:
            before = len(held) - len(samples)
            if not self.begun:
                self.begun = True
                first = max(0, before + first_loud - self._lead)
                self._skipped += first
                held = held[first:]
                before -= first
            self._wanted = before + len(loud) - int(loud[::-1].argmax()) + self._tail
        elif not self.begun:
            drop = max(0, len(held) - self._lead)
            self._skipped += drop
            self._held = held[drop:].copy()
            return _NOTHING
        ready = min(self._wanted, len(held) - self._fade)
        ready = max(ready, len(held) - self._longest_held, 0)
        out, self._held = held[:ready], held[ready:].copy()
        self._wanted = max(0, self._wanted - ready)
        return self._faded_in(out)

    def finish(self) -> Samples:
        """Return what is left. The piece is over."""
        if not self.begun:
            return _NOTHING
        last = self._faded_in(self._held[: max(self._wanted, 0)])
        self._held = _NOTHING
        count = min(self._fade, len(last))
        if count == 0:
            return last
        faded = last.copy()
        faded[-count:] = faded[-count:] * np.linspace(1, 0, count, dtype=np.float32)
        return faded

    def _faded_in(self, samples: Samples) -> Samples:
        count = min(self._fade - self._faded, len(samples))
        if count <= 0:
            return samples
        faded = samples.copy()
        ramp = (np.arange(self._faded, self._faded + count, dtype=np.float32) / self._fade).astype(np.float32)
        faded[:count] = faded[:count] * ramp
        self._faded += count
        return faded
