"""What a client was told last, for when it comes back."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

# Very many small ones hold memory, too.
MOST_EVENTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it went out. private: whether it holds what must not be written to a disk."""

    event_id: str
    data: bytes
    private: bool = False


class Outbox:
    """The newest events of one session, as many as fit."""

    def __init__(self, limit_bytes: int, kept: Iterable[Told] = ()) -> None:
        """kept: from an earlier process; what came before these is not known any more."""
        self._limit_bytes = limit_bytes
        self._events: deque[Told] = deque()
        self._bytes = 0
        self.whole = True
        for told in kept:
            self.append(told)
            self.whole = False

    def append(self, told: Told) -> None:
        """The next event. The oldest make room."""
        self._events.append(told)
        self._bytes += len(told.data)
        while self._events and (self._bytes > self._limit_bytes or len(self._events) > MOST_EVENTS):
            self._bytes -= len(self._events.popleft().data)
            self.whole = False

    def behind(self, event_id: str | None) -> list[Told] | None:
        """What was told after an event; None when that one is not known, or not known any more."""
        if event_id is None:
            return None
        found: list[Told] = []
        for told in reversed(self._events):
            if told.event_id == event_id:
                return found[::-1]
            found.append(told)
        return None

    def all(self) -> list[Told]:
        """Everything that is kept."""
        return list(self._events)
