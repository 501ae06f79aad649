"""How likely somebody speaks, window by window."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Activity:
    """Speech probabilities of consecutive windows of equal length.

    start_seconds: where the first window begins, from the beginning of the audio.
    window_seconds: the length of each window.
    probabilities: 0 to 1, one per window, in order.
    """

    start_seconds: float
    window_seconds: float
    probabilities: tuple[float, ...]
