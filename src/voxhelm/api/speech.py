"""POST /v1/audio/speech."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from voxhelm.api import sse
from voxhelm.api.cache_control import may_be_cached
from voxhelm.api.callers import caller_of
from voxhelm.api.openapi import ERRORS, json_body
from voxhelm.api.placement import placement_headers
from voxhelm.api.presence import while_wanted
from voxhelm.api.route_header import route_headers
from voxhelm.api.services import Services
from voxhelm.api.speech_answers import captioned, events
from voxhelm.api.speech_body import SpeechBody
from voxhelm.api.streaming import StreamedResponse
from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.errors import ParameterInvalid
from voxhelm.serving.narrator import header_of
from voxhelm.serving.speak import SpeechRequest

JSON_TYPE: Final = "application/json"


def speech_router(services: Services, default_format: AudioFormat) -> APIRouter:
    """The route, bound to the use case. default_format: for requests that name none."""
    router = APIRouter(tags=["speech"])

    @router.post(
        "/v1/audio/speech",
        summary="Say a text",
        openapi_extra=json_body(SpeechBody),
        responses={200: {"content": {"audio/*": {}, sse.MEDIA_TYPE: {}, JSON_TYPE: {}}}, **ERRORS},
        response_class=Response,
    )
    async def create_speech(request: Request) -> Response:
        # Parsed here and not by the framework: clients that forget the content type are understood, and it is faster.
        body = _checked(SpeechBody.model_validate_json(await request.body()))
        timed = bool(body.timestamp_granularities) or body.captions is not None
        wanted = SpeechRequest(
            body.input,
            body.model,
            body.voice_name,
            body.response_format or default_format,
            body.speed,
            caller_of(request.scope),
            input_type=body.input_type,
            instructions=body.instructions,
            figures=body.normalize,
            even_loudness=body.even_loudness,
            cached=may_be_cached(request.scope),
            timed=timed,
        )
        reply = await while_wanted(request, services.speaker.speak(wanted))
        headers = {"x-voxhelm-model": reply.chosen.spec.id, "x-voxhelm-voice": reply.chosen.voice.id, "cache-control": "no-store"}
        headers |= placement_headers(reply.device, reply.fallback) | route_headers(reply.route)
        headers["x-voxhelm-cache"] = header_of(reply.cache)
        if reply.egress_hosts:
            headers["x-voxhelm-egress"] = ", ".join(reply.egress_hosts)
        if reply.ignored:
            headers["x-voxhelm-ignored"] = ", ".join(reply.ignored)
        if body.stream_format == "sse":
            told = events(reply, words=bool(body.timestamp_granularities), captions=body.captions)
            return StreamedResponse(told, sse.MEDIA_TYPE, headers, reply.aclose)
        if body.captions is not None:
            return StreamedResponse(captioned(reply, body.captions), JSON_TYPE, headers, reply.aclose)
        return StreamedResponse(reply.chunks, reply.format.content_type, headers, reply.aclose)

    return router


def _checked(body: SpeechBody) -> SpeechBody:
    if body.timestamp_granularities and body.stream_format != "sse" and body.captions is None:
        raise ParameterInvalid(
            "Raw audio has no place for times: ask for them with stream_format=sse, or for captions.",
            param="timestamp_granularities",
        )
    return body
