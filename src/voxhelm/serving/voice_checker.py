"""Say sentences with a voice, hear them back, and count what was not understood."""

import asyncio
import hashlib
import io
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from voxhelm.audio.formats import AudioFormat
from voxhelm.catalog.aliases import AUTO
from voxhelm.catalog.model_identity import ModelIdentities
from voxhelm.catalog.models import Catalog
from voxhelm.catalog.voices import ChosenVoice, VoiceBook, primary
from voxhelm.domain.caller import Caller, Priority
from voxhelm.domain.errors import LanguageUnsupported, ModelNotFound, ParameterInvalid, VoxhelmError
from voxhelm.domain.model import ModelSpec
from voxhelm.domain.options import TranscribeOptions
from voxhelm.kit.clock import Clock
from voxhelm.serving.hear import HearingRequest
from voxhelm.serving.narrator import Says
from voxhelm.serving.quality_book import QualityBook
from voxhelm.serving.routed_hearing import Hears
from voxhelm.serving.speak import SpeechRequest
from voxhelm.serving.voice_check import CheckedSentence, Verdict, VoiceCheck
from voxhelm.serving.voice_verdict import QualityOptions, fault, usual_rate
from voxhelm.telemetry.metrics import Metrics
from voxhelm.text.check_sentences import CHECK_SENTENCES
from voxhelm.text.error_rates import ErrorCount, count_errors, total
from voxhelm.text.transcript import joined

# Nobody waits for it: whoever does goes first.
CALLER: Final = Caller("voice check", Priority.BATCH)
MOST_SENTENCES: Final = 100
LONGEST_SENTENCE_CHARACTERS: Final = 500


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What is to be checked.

    voice: any name of a voice; None for the operator's names. language: ISO 639-1; None for every language that the name stands for.
    sentences: to be said instead of those that are built in; empty for these.
    """

    voice: str | None = None
    language: str | None = None
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A voice in a language. name: what it is called by whoever wants it checked."""

    name: str
    chosen: ChosenVoice

    @property
    def voice(self) -> str:
        """As `model/voice`."""
        return f"{self.chosen.spec.id}/{self.chosen.voice.id}"

    @property
    def language(self) -> str:
        """ISO 639-1."""
        return self.chosen.language


