"""Which route needs what of a key: one table."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from voxhelm.api.known_hosts import KnownHosts
from voxhelm.identity.scope import Scope


class Door(Enum):
    """What is needed where no single scope is."""

    OPEN = "open"
    ANY_KEY = "any key"


@dataclass(frozen=True, slots=True)
class AccessOptions:
    """What the operator opens to everybody although keys are asked for.

    public_lists: the lists of models and voices, which Open WebUI asks for without a key.
    public_metrics: /metrics.
    known_hosts: by which names it may be asked for while no keys are; None for any.
    """

    public_lists: bool = False
    public_metrics: bool = False
    known_hosts: KnownHosts | None = None


NOTHING_PUBLIC: Final = AccessOptions()
READING: Final = ("GET", "HEAD")
# What holds nothing of anybody's: probes, the console's own files, what the API looks like.
OPEN_PATHS: Final = re.compile(r"/|/v1/?|/favicon\.ico|/openapi\.json|/health(/live|/ready)?|/console(/.*)?")
LISTS: Final = ("/v1/models", "/v1/audio/models", "/v1/audio/voices")
# What is not listed, a path that leads nowhere too, needs a key and no scope of it.
NEEDED: Final = tuple(
    (methods.split("|"), re.compile(path), scope)
    for methods, path, scope in (
        ("POST", r"/v1/audio/speech", Scope.SPEECH),
        ("POST", r"/v1/audio/(transcriptions|translations|detect-language|speech/timestamps)", Scope.TRANSCRIPTION),
        ("GET|HEAD|POST|WEBSOCKET", r"/v1/realtime(/.*)?", Scope.REALTIME),
        ("POST|DELETE", r"/v1/audio/voices(/.*)?", Scope.VOICES),
        ("GET|HEAD|POST|DELETE", r"/v1/audio/voice_consents(/.*)?", Scope.VOICES),
        ("POST|DELETE", r"/v1/models(/.*)?", Scope.MODELS),
        ("GET|HEAD", r"/metrics", Scope.METRICS),
    )
)
# What a page or an app does that holds a conversation.
BY_CLIENT_SECRET: Final = (("WEBSOCKET", "/v1/realtime"), ("POST", "/v1/realtime/calls"), ("GET", "/v1/realtime/ice_servers"))


def needed(method: str, path: str, options: AccessOptions) -> Door | Scope:
    """What a request needs. method: `WEBSOCKET` for a socket. path: with /v1, as the routes know it."""
    if method in READING:
        public = (options.public_lists and path in LISTS) or (options.public_metrics and path == "/metrics")
        if public or OPEN_PATHS.fullmatch(path):
            return Door.OPEN
    return next((scope for methods, pattern, scope in NEEDED if method in methods and pattern.fullmatch(path)), Door.ANY_KEY)


def opens_by_client_secret(method: str, path: str) -> bool:
    """Whether a client secret will do."""
    return (method, path) in BY_CLIENT_SECRET
