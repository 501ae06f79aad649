"""The registration of faster-whisper."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from voxhelm.domain.engine import Capabilities, Engine, Finding, Transcriber
from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import Capability, Footprint, ModelSpec, Placement
from voxhelm.domain.voice import Voice
from voxhelm.engines.whisper.activity import SAMPLE_RATE_HZ
from voxhelm.engines.whisper.folder import WEIGHTS, languages_of, missing_from, model_folders, model_id
from voxhelm.engines.whisper.installation import REMEDY, missing_packages
from voxhelm.engines.whisper.loading import LoadingOptions
from voxhelm.engines.whisper.recogniser import Recogniser
from voxhelm.engines.whisper.runtime import open_runtime
from voxhelm.engines.whisper.transcriber import WhisperTranscriber

_NAME: Final = "faster-whisper"
_WORKING_BYTES: Final = 450 * 1024 * 1024
"""Beside the weights, measured with models of OpenAI's two smallest sizes: 90 MB of libraries, and up to 350 MB more while eight callers
are heard in batches of four."""
_CARD_BYTES: Final = 900 * 1024 * 1024
"""On a card beside the weights: the CUDA context, and batches of eight. A guess until the first measurement."""
_WINDOWS_TOGETHER: Final = {"cpu": 4, "cuda": 8}
"""On two cores, four windows take about as long as two and a half alone, and more bring little."""


def _discover(models_directory: Path) -> Sequence[ModelSpec]:
    if missing_packages():
        return ()
    found: dict[str, ModelSpec] = {}
    for folder in model_folders(models_directory):
        try:
            languages = languages_of(folder)
        except (OSError, ValueError, KeyError, TypeError):
            continue  # no vocabulary that could be read, so no model that could be loaded
        name = model_id(folder)
        found.setdefault(name, ModelSpec(name, _NAME, Capability.TRANSCRIPTION, languages, path=folder))
    return tuple(found.values())


def _voices(_spec: ModelSpec) -> Sequence[Voice]:
    return ()


def _footprint(spec: ModelSpec, placement: Placement) -> Footprint:
    weights = (_path(spec) / WEIGHTS).stat().st_size
    if placement.on_card:
        return Footprint({"cpu": _WORKING_BYTES, placement.device: weights + _CARD_BYTES})
    return Footprint({"cpu": weights + _WORKING_BYTES})


def _path(spec: ModelSpec) -> Path:
    if spec.path is None:
        raise ModelLoadFailed(f"{spec.id} has no folder.")
    return spec.path


@contextmanager
def _load(spec: ModelSpec, placement: Placement) -> Iterator[Transcriber]:
    absent = missing_packages()
    if absent:
        raise ModelLoadFailed(f"{absent[0]} is not installed. Run: {REMEDY}")
    missing = missing_from(_path(spec))
    if missing:
        raise ModelLoadFailed(f"{_path(spec)} lacks {missing[0]}. Copy it from where the model came from.")
    options = LoadingOptions.of(spec, placement)
    with open_runtime(_path(spec), options) as runtime:
        yield WhisperTranscriber(
            Recogniser(runtime, beam_size=options.beam_size),
            runtime.voice_session,
            spec.languages,
            batch_size=options.batch_size or _WINDOWS_TOGETHER[runtime.device],
            workers=options.num_workers,
        )


def _diagnose() -> Sequence[Finding]:
    absent = missing_packages()
    if absent:
        return (Finding("faster-whisper", ok=False, detail=f"{absent[0]} is not installed: Whisper cannot hear", remedy=REMEDY),)
    return (Finding("faster-whisper", ok=True, detail="hears with any Whisper model in CTranslate2's format"),)


ENGINE: Final = Engine(
    name=_NAME,
    licence="MIT",
    capabilities=Capabilities(
        kinds=(Capability.TRANSCRIPTION,),
        input_rate_hz=SAMPLE_RATE_HZ,
        word_times=True,
        translates=True,
        detects_language=True,
        devices=("cpu", "cuda"),
        preference=50,
    ),
    discover=_discover,
    voices=_voices,
    footprint=_footprint,
    load=_load,
    diagnose=_diagnose,
)
