"""What requests for speech and for transcripts have in common on their way along a route."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from voxhelm.catalog.detour import Detour, detour
from voxhelm.domain.errors import Unavailable, VoxhelmError
from voxhelm.domain.model import Capability
from voxhelm.kit.clock import Clock
from voxhelm.serving.route_health import RouteHealth, RouteOptions
from voxhelm.serving.route_reason import RouteReason, counts_against, reason_of
from voxhelm.serving.route_steps import RouteStep
from voxhelm.serving.route_walk import Walk
from voxhelm.telemetry.log import Log
from voxhelm.telemetry.metrics import Metrics

# What the header says of a model that the client has named.
NAMED = "named"


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What is in the way now. models: why each is closed, and for how long, None where that is not known. degraded: `model/voice`."""

    models: Mapping[str, tuple[RouteReason, float | None]]
    degraded: Collection[str] = ()

    @property
    def around(self) -> Detour:
        """The way around them."""
        return detour(self.models, self.degraded)

    def reason(self, model_id: str, voice_id: str | None) -> RouteReason | None:
        """Why a model, or the voice of it, is gone around; None when it is not."""
        if model_id in self.models:
            return self.models[model_id][0]
        return RouteReason.DEGRADED if f"{model_id}/{voice_id}" in self.degraded else None

    def refusal(self, model_ids: Iterable[str]) -> Unavailable:
        """What a caller is told for whom nobody is left of these."""
        met = {model_id: self.models[model_id] for model_id in model_ids if model_id in self.models}
        told = ", ".join(f"{model_id}: {reason.words}" for model_id, (reason, _) in met.items())
        waits = [seconds for _, seconds in met.values() if seconds is not None]
        return Unavailable(
            f"Every model that could do this is left alone for a while ({told}); `voxhelm routes` shows them.",
            retry_after_seconds=min(waits, default=5.0),
        )


class Trial:
    """A use of some models, whose end is told once, by whoever comes first to know it."""

    def __init__(self, health: RouteHealth, clock: Clock, model_ids: Collection[str]) -> None:
        """The use begins."""
        self._health = health
        self._clock = clock
        self._model_ids = tuple(model_ids)
        self._open = True
        self.fault: tuple[str, RouteReason] | None = None
        """Whose fault it was that it ended badly, and why; None when it did not, or when that is no model's."""
        health.called(model_ids, clock.monotonic_seconds())

    def succeeded(self) -> None:
        """It ended well."""
        if self._close():
            self._health.succeeded(self._model_ids)

    def abandoned(self) -> None:
        """It ended without telling anything; no harm when it has ended."""
        if self._close():
            self._health.abandoned(self._model_ids)

    def failed(self, error: VoxhelmError) -> None:
        """It ended badly, `fault` says of whom, if it is a model's."""
        reason, model_id = reason_of(error, when_queue_full=True), error.model_id
        if self._close() and reason is not None and model_id is not None:
            self.fault = model_id, reason
        if self.fault is not None and counts_against(self.fault[1]):
            self._health.failed(self.fault[0], self._clock.monotonic_seconds())
        blamed = self.fault[0] if self.fault is not None else None
        self._health.abandoned(one for one in self._model_ids if one != blamed)

    def _close(self) -> bool:
        was_open, self._open = self._open, False
        return was_open


class Routing:
    """Knows how the models are, begins walks, and tells what became of them."""

    def __init__(
        self,
        options: RouteOptions,
        degraded: Callable[[], Collection[str]],
        metrics: Metrics,
        clock: Clock,
        log: Log,
    ) -> None:
        """degraded: the voices that are not what they were, as `model/voice`."""
        self.options = options
        self.health = RouteHealth(options)
        self.degraded = degraded
        self._metrics = metrics
        self._clock = clock
        self._log = log

    def walk(self, patience_seconds: float | None) -> Walk:
        """Begin one."""
        now_seconds = self._clock.monotonic_seconds()
        return Walk(self.options.attempts, None if patience_seconds is None else now_seconds + patience_seconds)

    def patience_seconds(self, walk: Walk) -> float | None:
        """What is left of a caller's patience."""
        return walk.patience_seconds(self._clock.monotonic_seconds())

    def obstacles(self, walk: Walk) -> Obstacles | None:
        """What is in the way of a request; None when nothing is."""
        degraded = self.degraded()
        if not walk.left and not self.health.troubled and not degraded:
            return None
        resting = self.health.closed(self._clock.monotonic_seconds())
        models: dict[str, tuple[RouteReason, float | None]] = {
            model_id: (RouteReason.BREAKER_OPEN, seconds) for model_id, seconds in resting.items()
        }
        models |= {model_id: (reason, None) for model_id, reason in walk.left}
        return Obstacles(models, degraded) if models or degraded else None

    def trial(self, model_ids: Collection[str]) -> Trial:
        """Begin to use some models."""
        return Trial(self.health, self._clock, model_ids)

    def after(self, walk: Walk, fault: tuple[str, RouteReason] | None) -> Walk | None:
        """The walk that goes on behind a fault; None when it does not."""
        if fault is None or (fault[1] is RouteReason.QUEUE_FULL and not self.options.when_queue_full):
            return None
        return walk.after(*fault, self._clock.monotonic_seconds())

    def fell_back(self, capability: Capability, from_model: str, to_model: str, reason: RouteReason) -> None:
        """Another model than the first choice has answered."""
        labels = {"capability": capability.value, "from": from_model, "to": to_model, "reason": reason.value}
        self._metrics.route_fallbacks.labels(**labels).inc()
        self._log.warning(
            "another model answered", capability=capability.value, wanted=from_model, model=to_model, reason=reason.value
        )


def described(steps: Sequence[RouteStep], first: str, used: str, obstacles: Obstacles | None) -> str:
    """A route as the header has it: `2/3; piper-bg: breaker open`.

    first: whom the request would have had with nothing in the way; it is a step if the route has it not. used: who answers.
    """
    known = {step.model: step for step in steps}
    order = list(dict.fromkeys((*(() if first in known else (first,)), *known, used)))
    place = order.index(used)
    told = "".join(f"; {model_id}: {_why(known.get(model_id), model_id, obstacles).words}" for model_id in order[:place])
    return f"{place + 1}/{len(order)}{told}"


def _why(step: RouteStep | None, model_id: str, obstacles: Obstacles | None) -> RouteReason:
    found = obstacles.reason(model_id, step.voice if step is not None else None) if obstacles is not None else None
    return found or (step.reason if step is not None else None) or RouteReason.UNSUITED


def involved(obstacles: Obstacles, voices: Iterable[tuple[str, str | None]]) -> bool:
    """Whether anything is in the way of these, given as model and voice."""
    return any(obstacles.reason(model_id, voice_id) is not None for model_id, voice_id in voices)
