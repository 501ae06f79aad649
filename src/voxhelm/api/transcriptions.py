"""POST /v1/audio/transcriptions and POST /v1/audio/translations."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from voxhelm.api import sse, transcripts
from voxhelm.api.callers import caller_of
from voxhelm.api.hearing_form import fields_of, form_body, read_form, upload_of
from voxhelm.api.openapi import ERRORS
from voxhelm.api.patience import json_in_time
from voxhelm.api.placement import placement_headers
from voxhelm.api.presence import while_wanted
from voxhelm.api.route_header import route_headers
from voxhelm.api.services import Services
from voxhelm.api.streaming import StreamedResponse
from voxhelm.api.transcript_events import EventOptions, transcript_events
from voxhelm.api.transcription_form import LISTS, OBJECTS, TranscriptionForm, TranscriptionFormat, TranslationForm
from voxhelm.api.transcripts import Rendering
from voxhelm.serving.hear import Hearing, HearingRequest
from voxhelm.text.transcript import joined

JSON = {
    TranscriptionFormat.JSON: transcripts.as_json,
    TranscriptionFormat.VERBOSE_JSON: transcripts.as_verbose_json,
    TranscriptionFormat.DIARIZED_JSON: transcripts.as_diarized_json,
}


def transcriptions_router(services: Services) -> APIRouter:
    """The routes, bound to the use case."""
    router = APIRouter(tags=["transcription"])
    answers: dict[str, Any] = {"application/json": {}, "text/plain": {}, "text/vtt": {}}

    @router.post(
        "/v1/audio/transcriptions",
        summary="Hear a recording",
        openapi_extra=form_body(TranscriptionForm, LISTS),
        responses={200: {"content": answers | {sse.MEDIA_TYPE: {}}}, **ERRORS},
        response_class=Response,
    )
    async def create_transcription(request: Request) -> Response:
        async with AsyncExitStack() as stack:
            sent = await read_form(request)
            stack.push_async_callback(sent.close)
            upload = upload_of(sent, "file")
            form = TranscriptionForm.model_validate(fields_of(sent, LISTS, OBJECTS))
            form.require_sense()
            wanted = HearingRequest(
                upload.file,
                form.model,
                form.options(),
                caller_of(request.scope),
                form.channels,
                form.diarizes,
                form.speakers(),
                form.progress,
            )
            hearing = await while_wanted(request, services.listener.hear(wanted))
            stack.push_async_callback(hearing.aclose)
            if not form.stream:
                return await _whole(request, hearing, form.response_format, form.rendering(), stack)
            diarized = form.response_format is TranscriptionFormat.DIARIZED_JSON
            timed = form.response_format is TranscriptionFormat.VERBOSE_JSON
            events = transcript_events(hearing, EventOptions(form.rendering(), diarized, timed, form.progress))
            return StreamedResponse(events, sse.MEDIA_TYPE, _headers(hearing), stack.pop_all().aclose)

    @router.post(
        "/v1/audio/translations",
        summary="Hear a recording and write it in English",
        openapi_extra=form_body(TranslationForm),
        responses={200: {"content": answers}, **ERRORS},
        response_class=Response,
    )
    async def create_translation(request: Request) -> Response:
        async with AsyncExitStack() as stack:
            sent = await read_form(request)
            stack.push_async_callback(sent.close)
            upload = upload_of(sent, "file")
            form = TranslationForm.model_validate(fields_of(sent, objects=OBJECTS))
            wanted = HearingRequest(upload.file, form.model, form.options(), caller_of(request.scope))
            hearing = await while_wanted(request, services.listener.hear(wanted))
            stack.push_async_callback(hearing.aclose)
            return await _whole(request, hearing, form.format, form.rendering(), stack)

    return router


def _headers(hearing: Hearing) -> dict[str, str]:
    placed = placement_headers(hearing.device, hearing.fallback) | route_headers(hearing.route)
    return {"x-voxhelm-model": hearing.spec.id, **placed, "cache-control": "no-store"}


async def _whole(
    request: Request, hearing: Hearing, wanted: TranscriptionFormat, rendering: Rendering, stack: AsyncExitStack
) -> Response:
    """The answer in one piece. stack: what is given back when the answer is made."""
    headers = _headers(hearing)
    if wanted in JSON:

        async def rendered() -> Mapping[str, Any]:
            return JSON[wanted](await transcripts.collect(hearing), rendering)

        return await json_in_time(request, rendered(), headers, stack.pop_all().aclose)
    heard = await while_wanted(request, transcripts.collect(hearing))
    match wanted:
        case TranscriptionFormat.SRT:
            return PlainTextResponse(transcripts.as_srt(heard, rendering), headers=headers)
        case TranscriptionFormat.VTT:
            return PlainTextResponse(transcripts.as_vtt(heard, rendering), headers=headers, media_type="text/vtt")
        case _:
            return PlainTextResponse(joined(heard.segments, rendering.paragraphs) + "\n", headers=headers)
