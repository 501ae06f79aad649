"""Another speed, for engines that know only their own."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import Executor
from contextlib import aclosing
from dataclasses import replace

from voxhelm.audio.tempo import Tempo
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.speech import Speech
from voxhelm.domain.word import Word


async def at_speed(speeches: AsyncGenerator[Speech], speed: float, threads: Executor) -> AsyncGenerator[Speech]:
    """`speeches`, which it closes, played `speed` times as fast at the same pitch; the times of words move with the sound.

    threads: where the stretching is done, so that the event loop is not held up.
    """
    loop = asyncio.get_running_loop()
    stretched: _Stretched | None = None
    async with aclosing(speeches):
        async for speech in speeches:
            stretched = stretched or _Stretched(speed, speech.pcm.rate_hz)
            for piece in await loop.run_in_executor(threads, stretched.push, speech):
                yield piece
        if stretched is not None:
            for piece in await loop.run_in_executor(threads, stretched.finish):
                yield piece


class _Stretched:
    """One call's sound on its way. A word is told when all of it has been heard; stretching rounds, so the last piece waits."""

    def __init__(self, speed: float, rate_hz: int) -> None:
        self._tempo = Tempo(speed, rate_hz)
        self._speed = speed
        self._words: deque[Word] = deque()
        self._heard_seconds = 0.0
        self._held: Pcm | None = None

    def push(self, speech: Speech) -> list[Speech]:
        self._words.extend(
            replace(word, start_seconds=word.start_seconds / self._speed, end_seconds=word.end_seconds / self._speed)
            for word in speech.words
        )
        return list(self._told(self._tempo.push(speech.pcm)))

    def finish(self) -> list[Speech]:
        pieces = list(self._told(self._tempo.finish()))
        if self._held is not None:
            self._heard_seconds += self._held.duration_seconds
            pieces.append(Speech(self._held, tuple(self._within(word) for word in self._words)))
        return pieces

    def _told(self, sound: Iterator[Pcm]) -> Iterator[Speech]:
        for pcm in sound:
            if self._held is not None:
                self._heard_seconds += self._held.duration_seconds
                words = []
                while self._words and self._words[0].end_seconds <= self._heard_seconds:
                    words.append(self._words.popleft())
                yield Speech(self._held, tuple(words))
            self._held = pcm

    def _within(self, word: Word) -> Word:
        end_seconds = min(word.end_seconds, self._heard_seconds)
        return replace(word, start_seconds=min(word.start_seconds, end_seconds), end_seconds=end_seconds)
