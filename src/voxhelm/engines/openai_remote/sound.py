"""From the bytes of an answer to sound, as they arrive."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from voxhelm.domain.errors import AudioEmpty, AudioUnreadable, EngineFailed
from voxhelm.domain.pcm import Pcm

OUTPUT_RATE_HZ: Final = 24_000
# The first piece goes on as it comes; later ones are put together, since every piece costs a message between processes.
PIECE_SECONDS: Final = 0.1
CONTAINERS: Final = ("audio/wav", "audio/x-wav", "audio/wave", "audio/mpeg", "audio/mp3", "audio/ogg", "audio/flac", "audio/aac")
WAV_MAGIC: Final = b"RIFF"


def sound_of(chunks: Iterator[bytes], asked: str, content_type: str, pcm_rate_hz: int) -> Iterator[Pcm]:
    """The sound of an answer.

    asked: the format that was asked for. content_type: what the answer says it is, which is not always what was asked for.
    Raises EngineFailed when it is none.
    """
    kind, _, parameters = content_type.lower().partition(";")
    if kind.strip().startswith(("text/", "application/json")):
        raise EngineFailed(f"The server answered with {kind.strip()}, not with sound.")
    head = next(chunks, b"")
    chunks = chain((head,), chunks)
    if asked == "pcm" and kind.strip() not in CONTAINERS and not head.startswith(WAV_MAGIC):
        return _raw(chunks, _rate_hz(parameters) or pcm_rate_hz)
    return _decoded(chunks)


def _raw(chunks: Iterator[bytes], rate_hz: int) -> Iterator[Pcm]:
    waiting = bytearray()
    least_bytes = 2
    for chunk in chunks:
        waiting += chunk
        if len(waiting) >= least_bytes:
            whole = len(waiting) & ~1  # a sample may be torn between two chunks
            yield Pcm.from_bytes(bytes(waiting[:whole]), rate_hz)
            del waiting[:whole]
            least_bytes = 2 * round(PIECE_SECONDS * rate_hz)
    if len(waiting) > 1:
        yield Pcm.from_bytes(bytes(waiting[: len(waiting) & ~1]), rate_hz)


def _decoded(chunks: Iterator[bytes]) -> Iterator[Pcm]:
    # Most servers send samples, and FFmpeg takes some memory.
    from voxhelm.audio.arriving import arriving_file
    from voxhelm.audio.decode import decode

    try:
        yield from decode(arriving_file(chunks), rate_hz=OUTPUT_RATE_HZ)
    except (AudioUnreadable, AudioEmpty) as error:
        # Not the caller's file: theirs is the text.
        raise EngineFailed(f"What the server sent is no sound: {error.message}") from error


def _rate_hz(parameters: str) -> int | None:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name == "rate" and value.isdigit() and int(value) > 0:
            return int(value)
    return None
