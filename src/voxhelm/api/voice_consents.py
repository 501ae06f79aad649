"""/v1/audio/voice_consents: somebody says that their voice may be used."""

import re
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, field_validator

from voxhelm.api.callers import caller_of
from voxhelm.api.hearing_form import fields_of, read_form, upload_of
from voxhelm.api.openapi import ERRORS, inlined, json_body
from voxhelm.api.permission import require_own_page
from voxhelm.api.presence import while_wanted
from voxhelm.api.services import Services
from voxhelm.domain.cloned_voice import Consent
from voxhelm.domain.errors import ParameterInvalid
from voxhelm.serving.cloning import Upload

TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
MOST_LISTED: Final = 100


class ConsentForm(BaseModel):
    """The form's fields, as OpenAI defines them, without the recording. Unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", title="VoiceConsentRequest")

    name: Annotated[str, Field(description="What to call it.")]
    language: Annotated[str, Field(description="BCP 47 tag of what is said, such as en-US.")]

    @field_validator("language")
    @classmethod
    def _is_tag(cls, value: str) -> str:
        if not TAG.fullmatch(value):
            raise ValueError("it must be a BCP 47 tag such as en-US or bg")
        return value


class ConsentChange(BaseModel):
    """What may be changed."""

    model_config = ConfigDict(extra="ignore", title="VoiceConsentChange")

    name: Annotated[str, Field(description="What to call it from now on.")]


def voice_consents_router(services: Services) -> APIRouter:
    """The routes, bound to the use case."""
    router = APIRouter(tags=["voices"])

    @router.post(
        "/v1/audio/voice_consents",
        summary="Keep a recorded consent",
        openapi_extra=_form_body(),
        responses={status: ERRORS[status] for status in (400, 401, 403, 413, 503)},
    )
    async def create_consent(request: Request) -> dict[str, Any]:
        require_own_page(request.scope)
        async with AsyncExitStack() as stack:
            sent = await read_form(request)
            stack.push_async_callback(sent.close)
            recording = upload_of(sent, "recording")
            form = ConsentForm.model_validate(fields_of(sent))
            upload = Upload(recording.file, "recording", recording.size)
            caller = caller_of(request.scope)
            return _rendered(await while_wanted(request, services.cloning.create_consent(form.name, form.language, upload, caller)))

    @router.get(
        "/v1/audio/voice_consents", summary="List consents", responses={status: ERRORS[status] for status in (400, 401, 403)}
    )
    async def list_consents(
        after: Annotated[str | None, Query(description="Go on after this id.")] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_LISTED, description="How many to list at most.")] = 20,
    ) -> dict[str, Any]:
        return _page(services.cloning.consents(), after, limit)

    @router.get("/v1/audio/voice_consents/{consent_id}", summary="Look at a consent", responses={404: ERRORS[404]})
    async def get_consent(consent_id: str) -> dict[str, Any]:
        return _rendered(services.cloning.consent(consent_id))

    @router.post(
        "/v1/audio/voice_consents/{consent_id}",
        summary="Rename a consent",
        openapi_extra=json_body(ConsentChange),
        responses={400: ERRORS[400], 404: ERRORS[404]},
    )
    async def rename_consent(consent_id: str, request: Request) -> dict[str, Any]:
        require_own_page(request.scope)
        change = ConsentChange.model_validate_json(await request.body())
        return _rendered(await services.cloning.rename_consent(consent_id, change.name))

    @router.delete(
        "/v1/audio/voice_consents/{consent_id}", summary="Delete a consent", responses={404: ERRORS[404], 409: ERRORS[409]}
    )
    async def delete_consent(consent_id: str, request: Request) -> dict[str, Any]:
        require_own_page(request.scope)
        return {"id": await services.cloning.delete_consent(consent_id), "object": "audio.voice_consent", "deleted": True}

    return router


def _page(consents: Sequence[Consent], after: str | None, limit: int) -> dict[str, Any]:
    ids = [consent.id for consent in consents]
    if after is not None and after not in ids:
        raise ParameterInvalid(f"There is no consent with the id '{after}' to go on after.", param="after")
    rest = consents[ids.index(after) + 1 if after is not None else 0 :]
    page = [_rendered(consent) for consent in rest[:limit]]
    return {
        "object": "list",
        "data": page,
        "first_id": page[0]["id"] if page else None,
        "last_id": page[-1]["id"] if page else None,
        "has_more": len(rest) > limit,
    }


def _rendered(consent: Consent) -> dict[str, Any]:
    return {
        "id": consent.id,
        "object": "audio.voice_consent",
        "name": consent.name,
        "language": consent.language,
        "created_at": consent.created_unix_seconds,
    }


def _form_body() -> dict[str, Any]:
    schema = inlined(ConsentForm)
    recording = {"type": "string", "format": "binary", "description": "The consent, spoken by whose voice it is."}
    schema["properties"] = {"recording": recording} | schema["properties"]
    schema["required"] = ["recording", "name", "language"]
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
