"""Adding keys to a file and taking them out of it."""

import fcntl
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import yaml

from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.identity.key import Key
from voxhelm.identity.key_file import NAME, entry_of, read_keys

OPENING: Final = "# Keys of Voxhelm, changed by `voxhelm keys`. It holds hashes: the secrets themselves are nowhere.\n"


def add_key(path: Path, key: Key) -> None:
    """Write a file that holds one key more. Raises ConfigurationInvalid when the name is taken or cannot be one."""
    if not NAME.fullmatch(key.name):
        raise ConfigurationInvalid("A key's name is up to 64 letters, digits, dots, dashes and underscores.")
    with _changing(path):
        keys = read_keys(path) if path.exists() else ()
        if any(one.name == key.name for one in keys):
            raise ConfigurationInvalid(f"{path} has a key '{key.name}' already. Revoke it first, or choose another name.")
        _write(path, [*keys, key])


def remove_key(path: Path, name: str) -> None:
    """Write a file that does not hold this key. Raises ConfigurationInvalid when it holds none of that name."""
    with _changing(path):
        keys = read_keys(path) if path.exists() else ()
        if all(one.name != name for one in keys):
            known = ", ".join(one.name for one in keys) or "none"
            raise ConfigurationInvalid(f"{path} has no key '{name}'. It has: {known}.")
        _write(path, [one for one in keys if one.name != name])


@contextmanager
def _changing(path: Path) -> Iterator[None]:
    """One at a time, so that of two keys that are made at once none is lost."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, keys: Iterable[Key]) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(OPENING)
            yaml.safe_dump({"keys": [dict(entry_of(key)) for key in keys]}, file, sort_keys=False)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise
