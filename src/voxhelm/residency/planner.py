"""What to load and unload now: a pure function of what is known and the time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from voxhelm.residency.state import ModelState, Phase


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What the operator allows.

    budget_bytes_by_device: the most that all models together may hold on a device; a device that is not named has no limit.
    hold_seconds: a model that was loaded stays at least this long before it makes room, so that two which do not fit together serve in
        turns instead of throwing each other out at every request.
    patience_seconds: after waiting this long for room, models in use get no new callers until one of them has left.
    """

    budget_bytes_by_device: Mapping[str, int] = field(default_factory=dict)
    hold_seconds: float = 2.0
    patience_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one caller waits for: all of `model_ids` at once, since `since_seconds` (monotonic)."""

    model_ids: tuple[str, ...]
    since_seconds: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do.

    load, unload: ids of models.
    refuse: ids of models that are waited for and can never fit.
    closed: ids of models that get no new callers, because they are to make room when those they have are done.
    wake_at_seconds: when, without news, there may be something to do again (monotonic); None for never.
    """

    load: tuple[str, ...] = ()
    unload: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()
    closed: frozenset[str] = frozenset()
    wake_at_seconds: float | None = None


def plan(models: Iterable[ModelState], wanted: Iterable[Wanted], options: PlanOptions, now_seconds: float) -> Plan:
    """Unload what has been idle for its time to live; load what is waited for, making room where there is none.

    wanted: in order of arrival. An older caller's models never make room for a younger one's, so the oldest caller can always have
    everything else cleared away, and everybody becomes the oldest in the end.
    """
    return _Planning(list(models), options, now_seconds).run(wanted)


class _Planning:
    """One run of the planner: the plan as it grows."""

    def __init__(self, models: list[ModelState], options: PlanOptions, now_seconds: float) -> None:
        self.models = models
        self.options = options
        self.now_seconds = now_seconds
        self.load: list[str] = []
        self.unload: list[str] = []
        self.refuse: list[str] = []
        self.closed: set[str] = set()
        self.wake_at: list[float] = []
        self.by_id = {model.model_id: model for model in models}
        self.planned: set[str] = set()
        self.protected: set[str] = set()
        self.free = dict(options.budget_bytes_by_device)
        for model in models:
            if model.holds_memory:
                self._add(model, -1)

    def run(self, wanted: Iterable[Wanted]) -> Plan:
        self._expire()
        for caller in wanted:
            self.protected.update(caller.model_ids)
            for model_id in caller.model_ids:
                model = self.by_id[model_id]
                if model.phase is Phase.UNLOADED and model_id not in self.planned:
                    self.planned.add(model_id)
                    self._admit(model, caller.since_seconds)
        wake_at = [moment for moment in self.wake_at if moment > self.now_seconds]
        return Plan(tuple(self.load), tuple(self.unload), tuple(self.refuse), frozenset(self.closed), min(wake_at, default=None))

    def _expire(self) -> None:
        for model in self.models:
            if not _idle(model) or model.time_to_live_seconds < 0 or model.idle_since_seconds is None:
                continue
            if self._due(model.idle_since_seconds + model.time_to_live_seconds):
                self.unload.append(model.model_id)

    def _admit(self, model: ModelState, since_seconds: float) -> None:
        if not self._could_ever_fit(model):
            self.refuse.append(model.model_id)
            return
        if not self._due(model.retry_at_seconds):
            return
        if self._fits(model):
            self.load.append(model.model_id)
        else:
            self._make_room(model, since_seconds)
        # Whether it loads now or later, nobody who came after it may take its place.
        self._add(model, -1)

    def _make_room(self, model: ModelState, since_seconds: float) -> None:
        """Unload idle models, the least wanted first; when they are not enough and the wait is long, close models in use."""
        leaving = [other for other in self.models if other.phase is Phase.UNLOADING or other.model_id in self.unload]
        freed = dict(self.free)
        for other in leaving:
            _give(freed, other)
        if _within(freed, model):
            return
        victims: list[ModelState] = []
        for other in sorted(self._victims(), key=self._worth):
            if not _useful(freed, model, other):
                continue
            victims.append(other)
            _give(freed, other)
            if _within(freed, model):
                break
        else:
            return
        for victim in victims:
            if victim.leases:
                if self._due(since_seconds + self.options.patience_seconds):
                    self.closed.add(victim.model_id)
            elif self._due((victim.loaded_at_seconds or 0.0) + self.options.hold_seconds):
                self.unload.append(victim.model_id)

    def _victims(self) -> list[ModelState]:
        return [
            other
            for other in self.models
            if other.phase is Phase.LOADED
            and not other.pinned
            and other.model_id not in self.unload
            and other.model_id not in self.protected
        ]

    def _worth(self, other: ModelState) -> tuple[bool, int, float, str]:
        """Idle before used, unimportant before important, longest unused before the rest."""
        return (other.leases > 0, other.priority, other.idle_since_seconds or self.now_seconds, other.model_id)

    def _could_ever_fit(self, model: ModelState) -> bool:
        room = dict(self.options.budget_bytes_by_device)
        for other in self.models:
            if other.pinned and other.holds_memory and other.model_id != model.model_id:
                _give(room, other, -1)
        return _within(room, model)

    def _fits(self, model: ModelState) -> bool:
        return _within(self.free, model)

    def _add(self, model: ModelState, sign: int) -> None:
        _give(self.free, model, sign)

    def _due(self, moment_seconds: float) -> bool:
        if self.now_seconds >= moment_seconds:
            return True
        self.wake_at.append(moment_seconds)
        return False


def _idle(model: ModelState) -> bool:
    return model.phase is Phase.LOADED and model.leases == 0 and model.waiting == 0


def _give(free: dict[str, int], model: ModelState, sign: int = 1) -> None:
    for device, size_bytes in model.bytes_by_device.items():
        if device in free:
            free[device] += sign * size_bytes


def _within(free: Mapping[str, int], model: ModelState) -> bool:
    return all(size_bytes <= free[device] for device, size_bytes in model.bytes_by_device.items() if device in free)


def _useful(free: Mapping[str, int], model: ModelState, other: ModelState) -> bool:
    """Whether `other` holds anything on a device where `model` lacks room."""
    short = [device for device, size_bytes in model.bytes_by_device.items() if device in free and size_bytes > free[device]]
    return any(other.bytes_by_device.get(device) for device in short)
