"""The registration of Smart Turn."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np

from voxhelm.domain.engine import Capabilities, Engine, Finding, TurnJudge
from voxhelm.domain.errors import EngineFailed, ModelLoadFailed
from voxhelm.domain.model import Capability, Footprint, ModelSpec, Placement
from voxhelm.domain.voice import Voice
from voxhelm.engines.smart_turn.features import SAMPLE_RATE_HZ, SECONDS, features
from voxhelm.engines.smart_turn.installation import MODEL_REMEDY, REMEDY, find_files, has_runtime, packaged_files
from voxhelm.engines.smart_turn.judge import SmartTurnJudge
from voxhelm.engines.smart_turn.network import open_network

NAME: Final = "smart_turn"
# What version 3 was trained on, as its authors say.
LANGUAGES: Final = (
    *("ar", "bn", "da", "de", "en", "es", "fi", "fr", "hi", "id", "it", "ja"),
    *("ko", "mr", "nl", "no", "pl", "pt", "ru", "tr", "uk", "vi", "zh"),
)
# Beside the file: ONNX Runtime and the working memory of two runs at once, measured on x86-64 with the quantised network.
RUNTIME_BYTES: Final = 160_000_000


def discover(models: Path) -> Sequence[ModelSpec]:
    """Every file of its name, then those in the package pipecat-ai; nothing where the runtime is missing."""
    if not has_runtime():
        return ()
    found: dict[str, ModelSpec] = {}
    for path in find_files(models):
        found.setdefault(path.stem, ModelSpec(path.stem, NAME, Capability.TURN, LANGUAGES, path))
    for path in packaged_files():
        # Without a path: it is that package's, and nobody's to remove.
        found.setdefault(path.stem, ModelSpec(path.stem, NAME, Capability.TURN, LANGUAGES))
    return tuple(found.values())


def voices(_spec: ModelSpec) -> Sequence[Voice]:
    """None: it does not speak."""
    return ()


def footprint(spec: ModelSpec, _placement: Placement) -> Footprint:
    """The file in memory, the runtime, and what runs need to work."""
    path = _path(spec)
    return Footprint({"cpu": RUNTIME_BYTES + (path.stat().st_size if path is not None and path.exists() else 0)})


@contextmanager
def load(spec: ModelSpec, _placement: Placement) -> Iterator[TurnJudge]:
    """Load the network and have it judge silence once, which shows what another model would give. Raises ModelLoadFailed."""
    if not has_runtime():
        raise ModelLoadFailed(f"Smart Turn's runtime, ONNX Runtime, is not installed: {REMEDY}")
    path = _path(spec)
    if path is None:
        raise ModelLoadFailed(f"The file of model '{spec.id}' is gone: {MODEL_REMEDY}")
    network = open_network(path, spec.settings)
    try:
        network.run(features(np.zeros(0, dtype=np.int16)))
    except EngineFailed as error:
        raise ModelLoadFailed(f"{path} cannot be used. {error.message}") from error
    yield SmartTurnJudge(network)


def diagnose() -> Sequence[Finding]:
    """Whether the runtime is there, and a package that brings the model."""
    if not has_runtime():
        detail = "its runtime is not installed: only words tell that a speaker is done"
        return (Finding("Smart Turn", ok=False, detail=detail, remedy=REMEDY),)
    packaged = packaged_files()
    detail = (
        f"{packaged[0].stem} in the package pipecat-ai"
        if packaged
        else "the runtime is installed; models are looked for in models.directory"
    )
    return (Finding("Smart Turn", ok=True, detail=detail),)


def _path(spec: ModelSpec) -> Path | None:
    return spec.path or next((path for path in packaged_files() if path.stem == spec.id), None)


ENGINE: Final = Engine(
    name=NAME,
    licence="BSD-2-Clause",
    capabilities=Capabilities(
        kinds=(Capability.TURN,), input_rate_hz=SAMPLE_RATE_HZ, longest_audio_seconds=float(SECONDS), preference=10
    ),
    discover=discover,
    voices=voices,
    footprint=footprint,
    load=load,
    diagnose=diagnose,
)
