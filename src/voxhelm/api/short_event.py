"""What a client is sent in the place of an event that is longer than it takes."""

from typing import Any, Final

import msgspec

RETRIEVED: Final = "conversation.item.retrieved"


def short_event(event: bytes, longest_bytes: int) -> bytes:
    """The event without its sound where that is enough, else an error that says what could not be sent."""
    told: dict[str, Any] = msgspec.json.decode(event)
    if told.get("type") == RETRIEVED:
        for content in told["item"].get("content") or ():
            content.pop("audio", None)
        silent = msgspec.json.encode(told)
        if len(silent) <= longest_bytes:
            return silent
    message = f"A {told.get('type')} has {len(event):,} bytes; this client takes {longest_bytes:,} in one message."
    error = {"type": "server_error", "code": "event_too_large", "message": message, "param": None, "event_id": None}
    return msgspec.json.encode({"type": "error", "event_id": told.get("event_id"), "error": error})
