"""A word with its place in time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """One word, heard or said.

    start_seconds, end_seconds: from the beginning of the audio it belongs to.
    confidence: 0 to 1 when a recogniser gives one.
    text_offset: index of its first character in the text that was given to be said; None for heard words.
    estimated: whether the times are in proportion to letters, since the engine told none.
    """

    text: str
    start_seconds: float
    end_seconds: float
    confidence: float | None = None
    text_offset: int | None = None
    estimated: bool = False
