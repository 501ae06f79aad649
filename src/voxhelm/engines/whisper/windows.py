"""A recording into windows that the network takes whole: full ones, cut where nobody speaks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.audio.utterances import CutOptions, Utterance, UtteranceCutter
from voxhelm.domain.pcm import Pcm
from voxhelm.engines.whisper.activity import SAMPLE_RATE_HZ, SpeechProbabilities

LONGEST_SECONDS: Final = 29.5
"""The network always works on thirty seconds, so a fuller window is cheaper sound. The rest is silence, which tells it that it is over."""

PAUSE_SECONDS: Final = 2.0
"""Longer than this, silence makes Whisper invent; a shorter pause it takes as one."""

CUT: Final = CutOptions(longest_seconds=LONGEST_SECONDS, min_silence_seconds=0.3)
"""Shorter utterances than a recogniser would like: they are put together again, and small pieces fill a window better."""


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Sound for one look of the network: shape (n,), 16 kHz, at most LONGEST_SECONDS. start_seconds: in the recording."""

    samples: NDArray[np.int16]
    start_seconds: float

    @property
    def duration_seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / SAMPLE_RATE_HZ

    def after(self, seconds: float) -> "Window":
        """What is left of it from a moment on."""
        first = round(seconds * SAMPLE_RATE_HZ)
        return Window(self.samples[first:], self.start_seconds + first / SAMPLE_RATE_HZ)


def windows(audio: Iterable[Pcm], probabilities: SpeechProbabilities) -> Iterator[Window]:
    """Read `audio` as it comes and yield each window as soon as it is full or a long pause has ended it."""
    return packed(_utterances(audio, probabilities))


def packed(utterances: Iterable[Utterance]) -> Iterator[Window]:
    """Put consecutive utterances into one window as long as they fit, silence as long as theirs between them."""
    pieces: list[NDArray[np.int16]] = []
    start = end = 0  # samples, in the recording
    for utterance in utterances:
        begin = round(utterance.start_seconds * SAMPLE_RATE_HZ)
        samples = utterance.pcm.samples
        fits = begin + len(samples) - start <= LONGEST_SECONDS * SAMPLE_RATE_HZ
        if pieces and (not fits or begin - end > PAUSE_SECONDS * SAMPLE_RATE_HZ):
            yield Window(np.concatenate(pieces), start / SAMPLE_RATE_HZ)
            pieces = []
        if not pieces:
            start = end = begin
        pieces += [np.zeros(max(0, begin - end), dtype=np.int16), samples]
        end = max(begin, end) + len(samples)
    if pieces:
        yield Window(np.concatenate(pieces), start / SAMPLE_RATE_HZ)


def _utterances(audio: Iterable[Pcm], probabilities: SpeechProbabilities) -> Iterator[Utterance]:
    cutter = UtteranceCutter(CUT)
    for pcm in audio:
        cutter.push_audio(pcm)
        for activity in probabilities.push(pcm):
            yield from cutter.push_activity(activity)
    for activity in probabilities.finish():
        yield from cutter.push_activity(activity)
    yield from cutter.finish()
