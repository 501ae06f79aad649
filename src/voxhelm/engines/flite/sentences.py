"""Cutting a text into sentences: Flite gives the sound of a whole piece at once, so the first one decides how soon one hears it."""

import re
from collections.abc import Iterator
from typing import Final

# About 20 seconds of sound, a quarter of a second of work.
LONGEST_CHARACTERS: Final = 300

SENTENCE_END: Final = re.compile(r"[.!?]+[\"')\]]*\s+|\n\s*\n\s*")
CLAUSE_END: Final = re.compile(r"[,;:]+[\"')\]]*\s+|\s-+\s+")
SPACE: Final = re.compile(r"\s+")
# A full stop after these does not end a sentence; neither does one after a single letter.
SHORT_FORM: Final = re.compile(
    r"(?:^|[\s(\"'.])(?:[A-Za-z]|Dr|Mr|Mrs|Ms|Prof|St|No|vs|etc|Jr|Sr|Gen|Col|Capt|Lt|Mt|Fig|approx)\.\s+$"
)


def cut(text: str, longest_characters: int = LONGEST_CHARACTERS) -> Iterator[tuple[int, int]]:
    """The start and end of each piece of `text` in order, one sentence each or less; together they are all of `text`."""
    start = 0
    while start < len(text):
        end = _end(text, start, min(start + longest_characters, len(text)))
        yield start, end
        start = end


def _end(text: str, start: int, limit: int) -> int:
    for found in SENTENCE_END.finditer(text, start, limit):
        if not SHORT_FORM.search(text, start, found.end()):
            return found.end()
    if limit == len(text):
        return limit
    for pattern in (CLAUSE_END, SPACE):
        end = max((found.end() for found in pattern.finditer(text, start, limit)), default=start)
        if end > start:
            return end
    return limit
