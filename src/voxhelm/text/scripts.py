"""Which script a text is written in."""

import re
from collections.abc import Mapping
from typing import Final

_BLOCKS: Final[Mapping[str, str]] = {
    "latin": "A-Za-zªºÀ-ÖØ-öø-ɏḀ-ỿ",
    "greek": "Ͱ-Ͽἀ-῿",
    "cyrillic": "Ѐ-ԯᲀ-ᲈ",
    "armenian": "Ա-֏",
    "hebrew": "א-ת",
    "arabic": "ؠ-يٱ-ۓە-ۿݐ-ݿࢠ-ࣇﭐ-﷿ﹰ-ﻼ",
    "devanagari": "ऄ-ह",
    "bengali": "অ-হ",
    "gurmukhi": "ਅ-ਹ",
    "gujarati": "અ-હ",
    "tamil": "அ-ஹ",
    "telugu": "అ-హ",
    "kannada": "ಅ-ಹ",
    "malayalam": "അ-ഹ",
    "sinhala": "අ-ෆ",
    "thai": "ก-ะาเ-ๆ",
    "lao": "ກ-ະາເ-ໆ",
    "myanmar": "က-ဪ",
    "georgian": "Ⴀ-ჿ",
    "ethiopic": "ሀ-ፚ",
    "khmer": "ក-ឳ",
    "hangul": "ᄀ-ᇿ가-힣",
    "kana": "ぁ-ゖァ-ヺ",
    "han": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
}
# Letters of every other script. Whoever reads certain scripts only cannot read these either.
UNFAMILIAR: Final = "unfamiliar"
_LETTERS: Final[Mapping[str, re.Pattern[str]]] = {script: re.compile(f"[{block}]") for script, block in _BLOCKS.items()}
_OTHERS: Final = re.compile(rf"[^\W\d_{''.join(_BLOCKS.values())}]")


def letters_by_script(text: str) -> dict[str, int]:
    """How many letters of each script `text` has, the most first; scripts without any are left out."""
    counts = {script: len(pattern.findall(text)) for script, pattern in _LETTERS.items()}
    # Numerals such as a half or a superscript two are word characters to an expression, and letters to nobody.
    counts[UNFAMILIAR] = sum(character.isalpha() for character in _OTHERS.findall(text))
    return dict(sorted(((script, count) for script, count in counts.items() if count), key=lambda item: -item[1]))
