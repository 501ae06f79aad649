"""Voices put together from others: `af_bella(2)+af_sky(1)`."""

import re
from dataclasses import dataclass
from typing import Final

PART: Final = re.compile(
    r" *(?P<name>[a-z0-9_]+) *(?:\( *(?P<weight>[0-9]{1,6}(?:\.[0-9]{1,6})?) *\))? *", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, slots=True)
class Part:
    """A voice and what it weighs beside the others of its mix."""

    name: str
    weight: float


def parse_mix(text: str) -> tuple[Part, ...] | None:
    """The parts of a mix in the order they are written, or None when `text` is no mix. Names are lower case then.

    A part without a number weighs 1. One voice alone is a mix of one.
    """
    matches = [match for part in text.split("+") if (match := PART.fullmatch(part)) is not None]
    parts = tuple(Part(match["name"].lower(), float(match["weight"] or 1)) for match in matches)
    complete = len(parts) == text.count("+") + 1
    return parts if complete and all(part.weight for part in parts) else None


def written(parts: tuple[Part, ...]) -> str:
    """The one way to write a mix."""
    return "+".join(f"{part.name}({part.weight:g})" for part in parts)
