"""What became of the turns of one conversation, by the client's clock."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from benchmarks.talking import quantile

# A turn whose end was not told after so long is one that the server has not kept up with.
LATE_SECONDS: Final = 1.0


@dataclass(slots=True)
class Turn:
    """One. Moments are seconds of `time.perf_counter`, None before they have come.

    needed: when the last sound was sent that the server needs to know that the speaker is done.
    underrun_seconds: the longest that a listener would have waited for the next piece of a reply that had begun.
    """

    needed: float
    stopped: float | None = None
    first_sound: float | None = None
    told_seconds: float = 0.0
    underrun_seconds: float = 0.0
    done: float | None = None

    @property
    def lag_seconds(self) -> float | None:
        """How late the client is told that it is done."""
        return None if self.stopped is None else self.stopped - self.needed


@dataclass(slots=True)
class Turns:
    """All of one conversation, in their order."""

    all: list[Turn] = field(default_factory=list)

    def ended(self, now: float) -> None:
        """The speaker is done, and all has been sent that says so."""
        self.all.append(Turn(now))

    def told(self, kind: str, now: float, sound_seconds: float = 0.0) -> None:
        """An event came. sound_seconds: how much of a reply it brought."""
        if kind == "input_audio_buffer.speech_stopped":
            turn = next((one for one in self.all if one.stopped is None), None)
            if turn is not None:
                turn.stopped = now
            return
        turn = next((one for one in self.all if one.stopped is not None and one.done is None), None)
        if turn is None:
            return
        if kind == "response.output_audio.delta":
            if turn.first_sound is None:
                turn.first_sound = now
            turn.underrun_seconds = max(turn.underrun_seconds, now - turn.first_sound - turn.told_seconds)
            turn.told_seconds += sound_seconds
        elif kind == "output_audio_buffer.started":
            turn.first_sound = turn.first_sound or now
        elif kind == "response.done":
            turn.done = now


@dataclass(frozen=True, slots=True)
class Kept:
    """What a number of conversations came to at once. Seconds; behind: conversations that the server has not kept up with."""

    turns: int
    lags: tuple[float, ...]
    first_sounds: tuple[float, ...]
    underrun_seconds: float
    behind: int

    @property
    def lag_p95_seconds(self) -> float:
        """What 95 of 100 turns did not exceed."""
        return quantile(self.lags, 0.95)


def kept(conversations: Iterable[Turns], now: float) -> Kept:
    """Judge conversations that are still going on. Turns that ended just now are nobody's fault yet, and do not count."""
    lags, sounds, underruns, behind = [], [], [0.0], 0
    for conversation in conversations:
        due = [turn for turn in conversation.all if now - turn.needed > LATE_SECONDS]
        known = [turn.lag_seconds for turn in due if turn.lag_seconds is not None]
        behind += len(known) < len(due) or (bool(known) and known[-1] > LATE_SECONDS)
        lags += known
        sounds += [turn.first_sound - turn.needed for turn in due if turn.first_sound is not None]
        underruns += [turn.underrun_seconds for turn in due]
    return Kept(len(lags), tuple(lags), tuple(sounds), max(underruns), behind)
