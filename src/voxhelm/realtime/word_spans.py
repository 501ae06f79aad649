"""From the words that a voice tells of to spans that make the text again. Pure."""

from collections.abc import Iterable
from typing import Final

from voxhelm.domain.word import Word
from voxhelm.realtime.spans import WORD_WITH_GAP, Span

MS: Final = 1000


class WordSpans:
    """Of one text that is being said. A word's span is told when the next word is known, and with it what stands between them."""

    def __init__(self, before: str, text: str, start_ms: float) -> None:
        """before: what stands between the text and the one said before it. start_ms: where its sound begins."""
        self._before = before
        self._text = text
        self._start_ms = start_ms
        self._told = 0
        self._open: Word | None = None

    def take(self, words: Iterable[Word]) -> tuple[Span, ...]:
        """The spans that are complete. words: in order, with their places in the text, and times from the beginning of its sound."""
        spans: list[Span] = []
        for word in words:
            offset = word.text_offset
            if offset is None or offset < self._told or (self._open is not None and offset == self._told):
                continue
            if self._open is not None:
                spans.append(self._span(self._open, offset))
            self._open = word
        return tuple(spans)

    def finish(self, sound_ms: float) -> tuple[Span, ...]:
        """The rest. sound_ms: how long the text's sound is; words that nobody told of share it in proportion to their letters."""
        if self._open is not None:
            return (self._span(self._open, len(self._text)),)
        words = WORD_WITH_GAP.findall(self._text)
        letters = sum(map(len, words))
        spans: list[Span] = []
        start_ms = 0.0
        for word in words:
            end_ms = start_ms + sound_ms * len(word) / letters
            before, self._before = self._before, ""
            spans.append(Span(before + word, self._start_ms + start_ms, self._start_ms + end_ms, estimated=True))
            start_ms = end_ms
        return tuple(spans)

    def _span(self, word: Word, until: int) -> Span:
        text = self._before + self._text[self._told : until]
        self._before, self._told = "", until
        start_ms, end_ms = self._start_ms + word.start_seconds * MS, self._start_ms + word.end_seconds * MS
        return Span(text, start_ms, end_ms, word.estimated)
