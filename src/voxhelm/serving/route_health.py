"""Which models are left alone for a while, since they keep failing. No clock: time is an argument."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from voxhelm.kit.breaker import Breaker, BreakerPhase


@dataclass(frozen=True, slots=True)
class RouteOptions:
    """What the operator wants of routes.

    attempts: how many models are tried for one request. on_named: whether one that a client names may be replaced.
    when_queue_full: whether those who find a full line are sent to the next model.
    window_seconds: failures that are further apart than this are not counted together. breaker: as each model begins.
    first_segment_seconds: for how long the first words of a transcript are waited for, as long as another model could still hear it.
    """

    attempts: int = 3
    on_named: bool = False
    when_queue_full: bool = False
    window_seconds: float = 300.0
    first_segment_seconds: float = 10.0
    breaker: Breaker = field(default_factory=lambda: Breaker(tolerated_failures=3, pause_seconds=15.0, longest_pause_seconds=300.0))


@dataclass(frozen=True, slots=True)
class _Record:
    breaker: Breaker
    failed_at_seconds: float


class RouteHealth:
    """A breaker for every model that has failed since it last did well."""

    def __init__(self, options: RouteOptions) -> None:
        """Begin with everybody well."""
        self._options = options
        self._records: dict[str, _Record] = {}

    @property
    def troubled(self) -> bool:
        """Whether anybody has failed at all."""
        return bool(self._records)

    def closed(self, now_seconds: float) -> Mapping[str, float]:
        """The models that are left alone now, and for how many seconds more. One that is being tried by somebody is, too."""
        waits = {model_id: one.breaker.wait_seconds(now_seconds) for model_id, one in self._records.items()}
        return {model_id: seconds for model_id, seconds in waits.items() if seconds > 0}

    def phase(self, model_id: str, now_seconds: float) -> BreakerPhase:
        """How a model is."""
        record = self._records.get(model_id)
        return record.breaker.phase(now_seconds) if record is not None else BreakerPhase.CLOSED

    def failures(self, model_id: str) -> int:
        """How often a model has failed in a row."""
        record = self._records.get(model_id)
        return record.breaker.failures if record is not None else 0

    def called(self, model_ids: Iterable[str], now_seconds: float) -> None:
        """They are being used. For those that were left alone until now this is the trial, and nobody else tries meanwhile."""
        self._change(model_ids, lambda breaker: breaker.called(now_seconds))

    def succeeded(self, model_ids: Collection[str]) -> None:
        """They did well."""
        for model_id in model_ids:
            self._records.pop(model_id, None)

    def abandoned(self, model_ids: Iterable[str]) -> None:
        """Nobody knows how it would have ended."""
        self._change(model_ids, lambda breaker: breaker.abandoned())

    def failed(self, model_id: str, now_seconds: float) -> None:
        """It went wrong."""
        record = self._records.get(model_id)
        if record is None or self._forgotten(record, now_seconds):
            record = _Record(self._options.breaker, now_seconds)
        self._records[model_id] = _Record(record.breaker.failed(now_seconds), now_seconds)

    def _forgotten(self, record: _Record, now_seconds: float) -> bool:
        calm = record.breaker.phase(now_seconds) is BreakerPhase.CLOSED
        return calm and now_seconds - record.failed_at_seconds > self._options.window_seconds

    def _change(self, model_ids: Iterable[str], transition: Callable[[Breaker], Breaker]) -> None:
        for model_id in model_ids:
            record = self._records.get(model_id)
            if record is not None:
                self._records[model_id] = replace(record, breaker=transition(record.breaker))
