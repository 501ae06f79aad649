"""The answers to a request for speech that are more than its sound."""

import base64
import json
from collections.abc import AsyncGenerator, Iterator
from typing import Final

from voxhelm.api import sse
from voxhelm.api.errors import envelope_of
from voxhelm.domain.errors import VoxhelmError
from voxhelm.serving.speak import Reply
from voxhelm.text.captions import CaptionFormat, captions_of, word_of

# OpenAI counts speech in tokens of 50 ms; text tokens have no meaning for our engines, so words stand for them.
OUTPUT_TOKENS_PER_SECOND: Final = 20
# As many bytes as whole groups of base64 hold.
BASE64_GROUP_BYTES: Final = 3


async def events(reply: Reply, *, words: bool, captions: CaptionFormat | None) -> AsyncGenerator[bytes]:
    """The chunks as events. A stream that ends without `speech.audio.done` has failed; an event with `error` says why.

    words: whether those that are heard in a chunk, or before it, follow it.
    """
    try:
        async for chunk in reply.chunks:
            yield sse.event({"type": "speech.audio.delta", "audio": base64.b64encode(chunk).decode("ascii")})
            if words:
                for event in _words(reply):
                    yield event
    except VoxhelmError as error:
        yield sse.event(envelope_of(error)[1])
        return
    if words:
        for event in _words(reply):
            yield event
    if captions is not None and reply.timeline is not None:
        told = captions_of(reply.timeline.segments(), captions)
        yield sse.event({"type": "speech.audio.captions", "format": captions.value, "captions": told})
    input_tokens = len(reply.text.split())
    output_tokens = round(reply.progress.audio_seconds * OUTPUT_TOKENS_PER_SECOND)
    usage = {"input_tokens": input_tokens, "output_tokens": output_tokens, "total_tokens": input_tokens + output_tokens}
    yield sse.event({"type": "speech.audio.done", "usage": usage})


async def captioned(reply: Reply, captions: CaptionFormat) -> AsyncGenerator[bytes]:
    """One JSON object with the sound in base64 and the captions, written as the sound is made, so that memory stays flat."""
    yield b'{"format": "%s", "audio": "' % reply.format.value.encode("ascii")
    waiting = b""
    async for chunk in reply.chunks:
        waiting += chunk
        whole = len(waiting) - len(waiting) % BASE64_GROUP_BYTES
        yield base64.b64encode(waiting[:whole])
        waiting = waiting[whole:]
    segments = reply.timeline.segments() if reply.timeline is not None else []
    told = json.dumps(captions_of(segments, captions), ensure_ascii=False)
    yield base64.b64encode(waiting) + b'", "captions": ' + told.encode() + b"}"


def _words(reply: Reply) -> Iterator[bytes]:
    for word in reply.timeline.take() if reply.timeline is not None else ():
        yield sse.event({"type": "speech.audio.word", **word_of(word)})
