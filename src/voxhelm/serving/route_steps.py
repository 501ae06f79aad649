"""The steps of every route, and what can be said of each without trying it."""

from collections.abc import Sequence
from dataclasses import dataclass

from voxhelm.catalog.models import Catalog
from voxhelm.catalog.routes import ANY_LANGUAGE
from voxhelm.catalog.voices import VoiceBook
from voxhelm.domain.errors import EgressForbidden, ModelNotFound
from voxhelm.domain.model import Capability, ModelSpec
from voxhelm.serving.route_reason import RouteReason


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One of them.

    model: its id; as it is written in the settings where nothing of that name is installed. voice: the id of who speaks, for speech in
    a known language. egress_host: where it sends what it is given, None when it stays here. reason: why it can never be taken as things
    are; None when it can.
    """

    model: str
    voice: str | None = None
    egress_host: str | None = None
    reason: RouteReason | None = None


class RouteSteps:
    """Looks routes up."""

    def __init__(self, catalog: Catalog, voices: VoiceBook) -> None:
        """Take what it needs."""
        self._catalog = catalog
        self._voices = voices

    def languages(self, capability: Capability) -> Sequence[str]:
        """The languages that have a route of their own, and `*`, the route of all others."""
        named = self._catalog.routes.languages(capability)
        return (*(one for one in named if one != ANY_LANGUAGE), ANY_LANGUAGE)

    def is_automatic(self, capability: Capability, language: str) -> bool:
        """Whether the order is ours, since no setting says anything of it."""
        return not self._catalog.routes.names(capability, language)

    def steps(self, capability: Capability, language: str) -> tuple[RouteStep, ...]:
        """The route of a language, or of all that have none. Where the order is ours, only models that know the language are in it."""
        names = self._catalog.routes.names(capability, language)
        if names:
            return tuple(self._named(name, language) for name in names)
        found = (self._of(spec, language) for spec in self._suited(capability))
        return tuple(step for step in found if step.reason is None)

    def is_named(self, model: str) -> bool:
        """Whether the name of a model is that of one, and none that stands for the best."""
        return self._catalog.names_one(model)

    def _suited(self, capability: Capability) -> Sequence[ModelSpec]:
        return [spec for spec in self._catalog.models if spec.capability is capability]

    def _named(self, name: str, language: str) -> RouteStep:
        for model_id in self._catalog.routes.ids(name):
            try:
                return self._of(self._catalog.installed(model_id), language)
            except EgressForbidden:
                return RouteStep(model_id, reason=RouteReason.CLOUD_FORBIDDEN)
            except ModelNotFound:
                continue
        return RouteStep(name, reason=RouteReason.NOT_INSTALLED)

    def _of(self, spec: ModelSpec, language: str) -> RouteStep:
        if language == ANY_LANGUAGE:
            return RouteStep(spec.id, None, spec.egress_host)
        if spec.capability is not Capability.SPEECH:
            known = language in spec.languages
            return RouteStep(spec.id, None, spec.egress_host, None if known else RouteReason.UNSUITED)
        voice = self._voices.usual_voice(language, spec)
        reason = None if voice is not None else RouteReason.UNSUITED
        return RouteStep(spec.id, voice.id if voice is not None else None, spec.egress_host, reason)
