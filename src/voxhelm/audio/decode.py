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
from voxhelm.audio.frames import frames
from voxhelm.audio.resample import Resampler
from voxhelm.audio.upload import Upload
from voxhelm.domain.errors import AudioEmpty, AudioUnreadable
from voxhelm.domain.pcm import Pcm


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
    for frame in frames(container, track):
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
