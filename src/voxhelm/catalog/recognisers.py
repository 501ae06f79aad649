"""Which model hears what: languages, translations, speakers, turns."""

from collections.abc import Collection, Sequence
from typing import Final

from voxhelm.catalog.aliases import AUTO
from voxhelm.catalog.detour import STRAIGHT, Detour
from voxhelm.catalog.models import Catalog
from voxhelm.domain.engine import Capabilities
from voxhelm.domain.errors import LanguageUnsupported, ModelUnsuited
from voxhelm.domain.model import Capability, ModelSpec

REMEDY: Final = "A multilingual Whisper can: run `voxhelm pull whisper-small`."
DIARIZER_REMEDY: Final = (
    "Install an engine with the capability `diarization` (docs/how-to/tell-speakers-apart.md); "
    "if every speaker has a channel of the recording, send channels=separate instead."
)


class Recognisers:
    """Chooses among the models of the catalogue by what is wanted of them; facts only, nothing is loaded."""

    def __init__(self, catalog: Catalog) -> None:
        """catalog: what is installed."""
        self._catalog = catalog

    def capabilities_of(self, spec: ModelSpec) -> Capabilities:
        """What the engine of a model can do."""
        return self._catalog.engine_of(spec.id).capabilities

    def hearing(self, name: str, language: str | None, languages: Collection[str] = (), detour: Detour = STRAIGHT) -> ModelSpec:
        """The model that is to hear `language`, or else what may be any of `languages` (ISO 639-1; empty for any).

        One that knows all of them is preferred to one that knows some. detour: what is gone around. Raises ModelNotFound,
        ModelUnsuited, EgressForbidden, LanguageUnsupported.
        """
        if language is not None or not languages:
            return self._catalog.hearing(name, language, detour)
        suited = self._catalog.hearers(name, None, detour)
        known = [len(set(languages) & set(spec.languages)) for spec in suited]
        if not any(known):
            hears = ", ".join(sorted({one for spec in suited for one in spec.languages}))
            raise LanguageUnsupported(
                f"No installed model hears any of {', '.join(languages)}; what is installed hears: {hears}.", param="languages"
            )
        return suited[known.index(max(known))]

    def translating(self, name: str, detour: Detour = STRAIGHT) -> ModelSpec:
        """The model that is to write English of what it hears. Raises as `hearing`, ModelUnsuited when there is none."""
        return self._able(name, "translates", "translate what it hears into English", detour)

    def telling_languages(self, name: str) -> ModelSpec:
        """The model that is to tell which language is spoken. Raises as `translating`."""
        return self._able(name, "detects_language", "tell which language is spoken")

    def diarizing(self) -> ModelSpec:
        """The model that tells speakers apart. Raises ModelUnsuited when there is none."""
        able = self._of(Capability.DIARIZATION)
        if not able:
            raise ModelUnsuited(f"No model that tells speakers apart is installed. {DIARIZER_REMEDY}", param="response_format")
        return able[0]

    def finding_speech(self, name: str = AUTO) -> ModelSpec:
        """The model that tells when somebody speaks. Raises ModelNotFound, ModelUnsuited, EgressForbidden."""
        return self._catalog.candidates(name, Capability.VOICE_ACTIVITY)[0]

    def judging_turns(self) -> ModelSpec | None:
        """The model that hears whether a speaker is done; None when there is none, as the words alone can tell."""
        return next(iter(self._of(Capability.TURN)), None)

    def _able(self, name: str, fact: str, deed: str, detour: Detour = STRAIGHT) -> ModelSpec:
        suited = self._catalog.hearers(name, None, detour)
        for spec in suited:
            if getattr(self.capabilities_of(spec), fact) and len(spec.languages) > 1:
                return spec
        who = f"Model '{suited[0].id}' cannot" if len(suited) == 1 else "No installed model can"
        raise ModelUnsuited(f"{who} {deed}. {REMEDY}", param="model")

    def _of(self, capability: Capability) -> Sequence[ModelSpec]:
        return [spec for spec in self._catalog.models if spec.capability is capability]
