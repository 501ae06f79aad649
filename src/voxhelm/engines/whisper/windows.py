"""A recording into windows that the network takes whole: full ones, cut where nobody speaks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.audio.utterances import CutOptions, Utterance, UtteranceCutter
from voxhelm.domain.activity import Activity
from voxhelm.domain.options import Chunking
from voxhelm.domain.pcm import Pcm
from voxhelm.engines.whisper.activity import SAMPLE_RATE_HZ, SpeechProbabilities

LONGEST_SECONDS: Final = 29.5
"""The network always works on thirty seconds, so a fuller window is cheaper sound. The rest is silence, which tells it that it is over."""

PAUSE_SECONDS: Final = 2.0
"""Longer than this, silence makes Whisper invent; a shorter pause it takes as one."""

CUT: Final = CutOptions(longest_seconds=LONGEST_SECONDS, min_silence_seconds=0.3)
"""Shorter utterances than a recogniser would like: they are put together again, and small pieces fill a window better."""


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """Where windows are cut.

    cut: what an utterance is.
    packed: whether utterances share a window; else each is heard by itself, which is dearer and follows the speaker's pauses.
    """

    cut: CutOptions = CUT
    packed: bool = True

    @staticmethod
    def of(chunking: Chunking | None) -> "WindowOptions":
        """As a caller wants it; what it leaves open is as ever."""
        if chunking is None:
            return WindowOptions()
        return WindowOptions(CUT.adjusted(chunking), packed=chunking.silence_seconds is None)


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


def windows(audio: Iterable[Pcm], probabilities: SpeechProbabilities, options: WindowOptions | None = None) -> Iterator[Window]:
    """Read `audio` as it comes and yield each window as soon as it is full or a long pause has ended it."""
    wanted = options or WindowOptions()
    cutter, packer = UtteranceCutter(wanted.cut), Packer(wanted)

    def packed(utterances: Iterable[Utterance]) -> Iterator[Window]:
        for utterance in utterances:
            yield from packer.push(utterance)

    for pcm in audio:
        cutter.push_audio(pcm)
        for activity in probabilities.push(pcm):
            yield from packed(cutter.push_activity(activity))
            yield from packer.pass_time(activity)
    for activity in probabilities.finish():
        yield from packed(cutter.push_activity(activity))
    yield from packed(cutter.finish())
    yield from packer.finish()


class Packer:
    """Puts consecutive utterances into one window as long as they fit, with silence as long as theirs between them."""

    def __init__(self, options: WindowOptions | None = None) -> None:
        self._options = options or WindowOptions()
        self._pieces: list[NDArray[np.int16]] = []
        self._start = self._end = 0  # samples, in the recording
        self._spoken_until_seconds = 0.0

    def push(self, utterance: Utterance) -> Iterator[Window]:
        """Take the next; it may end the window before it."""
        begin = round(utterance.start_seconds * SAMPLE_RATE_HZ)
        samples = utterance.pcm.samples
        fits = begin + len(samples) - self._start <= LONGEST_SECONDS * SAMPLE_RATE_HZ
        if not fits or begin - self._end > PAUSE_SECONDS * SAMPLE_RATE_HZ:
            yield from self.finish()
        if not self._pieces:
            self._start = self._end = begin
        self._pieces += [np.zeros(max(0, begin - self._end), dtype=np.int16), samples]
        self._end = max(begin, self._end) + len(samples)
        if not self._options.packed:
            yield from self.finish()

    def pass_time(self, activity: Activity) -> Iterator[Window]:
        """End the window when no utterance that is still to come could belong to it: the pause is too long, or it would not fit."""
        now_seconds = activity.start_seconds
        for probability in activity.probabilities:
            now_seconds += activity.window_seconds
            if probability >= self._options.cut.threshold:
                self._spoken_until_seconds = now_seconds
        quiet_seconds = now_seconds - max(self._spoken_until_seconds, self._end / SAMPLE_RATE_HZ)
        known_after_seconds = self._options.cut.padding_seconds + self._options.cut.min_silence_seconds
        lasting_seconds = now_seconds - self._start / SAMPLE_RATE_HZ
        if quiet_seconds > PAUSE_SECONDS + known_after_seconds or lasting_seconds > LONGEST_SECONDS + known_after_seconds:
            yield from self.finish()

    def finish(self) -> Iterator[Window]:
        """The window as it is, if there is one."""
        if self._pieces:
            yield Window(np.concatenate(self._pieces), self._start / SAMPLE_RATE_HZ)
            self._pieces = []
