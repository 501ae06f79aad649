"""When the caller's words are heard."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from voxhelm.domain.word import Word
from voxhelm.text.passage import Passage

# Chinese and Japanese write no spaces: there a character is what can be pointed at.
_TOKEN: Final = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿]|[^\s぀-ヿ㐀-䶿一-鿿豈-﫿]+")
_AROUND: Final = ".,;:!?…\"'“”„‘’«»‹›()[]{}<>¿¡—–-*_/\\|。、，！？；：「」『』（）"
# A pause at a comma or the end of a clause is about as long as this many letters.
_PAUSE_LETTERS: Final = 4
# What a word costs besides its letters.
_WORD_LETTERS: Final = 1
# Between two words that an engine tells, less than this holds no third: it is within the first.
_GAP_SECONDS: Final = 0.04


@dataclass(frozen=True, slots=True)
class _Time:
    """When a word sounds, and whether that is a guess."""

    start_seconds: float
    end_seconds: float
    estimated: bool


class WordTimes:
    """Follows what an engine tells of a passage, and tells the caller's own words, in order, once their times are final.

    Engines leave words out: one that joins "in the" tells of "in" only. Such words have their share of the time that they
    must be in, in proportion to letters; so have all words where an engine tells none. These are marked as estimated.
    """

    def __init__(self, passage: Passage) -> None:
        """passage: its `said` is what the engine was given, to which the offsets of its words belong."""
        self._passage = passage
        self._said = _SaidTimes(passage.said)
        self._tokens = _tokens(passage.written)
        self._starts = [begin for begin, _ in self._tokens]
        # Which of the caller's words each word that is said stands for: from, and before.
        self._spans = [_within(self._tokens, self._starts, *passage.written_span(*one)) for one in self._said.tokens]
        self._times: list[_Time | None] = [None] * len(self._tokens)
        self._open: _Time | None = None
        self._told = 0
        self._told_seconds = 0.0

    def add(self, word: Word) -> Iterator[Word]:
        """Take the next word of the engine; yield the caller's that are over. Times count from the beginning of the passage's sound."""
        if word.text_offset is not None:
            yield from self._placed(self._said.add(word.text_offset, word))

    def finish(self, seconds: float) -> Iterator[Word]:
        """Yield the words that are left; the sound of the passage was so long."""
        yield from self._placed(self._said.finish(seconds))
        yield from self._tell(len(self._tokens))

    def _placed(self, said: Iterator[tuple[int, _Time]]) -> Iterator[Word]:
        for number, time in said:
            self._open = time if self._open is None else _joined(self._open, time)
            following = self._spans[number + 1] if number + 1 < len(self._spans) else None
            if self._spans[number] == following:
                continue  # more is said for the same words
            first, last = self._spans[number]
            shares = _shares(self._open, [_weight(one) for one in self._tokens[first:last]])
            for index, share in zip(range(first, last), shares, strict=True):
                known = self._times[index]
                self._times[index] = share if known is None else _joined(known, share)
            self._open = None
            yield from self._tell(len(self._tokens) if following is None else following[0])

    def _tell(self, before: int) -> Iterator[Word]:
        while self._told < before:
            begin, end = self._tokens[self._told]
            # What was not said takes no time.
            time = self._times[self._told] or _Time(self._told_seconds, self._told_seconds, estimated=True)
            start_seconds = max(time.start_seconds, self._told_seconds)
            self._told_seconds = max(time.end_seconds, start_seconds)
            self._told += 1
            offset = self._passage.source_offset(begin)
            yield Word(self._passage.written[begin:end], start_seconds, self._told_seconds, None, offset, time.estimated)


class _SaidTimes:
    """Times for every word that is said, whatever the engine leaves out."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.tokens = _tokens(text)
        self._starts = [begin for begin, _ in self.tokens]
        self._times: list[_Time | None] = [None] * len(self.tokens)
        self._told = 0
        self._told_seconds = 0.0

    def add(self, begin: int, word: Word) -> Iterator[tuple[int, _Time]]:
        first, last = _within(self.tokens, self._starts, begin, begin + max(1, len(word.text)))
        if first >= last:
            return
        weights = [_weight(one) for one in self.tokens[first:last]]
        whole = _Time(word.start_seconds, word.end_seconds, estimated=False)
        for index, share in zip(range(first, last), _shares(whole, weights), strict=True):
            known = self._times[index]
            self._times[index] = share if known is None else _joined(known, share)
        yield from self._tell(first, None)

    def finish(self, seconds: float) -> Iterator[tuple[int, _Time]]:
        yield from self._tell(len(self.tokens), seconds)

    def _tell(self, before: int, seconds: float | None) -> Iterator[tuple[int, _Time]]:
        """The words before number `before`, whose successor is known, or the end."""
        while self._told < before:
            until = next((index for index in range(self._told + 1, before) if self._times[index] is not None), before)
            following = self._times[until] if until < len(self.tokens) else None
            if following is None and seconds is None:
                return
            behind_seconds = following.start_seconds if following is not None else seconds or 0.0
            for index, time in zip(range(self._told, until), self._timed(self._told, until, behind_seconds), strict=True):
                yield index, time
                self._told_seconds = time.end_seconds
            self._told = until

    def _timed(self, first: int, until: int, behind_seconds: float) -> Iterator[_Time]:
        """The times of a word and of those behind it that the engine did not tell, up to `until`, which begins at `behind_seconds`."""
        time = self._times[first]
        if time is not None and until == first + 1:
            yield time
            return
        start_seconds = self._told_seconds
        if time is not None:
            start_seconds = time.start_seconds
            if behind_seconds - time.end_seconds > _GAP_SECONDS * (until - first - 1):
                yield time
                start_seconds = time.end_seconds
                first += 1
        yield from self._estimated(first, until, start_seconds, max(behind_seconds, start_seconds))

    def _estimated(self, first: int, until: int, start_seconds: float, end_seconds: float) -> Iterator[_Time]:
        spans = [(_weight(self.tokens[index]), self._pause(index)) for index in range(first, until)]
        # Nothing is heard after the last one.
        letters = sum(weight + pause for weight, pause in spans) - (spans[-1][1] if until == len(self.tokens) else 0)
        per_letter = (end_seconds - start_seconds) / max(letters, 1)
        for weight, pause in spans:
            word_end = min(start_seconds + weight * per_letter, end_seconds)
            yield _Time(start_seconds, word_end, estimated=True)
            start_seconds = min(word_end + pause * per_letter, end_seconds)

    def _pause(self, index: int) -> int:
        end = self.tokens[index][1]
        following = self._starts[index + 1] if index + 1 < len(self._starts) else len(self._text)
        return _PAUSE_LETTERS if self._text[end:following].strip() else 0


