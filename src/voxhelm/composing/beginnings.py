"""How models begin: what the settings say of each, what it takes, and where it may go."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from voxhelm.catalog.models import Catalog
from voxhelm.config import ModelSettings
from voxhelm.domain.errors import ConfigurationInvalid, EgressForbidden
from voxhelm.domain.model import CPU, CUDA, ModelSpec
from voxhelm.gpu.facts import CardFacts
from voxhelm.residency.measurements import Measurements
from voxhelm.residency.places import devices_for, places_of
from voxhelm.residency.state import ModelState

# What may have a budget.
BUDGETED: Final = r"cpu|cuda:\d+"


class Beginnings:
    """How models begin: what the settings say of each, what it takes, and where it may go."""

    def __init__(self, settings: ModelSettings, catalog: Catalog, facts: CardFacts, measurements: Measurements) -> None:
        """Raises ConfigurationInvalid when a setting names a model or a card that is not there."""
        self._settings = settings
        self._catalog = catalog
        self._cards = tuple(card.device for card in facts.cards)
        self._measurements = measurements
        by_model: tuple[tuple[str, Iterable[str]], ...] = (
            ("time_to_live_seconds_by_model", settings.time_to_live_seconds_by_model),
            ("pinned", settings.pinned),
            ("priority_by_model", settings.priority_by_model),
            ("settings_by_model", settings.settings_by_model),
            ("device_by_model", settings.device_by_model),
        )
        for name, model_ids in by_model:
            require_known(model_ids, catalog, f"models.{name}")
        for engine in (*settings.time_to_live_seconds_by_engine, *settings.settings_by_engine):
            if engine not in catalog.engine_names:
                known = ", ".join(catalog.engine_names)
                raise ConfigurationInvalid(
                    f"A setting of models names the engine '{engine}', and there is none. There are: {known}."
                )
        _require_card(settings.device, facts, "models.device")
        for model_id, device in settings.device_by_model.items():
            _require_card(device, facts, f"models.device_by_model.{model_id}")
            if device not in ("auto", CPU) and CUDA not in catalog.engine_of(model_id).capabilities.devices:
                raise ConfigurationInvalid(
                    f"'models.device_by_model.{model_id}' is {device}, and the engine of this model runs on the CPU only."
                )
        for device in settings.memory_budget_bytes:
            if not re.fullmatch(BUDGETED, device):
                raise ConfigurationInvalid(
                    f"'models.memory_budget_bytes' names '{device}'; devices are cpu, cuda:0, cuda:1 and so on."
                )

    def all(self) -> Iterator[tuple[ModelSpec, ModelState]]:
        """Every installed model."""
        for spec in self._catalog.models:
            yield spec, self.of(spec)

    def of(self, spec: ModelSpec) -> ModelState:
        """One of them. Looks at its files."""
        wanted = self._settings
        engine = self._catalog.engine_for(spec)
        time_to_live_seconds = self.time_to_live_seconds(spec)
        devices = devices_for(wanted.device_by_model.get(spec.id, wanted.device), engine.capabilities.devices, self._cards)
        places = places_of(engine, spec, devices, self._measurements)
        return ModelState(spec.id, time_to_live_seconds, places, spec.id in wanted.pinned, wanted.priority_by_model.get(spec.id, 0))

    def time_to_live_seconds(self, spec: ModelSpec) -> float:
        """As `ModelState`."""
        wanted = self._settings
        of_engine_seconds = wanted.time_to_live_seconds_by_engine.get(spec.engine, wanted.time_to_live_seconds)
        return wanted.time_to_live_seconds_by_model.get(spec.id, of_engine_seconds)


def _require_card(device: str, facts: CardFacts, setting: str) -> None:
    if device in ("auto", CPU) or (device == CUDA and facts.cards) or facts.card(device) is not None:
        return
    there = ", ".join(f"{card.device} ({card.name})" for card in facts.cards) or f"none, {facts.absence}"
    raise ConfigurationInvalid(f"'{setting}' is {device}, and there is no such card. There is: {there}.")


def require_known(model_ids: Iterable[str], catalog: Catalog, setting: str) -> None:
    """Raises ConfigurationInvalid for one that is not installed, or may not be used. setting: that names them."""
    known = {spec.id for spec in catalog.models}
    for model_id in model_ids:
        try:
            catalog.require_allowed(model_id)
        except EgressForbidden as error:
            raise ConfigurationInvalid(f"'{setting}' cannot be used: {error.message}") from error
        if model_id not in known:
            raise ConfigurationInvalid(
                f"'{setting}' names '{model_id}', which is not installed. Installed: {', '.join(sorted(known))}."
            )
