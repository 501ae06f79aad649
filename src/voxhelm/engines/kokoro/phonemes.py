"""From a text to what the network reads: phonemes, with the punctuation that gives them their melody."""

import re
import unicodedata
from collections.abc import Callable, Container, Iterator, Sequence
from typing import Final

from voxhelm.domain.pronunciation import Pronunciation

# What separates clauses. A point, comma or colon inside a number or a word is part of it.
MARKS: Final = re.compile(r"(?:\s*(?:[;!?¡¿—–…\"«»“”(){}\[\]。！？、，；：]|[.,:](?!\w)))+\s*")
PLAIN: Final = str.maketrans("–«»{}[]。！？、，；：", "—“”()().!?,,;:")
ELLIPSIS: Final = "…"
# eSpeak NG says so where it has changed to another language: `(en)wˈiːkˈɛnd(fr)`. No phoneme is a parenthesis.
LANGUAGE_CHANGE: Final = re.compile(r"\([a-z-]+\)")


def phonemes_of(text: str, say: Callable[[str], str], known: Container[str], given: Sequence[Pronunciation] = ()) -> str:
    """The phonemes of `text` with its punctuation, in symbols of `known` only; empty when there is nothing to say.

    say: gives the phonemes of a clause. given: those of words whose sounds are known, in order.
    """
    parts: list[str] = []
    done = 0
    for one in given:
        parts += (*_parts(text[done : one.begin], say), one.ipa)
        done = one.end
    parts += _parts(text[done:], say)
    if not any(character.isalpha() for part in parts for character in part):
        return ""
    return " ".join("".join(character for character in "".join(parts) if character in known).split())


def _parts(text: str, say: Callable[[str], str]) -> Iterator[str]:
    """Clauses and what is between them, white space at either end included."""
    plain = "".join(map(_sayable, text))
    position = 0
    for match in MARKS.finditer(plain):
        yield from (_clause(plain[position : match.start()], say), match[0].translate(PLAIN))
        position = match.end()
    yield _clause(plain[position:], say)


def _clause(text: str, say: Callable[[str], str]) -> str:
    if not any(character.isalnum() for character in text):
        return " " if text else ""
    before, after = " " * (text[0] == " "), " " * (text[-1] == " ")
    return f"{before}{LANGUAGE_CHANGE.sub('', say(text))}{after}"


def _sayable(character: str) -> str:
    if character == ELLIPSIS:
        return character
    # Circled letters and such become plain ones: in some languages their names overrun a buffer of eSpeak NG.
    plain = unicodedata.normalize("NFKC", character)
    # Controls end the text or change the voice, half a surrogate pair cannot be encoded, private characters are the library's own.
    return "".join(" " if unicodedata.category(one) in {"Cc", "Cs", "Co", "So"} else one for one in plain)
