"""How much of what was said has been heard, in words and in characters."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True, slots=True)
class ErrorCount:
    """What is wrong in a transcript, counted against what was said.

    words, characters: of what was said; white space is no character. substituted, deleted, inserted: words.
    character_errors: characters to be changed, left out or put in.
    """

    words: int = 0
    substituted: int = 0
    deleted: int = 0
    inserted: int = 0
    characters: int = 0
    character_errors: int = 0

    @property
    def word_error_rate(self) -> float:
        """Wrong words for each that was said; over 1 where more was invented than said. Of nothing said, 0 or infinite."""
        return _rate(self.substituted + self.deleted + self.inserted, self.words)

    @property
    def character_error_rate(self) -> float:
        """As `word_error_rate`, of characters."""
        return _rate(self.character_errors, self.characters)


def normalised(text: str) -> str:
    """What counts of a text: its letters, digits and signs in one case and one form, its punctuation left out, single spaces.

    An apostrophe and a hyphen within a word divide nothing, since recognisers write them or leave them out as they like.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept: list[str] = []
    for index, letter in enumerate(folded):
        if unicodedata.category(letter)[0] in "PZC":
            inside = 0 < index < len(folded) - 1 and folded[index - 1].isalnum() and folded[index + 1].isalnum()
            kept.append("" if inside and letter in "'’-‐‑" else " ")
        else:
            kept.append(letter)
    return " ".join("".join(kept).split())


def count_errors(said: str, heard: str) -> ErrorCount:
    """Compare what was said with what was heard, both normalised here."""
    said, heard = normalised(said), normalised(heard)
    words, found = said.split(), heard.split()
    kinds = [step.tag for step in Levenshtein.editops(words, found)]
    characters, found_characters = said.replace(" ", ""), heard.replace(" ", "")
    return ErrorCount(
        len(words),
        kinds.count("replace"),
        kinds.count("delete"),
        kinds.count("insert"),
        len(characters),
        Levenshtein.distance(characters, found_characters),
    )


def total(counts: Iterable[ErrorCount]) -> ErrorCount:
    """All of them together: every word counts the same, whichever recording it is in."""
    together = ErrorCount()
    for one in counts:
        together = ErrorCount(
            together.words + one.words,
            together.substituted + one.substituted,
            together.deleted + one.deleted,
            together.inserted + one.inserted,
            together.characters + one.characters,
            together.character_errors + one.character_errors,
        )
    return together


def _rate(errors: int, of: int) -> float:
    if of:
        return errors / of
    return float("inf") if errors else 0.0
