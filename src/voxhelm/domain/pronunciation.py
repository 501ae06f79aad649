"""How a part of a text sounds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """`text[begin:end]` is to be said as `ipa`, in the International Phonetic Alphabet with its stress marks."""

    begin: int
    end: int
    ipa: str
