"""Who asks in the wrong way: as OpenAI's beta of the Realtime API had it, whose events had other names, or without a socket."""

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import APIRouter, Request

from voxhelm.api.openapi import ERRORS
from voxhelm.api.realtime_socket import realtime_caller
from voxhelm.api.services import Services
from voxhelm.domain.errors import EndpointGone, UpgradeRequired

SECRETS: Final = "POST /v1/realtime/client_secrets makes the secret, which is `value` at the top of its answer."
INSTEAD: Final = {
    "/v1/realtime": "POST /v1/realtime/calls takes the offer of a WebRTC call.",
    "/v1/realtime/sessions": SECRETS,
    "/v1/realtime/transcription_sessions": SECRETS + ' `session.type` is "transcription".',
}


def realtime_beta_router(services: Services) -> APIRouter:
    """Routes that say what to use, and why there is no session at this moment."""
    router = APIRouter(tags=["realtime"])
    for path, instead in INSTEAD.items():
        router.add_api_route(path, _gone(path, instead), methods=["POST"], responses={410: ERRORS[410]}, include_in_schema=False)

    @router.get("/v1/realtime", responses={status: ERRORS[status] for status in (404, 426, 429, 503)}, include_in_schema=False)
    async def not_a_socket(request: Request, resume: str | None = None) -> None:
        # Browsers do not tell a page why its socket was refused, so it asks again in this way.
        if resume is not None:
            services.sessions.require_known(resume)
        else:
            services.sessions.require_place(realtime_caller(request.scope))
        raise UpgradeRequired(
            "/v1/realtime is a WebSocket, and this request did not ask for one. "
            "A proxy in between has to pass the headers Upgrade and Connection on."
        )

    return router


def _gone(path: str, instead: str) -> Callable[[], Awaitable[None]]:
    async def gone() -> None:
        raise EndpointGone(f"POST {path} was part of the beta of the Realtime API, which OpenAI has ended. {instead}")

    return gone
