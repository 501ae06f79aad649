"""Segments into running text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from voxhelm.domain.segment import Segment

# Scripts written without spaces between words: Thai to Burmese, Khmer, Chinese and Japanese with their punctuation.
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60]"
)
_CLOSING: Final = frozenset(",.;:!?)]}»”’…%")


@dataclass(frozen=True, slots=True)
class ParagraphOptions:
    """When running text gets a blank line.

    pause_seconds: a pause at least this long ends a paragraph; None for a text in one piece. A change of the speaker does, too.
    """

    pause_seconds: float | None = None


def joined(segments: Iterable[Segment], options: ParagraphOptions | None = None) -> str:
    """The text of `segments` as one, with a space between where their language has one. Segments without text leave no trace."""
    running = RunningText(options)
    return "".join(running.push(segment) for segment in segments)


class RunningText:
    """Takes segments one after the other, and gives what each adds to the text."""

    def __init__(self, options: ParagraphOptions | None = None) -> None:
        self._options = options or ParagraphOptions()
        self._last: Segment | None = None

    def push(self, segment: Segment) -> str:
        """What stands before the segment and its text; nothing for a segment without text."""
        text = segment.text.strip()
        if not text:
            return ""
        last, self._last = self._last, segment
        if last is None:
            return text
        return ("\n\n" if self._parts(last, segment) else separator(last.text.strip(), text)) + text

    def _parts(self, last: Segment, segment: Segment) -> bool:
        pause_seconds = self._options.pause_seconds
        if pause_seconds is None:
            return False
        return segment.speaker != last.speaker or segment.start_seconds - last.end_seconds >= pause_seconds


def separator(before: str, after: str) -> str:
    """What belongs between two pieces of text that follow each other: a space or nothing."""
    if not before or not after or after[0] in _CLOSING:
        return ""
    return "" if _UNSPACED.match(before[-1]) or _UNSPACED.match(after[0]) else " "
