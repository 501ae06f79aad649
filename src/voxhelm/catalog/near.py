"""Near matches for names that do not exist."""

from collections.abc import Iterable
from typing import Final

from rapidfuzz import fuzz, process

LEAST_SCORE: Final = 55.0
MOST_MATCHES: Final = 4
# Nothing is called anything longer, and comparing takes the longer the longer a name is: hours of other callers' time, if one lets it.
LONGEST_NAME_CHARACTERS: Final = 200


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A sentence naming the nearest of `known`, or an empty string when nothing is near."""
    if len(name) > LONGEST_NAME_CHARACTERS:
        return ""
    matches = process.extract(name.lower(), list(known), scorer=fuzz.WRatio, limit=MOST_MATCHES, score_cutoff=LEAST_SCORE)
    names = [f"'{match}'" for match, _score, _index in matches]
    if not names:
        return ""
    return f" Did you mean {' or '.join([', '.join(names[:-1]), names[-1]] if len(names) > 1 else names)}?"
