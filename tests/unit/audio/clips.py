"""Sound and files made on the spot."""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from voxhelm.audio.decode import decode
from voxhelm.domain.pcm import Pcm


def tone(seconds: float, rate_hz: int, frequency_hz: float = 440.0, level: float = 0.4) -> NDArray[np.int16]:
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.rint(np.sin(2 * np.pi * frequency_hz * times) * level * 32767).astype(np.int16)


def dominant_hz(samples: NDArray[np.int16], rate_hz: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate_hz / len(samples))


def level_of(samples: NDArray[np.int16]) -> float:
    """The amplitude of a tone with these samples, 1.0 is full scale."""
    return float(np.sqrt(2 * np.mean(np.square(samples.astype(np.float64))))) / 32768


def in_pieces(samples: NDArray[np.int16], lengths: list[int]) -> Iterator[NDArray[np.int16]]:
    """`samples` cut into pieces of `lengths`, over and over."""
    start = 0
    while start < len(samples):
        for length in lengths:
            yield samples[start : start + length]
            start += length


def wav(samples: NDArray[np.generic], rate_hz: int, *, channels: int = 1, code: int = 1, bits: int | None = None) -> bytes:
    """A WAV file around packed samples; `bits` for samples that come as bytes."""
    bits = bits or samples.dtype.itemsize * 8
    data = samples.tobytes()
    block = channels * bits // 8
    layout = struct.pack("<HHIIHH", code, channels, rate_hz, rate_hz * block, block, bits)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(data))
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + layout
        + b"data"
        + struct.pack("<I", len(data))
        + data
    )


@dataclass(frozen=True)
class Recipe:
    container: str
    codec: str
    sample_format: str = "fltp"
    layout: str = "mono"
    rate_hz: int = 48_000
    codec_options: dict[str, str] = field(default_factory=dict)
    container_options: dict[str, str] = field(default_factory=dict)
    with_video: bool = False


def make_file(recipe: Recipe, samples: NDArray[np.int16], *, seekable: bool = True) -> bytes:
    """`samples` (the same on every channel) as a file. Not seekable means written as a recorder streams it: no index, no duration."""
    written = io.BytesIO()
    target = written if seekable else _WriteOnly(written)
    with av.open(target, "w", format=recipe.container, container_options=recipe.container_options) as container:
        stream = container.add_stream(recipe.codec, rate=recipe.rate_hz, options=recipe.codec_options)
        stream.codec_context.layout = recipe.layout
        stream.codec_context.format = recipe.sample_format
        if recipe.with_video:
            _add_pictures(container, len(samples) / recipe.rate_hz)
        channels = stream.codec_context.layout.nb_channels
        for start in range(0, len(samples), 1024):
            piece = samples[start : start + 1024]
            # Packed: PyAV reads beyond the planes of a planar frame with eight channels.
            frame = av.AudioFrame.from_ndarray(np.repeat(piece, channels)[None, :], format="s16", layout=recipe.layout)
            frame.sample_rate = recipe.rate_hz
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return written.getvalue()


def heard(data: bytes, rate_hz: int = 16_000) -> NDArray[np.int16]:
    return joined(list(decode(io.BytesIO(data), rate_hz=rate_hz)))


def joined(pieces: list[Pcm]) -> NDArray[np.int16]:
    return np.concatenate([piece.samples for piece in pieces])


def _add_pictures(container: av.container.OutputContainer, seconds: float) -> None:
    video = container.add_stream("mpeg4", rate=10)
    video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
    for index in range(int(seconds * 10)):
        frame = av.VideoFrame(64, 48, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([index % 256]) * plane.buffer_size)
        frame.pts = index
        container.mux(video.encode(frame))
    container.mux(video.encode(None))


class _WriteOnly:
    def __init__(self, target: io.BytesIO) -> None:
        self._target = target

    def write(self, data: bytes) -> int:
        return self._target.write(data)


FILES = {
    "mp3": Recipe("mp3", "libmp3lame", "fltp", "stereo", 44_100),
    "mp3-8k": Recipe("mp3", "libmp3lame", rate_hz=8_000),
    "flac": Recipe("flac", "flac", "s16", "stereo", 44_100),
    "ogg-opus": Recipe("ogg", "libopus", "s16"),
    "ogg-vorbis": Recipe(
        "ogg",
        "vorbis",
        layout="stereo",
        rate_hz=44_100,
        codec_options={"strict": "experimental"},
        container_options={"page_duration": "100000"},
    ),
    "m4a": Recipe("ipod", "aac", layout="stereo", rate_hz=44_100),
    "m4a-index-first": Recipe("ipod", "aac", rate_hz=44_100, container_options={"moov_size": "4000"}),
    "m4a-alac": Recipe("ipod", "alac", "s16p", rate_hz=48_000),
    "mp4-fragmented": Recipe("mp4", "aac", container_options={"movflags": "frag_keyframe+empty_moov"}),
    "mp4-7.1": Recipe("mp4", "aac", layout="7.1"),
    "webm": Recipe("webm", "libopus", "s16"),
    "mkv-with-video": Recipe("matroska", "aac", layout="5.1", with_video=True),
    "mp4-with-video": Recipe("mp4", "aac", layout="stereo", with_video=True),
    "avi-with-video": Recipe("avi", "libmp3lame", "fltp", with_video=True),
    "mpegts": Recipe("mpegts", "aac"),
    "aac-adts": Recipe("adts", "aac", rate_hz=24_000),
    "amr": Recipe("amr", "libopencore_amrnb", "s16", rate_hz=8_000),
    "aiff": Recipe("aiff", "pcm_s16be", "s16", "stereo", 22_050),
    "au": Recipe("au", "pcm_mulaw", "s16", rate_hz=8_000),
    "caf": Recipe("caf", "pcm_s16be", "s16", rate_hz=48_000),
    "wma": Recipe("asf", "wmav2", layout="stereo", rate_hz=44_100, codec_options={"b": "128k"}),
    "wav-adpcm": Recipe("wav", "adpcm_ms", "s16", rate_hz=22_050),
    "flv": Recipe("flv", "aac", rate_hz=44_100),
    "wavpack": Recipe("wv", "wavpack", "s16p", rate_hz=44_100),
}
BROWSER = Recipe("webm", "libopus", "s16", container_options={"live": "1"})


def clip(name, seconds=2.0):
    recipe = FILES[name]
    return make_file(recipe, tone(seconds, recipe.rate_hz))


def assert_is_the_tone(samples, seconds=2.0, *, rate_hz=16_000, padding_seconds=0.2):
    assert -0.01 <= len(samples) / rate_hz - seconds <= padding_seconds
    middle = samples[rate_hz // 2 : round((seconds - 0.5) * rate_hz)]
    assert dominant_hz(middle, rate_hz) == pytest.approx(440, abs=3)
    # The same tone on all channels: mixing must neither halve it nor clip it. The matrix for surround leaves out the bass channel.
    assert level_of(middle) == pytest.approx(0.4, rel=0.2)