class VoiceChecker:
    """The use case: find out how well a voice can be understood. What was heard is kept in the book."""

    def __init__(
        self,
        catalog: Catalog,
        voices: VoiceBook,
        speaker: Says,
        listener: Hears,
        book: QualityBook,
        metrics: Metrics,
        desk: "CheckDesk",
    ) -> None:
        """speaker, listener: those that go around nobody, and keep nothing."""
        self._catalog = catalog
        self._voices = voices
        self._speaker = speaker
        self._listener = listener
        self.book = book
        self._metrics = metrics
        self._desk = desk
        self._identities = ModelIdentities()
        for record in book.records():
            if record.last is not None:
                self._show(record.last, degraded=record.standing.degraded)

    def targets(self, request: CheckRequest) -> list[Target]:
        """The voices that are meant, each in its language. Raises VoiceNotFound, LanguageUnsupported, EgressForbidden."""
        if request.voice is not None:
            return self._named(request.voice, request.language)
        if request.language is None:
            names = [voice.id for voice in self._voices.listed(variants=False) if voice.kind == "logical"]
        else:
            listed = self._voices.listed(variants=False)
            speaking = (one for one in listed if one.kind == "engine" and request.language in map(primary, one.languages))
            names = [one.id if "/" in one.id else f"{one.model}/{one.id}" for one in speaking]
        found = [target for name in names for target in self._named(name, request.language)]
        return list({(target.voice, target.language): target for target in found}.values())

    async def check(self, request: CheckRequest) -> AsyncGenerator[VoiceCheck]:
        """Check the voices that are meant, one after the other, and yield what came of each. Raises as `targets`, ParameterInvalid."""
        _require_sense(request.sentences)
        for target in self.targets(request):
            yield await self.check_one(target, request.sentences)

    async def check_one(self, target: Target, sentences: Sequence[str] = ()) -> VoiceCheck:
        """Check one voice, keep the result and say how the voice stands in the metrics.

        sentences: instead of those that are built in. What is heard of these is no reason to go around a voice: anybody may give any.
        """
        wanted = tuple(sentences) or tuple(CHECK_SENTENCES.get(target.language, ()))
        check = await self._checked(target, wanted)
        record = await asyncio.to_thread(self.book.add, check, counts=not sentences)
        if not sentences:
            self._show(check, degraded=record.standing.degraded)
        self._metrics.voice_checks.labels(voice=check.voice, language=check.language, verdict=check.verdict.value).inc()
        return check

    def ear(self, language: str) -> ModelSpec | None:
        """Who hears a language back: the first of its route that stays in the local network; None when nobody does."""
        try:
            able = self._catalog.hearers(AUTO, language)
        except (LanguageUnsupported, ModelNotFound):
            return None
        return next((spec for spec in able if language in spec.languages and spec.egress_host is None), None)

    def _named(self, name: str, language: str | None) -> list[Target]:
        languages = [language] if language is not None else [*self._voices.languages_of(name), self._desk.default_language]
        found = [Target(name, self._voices.choose(name, AUTO, lambda one=one: [one])) for one in dict.fromkeys(languages)]  # type: ignore[misc]
        if language is not None:
            # A voice that speaks something else says the sentences of the language all the same: it was asked for.
            found = [replace(target, chosen=replace(target.chosen, language=language)) for target in found]
        return list({(target.voice, target.language): target for target in found}.values())

    async def _checked(self, target: Target, sentences: tuple[str, ...]) -> VoiceCheck:
        spec, ear = target.chosen.spec, self.ear(target.language)
        material = hashlib.sha256("\n".join(sentences).encode()).hexdigest()[:16]
        check = VoiceCheck(
            target.name,
            target.voice,
            spec.id,
            target.language,
            await self._identity(spec),
            f"{ear.id} {await self._identity(ear)}" if ear is not None else None,
            material,
            self._desk.clock.unix_seconds(),
            Verdict.UNHEARD,
            None,
            self._desk.options.limit(target.voice),
        )
        if ear is None or check.recogniser is None:
            return replace(check, reason=f"no installed recogniser in this network hears '{target.language}'")
        if not sentences:
            return replace(check, reason=f"there are no sentences in '{target.language}'; give some")
        try:
            told = [await self._said_and_heard(target, ear, sentence) for sentence in sentences]
        except VoxhelmError as error:
            return replace(check, verdict=Verdict.FAILED, reason=error.message)
        return self._judged(check, told)

    def _judged(self, check: VoiceCheck, told: Sequence[tuple[CheckedSentence, ErrorCount]]) -> VoiceCheck:
        count = total(one for _, one in told)
        rate, limit = count.word_error_rate, check.word_error_limit
        usual = usual_rate(self.book.earlier_rates(check.voice, check.language, check.recogniser or "", check.material), limit)
        reason = fault(rate, usual, limit, self._desk.options.margin)
        return replace(
            check,
            verdict=Verdict.GOOD if reason is None else Verdict.WORSE,
            reason=reason,
            usual_word_error_rate=usual,
            words=count.words,
            word_error_rate=rate,
            character_error_rate=count.character_error_rate,
            sentences=tuple(sentence for sentence, _ in told),
        )

    async def _said_and_heard(self, target: Target, ear: ModelSpec, text: str) -> tuple[CheckedSentence, ErrorCount]:
        request = SpeechRequest(text, AUTO, target.voice, AudioFormat.WAV, caller=CALLER, cached=False)
        reply = await self._speaker.speak(request)
        try:
            sound = b"".join([chunk async for chunk in reply.chunks])
        finally:
            await reply.aclose()
        options = TranscribeOptions(language=target.language)
        hearing = await self._listener.hear(HearingRequest(io.BytesIO(sound), ear.id, options, CALLER))
        try:
            heard = joined([segment async for segment in hearing.segments])
        finally:
            await hearing.aclose()
        count = count_errors(text, heard)
        return CheckedSentence(text, heard, count.word_error_rate, count.character_error_rate), count

    async def _identity(self, spec: ModelSpec) -> str:
        return await asyncio.to_thread(self._identities.of, spec, self._catalog.reference_of(spec.id))

    def _show(self, check: VoiceCheck, *, degraded: bool) -> None:
        labels = {"voice": check.voice, "language": check.language}
        if check.word_error_rate is not None and check.character_error_rate is not None:
            self._metrics.voice_word_error_rate.labels(**labels).set(check.word_error_rate)
            self._metrics.voice_character_error_rate.labels(**labels).set(check.character_error_rate)
            self._metrics.voice_degraded.labels(**labels).set(degraded)


@dataclass(frozen=True, slots=True)
class CheckDesk:
    """What a checker is told. default_language: ISO 639-1, of names that stand for a voice of any language."""

    options: QualityOptions
    clock: Clock
    default_language: str = "en"


def _require_sense(sentences: Sequence[str]) -> None:
    if len(sentences) > MOST_SENTENCES:
        raise ParameterInvalid(f"There are {len(sentences)} sentences; {MOST_SENTENCES} are enough.", param="sentences")
    for sentence in sentences:
        if not any(letter.isalnum() for letter in sentence):
            raise ParameterInvalid("A sentence has no letter.", param="sentences")
        if len(sentence) > LONGEST_SENTENCE_CHARACTERS:
            raise ParameterInvalid(
                f"A sentence has {len(sentence)} characters; {LONGEST_SENTENCE_CHARACTERS} are enough.", param="sentences"
            )
