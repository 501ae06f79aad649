"""Which language somebody speaks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """The languages that a stretch of speech may be in.

    start_seconds, end_seconds: of the stretch, from the beginning of the audio.
    probabilities: ISO 639-1 code and probability, 0 to 1, the likeliest first.
    """

    start_seconds: float
    end_seconds: float
    probabilities: tuple[tuple[str, float], ...]
