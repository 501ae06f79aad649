"""What is used of faster-whisper and CTranslate2. Only here are they imported, and only when a model is loaded."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from voxhelm.domain.errors import DeviceUnusable, ModelLoadFailed, OutOfMemory, VoxhelmError
from voxhelm.domain.memory import is_out_of_memory
from voxhelm.domain.model import CPU, CUDA
from voxhelm.engines.whisper.installation import REMEDY
from voxhelm.engines.whisper.loading import LoadingOptions

# What CTranslate2's errors speak of when the card or its libraries are at fault, and no file.
_CARD_WORDS: Final = ("cuda", "cublas", "cudnn", "libcu")
# Half a minute, which is what the network looks at.
FRAMES: Final = 3_000
_BEST_TYPES: Final = {"cpu": "int8", "cuda": "float16"}
# What is meant for a card has its like on a processor, where a model must run when the card has no room or has gone.
_LIKE_ON_CPU: Final = {"float16": "float32", "bfloat16": "float32", "int8_float16": "int8", "int8_bfloat16": "int8"}


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
        mels = model.model.n_mels
        if device == CUDA:
            look_once(model)
    except (RuntimeError, ValueError, OSError, MemoryError) as error:
        raise _failure(folder, device, error) from error
    if model.feature_extractor.mel_filters.shape[0] != mels:
        # The folder has no preprocessor_config.json, which says so for the large models.
        model.feature_extractor = FeatureExtractor(feature_size=mels)
    try:
        yield Runtime(model, device, voice_session, Tokenizer, get_suppressed_tokens, merge_punctuations)
    finally:
        model.model.unload_model()


def look_once(model: Any) -> None:
    """Have the network look at half a minute of silence. model: `faster_whisper.WhisperModel`.

    CTranslate2 opens cuBLAS and cuDNN when they are first used. A card without them is to be found out now, while another place can be had.
    """
    model.encode(np.zeros((model.model.n_mels, FRAMES), dtype=np.float32))


def _failure(folder: Path, device: str, error: Exception) -> VoxhelmError:
    message = str(error)
    if isinstance(error, MemoryError) or is_out_of_memory(message):
        return OutOfMemory(f"The model in {folder} ran out of memory: {message}")
    if device == CUDA and any(word in message.lower() for word in _CARD_WORDS):
        return DeviceUnusable(f"CTranslate2 cannot use the card: {message}. Install nvidia-cublas-cu12 and nvidia-cudnn-cu12.")
    return ModelLoadFailed(f"The model in {folder} could not be loaded: {message}")


def _compute_type(library: Any, device: str, options: LoadingOptions) -> str:
    """The type that was asked for, else the best that the machine has."""
    supported = sorted(library.get_supported_compute_types(device, options.device_index))
    if options.compute_type is None:
        best = _BEST_TYPES[device]
        return best if best in supported else "default"
    like = _LIKE_ON_CPU.get(options.compute_type) if device == CPU else None
    if like is not None and like in supported and options.compute_type not in supported:
        return like
    if options.compute_type not in (*supported, "auto", "default"):
        raise ModelLoadFailed(f"There is no compute type {options.compute_type!r} on {device}. There are: {', '.join(supported)}.")
    return options.compute_type
