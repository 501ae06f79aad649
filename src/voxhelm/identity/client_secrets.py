"""The client secrets of a server that runs. They are in its memory only, so that none outlives it."""

import math
import secrets
from dataclasses import dataclass
from typing import Final

from voxhelm.domain.errors import TooManyClientSecrets
from voxhelm.identity.client_secret import CLIENT_PREFIX, ClientSecret
from voxhelm.identity.key import Key, digest_of
from voxhelm.kit.clock import Clock

SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class ClientSecretLimits:
    """How much is kept at once. One page needs one for each visitor of the last ten minutes, with a few kilobytes of instructions.

    session_bytes: of all their sessions together.
    """

    count: int = 10_000
    session_bytes: int = 64 * 1024**2


class ClientSecrets:
    """Makes them, and tells them from what is none."""

    def __init__(self, clock: Clock, limits: ClientSecretLimits | None = None) -> None:
        """clock: for when they expire."""
        self._clock = clock
        self._limits = limits or ClientSecretLimits()
        self._kept: dict[str, ClientSecret] = {}
        self._kept_bytes = 0

    def mint(self, minter: Key | None, session: bytes, lifetime_seconds: float) -> tuple[str, ClientSecret]:
        """A new one: the secret, to be shown once, and what is kept of it. Raises TooManyClientSecrets.

        session: what its sessions begin with, as JSON.
        """
        self._require_room(len(session))
        secret = CLIENT_PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        made = ClientSecret(digest_of(secret), minter, session, self._clock.unix_seconds() + lifetime_seconds)
        self._kept[made.digest] = made
        self._kept_bytes += len(session)
        return secret, made

    def find(self, secret: str) -> ClientSecret | None:
        """What is kept of it; None for one that has expired, or was never one."""
        found = self._kept.get(digest_of(secret))
        return None if found is None or found.expired(self._clock.unix_seconds()) else found

    def _require_room(self, more_bytes: int) -> None:
        if self._fits(more_bytes):
            return
        now_unix_seconds = self._clock.unix_seconds()
        self._kept = {digest: one for digest, one in self._kept.items() if not one.expired(now_unix_seconds)}
        self._kept_bytes = sum(len(one.session) for one in self._kept.values())
        if not self._fits(more_bytes):
            soonest = min((one.expires_unix_seconds for one in self._kept.values()), default=now_unix_seconds)
            raise TooManyClientSecrets(
                "As many client secrets as are kept are waiting to be used. Ask for shorter lives (expires_after), or try again later.",
                retry_after_seconds=math.ceil(soonest - now_unix_seconds),
            )

    def _fits(self, more_bytes: int) -> bool:
        return len(self._kept) < self._limits.count and self._kept_bytes + more_bytes <= self._limits.session_bytes
