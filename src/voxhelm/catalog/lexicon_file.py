"""The file in which an operator says how words sound."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.text.lexicon import LexiconEntry

FIELDS: Final[Mapping[str, type]] = {"word": str, "say": str, "ipa": str, "language": str, "voice": str, "match_case": bool}


def read_lexicon(path: Path) -> tuple[LexiconEntry, ...]:
    """The entries of a YAML file, which is a list of them. Raises ConfigurationInvalid naming the entry that is wrong."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationInvalid(f"The lexicon {path} cannot be read: {error}") from error
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise ConfigurationInvalid(f"The lexicon {path} is no list of entries, such as: - {{word: Voxhelm, say: Vox helm}}")
    return lexicon_entries(found, f"the lexicon {path}")


def lexicon_entries(found: Sequence[Any], where: str) -> tuple[LexiconEntry, ...]:
    """The entries in `found`, each a mapping. where: they stand, for people. Raises ConfigurationInvalid naming the entry that is wrong."""
    return tuple(_entry(f"Entry {number} of {where}", one) for number, one in enumerate(found, start=1))


def _entry(name: str, found: Any) -> LexiconEntry:
    if not isinstance(found, Mapping) or "word" not in found:
        raise ConfigurationInvalid(f"{name} has no 'word'.")
    name = f"{name} ('{found['word']}')"
    for key, value in found.items():
        if key not in FIELDS:
            raise ConfigurationInvalid(f"{name} has '{key}', which is not known; known are {', '.join(FIELDS)}.")
        if not isinstance(value, FIELDS[key]):
            raise ConfigurationInvalid(
                f"{name} has {key}: {value!r}, which must be {FIELDS[key].__name__ if FIELDS[key] is bool else 'text: put it in quotes'}."
            )
    entry = LexiconEntry(**found)
    problem = entry.problem()
    if problem is not None:
        raise ConfigurationInvalid(f"{name} is not right: {problem}.")
    return entry
