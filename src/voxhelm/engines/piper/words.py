"""Which phonemes of a sentence are which word of the text."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final

TOKEN: Final = re.compile(r"\S+")
STRESS: Final = frozenset("ˈˌ")

Phonemes = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word of the text and the phonemes that say it, numbered through all sentences: from `begin` up to `end`."""

    text: str
    offset: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Group:
    """Phonemes without a pause in between, where they are, and what they are but for stress."""

    begin: int
    end: int
    key: str


def place_words(text: str, sentences: Phonemes, say: Callable[[str], Phonemes]) -> list[PlacedWord]:
    """The words of `text`, in order, each with its part of `sentences`.

    Phonemes come in groups, mostly one for each word: but "in the" may be one, and "1984" is three. So each word is also said alone,
    which tells how many groups it has, and both rows of groups are laid side by side. Where they differ, boundaries are put in proportion.

    say: the phonemes of a word alone.
    """
    words = list(spoken_words(text))
    alone = [(number, group.key) for number, (word, _) in enumerate(words) for group in groups(say(word))]
    spoken = groups(sentences)
    spans: dict[int, tuple[int, int]] = {}
    matcher = SequenceMatcher(None, [key for _, key in alone], [group.key for group in spoken], autojunk=False)
    for _, first, last, start, stop in matcher.get_opcodes():
        for (number, _), (begin, end) in zip(alone[first:last], _shares(alone[first:last], spoken[start:stop]), strict=True):
            if begin < end:
                spans[number] = (spans.get(number, (begin, end))[0], end)
    return [PlacedWord(word, offset, *spans[number]) for number, (word, offset) in enumerate(words) if number in spans]


def spoken_words(text: str) -> Iterator[tuple[str, int]]:
    """What stands between spaces, without the punctuation around it, and where it begins."""
    for found in TOKEN.finditer(text):
        token, offset = found[0], found.start()
        while token and _is_punctuation(token[-1]):
            token = token[:-1]
        while token and _is_punctuation(token[0]):
            token, offset = token[1:], offset + 1
        if token:
            yield token, offset


def groups(sentences: Phonemes) -> list[Group]:
    """What is between spaces and punctuation, sentence by sentence."""
    found: list[Group] = []
    at = 0
    for phonemes in sentences:
        begin = at
        for place, phoneme in enumerate((*phonemes, " "), at):
            if phoneme != " " and not _is_punctuation(phoneme):
                continue
            if begin < place:
                found.append(Group(begin, place, "".join(one for one in phonemes[begin - at : place - at] if one not in STRESS)))
            begin = place + 1
        at += len(phonemes)
    return found


def _shares(alone: Sequence[tuple[int, str]], spoken: Sequence[Group]) -> list[tuple[int, int]]:
    """What of `spoken` each of `alone` has, from where up to where; the same place twice for nothing."""
    if len(alone) == len(spoken):
        return [(group.begin, group.end) for group in spoken]
    if not alone:
        return []
    places = [place for group in spoken for place in range(group.begin, group.end)]
    lengths = [max(1, len(key)) for _, key in alone]
    total = sum(lengths)
    bounds = [round(length * len(places) / total) for length in accumulate(lengths, initial=0)]
    return [(places[first], places[last - 1] + 1) if first < last else (0, 0) for first, last in pairwise(bounds)]


@lru_cache(1024)
def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character[0]).startswith("P")
