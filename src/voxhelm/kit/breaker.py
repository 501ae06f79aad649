"""Leaving alone what keeps failing: a pure state machine, told the time."""

from dataclasses import dataclass, replace
from enum import StrEnum


class BreakerPhase(StrEnum):
    """What a breaker lets through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, slots=True)
class Breaker:
    """One frozen value, replaced by the transitions below; `now_seconds` is monotonic.

    Closed lets every call through. After `tolerated_failures` in a row it opens, and no call is let through for a pause. Then it is
    half-open: one call is let through to try; if that succeeds the breaker closes, if it fails the pause doubles.

    pause_seconds, longest_pause_seconds: the first pause, and what doubling stops at.
    longest_trial_seconds: a trial that has not been heard of for so long is taken for lost, and another one may begin.
    failures: in a row, until now.
    """

    tolerated_failures: int = 3
    pause_seconds: float = 2.0
    longest_pause_seconds: float = 60.0
    longest_trial_seconds: float = 120.0
    failures: int = 0
    retry_at_seconds: float | None = None
    trial_ends_at_seconds: float | None = None

    def phase(self, now_seconds: float) -> BreakerPhase:
        """What it lets through now."""
        if self.retry_at_seconds is None:
            return BreakerPhase.CLOSED
        return BreakerPhase.OPEN if now_seconds < self.retry_at_seconds else BreakerPhase.HALF_OPEN

    def wait_seconds(self, now_seconds: float) -> float:
        """How long until a call may be let through; 0 when it is now."""
        if self.retry_at_seconds is None:
            return 0.0
        until_seconds = max(self.retry_at_seconds, self.trial_ends_at_seconds or self.retry_at_seconds)
        return max(until_seconds - now_seconds, 0.0)

    def called(self, now_seconds: float) -> "Breaker":
        """A call is let through, which is for callers that found `wait_seconds` to be 0. When half-open this is the trial."""
        if self.phase(now_seconds) is not BreakerPhase.HALF_OPEN:
            return self
        return replace(self, trial_ends_at_seconds=now_seconds + self.longest_trial_seconds)

    def succeeded(self) -> "Breaker":
        """A call went well."""
        return replace(self, failures=0, retry_at_seconds=None, trial_ends_at_seconds=None)

    def failed(self, now_seconds: float) -> "Breaker":
        """A call went wrong. Those that had begun before it opened change nothing any more while it is open."""
        if self.phase(now_seconds) is BreakerPhase.OPEN:
            return self
        failures = self.failures + 1
        if failures < self.tolerated_failures:
            return replace(self, failures=failures)
        doubled = min(failures - self.tolerated_failures, 32)  # more would overflow a float, and is beyond any limit
        pause_seconds = min(self.pause_seconds * 2.0**doubled, self.longest_pause_seconds)
        return replace(self, failures=failures, retry_at_seconds=now_seconds + pause_seconds, trial_ends_at_seconds=None)

    def abandoned(self) -> "Breaker":
        """A call ended without telling anything, because its caller left: another may try."""
        return replace(self, trial_ends_at_seconds=None)
