"""Aligned words into segments no longer than a viewer would read at once."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

LONGEST_SEGMENT_SECONDS: Final = 10.0

_SENTENCE_END: Final = re.compile(r"[.!?…。！？؟।][\"'”’»)\]]*\Z")
_CLAUSE_END: Final = re.compile(r"[,;:–—、，；：،؛][\"'”’»)\]]*\Z")
_PAUSE_SECONDS: Final = 0.3


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word as the network wrote it, with the white space before it and the punctuation around it, and when it was said."""

    text: str
    start_seconds: float
    end_seconds: float
    confidence: float
    tokens: tuple[int, ...]


def within(words: Sequence[TimedWord], start_seconds: float, end_seconds: float) -> list[TimedWord]:
    """The words with their times in order and inside a stretch: alignment is a guess that may stray over its edge."""
    kept: list[TimedWord] = []
    earliest = start_seconds
    for word in words:
        begin = min(max(word.start_seconds, earliest), end_seconds)
        earliest = min(max(word.end_seconds, begin), end_seconds)
        kept.append(TimedWord(word.text, begin, earliest, word.confidence, word.tokens))
    return kept


def divided(words: Sequence[TimedWord]) -> Iterator[Sequence[TimedWord]]:
    """Words that take too long, in parts: cut behind a sentence, else a clause, else at a pause, as near to the middle as can be."""
    if len(words) < 2 or words[-1].end_seconds - words[0].start_seconds <= LONGEST_SEGMENT_SECONDS:
        yield words
        return
    cut = _best_cut(words)
    yield from divided(words[:cut])
    yield from divided(words[cut:])


def _best_cut(words: Sequence[TimedWord]) -> int:
    middle_seconds = (words[0].start_seconds + words[-1].end_seconds) / 2

    def worth(count: int) -> tuple[int, float]:
        last, coming = words[count - 1], words[count]
        if _SENTENCE_END.search(last.text):
            rank = 3
        elif _CLAUSE_END.search(last.text):
            rank = 2
        else:
            rank = int(coming.start_seconds - last.end_seconds >= _PAUSE_SECONDS)
        return rank, -abs(last.end_seconds - middle_seconds)

    return max(range(1, len(words)), key=worth)
