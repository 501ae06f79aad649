"""The models that are installed, and the names they answer to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from voxhelm.catalog.aliases import AUTO, OPENAI_MODELS
from voxhelm.catalog.detour import STRAIGHT, Detour
from voxhelm.catalog.egress import NOTHING_LEAVES, EgressPolicy, refusal, with_egress_host
from voxhelm.catalog.engines import FoundEngine, remedy_for
from voxhelm.catalog.names import model_id_of
from voxhelm.catalog.near import did_you_mean
from voxhelm.catalog.routes import NO_ROUTES, RouteTable
from voxhelm.catalog.shelf import WORKSHOP
from voxhelm.domain.engine import Engine
from voxhelm.domain.errors import ConfigurationInvalid, LanguageUnsupported, ModelNotFound, ModelUnsuited
from voxhelm.domain.model import Capability, ModelSpec


class Catalog:
    """Requests only look things up; the disk is looked at when this is made, and when somebody has changed what is on it."""

    def __init__(
        self,
        engines: Mapping[str, FoundEngine],
        models_directory: Path,
        aliases: Mapping[str, str],
        egress: EgressPolicy = NOTHING_LEAVES,
        settings: Mapping[str, Mapping[str, str]] | None = None,
        engine_settings: Mapping[str, Mapping[str, str]] | None = None,
        routes: RouteTable = NO_ROUTES,
    ) -> None:
        """Ask every engine what it finds.

        aliases: further names, each for a model's id or another alias.
        egress: models it does not allow are neither listed nor chosen, and refused by name.
        settings: by a model's id, what the operator wants of its engine; it is added to `ModelSpec.settings`.
        engine_settings: the same by an engine's name, for all its models; what is wanted of a model comes first.
        routes: the order in which models are tried, where it is not that of their preference.
        """
        self._engines = engines
        self._directory = models_directory
        self._aliases = aliases
        self._egress = egress
        self._settings = settings or {}
        self._engine_settings = engine_settings or {}
        self.routes = routes
        self.adopt(self.scan())

    def scan(self, on_fault: Callable[[str, ConfigurationInvalid], None] | None = None) -> tuple[ModelSpec, ...]:
        """Ask every engine what it finds now, the preferred first. Looks at the disk, so not on the event loop; changes nothing here.

        on_fault: told of an engine which finds something that cannot be right, of which then stays what is known. Without it, raises
        ConfigurationInvalid.
        """
        found: list[ModelSpec] = []
        for name in sorted(self._engines):
            try:
                found += self._found_by(name)
            except ConfigurationInvalid as error:
                if on_fault is None:
                    raise
                on_fault(name, error)
                found += [spec for spec in (*self._models.values(), *self._withheld.values()) if spec.engine == name]
        return tuple(sorted(found, key=lambda spec: -self._engines[spec.engine].engine.capabilities.preference))

    def _found_by(self, name: str) -> list[ModelSpec]:
        one = self._engines[name]
        specs = one.engine.discover(self._directory) if one.is_ready() else ()
        # What is still on its way is none of the models.
        there = [spec for spec in specs if spec.path is None or WORKSHOP not in spec.path.parts]
        return [with_egress_host(self._as_wanted(spec), one.engine) for spec in there]

    def _as_wanted(self, spec: ModelSpec) -> ModelSpec:
        wanted = {**self._engine_settings.get(spec.engine, {}), **self._settings.get(spec.id, {})}
        # What the engine itself has found out comes first: where a model sends things is no matter of wishes.
        return spec if not wanted else replace(spec, settings={**wanted, **spec.settings})

    def adopt(self, found: Sequence[ModelSpec]) -> None:
        """Take what `scan` has found for what there is, all of it at once."""
        self._models = {spec.id: spec for spec in found if self.allows(spec)}
        self._withheld = {spec.id: spec for spec in found if not self.allows(spec)}

    def allows(self, spec: ModelSpec) -> bool:
        """Whether a model that `scan` has found may be used."""
        return self._egress.allows(spec)

    @property
    def models(self) -> tuple[ModelSpec, ...]:
        """Everything that is installed, the preferred first."""
        return tuple(self._models.values())

    @property
    def aliases(self) -> Mapping[str, Capability]:
        """Every further name that leads to an installed model, with what it is a name for."""
        capabilities = {spec.capability for spec in self.models}
        named = {name: capability for name, capability in OPENAI_MODELS.items() if capability in capabilities}
        named |= {name: self._models[target].capability for name, target in self._aliases.items() if target in self._models}
        return named

    def require_allowed(self, name: str) -> None:
        """Raise EgressForbidden when `name` is the id or an alias of a model that is installed and may not be used."""
        withheld = self._withheld.get(self._aliases.get(name, name))
        if withheld is not None:
            raise refusal(withheld)

    def installed(self, model_id: str) -> ModelSpec:
        """A model by its own id, or the name it was pulled by; not by one that stands for several.

        Raises ModelNotFound, EgressForbidden.
        """
        self.require_allowed(model_id)
        spec = self.find(model_id)
        if spec is None:
            near = did_you_mean(model_id, list(self._models))
            raise ModelNotFound(f"No model with the id '{model_id}' is installed.{near} GET /v1/models lists them.", param="model")
        return spec

    def find(self, name: str) -> ModelSpec | None:
        """The model with this id, or that was pulled by this name: `whisper-small`, `owner/name`, `piper:bg_BG-dimitar-medium`."""
        spec = self._models.get(name)
        if spec is None and name != AUTO and name not in OPENAI_MODELS:
            spec = self._models.get(model_id_of(name) or "")
        return spec

    def names_one(self, name: str) -> bool:
        """Whether `name` is that of one model, and none that stands for the best of several."""
        target = self._aliases.get(name, name)
        return target != AUTO and target not in OPENAI_MODELS

    def known_step(self, name: str) -> ModelSpec | str | None:
        """What a step of a route is: an installed model, allowed or not; the id of one that may be pulled; None when it is nothing."""
        for model_id in self.routes.ids(name):
            spec = self._models.get(model_id) or self._withheld.get(model_id)
            if spec is not None:
                return spec
        return model_id_of(self._aliases.get(name, name))

    @property
    def engine_names(self) -> tuple[str, ...]:
        """Every engine, whether it has found models or not."""
        return tuple(sorted(self._engines))

    def engine_of(self, model_id: str) -> Engine:
        """The engine that loads a model."""
        return self._engines[self._models[model_id].engine].engine

    def engine_for(self, spec: ModelSpec) -> Engine:
        """The engine that loads a model which `scan` has found, adopted or not."""
        return self._engines[spec.engine].engine

    def remedy_for(self, engine: str, model_id: str) -> str | None:
        """What to do before a model can be loaded whose files are there; None when nothing is missing. Looks at the disk."""
        if model_id in self._models or model_id in self._withheld:
            return None
        return remedy_for(self._engines, engine)

    def reference_of(self, model_id: str) -> str:
        """Where the engine of a model is registered, as `package.module:NAME`."""
        return self._engines[self._models[model_id].engine].reference

    def interpreter_of(self, model_id: str) -> Path | None:
        """The Python that a model is loaded with; None for ours."""
        interpreter = self._engines[self._models[model_id].engine].interpreter
        return interpreter.python if interpreter is not None else None

    def candidates(self, name: str, capability: Capability) -> tuple[ModelSpec, ...]:
        """The models that `name` may mean, the preferred first; never empty.

        name: a model's id, the name it was pulled by, an alias, an OpenAI name or `auto`.
        Raises ModelNotFound, ModelUnsuited, EgressForbidden.
        """
        self.require_allowed(name)
        target = self._aliases.get(name, name)
        spec = self.find(target)
        if spec is not None:
            if spec.capability is not capability:
                raise ModelUnsuited(f"Model '{name}' is for {spec.capability.value}, not for {capability.value}.", param="model")
            return (spec,)
        if target != AUTO and OPENAI_MODELS.get(target) is not capability:
            if target in OPENAI_MODELS:
                raise ModelUnsuited(
                    f"Model '{name}' is for {OPENAI_MODELS[target].value}, not for {capability.value}.", param="model"
                )
            raise ModelNotFound(
                f"There is no model '{name}'.{self._suggest(name)} GET /v1/models lists what is installed.", param="model"
            )
        suited = tuple(spec for spec in self.models if spec.capability is capability)
        if not suited:
            raise ModelNotFound(
                f"No model for {capability.value} is installed; `voxhelm doctor` says how to get one.", param="model"
            )
        return suited

    def hearing(self, name: str, language: str | None, detour: Detour = STRAIGHT) -> ModelSpec:
        """The model that is to hear `language` (ISO 639-1; None for any). Raises as `candidates`, and LanguageUnsupported."""
        suited = self.hearers(name, language, detour)
        for spec in suited:
            if language is None or language in spec.languages:
                return spec
        known = sorted({language for spec in suited for language in spec.languages})
        raise LanguageUnsupported(
            f"No installed model hears '{language}'; what is installed hears: {', '.join(known)}. Leave the language out to try it anyway.",
            param="language",
        )

    def hearers(self, name: str, language: str | None, detour: Detour = STRAIGHT) -> Sequence[ModelSpec]:
        """As `candidates`, those that hear, in the order of the route for a language, and without what is gone around.

        One that is gone around has all others in its place, whoever named it. LanguageUnsupported when that leaves none.
        """
        suited = self.routes.ordered(Capability.TRANSCRIPTION, language, self.candidates(name, Capability.TRANSCRIPTION))
        left = detour.left(suited)
        if left or not detour:
            return left
        others = self.routes.ordered(Capability.TRANSCRIPTION, language, self.candidates(AUTO, Capability.TRANSCRIPTION))
        left = detour.left(others)
        if not left:
            raise LanguageUnsupported("No other installed model hears.", param="model")
        return left

    def _suggest(self, name: str) -> str:
        return did_you_mean(name, [*self._models, *self.aliases])
