"""How fast one client may talk: as a bucket that fills with time, and is emptied by events."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaceLimits:
    """A microphone sends 50 to 100 events a second; recordings are sent faster than they sound.

    burst: how many events may come at once. event_bytes: a larger one counts for several.
    patience_seconds: how long a client may want more than it gets.
    """

    events_per_second: float = 1_000.0
    burst: float = 10_000.0
    event_bytes: int = 4_096
    patience_seconds: float = 30.0


class EventPace:
    """Of one client. Nothing is lost: who is too fast is read more slowly, and in the end not at all."""

    def __init__(self, limits: PaceLimits, now_seconds: float) -> None:
        """The bucket is full at first."""
        self._limits = limits
        self._left = limits.burst
        self._seen_seconds = now_seconds
        self._too_fast_since_seconds: float | None = None

    def take(self, size_bytes: int, now_seconds: float) -> float:
        """Count an event that came. Returns for how many seconds none is to be read."""
        limits = self._limits
        self._left = min(limits.burst, self._left + (now_seconds - self._seen_seconds) * limits.events_per_second)
        self._seen_seconds = now_seconds
        if self._left >= limits.burst / 2:
            self._too_fast_since_seconds = None
        self._left -= 1 + size_bytes / limits.event_bytes
        if self._left >= 0:
            return 0.0
        if self._too_fast_since_seconds is None:
            self._too_fast_since_seconds = now_seconds
        return -self._left / limits.events_per_second

    @property
    def too_fast(self) -> bool:
        """Whether it was too fast lately, and has not been slow since for long enough to be forgiven."""
        return self._too_fast_since_seconds is not None

    def unbearable(self, now_seconds: float) -> bool:
        """Whether it has been too fast for too long."""
        since_seconds = self._too_fast_since_seconds
        return since_seconds is not None and now_seconds - since_seconds > self._limits.patience_seconds