def _tokens(text: str) -> list[tuple[int, int]]:
    """What stands between spaces, without the punctuation around it."""
    found = []
    for match in _TOKEN.finditer(text):
        bare = match[0].strip(_AROUND)
        if any(one.isalnum() for one in bare):
            begin = match.start() + match[0].index(bare)
            found.append((begin, begin + len(bare)))
    return found


def _within(tokens: Sequence[tuple[int, int]], starts: Sequence[int], begin: int, end: int) -> tuple[int, int]:
    """The numbers of the tokens that `begin` to `end` touches: from, and before."""
    first = max(bisect_right(starts, begin) - 1, 0)
    if first < len(tokens) and tokens[first][1] <= begin:
        first += 1
    return first, max(first, bisect_left(starts, end))


def _weight(token: tuple[int, int]) -> int:
    return token[1] - token[0] + _WORD_LETTERS


def _shares(time: _Time, weights: Sequence[int]) -> Iterator[_Time]:
    total = sum(weights)
    start_seconds = time.start_seconds
    for weight in weights:
        end_seconds = start_seconds + (time.end_seconds - time.start_seconds) * weight / total
        yield _Time(start_seconds, end_seconds, time.estimated or len(weights) > 1)
        start_seconds = end_seconds


def _joined(one: _Time, other: _Time) -> _Time:
    return _Time(
        min(one.start_seconds, other.start_seconds), max(one.end_seconds, other.end_seconds), one.estimated or other.estimated
    )
