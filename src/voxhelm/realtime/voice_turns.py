"""From speech probabilities to when somebody begins, pauses, goes on and ends."""

from dataclasses import dataclass
from typing import Final

from voxhelm.domain.pcm import Pcm
from voxhelm.realtime.happenings import Voices
from voxhelm.realtime.recent_powers import RecentPowers

# Two windows of Silero: a click is shorter, and a word is not.
SHORTEST_VOICE_MS: Final = 50.0
# Speech that has begun goes on until the probability falls this far below the threshold, as Silero itself has it.
HYSTERESIS: Final = 0.15
# After so much silence the speaker may be done: time to begin what takes time, on speculation.
PAUSE_MS: Final = 160.0
# A voice ends somewhere in a window, and the detector calls that window and maybe the next a voice: so far its end is looked for.
LATE_MS: Final = 64.0
# Sound that comes is quiet before the detector says so, when it is no louder than the silence before it; but only the last of it.
UNJUDGED_MS: Final = 64.0
# So much louder than the loudest of the silence, and it is something else. As powers, 3 dB.
LOUDER: Final = 2.0
# Of 16 bits, -70 dBFS: nobody's voice, and more than the rounding of a sound that is nearly nothing.
SILENT_POWER: Final = 100.0


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
    """The silence was long enough. voice_end_ms: when the voice ended. at_ms: when the silence had lasted long enough."""

    voice_end_ms: float
    at_ms: float


VoiceTurn = Began | Paused | WentOn | Ended


class VoiceTurns:
    """Follows one speaker, window by window; times are milliseconds of the session's sound.

    Whether somebody speaks is the detector's word alone. When exactly they stopped is told by loudness, where the sound itself comes
    in time: a detector's windows are long beside what a conversation notices.
    """

    def __init__(self, threshold: float, silence_ms: float) -> None:
        """threshold: the probability from which on somebody speaks. silence_ms: how much of it ends a turn."""
        self.threshold = threshold
        self.silence_ms = silence_ms
        self._onset_ms: float | None = None
        self._speaking = False
        self._silent_since_ms: float | None = None
        self._paused = False
        self._powers = RecentPowers()
        self._judged_ms = 0.0
        # Of the silence that is judged, without its first window, which may have the last of the voice in it.
        self._silence_power: float | None = None

    @property
    def speaking(self) -> bool:
        """Whether a turn is under way, pauses included."""
        return self._speaking

    @property
    def paused(self) -> bool:
        """Whether the speaker is silent for the moment."""
        return self._paused

    def hear(self, pcm: Pcm, start_ms: float) -> list[VoiceTurn]:
        """Sound at 24 kHz that comes, before it is judged. start_ms: where it begins."""
        if not self._speaking:
            return []
        self._powers.push(pcm.samples, start_ms)
        return self._look_ahead()

    def push(self, voices: Voices) -> list[VoiceTurn]:
        """Take the next windows."""
        found: list[VoiceTurn] = []
        for index, probability in enumerate(voices.probabilities):
            start_ms = voices.start_ms + index * voices.window_ms
            found += self._window(probability, start_ms, start_ms + voices.window_ms)
        return found + self._look_ahead()

    def reset(self) -> None:
        """Nobody speaks."""
        self._speaking = self._paused = False
        self._onset_ms = self._silent_since_ms = self._silence_power = None
        self._powers.clear()

    def _window(self, probability: float, start_ms: float, end_ms: float) -> list[VoiceTurn]:
        self._judged_ms = end_ms
        if not self._speaking:
            return self._listen(probability, start_ms, end_ms)
        if probability >= self.threshold - HYSTERESIS:
            self._silent_since_ms = self._silence_power = None
            self._powers.forget_before(end_ms - LATE_MS)
            if self._paused:
                self._paused = False
                return [WentOn(start_ms)]
            return []
        if self._silent_since_ms is None:
            self._silent_since_ms = start_ms
        else:
            power = self._powers.loudest(start_ms, end_ms)
            if power is not None:
                self._silence_power = max(power, self._silence_power or SILENT_POWER)
        return self._silent(end_ms)

    def _look_ahead(self) -> list[VoiceTurn]:
        """The detector has judged silence, and what came after it is no louder."""
        known_ms = self._powers.end_ms
        if self._silence_power is None or not self._judged_ms < known_ms <= self._judged_ms + UNJUDGED_MS:
            return []
        power = self._powers.loudest(self._judged_ms, known_ms)
        return self._silent(known_ms) if power is not None and power <= self._silence_power * LOUDER else []

    def _silent(self, until_ms: float) -> list[VoiceTurn]:
        """It has been silent until a moment."""
        found: list[VoiceTurn] = []
        since_ms = self._voice_end_ms
        if since_ms is None:
            return found
        if not self._paused and until_ms - since_ms >= min(PAUSE_MS, self.silence_ms):
            self._paused = True
            found.append(Paused(since_ms))
        if until_ms - since_ms >= self.silence_ms:
            found.append(Ended(since_ms, since_ms + self.silence_ms))
            self.reset()
        return found

    @property
    def _voice_end_ms(self) -> float | None:
        if self._silent_since_ms is None or self._silence_power is None:
            return self._silent_since_ms
        return self._powers.quiet_since(self._silent_since_ms, self._silence_power * LOUDER, LATE_MS)

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
