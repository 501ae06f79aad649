"""/v1/audio/voices: all voices, and making and deleting cloned ones."""

from contextlib import AsyncExitStack
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from voxhelm.api.callers import caller_of
from voxhelm.api.hearing_form import fields_of, read_form, upload_of
from voxhelm.api.openapi import ERRORS, inlined
from voxhelm.api.permission import require_own_page
from voxhelm.api.presence import while_wanted
from voxhelm.api.services import Services
from voxhelm.serving.cloning import Upload

AUDIO_SAMPLE: Final = "audio_sample"


class VoiceForm(BaseModel):
    """The form's fields, as OpenAI defines them, without the recording. Unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", title="VoiceRequest")

    type: Annotated[Literal["audio_sample"], Field(description="Voices are made from a recording; not from a description.")] = (
        AUDIO_SAMPLE
    )
    name: Annotated[str, Field(description="What requests call the voice; no other voice may have that name.")]
    consent: Annotated[str, Field(description="The id of a consent from POST /v1/audio/voice_consents.")]


def voices_router(services: Services) -> APIRouter:
    """The route, bound to the use case."""
    router = APIRouter(tags=["voices"])

    @router.get("/v1/audio/voices", summary="List voices")
    async def list_voices(
        variants: Annotated[
            bool, Query(description="Also the thousands of voices that are a colour of another, such as en-us+f3.")
        ] = False,
    ) -> dict[str, Any]:
        voices = [
            {
                "id": voice.id,
                "object": "audio.voice",
                "name": voice.name,
                "languages": voice.languages,
                "gender": voice.gender,
                "model": voice.model,
                "kind": voice.kind,
            }
            for voice in services.inventory.voices(variants=variants)
        ]
        # `voices` is what Open WebUI reads, `data` what OpenAI's list shape has.
        return {"object": "list", "voices": voices, "data": voices}

    @router.post(
        "/v1/audio/voices",
        summary="Make a voice from a recording",
        openapi_extra=_form_body(),
        responses={status: ERRORS[status] for status in (400, 401, 403, 404, 409, 413, 503)},
    )
    async def create_voice(request: Request) -> dict[str, Any]:
        require_own_page(request.scope)
        async with AsyncExitStack() as stack:
            sent = await read_form(request)
            stack.push_async_callback(sent.close)
            form = VoiceForm.model_validate(fields_of(sent))
            sample = upload_of(sent, "audio_sample")
            upload = Upload(sample.file, "audio_sample", sample.size)
            making = services.cloning.create_voice(form.name, form.consent, upload, caller_of(request.scope))
            voice = await while_wanted(request, making)
        return {
            "id": voice.id,
            "object": "audio.voice",
            "name": voice.name,
            "type": AUDIO_SAMPLE,
            "created_at": voice.created_unix_seconds,
        }

    @router.delete("/v1/audio/voices/{voice_id}", summary="Delete a cloned voice", responses={404: ERRORS[404]})
    async def delete_voice(voice_id: str, request: Request) -> dict[str, Any]:
        require_own_page(request.scope)
        return {"id": await services.cloning.delete_voice(voice_id), "object": "audio.voice.deleted", "deleted": True}

    return router


def _form_body() -> dict[str, Any]:
    schema = inlined(VoiceForm)
    sample = {"type": "string", "format": "binary", "description": "3 to 30 seconds of one person speaking, clearly."}
    schema["properties"] = {"audio_sample": sample} | schema["properties"]
    schema["required"] = ["audio_sample", "name", "consent"]
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
