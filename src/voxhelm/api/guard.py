"""Asks for keys, before anything of a request is read."""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope as Request

from voxhelm.api.access import AccessOptions, Door, needed
from voxhelm.domain.errors import KeyInvalid, ScopeMissing
from voxhelm.identity.key import Key, scope_names
from voxhelm.identity.key_ring import KeyRing

KEY: Final = "voxhelm.key"
"""Where in a scope the caller's key is; absent where none was asked for, or none shown at an open door."""
BEARER: Final = "bearer"


class Guard:
    """Lets requests in by the key they show. With no keys at all it lets everybody in."""

    def __init__(self, ring: KeyRing, options: AccessOptions) -> None:
        """ring: the keys that there are."""
        self._ring = ring
        self._options = options

    def admit(self, request: Request) -> None:
        """Return if a request or a socket may come in, its key noted in it. Raises KeyInvalid (401), ScopeMissing (403)."""
        if not self._ring.required:
            return
        need = needed(request.get("method", "GET"), request["path"], self._options)
        if need is Door.OPEN:
            return
        key = self._ring.key_of(_secret_of(Headers(scope=request)))
        if not isinstance(need, Door) and not key.allows(need):
            has = ", ".join(scope_names(key.scopes)) or "none"
            raise ScopeMissing(f"This needs a key with the scope '{need.value}'; the key '{key.name}' has: {has}.")
        request[KEY] = key


def shown_key(request: Request) -> Key | None:
    """The key by which a request was let in."""
    key: Key | None = request.get(KEY)
    return key


def _secret_of(headers: Headers) -> str | None:
    authorization = headers.get("authorization")
    if authorization:
        kind, _, secret = authorization.partition(" ")
        if kind.lower() != BEARER:
            raise KeyInvalid(f"This server asks for a key as `Authorization: Bearer KEY`; '{kind[:20]}' is something else.")
        return secret.strip()
    return headers.get("x-api-key")
