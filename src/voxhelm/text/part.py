"""What a text with its markup comes to: things to say, each in its manner, and pauses."""

from dataclasses import dataclass

from voxhelm.text.passage import Passage


@dataclass(frozen=True, slots=True)
class Style:
    """How something is said.

    voice: any name of a voice; None is the one that the request asks for. language: ISO 639-1; None is found out.
    rate: 2.0 is twice as fast. gain: what the samples are multiplied by.
    """

    voice: str | None = None
    language: str | None = None
    rate: float = 1.0
    gain: float = 1.0


@dataclass(frozen=True, slots=True)
class Say:
    """Something to say in one manner."""

    passage: Passage
    style: Style = Style()


@dataclass(frozen=True, slots=True)
class Pause:
    """So much silence."""

    seconds: float


Part = Say | Pause
