"""Patterns, each with what it is read as: what the languages' ways of reading figures are made of."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from voxhelm.text.passage import Edit

# Without one of these a sentence holds nothing that is written otherwise than it is said.
TELLING: Final = re.compile(
    r"[\d%$€£¥№°&@#+=~½¼¾×²³]|://|\.(?=\S)|\w\.(?=\s+\S)|\b[IVXLC]{2,}\b|\w/\w|\b\w{1,2}-\w"
    r"|\b(?:etc|Inc|Ltd|Jr|Sr|Co|Corp|St|Ave|Rd|др|пр)\.\Z"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """say: what a match is read as; None leaves it to the rules that follow."""

    pattern: re.Pattern[str]
    say: Callable[[re.Match[str]], str | None]


def edits_of(text: str, rules: Sequence[Rule]) -> list[Edit]:
    """What `rules` make of `text`, in order; where two match, the earlier rule has it.

    A full stop that ends an abbreviation and the text as well stays, so that the voice falls.
    """
    found: list[Edit] = []
    taken = bytearray(len(text))
    for rule in rules:
        for match in rule.pattern.finditer(text):
            begin, end = match.span()
            if begin == end or any(taken[begin:end]):
                continue
            said = rule.say(match)
            if said is None:
                continue
            taken[begin:end] = b"\1" * (end - begin)
            stop = "." if match[0].endswith(".") and not said.endswith(".") and not text[end:].strip() else ""
            found.append(Edit(begin, end, said + stop))
    return sorted(found, key=lambda edit: edit.begin)


def untouched(text: str, edits: Iterable[Edit]) -> list[tuple[int, int]]:
    """What is between `edits`, which are in order."""
    spans: list[tuple[int, int]] = []
    done = 0
    for edit in edits:
        spans.append((done, edit.begin))
        done = edit.end
    spans.append((done, len(text)))
    return [(begin, end) for begin, end in spans if text[begin:end].strip()]
