"""What is used of faster-whisper and CTranslate2. Only here are they imported, and only when a model is loaded."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.engines.whisper.installation import REMEDY
from voxhelm.engines.whisper.loading import LoadingOptions

_BEST_TYPES: Final = {"cpu": "int8", "cuda": "float16"}


@dataclass(frozen=True, slots=True)
class Runtime:
    """A loaded model and the parts of its library that go with it. Their classes have no types of their own.

    model: `faster_whisper.WhisperModel`. voice_session: Silero's network, see SpeechProbabilities.
    The others are functions of the library, by its names for them.
    """

    model: Any
    device: str
    voice_session: Any
    make_tokenizer: Callable[..., Any]
    get_suppressed_tokens: Callable[..., Any]
    merge_punctuations: Callable[..., Any]


@contextmanager
def open_runtime(folder: Path, options: LoadingOptions) -> Iterator[Runtime]:
    """Load the model of a folder and free it on leaving. Raises `ModelLoadFailed`."""
    try:
        import ctranslate2
        from faster_whisper import WhisperModel
        from faster_whisper.feature_extractor import FeatureExtractor
        from faster_whisper.tokenizer import Tokenizer
        from faster_whisper.transcribe import get_suppressed_tokens, merge_punctuations
        from faster_whisper.vad import get_vad_model
    except (ImportError, OSError) as error:
        raise ModelLoadFailed(f"faster-whisper could not be loaded: {error}. Run: {REMEDY}") from error
    device = options.device
    if device == "auto":
        device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
    try:
        model = WhisperModel(
            os.fspath(folder),
            device=device,
            device_index=options.device_index,
            compute_type=_compute_type(ctranslate2, device, options),
            cpu_threads=options.cpu_threads,
            num_workers=options.num_workers,
        )
        voice_session = get_vad_model().session
    except (RuntimeError, ValueError, OSError) as error:
        raise ModelLoadFailed(f"The model in {folder} could not be loaded: {error}") from error
    mels = model.model.n_mels
    if model.feature_extractor.mel_filters.shape[0] != mels:
        # The folder has no preprocessor_config.json, which says so for the large models.
        model.feature_extractor = FeatureExtractor(feature_size=mels)
    try:
        yield Runtime(model, device, voice_session, Tokenizer, get_suppressed_tokens, merge_punctuations)
    finally:
        model.model.unload_model()


def _compute_type(library: Any, device: str, options: LoadingOptions) -> str:
    """The type that was asked for, else the best that the machine has."""
    supported = sorted(library.get_supported_compute_types(device, options.device_index))
    if options.compute_type is None:
        best = _BEST_TYPES[device]
        return best if best in supported else "default"
    if options.compute_type not in (*supported, "auto", "default"):
        raise ModelLoadFailed(f"There is no compute type {options.compute_type!r} on {device}. There are: {', '.join(supported)}.")
    return options.compute_type
