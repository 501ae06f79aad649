"""What of a call has been said, in samples and in words."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.pcm import Pcm
from voxhelm.domain.speech import Speech
from voxhelm.domain.word import Word

# What is handed on at once: small enough that a slow client holds seconds in memory and not minutes, large enough to cost nothing.
PIECE_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class SaidWord:
    """A word and the samples of the call's own sound that say it, before any stretching."""

    text: str
    offset: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Said:
    """The next sound of a call, shape (n,), and the words that end in it."""

    samples: NDArray[np.int16]
    words: Sequence[SaidWord]


def narrate(said: Iterable[Said], rate_hz: int, stretch: float) -> Iterator[Speech]:
    """Cut into pieces of about two seconds, play `stretch` times as fast, and tell each word when it has been heard."""
    narration = _Narration(rate_hz, stretch)
    if stretch == 1.0:
        for one in said:
            narration.words.extend(one.words)
            for piece in _cut(one.samples, rate_hz):
                yield narration.heard(Pcm(piece, rate_hz))
        return
    # Stretching rounds, so the last words may end some milliseconds after the last sound: that one waits for the end.
    held: Pcm | None = None
    for pcm in narration.stretched(said):
        if held is not None:
            yield narration.heard(held)
        held = pcm
    if held is not None:
        yield narration.heard(held, last=True)


class _Narration:
    def __init__(self, rate_hz: int, stretch: float) -> None:
        self.words: deque[SaidWord] = deque()
        self._rate_hz = rate_hz
        self._stretch = stretch
        self._heard_samples = 0

    def stretched(self, said: Iterable[Said]) -> Iterator[Pcm]:
        from voxhelm.audio.tempo import Tempo  # PyAV is large, and few calls need it

        tempo = Tempo(self._stretch, self._rate_hz)
        for one in said:
            self.words.extend(one.words)
            for piece in _cut(one.samples, self._rate_hz):
                yield from tempo.push(Pcm(piece, self._rate_hz))
        yield from tempo.finish()

    def heard(self, pcm: Pcm, *, last: bool = False) -> Speech:
        self._heard_samples += len(pcm.samples)
        words = []
        while self.words and (last or self.words[0].end <= self._heard_samples * self._stretch):
            words.append(self._timed(self.words.popleft()))
        return Speech(pcm, tuple(words))

    def _timed(self, word: SaidWord) -> Word:
        heard_seconds = self._heard_samples / self._rate_hz
        begin, end = (min(place / self._stretch / self._rate_hz, heard_seconds) for place in (word.begin, word.end))
        return Word(word.text, begin, end, text_offset=word.offset)


def _cut(samples: NDArray[np.int16], rate_hz: int) -> list[NDArray[np.int16]]:
    return np.array_split(samples, max(1, round(len(samples) / rate_hz / PIECE_SECONDS)))
