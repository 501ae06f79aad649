"""Asks for keys, before anything of a request is read."""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope as Request

from voxhelm.api.access import AccessOptions, Door, needed, opens_by_client_secret
from voxhelm.domain.errors import HostUnknown, KeyInvalid, ScopeMissing
from voxhelm.identity.client_secret import CLIENT_PREFIX, ClientSecret
from voxhelm.identity.client_secrets import ClientSecrets
from voxhelm.identity.key import Key, scope_names
from voxhelm.identity.key_ring import KeyRing

KEY: Final = "voxhelm.key"
"""Where in a scope the caller's key is; absent where none was asked for, or none shown at an open door."""
CLIENT_SECRET: Final = "voxhelm.client_secret"  # noqa: S105 - the name of a place
"""Where in a scope the caller's client secret is; absent where none was shown."""
BEARER: Final = "bearer"
SOCKET: Final = "WEBSOCKET"
# Pages cannot give a socket headers. They can name protocols that they would speak, and OpenAI's clients put their key among those.
KEY_PROTOCOL: Final = "openai-insecure-api-key."


class Guard:
    """Lets requests in by the key they show. With no keys at all it lets everybody in who asks for this server and no other."""

    def __init__(self, ring: KeyRing, client_secrets: ClientSecrets, options: AccessOptions) -> None:
        """ring: the keys that there are. client_secrets: what they have let others have."""
        self._ring = ring
        self._client_secrets = client_secrets
        self._options = options

    def admit(self, request: Request) -> None:
        """Return if a request or a socket may come in, its key noted in it. Raises KeyInvalid (401), ScopeMissing, HostUnknown (403)."""
        method = SOCKET if request["type"] == "websocket" else request["method"]
        if opens_by_client_secret(method, request["path"]) and self._by_client_secret(request):
            return
        need = needed(method, request["path"], self._options)
        if need is Door.OPEN:
            return
        if not self._ring.required:
            self._require_known_host(request)
            return
        secret = _secret_of(request)
        if secret is not None and secret.startswith(CLIENT_PREFIX):
            raise self._why_not(secret)
        key = self._ring.key_of(secret)
        if not isinstance(need, Door) and not key.allows(need):
            has = ", ".join(scope_names(key.scopes)) or "none"
            raise ScopeMissing(f"This needs a key with the scope '{need.value}'; the key '{key.name}' has: {has}.")
        request[KEY] = key

    def _require_known_host(self, request: Request) -> None:
        known, host = self._options.known_hosts, Headers(scope=request).get("host", "")
        if known is not None and not known.knows(host):
            raise HostUnknown(
                f"This server asks nobody for a key, and may have been asked by a page that only pretends to be here as '{host[:100]}'. "
                "If the name is yours, put it into server.allow_hosts, or require keys: voxhelm keys create NAME."
            )

    def _by_client_secret(self, request: Request) -> bool:
        """Whether it shows one that is good. A server without keys goes by it, too: what its sessions begin with is in it."""
        secret = _shown(request)
        found = self._found(secret) if secret is not None and secret.startswith(CLIENT_PREFIX) else None
        if found is None:
            return False
        request[CLIENT_SECRET] = found
        if found.key is not None:
            request[KEY] = found.key
        return True

    def _found(self, secret: str) -> ClientSecret | None:
        found = self._client_secrets.find(secret)
        # Who has lost a key has lost what was made with it.
        good = found is not None and (found.minter is None or self._ring.holds(found.minter))
        return found if good else None

    def _why_not(self, secret: str) -> KeyInvalid | ScopeMissing:
        if self._found(secret) is not None:
            return ScopeMissing("A client secret opens realtime sessions and calls, and nothing else. Use a key.")
        return KeyInvalid(
            "This client secret is not known here, or has expired. Ask for a new one: POST /v1/realtime/client_secrets."
        )


def shown_key(request: Request) -> Key | None:
    """The key by which a request was let in."""
    key: Key | None = request.get(KEY)
    return key


def shown_client_secret(request: Request) -> ClientSecret | None:
    """The client secret that a request has shown, where it is a good one."""
    found: ClientSecret | None = request.get(CLIENT_SECRET)
    return found


def _secret_of(request: Request) -> str | None:
    """What a request shows. Raises KeyInvalid for what cannot be one."""
    authorization = Headers(scope=request).get("authorization")
    if authorization and authorization.partition(" ")[0].lower() != BEARER:
        kind = authorization.partition(" ")[0]
        raise KeyInvalid(f"This server asks for a key as `Authorization: Bearer KEY`; '{kind[:20]}' is something else.")
    return _shown(request)


def _shown(request: Request) -> str | None:
    headers = Headers(scope=request)
    kind, _, secret = headers.get("authorization", "").partition(" ")
    if kind.lower() == BEARER:
        return secret.strip()
    named = (name.removeprefix(KEY_PROTOCOL) for name in request.get("subprotocols", ()) if name.startswith(KEY_PROTOCOL))
    return headers.get("x-api-key") or next(named, None)
