"""From the name of a voice to a model and one of its voices."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from voxhelm.catalog.aliases import AUTO, VOICE_NAMES
from voxhelm.catalog.cloned_voices import ClonedVoices
from voxhelm.catalog.detour import STRAIGHT, Detour
from voxhelm.catalog.models import Catalog
from voxhelm.catalog.near import did_you_mean
from voxhelm.domain.cloned_voice import ClonedVoice
from voxhelm.domain.engine import Capabilities
from voxhelm.domain.errors import CloningUnsupported, LanguageUnsupported, VoiceNotFound
from voxhelm.domain.model import Capability, ModelSpec
from voxhelm.domain.voice import Voice

# Where a bare language is ambiguous, the variety that most of its speakers expect.
USUAL_REGION: Final = {"en": "en-us", "es": "es", "pt": "pt", "fr": "fr", "zh": "cmn"}


@dataclass(frozen=True, slots=True)
class LogicalVoice:
    """A name an operator gives to a voice, so that clients need not change when it does.

    model: None leaves it to the language. voice: an id of that model, None for its usual voice.
    language: ISO 639-1; `auto` for that of the text, None for the name itself.
    by_language: what speaks texts in these languages (ISO 639-1) instead.
    """

    model: str | None = None
    voice: str | None = None
    language: str | None = None
    by_language: Mapping[str, "LogicalVoice"] = field(default_factory=dict)

    @property
    def depends_on_text(self) -> bool:
        """Whether which voice it is cannot be told without a text."""
        return bool(self.by_language) or (self.language == AUTO and self.voice is None)


@dataclass(frozen=True, slots=True)
class ChosenVoice:
    """What a name has led to. language: ISO 639-1 of the voice. reference: the sample of a cloned one."""

    spec: ModelSpec
    voice: Voice
    language: str
    reference: Path | None = None


@dataclass(frozen=True, slots=True)
class ListedVoice:
    """An entry of the public list. kind: "logical", "openai", "cloned" or "engine"; model: None where it depends on the text."""

    id: str
    name: str
    languages: tuple[str, ...]
    gender: str | None
    model: str | None
    kind: str


class VoiceBook:
    """Knows every voice of every installed model that speaks."""

    def __init__(
        self,
        catalog: Catalog,
        logical: Mapping[str, LogicalVoice],
        openai_voices: Mapping[str, str],
        cloned: ClonedVoices | None = None,
    ) -> None:
        """logical: the operator's names. openai_voices: OpenAI's names that shall mean something else than the automatic choice."""
        self._cloned = cloned
        self._catalog = catalog
        self._logical = logical
        self._openai = {name: openai_voices.get(name, AUTO) for name in VOICE_NAMES}
        self._voices: Mapping[str, Mapping[str, Voice]] = {}
        self.adopt(self.read(catalog.models))

    def read(self, found: Sequence[ModelSpec], fresh: Collection[str] = ()) -> Mapping[str, Mapping[str, Voice]]:
        """The voices of what `Catalog.scan` has found. Looks at the disk, so not on the event loop; changes nothing here.

        fresh: ids of models whose voices may be others than they were; those of the rest are taken as they are known.
        """
        voices: dict[str, Mapping[str, Voice]] = {}
        for spec in found:
            if spec.capability is Capability.SPEECH and self._catalog.allows(spec):
                known = self._voices.get(spec.id) if spec.id not in fresh else None
                voices[spec.id] = known or {voice.id.lower(): voice for voice in self._catalog.engine_for(spec).voices(spec)}
        return voices

    def adopt(self, voices: Mapping[str, Mapping[str, Voice]]) -> None:
        """Take what `read` has found for what there is, in the same moment as the catalogue does."""
        self._voices = voices

    def choose(
        self,
        name: str | None,
        model: str,
        guess_languages: Callable[[], Sequence[str]],
        script: str | None = None,
        detour: Detour = STRAIGHT,
    ) -> ChosenVoice:
        """The voice that `name` means with the model that `model` means.

        name: a logical name, an OpenAI name, a language, an engine's voice id, `model/voice`, or None and `auto` for the automatic choice.
        guess_languages: asked for what the text may be in (ISO 639-1), the likeliest first, only when nothing else decides.
        script: what the text is written in, as in `text.scripts`; models that cannot read it are passed over, and refused by name.
        detour: what is gone around: another voice of the same language speaks, whoever named the one that does not.
        Raises VoiceNotFound, LanguageUnsupported, ModelNotFound, ModelUnsuited, EgressForbidden.
        """
        chosen = self._choose(name, self._catalog.candidates(model, Capability.SPEECH), guess_languages, script)
        if detour:
            chosen = self._around(chosen, detour, script)
        if not self._reads(chosen.spec, script):
            raise LanguageUnsupported(
                f"Voice '{chosen.voice.id}' of {chosen.spec.id} cannot read {script} letters. Leave the voice out, or choose another one.",
                param="voice",
            )
        return chosen

    def _choose(
        self, name: str | None, candidates: Sequence[ModelSpec], guess_languages: Callable[[], Sequence[str]], script: str | None
    ) -> ChosenVoice:
        wanted = name or AUTO
        if wanted not in self._logical:
            wanted = self._openai.get(wanted, wanted)
        logical = self._logical.get(wanted)
        if logical is not None:
            languages = guess_languages if logical.language in (None, AUTO) else lambda: [logical.language or AUTO]
            return _in_language(self._choose_logical(wanted, logical, candidates, guess_languages, script), languages)
        if wanted == AUTO:
            return self._by_language(guess_languages(), candidates, script)
        return _in_language(self._by_id(wanted, candidates, script, guess_languages), guess_languages)

    def _around(self, chosen: ChosenVoice, detour: Detour, script: str | None) -> ChosenVoice:
        """What was chosen, or whoever speaks its language instead."""
        others = [
            ChosenVoice(spec, voice, chosen.language)
            for spec in self.route(chosen.language)
            if self._reads(spec, script) and (voice := self._speaking(chosen.language, spec)) is not None
        ]
        found = [chosen, *others]
        best = detour.best([(one.spec.id, one.voice.id) for one in found])
        if best is None:
            raise LanguageUnsupported(f"No other installed voice speaks '{chosen.language}'.", param="voice")
        return found[best]

    def route(self, language: str) -> Sequence[ModelSpec]:
        """The models that are tried for a text in a language (ISO 639-1), in order; those that do not speak it, too."""
        return self._catalog.routes.ordered(Capability.SPEECH, language, self._catalog.candidates(AUTO, Capability.SPEECH))

    def usual_voice(self, language: str, spec: ModelSpec) -> Voice | None:
        """Who of a model speaks a language when nobody is named; None when it does not."""
        return self._speaking(language, spec)

    def languages_of(self, name: str) -> tuple[str, ...]:
        """The languages (ISO 639-1) in which an operator's name stands for a voice of its own; empty for any other name."""
        logical = self._logical.get(name)
        return tuple(logical.by_language) if logical is not None else ()

    def is_for_one_model(self, name: str | None) -> bool:
        """Whether `name` is that of a voice which one model has, and none of the operator's, of OpenAI's or of a language."""
        wanted = name or AUTO
        known = wanted == AUTO or wanted in self._logical or wanted in self._openai
        return not known and not any(primary(one) == wanted.lower() for spec in self._catalog.models for one in spec.languages)

    def _reads(self, spec: ModelSpec, script: str | None) -> bool:
        scripts = self._catalog.engine_of(spec.id).capabilities.scripts
        return script is None or scripts is None or script in scripts

    def capabilities(self, spec: ModelSpec) -> Capabilities:
        """What the engine of a model can do."""
        return self._catalog.engine_for(spec).capabilities

    def changes_speed(self, spec: ModelSpec) -> bool:
        """Whether the engine of a model speaks faster and slower by itself."""
        return self._catalog.engine_for(spec).capabilities.speed

    def any_voice(self, spec: ModelSpec) -> Voice:
        """Some voice of a model, for its first call."""
        return next(iter(self._voices[spec.id].values()))

    def listed(self, *, variants: bool) -> Iterator[ListedVoice]:
        """Every voice: the operator's names, OpenAI's, then each engine's own.

        variants: also those that are a colour of another voice, thousands of them.
        """
        for name, logical in self._logical.items():
            if logical.depends_on_text:
                yield ListedVoice(name, name.capitalize(), tuple(logical.by_language), None, None, "logical")
                continue
            chosen = self._choose_logical(name, logical, self._catalog.candidates(AUTO, Capability.SPEECH), tuple)
            yield ListedVoice(name, chosen.voice.name, chosen.voice.languages, chosen.voice.gender, chosen.spec.id, "logical")
        for name in self._openai:
            if name not in self._logical:
                yield ListedVoice(name, name.capitalize(), (), None, None, "openai")
        for cloned in self._cloned.voices() if self._cloned is not None else ():
            yield ListedVoice(cloned.id, cloned.name, self._cloned_languages(), None, None, "cloned")
        for model_id, voices in self._voices.items():
            for voice in voices.values():
                if variants or voice.variant_of is None:
                    # A name that stands for something else is still to be had, by its full name.
                    name = f"{model_id}/{voice.id}" if voice.id in self._logical or voice.id in self._openai else voice.id
                    yield ListedVoice(name, voice.name, voice.languages, voice.gender, model_id, "engine")

    def _choose_logical(
        self,
        name: str,
        logical: LogicalVoice,
        candidates: Sequence[ModelSpec],
        guess_languages: Callable[[], Sequence[str]],
        script: str | None = None,
    ) -> ChosenVoice:
        if logical.depends_on_text:
            guessed = guess_languages()
            told = logical.by_language.get(guessed[0])
            if told is None and logical.voice is None and logical.model is None:
                return self._by_language(guessed, candidates, script)
            logical = replace(told or logical, by_language={}, language=guessed[0])
        if logical.model is not None:
            candidates = self._catalog.candidates(logical.model, Capability.SPEECH)
        if logical.voice is not None:
            return self._by_id(logical.voice, candidates, script, guess_languages)
        return self._by_language([logical.language or name], candidates, script)

    def _by_id(
        self, wanted: str, candidates: Sequence[ModelSpec], script: str | None, guess_languages: Callable[[], Sequence[str]]
    ) -> ChosenVoice:
        model_id, _, voice_id = wanted.rpartition("/")
        self._catalog.require_allowed(model_id)
        suited = self._catalog.candidates(model_id, Capability.SPEECH) if model_id in self._voices else candidates
        name = voice_id if model_id in self._voices else wanted
        key = name.lower()
        cloned = self._cloned.find(name) if self._cloned is not None else None
        if cloned is not None:
            return self._by_sample(cloned, suited, script, guess_languages)
        for spec in suited:
            voice = self._voices[spec.id].get(key)
            if voice is not None:
                return ChosenVoice(spec, voice, primary(voice.languages[0]))
        if any(primary(language) == key for spec in suited for language in spec.languages):
            return self._by_language([key], suited, script)
        for spec in suited:
            made = self._catalog.engine_of(spec.id).find_voice(self._voices[spec.id], name)
            if made is not None:
                return ChosenVoice(spec, made, primary(made.languages[0]))
        raise VoiceNotFound(
            f"There is no voice '{wanted}'.{did_you_mean(wanted, self._names(suited))} GET /v1/audio/voices lists them all.",
            param="voice",
        )

    def _by_sample(
        self, cloned: ClonedVoice, candidates: Sequence[ModelSpec], script: str | None, guess_languages: Callable[[], Sequence[str]]
    ) -> ChosenVoice:
        able = [spec for spec in candidates if self.capabilities(spec).clones]
        if not able:
            self.require_cloning()
            named = ", ".join(spec.id for spec in candidates)
            raise CloningUnsupported(
                f"'{cloned.name}' is a cloned voice, which {named} cannot speak with. Leave `model` out.", param="model"
            )
        assert self._cloned is not None  # noqa: S101 - that is where it is from
        readers = [spec for spec in able if self._reads(spec, script)] or able
        speakers = (spec for language in guess_languages() for spec in readers if language in spec.languages)
        spec = next(speakers, readers[0])
        voice = Voice(cloned.id, cloned.name, spec.languages)
        return ChosenVoice(spec, voice, primary(spec.languages[0]), self._cloned.sample(cloned))

    def require_cloning(self) -> None:
        """Return if some model can speak with a cloned voice. Raises CloningUnsupported, which says how to get one."""
        if not self._cloned_languages():
            raise CloningUnsupported(
                "No installed model clones voices. Chatterbox does: `voxhelm engines install chatterbox`, then `voxhelm pull chatterbox`."
            )

    def knows(self, name: str) -> bool:
        """Whether requests may mean a voice by this name already, cloned ones aside."""
        key = name.lower()
        named = {one.lower() for one in (AUTO, *self._logical, *self._openai)}
        languages = {primary(language) for spec in self._catalog.models for language in spec.languages}
        return key in named or key in languages or any(key in voices for voices in self._voices.values())

    def _cloned_languages(self) -> tuple[str, ...]:
        """What cloned voices can speak."""
        able = [spec for spec in self._catalog.models if spec.capability is Capability.SPEECH and self.capabilities(spec).clones]
        return tuple(dict.fromkeys(language for spec in able for language in spec.languages))

    def _by_language(self, languages: Sequence[str], candidates: Sequence[ModelSpec], script: str | None) -> ChosenVoice:
        # Where no model can read the script, whoever would speak the language is chosen, and refused with a reason.
        readers = [spec for spec in candidates if self._reads(spec, script)] or candidates
        for language in languages:
            for spec in self._catalog.routes.ordered(Capability.SPEECH, language, readers):
                voice = self._speaking(language, spec)
                if voice is not None:
                    return ChosenVoice(spec, voice, language)
        raise LanguageUnsupported(
            f"No voice of {', '.join(spec.id for spec in candidates)} speaks '{languages[0]}'. Name a voice, or another model.",
            param="voice",
        )

    def _speaking(self, language: str, spec: ModelSpec) -> Voice | None:
        voices = self._voices[spec.id]
        usual = voices.get(USUAL_REGION.get(language, language))
        return usual or next((voice for voice in voices.values() if language in map(primary, voice.languages)), None)

    def _names(self, candidates: Sequence[ModelSpec]) -> list[str]:
        return [
            *self._logical,
            *self._openai,
            *(cloned.name for cloned in (self._cloned.voices() if self._cloned is not None else ())),
            *(voice.id for spec in candidates for voice in self._voices[spec.id].values() if voice.variant_of is None),
        ]


def _in_language(chosen: ChosenVoice, guess_languages: Callable[[], Sequence[str]]) -> ChosenVoice:
    """What was chosen, in the language of the text where the voice speaks several; in its best one where it does not speak that."""
    spoken = set(map(primary, chosen.voice.languages))
    if len(spoken) < 2:
        return chosen
    return replace(chosen, language=next((one for one in guess_languages() if one in spoken), chosen.language))


def primary(tag: str) -> str:
    """The language of a BCP 47 tag: `en` of `en-us`."""
    return tag.partition("-")[0].lower()
