"""Tags in plain text: `[pause:1s]` and `[voice:NAME]`."""

import re
from collections.abc import Iterator
from typing import Final

from voxhelm.text.part import Part, Pause, Say, Style
from voxhelm.text.passage import Passage
from voxhelm.text.pauses import Pauses

_TAG: Final = re.compile(
    r"\[(?:pause:\s*(?P<seconds>\d{1,6}(?:\.\d{1,6})?)\s*(?P<unit>ms|s)?|voice:\s*(?P<voice>[^\[\]\n]{1,200}?))\s*\]", re.IGNORECASE
)


def parse_tags(text: str) -> list[Part]:
    """`text` with its tags taken for what they mean. What only looks like a tag, such as `[pause:please]`, is text.

    A voice speaks until the next one is named; `[voice:auto]` gives back the request's. Raises MarkupInvalid for pauses that are too long.
    """
    return list(_parts(text))


def _parts(text: str) -> Iterator[Part]:
    pauses = Pauses()
    style = Style()
    done = 0
    for tag in _TAG.finditer(text):
        if text[done : tag.start()].strip():
            yield Say(Passage.of(text[done : tag.start()], done), style)
        if tag["seconds"] is None:
            style = Style(None if tag["voice"].lower() == "auto" else tag["voice"])
        else:
            seconds = float(tag["seconds"]) / (1000 if (tag["unit"] or "").lower() == "ms" else 1)
            yield Pause(pauses.add(seconds, f"'{tag[0]}' at character {tag.start() + 1}"))
        done = tag.end()
    if text[done:].strip():
        yield Say(Passage.of(text[done:], done), style)
