"""The keys of a server that runs, as their files have them now."""

import hmac
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from voxhelm.domain.errors import ConfigurationInvalid, KeyInvalid
from voxhelm.identity.key import Key, digest_of
from voxhelm.identity.key_file import read_keys
from voxhelm.kit.clock import Clock
from voxhelm.telemetry.log import Log

# A key that is revoked is refused after this long, without a restart.
LOOK_AGAIN_SECONDS: Final = 1.0

Seen = Mapping[Path, tuple[int, int, int] | None]


class KeyRing:
    """Tells keys from what is none.

    Keys are asked for when one was given, or at least one file was there at the start, also when it has gone since, or holds no key: who
    had locked the door does not find it open because a file was lost.
    """

    def __init__(self, files: Sequence[Path], clock: Clock, log: Log, given: Sequence[Key] = ()) -> None:
        """Read the files that are there. Raises ConfigurationInvalid when one cannot be used.

        given: further keys, which stay as they are.
        """
        self._files = tuple(files)
        self._given = tuple(given)
        self._clock = clock
        self._log = log
        self._seen = self._look()
        self._looked_seconds = clock.monotonic_seconds()
        self.required = bool(self._given) or any(state is not None for state in self._seen.values())
        self._keys = self._read()

    @property
    def keys(self) -> tuple[Key, ...]:
        """All of them, expired ones too."""
        return self._keys

    def holds(self, key: Key) -> bool:
        """Whether a key is one of them still: neither revoked nor replaced nor expired."""
        self._renew()
        here = any(one.name == key.name and one.digest == key.digest for one in self._keys)
        return here and not key.expired(self._clock.unix_seconds())

    def key_of(self, secret: str | None) -> Key:
        """The key that a caller has shown. Raises KeyInvalid, which says what to do and not which part was wrong."""
        self._renew()
        if not secret:
            raise KeyInvalid("This server asks for a key. Send it as `Authorization: Bearer KEY`, or as `x-api-key`.")
        digest = digest_of(secret)
        found = None
        for key in self._keys:
            # Every key is compared, in a time that tells nothing.
            if hmac.compare_digest(key.digest, digest):
                found = key
        if found is None:
            raise KeyInvalid("This key is not known here. Ask whoever runs the server for one.")
        if found.expired(self._clock.unix_seconds()):
            raise KeyInvalid(f"The key '{found.name}' has expired. Ask whoever runs the server for a new one.")
        return found

    def _renew(self) -> None:
        now_seconds = self._clock.monotonic_seconds()
        if not self.required or now_seconds - self._looked_seconds < LOOK_AGAIN_SECONDS:
            return
        self._looked_seconds = now_seconds
        seen = self._look()
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self._keys = self._read()
        except ConfigurationInvalid as error:
            self._log.error("keys cannot be read, and stay as they were", reason=error.message)
        else:
            self._log.info("keys read", keys=len(self._keys))

    def _look(self) -> Seen:
        """What tells whether a file has changed; small enough to be asked on the event loop."""
        return {path: _state_of(path) for path in self._files}

    def _read(self) -> tuple[Key, ...]:
        keys: dict[str, Key] = {key.name: key for key in self._given}
        for path, state in self._seen.items():
            if state is None:
                continue
            for key in read_keys(path):
                if key.name in keys:
                    raise ConfigurationInvalid(
                        f"{path} names '{key.name}', which another file of identity.key_files, or a variable, has, too."
                    )
                keys[key.name] = key
        return tuple(keys.values())


def _state_of(path: Path) -> tuple[int, int, int] | None:
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return state.st_mtime_ns, state.st_size, state.st_ino
