"""Where the time goes between the end of somebody's words and the first sound of the answer."""

from typing import Final

from voxhelm.telemetry.metrics import Metrics

TURN: Final = "turn"
TRANSCRIPT: Final = "transcript"
FIRST_TEXT: Final = "first_text"
FIRST_SOUND: Final = "first_sound"


class Waterfall:
    """Of one session. All stages of a turn are counted from the moment at which the last sound of the voice arrived."""

    def __init__(self, metrics: Metrics) -> None:
        """metrics: where it is told."""
        self._metrics = metrics
        self._arrived_ms = 0.0
        self._arrived_at_seconds = 0.0
        self._from_seconds: float | None = None
        self._awaited: set[str] = set()

    def arrived(self, until_ms: float, now_seconds: float) -> None:
        """The session's sound came up to a place in it."""
        self._arrived_ms, self._arrived_at_seconds = until_ms, now_seconds

    def turn_ended(self, voice_end_ms: float | None, now_seconds: float) -> None:
        """An utterance is complete. voice_end_ms: as `effects.TurnOver`; where nobody knows it, the voice has ended now."""
        self._from_seconds = now_seconds
        if voice_end_ms is not None:
            # Sound that is sent faster than it sounds tells nothing of when its end was spoken.
            behind_seconds = max(0.0, self._arrived_ms - voice_end_ms) / 1000
            self._from_seconds = min(now_seconds, self._arrived_at_seconds - behind_seconds)
        self._awaited = {TURN, TRANSCRIPT, FIRST_TEXT, FIRST_SOUND}
        self.reached(TURN, now_seconds)

    def reached(self, stage: str, now_seconds: float) -> None:
        """A stage of the turn that ended last; only its first time counts."""
        if stage in self._awaited and self._from_seconds is not None:
            self._awaited.discard(stage)
            self._metrics.realtime_stage_seconds.labels(stage=stage).observe(now_seconds - self._from_seconds)
