"""How much a client may send."""


class FloodGate:
    """A store of allowance that fills by itself: what is sent takes from it, and what it does not hold is refused."""

    def __init__(self, *, burst: float, per_second: float, now_seconds: float) -> None:
        """burst: what may be sent at once. per_second: what may be sent for ever."""
        self._burst = burst
        self._per_second = per_second
        self._left = burst
        self._filled_at_seconds = now_seconds

    def admits(self, amount: float, now_seconds: float) -> bool:
        """Whether so much may be sent now; if it may, it counts as sent."""
        elapsed = max(0.0, now_seconds - self._filled_at_seconds)
        self._filled_at_seconds = max(self._filled_at_seconds, now_seconds)
        self._left = min(self._burst, self._left + elapsed * self._per_second)
        if amount > self._left:
            return False
        self._left -= amount
        return True
