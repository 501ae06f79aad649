"""What an operator may set for a model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.engines.chatterbox.precision import DTYPES
from voxhelm.engines.chatterbox.recordings import KINDS

SAMPLING: Final[Mapping[str, tuple[float, float]]] = {
    "temperature": (0.05, 5),
    "exaggeration": (0, 2),
    "cfg_weight": (0.01, 1),  # at nought the English model fails in its own code
    "repetition_penalty": (1, 5),
    "min_p": (0, 1),
    "top_p": (0.01, 1),
}
NAMES: Final = ("dtype", "seed", "longest_characters", *SAMPLING, *KINDS)
# Not the operator's: what the engine itself has found out about a model.
VARIANT: Final = "variant"
LIBRARY: Final = "library"
# Fifteen seconds of speech in most languages: soon heard, and well below the forty seconds that the network can say at once.
LONGEST_CHARACTERS: Final = 240

T = TypeVar("T", int, float)


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """dtype: None leaves it to the environment. seed: None speaks differently every time.

    longest_characters: of what is said in one go. sampling: what is to replace the numbers of the model's authors.
    """

    dtype: str | None = None
    seed: int | None = None
    longest_characters: int = LONGEST_CHARACTERS
    sampling: Mapping[str, float] = field(default_factory=dict)

    @staticmethod
    def read(settings: Mapping[str, str]) -> "LoadOptions":
        """From `ModelSpec.settings`. Raises ModelLoadFailed."""
        unknown = sorted(set(settings) - {*NAMES, VARIANT, LIBRARY})
        if unknown:
            raise ModelLoadFailed(f"Chatterbox has no setting '{unknown[0]}'. It has: {', '.join(NAMES)}.")
        dtype = settings.get("dtype")
        if dtype is not None and dtype not in DTYPES:
            raise ModelLoadFailed(f"Chatterbox's setting 'dtype' is one of {', '.join(DTYPES)}; it is '{dtype}'.")
        return LoadOptions(
            dtype=dtype,
            seed=_read(settings, "seed", int, 0, 2**32 - 1) if "seed" in settings else None,
            longest_characters=_read(settings, "longest_characters", int, 40, 400)
            if "longest_characters" in settings
            else LONGEST_CHARACTERS,
            sampling={
                name: _read(settings, name, float, least, most) for name, (least, most) in SAMPLING.items() if name in settings
            },
        )


def _read(settings: Mapping[str, str], name: str, kind: Callable[[str], T], least: float, most: float) -> T:
    try:
        value = kind(settings[name])
    except ValueError as error:
        raise ModelLoadFailed(f"Chatterbox's setting '{name}' must be a number; it is '{settings[name]}'.") from error
    if not least <= value <= most:
        raise ModelLoadFailed(f"Chatterbox's setting '{name}' must be from {least:g} to {most:g}; it is '{settings[name]}'.")
    return value
