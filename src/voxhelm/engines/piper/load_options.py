"""What an operator may set for a voice."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from voxhelm.domain.errors import ModelLoadFailed

# What a run needs is well below it; more is an error of this voice and of nobody else's on the card.
GPU_MEMORY_LIMIT_BYTES: Final = 2 * 1024**3
NAMES: Final = ("threads", "noise_scale", "noise_w", "length_scale", "gpu_memory_limit_bytes")

T = TypeVar("T", int, float)


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """threads: for one run of the network. noise, length, duration_noise: instead of the voice's own, where not None."""

    threads: int
    noise: float | None
    length: float | None
    duration_noise: float | None
    gpu_memory_limit_bytes: int

    @staticmethod
    def read(settings: Mapping[str, str]) -> "LoadOptions":
        """From `ModelSpec.settings`. Raises ModelLoadFailed."""
        unknown = sorted(set(settings) - set(NAMES))
        if unknown:
            raise ModelLoadFailed(f"Piper has no setting '{unknown[0]}'. It has: {', '.join(NAMES)}.")
        return LoadOptions(
            threads=_read(settings, "threads", int, at_least=1) or len(os.sched_getaffinity(0)),
            noise=_read(settings, "noise_scale", float, at_least=0),
            length=_read(settings, "length_scale", float, at_least=0.1),
            duration_noise=_read(settings, "noise_w", float, at_least=0),
            gpu_memory_limit_bytes=_read(settings, "gpu_memory_limit_bytes", int, at_least=1) or GPU_MEMORY_LIMIT_BYTES,
        )


def _read(settings: Mapping[str, str], name: str, kind: Callable[[str], T], *, at_least: float) -> T | None:
    if name not in settings:
        return None
    try:
        value = kind(settings[name])
    except ValueError as error:
        raise ModelLoadFailed(f"Piper's setting '{name}' must be a number; it is '{settings[name]}'.") from error
    if not at_least <= value < float("inf"):
        raise ModelLoadFailed(f"Piper's setting '{name}' must be at least {at_least:g}; it is '{settings[name]}'.")
    return value
