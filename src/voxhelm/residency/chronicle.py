"""What happens to models, told to the log and to the metrics."""

from collections import Counter
from collections.abc import Iterable, Mapping

from voxhelm.domain.errors import VoxhelmError
from voxhelm.hosting.host import Host
from voxhelm.residency.departure import Departure
from voxhelm.residency.fallback import Fallback
from voxhelm.residency.state import ModelState
from voxhelm.telemetry.log import Log
from voxhelm.telemetry.metrics import Metrics


class Chronicle:
    """One method for each thing that can happen."""

    def __init__(self, metrics: Metrics, log: Log) -> None:
        """Take what it needs."""
        self._metrics = metrics
        self._log = log

    def failed(self, reason: str) -> None:
        """The owner loop has ended of its own fault."""
        self._log.error("residency failed", reason=reason)

    def blinded(self, error: Exception) -> None:
        """The cards could not be looked at, for a reason that nobody has thought of."""
        self._log.error("cards cannot be looked at", reason=f"{type(error).__name__}: {error}")

    def planned(self, models: Iterable[ModelState], budget_bytes_by_device: Mapping[str, int]) -> None:
        """So much is set aside for models on each device now, and so much may be; a device without a budget has no limit."""
        reserved: Counter[str] = Counter()
        for model in models:
            if model.holds_memory:
                reserved.update(model.bytes_by_device)
        for gauge, known in ((self._metrics.memory_reserved, reserved), (self._metrics.memory_budget, budget_bytes_by_device)):
            gauge.clear()  # what is gone is not known any more
            for device, size in known.items():
                gauge.labels(device=device).set(size)

    def leased(self, model_id: str, leases: int) -> None:
        """So many callers use a model now."""
        self._metrics.model_leases.labels(model=model_id).set(leases)

    def fell_back(self, model_id: str, device: str, reason: Fallback) -> None:
        """A model that belongs on a card is being loaded elsewhere."""
        self._metrics.model_fallbacks.labels(model=model_id, reason=reason.value).inc()
        self._log.warning("model is not loaded on a card", model=model_id, device=device, reason=reason.value)

    def kept_off(self, model_id: str, device: str, error: VoxhelmError) -> None:
        """A model failed to load on a card, and is to be loaded elsewhere."""
        self._log.warning("model cannot be loaded on a card", model=model_id, device=device, reason=error.message)

    def loaded(self, model_id: str, device: str, host: Host, seconds: float) -> None:
        """A model has been loaded."""
        self._metrics.model_loads.labels(model=model_id, outcome="loaded").inc()
        self._metrics.model_load_seconds.labels(model=model_id).observe(seconds)
        self._metrics.models_loaded.labels(model=model_id).set(1)
        self._metrics.model_on_device.labels(model=model_id, device=device).set(1)
        self._log.info("model loaded", model=model_id, device=device, seconds=round(seconds, 3), resident_bytes=host.resident_bytes)

    def not_loaded(self, model_id: str, error: VoxhelmError) -> None:
        """A model could not be loaded."""
        self._metrics.model_loads.labels(model=model_id, outcome="failed").inc()
        self._log.error("model failed to load", model=model_id, code=error.code, reason=error.message)

    def not_brought_back(self, model_id: str, error: VoxhelmError) -> None:
        """A model that is to be there for ever could not be loaded at its new place yet."""
        self._log.warning("model was not brought back", model=model_id, code=error.code, reason=error.message)

    def ended(self, model_id: str, device: str) -> None:
        """A model's host is gone."""
        self._metrics.models_loaded.labels(model=model_id).set(0)
        self._metrics.model_on_device.labels(model=model_id, device=device).set(0)

    def died(self, model_id: str, reason: str) -> None:
        """It was not asked to go."""
        self._metrics.model_crashes.labels(model=model_id).inc()
        self._log.error("model died", model=model_id, reason=reason)

    def unloaded(self, model_id: str) -> None:
        """It was, and its memory is free."""
        self._log.info("model unloaded", model=model_id)

    def memory_kept(self, departure: Departure) -> None:
        """What a model held of a card was not seen to come back."""
        self._metrics.model_memory_kept.labels(model=departure.model_id, device=departure.device).inc()
        self._log.warning(
            "memory has not come back to the card",
            model=departure.model_id,
            device=departure.device,
            held_bytes=departure.held_bytes,
        )
