"""Cutting phonemes into pieces that the network takes at once."""

import re
from collections.abc import Iterator
from typing import Final

LONGEST_PIECE: Final = 510

BREATHS: Final = (re.compile(r"[.!?…]+[\"”)]*\s+"), re.compile(r"[,;:—]+[\"”)]*\s+"), re.compile(r"\s+"))


def cut(phonemes: str, longest: int = LONGEST_PIECE) -> Iterator[str]:
    """The pieces of `phonemes` in order, each of at most `longest` symbols, cut where a speaker would breathe if there is such a place."""
    rest = phonemes.strip()
    while len(rest) > longest:
        end = _breath(rest, longest)
        yield rest[:end].strip()
        rest = rest[end:].strip()
    if rest:
        yield rest


def _breath(phonemes: str, longest: int) -> int:
    for pattern in BREATHS:
        # A piece may end before the space, which is not counted.
        ends = [match.end() for match in pattern.finditer(phonemes, 0, longest + 1)]
        # A breath in the first third would leave a stump, which the network says too fast.
        if ends and ends[-1] > longest // 3:
            return ends[-1]
    return longest
