"""From lines as they are written to lines as an engine is given them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from voxhelm.catalog.voices import VoiceBook
from voxhelm.serving.casting import CLAUSE_SECONDS, PARAGRAPH_SECONDS, Line
from voxhelm.text.chunks import first_clause
from voxhelm.text.figures import written_out
from voxhelm.text.lexicon import Lexicon
from voxhelm.text.passage import Passage, Piece
from voxhelm.text.say_as import interpreted

# Each piece may be longer by this than the one before it, which plays while it is made.
GROWTH: Final = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """How text is read. lexicon: the operator's. figures: whether numbers and abbreviations are written out."""

    lexicon: Lexicon
    figures: bool = True

    def read(self, line: Line, voices: VoiceBook) -> Line:
        """`line` in words that its voice reads right."""
        chosen = line.chosen
        passage = interpreted(line.passage, line.language)
        passage = self.lexicon.applied(passage, language=line.language, voice=chosen.voice.id, model=chosen.spec.id)
        if self.figures and not voices.capabilities(chosen.spec).reads_figures:
            passage = written_out(passage, line.language)
        return line if passage is line.passage else replace(line, passage=passage)


def paced(lines: Iterable[Line], voices: VoiceBook) -> Iterator[Line]:
    """`lines` in pieces of growing size: a clause, whole sentences, and then several at once for engines that gain by it.

    An engine whose sound comes while it is made gets its first sentence whole.
    """
    held: Line | None = None
    allowed_characters = 0
    for number, line in enumerate(lines):
        capabilities = voices.capabilities(line.chosen.spec)
        if number == 0 and not capabilities.streams:
            *begun, line = _divided(line)  # noqa: PLW2901 - what is left of it
            yield from begun
        longest_characters = min(capabilities.context_characters, allowed_characters)
        if held is not None and _together(held, line) and len(held.text) + len(line.text) < longest_characters:
            held = _joined(held, line)
            continue
        if held is not None:
            yield held
            allowed_characters = GROWTH * len(held.text)
        held = line
        if number == 0 or not capabilities.context_characters:
            # Nothing can join it: it need not wait to be seen beside the next.
            yield held
            allowed_characters = GROWTH * len(held.text)
            held = None
    if held is not None:
        yield held


def _divided(line: Line) -> list[Line]:
    end = first_clause(line.passage)
    if not end:
        return [line]
    rest = line.text[end:]
    following = line.passage.slice(end + len(rest) - len(rest.lstrip()), len(line.text))
    clause = replace(line, passage=line.passage.slice(0, end))
    return [clause, replace(line, passage=following, silence_seconds=CLAUSE_SECONDS, pauses=False)]


def _together(held: Line, line: Line) -> bool:
    return (
        (held.chosen, held.style, held.language) == (line.chosen, line.style, line.language)
        and not line.pauses
        and line.silence_seconds < PARAGRAPH_SECONDS
    )


def _joined(held: Line, line: Line) -> Line:
    at = held.passage.pieces[-1].end
    space = Piece(" ", " ", at, at, exact=False)
    return replace(held, passage=Passage((*held.passage.pieces, space, *line.passage.pieces)))
