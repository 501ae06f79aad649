"""Words of an utterance that still goes on, told once and not taken back. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from voxhelm.domain.segment import Segment
from voxhelm.text.transcript import joined, separator

# Chinese and Japanese write no spaces: there every character counts as a word.
_WORD: Final = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿]|[^\s぀-ヿ㐀-䶿一-鿿豈-﫿]+")
_AROUND: Final = ".,;:!?…\"'“”„‘’«»()[]-–—。、，！？"
# A recogniser that is asked again hears all of it again: longer ones are heard from a place on whose words are certain.
LONGEST_WINDOW_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class _Hypothesis:
    """What was heard at one time. ends: where each word ends in the text."""

    text: str
    words: tuple[str, ...]
    ends: tuple[int, ...]

    @staticmethod
    def of(text: str) -> "_Hypothesis":
        found = list(_WORD.finditer(text))
        # Recognisers change their minds about commas and capitals all the time; that makes no other word.
        bare = tuple(one[0].strip(_AROUND).casefold() or one[0] for one in found)
        return _Hypothesis(text, bare, tuple(one.end() for one in found))


class LiveText:
    """Takes what a recogniser makes of the utterance so far, again and again, and gives the words that are certain by now.

    A word is certain when two hypotheses in a row have it, and all words before it, but for the last word, which may be half of one.
    """

    def __init__(self) -> None:
        self.told = ""
        self.window_start_seconds = 0.0
        self._window_words: list[str] = []
        self._last = _Hypothesis.of("")

    def take(self, segments: Sequence[Segment], until_seconds: float) -> str:
        """The words that became certain, with the space before them.

        segments: of the sound from `window_start_seconds` to `until_seconds`, with times from the beginning of that window.
        """
        now = _Hypothesis.of(joined(segments))
        agreed = min(_agreed(self._last, now), max(0, len(now.words) - 1))
        self._last = now
        done = _place_behind(self._window_words, now.words)
        delta = ""
        if agreed > done:
            begin = now.ends[done - 1] if done else 0
            delta = self._tell(now.text[begin : now.ends[agreed - 1]])
            self._window_words = list(now.words[:agreed])
        if until_seconds - self.window_start_seconds > LONGEST_WINDOW_SECONDS:
            self._move_window(segments)
        return delta

    def finish(self, transcript: str) -> str:
        """The rest of the whole transcript; nothing where it is another text than what was told."""
        return transcript[len(self.told) :] if transcript.startswith(self.told) else ""

    def _tell(self, piece: str) -> str:
        piece = piece.strip() if not self.told or not self._window_words else piece
        delta = piece if self._window_words else separator(self.told, piece) + piece
        self.told += delta
        return delta

    def _move_window(self, segments: Sequence[Segment]) -> None:
        """Hear no more of what has been told to the end of a segment; the last one may go on."""
        passed, start_seconds = 0, 0.0
        for segment in segments[:-1]:
            words = passed + len(_Hypothesis.of(segment.text).words)
            if words > len(self._window_words):
                break
            passed, start_seconds = words, segment.end_seconds
        if passed:
            self.window_start_seconds += start_seconds
            self._window_words = self._window_words[passed:]
            rest = self._last.text[self._last.ends[passed - 1] :].lstrip()
            self._last = _Hypothesis.of(rest)


def _agreed(one: _Hypothesis, other: _Hypothesis) -> int:
    """How many words both begin with."""
    count = 0
    for mine, yours in zip(one.words, other.words, strict=False):
        if mine != yours:
            break
        count += 1
    return count


def _place_behind(told: Sequence[str], words: Sequence[str]) -> int:
    """Where the words go on that were told, although the recogniser may have changed its mind about some of these."""
    if tuple(words[: len(told)]) == tuple(told):
        return len(told)
    blocks = SequenceMatcher(None, told, words, autojunk=False).get_matching_blocks()
    last = blocks[-2] if len(blocks) > 1 else None
    if last is None:
        return len(told)
    return last.b + last.size + len(told) - (last.a + last.size)
