"""What RTCP tells a sender of how its packets arrive (RFC 3550, section 6.4.1 and appendix A)."""

from dataclasses import dataclass
from typing import Final

_WRAP: Final = 65_536
_MOST_LOST: Final = (1 << 23) - 1


@dataclass(frozen=True, slots=True)
class ReceptionReport:
    """As it stands in a receiver report.

    fraction_lost: of 256, since the last report. packets_lost: since the beginning, less repeated ones. highest_sequence: 32 bits, with
    the count of wraps in the upper half. jitter: in units of the sender's clock.
    """

    fraction_lost: int
    packets_lost: int
    highest_sequence: int
    jitter: int


class Reception:
    """Counts the packets of one sender."""

    def __init__(self, clock_hz: int) -> None:
        self._clock_hz = clock_hz
        self._first: int | None = None
        self._highest = 0
        self._received = 0
        self._expected_before = 0
        self._received_before = 0
        self._jitter = 0.0
        self._last_way: float | None = None
        self._last_timestamp = 0

    def note(self, sequence: int, timestamp: int, now_seconds: float) -> None:
        """A packet has arrived. sequence: 16 bits. timestamp: 32 bits."""
        if self._first is None:
            self._first = self._highest = sequence
        step = (sequence - self._highest + _WRAP // 2) % _WRAP - _WRAP // 2
        self._highest = max(self._highest, self._highest + step)
        self._received += 1
        if self._last_way is None:
            self._last_way = now_seconds * self._clock_hz
        else:
            passed = (timestamp - self._last_timestamp + (1 << 31)) % (1 << 32) - (1 << 31)
            way = now_seconds * self._clock_hz
            self._jitter += (abs(way - self._last_way - passed) - self._jitter) / 16
            self._last_way = way
        self._last_timestamp = timestamp

    def report(self) -> ReceptionReport | None:
        """What is to be told now; None before the first packet. The next fraction counts from here."""
        if self._first is None:
            return None
        expected = self._highest - self._first + 1
        expected_since = expected - self._expected_before
        received_since = self._received - self._received_before
        self._expected_before, self._received_before = expected, self._received
        lost_since = expected_since - received_since
        return ReceptionReport(
            fraction_lost=min(255, lost_since * 256 // expected_since) if expected_since > 0 and lost_since > 0 else 0,
            packets_lost=max(-_MOST_LOST - 1, min(_MOST_LOST, expected - self._received)),
            highest_sequence=self._highest % (1 << 32),
            jitter=int(self._jitter) % (1 << 32),
        )
