"""POST /v1/realtime/client_secrets: secrets of short life, for pages and apps that shall not have a key."""

import secrets
from collections.abc import Collection
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from voxhelm.api.guard import shown_key
from voxhelm.api.openapi import ERRORS, json_body
from voxhelm.api.permission import require_own_page
from voxhelm.api.services import Services
from voxhelm.api.session_wanted import wanted_session
from voxhelm.api.small_body import small_body
from voxhelm.realtime.session_changes import told


class Expiry(BaseModel):
    """When it is too late."""

    model_config = ConfigDict(extra="ignore", title="ExpiresAfter")

    anchor: Annotated[Literal["created_at"], Field(description="From when on it counts.")] = "created_at"
    seconds: Annotated[int, Field(ge=10, le=7_200, description="How long it opens sessions.")] = 600


class ClientSecretBody(BaseModel):
    """What it is to open."""

    model_config = ConfigDict(extra="ignore", title="ClientSecretRequest")

    expires_after: Annotated[Expiry | None, Field(description="Ten minutes, if nothing is said.")] = None
    session: Annotated[dict[str, Any] | None, Field(description="What its sessions begin with, as in session.update.")] = None


def client_secrets_router(services: Services, allow_origins: Collection[str]) -> APIRouter:
    """The route, bound to what is kept."""
    router = APIRouter(tags=["realtime"])

    @router.post(
        "/v1/realtime/client_secrets",
        summary="Make a client secret",
        openapi_extra=json_body(ClientSecretBody),
        responses={status: ERRORS[status] for status in (400, 401, 403, 413, 429)},
    )
    async def create_client_secret(request: Request) -> dict[str, Any]:
        require_own_page(request.scope, allow_origins)
        body = ClientSecretBody.model_validate_json(await small_body(request) or b"{}")
        session = body.session or {}
        config = wanted_session({}, session)
        seconds = (body.expires_after or Expiry()).seconds
        value, made = services.client_secrets.mint(shown_key(request.scope), msgspec.json.encode(session), seconds)
        # No session has begun yet: the time when it ends is not known, and its id will be another one.
        shown = told(config, "sess_" + secrets.token_hex(12), 0)
        return {"value": value, "expires_at": int(made.expires_unix_seconds), "session": shown}

    return router
