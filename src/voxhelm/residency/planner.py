"""What to load and unload now: a pure function of what is known and the time."""

from collections.abc import Iterable
from dataclasses import dataclass

from voxhelm.residency.state import ModelState, Phase


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do.

    load, unload: ids of models.
    wake_at_seconds: when, without news, there may be something to do again (monotonic); None for never.
    """

    load: tuple[str, ...]
    unload: tuple[str, ...]
    wake_at_seconds: float | None


def plan(models: Iterable[ModelState], now_seconds: float) -> Plan:
    """Load what is waited for, unless it is being left alone; unload what has been idle for its time to live."""
    load: list[str] = []
    unload: list[str] = []
    wake_at: list[float] = []
    for model in models:
        if model.phase is Phase.UNLOADED and model.waiting:
            if now_seconds >= model.retry_at_seconds:
                load.append(model.model_id)
            else:
                wake_at.append(model.retry_at_seconds)
        elif (
            model.phase is Phase.LOADED
            and not model.waiting
            and model.idle_since_seconds is not None
            and model.time_to_live_seconds >= 0
        ):
            leaves_at_seconds = model.idle_since_seconds + model.time_to_live_seconds
            if now_seconds >= leaves_at_seconds:
                unload.append(model.model_id)
            else:
                wake_at.append(leaves_at_seconds)
    return Plan(tuple(load), tuple(unload), min(wake_at, default=None))
