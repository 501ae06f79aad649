"""Speech from the repository's clips at 16 kHz, and small models that write what is known."""

import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soxr

from voxhelm.domain.engine import Transcriber
from voxhelm.domain.model import Placement
from voxhelm.engines.whisper.engine import ENGINE
from voxhelm.testing.models.whisper import write_tiny_whisper

RATE_HZ = 16_000
CLIPS = sorted((Path(__file__).parents[3] / "data").glob("flite-*.wav"))


def clip(path: Path = CLIPS[0]) -> np.ndarray:
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return soxr.resample(samples, file.getframerate(), RATE_HZ)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE_HZ), dtype=np.int16)


@pytest.fixture(scope="session")
def speech() -> np.ndarray:
    """About eleven seconds of five voices, with hardly a pause."""
    return np.concatenate([clip(path) for path in CLIPS])


@contextmanager
def loaded(folder: Path, **settings: str) -> Iterator[Transcriber]:
    (spec,) = ENGINE.discover(folder)
    spec = type(spec)(spec.id, spec.engine, spec.capability, spec.languages, spec.path, settings)
    with ENGINE.load(spec, Placement()) as model:
        yield model


@pytest.fixture(scope="session")
def english(tmp_path_factory) -> Path:
    return write_tiny_whisper(tmp_path_factory.mktemp("english"))


@pytest.fixture(scope="session")
def multilingual(tmp_path_factory) -> Path:
    return write_tiny_whisper(tmp_path_factory.mktemp("multilingual"), multilingual=True, spoken="bg")
