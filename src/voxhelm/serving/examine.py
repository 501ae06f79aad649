"""Examine a recording without writing down what is said: when somebody speaks, and in which language."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from voxhelm.audio.decode import decode
from voxhelm.audio.utterances import CutOptions
from voxhelm.catalog.models import Catalog
from voxhelm.catalog.recognisers import Recognisers
from voxhelm.domain.caller import Caller
from voxhelm.domain.errors import LanguageUnsupported
from voxhelm.domain.language_guess import LanguageGuess
from voxhelm.domain.model import ModelSpec
from voxhelm.domain.pcm import Pcm
from voxhelm.hosting.host import Host
from voxhelm.kit.threads import iterate_in_thread
from voxhelm.residency.manager import Residency
from voxhelm.serving.admission import Admission
from voxhelm.serving.utterances import utterances

READ_AHEAD_PIECES: Final = 8
# Longer speech is found in parts that are put together again, so that its sound need not be kept.
LONGEST_PART_SECONDS: Final = 60.0
# A part ends where the next begins, but for the rounding to samples.
TOUCHING_SECONDS: Final = 0.001
# As much speech as Whisper looks at once; more hardly makes it surer.
ENOUGH_SPEECH_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Somebody speaks: from when to when, in seconds from the beginning."""

    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class SpokenLanguage:
    """What is spoken. probabilities: ISO 639-1 code and probability, the likeliest first; empty when nobody speaks."""

    spec: ModelSpec
    probabilities: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class SpeechTimes:
    """When somebody speaks, in order of time."""

    spec: ModelSpec
    stretches: tuple[Stretch, ...]


class Examiner:
    """The use case: what is in a recording, in flat memory."""

    def __init__(self, catalog: Catalog, residency: Residency, admission: Admission) -> None:
        """Take what it needs."""
        self._recognisers = Recognisers(catalog)
        self._residency = residency
        self._admission = admission

    async def speech_times(self, source: BinaryIO, model: str, cut: CutOptions, caller: Caller) -> SpeechTimes:
        """When somebody speaks. cut: its padding is added to the stretches, as far as they stay apart.

        Raises AudioUnreadable, AudioEmpty, and what choosing and loading a model raise.
        """
        spec = self._recognisers.finding_speech(model)
        parts = replace(cut, longest_seconds=min(cut.longest_seconds, LONGEST_PART_SECONDS), padding_seconds=0.0)
        stretches: list[Stretch] = []
        async with self._at_work(spec, source, caller) as (host, sound), aclosing(utterances(host, sound, parts)) as found:
            async for utterance in found:
                end_seconds = utterance.start_seconds + utterance.pcm.duration_seconds
                _add(stretches, Stretch(utterance.start_seconds, end_seconds), cut.longest_seconds)
        return SpeechTimes(spec, tuple(_padded(stretches, cut.padding_seconds)))

    async def spoken_language(self, source: BinaryIO, model: str, languages: Sequence[str], caller: Caller) -> SpokenLanguage:
        """In which of `languages` (all, when there are none) the first half minute of speech is.

        Raises AudioUnreadable, AudioEmpty, ModelUnsuited when no model can tell, LanguageUnsupported, and what choosing and loading
        a model raise.
        """
        spec = self._recognisers.telling_languages(model)
        possible = [language for language in languages if language in spec.languages]
        if languages and not possible:
            raise LanguageUnsupported(f"Model '{spec.id}' knows none of {', '.join(languages)}.", param="languages")
        guesses: list[LanguageGuess] = []
        heard_seconds = 0.0
        async with self._at_work(spec, source, caller) as (host, sound), aclosing(host.detect_language(sound, possible)) as found:
            async for guess in found:
                guesses.append(guess)
                heard_seconds += guess.end_seconds - guess.start_seconds
                if heard_seconds >= ENOUGH_SPEECH_SECONDS:
                    break
        return SpokenLanguage(spec, _together(guesses))

    @asynccontextmanager
    async def _at_work(self, spec: ModelSpec, source: BinaryIO, caller: Caller) -> AsyncGenerator[tuple[Host, AsyncGenerator[Pcm]]]:
        """The loaded model and the decoded sound."""
        rate_hz = self._recognisers.capabilities_of(spec).input_rate_hz or 16_000
        async with AsyncExitStack() as stack:
            decoded = iterate_in_thread(lambda: decode(source, rate_hz=rate_hz), depth=READ_AHEAD_PIECES, name="voxhelm-decode")
            await stack.enter_async_context(aclosing(decoded))
            first = await anext(decoded)
            sound = await stack.enter_async_context(aclosing(_again(first, decoded)))
            await stack.enter_async_context(self._admission.turn(spec.id, caller))
            (lease,) = await self._residency.lease_all([spec.id])
            yield (await stack.enter_async_context(lease)).host, sound


async def _again(first: Pcm, rest: AsyncGenerator[Pcm]) -> AsyncGenerator[Pcm]:
    yield first
    async for pcm in rest:
        yield pcm


def _add(stretches: list[Stretch], stretch: Stretch, longest_seconds: float) -> None:
    """Append a stretch, or go on with the last where it was only divided."""
    if stretches:
        last = stretches[-1]
        touches = stretch.start_seconds - last.end_seconds < TOUCHING_SECONDS
        if touches and stretch.end_seconds - last.start_seconds <= longest_seconds:
            stretches[-1] = Stretch(last.start_seconds, stretch.end_seconds)
            return
    stretches.append(stretch)


def _padded(stretches: Sequence[Stretch], seconds: float) -> list[Stretch]:
    """With some of the silence around them; neighbours share what is between them."""
    padded: list[Stretch] = []
    for index, stretch in enumerate(stretches):
        before = stretches[index - 1].end_seconds if index else -stretch.start_seconds
        after = stretches[index + 1].start_seconds if index + 1 < len(stretches) else float("inf")
        padded.append(
            Stretch(
                stretch.start_seconds - min(seconds, (stretch.start_seconds - before) / 2),
                stretch.end_seconds + min(seconds, (after - stretch.end_seconds) / 2),
            )
        )
    return padded


def _together(guesses: Sequence[LanguageGuess]) -> tuple[tuple[str, float], ...]:
    """One answer of several, each as weighty as it is long."""
    total_seconds = sum(guess.end_seconds - guess.start_seconds for guess in guesses)
    sums: dict[str, float] = {}
    for guess in guesses:
        share = (guess.end_seconds - guess.start_seconds) / total_seconds
        for language, probability in guess.probabilities:
            sums[language] = sums.get(language, 0.0) + share * probability
    return tuple(sorted(sums.items(), key=lambda one: -one[1]))
