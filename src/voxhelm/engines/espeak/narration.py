"""Where a call is, in its text and in time."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.pcm import Pcm
from voxhelm.domain.speech import Speech
from voxhelm.domain.word import Word
from voxhelm.engines.espeak.library import Mark
from voxhelm.engines.espeak.words import WordTimeline


class Narration:
    """Joins the pieces of a call: its words in the whole text, its times in the whole sound as it will be heard."""

    def __init__(self, text: str, rate_hz: int, stretch: float) -> None:
        """stretch: how much faster the sound is heard than the library makes it."""
        self._rate_hz = rate_hz
        self._stretch = stretch
        self._timeline = WordTimeline(text)
        self._words: deque[Word] = deque()
        self._made_samples = 0
        self._piece_samples = 0
        self._heard_samples = 0
        self._held: NDArray[np.int16] = np.empty(0, dtype=np.int16)

    def mark(self, marks: Sequence[Mark], origin: Callable[[int], int]) -> None:
        """Take what the library says of the current piece. origin: where in the whole text a character of the piece stands."""
        for mark in marks:
            seconds = (self._piece_samples / self._rate_hz + mark.seconds) / self._stretch
            if mark.offset is None:
                self._timeline.close(seconds)
            else:
                self._words.extend(self._timeline.begin(origin(mark.offset), seconds))

    def count(self, made_samples: int) -> None:
        """The library has made that much more of the current piece."""
        self._made_samples += made_samples

    def end_piece(self) -> None:
        """The times of the next piece count from here."""
        self._piece_samples = self._made_samples

    def speech(self, samples: NDArray[np.int16]) -> Iterator[Speech]:
        """Take the next `samples` to be heard and yield those before them with the words that have ended by then, if there are any.

        The newest are held back, so that the last word, whose end only the end of the sound tells, has some to go with.
        """
        if len(samples) == 0:
            return
        held, self._held = self._held, samples
        if len(held):
            yield self._with_words(held)

    def finish(self, samples: NDArray[np.int16]) -> Iterator[Speech]:
        """Take the last `samples`, shape (n,), n may be 0, and yield what is left, with every word that is left."""
        last = np.concatenate((self._held, samples))
        if len(last):
            heard_seconds = (self._heard_samples + len(last)) / self._rate_hz
            self._words.extend(self._timeline.finish(heard_seconds))
            # Stretching and rounding may leave the last words some milliseconds beyond the end.
            self._words = deque(_within(word, heard_seconds) for word in self._words)
            yield self._with_words(last)

    def _with_words(self, samples: NDArray[np.int16]) -> Speech:
        self._heard_samples += len(samples)
        heard_seconds = self._heard_samples / self._rate_hz
        words = []
        # Stretching holds sound back, so a word may be known before it can be heard.
        while self._words and self._words[0].end_seconds <= heard_seconds:
            words.append(self._words.popleft())
        return Speech(Pcm(samples, self._rate_hz), tuple(words))


def _within(word: Word, seconds: float) -> Word:
    start_seconds, end_seconds = min(word.start_seconds, seconds), min(word.end_seconds, seconds)
    return Word(word.text, start_seconds, end_seconds, text_offset=word.text_offset)
