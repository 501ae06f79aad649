"""When the caller's words are heard."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Final

from voxhelm.domain.word import Word
from voxhelm.text.passage import Passage

# Chinese and Japanese write no spaces: there a character is what can be pointed at.
_TOKEN: Final = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿]|[^\s぀-ヿ㐀-䶿一-鿿豈-﫿]+")
_AROUND: Final = ".,;:!?…\"'“”„‘’«»‹›()[]{}<>¿¡—–-*_/\\|。、，！？；：「」『』（）"
# A pause at a comma or the end of a clause is about as long as this many letters.
_PAUSE_LETTERS: Final = 4
_WORD_LETTERS: Final = 1


class WordTimes:
    """Follows what an engine tells of a passage, and tells the caller's own words, in order, once their times are final.

    Where the engine tells nothing of a word, its time is in proportion to its letters and marked as estimated.
    """

    def __init__(self, passage: Passage) -> None:
        """passage: its `said` is what the engine was given, to which the offsets of its words belong."""
        self._passage = passage
        self._tokens = [(begin, end) for begin, end in _tokens(passage.written)]
        self._starts = [begin for begin, _ in self._tokens]
        self._times: list[tuple[float, float, bool] | None] = [None] * len(self._tokens)
        self._told = 0
        self._told_seconds = 0.0

    def add(self, word: Word) -> Iterator[Word]:
        """Take the next word of the engine; yield the caller's that are over. Times count from the beginning of the passage's sound."""
        if word.text_offset is None:
            return
        begin, end = self._passage.written_span(word.text_offset, word.text_offset + max(1, len(word.text)))
        first, last = bisect_right(self._starts, begin) - 1, bisect_left(self._starts, end)
        if first < 0 or self._tokens[first][1] <= begin:
            first += 1
        if first >= last:
            return
        self._share(first, last, word)
        yield from self._tell(first)

    def finish(self, seconds: float) -> Iterator[Word]:
        """Yield the words that are left; the sound of the passage was so long."""
        yield from self._tell(len(self._tokens), seconds)

    def _share(self, first: int, last: int, word: Word) -> None:
        """The time of one word of the engine, for all of the caller's that it stands for."""
        total = sum(self._weight(index) for index in range(first, last))
        start_seconds = word.start_seconds
        for index in range(first, last):
            end_seconds = start_seconds + (word.end_seconds - word.start_seconds) * self._weight(index) / total
            known = self._times[index]
            estimated = last - first > 1
            if known is None:
                self._times[index] = (start_seconds, end_seconds, estimated)
            else:
                self._times[index] = (min(known[0], start_seconds), max(known[1], end_seconds), known[2] or estimated)
            start_seconds = end_seconds

    def _tell(self, before: int, seconds: float | None = None) -> Iterator[Word]:
        """The words before number `before`; those that nobody told share the time between their neighbours."""
        while self._told < before:
            time = self._times[self._told]
            if time is not None:
                yield self._word(self._told, *time)
                self._told_seconds = time[1]
                self._told += 1
                continue
            behind = next((index for index in range(self._told, len(self._tokens)) if self._times[index] is not None), None)
            if behind is None and seconds is None:
                return  # what comes next is not known yet
            until = len(self._tokens) if behind is None else behind
            following = self._times[until] if until < len(self._tokens) else None
            end_seconds = following[0] if following is not None else (seconds or 0.0)
            yield from self._estimated(until, max(end_seconds, self._told_seconds))

    def _estimated(self, until: int, end_seconds: float) -> Iterator[Word]:
        start_seconds = self._told_seconds
        spans = [(self._weight(index), self._pause(index)) for index in range(self._told, until)]
        # Nothing is heard after the last one.
        letters = sum(weight + pause for weight, pause in spans) - (spans[-1][1] if until == len(self._tokens) else 0)
        per_letter = (end_seconds - start_seconds) / max(letters, 1)
        for index, (weight, pause) in zip(range(self._told, until), spans, strict=True):
            word_end = min(start_seconds + weight * per_letter, end_seconds)
            yield self._word(index, start_seconds, word_end, True)
            start_seconds = min(word_end + pause * per_letter, end_seconds)
        self._told, self._told_seconds = until, end_seconds

    def _weight(self, index: int) -> int:
        begin, end = self._tokens[index]
        return end - begin + _WORD_LETTERS

    def _pause(self, index: int) -> int:
        end = self._tokens[index][1]
        following = self._starts[index + 1] if index + 1 < len(self._starts) else len(self._passage.written)
        return _PAUSE_LETTERS if self._passage.written[end:following].strip() else 0

    def _word(self, index: int, start_seconds: float, end_seconds: float, estimated: bool) -> Word:
        begin, end = self._tokens[index]
        text = self._passage.written[begin:end]
        return Word(text, start_seconds, end_seconds, None, self._passage.source_offset(begin), estimated)


def _tokens(text: str) -> Iterator[tuple[int, int]]:
    """What stands between spaces, without the punctuation around it."""
    for match in _TOKEN.finditer(text):
        token = match[0]
        bare = token.strip(_AROUND)
        if any(one.isalnum() for one in bare):
            begin = match.start() + token.index(bare)
            yield begin, begin + len(bare)
