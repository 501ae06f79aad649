"""What the network wrote, divided by the moments that it wrote in between."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SECONDS_PER_TIMESTAMP: Final = 0.02
LEAST_UNHEARD_SECONDS: Final = 1.0
"""Less is not worth another look, and a look must bring one further than this."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text tokens, from one moment of the window to another."""

    start_seconds: float
    end_seconds: float
    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Writing:
    """The spans of a window. unheard_from_seconds: where what it did not finish begins; None when it finished."""

    spans: tuple[Span, ...]
    unheard_from_seconds: float | None


def read_timestamps(tokens: Sequence[int], *, first_timestamp: int, duration_seconds: float) -> Writing:
    """Divide `tokens`, of which those from `first_timestamp` on are moments, two hundredths of a second apart.

    A moment ends one span and another begins the next. What was begun and not ended is left out, to be heard again together with
    what follows; when that would be too little, or would begin anew, it lasts as long as the window.
    """
    spans: list[Span] = []
    text: list[int] = []
    start, begun = 0.0, False
    for token in tokens:
        if token < first_timestamp:
            text.append(token)
            continue
        moment = (token - first_timestamp) * SECONDS_PER_TIMESTAMP
        begun = not text
        if text:
            _add(spans, text, start, moment, duration_seconds)
            text = []
        start = moment
    if (text or begun) and LEAST_UNHEARD_SECONDS <= start <= duration_seconds - LEAST_UNHEARD_SECONDS:
        return Writing(tuple(spans), start)
    if text:
        _add(spans, text, start, duration_seconds, duration_seconds)
    return Writing(tuple(spans), None)


def _add(spans: list[Span], text: Sequence[int], start_seconds: float, end_seconds: float, duration_seconds: float) -> None:
    """Add a span, as far as it is in the window: what begins behind its end was invented, and so was what takes no time."""
    end_seconds = min(end_seconds, duration_seconds)
    if start_seconds < end_seconds:
        spans.append(Span(start_seconds, end_seconds, tuple(text)))
