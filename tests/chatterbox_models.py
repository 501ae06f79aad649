"""Chatterbox models as far as what stands in for Chatterbox reads them: files of the right names, and recordings of hums."""

import wave
from pathlib import Path

import numpy as np

from voxhelm.engines.chatterbox.variants import BUILT_IN_VOICE, ENGLISH, Variant

RATE_HZ = 16_000


def write_chatterbox(folder: Path, variant: Variant = ENGLISH, *, own_voice: bool = True) -> Path:
    """The files of a model, with or without a voice of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*variant.files, *((BUILT_IN_VOICE,) if own_voice else ())):
        (folder / name).write_bytes(b"x" * 1000)
    return folder


def write_recording(file: Path, pitch_hz: float, seconds: float = 6.0) -> Path:
    """Somebody who hums."""
    file.parent.mkdir(parents=True, exist_ok=True)
    tone = np.sin(2 * np.pi * pitch_hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)
    with wave.open(str(file), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(RATE_HZ)
        wav.writeframes((8_000 * tone).astype("<i2").tobytes())
    return file
