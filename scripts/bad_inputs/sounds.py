"""Small recordings in many containers, to be damaged."""

import io
from collections.abc import Mapping
from typing import Final

import av
import numpy as np

RATE_HZ: Final = 16_000
SECONDS: Final = 0.4
# Container, codec, rate: what people send, and what a library decodes though nobody sends it.
KINDS: Final = (
    ("wav", "pcm_s16le", RATE_HZ),
    ("wav", "pcm_u8", 8_000),
    ("wav", "pcm_s24le", 44_100),
    ("wav", "pcm_f32le", RATE_HZ),
    ("wav", "adpcm_ima_wav", RATE_HZ),
    ("wav", "pcm_mulaw", 8_000),
    ("mp3", "libmp3lame", 24_000),
    ("ogg", "libopus", 48_000),
    ("flac", "flac", RATE_HZ),
    ("adts", "aac", 24_000),
    ("mp4", "aac", 24_000),
    ("mov", "pcm_s16le", RATE_HZ),
    ("ipod", "alac", RATE_HZ),
    ("webm", "libopus", 48_000),
    ("matroska", "ac3", 48_000),
    ("avi", "mp2", 48_000),
    ("aiff", "pcm_s16be", RATE_HZ),
    ("au", "pcm_s16be", RATE_HZ),
    ("caf", "pcm_s16le", RATE_HZ),
    ("mpegts", "mp2", 48_000),
    ("wv", "wavpack", RATE_HZ),
    ("tta", "tta", RATE_HZ),
    ("amr", "amr_nb", 8_000),
    ("flv", "aac", 44_100),
)


def sounds() -> Mapping[str, bytes]:
    """The same short noise in every container, by the names of container and codec."""
    return {f"{container}-{codec}": _written(container, codec, rate_hz) for container, codec, rate_hz in KINDS}


def _written(container: str, codec: str, rate_hz: int) -> bytes:
    chance = np.random.default_rng(0)
    times = np.arange(round(SECONDS * rate_hz)) / rate_hz
    samples = (8_000 * np.sin(2 * np.pi * 440 * times) + chance.normal(0, 500, len(times))).astype(np.int16)
    data = io.BytesIO()
    with av.open(data, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate_hz)
        assert isinstance(stream, av.AudioStream)  # noqa: S101 - the codec is one of sound
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="s16", layout="mono")
        frame.rate = rate_hz
        # The library cuts and converts frames for the encoder only when it resamples.
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=rate_hz, frame_size=stream.frame_size or 0)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return data.getvalue()
