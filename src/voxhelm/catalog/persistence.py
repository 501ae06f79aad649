"""When to try again what a network has spoilt: pure decisions, told the facts."""

from typing import Final

# In a row without a single new byte; with one, counting begins anew.
MOST_FAILURES: Final = 5
FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 30.0
# A server that asks for more patience than this is told of, not waited for.
LONGEST_ASKED_PAUSE_SECONDS: Final = 120.0
# Bytes that came whole and are wrong: once may be a broken part of an earlier time, again is the server's.
MOST_DAMAGES: Final = 2

_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


def is_worth_another_try(status: int) -> bool:
    """Whether an HTTP status may be gone in a moment."""
    return status in _AGAIN


def pause_seconds(failures: int, spread: float, asked_seconds: float | None = None) -> float | None:
    """How long to wait after so many failures in a row; None to give up.

    failures: 1 after the first. spread: from 0 to 1, a random number, so that a crowd does not come back at once.
    asked_seconds: the server's `Retry-After`, if it sent one.
    """
    if failures >= MOST_FAILURES:
        return None
    if asked_seconds is not None:
        return max(0.0, asked_seconds) if asked_seconds <= LONGEST_ASKED_PAUSE_SECONDS else None
    longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** (failures - 1))
    return longest * (0.5 + 0.5 * spread)
