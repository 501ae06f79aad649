"""Spoken digits: what flite's voices say, as the features that the network is given, with the moments of every digit."""

from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import soxr
from numpy.typing import NDArray

from voxhelm.domain.engine import Synthesizer
from voxhelm.domain.model import Placement
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.engines.flite.engine import ENGINE

RATE_HZ: Final = 16_000
DIGITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
LONGEST: Final = 4
"""Digits in a string."""
_FULL_SCALE: Final = 32_768.0


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Sound at 16 kHz, shape (n,), and the digits in it, each with when it was said."""

    samples: NDArray[np.float32]
    digits: tuple[int, ...]
    seconds: tuple[tuple[float, float], ...]

    def then(self, other: "Recording", pause_seconds: float) -> "Recording":
        """Itself, a pause, and the other."""
        between = np.zeros(round(pause_seconds * RATE_HZ), dtype=np.float32)
        samples = np.concatenate((self.samples, between, other.samples))
        shift = (len(self.samples) + len(between)) / RATE_HZ
        later = tuple((start + shift, end + shift) for start, end in other.seconds)
        return Recording(samples, self.digits + other.digits, self.seconds + later)


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """What the network looks at, shape (frames, mels), silent in the end, and what was said when."""

    features: NDArray[np.float32]
    digits: tuple[int, ...]
    seconds: tuple[tuple[float, float], ...]


def held_out(digits: Sequence[int]) -> bool:
    """Whether a string is kept for the examination: those of several digits whose sum can be divided by six, as 4 7 1."""
    return len(digits) > 1 and sum(digits) % 6 == 0


def strings(random: np.random.Generator, *, examination: bool) -> Iterator[tuple[int, ...]]:
    """Strings of digits without end, of one to LONGEST, either those of the examination or the others.

    To learn from, those in which a digit comes twice in a row are more frequent than by chance: they are the hardest.
    """
    again = 0.0 if examination else 0.15
    while True:
        digits: list[int] = []
        for _ in range(random.integers(1, LONGEST + 1)):
            digits.append(digits[-1] if digits and random.random() < again else int(random.integers(10)))
        if held_out(digits) is examination:
            yield tuple(digits)


class Speakers:
    """Flite's voices."""

    def __init__(self, synthesizer: Synthesizer, voices: Sequence[str]) -> None:
        self._synthesizer = synthesizer
        self.voices = tuple(voices)

    def say(self, digits: Sequence[int], voice: str, *, speed: float = 1.0, pauses: Set[int] = frozenset()) -> Recording:
        """Speak. pauses: the indices of the digits behind which a comma stands."""
        text = " ".join(DIGITS[digit] + ("," if index in pauses else "") for index, digit in enumerate(digits))
        pieces = list(self._synthesizer.synthesize(text, SynthesizeOptions(voice, speed)))
        samples = np.concatenate([piece.pcm.samples for piece in pieces]).astype(np.float32) / np.float32(_FULL_SCALE)
        words = [word for piece in pieces for word in piece.words]
        if len(words) != len(digits):
            raise RuntimeError(f"flite said {len(words)} words for {text!r}")
        samples = soxr.resample(samples, pieces[0].pcm.rate_hz, RATE_HZ)
        return Recording(samples, tuple(digits), tuple((word.start_seconds, word.end_seconds) for word in words))


@contextmanager
def speakers() -> Iterator[Speakers]:
    """Flite with all its voices. Raises RuntimeError where it is not installed."""
    spec = next(iter(ENGINE.discover(Path())), None)
    if spec is None:
        raise RuntimeError("The digits are said by flite, which is not installed. Run: apt install flite")
    with ENGINE.load(spec, Placement()) as synthesizer:
        yield Speakers(synthesizer, [voice.id for voice in ENGINE.voices(spec)])


def varied(recording: Recording, random: np.random.Generator) -> Recording:
    """Another room and another throat: faster or slower with its pitch, with quiet around it, softer or louder, with some noise."""
    stretch = random.uniform(0.92, 1.09)
    samples = soxr.resample(recording.samples, RATE_HZ, RATE_HZ * stretch)
    before, behind = (round(random.uniform(0, 0.35) * RATE_HZ) for _ in range(2))
    samples = np.pad(samples, (before, behind)) * random.uniform(0.15, 1.0)
    if random.random() < 0.5:
        samples += 10 ** random.uniform(-5, -2.5) * random.standard_normal(len(samples))
    shift = before / RATE_HZ
    seconds = tuple((start * stretch + shift, end * stretch + shift) for start, end in recording.seconds)
    return replace(recording, samples=_as_a_file_has_it(samples), seconds=seconds)


def _as_a_file_has_it(samples: NDArray[Any]) -> NDArray[np.float32]:
    """Rounded to sixteen bits."""
    return (samples * _FULL_SCALE).round().clip(-_FULL_SCALE, _FULL_SCALE - 1).astype(np.float32) / np.float32(_FULL_SCALE)


def quiet(random: np.random.Generator) -> Recording:
    """A second or so in which nobody speaks."""
    samples = np.zeros(round(random.uniform(0.5, 2.0) * RATE_HZ), dtype=np.float32)
    if random.random() < 0.8:
        samples += (10 ** random.uniform(-5, -1.5) * random.standard_normal(len(samples))).astype(np.float32)
    return Recording(_as_a_file_has_it(samples), (), ())


def example(recording: Recording, extractor: Any) -> Example:
    """extractor: faster-whisper's. Behind the sound stands what silence looks like, as our engine puts it there."""
    seen = extractor(recording.samples)
    frames = seen.shape[1] + 6 + seen.shape[1] % 2
    features = np.full((frames, len(seen)), max(-1.5, float(seen.max()) - 2.0), dtype=np.float32)
    features[: seen.shape[1]] = seen.T
    return Example(features, recording.digits, recording.seconds)
