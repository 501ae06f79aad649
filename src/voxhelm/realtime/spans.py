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
    """The spans of all of a transcript: what no span tells of yet is laid over the sound that none tells of, in proportion to letters.

    An engine may tell its words after their sound, and a reply that is broken off never learns the rest. Where that rest of the text has
    no sound yet either, it is laid out at the pace of speech, so that what was not made was not heard. sound_ms: made so far.
    """
    known = "".join(span.text for span in spans)
    rest = transcript[len(known) :] if transcript.startswith(known) else ""
    words = WORD_WITH_GAP.findall(rest)
    if not words:
        return spans
    start_ms = spans[-1].end_ms if spans else 0.0
    letters = sum(map(len, words))
    # Of a sentence under way nobody knows how long it will be; it is no shorter than its sound so far.
    ms_per_letter = max((sound_ms - start_ms) / letters, _ms_per_letter(spans))
    laid: list[Span] = []
    for word in words:
        end_ms = start_ms + len(word) * ms_per_letter
        laid.append(Span(word, start_ms, end_ms, estimated=True))
        start_ms = end_ms
    return (*spans, *laid)


def _ms_per_letter(spans: tuple[Span, ...]) -> float:
    letters = sum(len(span.text) for span in spans)
    return (spans[-1].end_ms - spans[0].start_ms) / letters if letters else SPOKEN_MS_PER_LETTER
