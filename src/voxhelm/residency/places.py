"""Where a model may be loaded: what its engine can do, what the operator says, and which cards there are."""

from collections.abc import Collection, Sequence
from typing import Final

from voxhelm.domain.engine import Engine
from voxhelm.domain.model import CPU, CUDA, ModelSpec, Placement
from voxhelm.residency.measurements import Measurements
from voxhelm.residency.place import Place

# What a host holds before a model is in it: an interpreter, numpy and our own code. Footprints are on top of it.
EMPTY_HOST_BYTES: Final = 32 * 1024**2


def devices_for(choice: str, kinds: Collection[str], cards: Sequence[str]) -> tuple[str, ...]:
    """The devices for a model, the best first.

    choice: `auto` or `cuda` for a card where there is one, `cuda:1` for that one, `cpu` for none. kinds: what the engine runs on.
    cards: those there are. A model that can run on the CPU always may, when its card has no room.
    """
    wanted = tuple(cards) if choice in ("auto", CUDA) else (choice,)
    usable = tuple(device for device in wanted if device != CPU and CUDA in kinds)
    return (*usable, CPU) if CPU in kinds else usable


def places_of(engine: Engine, spec: ModelSpec, devices: Sequence[str], measurements: Measurements) -> tuple[Place, ...]:
    """What a model takes on each of these devices: as measured there before, else as its engine thinks. Looks at files."""
    return tuple(_place(engine, spec, device, measurements) for device in devices)


def _place(engine: Engine, spec: ModelSpec, device: str, measurements: Measurements) -> Place:
    declared = dict(engine.footprint(spec, Placement(device)).bytes_by_device)
    declared[CPU] = declared.get(CPU, 0) + EMPTY_HOST_BYTES
    measured = measurements.of(spec.id, device)
    return Place(device, {**declared, **(measured.peak_bytes_by_device if measured is not None else {})}, declared)
