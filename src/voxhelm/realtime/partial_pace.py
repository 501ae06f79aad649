"""When an utterance that still goes on is heard again. Pure."""

from typing import Final

# The first words need some sound; then there has to be something new to hear.
FIRST_SECONDS: Final = 0.6
NEW_SECONDS: Final = 0.3
# A recogniser that takes longer tells nothing in time for anybody to read it.
TOO_SLOW_SECONDS: Final = 10.0
MOST: Final = 200


class PartialPace:
    """Of one utterance. Hearing it takes longer the longer it is: half of the time at most is spent on it."""

    def __init__(self) -> None:
        self._heard_seconds = 0.0
        self._began_seconds = 0.0
        self._rests_until_seconds = 0.0
        self._count = 0

    def due(self, sound_seconds: float, now_seconds: float) -> bool:
        """Whether to hear it now. sound_seconds: how much of it there is."""
        enough = FIRST_SECONDS if self._count == 0 else self._heard_seconds + NEW_SECONDS
        return sound_seconds >= enough and now_seconds >= self._rests_until_seconds and self._count < MOST

    def begin(self, sound_seconds: float, now_seconds: float) -> None:
        """It is being heard."""
        self._count += 1
        self._heard_seconds = sound_seconds
        self._began_seconds = now_seconds

    def end(self, now_seconds: float) -> None:
        """It has been heard, or nobody had the time for it."""
        took_seconds = now_seconds - self._began_seconds
        self._rests_until_seconds = now_seconds + took_seconds
        if took_seconds > TOO_SLOW_SECONDS:
            self._count = MOST
