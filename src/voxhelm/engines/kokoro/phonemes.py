"""From a text to what the network reads: phonemes, with the punctuation that gives them their melody."""

import re
import unicodedata
from collections.abc import Callable, Container
from typing import Final

# What separates clauses. A point, comma or colon inside a number or a word is part of it.
MARKS: Final = re.compile(r"(?:\s*(?:[;!?¡¿—–…\"«»“”(){}\[\]。！？、，；：]|[.,:](?!\w)))+\s*")
PLAIN: Final = str.maketrans("–«»{}[]。！？、，；：", "—“”()().!?,,;:")
ELLIPSIS: Final = "…"
# eSpeak NG says so where it has changed to another language: `(en)wˈiːkˈɛnd(fr)`. No phoneme is a parenthesis.
LANGUAGE_CHANGE: Final = re.compile(r"\([a-z-]+\)")


def phonemes_of(text: str, say: Callable[[str], str], known: Container[str]) -> str:
    """The phonemes of `text` with its punctuation, in symbols of `known` only; empty when there is nothing to say.

    say: gives the phonemes of a clause.
    """
    plain = "".join(map(_sayable, text))
    parts: list[str] = []
    position = 0
    for match in MARKS.finditer(plain):
        parts += (_clause(plain[position : match.start()], say), match[0].translate(PLAIN))
        position = match.end()
    parts.append(_clause(plain[position:], say))
    if not any(character.isalpha() for part in parts[::2] for character in part):
        return ""
    return " ".join("".join(character for character in "".join(parts) if character in known).split())


def _clause(text: str, say: Callable[[str], str]) -> str:
    return LANGUAGE_CHANGE.sub("", say(text)) if any(character.isalnum() for character in text) else ""


def _sayable(character: str) -> str:
    if character == ELLIPSIS:
        return character
    # Circled letters and such become plain ones: in some languages their names overrun a buffer of eSpeak NG.
    plain = unicodedata.normalize("NFKC", character)
    # Controls end the text or change the voice, half a surrogate pair cannot be encoded, private characters are the library's own.
    return "".join(" " if unicodedata.category(one) in {"Cc", "Cs", "Co", "So"} else one for one in plain)
