"""Where OpenAI's beta of the Realtime API was. Its events had other names, so a client that asks here would not understand what follows."""

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import APIRouter

from voxhelm.api.openapi import ERRORS
from voxhelm.domain.errors import EndpointGone, UpgradeRequired

SECRETS: Final = "POST /v1/realtime/client_secrets makes the secret, which is `value` at the top of its answer."
INSTEAD: Final = {
    "/v1/realtime": "POST /v1/realtime/calls takes the offer of a WebRTC call.",
    "/v1/realtime/sessions": SECRETS,
    "/v1/realtime/transcription_sessions": SECRETS + ' `session.type` is "transcription".',
}


def realtime_beta_router() -> APIRouter:
    """Routes that say what to use."""
    router = APIRouter(tags=["realtime"])
    for path, instead in INSTEAD.items():
        router.add_api_route(path, _gone(path, instead), methods=["POST"], responses={410: ERRORS[410]}, include_in_schema=False)

    @router.get("/v1/realtime", responses={426: ERRORS[426]}, include_in_schema=False)
    async def not_a_socket() -> None:
        raise UpgradeRequired(
            "/v1/realtime is a WebSocket, and this request did not ask for one. "
            "A proxy in between has to pass the headers Upgrade and Connection on."
        )

    return router


def _gone(path: str, instead: str) -> Callable[[], Awaitable[None]]:
    async def gone() -> None:
        raise EndpointGone(f"POST {path} was part of the beta of the Realtime API, which OpenAI has ended. {instead}")

    return gone
