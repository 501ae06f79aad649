"""GET and POST /v1/audio/voices/quality."""

import math
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from voxhelm.api.openapi import ERRORS, json_body
from voxhelm.api.patience import json_in_time
from voxhelm.api.services import Services
from voxhelm.serving.quality_book import VoiceRecord
from voxhelm.serving.voice_check import VoiceCheck
from voxhelm.serving.voice_checker import CheckRequest


class CheckBody(BaseModel):
    """What is to be checked."""

    voice: Annotated[str, Field(min_length=1, description="Any name of a voice.")]
    language: Annotated[
        str | None, Field(pattern="^[a-z]{2,3}$", description="ISO 639-1; without it every language that the name stands for.")
    ] = None
    sentences: Annotated[tuple[str, ...], Field(description="What is said instead of the sentences that are built in.")] = ()


def voice_quality_router(services: Services) -> APIRouter:
    """The routes, bound to the use case."""
    router = APIRouter(tags=["voices"])

    @router.get("/v1/audio/voices/quality", summary="List how well voices were understood")
    async def list_quality() -> dict[str, Any]:
        return {"object": "list", "data": [_record(one) for one in services.voice_checks.book.records()]}

    @router.post(
        "/v1/audio/voices/quality",
        summary="Say sentences with a voice and hear them back",
        openapi_extra=json_body(CheckBody),
        responses=ERRORS,
        response_class=Response,
    )
    async def check_voice(request: Request) -> Response:
        body = CheckBody.model_validate_json(await request.body())
        wanted = CheckRequest(body.voice, body.language, body.sentences)

        async def checked() -> Mapping[str, Any]:
            return {"object": "list", "data": [_check(one) async for one in services.voice_checks.check(wanted)]}

        return await json_in_time(request, checked(), {"cache-control": "no-store"}, _nothing)

    return router


async def _nothing() -> None:
    """Nothing is held that would have to be given back."""


def _record(record: VoiceRecord) -> dict[str, Any]:
    return {
        "object": "audio.voice.quality",
        "voice": record.voice,
        "language": record.language,
        "degraded": record.standing.degraded,
        "checks": [_check(one) for one in reversed(record.checks)],
    }


def _check(check: VoiceCheck) -> dict[str, Any]:
    return {
        "object": "audio.voice.check",
        "name": check.name,
        "voice": check.voice,
        "model": check.model,
        "language": check.language,
        "model_identity": check.model_identity,
        "recogniser": check.recogniser,
        "material": check.material,
        "checked_unix_seconds": check.checked_unix_seconds,
        "verdict": check.verdict.value,
        "reason": check.reason,
        "words": check.words,
        "word_error_rate": _rate(check.word_error_rate),
        "character_error_rate": _rate(check.character_error_rate),
        "word_error_limit": check.word_error_limit,
        "usual_word_error_rate": _rate(check.usual_word_error_rate),
        "sentences": [
            {
                "said": one.said,
                "heard": one.heard,
                "word_error_rate": _rate(one.word_error_rate),
                "character_error_rate": _rate(one.character_error_rate),
            }
            for one in check.sentences
        ],
    }


def _rate(rate: float | None) -> float | None:
    """JSON knows no infinity."""
    return round(rate, 4) if rate is not None and math.isfinite(rate) else None
