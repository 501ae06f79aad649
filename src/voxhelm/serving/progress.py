"""How far a piece of work has come, for whoever reports it."""

from dataclasses import dataclass


@dataclass(slots=True)
class Progress:
    """Written by the work, read by anyone. audio_seconds: sound made or heard so far."""

    audio_seconds: float = 0.0
