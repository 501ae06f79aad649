"""A text in which some words are given by their sounds, and the way back from its characters to those of the text."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voxhelm.domain.pronunciation import Pronunciation


@dataclass(frozen=True, slots=True)
class Notated:
    """text: for an engine, with `[[sounds]]` where some are given.

    starts: where its parts begin. origins: where they do in the caller's text, and whether they are its very characters.
    """

    text: str
    starts: tuple[int, ...] = ()
    origins: tuple[tuple[int, bool], ...] = ()

    @property
    def has_sounds(self) -> bool:
        """Whether there are any."""
        return bool(self.starts)

    def origin(self, offset: int) -> int:
        """Where in the caller's text the character at `offset` stands; the sounds of a word stand where it begins."""
        if not self.starts:
            return offset
        index = bisect_right(self.starts, offset) - 1
        begin, literal = self.origins[index]
        return begin + (offset - self.starts[index] if literal else 0)

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """What of the caller's text `text[begin:end]` stands for; sounds stand for the whole word."""
        if not self.starts:
            return begin, end
        index = bisect_right(self.starts, end - 1) - 1
        last, literal = self.origins[index]
        behind = self.origins[index + 1][0] if not literal else last + end - self.starts[index]
        return self.origin(begin), behind


def notate(text: str, pronunciations: Sequence[Pronunciation], notation: Callable[[str], str | None]) -> Notated:
    """`text` with its pronunciations, but for those that `notation` has no words for."""
    known = [(one, sounds) for one in pronunciations if (sounds := notation(one.ipa)) is not None]
    if not known:
        return Notated(text)
    parts: list[str] = []
    starts: list[int] = []
    origins: list[tuple[int, bool]] = []
    length = done = 0

    def add(part: str, begin: int, *, literal: bool) -> None:
        nonlocal length
        parts.append(part)
        starts.append(length)
        origins.append((begin, literal))
        length += len(part)

    for one, sounds in known:
        # Brackets of the caller's own are none of ours.
        add(text[done : one.begin].replace("[[", "  "), done, literal=True)
        add(f"[[{sounds}]]", one.begin, literal=False)
        done = one.end
    add(text[done:].replace("[[", "  "), done, literal=True)
    return Notated("".join(parts), tuple(starts), tuple(origins))
