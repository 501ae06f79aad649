"""The fake engine once more, as one that belongs on a card: for tests of where models go."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from voxhelm.domain.engine import Capabilities, Engine, Finding, Synthesizer, Transcriber
from voxhelm.domain.model import Capability, Footprint, ModelSpec, Placement
from voxhelm.domain.voice import Voice
from voxhelm.testing.device import GIB
from voxhelm.testing.engine import INPUT_RATE_HZ, FakeSynthesizer, FakeTranscriber

CARD_ENGINE: Final = "voxhelm.testing.card_engine:ENGINE"
# What each of its models takes of a card, and of the host's memory anywhere.
CARD_BYTES: Final = 2 * GIB
HOST_BYTES: Final = 1_000_000

_MODELS: Final[dict[str, tuple[Capability, Callable[[], Transcriber | Synthesizer]]]] = {
    "card-speech": (Capability.SPEECH, FakeSynthesizer),
    "card-transcription": (Capability.TRANSCRIPTION, FakeTranscriber),
}


def _discover(_directory: Path) -> Sequence[ModelSpec]:
    return [ModelSpec(model_id, "fake-card", capability, ("en",)) for model_id, (capability, _) in _MODELS.items()]


def _voices(spec: ModelSpec) -> Sequence[Voice]:
    return [Voice("tone", "Tone", ("en-us",))] if spec.capability is Capability.SPEECH else []


def _footprint(_spec: ModelSpec, placement: Placement) -> Footprint:
    return Footprint({"cpu": HOST_BYTES, placement.device: CARD_BYTES} if placement.on_card else {"cpu": HOST_BYTES})


@contextmanager
def _load(spec: ModelSpec, _placement: Placement) -> Iterator[Transcriber | Synthesizer]:
    yield _MODELS[spec.id][1]()


ENGINE: Final = Engine(
    name="fake-card",
    licence="Apache-2.0",
    capabilities=Capabilities(
        kinds=(Capability.SPEECH, Capability.TRANSCRIPTION),
        input_rate_hz=INPUT_RATE_HZ,
        word_times=True,
        speed=True,
        devices=("cpu", "cuda"),
        preference=-2,
    ),
    discover=_discover,
    voices=_voices,
    footprint=_footprint,
    load=_load,
    diagnose=lambda: [Finding("fake engine on a card", True, "comes with Voxhelm, for tests")],
)
