"""Events on their way to a client."""

from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

import structlog

_log = structlog.get_logger(__name__)

_MOST_BUFFERED_BYTES: Final = 256 * 1024


class Channel(Protocol):
    """As much of a data channel as is needed. bufferedAmount: bytes it has not sent yet."""

    @property
    def readyState(self) -> str: ...  # noqa: N802, D102

    @property
    def bufferedAmount(self) -> int: ...  # noqa: N802, D102

    def send(self, data: str | bytes) -> None: ...  # noqa: D102


class EventLine:
    """Keeps events in order until there is a channel and it takes them, within a bound."""

    def __init__(self, most_waiting_bytes: int, instead_of_too_long: Callable[[bytes, int], bytes] | None) -> None:
        self._most_waiting_bytes = most_waiting_bytes
        self._instead_of_too_long = instead_of_too_long
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._channel: Channel | None = None
        self._longest_bytes = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits, here or in the channel."""
        return not self._waiting and (self._channel is None or self._channel.bufferedAmount == 0)

    def open(self, channel: Channel, longest_bytes: int) -> None:
        """Send through this. longest_bytes: what its other end takes in one message; 0 for any length."""
        self._channel = channel
        self._longest_bytes = longest_bytes
        self.flush()

    def send(self, event: bytes) -> bool:
        """Send it, in its turn. Returns False when so much waits that its client has to be given up."""
        if self._waiting_bytes + len(event) > self._most_waiting_bytes:
            return False
        self._waiting.append(event)
        self._waiting_bytes += len(event)
        self.flush()
        return True

    def flush(self) -> None:
        """Send what the channel takes now."""
        channel = self._channel
        while self._waiting and channel is not None and channel.readyState == "open":
            if channel.bufferedAmount > _MOST_BUFFERED_BYTES:
                return
            event = self._waiting.popleft()
            self._waiting_bytes -= len(event)
            fitting = self._fitting(event)
            if fitting is not None:
                channel.send(fitting.decode())

    def _fitting(self, event: bytes) -> bytes | None:
        if not self._longest_bytes or len(event) <= self._longest_bytes:
            return event
        _log.warning("event_too_long", event_bytes=len(event), longest_bytes=self._longest_bytes)
        if self._instead_of_too_long is None:
            return None
        instead = self._instead_of_too_long(event, self._longest_bytes)
        return instead if len(instead) <= self._longest_bytes else None
