"""POST /v1/realtime/calls: conversations over WebRTC. An offer comes, an answer goes, and the rest is between the two peers."""

import secrets
from collections.abc import Collection
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from voxhelm.api.call_listener import CallListener
from voxhelm.api.openapi import ERRORS
from voxhelm.api.permission import require_own_page
from voxhelm.api.presence import while_wanted
from voxhelm.api.realtime_socket import own_call, own_session, realtime_caller, stored_session
from voxhelm.api.services import Services
from voxhelm.api.session_wanted import read_session, wanted_session
from voxhelm.api.small_body import LONGEST_BYTES, small_body
from voxhelm.domain.errors import ParameterInvalid, ParameterMissing
from voxhelm.realtime.conductor import Conductor
from voxhelm.telemetry.metrics import Metrics
from voxhelm.webrtc.peer import Peer
from voxhelm.webrtc.peer_options import PeerOptions

SDP: Final = "application/sdp"
FORM: Final = "multipart/form-data"
HUNG_UP: Final = 1000
FAILED: Final = 1011
PREFIX: Final = "rtc_"

Resume = Annotated[str | None, Query(description="A token by which an earlier session goes on, instead of a new one.")]
After = Annotated[str | None, Query(description="With `resume`: the last event that the client knows of.")]
Model = Annotated[str | None, Query(description="Who answers; before what a session says.")]


def realtime_calls_router(services: Services, options: PeerOptions, allow_origins: Collection[str]) -> APIRouter:
    """The routes, bound to the sessions. options: how calls are taken."""
    router = APIRouter(tags=["realtime"])

    @router.post(
        "/v1/realtime/calls",
        summary="Call by WebRTC",
        status_code=201,
        openapi_extra=_offer_body(),
        responses={201: {"content": {SDP: {}}}, **{status: ERRORS[status] for status in (400, 401, 403, 404, 413, 429, 503)}},
        response_class=Response,
    )
    async def create_call(request: Request, model: Model = None, resume: Resume = None, after: After = None) -> Response:
        require_own_page(request.scope, allow_origins)
        sdp, session = await _offered(request)
        query = {} if model is None else {"model": model}
        wanted = wanted_session(query, stored_session(request.scope), session)

        async def answered() -> Response:
            if resume is not None:
                return await _answered(sdp, own_session(services, request.scope, resume), options, after, services.metrics)
            conductor = await services.sessions.open(wanted, realtime_caller(request.scope), call_id=PREFIX + secrets.token_hex(16))
            try:
                return await _answered(sdp, conductor, options, None, services.metrics)
            except BaseException:
                conductor.end(FAILED, "The call could not be answered.")
                raise

        return await while_wanted(request, answered())

    @router.post(
        "/v1/realtime/calls/{call_id}/hangup",
        summary="End a call",
        responses={status: ERRORS[status] for status in (401, 403, 404)},
        response_class=Response,
    )
    async def hang_up(call_id: str, request: Request) -> Response:
        require_own_page(request.scope, allow_origins)
        own_call(services, request.scope, call_id).end(HUNG_UP, "The call was ended by its id.")
        return Response()

    return router


async def _answered(sdp: str, conductor: Conductor, options: PeerOptions, after_event_id: str | None, metrics: Metrics) -> Response:
    listener = CallListener(conductor, after_event_id, metrics)
    peer = await Peer.answer(sdp, options, listener)
    listener.begin(peer)
    # A session that has begun at a socket has no name as a call.
    headers = {} if conductor.call_id is None else {"location": f"/v1/realtime/calls/{conductor.call_id}"}
    return Response(peer.answer_sdp, 201, headers, SDP)


async def _offered(request: Request) -> tuple[str, dict[str, Any]]:
    """The offer, and what the session is to be. Raises ParameterInvalid, ParameterMissing, BodyTooLarge."""
    kind = request.headers.get("content-type", SDP).partition(";")[0].strip().lower()
    if kind == FORM:
        return await _form(request)
    if kind != SDP:
        raise ParameterInvalid(f"Send the offer as {SDP}, or as {FORM} with the parts sdp and session; this is {kind[:100]}.")
    return _text(await small_body(request)), {}


async def _form(request: Request) -> tuple[str, dict[str, Any]]:
    async with request.form(max_fields=16, max_files=16, max_part_size=LONGEST_BYTES) as form:
        parts = {}
        for name in ("sdp", "session"):
            part = form.get(name)
            parts[name] = part if isinstance(part, str) or part is None else _text(await part.read(LONGEST_BYTES))
    if parts["sdp"] is None:
        raise ParameterMissing("'sdp' is missing: send the offer as a part of that name.", param="sdp")
    return parts["sdp"], read_session(parts["session"]) if parts["session"] else {}


def _text(given: bytes) -> str:
    try:
        return given.decode()
    except UnicodeDecodeError as error:
        raise ParameterInvalid("The offer is not text in UTF-8.", param="sdp") from error


def _offer_body() -> dict[str, Any]:
    sdp = {"type": "string", "description": "What `createOffer` gave, with candidates or without."}
    session = {"type": "string", "description": "What the session begins with, as in session.update; JSON."}
    form = {"type": "object", "required": ["sdp"], "properties": {"sdp": sdp, "session": session}}
    encoding = {"sdp": {"contentType": SDP}, "session": {"contentType": "application/json"}}
    content = {SDP: {"schema": {"type": "string"}}, FORM: {"schema": form, "encoding": encoding}}
    return {"requestBody": {"required": True, "content": content}}
