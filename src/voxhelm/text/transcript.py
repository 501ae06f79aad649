"""Segments into running text."""

import re
from collections.abc import Iterable
from typing import Final

from voxhelm.domain.segment import Segment

# Scripts written without spaces between words: Thai to Burmese, Khmer, Chinese and Japanese with their punctuation.
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60]"
)
_CLOSING: Final = frozenset(",.;:!?)]}»”’…%")


def joined(segments: Iterable[Segment]) -> str:
    """The text of `segments` as one, with a space between where their language has one. Segments without text leave no trace."""
    text: list[str] = []
    for segment in segments:
        following = segment.text.strip()
        if following:
            text.append(separator(text[-1], following) + following if text else following)
    return "".join(text)


def separator(before: str, after: str) -> str:
    """What belongs between two pieces of text that follow each other: a space or nothing."""
    if not before or not after or after[0] in _CLOSING:
        return ""
    return "" if _UNSPACED.match(before[-1]) or _UNSPACED.match(after[0]) else " "
