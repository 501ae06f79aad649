"""From a stream of sound and its speech probabilities to the stretches worth recognising."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from voxhelm.domain.activity import Activity
from voxhelm.domain.options import Chunking
from voxhelm.domain.pcm import Pcm


@dataclass(frozen=True, slots=True)
class CutOptions:
    """When an utterance begins and ends. The defaults suit a recogniser that profits from context and is given whole files.

    threshold: a window with at least this probability is speech. 0.5 is where Silero is calibrated.
    negative_threshold: speech that has begun goes on until the probability falls below this. 0.35 is Silero's own habit: it
        keeps soft endings and voiceless consonants, which hover between the two.
    min_speech_seconds: shorter stretches are clicks and coughs. 0.1 still lets "no" through, which 0.25 loses at times.
    min_silence_seconds: a pause this long ends an utterance. Silero's 0.1 cuts sentences in pieces, and a recogniser's language
        model begins anew with each; at 1 it joins sentences that are better heard apart. In between, PocketSphinx was best at 0.5.
    padding_seconds: kept on either side, because a detector reacts late and a recogniser wants to hear the room first. At half of
        the pause, neighbours share the silence between them.
    longest_seconds: what the recogniser takes at most. A longer stretch is divided at its quietest window.
    """

    threshold: float = 0.5
    negative_threshold: float = 0.35
    min_speech_seconds: float = 0.1
    min_silence_seconds: float = 0.5
    padding_seconds: float = 0.25
    longest_seconds: float = 30.0

    def __post_init__(self) -> None:
        """Refuse what cannot be meant, with ValueError."""
        if not 0 <= self.negative_threshold <= self.threshold <= 1:
            raise ValueError("thresholds must obey 0 <= negative_threshold <= threshold <= 1")
        if min(self.min_speech_seconds, self.min_silence_seconds, self.padding_seconds) < 0:
            raise ValueError("times must not be negative")
        if self.longest_seconds <= 0 or self.padding_seconds > self.longest_seconds / 2:
            raise ValueError("longest_seconds must be positive and at least twice padding_seconds")

    def adjusted(self, chunking: Chunking) -> "CutOptions":
        """These, with what a caller wants otherwise. Speech goes on until it is somewhat less likely than what begins it, as ever."""
        threshold = self.threshold if chunking.threshold is None else chunking.threshold
        padding_seconds = self.padding_seconds if chunking.padding_seconds is None else chunking.padding_seconds
        return replace(
            self,
            threshold=threshold,
            negative_threshold=max(0.0, threshold - (self.threshold - self.negative_threshold)),
            padding_seconds=min(padding_seconds, self.longest_seconds / 2),
            min_silence_seconds=self.min_silence_seconds if chunking.silence_seconds is None else chunking.silence_seconds,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """A stretch of speech with a little of the room around it.

    start_seconds: where it begins, from the beginning of the audio.
    """

    pcm: Pcm
    start_seconds: float


class UtteranceCutter:
    """Takes sound and speech probabilities in any interleaving, and gives utterances in order of time, none overlapping.

    The sound that may still be needed is kept: of silence only the padding, of speech at most the longest utterance, and
    whatever the probabilities have not reached yet. How the stream is divided into pieces makes no difference.
    """

    def __init__(self, options: CutOptions) -> None:
        self._options = options
        self._tape = _Tape()
        self._windows = 0
        self._window_seconds = 0.0
        self._stretch: _Stretch | None = None
        self._given_until_seconds = 0.0
        self._decided: deque[tuple[float, float]] = deque()

    def push_audio(self, pcm: Pcm) -> None:
        """Append sound, at the same rate each time. Gives nothing: an utterance ends only where a probability says so."""
        self._tape.append(pcm)

    def push_activity(self, activity: Activity) -> list[Utterance]:
        """Append probabilities, and take the utterances that they complete and whose sound is there.

        Raises ValueError when windows are missing before `activity` or have another length than the first.
        """
        if self._windows == 0:
            self._window_seconds = activity.window_seconds
        now_seconds = self._windows * self._window_seconds
        if activity.window_seconds != self._window_seconds or abs(activity.start_seconds - now_seconds) > self._window_seconds / 2:
            raise ValueError(
                f"expected windows of {self._window_seconds} s from {now_seconds:.3f} s on, "
                f"not of {activity.window_seconds} s from {activity.start_seconds:.3f} s"
            )
        for probability in activity.probabilities:
            self._push_window(probability)
            self._windows += 1
        return self._take(ended=False)

    def finish(self) -> list[Utterance]:
        """End the stream, and take what is left: sound behind the last window counts as silence."""
        if self._stretch is not None:
            self._close(self._stretch, self._windows * self._window_seconds)
        return self._take(ended=True)

    def _push_window(self, probability: float) -> None:
        options, stretch = self._options, self._stretch
        start, end = self._windows * self._window_seconds, (self._windows + 1) * self._window_seconds
        speaks = probability >= options.threshold
        if stretch is None:
            if not speaks:
                return
            begin = max(self._given_until_seconds, start - options.padding_seconds)
            stretch = self._stretch = _Stretch(begin, start)
        stretch.add(start, probability, speaks, probability >= options.negative_threshold)
        if stretch.speech_end_seconds is not None and end - stretch.speech_end_seconds >= options.min_silence_seconds:
            self._close(stretch, end)
        elif end + self._window_seconds - stretch.begin_seconds > options.longest_seconds:
            self._divide(stretch)

    def _close(self, stretch: "_Stretch", now_seconds: float) -> None:
        """End the utterance. Its padding never reaches beyond the window that ended it, so it is never too long."""
        self._stretch = None
        speech_end = now_seconds if stretch.speech_end_seconds is None else stretch.speech_end_seconds
        long_enough = speech_end - stretch.speech_start_seconds >= self._options.min_speech_seconds
        if stretch.speaks and long_enough:
            self._decide(stretch.begin_seconds, min(speech_end + self._options.padding_seconds, now_seconds))

    def _divide(self, stretch: "_Stretch") -> None:
        """Cut an over-long utterance in the middle of the quietest window of its second half."""
        earliest = stretch.begin_seconds + self._options.longest_seconds / 2
        cut = stretch.quietest_window(earliest) + self._window_seconds / 2
        before, after = stretch.divided(cut, self._window_seconds, self._options)
        if before.speaks:
            self._decide(before.begin_seconds, cut)
        self._stretch = after

    def _decide(self, begin_seconds: float, end_seconds: float) -> None:
        self._decided.append((begin_seconds, end_seconds))
        self._given_until_seconds = end_seconds

    def _take(self, *, ended: bool) -> list[Utterance]:
        taken: list[Utterance] = []
        while self._decided and (ended or self._tape.reaches(self._decided[0][1])):
            begin_seconds, end_seconds = self._decided.popleft()
            pcm = self._tape.copy(begin_seconds, end_seconds)
            if pcm is not None:
                taken.append(Utterance(pcm, begin_seconds))
        self._tape.forget_before(self._needed_from_seconds())
        return taken

    def _needed_from_seconds(self) -> float:
        if self._decided:
            return self._decided[0][0]
        if self._stretch is not None:
            return self._stretch.begin_seconds
        return max(self._given_until_seconds, self._windows * self._window_seconds - self._options.padding_seconds)


class _Stretch:
    """An utterance under way."""

    def __init__(self, begin_seconds: float, speech_start_seconds: float) -> None:
        """`begin_seconds` is where its sound begins; the speech may have begun earlier, when a longer utterance was divided."""
        self.begin_seconds = begin_seconds
        self.speech_start_seconds = speech_start_seconds
        self.speaks = False
        self.speech_end_seconds: float | None = None
        self._windows: list[tuple[float, float]] = []

    def add(self, start_seconds: float, probability: float, speaks: bool, goes_on: bool) -> None:
        """Take the next window. Silence counts from the first quiet window after the last that was surely speech."""
        self._windows.append((start_seconds, probability))
        if speaks:
            self.speaks = True
            self.speech_end_seconds = None
        elif not goes_on and self.speech_end_seconds is None:
            self.speech_end_seconds = start_seconds

    def quietest_window(self, earliest_seconds: float) -> float:
        """Where the least probable window from `earliest_seconds` on begins; the latest of equals, for the longer utterance."""
        candidates = [window for window in self._windows if window[0] >= earliest_seconds] or self._windows[-1:]
        return min(reversed(candidates), key=lambda window: window[1])[0]

    def divided(self, cut_seconds: float, window_seconds: float, options: CutOptions) -> "tuple[_Stretch, _Stretch]":
        """What came before `cut_seconds` and what comes after. The window that is cut through counts for both."""
        before = _Stretch(self.begin_seconds, self.speech_start_seconds)
        after = _Stretch(cut_seconds, self.speech_start_seconds)
        for start, probability in self._windows:
            window = start, probability, probability >= options.threshold, probability >= options.negative_threshold
            if start < cut_seconds:
                before.add(*window)
            if start + window_seconds > cut_seconds:
                after.add(*window)
        return before, after


class _Tape:
    """Sound that can be forgotten from its beginning on."""

    def __init__(self) -> None:
        self._pieces: deque[Pcm] = deque()
        self._first_sample = 0
        self._end_sample = 0
        self._rate_hz = 0

    def append(self, pcm: Pcm) -> None:
        if self._rate_hz not in (0, pcm.rate_hz):
            raise ValueError(f"the sound began at {self._rate_hz} Hz and goes on at {pcm.rate_hz} Hz")
        self._rate_hz = pcm.rate_hz
        if len(pcm.samples):
            self._pieces.append(pcm)
            self._end_sample += len(pcm.samples)

    def reaches(self, seconds: float) -> bool:
        return self._rate_hz > 0 and self._end_sample >= self._sample(seconds)

    def copy(self, begin_seconds: float, end_seconds: float) -> Pcm | None:
        """The sound between two moments, as much of it as there is; None when that is nothing."""
        parts = list(self._parts(self._sample(begin_seconds), self._sample(end_seconds)))
        return Pcm(np.concatenate([part.samples for part in parts]), self._rate_hz) if parts else None

    def forget_before(self, seconds: float) -> None:
        """Drop the pieces that end before a moment."""
        needed_from = self._sample(seconds)
        while self._pieces and self._first_sample + len(self._pieces[0].samples) <= needed_from:
            self._first_sample += len(self._pieces.popleft().samples)

    def _parts(self, begin: int, end: int) -> Iterator[Pcm]:
        piece_begin = self._first_sample
        for piece in self._pieces:
            if piece_begin >= end:
                break
            part = piece.samples[max(0, begin - piece_begin) : end - piece_begin]
            if len(part):
                yield Pcm(part, piece.rate_hz)
            piece_begin += len(piece.samples)

    def _sample(self, seconds: float) -> int:
        return round(seconds * self._rate_hz)
