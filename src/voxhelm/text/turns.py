"""Segments and turns into segments that say who spoke."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from voxhelm.domain.segment import Segment
from voxhelm.domain.turn import Turn
from voxhelm.domain.word import Word
from voxhelm.text.transcript import separator


def letters(number: int) -> str:
    """What the speaker of a number is called who has no name: A to Z, then AA and so on."""
    name = ""
    while number >= 0:
        name = chr(ord("A") + number % 26) + name
        number = number // 26 - 1
    return name


class SpeakerTimeline:
    """Takes turns in order of their beginnings, and segments in order of time; gives each segment once it is known who spoke.

    A segment in which the speaker changes is divided between words, if it has words; else it is of who speaks most in it. What
    nobody is known to have said is of the speaker nearest in time. Speakers without a name are called A, B and so on, in the order
    in which they are heard.
    """

    def __init__(self, names: Sequence[str]) -> None:
        """names: of known speakers, who keep them."""
        self._labels = {name: name for name in names}
        self._turns: deque[Turn] = deque()
        self._waiting: deque[Segment] = deque()
        self._complete = False

    def push_turn(self, turn: Turn) -> list[Segment]:
        """Take the next turn, and the segments that this decides."""
        self._turns.append(turn)
        return self._decided()

    def end_turns(self) -> list[Segment]:
        """No turn is to come: every segment can be decided."""
        self._complete = True
        return self._decided()

    def push_segment(self, segment: Segment) -> list[Segment]:
        """Take the next segment, and those that can be decided."""
        self._waiting.append(segment)
        return self._decided()

    def _decided(self) -> list[Segment]:
        decided: list[Segment] = []
        while self._waiting and (self._complete or self._known_until_seconds >= self._waiting[0].end_seconds):
            segment = self._waiting.popleft()
            self._forget_before(segment.start_seconds)
            decided += self._divided(segment)
        return decided

    @property
    def _known_until_seconds(self) -> float:
        """Turns that are still to come begin no earlier."""
        return self._turns[-1].start_seconds if self._turns else -1.0

    def _divided(self, segment: Segment) -> Iterator[Segment]:
        if not segment.words:
            yield replace(segment, speaker=self._speaker(segment.start_seconds, segment.end_seconds))
            return
        spoken = [(self._speaker(word.start_seconds, word.end_seconds), word) for word in segment.words]
        runs = [(speaker, tuple(word for _, word in run)) for speaker, run in groupby(spoken, key=lambda one: one[0])]
        if len(runs) == 1:
            yield replace(segment, speaker=runs[0][0])
            return
        for speaker, words in runs:
            start_seconds, end_seconds = words[0].start_seconds, words[-1].end_seconds
            part = replace(segment, start_seconds=start_seconds, end_seconds=end_seconds, words=words, tokens=())
            yield replace(part, text=_text(words), speaker=speaker)

    def _speaker(self, start_seconds: float, end_seconds: float) -> str:
        """Who speaks most between two moments, else nearest to them."""
        spoken_seconds: dict[str, float] = {}
        nearest, nearest_seconds = "", float("inf")
        for turn in self._turns:
            overlap_seconds = min(end_seconds, turn.end_seconds) - max(start_seconds, turn.start_seconds)
            if overlap_seconds > 0:
                spoken_seconds[turn.speaker] = spoken_seconds.get(turn.speaker, 0.0) + overlap_seconds
            elif -overlap_seconds < nearest_seconds:
                nearest, nearest_seconds = turn.speaker, -overlap_seconds
            if turn.start_seconds >= end_seconds:
                break
        return self._label(max(spoken_seconds, key=lambda speaker: spoken_seconds[speaker]) if spoken_seconds else nearest)

    def _forget_before(self, seconds: float) -> None:
        """Drop turns that no segment to come can be near to, lest three hours of them be looked through for every word."""
        while len(self._turns) > 1 and self._turns[0].end_seconds < seconds and self._turns[1].start_seconds < seconds:
            self._turns.popleft()

    def _label(self, speaker: str) -> str:
        if speaker not in self._labels:
            taken = set(self._labels.values())
            free = (name for name in map(letters, range(len(taken) + 1)) if name not in taken)
            self._labels[speaker] = next(free)
        return self._labels[speaker]


def _text(words: Sequence[Word]) -> str:
    text = ""
    for word in words:
        text += separator(text, word.text) + word.text
    return text


class Interleaving:
    """Takes the segments of several channels, each in order of time, and gives all of them in order of time."""

    def __init__(self, speakers: Sequence[str]) -> None:
        """speakers: who speaks on each channel."""
        self._speakers = speakers
        self._waiting: list[deque[Segment]] = [deque() for _ in speakers]
        self._open = set(range(len(speakers)))

    def push(self, channel: int, segment: Segment) -> list[Segment]:
        """Take a segment, and those that no segment to come can precede."""
        self._waiting[channel].append(replace(segment, speaker=self._speakers[channel]))
        return self._decided()

    def end(self, channel: int) -> list[Segment]:
        """No segment of this channel is to come."""
        self._open.discard(channel)
        return self._decided()

    def _decided(self) -> list[Segment]:
        decided: list[Segment] = []
        while any(self._waiting) and all(self._waiting[channel] for channel in self._open):
            earliest = min((waiting for waiting in self._waiting if waiting), key=lambda waiting: waiting[0].start_seconds)
            decided.append(earliest.popleft())
        return decided
