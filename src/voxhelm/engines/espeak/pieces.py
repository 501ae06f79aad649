"""Cutting a long text into pieces that the library gets one at a time, so that memory stays bounded."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# About 40 seconds of sound. Most requests are one piece, and then the library itself decides about clauses and pauses.
LONGEST_PIECE_CHARACTERS: Final = 600

SENTENCE_END: Final = re.compile(r"[.!?…।]+[\"'”’»)\]]*\s+|[。！？]+[”」』]*\s*|\n\s*\n\s*")
CLAUSE_END: Final = re.compile(r"[,;:—–]+[\"'”’»)\]]*\s+|[，、；：]+")
SPACE: Final = re.compile(r"\s+")
BRAILLE: Final = frozenset(map(chr, range(0x2800, 0x2900)))
LETTERLIKE: Final = frozenset(map(chr, range(0x2100, 0x2150)))


@dataclass(frozen=True, slots=True)
class Piece:
    """offset: where it begins in the whole text. ends_sentence: a pause is due after it."""

    text: str
    offset: int
    ends_sentence: bool


def cut(text: str, longest_characters: int = LONGEST_PIECE_CHARACTERS) -> Iterator[Piece]:
    """The pieces of `text` in order; joined they are `text`. Cuts where a speaker would breathe, if there is such a place."""
    offset = 0
    while len(text) - offset > longest_characters:
        end, ends_sentence = _breath(text, offset, offset + longest_characters)
        yield Piece(text[offset:end], offset, ends_sentence)
        offset = end
    if offset < len(text):
        yield Piece(text[offset:], offset, ends_sentence=False)


def literal(text: str) -> str:
    """`text` as the library can be given it. Every character stays one character, so offsets stay as they are."""
    return "".join(_sayable(character) for character in text)


def _sayable(character: str) -> str:
    category = unicodedata.category(character)
    # Control characters change the voice, zero ends the text, half a surrogate pair cannot be encoded, private use is the library's own.
    if category in {"Cc", "Cs", "Co"}:
        return character if character in "\t\n" else " "
    if category != "So" and character not in LETTERLIKE:
        return character
    # In a dozen languages the name of a circled letter, or of dots in Braille, overruns a buffer of the library and ends the process;
    # in Bulgarian that of the letter that stands for information does.
    if character in BRAILLE:
        return " "
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


def _breath(text: str, start: int, limit: int) -> tuple[int, bool]:
    for pattern in (SENTENCE_END, CLAUSE_END, SPACE):
        end = max((found.end() for found in pattern.finditer(text, start, limit)), default=start)
        if end > start:
            return end, pattern is SENTENCE_END
    # A single word that long: cut it, though not between a letter and its accents.
    end = limit
    while end > start + 1 and unicodedata.category(text[end]).startswith("M"):
        end -= 1
    return (end if end > start + 1 else limit), False
