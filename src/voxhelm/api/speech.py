"""POST /v1/audio/speech."""

import base64
from collections.abc import AsyncGenerator
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from voxhelm.api import sse
from voxhelm.api.callers import caller_of
from voxhelm.api.errors import envelope_of
from voxhelm.api.openapi import ERRORS, json_body
from voxhelm.api.placement import placement_headers
from voxhelm.api.presence import while_wanted
from voxhelm.api.services import Services
from voxhelm.api.streaming import StreamedResponse
from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.errors import VoxhelmError
from voxhelm.serving.speak import FASTEST, SLOWEST, Reply, SpeechRequest

# OpenAI counts speech in tokens of 50 ms; text tokens have no meaning for our engines, so words stand for them.
OUTPUT_TOKENS_PER_SECOND: Final = 20


class VoiceReference(BaseModel):
    """A voice given as an object."""

    id: str


class SpeechBody(BaseModel):
    """The request, as OpenAI defines it. Unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", title="SpeechRequest")

    input: Annotated[str, Field(description="The text to say.")]
    model: Annotated[str, Field(description="A model's id, an OpenAI name such as tts-1, or auto.")] = "auto"
    voice: Annotated[
        str | VoiceReference | None,
        Field(
            description="A voice from GET /v1/audio/voices, an OpenAI voice name, a language, or auto: a voice of the text's language."
        ),
    ] = None
    instructions: Annotated[
        str | None, Field(description="How to say it. The built-in engines cannot follow it; it is ignored.")
    ] = None
    response_format: AudioFormat = AudioFormat.MP3
    speed: Annotated[
        float, Field(description="1.0 is the voice's natural pace.", json_schema_extra={"minimum": SLOWEST, "maximum": FASTEST})
    ] = 1.0
    stream_format: Annotated[Literal["audio", "sse"], Field(description="Raw audio, or server-sent events with base64 audio.")] = (
        "audio"
    )


def speech_router(services: Services) -> APIRouter:
    """The route, bound to the use case."""
    router = APIRouter(tags=["speech"])

    @router.post(
        "/v1/audio/speech",
        summary="Say a text",
        openapi_extra=json_body(SpeechBody),
        responses={200: {"content": {"audio/*": {}, sse.MEDIA_TYPE: {}}}, **ERRORS},
        response_class=Response,
    )
    async def create_speech(request: Request) -> Response:
        # Parsed here and not by the framework: clients that forget the content type are understood, and it is faster.
        body = SpeechBody.model_validate_json(await request.body())
        voice = body.voice.id if isinstance(body.voice, VoiceReference) else body.voice
        wanted = SpeechRequest(body.input, body.model, voice, body.response_format, body.speed, caller_of(request.scope))
        reply = await while_wanted(request, services.speaker.speak(wanted))
        headers = {"x-voxhelm-model": reply.chosen.spec.id, "x-voxhelm-voice": reply.chosen.voice.id, "cache-control": "no-store"}
        headers |= placement_headers(reply.device, reply.fallback)
        if reply.egress_hosts:
            headers["x-voxhelm-egress"] = ", ".join(reply.egress_hosts)
        if body.stream_format == "sse":
            return StreamedResponse(_events(reply), sse.MEDIA_TYPE, headers, reply.aclose)
        return StreamedResponse(reply.chunks, reply.format.content_type, headers, reply.aclose)

    return router


async def _events(reply: Reply) -> AsyncGenerator[bytes]:
    """The chunks as events. A stream that ends without `speech.audio.done` has failed; an event with `error` says why."""
    try:
        async for chunk in reply.chunks:
            yield sse.event({"type": "speech.audio.delta", "audio": base64.b64encode(chunk).decode("ascii")})
    except VoxhelmError as error:
        yield sse.event(envelope_of(error)[1])
        return
    input_tokens = len(reply.text.split())
    output_tokens = round(reply.progress.audio_seconds * OUTPUT_TOKENS_PER_SECOND)
    usage = {"input_tokens": input_tokens, "output_tokens": output_tokens, "total_tokens": input_tokens + output_tokens}
    yield sse.event({"type": "speech.audio.done", "usage": usage})
