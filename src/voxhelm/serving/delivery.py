"""From what engines make of the pieces of a text to one sound: even in rhythm and loudness, and with its words timed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.audio.edges import Edges
from voxhelm.audio.gain import amplified
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.speech import Speech
from voxhelm.domain.word import Word
from voxhelm.serving.casting import Line
from voxhelm.serving.levels import FIRST_SECONDS, Levels, first_gain
from voxhelm.serving.timeline import Timeline
from voxhelm.text.timing import WordTimes

SILENCE_RATE_HZ: Final = 24_000


@dataclass(frozen=True, slots=True)
class Rest:
    """Silence after the last word."""

    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """The next sound of a line; None when the line is over."""

    line: Line
    speech: Speech | None


class Delivery:
    """Joins the lines of one reply. One thread at a time."""

    def __init__(self, levels: Levels | None, timeline: Timeline | None) -> None:
        """levels: None leaves every voice as loud as it is. timeline: where words are told, if anybody wants them."""
        self._levels = levels
        self._timeline = timeline
        self._delivered_seconds = 0.0
        self._rate_hz: int | None = None
        self._line: _LineSound | None = None

    def deliver(self, batch: Sequence[Said | Rest]) -> list[Pcm]:
        """The sound to be heard after taking the next pieces of speech."""
        return [pcm for one in batch for pcm in self._take(one) if len(pcm.samples)]

    def _take(self, one: Said | Rest) -> Iterator[Pcm]:
        if isinstance(one, Rest):
            yield self._counted(Pcm.silence(one.seconds, self._rate_hz or SILENCE_RATE_HZ))
        elif one.speech is not None:
            if self._line is None:
                self._line = self._begin(one.line, one.speech.pcm.rate_hz)
                yield self._counted(Pcm.silence(self._line.silence_seconds, self._line.rate_hz))
            line = self._line
            pcm = line.push(one.speech)
            self._start(line)
            yield self._counted(pcm)
            self._tell(line, line.words())
        elif self._line is not None:
            line = self._line
            pcm = line.finish()
            self._start(line)
            yield self._counted(pcm)
            self._tell(line, line.last_words())
            if self._timeline is not None and line.started_seconds is not None:
                self._timeline.end(self._delivered_seconds)
            self._line = None

    def _begin(self, line: Line, rate_hz: int) -> "_LineSound":
        # Nothing to be apart from stands before the first line.
        silence = line.silence_seconds if self._rate_hz is not None or line.pauses else 0.0
        self._rate_hz = rate_hz
        return _LineSound(line, rate_hz, silence, self._levels, WordTimes(line.passage) if self._timeline is not None else None)

    def _start(self, line: "_LineSound") -> None:
        if self._timeline is not None and line.begun and line.started_seconds is None:
            line.started_seconds = self._delivered_seconds
            self._timeline.begin(line.line.sentence, line.line.passage.written, self._delivered_seconds)

    def _tell(self, line: "_LineSound", words: Iterator[Word]) -> None:
        if self._timeline is not None and line.started_seconds is not None:
            for word in words:
                self._timeline.add(word, line.started_seconds)

    def _counted(self, pcm: Pcm) -> Pcm:
        self._delivered_seconds += pcm.duration_seconds
        return pcm


class _LineSound:
    """The sound of one line on its way."""

    def __init__(self, line: Line, rate_hz: int, silence_seconds: float, levels: Levels | None, times: WordTimes | None) -> None:
        self.line = line
        self.rate_hz = rate_hz
        self.silence_seconds = silence_seconds
        self.started_seconds: float | None = None
        self._levels = levels
        self._times = times
        self._edges = Edges(rate_hz)
        self._heard: list[Word] = []
        self._waiting: list[NDArray[np.int16]] = []
        self._made_samples = 0
        self._gain = self._known_gain()

    @property
    def begun(self) -> bool:
        return self._edges.begun and self._gain is not None

    def push(self, speech: Speech) -> Pcm:
        if self._levels is not None:
            self._levels.hear(*self._voice, speech.pcm)
        self._heard += speech.words
        return self._amplified(self._edges.push(speech.pcm.samples), last=False)

    def finish(self) -> Pcm:
        return self._amplified(self._edges.finish(), last=True)

    def words(self) -> Iterator[Word]:
        """The words whose times are known by now, from the first sound of the line on."""
        if self._times is None or not self.begun:
            return
        skipped = self._edges.skipped_seconds
        heard, self._heard = self._heard, []
        for word in heard:
            start_seconds, end_seconds = max(0.0, word.start_seconds - skipped), max(0.0, word.end_seconds - skipped)
            yield from self._times.add(Word(word.text, start_seconds, end_seconds, None, word.text_offset))

    def last_words(self) -> Iterator[Word]:
        """The rest of them; none lasts longer than the sound."""
        if self._times is None or not self.begun:
            return
        seconds = self._made_samples / self.rate_hz
        left = [*self.words(), *self._times.finish(seconds)]
        for word in left:
            yield Word(
                word.text,
                min(word.start_seconds, seconds),
                min(word.end_seconds, seconds),
                None,
                word.text_offset,
                word.estimated,
            )

    @property
    def _voice(self) -> tuple[str, str]:
        return self.line.chosen.spec.id, self.line.chosen.voice.id

    def _known_gain(self) -> float | None:
        return 1.0 if self._levels is None else self._levels.gain(*self._voice)

    def _amplified(self, samples: NDArray[np.int16], *, last: bool) -> Pcm:
        if self._gain is None:
            # Never heard before: how loud it is shows in a moment.
            self._waiting.append(samples)
            if not last and sum(map(len, self._waiting)) < FIRST_SECONDS * self.rate_hz:
                return Pcm(samples[:0], self.rate_hz)
            self._gain = first_gain(self._waiting, self.rate_hz)
            samples, self._waiting = np.concatenate(self._waiting), []
        self._made_samples += len(samples)
        return Pcm(amplified(samples, self._gain * self.line.style.gain), self.rate_hz)
