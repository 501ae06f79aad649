"""From the library's word events to words of the text."""

import unicodedata
from collections.abc import Iterator
from typing import Final

from voxhelm.domain.word import Word

JOINERS: Final = "\u200c\u200d"


class WordTimeline:
    """Follows a call's events in order and tells each word once its end is known.

    The library reports numbers, symbols and words of another script in several events, often at odd places inside of the word,
    and the length it gives is not to be relied on; only the place where something begins is. So the text itself says where words end.
    """

    def __init__(self, text: str) -> None:
        """text: the whole text of the call."""
        self._text = text
        self._start = 0
        self._end = 0
        self._start_seconds = 0.0
        self._closed_seconds: float | None = None
        self._open = False

    def begin(self, offset: int, seconds: float) -> Iterator[Word]:
        """Something that is written at `offset` begins to sound. Yields the word before it, if this is another one."""
        offset = self._skip_space(offset)
        if offset >= len(self._text) or (self._open and self._belongs_to_open_word(offset)):
            self._closed_seconds = None
            return
        yield from self._finish(seconds, offset)
        self._start, self._end, self._start_seconds = offset, _end_of_word(self._text, offset), seconds
        self._open = True

    def close(self, seconds: float) -> None:
        """A clause ends: so does its last word, unless more of the same word follows."""
        if self._closed_seconds is None:
            self._closed_seconds = seconds

    def finish(self, seconds: float) -> Iterator[Word]:
        """Yields the word that is still open; it ends here at the latest."""
        yield from self._finish(seconds, len(self._text))

    def _finish(self, seconds: float, next_offset: int) -> Iterator[Word]:
        if self._open:
            end_seconds = seconds if self._closed_seconds is None else min(self._closed_seconds, seconds)
            text = _as_written(self._text, self._start, next_offset)
            yield Word(text, self._start_seconds, max(end_seconds, self._start_seconds), text_offset=self._start)
        self._open = False
        self._closed_seconds = None

    def _skip_space(self, offset: int) -> int:
        if self._open and offset == self._end and self._text[offset : offset + 1].isspace():
            # The end of a symbol's name is reported at the space after the symbol.
            return offset - 1
        while offset < len(self._text) and self._text[offset].isspace():
            offset += 1
        return offset

    def _belongs_to_open_word(self, offset: int) -> bool:
        if offset >= self._end:
            return False
        # Chinese, Thai and others write no spaces: there every event inside of a run is a new word.
        return offset <= self._start or not (_is_unspaced(self._text[offset]) and _is_unspaced(self._text[offset - 1]))


def _as_written(text: str, start: int, limit: int) -> str:
    """From `start` to a space or `limit`, without punctuation at the end: the library says `well-known` as one word."""
    written = text[start:limit].split(maxsplit=1)[0]
    while len(written) > 1 and _is_word(written[0]) and not _is_word(written[-1]):
        written = written[:-1]
    return written


def _end_of_word(text: str, start: int) -> int:
    end = start + 1
    in_word = _is_word(text[start])
    while end < len(text):
        if _is_word(text[end]) != in_word and not (in_word and _connects(text, end)):
            break
        if text[end].isspace():
            break
        end += 1
    return end


def _is_word(character: str) -> bool:
    # `\w` leaves out the vowel signs of Indic scripts.
    return character.isalnum() or character in JOINERS or unicodedata.category(character).startswith("M")


def _is_unspaced(character: str) -> bool:
    return unicodedata.category(character) == "Lo"


def _connects(text: str, index: int) -> bool:
    if index + 1 >= len(text) or not _is_word(text[index + 1]):
        return False
    if text[index] in "'’.":
        return True
    return text[index] in ",:" and text[index - 1].isdigit() and text[index + 1].isdigit()
