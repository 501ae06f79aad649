"""Chatterbox itself, loaded."""

import gc
import os
import pkgutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.errors import DeviceUnusable, EngineFailed, ModelLoadFailed, OutOfMemory
from voxhelm.domain.memory import is_out_of_memory
from voxhelm.domain.model import CUDA, Placement
from voxhelm.engines.chatterbox.load_options import LoadOptions
from voxhelm.engines.chatterbox.precision import FLOAT32, choose_dtype
from voxhelm.engines.chatterbox.surroundings import keep_tokenizer_home, prepare_environment
from voxhelm.engines.chatterbox.variants import Variant

INSTALL: Final = "voxhelm engines install chatterbox"
# What makes tokens of sound from a text, in one variant or another.
_INFERENCES: Final = ("inference", "inference_turbo")


class Runtime:
    """A loaded model. Its calls are made one at a time: it keeps the voice it speaks with in itself."""

    def __init__(self, variant: Variant, model: Any, torch: Any, device: str, sampling: Mapping[str, float]) -> None:
        """model: an object of the variant's class. torch: the module. sampling: numbers that replace the authors'."""
        self._variant = variant
        self._model = model
        self._torch = torch
        self._device = device
        self._sampling = {name: value for name, value in sampling.items() if name in variant.sampling}
        self.rate_hz = int(model.sr)
        self.own_voice: Any = model.conds

    def learn(self, file: Path) -> Any:
        """What makes the voice of a recording, to be given to `say`. Raises EngineFailed when it cannot be used."""
        exaggeration = {name: value for name, value in self._sampling.items() if name == "exaggeration"}
        try:
            self._model.prepare_conditionals(os.fspath(file), **exaggeration)
        except Exception as error:
            raise EngineFailed(
                f"The recording {file.name} cannot be used as a voice: {str(error) or type(error).__name__}"
            ) from error
        return self._model.conds

    def say(self, text: str, language: str, voice: Any, seed: int | None) -> NDArray[np.float32]:
        """The sound of a sentence, shape (n,), full scale +-1. Raises EngineFailed, OutOfMemory."""
        if seed is not None:
            self._torch.manual_seed(seed)
        self._model.conds = voice
        told = {"language_id": language} if self._variant.takes_language else {}
        try:
            sound = self._model.generate(text, **told, **self._sampling)
        except (RuntimeError, MemoryError) as error:
            if isinstance(error, MemoryError) or is_out_of_memory(str(error)):
                raise OutOfMemory(f"Chatterbox ran out of memory in a sentence: {error}") from error
            raise
        samples = np.asarray(sound.detach().cpu().numpy(), dtype=np.float32).reshape(-1)
        if not np.isfinite(samples).all():
            raise EngineFailed("Chatterbox gave no sound but numbers out of range; with dtype float16, try float32.")
        return samples

    def give_back(self) -> None:
        """Let others on the card have what the last sentences needed."""
        if self._device == CUDA:
            self._torch.cuda.empty_cache()


@contextmanager
def open_runtime(variant: Variant, folder: Path, placement: Placement, options: LoadOptions) -> Iterator[Runtime]:
    """Load the model in `folder`. Raises ModelLoadFailed, DeviceUnusable, OutOfMemory."""
    device = prepare_environment(placement, os.environ)
    try:
        torch: Any = import_module("torch")
        kind = pkgutil.resolve_name(variant.reference)
    except (ImportError, OSError) as error:
        raise ModelLoadFailed(f"Chatterbox's packages cannot be loaded: {error}. Run: {INSTALL}") from error
    card = _card(torch, placement) if placement.on_card else None
    dtype = choose_dtype(options.dtype, os.environ, card)
    if variant.takes_language:
        keep_tokenizer_home(folder)
    try:
        model = kind.from_local(folder, device)
        if dtype != FLOAT32:
            _count_with(torch, model.t3, device, getattr(torch, dtype))
    except (RuntimeError, MemoryError) as error:
        if isinstance(error, MemoryError) or is_out_of_memory(str(error)):
            raise OutOfMemory(f"{folder} ran out of memory on {placement.device}: {error}") from error
        raise ModelLoadFailed(f"{folder} could not be loaded: {error}") from error
    # From the files to where it counts it was in memory twice.
    gc.collect()
    runtime = Runtime(variant, model, torch, device, options.sampling)
    runtime.give_back()
    yield runtime


def _card(torch: Any, placement: Placement) -> tuple[int, int]:
    """The compute capability of the card. Raises DeviceUnusable."""
    if not torch.cuda.is_available():
        raise DeviceUnusable(
            f"The PyTorch of Chatterbox's interpreter cannot use {placement.device}: its driver is missing, or too old."
        )
    major, minor = torch.cuda.get_device_capability()
    return int(major), int(minor)


def _count_with(torch: Any, network: Any, device: str, number: Any) -> None:
    """Keep a network's weights as `number`, and turn what is given to it into such numbers where that does no harm."""
    network.to(dtype=number)
    for name in _INFERENCES:
        exact = getattr(network, name, None)
        if exact is not None:
            setattr(network, name, _cast(torch, exact, device, number))


def _cast(torch: Any, exact: Any, device: str, number: Any) -> Any:
    def inference(*arguments: Any, **named: Any) -> Any:
        # Its cache is for weights that are cast anew each time; these need not be, and it never lets go of them.
        with torch.autocast(device_type=device, dtype=number, cache_enabled=False):
            return exact(*arguments, **named)

    return inference
