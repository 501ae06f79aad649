"""From speech probabilities to when somebody begins, pauses, goes on and ends."""

from dataclasses import dataclass
from typing import Final

from voxhelm.realtime.happenings import Voices

# Two windows of Silero: a click is shorter, and a word is not.
SHORTEST_VOICE_MS: Final = 50.0
# Speech that has begun goes on until the probability falls this far below the threshold, as Silero itself has it.
HYSTERESIS: Final = 0.15
# After so much silence the speaker may be done: time to begin what takes time, on speculation.
PAUSE_MS: Final = 160.0


@dataclass(frozen=True, slots=True)
class Began:
    """Somebody speaks. at_ms: since when."""

    at_ms: float


@dataclass(frozen=True, slots=True)
class Paused:
    """Silence, long enough to think about. at_ms: since when."""

    at_ms: float


@dataclass(frozen=True, slots=True)
class WentOn:
    """The pause was none."""

    at_ms: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The silence was long enough. voice_end_ms: when the voice ended. at_ms: now."""

    voice_end_ms: float
    at_ms: float


VoiceTurn = Began | Paused | WentOn | Ended


class VoiceTurns:
    """Follows one speaker, window by window; times are milliseconds of the session's sound."""

    def __init__(self, threshold: float, silence_ms: float) -> None:
        """threshold: the probability from which on somebody speaks. silence_ms: how much of it ends a turn."""
        self.threshold = threshold
        self.silence_ms = silence_ms
        self._onset_ms: float | None = None
        self._speaking = False
        self._silent_since_ms: float | None = None
        self._paused = False

    @property
    def speaking(self) -> bool:
        """Whether a turn is under way, pauses included."""
        return self._speaking

    @property
    def paused(self) -> bool:
        """Whether the speaker is silent for the moment."""
        return self._paused

    def push(self, voices: Voices) -> list[VoiceTurn]:
        """Take the next windows."""
        found: list[VoiceTurn] = []
        for index, probability in enumerate(voices.probabilities):
            start_ms = voices.start_ms + index * voices.window_ms
            found += self._window(probability, start_ms, start_ms + voices.window_ms)
        return found

    def _window(self, probability: float, start_ms: float, end_ms: float) -> list[VoiceTurn]:
        if not self._speaking:
            return self._listen(probability, start_ms, end_ms)
        if probability >= self.threshold - HYSTERESIS:
            self._silent_since_ms = None
            if self._paused:
                self._paused = False
                return [WentOn(start_ms)]
            return []
        if self._silent_since_ms is None:
            self._silent_since_ms = start_ms
        silent_ms = end_ms - self._silent_since_ms
        found: list[VoiceTurn] = []
        if not self._paused and silent_ms >= min(PAUSE_MS, self.silence_ms):
            self._paused = True
            found.append(Paused(self._silent_since_ms))
        if silent_ms >= self.silence_ms:
            found.append(Ended(self._silent_since_ms, end_ms))
            self.reset()
        return found

    def _listen(self, probability: float, start_ms: float, end_ms: float) -> list[VoiceTurn]:
        if probability < self.threshold:
            self._onset_ms = None
            return []
        if self._onset_ms is None:
            self._onset_ms = start_ms
        if end_ms - self._onset_ms < SHORTEST_VOICE_MS:
            return []
        self._speaking = True
        return [Began(self._onset_ms)]

    def reset(self) -> None:
        """Nobody speaks."""
        self._speaking = self._paused = False
        self._onset_ms = self._silent_since_ms = None
