"""A clock that is told the time."""


class ManualClock:
    """Stands still until `advance`."""

    def __init__(self, now_seconds: float = 1_000.0) -> None:
        """now_seconds: where both clocks begin."""
        self._now_seconds = now_seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now_seconds += seconds

    def monotonic_seconds(self) -> float:
        """As `Clock`."""
        return self._now_seconds

    def unix_seconds(self) -> float:
        """As `Clock`."""
        return self._now_seconds
