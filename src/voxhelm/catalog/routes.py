"""The order in which models are tried, for each capability and language, as an operator wants it."""

from collections.abc import Mapping, Sequence
from typing import Final

from voxhelm.catalog.names import model_id_of
from voxhelm.domain.model import Capability, ModelSpec

ANY_LANGUAGE: Final = "*"

ByLanguage = Mapping[str, Sequence[str]]


class RouteTable:
    """Orders models; of what is not in it the order stays. Facts only: nothing is looked up anywhere."""

    def __init__(self, wanted: Mapping[Capability, ByLanguage], aliases: Mapping[str, str] | None = None) -> None:
        """wanted: names of models, by capability and language (ISO 639-1, or `*` for all that have no route of their own).

        aliases: further names, as the catalogue has them.
        """
        self._names = {capability: dict(by_language) for capability, by_language in wanted.items()}
        every = {name for by_language in self._names.values() for names in by_language.values() for name in names}
        # A model that was pulled answers to the name it was pulled by.
        self._ids = {name: _ids(name, aliases or {}) for name in every}

    def languages(self, capability: Capability) -> tuple[str, ...]:
        """Those that have a route of their own, and `*`."""
        return tuple(self._names.get(capability, ()))

    def names(self, capability: Capability, language: str | None) -> tuple[str, ...]:
        """The steps of a route as they are written; empty where the order is left to us. language: None where it is not known."""
        by_language = self._names.get(capability, {})
        return tuple(by_language.get(language or ANY_LANGUAGE, by_language.get(ANY_LANGUAGE, ())))

    def ids(self, name: str) -> tuple[str, ...]:
        """The ids that a model may have which is a step under this name."""
        return self._ids.get(name, (name,))

    def ordered(self, capability: Capability, language: str | None, specs: Sequence[ModelSpec]) -> Sequence[ModelSpec]:
        """`specs` in the order of the route. Those that are no step of it are left out, unless none of them is one."""
        names = self.names(capability, language)
        if not names:
            return specs
        by_id = {spec.id: spec for spec in specs}
        steps = {one: by_id[one] for name in names for one in self.ids(name) if one in by_id}
        return tuple(steps.values()) or specs


def _ids(name: str, aliases: Mapping[str, str]) -> tuple[str, ...]:
    target = aliases.get(name, name)
    pulled = model_id_of(target)
    return (target,) if pulled is None or pulled == target else (target, pulled)


NO_ROUTES: Final = RouteTable({})
