"""POST /v1/models and DELETE /v1/models/{id}: installing and removing models."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from voxhelm.api import sse
from voxhelm.api.errors import envelope_of
from voxhelm.api.openapi import ERRORS, json_body
from voxhelm.api.permission import require_model_changes
from voxhelm.api.presence import while_wanted
from voxhelm.api.services import Services
from voxhelm.api.streaming import StreamedResponse
from voxhelm.domain.errors import VoxhelmError
from voxhelm.domain.pull import PullDone, PullEvent, PullProgress, PullWaiting


class PullBody(BaseModel):
    """What to install."""

    model_config = ConfigDict(extra="ignore", title="PullRequest")

    model: Annotated[
        str,
        Field(
            description="A name such as whisper-small or kokoro, a voice such as piper:bg_BG-dimitar-medium, or owner/name of the hub."
        ),
    ]
    update: Annotated[bool, Field(description="Whether to ask the hub for a newer version of what is installed.")] = False
    offline: Annotated[bool, Field(description="Whether to ask no hub, and only learn of what is in the models directory.")] = False
    stream: Annotated[bool, Field(description="Server-sent events while it happens, or one JSON object at the end.")] = True


def weights_router(services: Services, *, anybody: bool) -> APIRouter:
    """The routes, bound to the use case. anybody: whether other machines may use them."""
    router = APIRouter(tags=["models"])
    refused: dict[int | str, dict[str, Any]] = {status: ERRORS[status] for status in (403, 404, 409, 502, 503, 507)}

    @router.post(
        "/v1/models",
        summary="Install a model",
        openapi_extra=json_body(PullBody),
        responses={200: {"content": {sse.MEDIA_TYPE: {}, "application/json": {}}}, 400: ERRORS[400], **refused},
        response_class=Response,
    )
    async def pull_model(request: Request) -> Response:
        require_model_changes(request.scope, anybody=anybody)
        body = PullBody.model_validate_json(await request.body())
        events = services.weights.pull(body.model, update=body.update, offline=body.offline)
        if not body.stream:
            return JSONResponse(await while_wanted(request, _outcome(events)))
        try:
            # What is wrong with the request shows before the first event, and so in the status.
            first = await while_wanted(request, anext(events))
        except BaseException:
            await events.aclose()
            raise
        return StreamedResponse(_told(first, events), sse.MEDIA_TYPE, {"cache-control": "no-store"}, events.aclose)

    @router.delete(
        "/v1/models/{model_id:path}", summary="Remove a model", responses={403: refused[403], 404: refused[404], 409: refused[409]}
    )
    async def delete_model(model_id: str, request: Request) -> dict[str, Any]:
        require_model_changes(request.scope, anybody=anybody)
        return {"id": await services.weights.remove(model_id), "object": "model", "deleted": True}

    return router


async def _outcome(events: AsyncGenerator[PullEvent]) -> dict[str, Any]:
    outcome: dict[str, Any] = {}
    async with aclosing(events):
        async for event in events:
            if isinstance(event, PullDone):
                outcome = {"id": event.model_id, "object": "model", "owned_by": event.engine, **_facts(event)}
    return outcome


async def _told(first: PullEvent, rest: AsyncGenerator[PullEvent]) -> AsyncGenerator[bytes]:
    """The events as the wire has them. A stream that ends without `model.pull.done` has failed; an event with `error` says why."""
    yield sse.event(_rendered(first))
    try:
        async for event in rest:
            yield sse.event(_rendered(event))
    except VoxhelmError as error:
        yield sse.event(envelope_of(error)[1])


def _rendered(event: PullEvent) -> dict[str, Any]:
    match event:
        case PullWaiting():
            return {"type": "model.pull.waiting", "model": event.model_id}
        case PullProgress():
            return {
                "type": "model.pull.progress",
                "model": event.model_id,
                "file": event.file,
                "received_bytes": event.received_bytes,
                "total_bytes": event.total_bytes,
            }
        case PullDone():
            return {"type": "model.pull.done", "model": event.model_id, "engine": event.engine, **_facts(event)}


def _facts(done: PullDone) -> dict[str, Any]:
    return {"size_bytes": done.size_bytes, "changed": done.changed, "remedy": done.remedy}
