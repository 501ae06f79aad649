"""A voice an engine can speak with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """One entry of an engine's voice list.

    id: what `SynthesizeOptions.voice` takes; unique within its model.
    name: for people.
    languages: BCP 47 tags, lower case, the best first (`en-us`, `bg`).
    gender: "male", "female" or None when unknown.
    variant_of: the id of the voice this one is a colour of; lists leave such voices out unless asked for.
    """

    id: str
    name: str
    languages: tuple[str, ...]
    gender: str | None = None
    variant_of: str | None = None
