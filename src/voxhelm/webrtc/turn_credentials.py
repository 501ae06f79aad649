"""Credentials of a relay that expire by themselves."""

import base64
import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TurnCredentials:
    """What coturn, and whoever else knows "TURN REST API" credentials, takes until `expires_at_seconds` (Unix time)."""

    username: str
    password: str
    expires_at_seconds: int

    @staticmethod
    def mint(secret: str, user: str, *, now_seconds: float, lifetime_seconds: float) -> "TurnCredentials":
        """Credentials for `user`, which stands in the relay's log and must hold no colon.

        secret: what the relay has as `static-auth-secret`. now_seconds: Unix time.
        """
        if ":" in user:
            raise ValueError(f"a relay reads its user's name up to the first colon; {user!r} holds one")
        expires_at = int(now_seconds + lifetime_seconds)
        username = f"{expires_at}:{user}"
        # SHA-1 is what coturn expects; as an HMAC with a secret it is not broken.
        digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
        return TurnCredentials(username, base64.b64encode(digest).decode(), expires_at)
