"""Figures and abbreviations as they are read, in the languages in which this is known."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from voxhelm.text.figures_bg import edits_bg
from voxhelm.text.figures_en import edits_en
from voxhelm.text.passage import Edit, Passage

_EDITS: Final[Mapping[str, Callable[[str], list[Edit]]]] = {"bg": edits_bg, "en": edits_en}


def written_out(passage: Passage, language: str) -> Passage:
    """`passage` with its numbers, dates, sums, units and abbreviations in words; as it is in a language whose words are not known.

    language: ISO 639-1. What the caller has decided, and every other word, stays as it is and where it is.
    """
    edits = _EDITS.get(language)
    return passage if edits is None else passage.rewritten(_apart_from_letters(passage.said, edits(passage.said)))


def _apart_from_letters(text: str, edits: list[Edit]) -> list[Edit]:
    """What is read without a space beside a letter would make one word of two: it gets its space."""
    spaced = []
    for edit in edits:
        before, after = text[edit.begin - 1 : edit.begin], text[edit.end : edit.end + 1]
        said = (" " if before.isalnum() and edit.said[:1].isalnum() else "") + edit.said
        said += " " if after.isalnum() and said[-1:].isalnum() else ""
        spaced.append(Edit(edit.begin, edit.end, re.sub(r" {2,}", " ", said), edit.ipa))
    return spaced
