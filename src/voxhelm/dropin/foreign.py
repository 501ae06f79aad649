"""Reading values that somebody else's configuration has: as they are meant, or with an error that names them."""

import json
from collections.abc import Mapping
from typing import Any, Final

from voxhelm.domain.errors import ConfigurationInvalid

LEVELS: Final = {
    "trace": "debug",
    "debug": "debug",
    "info": "info",
    "success": "info",
    "warning": "warning",
    "warn": "warning",
    "error": "error",
    "critical": "error",
    "fatal": "error",
}
_YES: Final = {"1", "true", "yes", "on", "y", "t"}
_NO: Final = {"0", "false", "no", "off", "n", "f", ""}


class Foreign:
    """A mapping of another server, read key by key. Every method raises ConfigurationInvalid for a value that cannot be meant."""

    def __init__(self, values: Mapping[str, Any], source: str, prefix: str = "") -> None:
        """source: what the mapping is from, for errors. prefix: what leads to it there."""
        self.values = values
        self._source = source
        self._prefix = prefix

    def section(self, key: str) -> "Foreign":
        """The mapping under a key; an empty one where there is none."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, Mapping):
            raise self._wrong(key, "a mapping")
        return Foreign(value or {}, self._source, f"{self._prefix}{key}.")

    def text(self, key: str) -> str | None:
        """A text that is not empty."""
        value = self.values.get(key)
        return None if value is None or str(value).strip() == "" else str(value).strip()

    def number(self, key: str, least: float | None = None) -> float | None:
        """A number; a whole one where it is whole."""
        value = self.text(key)
        if value is None:
            return None
        try:
            number = float(value)
        except ValueError:
            raise self._wrong(key, "a number") from None
        if least is not None and number < least:
            raise self._wrong(key, f"from {least:g}")
        return int(number) if number.is_integer() else number

    def port(self, key: str) -> int | None:
        """A TCP port."""
        number = self.number(key)
        if number is not None and (not isinstance(number, int) or not 0 <= number <= 65_535):
            raise self._wrong(key, "a port")
        return int(number) if number is not None else None

    def flag(self, key: str) -> bool | None:
        """A yes or no."""
        value = self.text(key)
        if value is None:
            return None
        if value.lower() not in _YES | _NO:
            raise self._wrong(key, "true or false")
        return value.lower() in _YES

    def level(self, key: str) -> str | None:
        """A level of logging, as we call it."""
        value = self.text(key)
        if value is None:
            return None
        if value.lower() not in LEVELS:
            raise self._wrong(key, f"one of {', '.join(LEVELS)}")
        return LEVELS[value.lower()]

    def names(self, key: str) -> tuple[str, ...]:
        """A list of texts; in the environment it is JSON."""
        value = self.values.get(key)
        if isinstance(value, str) and value.strip():
            try:
                value = json.loads(value)
            except ValueError:
                raise self._wrong(key, "a list in JSON, such as '[\"owner/name\"]'") from None
        if value in (None, ""):
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            raise self._wrong(key, "a list of names")
        return tuple(dict.fromkeys(one.strip() for one in value))

    def _wrong(self, key: str, wanted: str) -> ConfigurationInvalid:
        return ConfigurationInvalid(f"{self._source}: {self._prefix}{key} must be {wanted}; it is {self.values[key]!r}.")
