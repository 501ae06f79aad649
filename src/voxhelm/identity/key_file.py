"""Files with keys: a line for each, or YAML."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import yaml

from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.identity.key import DIGEST_PREFIX, Key, digest_of
from voxhelm.identity.scope import EVERYDAY, Scope

# A digest that is fast to compute keeps only what cannot be guessed.
SHORTEST_SECRET_CHARACTERS: Final = 16
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# `name: secret`, or a secret alone. What a secret may hold is what a header can carry.
LINE: Final = re.compile(r"(?:([A-Za-z0-9][A-Za-z0-9._-]{0,63})\s*:\s+)?([!-~]+)")
FIELDS: Final = frozenset({"name", "hash", "secret", "scopes", "created", "expires"})


def read_keys(path: Path) -> tuple[Key, ...]:
    """The keys in a file. Raises ConfigurationInvalid, which never quotes what might be a secret."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigurationInvalid(f"{path} is not text in UTF-8.") from None
    except OSError as error:
        raise ConfigurationInvalid(f"{path} cannot be read: {error.strerror}.") from error
    lines = [line.strip() for line in text.splitlines()]
    kept = [line for line in lines if line and not line.startswith("#")]
    if all(LINE.fullmatch(line) and not line.startswith("keys:") for line in kept):
        keys = [_of_line(path, line) for line in kept]
    else:
        keys = list(_of_yaml(path, text))
    _require_distinct(path, keys)
    return tuple(keys)


def _of_line(path: Path, line: str) -> Key:
    match = LINE.fullmatch(line)
    assert match is not None  # noqa: S101 - the caller has looked
    digest = _digest(path, match[1], match[2])
    return Key(match[1] or f"key-{digest[:8]}", digest)


def _of_yaml(path: Path, text: str) -> Iterator[Key]:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        # The error's own words quote the file.
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark is not None else ""
        raise ConfigurationInvalid(f"{path} is neither lines of `name: secret` nor YAML{where}.") from None
    entries = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise ConfigurationInvalid(f"{path} must hold lines of `name: secret`, or YAML with a list under `keys`.")
    for number, entry in enumerate(entries, 1):
        yield _of_entry(path, number, entry)


def _of_entry(path: Path, number: int, entry: Any) -> Key:
    where = f"{path}, key {number}"
    if not isinstance(entry, dict):
        raise ConfigurationInvalid(f"{where}: it must be a mapping with `name` and `hash`.")
    unknown = {str(field) for field in entry} - FIELDS
    if unknown:
        raise ConfigurationInvalid(f"{where}: there is no field {', '.join(sorted(unknown))}; known: {', '.join(sorted(FIELDS))}.")
    name, kept = str(entry.get("name", "")), entry.get("hash", entry.get("secret"))
    if not NAME.fullmatch(name):
        raise ConfigurationInvalid(f"{where}: a name is up to 64 letters, digits, dots, dashes and underscores.")
    if not isinstance(kept, str) or not LINE.fullmatch(kept):
        raise ConfigurationInvalid(f"{where} ({name}): it needs a `hash` such as {DIGEST_PREFIX}..., or a `secret`.")
    return Key(
        name,
        _digest(path, name, kept),
        _scopes(f"{where} ({name})", entry.get("scopes", [scope.value for scope in EVERYDAY])),
        _unix_seconds(f"{where} ({name}), created", entry.get("created")),
        _unix_seconds(f"{where} ({name}), expires", entry.get("expires")),
    )


def _digest(path: Path, name: str | None, kept: str) -> str:
    if kept.startswith(DIGEST_PREFIX):
        digest = kept.removeprefix(DIGEST_PREFIX).lower()
        if not re.fullmatch("[0-9a-f]{64}", digest):
            raise ConfigurationInvalid(f"{path}: the hash of {name or 'a key'} is not {DIGEST_PREFIX} and 64 hexadecimal digits.")
        return digest
    if len(kept) < SHORTEST_SECRET_CHARACTERS:
        raise ConfigurationInvalid(
            f"{path}: the secret of {name or 'a key'} is shorter than {SHORTEST_SECRET_CHARACTERS} characters and could be guessed. "
            "`voxhelm keys create` makes one that cannot be."
        )
    return digest_of(kept)


def _scopes(where: str, given: Any) -> frozenset[Scope]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise ConfigurationInvalid(f"{where}: scopes must be a list.")
    try:
        return frozenset(Scope(name) for name in given)
    except ValueError:
        known = ", ".join(scope.value for scope in Scope)
        raise ConfigurationInvalid(f"{where}: scopes may be {known}; it has {', '.join(map(str, given))}.") from None


def _unix_seconds(where: str, given: Any) -> float | None:
    """A time as YAML has it. One that names no zone is in UTC."""
    if given is None:
        return None
    if isinstance(given, str):
        try:
            given = datetime.fromisoformat(given)
        except ValueError:
            raise ConfigurationInvalid(f"{where}: it must be a date such as 2027-01-31.") from None
    if isinstance(given, date) and not isinstance(given, datetime):
        given = datetime(given.year, given.month, given.day, tzinfo=UTC)
    if not isinstance(given, datetime):
        raise ConfigurationInvalid(f"{where}: it must be a date such as 2027-01-31.")
    return (given if given.tzinfo is not None else given.replace(tzinfo=UTC)).timestamp()


def _require_distinct(path: Path, keys: Sequence[Key]) -> None:
    names = [key.name for key in keys]
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        raise ConfigurationInvalid(f"{path} names {', '.join(double)} more than once.")


def entry_of(key: Key) -> Mapping[str, Any]:
    """A key as a file in YAML has it."""
    entry: dict[str, Any] = {"name": key.name, "hash": DIGEST_PREFIX + key.digest}
    entry["scopes"] = [scope.value for scope in Scope if scope in key.scopes]
    for field, seconds in (("created", key.created_unix_seconds), ("expires", key.expires_unix_seconds)):
        if seconds is not None:
            entry[field] = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    return entry
