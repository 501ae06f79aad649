"""What is heard when: the words of a reply with their times."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A word with what stands between it and the next one, so that the texts of all spans make the transcript.

    start_ms, end_ms: from the beginning of the item's sound. estimated: whether the times are in proportion to letters.
    """

    text: str
    start_ms: float
    end_ms: float
    estimated: bool = False


def heard_text(spans: Iterable[Span], heard_ms: float) -> str:
    """The words that have been heard to their end after so much of the sound, without what follows the last one."""
    return "".join(span.text for span in spans if span.end_ms <= heard_ms).rstrip()


def heard_spans(spans: Iterable[Span], heard_ms: float) -> tuple[Span, ...]:
    """The same, with their times."""
    return tuple(span for span in spans if span.end_ms <= heard_ms)
