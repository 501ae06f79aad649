"""How a model is to be loaded, from the strings of its specification."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import CPU, CUDA, ModelSpec, Placement

_KNOWN: Final = ("compute_type", "cpu_threads", "num_workers", "batch_size", "beam_size")


@dataclass(frozen=True, slots=True)
class LoadingOptions:
    """What `ModelSpec.settings` may say, and what holds when it does not.

    device, device_index: where it is placed: `cpu`, or `cuda` and which card.
    compute_type: any that CTranslate2 has; None is int8 on a processor (a quarter of the memory, the quickest, and no more words
        wrong) and float16 on a card.
    cpu_threads: for each worker; 0 leaves it to CTranslate2, which takes up to four.
    num_workers: how many batches are worked on at once. More than one is of use on a machine with many cores or several cards.
    batch_size: how many windows are heard together; None is 8 on a card, and 4 on a processor.
    beam_size: how many transcripts are followed side by side.
    """

    device: str
    device_index: int
    compute_type: str | None
    cpu_threads: int
    num_workers: int
    batch_size: int | None
    beam_size: int

    @staticmethod
    def of(spec: ModelSpec, placement: Placement) -> "LoadingOptions":
        """Read them. Raises `ModelLoadFailed` for a setting that is unknown or is no number where one is needed."""
        settings = spec.settings
        unknown = sorted(set(settings) - set(_KNOWN))
        if unknown:
            raise ModelLoadFailed(f"{spec.id} has no setting `{unknown[0]}`. There are: {', '.join(_KNOWN)}.")
        return LoadingOptions(
            device=CUDA if placement.on_card else CPU,
            device_index=placement.index,
            compute_type=settings.get("compute_type"),
            cpu_threads=_number(spec.id, settings, "cpu_threads", 0, least=0),
            num_workers=_number(spec.id, settings, "num_workers", 1),
            batch_size=_number(spec.id, settings, "batch_size", 1) if "batch_size" in settings else None,
            beam_size=_number(spec.id, settings, "beam_size", 5),
        )


def _number(model_id: str, settings: Mapping[str, str], name: str, default: int, *, least: int = 1) -> int:
    value = settings.get(name, str(default))
    if not _is_whole(value) or int(value) < least:
        raise ModelLoadFailed(f"The setting `{name}` of {model_id} is {value!r}; it must be a whole number from {least}.")
    return int(value)


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdecimal()
