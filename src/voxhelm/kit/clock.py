"""Time as something that is passed in."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time; `voxhelm.testing.ManualClock` is told it instead."""

    def monotonic_seconds(self) -> float:
        """Seconds since an arbitrary start, never going back."""
        ...

    def unix_seconds(self) -> float:
        """Seconds since 1970, as the wall clock has it."""
        ...


class SystemClock:
    """The machine's clocks."""

    def monotonic_seconds(self) -> float:
        """As `time.monotonic`."""
        return time.monotonic()

    def unix_seconds(self) -> float:
        """As `time.time`."""
        return time.time()
