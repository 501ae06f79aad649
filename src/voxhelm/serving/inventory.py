"""What there is and how it is: models, voices, readiness."""

from collections.abc import Iterator
from dataclasses import dataclass

from voxhelm.catalog.models import Catalog
from voxhelm.catalog.voices import ListedVoice, VoiceBook
from voxhelm.residency.manager import Residency
from voxhelm.residency.preload import Preloader
from voxhelm.residency.usage import Usage


@dataclass(frozen=True, slots=True)
class ListedModel:
    """An entry of the public list of models.

    engine: "voxhelm" for a name that stands for the best model installed.
    state: unloaded, loading, loaded or unloading; None for such a name.
    resident_bytes: of the host's memory, when it had been loaded; None when it is not.
    device: where it is or is on its way to; None when it is nowhere. fallback: why that is no card, if it belongs on one.
    usage: what it takes, wherever it may be loaded.
    """

    id: str
    engine: str
    capability: str
    languages: tuple[str, ...]
    state: str | None
    resident_bytes: int | None
    device: str | None = None
    fallback: str | None = None
    usage: tuple[Usage, ...] = ()


class Inventory:
    """The use case: look, without touching."""

    def __init__(
        self, catalog: Catalog, voices: VoiceBook, residency: Residency, preloader: Preloader, started_unix_seconds: int
    ) -> None:
        """Take what it needs."""
        self._catalog = catalog
        self._voices = voices
        self._residency = residency
        self._preloader = preloader
        self.started_unix_seconds = started_unix_seconds

    def models(self) -> Iterator[ListedModel]:
        """Every installed model, then every name that stands for one."""
        for spec in self._catalog.models:
            host = self._residency.host_of(spec.id)
            state = self._residency.phase(spec.id).value
            memory = host.resident_bytes if host is not None else None
            device, fallback = self._residency.placed(spec.id)
            usage = self._residency.usage(spec.id)
            yield ListedModel(spec.id, spec.engine, spec.capability.value, spec.languages, state, memory, device, fallback, usage)
        for name, capability in self._catalog.aliases.items():
            languages = {language for spec in self._catalog.candidates(name, capability) for language in spec.languages}
            yield ListedModel(name, "voxhelm", capability.value, tuple(sorted(languages)), None, None)

    def model(self, name: str) -> ListedModel:
        """One of them, also by the name it was pulled by. Raises ModelNotFound, EgressForbidden."""
        known = {model.id: model for model in self.models()}
        return known.get(name) or known[self._catalog.installed(name).id]

    def voices(self, *, variants: bool) -> Iterator[ListedVoice]:
        """Every voice; with `variants` also the thousands that are a colour of another."""
        return self._voices.listed(variants=variants)

    def failure(self) -> str | None:
        """Why this server cannot serve any more and should be restarted; None while it is well."""
        return self._residency.failure

    def not_ready(self) -> tuple[str, ...]:
        """The models that are to be warm before traffic comes and are not yet; empty when the server is ready."""
        return self._preloader.pending
