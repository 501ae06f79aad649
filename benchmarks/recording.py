"""Recordings to be heard: from a file, said by a server, or made here; and the uploads that carry them."""

import io
import wave
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import av
import numpy as np
import soxr
from numpy.typing import NDArray

from benchmarks.load import fault
from benchmarks.target import Target
from benchmarks.texts import passage
from benchmarks.wire import Connection, ReplyBroken, Request

HEARD_RATE_HZ = 16_000
SPOKEN_RATE_HZ = 24_000
BOUNDARY = "voxhelm-benchmark-boundary"
# A text of this many characters lasts more than a second with every voice we know.
CHARACTERS_PER_SECOND = 25

Samples = NDArray[np.int16]


def read(path: Path) -> Samples:
    """A file as 16 kHz mono samples. Raises av.FFmpegError when it is not audio."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=HEARD_RATE_HZ)
    with av.open(str(path)) as container:
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    frames.extend(resampler.resample(None))
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames]).astype(np.int16)


async def said(target: Target, seconds: float) -> Samples:
    """At least `seconds` of speech by the server, as 16 kHz mono samples. Raises ReplyBroken when it does not speak."""
    connection = Connection(target.endpoint)
    request = target.speech(passage(round(seconds * CHARACTERS_PER_SECOND)), "pcm")
    try:
        reply = await connection.ask(request, keep_body=True)
    finally:
        connection.abort()
    if (why := fault(reply, request)) is not None:
        raise ReplyBroken(why)
    spoken = np.frombuffer(bytes(reply.body), dtype="<i2")
    heard: Samples = soxr.resample(spoken, SPOKEN_RATE_HZ, HEARD_RATE_HZ)
    return heard


def lasting(samples: Samples, seconds: float) -> Samples:
    """Exactly `seconds` of `samples`, repeated when they are shorter."""
    return np.resize(samples, round(seconds * HEARD_RATE_HZ))


def babble(seconds: float) -> Samples:
    """Sound with the outline of speech: a voice-like hum that comes and goes, about four syllables a second, with pauses."""
    at = np.arange(round(seconds * HEARD_RATE_HZ)) / HEARD_RATE_HZ
    hum = sum(np.sin(2 * np.pi * 120 * harmonic * at) / harmonic for harmonic in range(1, 12))
    syllables = np.clip(np.sin(2 * np.pi * 4 * at), 0, 1)
    phrases = (at % 5.0) < 3.5
    sound: Samples = (6000 * hum * syllables * phrases).astype(np.int16)
    return sound


def wav_header(samples: int) -> bytes:
    """The 44 bytes that go before `samples` 16 kHz mono samples."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(HEARD_RATE_HZ)
        writer.setnframes(samples)
        writer.writeframesraw(b"")
        header = bytearray(buffer.getvalue())
    size = 2 * samples
    header[4:8] = (36 + size).to_bytes(4, "little")
    header[40:44] = size.to_bytes(4, "little")
    return bytes(header)


def upload(fields: Mapping[str, str], pieces: Iterable[bytes], length_bytes: int) -> Request:
    """A transcription request whose file is `pieces`, `length_bytes` in all, sent as they are made."""
    head = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    )
    head += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="audio.wav"\r\nContent-Type: audio/wav\r\n\r\n'
    tail = f"\r\n--{BOUNDARY}--\r\n"

    def body() -> Iterator[bytes]:
        yield head.encode()
        yield from pieces
        yield tail.encode()

    return Request(
        "/audio/transcriptions",
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
        pieces=body(),
        body_bytes=len(head.encode()) + length_bytes + len(tail.encode()),
    )


def upload_of(fields: Mapping[str, str], samples: Samples) -> Request:
    """A transcription request with a WAV file of `samples`."""
    content = wav_header(len(samples)) + samples.astype("<i2").tobytes()
    return upload(fields, (content,), len(content))
