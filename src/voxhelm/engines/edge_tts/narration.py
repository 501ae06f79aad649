"""From what the service sends to speech: its sound decoded, its words in their places."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from voxhelm.audio.arriving import arriving_file
from voxhelm.audio.decode import decode
from voxhelm.audio.tempo import at_tempo
from voxhelm.domain.errors import AudioEmpty, AudioUnreadable, EngineFailed
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.speech import Speech
from voxhelm.domain.word import Word
from voxhelm.engines.edge_tts.service import Boundary

RATE_HZ: Final = 24_000
# What is left of a word that would begin at the very end of the sound.
SHORTEST_WORD_SECONDS: Final = 0.01


def narrate(messages: Iterator[bytes | Boundary], text: str, stretch: float) -> Iterator[Speech]:
    """The speech in `messages`, played `stretch` times as fast. Raises EngineFailed when what they hold is no sound."""
    words = _Words(text, stretch)

    def sound() -> Iterator[bytes]:
        for message in messages:
            if isinstance(message, Boundary):
                words.add(message)
            else:
                yield message

    heard_seconds = 0.0
    # One piece is held back, so that the last words have some sound to go with.
    held: Pcm | None = None
    try:
        for pcm in at_tempo(decode(arriving_file(sound()), rate_hz=RATE_HZ), stretch):
            if held is not None:
                heard_seconds += held.duration_seconds
                yield Speech(held, words.begun(heard_seconds))
            held = pcm
    except (AudioUnreadable, AudioEmpty) as error:
        raise EngineFailed(f"What the service sent is no sound: {error.message}") from error
    if held is not None:
        yield Speech(held, words.rest(heard_seconds + held.duration_seconds))


class _Words:
    """The words that have been told and not been passed on, in order."""

    def __init__(self, text: str, stretch: float) -> None:
        self._text = text
        self._stretch = stretch
        self._position = 0
        self._waiting: deque[Word] = deque()

    def add(self, boundary: Boundary) -> None:
        """Take the next word; one that is not in the text, such as a number written out, is left out."""
        offset = self._text.find(boundary.text, self._position)
        if offset < 0 or not boundary.text:
            return
        self._position = offset + len(boundary.text)
        start_seconds, end_seconds = boundary.start_seconds / self._stretch, boundary.end_seconds / self._stretch
        if self._waiting and self._waiting[-1].end_seconds > start_seconds:
            self._waiting[-1] = replace(self._waiting[-1], end_seconds=start_seconds)
        self._waiting.append(Word(boundary.text, start_seconds, end_seconds, text_offset=offset))

    def begun(self, heard_seconds: float) -> tuple[Word, ...]:
        """Those that begin before `heard_seconds`. The newest waits, since the next one may cut it short."""
        words = []
        while len(self._waiting) > 1 and self._waiting[0].end_seconds <= heard_seconds:
            words.append(self._waiting.popleft())
        return tuple(words)

    def rest(self, heard_seconds: float) -> tuple[Word, ...]:
        """All that are left, within the sound, which may be some milliseconds shorter than it was said to be."""
        words = tuple(
            replace(
                word,
                start_seconds=max(min(word.start_seconds, heard_seconds - SHORTEST_WORD_SECONDS), 0.0),
                end_seconds=min(word.end_seconds, heard_seconds),
            )
            for word in self._waiting
        )
        self._waiting.clear()
        return words
