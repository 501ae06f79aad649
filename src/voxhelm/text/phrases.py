"""A text that is still being written, into pieces to be said."""

import re
from itertools import pairwise
from typing import Final

from voxhelm.text.sentences import split_sentences

# The first piece: long enough to be a phrase. A reader who waits for the end of a long sentence waits longer than a listener does.
SHORTEST_FIRST_CHARACTERS: Final = 20
LONGEST_CHARACTERS: Final = 400
# Where a sentence may have ended, or has to: asking the splitter after every few letters would cost more than the rest.
_MAY_END: Final = re.compile(r"[.!?…。！？।؟\n][\"'”’»)\]*_]*\s*\S|\n")
_CLAUSE_END: Final = re.compile(r"[,;:—–][\"'”’»)\]]*\s(?=\s*\S)|[、，；：،؛](?=\S)")


class Phrases:
    """Takes a text as it is written, and gives sentences as soon as something stands behind them; the first piece may be a clause."""

    def __init__(self, language: str | None) -> None:
        """language: ISO 639-1, where it is known."""
        self._language = language
        self._held = ""
        self._given = False

    def push(self, delta: str) -> list[str]:
        """The next of the text; the pieces that are complete, with the white space behind them."""
        self._held += delta
        found: list[str] = []
        if _MAY_END.search(self._held) or len(self._held) > LONGEST_CHARACTERS:
            found = self._sentences()
        if not found and not self._given:
            found = self._first_clause()
        self._given = self._given or bool(found)
        return found

    def finish(self) -> list[str]:
        """What is left."""
        rest, self._held = self._held, ""
        found = [sentence.text for sentence in split_sentences(rest, language=self._language)]
        # What holds no letter is said by nobody, and is part of what was written.
        return found or ([rest] if rest.strip() else [])

    def _sentences(self) -> list[str]:
        starts = [one.offset for one in split_sentences(self._held, language=self._language, longest_characters=LONGEST_CHARACTERS)]
        ended = self._held.rstrip(" \t").endswith("\n") and bool(starts)
        bounds = [0, *starts[1:], *([len(self._held)] if ended else [])]
        found = [self._held[begin:end] for begin, end in pairwise(bounds)]
        self._held = self._held[bounds[-1] :]
        return found

    def _first_clause(self) -> list[str]:
        match = _CLAUSE_END.search(self._held, SHORTEST_FIRST_CHARACTERS)
        if match is None:
            return []
        clause, self._held = self._held[: match.end()], self._held[match.end() :]
        return [clause]
