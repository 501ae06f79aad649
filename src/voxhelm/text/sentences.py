"""Text into sentences, one at a time."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import sentencex

from voxhelm.text.abbreviations import MAY_BE_LAST, NEVER_LAST

_SHORTEST_WINDOW: Final = 4_000
"""Characters looked at together: about a page, split in well under a millisecond, so that the first sentence comes at once."""

_LINE: Final = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_CLAUSE_END: Final = re.compile(r"[;:,—–](?=\s)|[、，；：،؛]")
_SPACE: Final = re.compile(r"\s")
_LAST_WORD: Final = re.compile(r"(\S{1,20})\s*\Z")
_INITIAL: Final = re.compile(r"(?:\w\.)*[^\W\d_]\.\Z")
_LIST_MARK: Final = re.compile(r"\s*[(\[]?(?:\d{1,3}|[a-zа-я]|[ivxlc]{1,5})[.)]\s*\Z", re.IGNORECASE)
_JOINERS: Final = frozenset("\u200c\u200d")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of a text to be said in one go.

    text: without white space around it, and with at least one letter or digit.
    offset: where it stands: `whole[offset : offset + len(text)] == text`.
    """

    text: str
    offset: int


def split_sentences(text: str, *, language: str | None, longest_characters: int = 400) -> Iterator[Sentence]:
    """Yield the sentences of `text` in order, none longer than `longest_characters`.

    language: ISO 639-1, for its abbreviations; None or an unknown one is split by the rules of English.
    longest_characters: a longer sentence is cut behind a clause, else at white space, else anywhere. 400 is half a minute of speech.

    A line break ends a sentence. What holds neither letter nor digit is left out. The work is linear in the text's length and done
    as the sentences are taken, so the first costs the same however long the text is.
    """
    rules = _Rules((language or "en").replace("_", "-").split("-")[0].lower())
    for line in _LINE.finditer(text):
        for begin, end in _joined(text, line.start(), line.end(), rules, longest_characters):
            for first, last in _cut(text, begin, end, longest_characters):
                sentence = text[first:last]
                bare = sentence.strip()
                if any(character.isalnum() for character in bare):
                    yield Sentence(bare, first + len(sentence) - len(sentence.lstrip()))


def _joined(text: str, begin: int, end: int, rules: "_Rules", longest: int) -> Iterator[tuple[int, int]]:
    """The spans of sentences, those that the library divided wrongly put together again."""
    held: tuple[int, int] | None = None
    for first, last in _spans(text, begin, end, rules.language, longest):
        if held is None:
            held = first, last
        elif last - held[0] <= longest and rules.goes_on(text[held[0] : held[1]], text[first:last]):
            held = held[0], last
        else:
            yield held
            held = first, last
    if held is not None:
        yield held


def _spans(text: str, begin: int, end: int, language: str, longest: int) -> Iterator[tuple[int, int]]:
    """The library's opinion of one line, asked for a window at a time; the last span of a window is looked at again in the next."""
    width = max(_SHORTEST_WINDOW, 4 * longest)
    while begin < end:
        window = _SURROGATE.sub("\ufffd", text[begin : min(end, begin + width)])
        lengths = [len(piece) for piece in sentencex.segment(language, window)]
        if begin + width < end:
            # A sentence that fills the window is cut here, not carried along for ever.
            lengths = lengths[:-1] or [_cut_point(text, begin, begin + width - longest, longest) - begin]
        for length in lengths:
            yield begin, begin + length
            begin += length


def _cut(text: str, begin: int, end: int, longest: int) -> Iterator[tuple[int, int]]:
    while end - begin > longest:
        cut = _cut_point(text, begin, begin, longest)
        yield begin, cut
        begin = cut
    yield begin, end


def _cut_point(text: str, begin: int, search_from: int, longest: int) -> int:
    """Where to end a sentence that is too long: within `longest` characters from `search_from`, and after `begin`."""
    limit = search_from + longest
    clauses = [match.end() for match in _CLAUSE_END.finditer(text, search_from + longest // 3, limit)]
    if clauses:
        return clauses[-1]
    spaces = [match.end() for match in _SPACE.finditer(text, search_from + 1, limit)]
    if spaces:
        return spaces[-1]
    cut = limit
    shortest = begin + max(1, longest // 2)
    while cut > shortest and (unicodedata.combining(text[cut]) or text[cut] in _JOINERS or text[cut - 1] in _JOINERS):
        cut -= 1  # an accent stays with its letter
    return cut


class _Rules:
    """When a full stop is no end."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._never_last = NEVER_LAST.get(language, frozenset())
        self._may_be_last = MAY_BE_LAST.get(language, frozenset())

    def goes_on(self, before: str, after: str) -> bool:
        """Whether `after` belongs to the sentence that `before` seems to end."""
        if before[-1].isascii() and not before[-1].isspace():
            return True  # inside an address, a number or a name: what ends, ends before white space
        if _LIST_MARK.match(before):
            return True
        found = _LAST_WORD.search(before[-24:])
        if found is None:
            return False
        last = found[1].lstrip("(„“«\"'[")
        if not last.endswith("."):
            return False
        word, follower = last[:-1].lower(), after.lstrip("(„“«\"'[")[:1]
        if word in self._never_last:
            return True
        if word in self._may_be_last:
            return not follower.isupper()
        # The splitter knows the initials of English names, and that "vitamin C." may end a sentence.
        return self.language != "en" and last[0].isupper() and _INITIAL.match(last) is not None and follower.isupper()
