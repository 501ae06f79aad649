"""What can be said of a text."""

import re
from typing import Final

from voxhelm.domain.errors import TextEmpty, TextUnspeakable

_PARAM: Final = "input"  # the field of a request that carries text to be said
_LINE_END: Final = re.compile("[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Controls, surrogates, the private planes, stand-ins for what was lost, and what is no character.
_REPLACED: Final = re.compile(
    "[\0-\x09\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ue000-\uf8ff\ufffc-\uffff\U000f0000-\U0010ffff]"
)
# Soft hyphens, zero widths, direction marks and tags; the two joiners only outside Arabic to Mongolian, where they tell words apart.
_INVISIBLE: Final = re.compile(
    "[\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
    "|(?<![\u0600-\u1cff])[\u200c\u200d]"
)
_WORD: Final = re.compile(r"\S+")


def speakable(text: str) -> str:
    r"""Return `text` without what no voice should see, of the same length and with every word in its place.

    Control characters, unpaired surrogates and private characters become spaces; line ends of any kind become `\n`. Invisible
    characters (zero width, soft hyphens, direction marks) inside a word would tear it if they became spaces, so the word closes up
    and the spaces follow it. Raises `TextEmpty` when nothing is left, `TextUnspeakable` when no letter or digit is.
    """
    visible = _REPLACED.sub(" ", _LINE_END.sub("\n", text.replace("\r\n", " \n")))
    if _INVISIBLE.search(visible):
        visible = _WORD.sub(_closed_up, visible)
    if not visible or visible.isspace():
        raise TextEmpty("The text is empty: there is nothing to say.", param=_PARAM)
    if not any(character.isalnum() for character in visible):
        raise TextUnspeakable("The text has no letter and no digit: there is nothing to say.", param=_PARAM)
    return visible


def _closed_up(word: re.Match[str]) -> str:
    """A word without invisible characters, followed by as many spaces; those before its first letter stay before it."""
    found = word[0]
    kept = _INVISIBLE.sub("", found)
    leading = 0
    while (invisible := _INVISIBLE.match(found, leading)) is not None:
        leading = invisible.end()
    return " " * leading + kept + " " * (len(found) - leading - len(kept))
