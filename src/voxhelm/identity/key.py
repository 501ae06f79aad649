"""A key, as far as anybody may know it."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from voxhelm.identity.scope import EVERYDAY, Scope

PREFIX: Final = "vh-"
"""How secrets made here begin, so that people and scanners of leaks tell them from others."""
DIGEST_PREFIX: Final = "sha256:"
# 256 bits: nothing that can be guessed, which is why a fast digest is enough to keep it by.
SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Key:
    """Who calls. The secret itself is not in it.

    digest: SHA-256 of the secret, in hexadecimal.
    created_unix_seconds: None when its file does not say.
    expires_unix_seconds: from when on it is refused; None for never.
    """

    name: str
    digest: str
    scopes: frozenset[Scope] = frozenset(EVERYDAY)
    created_unix_seconds: float | None = None
    expires_unix_seconds: float | None = None

    def allows(self, scope: Scope) -> bool:
        """Whether it may do this."""
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def expired(self, now_unix_seconds: float) -> bool:
        """Whether its time is over."""
        return self.expires_unix_seconds is not None and now_unix_seconds >= self.expires_unix_seconds


def new_secret() -> str:
    """A secret for a new key, to be shown once."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def scope_names(scopes: Sequence[Scope] | frozenset[Scope]) -> list[str]:
    """Their names, in the order in which they are documented."""
    return [scope.value for scope in Scope if scope in scopes]
