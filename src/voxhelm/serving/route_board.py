"""Every route and how its steps are now, to look at."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from voxhelm.domain.model import Capability
from voxhelm.kit.clock import Clock
from voxhelm.serving.route_reason import RouteReason
from voxhelm.serving.route_steps import RouteStep, RouteSteps
from voxhelm.serving.routing import Routing

ROUTED: Final = (Capability.SPEECH, Capability.TRANSCRIPTION)


@dataclass(frozen=True, slots=True)
class ListedStep:
    """A step as it is now.

    voice: who speaks, where the language is known. egress_host: where it sends what it is given; None when that stays here.
    usable: whether a request that came now would take it if nothing before it did. reason: why not, or why only where nothing better is
    left. breaker: closed, open or half-open. failures: in a row. retry_after_seconds: when it is tried again.
    """

    model: str
    voice: str | None
    egress_host: str | None
    usable: bool
    reason: str | None
    breaker: str
    failures: int
    retry_after_seconds: float | None


@dataclass(frozen=True, slots=True)
class ListedRoute:
    """A route. language: ISO 639-1, or `*` for all that have none of their own. automatic: whether no setting says anything of it."""

    capability: str
    language: str
    automatic: bool
    steps: tuple[ListedStep, ...]


class RouteBoard:
    """The use case: look at the routes, without touching them."""

    def __init__(self, steps: RouteSteps, routing: Routing, clock: Clock) -> None:
        """Take what it needs."""
        self._steps = steps
        self._routing = routing
        self._clock = clock

    def routes(self, language: str | None = None) -> Iterator[ListedRoute]:
        """Those of the settings, and of all other languages; or those that a language has."""
        degraded = self._routing.degraded()
        for capability in ROUTED:
            for one in self._steps.languages(capability) if language is None else (language,):
                steps = tuple(self._listed(step, degraded) for step in self._steps.steps(capability, one))
                yield ListedRoute(capability.value, one, self._steps.is_automatic(capability, one), steps)

    def _listed(self, step: RouteStep, degraded: Collection[str]) -> ListedStep:
        now_seconds = self._clock.monotonic_seconds()
        wait_seconds = self._routing.health.closed(now_seconds).get(step.model)
        reason = step.reason
        if reason is None and wait_seconds is not None:
            reason = RouteReason.BREAKER_OPEN
        usable = reason is None
        if reason is None and f"{step.model}/{step.voice}" in degraded:
            reason = RouteReason.DEGRADED
        phase = self._routing.health.phase(step.model, now_seconds)
        return ListedStep(
            step.model,
            step.voice,
            step.egress_host,
            usable,
            reason.value if reason is not None else None,
            phase.value,
            self._routing.health.failures(step.model),
            round(wait_seconds, 1) if wait_seconds is not None else None,
        )
