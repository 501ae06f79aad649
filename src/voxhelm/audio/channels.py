"""The bytes of a file to the sound of each of its channels, as a stream."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO, Final

import av
import numpy as np
from numpy.typing import NDArray

from voxhelm.audio.container import open_audio
from voxhelm.audio.downmix import require_possible_rate
from voxhelm.audio.frames import frames
from voxhelm.audio.resample import Resampler
from voxhelm.audio.upload import Upload
from voxhelm.domain.errors import AudioEmpty, AudioUnreadable, ParameterInvalid
from voxhelm.domain.pcm import Pcm

MOST_CHANNELS: Final = 8
"""More are an array of microphones, and no speakers with one each."""


def decode_channels(source: BinaryIO | Path, *, rate_hz: int = 16_000, chunk_seconds: float = 0.5) -> Iterator[tuple[Pcm, ...]]:
    """Yield the sound of `source`, one `Pcm` for each channel, of equal length, at `rate_hz`, in chunks of about `chunk_seconds`.

    As `decode` but for the mixing. The first chunk says how many channels there are; where a damaged file has fewer later on, those
    missing are silent. Raises as `decode`, and ParameterInvalid when there are too many channels.
    """
    with (
        source.open("rb") if isinstance(source, Path) else nullcontext(source) as file,
        open_audio(Upload(file)) as (container, track),
    ):
        splitter, count, converter = _Splitter(), 0, _Converter(rate_hz, chunk_seconds)
        for frame in frames(container, track):
            samples = splitter.split(frame)
            count = count or len(samples)
            yield from converter.push(_of_count(samples, count), frame.sample_rate)
        if not count:
            raise AudioEmpty("The file holds no sound: it has a header and not a single sample.", param="file")
        yield from converter.finish()


def _of_count(samples: NDArray[np.int16], count: int) -> NDArray[np.int16]:
    if len(samples) >= count:
        return samples[:count]
    return np.concatenate((samples, np.zeros((count - len(samples), samples.shape[1]), dtype=np.int16)))


class _Splitter:
    """Frames of any format into 16 bits, shape (channels, n)."""

    def __init__(self) -> None:
        self._resampler: av.AudioResampler | None = None
        self._kind: tuple[str, str, int] | None = None

    def split(self, frame: av.AudioFrame) -> NDArray[np.int16]:
        require_possible_rate(frame.sample_rate)
        channels = frame.layout.nb_channels
        if channels > MOST_CHANNELS:
            raise ParameterInvalid(
                f"The recording has {channels} channels; up to {MOST_CHANNELS} can be heard each on its own.", param="channels"
            )
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._resampler is None or kind != self._kind:
            self._resampler = av.AudioResampler(format="s16", layout=frame.layout, rate=frame.sample_rate)
            self._kind = kind
        frame.pts = None  # times are counted in samples here
        try:
            # One plane with the channels side by side: PyAV reads a ninth plane from where there is none, and crashes.
            parts = [
                np.asarray(part.to_ndarray(), dtype=np.int16).reshape(-1, channels) for part in self._resampler.resample(frame)
            ]
        except av.FFmpegError as error:
            raise AudioUnreadable("The audio is damaged: a part of it cannot be divided into channels.", param="file") from error
        return np.concatenate(parts).T if parts else np.zeros((channels, 0), dtype=np.int16)


class _Converter:
    """Samples of all channels to another rate, and small pieces into larger ones."""

    def __init__(self, rate_hz: int, chunk_seconds: float) -> None:
        self._rate_hz = rate_hz
        self._chunk_seconds = chunk_seconds
        self._from_hz = 0
        self._resamplers: list[Resampler] = []
        self._waiting: list[NDArray[np.int16]] = []
        self._waiting_seconds = 0.0

    def push(self, samples: NDArray[np.int16], rate_hz: int) -> Iterator[tuple[Pcm, ...]]:
        """Take what came; the rate may change on the way."""
        if self._waiting and rate_hz != self._from_hz:
            yield from self.finish()
        if not self._resamplers or rate_hz != self._from_hz:
            self._resamplers = [Resampler(rate_hz, self._rate_hz) for _ in samples]
            self._from_hz = rate_hz
        self._waiting.append(samples)
        self._waiting_seconds += samples.shape[1] / rate_hz
        if self._waiting_seconds >= self._chunk_seconds:
            yield from self._flushed()

    def finish(self) -> Iterator[tuple[Pcm, ...]]:
        """What is left at this rate."""
        if self._waiting:
            yield from self._flushed()
        yield from _if_any(tuple(resampler.finish() for resampler in self._resamplers))

    def _flushed(self) -> Iterator[tuple[Pcm, ...]]:
        whole = np.concatenate(self._waiting, axis=1)
        self._waiting, self._waiting_seconds = [], 0.0
        pairs = zip(self._resamplers, whole, strict=True)
        yield from _if_any(tuple(resampler.push(Pcm(np.ascontiguousarray(one), self._from_hz)) for resampler, one in pairs))


def _if_any(channels: tuple[Pcm, ...]) -> Iterator[tuple[Pcm, ...]]:
    if channels and len(channels[0].samples):
        yield channels
