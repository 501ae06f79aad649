"""Whether a language is written in the letters of a text: Chatterbox reads others out as nonsense, and says nothing of it."""

from collections.abc import Mapping
from typing import Final

from voxhelm.text.scripts import letters_by_script

LATIN: Final = "latin"
_OTHERS: Final[Mapping[str, tuple[str, ...]]] = {
    "ar": ("arabic",),
    "el": ("greek",),
    "he": ("hebrew",),
    "hi": ("devanagari",),
    "ja": ("kana", "han"),
    "ko": ("hangul", "han"),
    "ru": ("cyrillic",),
    "zh": ("han",),
}
READ: Final = (LATIN, *dict.fromkeys(script for scripts in _OTHERS.values() for script in scripts))
# A sign of these is a syllable or a word: a third as many of them take as long.
_DENSE: Final = frozenset({"kana", "han", "hangul"})
_LETTERS_PER_SIGN: Final = 3


def foreign_script(text: str, language: str) -> str | None:
    """The script that most of `text` is in, where `language` (ISO 639-1) is not written so; else None. Names in Latin letters are read."""
    script = next(iter(letters_by_script(text)), LATIN)
    return None if script == LATIN or script in _OTHERS.get(language, ()) else script


def longest_sentence(language: str, longest_letters: int) -> int:
    """How many characters of `language` take as long to say as `longest_letters` letters."""
    return longest_letters // _LETTERS_PER_SIGN if _DENSE.intersection(_OTHERS.get(language, ())) else longest_letters
