"""Server-sent events, as OpenAI's clients read them: one JSON object per `data:` line."""

from typing import Final

import msgspec

MEDIA_TYPE: Final = "text/event-stream"

_encoder = msgspec.json.Encoder()


def event(payload: object) -> bytes:
    """One event."""
    return b"data: " + _encoder.encode(payload) + b"\n\n"
