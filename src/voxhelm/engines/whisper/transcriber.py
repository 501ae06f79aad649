"""A recording into segments."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from voxhelm.domain.errors import LanguageUnsupported, ModelUnsuited
from voxhelm.domain.language_guess import LanguageGuess
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.domain.word import Word
from voxhelm.engines.whisper.activity import SpeechProbabilities
from voxhelm.engines.whisper.batcher import Batcher
from voxhelm.engines.whisper.job import FRAMES, FRAMES_PER_SECOND, Heard, Job
from voxhelm.engines.whisper.recogniser import Recogniser
from voxhelm.engines.whisper.timestamps import Span
from voxhelm.engines.whisper.windows import Window, WindowOptions, windows
from voxhelm.engines.whisper.wording import TimedWord, divided, within

_SURE: Final = 0.5
"""A language found with this probability is expected in what follows."""


class WhisperTranscriber:
    """Hears recordings of any length, holding a few windows of thirty seconds. Any number of threads may call."""

    def __init__(
        self, recogniser: Recogniser, voice_session: Any, languages: Sequence[str], *, batch_size: int, workers: int
    ) -> None:
        """voice_session: see SpeechProbabilities. batch_size: windows heard together. workers: batches at the same time."""
        self._recogniser = recogniser
        self._voice_session = voice_session
        self._languages = languages
        self._batch_size = batch_size
        self._batcher = Batcher(recogniser.hear, lambda job: job.key, limit=batch_size, workers=workers)

    def transcribe(self, audio: Iterator[Pcm], options: TranscribeOptions, /) -> Iterator[Segment]:
        """Yield the segments of `audio`, 16 kHz, about a sentence each, after each window of up to thirty seconds.

        Silence is never looked at. The first window is heard alone, so that segments come soon; then more and more windows together.
        Each window is in the language given, else in the one found: the likeliest of `options.languages` where the caller knows what may
        be spoken; else the one before it, unless it is surely another. Closing the generator stops the work after the batch under way.
        Raises `LanguageUnsupported`, and `ModelUnsuited` for a translation by an English model.
        """
        if options.language is not None and options.language not in self._languages:
            raise LanguageUnsupported(f"This model does not hear {options.language!r}.", param="language")
        if options.translate and not self._recogniser.multilingual:
            raise ModelUnsuited("This model hears English only, so it cannot translate.", param="model")
        language = options.language if self._recogniser.multilingual else self._languages[0]
        expected: str | None = None
        prefix = self._recogniser.prefix(options.prompt, options.keywords)
        cut = WindowOptions.of(options.chunking)
        with self._batcher.caller():
            for group in _growing(windows(audio, SpeechProbabilities(self._voice_session), cut), self._batch_size):
                jobs = [replace(self._job(window, options, prefix, language), expected=expected) for window in group]
                for window, job, heard in zip(group, jobs, self._batcher.run(jobs), strict=True):
                    if not options.languages and heard.language_probability >= _SURE:
                        expected = heard.language
                    yield from self._segments(window, job, heard)

    def detect_language(self, audio: Iterator[Pcm], languages: Sequence[str], /) -> Iterator[LanguageGuess]:
        """Yield a guess for each window of up to thirty seconds in which somebody speaks. Raises `ModelUnsuited` for an English model."""
        if not self._recogniser.multilingual:
            raise ModelUnsuited("This model hears English only, so it cannot tell languages.", param="model")
        for window in windows(audio, SpeechProbabilities(self._voice_session)):
            job = self._job(window, TranscribeOptions(languages=tuple(languages)), (), None)
            (probabilities,) = self._recogniser.detect_languages([job])
            yield LanguageGuess(window.start_seconds, window.start_seconds + window.duration_seconds, probabilities)

    def _job(self, window: Window, options: TranscribeOptions, prefix: tuple[int, ...], language: str | None) -> Job:
        return Job(
            features=self._recogniser.features(window.samples),
            frames=_frames(window),
            prefix=prefix,
            language=language,
            translated=options.translate,
            temperature=options.temperature or None,
            word_times=options.word_times,
            languages=tuple(one for one in options.languages if one in self._languages),
        )

    def _segments(self, window: Window, job: Job, heard: Heard) -> Iterator[Segment]:
        """The segments of a window; what the network did not finish is heard again from there on."""
        while True:
            for span, words in zip(heard.writing.spans, heard.words, strict=True):
                yield from self._divided(span, words, window, job, heard)
            if heard.writing.unheard_from_seconds is None:
                return
            window = window.after(heard.writing.unheard_from_seconds)
            features = self._recogniser.features(window.samples)
            job = replace(job, features=features, frames=_frames(window), language=heard.language)
            (heard,) = self._batcher.run([job])

    def _divided(self, span: Span, words: Sequence[TimedWord], window: Window, job: Job, heard: Heard) -> Iterator[Segment]:
        if not words:
            yield from self._segment(span, (), window, heard)
            return
        for part in divided(within(words, span.start_seconds, span.end_seconds)):
            whole = len(part) == len(words)
            tokens = tuple(token for word in part for token in word.tokens)
            piece = span if whole else Span(part[0].start_seconds, part[-1].end_seconds, tokens)
            yield from self._segment(piece, part if job.word_times else (), window, heard)

    def _segment(self, span: Span, words: Sequence[TimedWord], window: Window, heard: Heard) -> Iterator[Segment]:
        text = self._recogniser.text(span.tokens).strip()
        if not text:
            return
        shift = window.start_seconds
        yield Segment(
            text=text,
            start_seconds=shift + span.start_seconds,
            end_seconds=shift + span.end_seconds,
            words=tuple(
                Word(word.text.strip(), shift + word.start_seconds, shift + word.end_seconds, word.confidence) for word in words
            ),
            language=heard.language,
            average_log_probability=heard.transcript.average_log_probability,
            no_speech_probability=heard.transcript.no_speech_probability,
            temperature=heard.transcript.temperature,
            tokens=span.tokens,
        )


def _frames(window: Window) -> int:
    return min(FRAMES, round(window.duration_seconds * FRAMES_PER_SECOND))


def _growing(found: Iterator[Window], most: int) -> Iterator[list[Window]]:
    """One window, then two, then four and so on, up to `most` at a time."""
    size = 1
    group: list[Window] = []
    for window in found:
        group.append(window)
        if len(group) == size:
            yield group
            group, size = [], min(2 * size, most)
    if group:
        yield group
