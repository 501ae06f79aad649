"""What is heard when: the words of a reply with their times."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

WORD_WITH_GAP: Final = re.compile(r"\s*\S+\s*")
# About 150 words a minute.
SPOKEN_MS_PER_LETTER: Final = 67.0


@dataclass(frozen=True, slots=True)
class Span:
    """A word with what stands between it and the next one, so that the texts of all spans make the transcript.

    start_ms, end_ms: from the beginning of the item's sound. estimated: whether the times are in proportion to letters.
    """

    text: str
    start_ms: float
    end_ms: float
    estimated: bool = False


def heard_text(spans: Iterable[Span], heard_ms: float) -> str:
    """The words that have been heard to their end after so much of the sound, without what follows the last one."""
    return "".join(span.text for span in spans if span.end_ms <= heard_ms).rstrip()


def heard_spans(spans: Iterable[Span], heard_ms: float) -> tuple[Span, ...]:
    """The same, with their times."""
    return tuple(span for span in spans if span.end_ms <= heard_ms)


def completed(spans: tuple[Span, ...], transcript: str, sound_ms: float) -> tuple[Span, ...]:
    """The spans of all of a transcript, in order: their texts make it.

    An engine may tell its words after their sound, or leave some out, and a reply that is broken off never learns the rest. Words that no
    span tells of are laid over the sound between their neighbours, in proportion to letters. At the end they are laid over the sound that
    there is, and where that is too short for them at the pace of speech: what was not made was not heard. sound_ms: made so far.
    """
    made: list[Span] = []
    place, end_ms = 0, 0.0
    for span in spans:
        found = transcript.find(span.text, place)
        if found < 0:
            continue
        made += _laid(transcript[place:found], end_ms, span.start_ms)
        made.append(span)
        place, end_ms = found + len(span.text), span.end_ms
    rest = transcript[place:]
    # Of a sentence under way nobody knows how long it will be; it is no shorter than its sound so far.
    made += _laid(rest, end_ms, max(sound_ms, end_ms + len(rest) * _ms_per_letter(spans)))
    return tuple(made)


def _laid(text: str, start_ms: float, end_ms: float) -> list[Span]:
    """Words one after the other over a stretch of time, in proportion to their letters."""
    words = WORD_WITH_GAP.findall(text)
    ms_per_letter = max(0.0, end_ms - start_ms) / max(1, sum(map(len, words)))
    laid: list[Span] = []
    for word in words:
        until_ms = start_ms + len(word) * ms_per_letter
        laid.append(Span(word, start_ms, until_ms, estimated=True))
        start_ms = until_ms
    return laid


def _ms_per_letter(spans: tuple[Span, ...]) -> float:
    letters = sum(len(span.text) for span in spans)
    return (spans[-1].end_ms - spans[0].start_ms) / letters if letters else SPOKEN_MS_PER_LETTER
