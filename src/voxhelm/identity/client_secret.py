"""A secret that a page or an app may hold, because it opens little and not for long."""

from dataclasses import dataclass
from typing import Final

from voxhelm.identity.key import Key
from voxhelm.identity.scope import Scope

CLIENT_PREFIX: Final = "ek_"
"""How they begin. OpenAI's clients in browsers take nothing else."""


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """What it opens. The secret itself is not in it.

    digest: SHA-256 of the secret, in hexadecimal. minter: the key that asked for it; None on a server without keys.
    session: what its sessions begin with, as JSON.
    """

    digest: str
    minter: Key | None
    session: bytes
    expires_unix_seconds: float

    @property
    def key(self) -> Key | None:
        """What stands for its holder: the key that asked for it, with nothing but realtime."""
        if self.minter is None:
            return None
        return Key(self.minter.name, self.digest, frozenset({Scope.REALTIME}), expires_unix_seconds=self.expires_unix_seconds)

    def expired(self, now_unix_seconds: float) -> bool:
        """Whether it opens nothing any more. What it has opened goes on."""
        return now_unix_seconds >= self.expires_unix_seconds
