"""From any text to the ASCII that Flite reads, and back to places in the text."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

SPELT: Final = {
    "‘": "'", "’": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": " - ", "—": " - ", "…": "...", "\n": "\n",
    "€": " euros ", "£": " pounds ", "ß": "ss", "æ": "ae", "œ": "oe", "Æ": "Ae", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spelling:
    """text: ASCII only, without control characters but the newline. origins: for each of its characters, the index it came from."""

    text: str
    origins: tuple[int, ...]

    @property
    def has_words(self) -> bool:
        """Whether there is a letter or a digit to say."""
        return any(character.isalnum() for character in self.text)

    def origin_of(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters from `start` to before `end` stand in the original text, in the same form."""
        return self.origins[start], self.origins[end - 1] + 1


def spell(text: str) -> Spelling:
    """Write `text` in ASCII. What has no such form, like the letters of another script, becomes a space."""
    characters: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(text):
        for spelt in _ascii(character):
            characters.append(spelt)
            origins.append(index)
    return Spelling("".join(characters), tuple(origins))


def _ascii(character: str) -> Iterator[str]:
    if character in SPELT:
        yield from SPELT[character]
        return
    if unicodedata.category(character).startswith("M"):
        # The accent of the letter before: gone, and not a space in the middle of the word.
        return
    found = False
    for part in unicodedata.normalize("NFKD", character):
        if part.isascii() and part.isprintable():
            found = True
            yield part
    if not found:
        yield " "
