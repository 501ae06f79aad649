"""A stretch of transcript."""

from dataclasses import dataclass

from voxhelm.domain.word import Word


@dataclass(frozen=True, slots=True)
class Segment:
    """What was said between two moments, about a sentence or a subtitle long.

    start_seconds, end_seconds: from the beginning of the audio given to the recogniser.
    words: empty when word times were not asked for or the engine has none.
    language: ISO 639-1 code of what was heard, None when the engine did not say.
    average_log_probability, no_speech_probability, temperature: as the engine reports them, None when it does not.
    tokens: the engine's own token ids, empty when it has none.
    speaker: who said it, None where nobody told speakers apart. Engines that hear leave it out.
    """

    text: str
    start_seconds: float
    end_seconds: float
    words: tuple[Word, ...] = ()
    language: str | None = None
    average_log_probability: float | None = None
    no_speech_probability: float | None = None
    temperature: float | None = None
    tokens: tuple[int, ...] = ()
    speaker: str | None = None
