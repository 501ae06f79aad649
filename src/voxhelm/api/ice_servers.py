"""GET /v1/realtime/ice_servers: how a caller finds a way to the server, as RTCPeerConnection wants it."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request

from voxhelm.api.guard import shown_key
from voxhelm.api.openapi import ERRORS
from voxhelm.kit.clock import Clock
from voxhelm.webrtc.turn_credentials import TurnCredentials

ANYBODY: Final = "anybody"


@dataclass(frozen=True, slots=True)
class RelayOptions:
    """What the operator runs.

    stun_urls: servers that tell callers their address. turn_urls: relays, which share `turn_secret`, and let in whoever has credentials
    made from it for `turn_lifetime_seconds`.
    """

    stun_urls: tuple[str, ...] = ()
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = ""
    turn_lifetime_seconds: float = 7_200.0


NO_RELAYS: Final = RelayOptions()


def ice_servers_router(options: RelayOptions, clock: Clock) -> APIRouter:
    """The route. With nothing in the settings it names no servers, and callers connect directly or not at all."""
    router = APIRouter(tags=["realtime"])

    @router.get(
        "/v1/realtime/ice_servers",
        summary="How calls reach the server",
        responses={401: ERRORS[401], 403: ERRORS[403]},
    )
    async def list_ice_servers(request: Request) -> dict[str, Any]:
        servers: list[dict[str, Any]] = [{"urls": list(options.stun_urls)}] if options.stun_urls else []
        expires_at = None
        if options.turn_urls:
            key = shown_key(request.scope)
            made = TurnCredentials.mint(
                options.turn_secret,
                key.name if key is not None else ANYBODY,
                now_seconds=clock.unix_seconds(),
                lifetime_seconds=options.turn_lifetime_seconds,
            )
            servers.append({"urls": list(options.turn_urls), "username": made.username, "credential": made.password})
            expires_at = made.expires_at_seconds
        return {"iceServers": servers, "expires_at": expires_at}

    return router
