"""Which models and voices a request goes around: a value, and what it does to an order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from voxhelm.domain.model import ModelSpec


@dataclass(frozen=True, slots=True)
class Detour:
    """What is to be gone around. Sorted, so that equal ones are equal and are written alike.

    closed: ids of models that are not used. degraded: voices, as `model/voice`, that are used only where nothing better is left.
    """

    closed: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is to be gone around."""
        return bool(self.closed or self.degraded)

    def closes(self, model_id: str) -> bool:
        """Whether a model is not to be used."""
        return model_id in self.closed

    def spoils(self, model_id: str, voice_id: str) -> bool:
        """Whether a voice is to be used only where nothing better is left."""
        return f"{model_id}/{voice_id}" in self.degraded

    def left(self, specs: Iterable[ModelSpec]) -> tuple[ModelSpec, ...]:
        """Those that may be used, in their order."""
        return tuple(spec for spec in specs if not self.closes(spec.id))

    def best(self, voices: Sequence[tuple[str, str]]) -> int | None:
        """Which of some voices speaks, given as model and voice in the order of preference; None where none may."""
        usable = [index for index, (model_id, _) in enumerate(voices) if not self.closes(model_id)]
        good = (index for index in usable if not self.spoils(*voices[index]))
        return next(good, usable[0] if usable else None)


STRAIGHT: Final = Detour()
"""Nothing is gone around."""


def detour(closed: Iterable[str] = (), degraded: Iterable[str] = ()) -> Detour:
    """A detour around these."""
    return Detour(tuple(sorted(set(closed))), tuple(sorted(set(degraded))))
