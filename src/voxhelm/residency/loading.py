"""Loading one model, and what a failure to load it means."""

from collections.abc import Awaitable, Callable, Iterable

from voxhelm.domain.errors import DeviceUnusable, EngineCrashed, ModelLoadFailed, OutOfMemory, VoxhelmError
from voxhelm.domain.model import ModelSpec, Placement
from voxhelm.hosting.host import Host
from voxhelm.kit.clock import Clock
from voxhelm.residency.fallback import Fallback
from voxhelm.residency.messages import Loaded, LoadFailed
from voxhelm.residency.place import Place
from voxhelm.residency.state import ModelState, Phase

Load = Callable[[ModelSpec, Placement], Awaitable[Host]]


async def load_one(load: Load, spec: ModelSpec, placement: Placement, clock: Clock) -> Loaded | LoadFailed:
    """Load a model and say what came of it; an error that is none of ours becomes one."""
    started_seconds = clock.monotonic_seconds()
    try:
        host = await load(spec, placement)
    except VoxhelmError as error:
        return LoadFailed(spec.id, error)
    except Exception as error:  # noqa: BLE001 - told to everyone who waits
        failure = ModelLoadFailed(f"Model '{spec.id}' could not be loaded: {type(error).__name__}: {error}")
        return LoadFailed(spec.id, failure)
    return Loaded(spec.id, host, clock.monotonic_seconds() - started_seconds)


def fault_of_card(error: VoxhelmError, place: Place) -> Fallback | None:
    """The reason to load a model elsewhere than on a card, when that is what a failure to load it there calls for."""
    if not place.on_card:
        return None
    if isinstance(error, OutOfMemory):
        return Fallback.OUT_OF_MEMORY
    if isinstance(error, DeviceUnusable):
        return Fallback.UNUSABLE
    return Fallback.CRASHED if isinstance(error, EngineCrashed) else None


def could_leave(models: Iterable[ModelState], place: Place) -> list[str]:
    """Who could make room where a model ran out of memory: everybody who is idle there, were the estimates what they may."""
    return [
        model.model_id
        for model in models
        if model.phase is Phase.LOADED
        and not model.leases
        and not model.pinned
        and (not place.on_card or place.device in model.bytes_by_device)
    ]
