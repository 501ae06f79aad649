"""What a server says on a WebSocket: events, each a frame of text, and at last the frame that closes."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

TEXT: Final = 0x81
CLOSE: Final = 0x88
PING: Final = 0x89
PONG: Final = 0x8A
LAST_ID: Final = "the-last-of-all"
LAST: Final = json.dumps({"type": "conversation.item.retrieve", "event_id": LAST_ID, "item_id": "nobody"}).encode()
"""What no server can have, and must refuse: by then it has taken what came before."""


@dataclass(slots=True)
class Frames:
    """What has come so far.

    closed_with: the code of the closing frame; 1005 where it has none, None before it. errors: of error events.
    all_answered: the answer to `LAST` has come, before which all others do.
    """

    closed_with: int | None = None
    all_answered: bool = False
    events: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    _held: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> str | None:
        """Take bytes. Returns what is wrong with them, None when nothing is."""
        self._held += data
        while self.closed_with is None and (found := self._first()) is not None:
            opcode, payload = found
            wrong = self._take(opcode, payload)
            if wrong is not None:
                return wrong
        return None

    def _first(self) -> tuple[int, bytes] | None:
        """The first frame, taken off, once it is complete."""
        held = self._held
        if len(held) < 2:
            return None
        more = {126: 2, 127: 8}.get(held[1], 0)
        if len(held) < 2 + more:
            return None
        length = int.from_bytes(held[2 : 2 + more], "big") if more else held[1]
        end = 2 + more + length
        if len(held) < end:
            return None
        frame = held[0], bytes(held[2 + more : end])
        del held[:end]
        return frame

    def _take(self, opcode: int, payload: bytes) -> str | None:
        if opcode == CLOSE:
            self.closed_with = int.from_bytes(payload[:2], "big") if len(payload) >= 2 else 1005
            return None
        if opcode in (PING, PONG):
            return None
        if opcode != TEXT:
            return f"a frame of the kind {opcode:#x}"
        try:
            event = json.loads(payload)
            if event["type"] == "error":
                self.errors.append(event["error"])
                self.all_answered = self.all_answered or event["error"]["event_id"] == LAST_ID
            self.events += 1
        except (ValueError, KeyError, TypeError):
            return f"no event: {payload[:80]!r}"
        return None


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """A frame as clients send it, with a mask that changes nothing."""
    length = len(payload)
    if length < 126:
        head = bytes([opcode, 0x80 | length])
    elif length < 1 << 16:
        head = bytes([opcode, 0x80 | 126]) + length.to_bytes(2, "big")
    else:
        head = bytes([opcode, 0x80 | 127]) + length.to_bytes(8, "big")
    return head + bytes(4) + payload
