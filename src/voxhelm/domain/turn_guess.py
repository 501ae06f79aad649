"""Whether somebody has finished speaking."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TurnGuess:
    """probability: that whoever was heard last is done and does not go on after a breath, 0 to 1."""

    probability: float
