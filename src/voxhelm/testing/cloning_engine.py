"""An engine that clones voices, and can be predicted: it says everything with the very sound of the sample."""

import wave
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.engine import Capabilities, Engine, Finding, Synthesizer
from voxhelm.domain.model import Capability, Footprint, ModelSpec, Placement
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.speech import Speech
from voxhelm.domain.voice import Voice

CLONING_ENGINE: Final = "voxhelm.testing.cloning_engine:ENGINE"
RATE_HZ: Final = 24_000
SECONDS_PER_CHARACTER: Final = 0.06


class FakeCloner:
    """Says every text as the beginning of the sample, over and over, for 0.06 s per character; without a sample as silence."""

    def synthesize(self, text: str, options: SynthesizeOptions, /) -> Iterator[Speech]:
        """As `domain.engine.Synthesizer`."""
        samples = _read(options.reference) if options.reference is not None else np.zeros(RATE_HZ, dtype=np.int16)
        wanted = round(len(text) * SECONDS_PER_CHARACTER / options.speed * RATE_HZ)
        yield Speech(Pcm(np.resize(samples, wanted), RATE_HZ))


def _read(path: Path) -> NDArray[np.int16]:
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")


def _discover(_directory: Path) -> Sequence[ModelSpec]:
    return [ModelSpec("fake-cloning", "fake-cloning", Capability.SPEECH, ("en", "bg"))]


@contextmanager
def _load(_spec: ModelSpec, _placement: Placement) -> Iterator[Synthesizer]:
    yield FakeCloner()


ENGINE: Final = Engine(
    name="fake-cloning",
    licence="Apache-2.0",
    capabilities=Capabilities(kinds=(Capability.SPEECH,), speed=True, clones=True, preference=-2),
    discover=_discover,
    voices=lambda _spec: [Voice("silent", "Silent", ("en", "bg"))],
    footprint=lambda _spec, _placement: Footprint({"cpu": 0}),
    load=_load,
    diagnose=lambda: [Finding("fake cloning engine", True, "comes with Voxhelm, for tests")],
)
