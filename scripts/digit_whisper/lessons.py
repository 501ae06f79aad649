"""What the network is to write, and where it is to listen, for examples that are learnt together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scripts.digit_whisper.speech import DIGITS, Example
from voxhelm.testing.models.whisper_files import END, NO_SPEECH, NO_TIMESTAMPS, SPACE, SPECIALS, START, TIMESTAMPS, byte_letters

Array = NDArray[np.float32]

POSITIONS_PER_SECOND: Final = 50
QUIET: Final = len(DIGITS)
"""What a position sounds like at which no digit is said."""

_GRID: Final = 5
"""Moments are written in tenths of a second: as coarse as they are certain, and so as sure as words."""


_EDGE: Final = 10  # positions next to the first and the last word that tell where they begin and end


class Vocabulary:
    """The tokens: bytes, digits, specials, moments."""

    def __init__(self) -> None:
        self.tokens = [*byte_letters(), *(f"{SPACE}{digit}" for digit in DIGITS), *SPECIALS, *TIMESTAMPS]
        numbers = {token: number for number, token in enumerate(self.tokens)}
        self.first_digit = numbers[f"{SPACE}{DIGITS[0]}"]
        self.end, self.start = numbers[END], numbers[START]
        self.no_speech, self.no_timestamps = numbers[NO_SPEECH], numbers[NO_TIMESTAMPS]
        self.moments = range(numbers[TIMESTAMPS[0]], len(self.tokens))


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """Examples that are learnt together, each written twice: with moments and without.

    features: (batch, frames, mels). sounding: (batch, frames / 2, digits + 1), what is heard at each position, as a probability.
    tokens: (2 * batch, n). wanted: (2 * batch, n, vocabulary), probabilities of the next token, zeros where nothing is asked.
    next_heard, last_heard: (2 * batch, n, frames / 2), where to listen for the next token and where for the one that stands there.
    """

    features: Array
    sounding: Array
    tokens: NDArray[np.intp]
    wanted: Array
    next_heard: Array
    last_heard: Array


def lesson(examples: Sequence[Example], vocabulary: Vocabulary) -> Lesson:
    """Put examples together, the shorter ones with silence behind them."""
    batch = len(examples)
    frames = max(len(one.features) for one in examples)
    features = np.stack([np.pad(one.features, ((0, frames - len(one.features)), (0, 0)), mode="edge") for one in examples])
    positions, length = frames // 2, max(len(one.digits) for one in examples) + 3
    made = Lesson(
        features=features,
        sounding=np.zeros((batch, positions, QUIET + 1), dtype=np.float32),
        tokens=np.full((2 * batch, length), vocabulary.end, dtype=np.intp),
        wanted=np.zeros((2 * batch, length, len(vocabulary.tokens)), dtype=np.float32),
        next_heard=np.zeros((2 * batch, length, positions), dtype=np.float32),
        last_heard=np.zeros((2 * batch, length, positions), dtype=np.float32),
    )
    made.sounding[:, :, QUIET] = 1
    for index, one in enumerate(examples):
        if one.digits:
            _add_digits(made, index, one, vocabulary)
        else:
            _add_quiet(made, index, vocabulary)
    return made


def _add_quiet(made: Lesson, index: int, vocabulary: Vocabulary) -> None:
    timed, plain = index, len(made.features) + index
    made.tokens[timed, :2] = vocabulary.start, vocabulary.moments[0]
    made.tokens[plain, :2] = vocabulary.start, vocabulary.no_timestamps
    made.wanted[timed, 0, vocabulary.no_speech] = 1
    made.wanted[[timed, plain], 1, vocabulary.end] = 1


def _add_digits(made: Lesson, index: int, one: Example, vocabulary: Vocabulary) -> None:
    timed, plain = index, len(made.features) + index
    positions = made.sounding.shape[1]
    places = [_stretch(start, end, positions) for start, end in one.seconds]
    words = [vocabulary.first_digit + digit for digit in one.digits]
    begin, end = (_moment(seconds, vocabulary) for seconds in (one.seconds[0][0], one.seconds[-1][1]))
    made.tokens[timed, : len(words) + 3] = (
        vocabulary.start,
        max(begin, key=begin.__getitem__),
        *words,
        max(end, key=end.__getitem__),
    )
    made.tokens[plain, : len(words) + 2] = vocabulary.start, vocabulary.no_timestamps, *words
    made.wanted[timed, 0, list(begin)] = list(begin.values())
    made.wanted[timed, len(words) + 1, list(end)] = list(end.values())
    made.wanted[timed, len(words) + 2, vocabulary.end] = made.wanted[plain, len(words) + 1, vocabulary.end] = 1
    for row in (timed, plain):
        for at, (word, place) in enumerate(zip(words, places, strict=True)):
            made.wanted[row, at + 1, word] = 1
            _listen(made.next_heard[row, at + 1], place)
            _listen(made.last_heard[row, at + 2], place)
        _listen(made.next_heard[row, len(words) + 1], _behind(places[-1]))
    _listen(made.next_heard[timed, 0], slice(max(0, places[0].start - _EDGE // 2), places[0].start + 2))
    _listen(made.next_heard[timed, len(words) + 2], _behind(places[-1]))
    for digit, place in zip(one.digits, places, strict=True):
        made.sounding[index, place] = np.eye(QUIET + 1, dtype=np.float32)[digit]


def _behind(place: slice) -> slice:
    return slice(place.stop, place.stop + _EDGE)


def _listen(row: Array, place: slice) -> None:
    row[place] = 1
    row /= max(1.0, float(row.sum()))


def _stretch(start_seconds: float, end_seconds: float, positions: int) -> slice:
    first = min(round(start_seconds * POSITIONS_PER_SECOND), positions - 2)
    return slice(first, max(first + 1, round(end_seconds * POSITIONS_PER_SECOND)))


def _moment(seconds: float, vocabulary: Vocabulary) -> dict[int, float]:
    """The tenths of a second around a moment, the nearer the likelier."""
    below, part = divmod(seconds * POSITIONS_PER_SECOND, _GRID)
    first = int(below) * _GRID
    return {vocabulary.moments[first]: 1 - part / _GRID, vocabulary.moments[first + _GRID]: part / _GRID}
