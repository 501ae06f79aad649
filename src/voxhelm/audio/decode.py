"""The bytes of a file to PCM, as a stream."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

import av
import av.container
import numpy as np

from voxhelm.audio.container import open_audio
from voxhelm.audio.downmix import Downmixer
from voxhelm.audio.resample import Resampler
from voxhelm.audio.upload import Upload
from voxhelm.domain.errors import AudioEmpty, AudioUnreadable
from voxhelm.domain.pcm import Pcm

# 20 seconds in most codecs: a decoder that has not found its feet in that long never will, and the rest need not be read to know it.
_BAD_PACKETS_AT_START = 1_000


def decode(source: BinaryIO | Path, *, rate_hz: int = 16_000, chunk_seconds: float = 0.5) -> Iterator[Pcm]:
    """Yield the sound of `source`, mixed to one channel, at `rate_hz`, in chunks of about `chunk_seconds`.

    Anything with an audio track is read: wav, mp3, flac, ogg, m4a, webm, video files. A damaged file gives what can be decoded of it.
    Memory does not grow with the length. A file object is read from where it stands and is not closed; a path is opened and closed.
    Closing the generator frees everything.

    Raises, at the first `next`: AudioUnreadable when nothing can be decoded, AudioEmpty when there is no sample; and whatever reading
    `source` raises.
    """
    with (
        source.open("rb") if isinstance(source, Path) else nullcontext(source) as file,
        open_audio(Upload(file)) as (container, track),
    ):
        yield from _at_rate(_gather(_sound(container, track), chunk_seconds), rate_hz)


def _sound(container: av.container.InputContainer, track: av.AudioStream) -> Iterator[Pcm]:
    """Every decoded frame, mixed to one channel, at its own rate."""
    downmixer = Downmixer()
    heard = False
    for frame in _frames(container, track):
        try:
            samples = downmixer.mix(frame)
        except AudioUnreadable:
            if not heard:
                raise
            continue  # a frame that went wrong in the middle of good sound is damage like any other
        if len(samples):
            heard = True
            yield Pcm(samples, frame.sample_rate)
    if not heard:
        raise AudioEmpty("The file holds no sound: it has a header and not a single sample.", param="file")


def _frames(container: av.container.InputContainer, track: av.AudioStream) -> Iterator[av.AudioFrame]:
    """Every frame that can be decoded. Bad packets are passed over; a container that breaks off ends the sound."""
    packets = _packets(container, track)
    decoded = False
    bad_packets = 0
    at_end = False
    while not at_end:
        try:
            packet = next(packets, None)  # after an error of the container there is no next
            at_end = packet is None
            frames = track.codec_context.decode(packet)  # None asks for what the decoder kept back
        except av.FFmpegError:
            bad_packets += 1
            if not decoded and bad_packets >= _BAD_PACKETS_AT_START:
                break
            continue
        decoded = decoded or bool(frames)
        yield from frames
    if bad_packets and not decoded:
        raise AudioUnreadable("The audio is damaged: nothing in it can be decoded.", param="file")


def _packets(container: av.container.InputContainer, track: av.AudioStream) -> "Iterator[av.Packet[av.AudioStream]]":
    try:
        for packet in container.demux(track):
            if packet.size:  # an empty one would tell the decoder that the end has come
                yield packet
    except IndexError:
        # PyAV's way to end when tracks have appeared while it was reading (a transport stream may do that): all has been read.
        return


def _gather(pieces: Iterator[Pcm], chunk_seconds: float) -> Iterator[Pcm]:
    """Put pieces together until they last `chunk_seconds`: codecs give some dozen a second, and each costs a call further on."""
    waiting: list[Pcm] = []
    waiting_seconds = 0.0
    for piece in pieces:
        if waiting and piece.rate_hz != waiting[0].rate_hz:
            yield _joined(waiting)
            waiting, waiting_seconds = [], 0.0
        waiting.append(piece)
        waiting_seconds += piece.duration_seconds
        if waiting_seconds >= chunk_seconds:
            yield _joined(waiting)
            waiting, waiting_seconds = [], 0.0
    if waiting:
        yield _joined(waiting)


def _joined(pieces: list[Pcm]) -> Pcm:
    return pieces[0] if len(pieces) == 1 else Pcm(np.concatenate([piece.samples for piece in pieces]), pieces[0].rate_hz)


def _at_rate(pieces: Iterator[Pcm], rate_hz: int) -> Iterator[Pcm]:
    """Resample to `rate_hz`. A file may change its rate on the way (joined recordings do)."""
    resampler: Resampler | None = None
    for piece in pieces:
        if resampler is None or resampler.from_hz != piece.rate_hz:
            if resampler is not None:
                yield from _if_any(resampler.finish())
            resampler = Resampler(piece.rate_hz, rate_hz)
        yield from _if_any(resampler.push(piece))
    if resampler is not None:
        yield from _if_any(resampler.finish())


def _if_any(pcm: Pcm) -> Iterator[Pcm]:
    if len(pcm.samples):
        yield pcm
