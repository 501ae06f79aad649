"""Cutting a text, and then its phonemes, so that neither memory nor the first sound depends on its length."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

# Phonemes of a whole piece are made at once; how much of them is then spoken at once is another matter.
LONGEST_PIECE_CHARACTERS: Final = 600
# About 17 seconds of sound. The working memory of the network grows with it: 530 MB for this many in a voice of medium quality.
LONGEST_RUN_PHONEMES: Final = 300

SENTENCE_END: Final = re.compile(r"[.!?…।]+[\"'”’»)\]]*\s+|[。！？]+[”」』]*\s*|\n\s*\n\s*")
CLAUSE_END: Final = re.compile(r"[,;:—–]+[\"'”’»)\]]*\s+|[，、；：]+")
SPACE: Final = re.compile(r"\s+")
BRAILLE: Final = range(0x2800, 0x2900)


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a text. offset: where it begins in the whole."""

    text: str
    offset: int


def cut_text(text: str, longest_characters: int = LONGEST_PIECE_CHARACTERS) -> Iterator[Piece]:
    """The pieces of `text` in order; joined they are `text`. Cuts where a speaker would breathe, if there is such a place."""
    offset = 0
    while len(text) - offset > longest_characters:
        end = _breath(text, offset, offset + longest_characters)
        yield Piece(text[offset:end], offset)
        offset = end
    if offset < len(text):
        yield Piece(text[offset:], offset)


def cut_phonemes(phonemes: Sequence[str], longest: int = LONGEST_RUN_PHONEMES) -> Iterator[tuple[int, int]]:
    """From where to where a sentence is to be spoken at once: all of it, unless that were more than `longest`."""
    start = 0
    while len(phonemes) - start > longest:
        limit = start + longest
        breaths = ((",", ";", ":"), (" ",))
        found = (max((at + 1 for at in range(start, limit) if phonemes[at] in marks), default=start) for marks in breaths)
        end = next((end for end in found if end > start), limit)
        yield start, end
        start = end
    if start < len(phonemes):
        yield start, len(phonemes)


def literal(text: str) -> str:
    """`text` with every character as eSpeak NG and Piper can be given it. Each stays one character, so offsets stay as they are."""
    # Piper says what is between double brackets as phonemes. A reader of notes with links in brackets wants them read.
    return "".join(map(_sayable, text)).replace("[[", "  ").replace("]]", "  ")


def _sayable(character: str) -> str:
    category = unicodedata.category(character)
    # Zero ends the text, other controls change the voice, half a surrogate pair cannot be encoded, private use is the library's own.
    if category in {"Cc", "Cs", "Co"}:
        return character if character in "\t\n" else " "
    if category != "So":
        return character
    # In a dozen languages the name of a circled letter, or of dots in Braille, overruns a buffer of eSpeak NG and ends the process.
    if ord(character) in BRAILLE:
        return " "
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


def _breath(text: str, start: int, limit: int) -> int:
    for pattern in (SENTENCE_END, CLAUSE_END, SPACE):
        end = max((found.end() for found in pattern.finditer(text, start, limit)), default=start)
        if end > start:
            return end
    # A single word that long: cut it, though not between a letter and its accents.
    end = limit
    while end > start + 1 and unicodedata.category(text[end]).startswith("M"):
        end -= 1
    return end if end > start + 1 else limit
