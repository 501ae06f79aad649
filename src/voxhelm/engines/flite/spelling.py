"""From any text to the ASCII that Flite reads, and back to places in the text."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

SPELT: Final = {
    "‘": "'", "’": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": " - ", "—": " - ", "…": "...", "\n": "\n",
    "€": " euros ", "£": " pounds ", "ß": "ss", "æ": "ae", "œ": "oe", "Æ": "Ae", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
    "ẞ": "SS", "ð": "th", "Ð": "Th", "þ": "th", "Þ": "Th", "ŋ": "ng", "Ŋ": "Ng",
}  # fmt: skip

# What the standard calls a letter says which of ours it comes from: SMALL LETTER B WITH HOOK, SMALL LETTER DOTLESS I, SMALL LETTER EZH.
_NAMED: Final = re.compile(r"LATIN (?:CAPITAL |SMALL )?LETTER (?P<words>.+?)(?: WITH .+)?")
_OUR_LETTER: Final = re.compile(r"\b[A-Z]{1,2}\b")


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
    # Whatever comes of it, it stays apart from its neighbours when nothing does.
    yield from "".join(_letters(part) for part in unicodedata.normalize("NFKD", character)) or " "


def _letters(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    named = _NAMED.fullmatch(unicodedata.name(character, ""))
    if character in SPELT or named is None:
        return SPELT.get(character, "")
    words = named["words"]
    return (_OUR_LETTER.findall(words) or words.split())[-1].lower()
