"""Recordings made of tones and of the repository's clips, as files to send."""

import wave
from pathlib import Path

import numpy as np

from voxhelm.audio.encode import Encoder
from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.pcm import Pcm

RATE_HZ = 16_000


def tone(hertz, seconds, loudness=8_000):
    return (loudness * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)).astype(np.int16)


def silence(seconds):
    return np.zeros(round(seconds * RATE_HZ), dtype=np.int16)


def wav_of(*parts):
    """A WAV file of one channel."""
    with Encoder(AudioFormat.WAV, RATE_HZ) as encoder:
        return encoder.encode(Pcm(np.concatenate(parts), RATE_HZ)) + encoder.finish()


def stereo_of(left, right, path: Path):
    """A WAV file of two channels, the shorter one silent at its end."""
    length = max(len(left), len(right))
    channels = np.stack([np.pad(one, (0, length - len(one))) for one in (left, right)], axis=1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(channels.astype("<i2").tobytes())
    return path


def clip_samples(path: Path):
    with wave.open(str(path)) as file:
        assert file.getframerate() == RATE_HZ
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
