"""What could be carried over from another server's configuration, and what could not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Something that has no counterpart. what: as the other server calls it. why: in a sentence. instead: what to do, None for nothing."""

    what: str
    why: str
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """One configuration, carried over.

    server: whose it is. source: the file, or the environment. values: ours, by section and key, fit for YAML.
    """

    server: str
    source: str
    values: Values
    left_behind: tuple[LeftBehind, ...] = ()

    @property
    def settings(self) -> tuple[str, ...]:
        """The names of the settings that have a value, `section.key`."""
        return tuple(f"{section}.{key}" for section, values in self.values.items() for key in values)


def merged(carried: Iterable[Carried]) -> Values:
    """The values of several; of two for one setting the later holds, and mappings are joined."""
    result: Values = {}
    for one in carried:
        result = _joined(result, one.values)
    return result


def without_nothing(values: Values) -> Values:
    """The values without those that are None or empty, and without sections of which nothing is left."""
    kept = {section: {key: value for key, value in own.items() if _is_something(value)} for section, own in values.items()}
    return {section: own for section, own in kept.items() if own}


def _is_something(value: object) -> bool:
    return value is not None and value != {} and value != []


def _joined(first: Values, second: Values) -> Values:
    return dict(_pairs(first, second))


def _pairs(first: Values, second: Values) -> Iterator[tuple[str, Any]]:
    for key in dict.fromkeys([*first, *second]):
        if isinstance(first.get(key), Mapping) and isinstance(second.get(key), Mapping):
            yield key, _joined(first[key], second[key])
        else:
            yield key, second[key] if key in second else first[key]
