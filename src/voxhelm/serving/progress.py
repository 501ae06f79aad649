"""How far a piece of work has come, for whoever reports it."""

from dataclasses import dataclass


@dataclass(slots=True)
class Progress:
    """Written by the work, read by anyone.

    audio_seconds: sound made or heard so far. total_seconds: how much there is, None where that is not known or was not asked.
    """

    audio_seconds: float = 0.0
    total_seconds: float | None = None
