"""How late packets come, compared with the fastest ones."""

from collections import deque
from typing import Final

from voxhelm.webrtc.opus_packet import CLOCK_HZ

_FLOOR_SECONDS: Final = 5.0
_DELAYS_KEPT: Final = 500  # 10 seconds of packets of 20 ms
_PACKETS_BETWEEN_LOOKS: Final = 10
_SHARE_IN_TIME: Final = 0.97
_MARGIN_SECONDS: Final = 0.01


class ArrivalDelays:
    """When a sender's packets are due, by its own clock and the quickest way they have come lately.

    Timestamps are unwrapped and in samples of `CLOCK_HZ`; times are seconds of one clock of ours.
    """

    def __init__(self, *, least_seconds: float, most_seconds: float) -> None:
        """least_seconds, most_seconds: limits of `patience_seconds`."""
        self._least_seconds = least_seconds
        self._most_seconds = most_seconds
        self._floor = self._floor_before = 0.0
        self._floor_since: float | None = None
        self._late: deque[float] = deque(maxlen=_DELAYS_KEPT)
        self._unseen = 0
        self.patience_seconds = least_seconds
        """How late nearly all packets are at most, and a little more."""

    def note(self, timestamp: int, now_seconds: float) -> None:
        """A packet has arrived."""
        way = now_seconds - timestamp / CLOCK_HZ
        if self._floor_since is None:
            self._floor = self._floor_before = way
            self._floor_since = now_seconds
        elif now_seconds - self._floor_since > _FLOOR_SECONDS:
            # The quickest of the last five to ten seconds counts: clocks drift apart, and ways become longer for good.
            self._floor_before, self._floor, self._floor_since = self._floor, way, now_seconds
        else:
            self._floor = min(self._floor, way)
        self._late.append(way - self._quickest)
        self._unseen += 1
        if self._unseen >= _PACKETS_BETWEEN_LOOKS:
            self._unseen = 0
            late = sorted(self._late)[min(len(self._late) - 1, int(len(self._late) * _SHARE_IN_TIME))]
            self.patience_seconds = min(self._most_seconds, max(self._least_seconds, late + _MARGIN_SECONDS))

    def due_seconds(self, timestamp: int) -> float:
        """When the sound of this time would be here by the quickest way."""
        return timestamp / CLOCK_HZ + self._quickest

    def timestamp_at(self, now_seconds: float) -> int:
        """The time of the sound that is due at this moment."""
        return round((now_seconds - self._quickest) * CLOCK_HZ)

    def forget(self) -> None:
        """Another sender's clock counts from now on; how late its packets come is not expected to differ."""
        self._floor_since = None

    @property
    def _quickest(self) -> float:
        return min(self._floor, self._floor_before)
