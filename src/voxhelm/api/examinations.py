"""POST /v1/audio/speech/timestamps and POST /v1/audio/detect-language."""

import math
from contextlib import AsyncExitStack
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from voxhelm.api.callers import caller_of
from voxhelm.api.hearing_form import fields_of, form_body, known_language, read_form, upload_of
from voxhelm.api.openapi import ERRORS
from voxhelm.api.presence import while_wanted
from voxhelm.api.services import Services
from voxhelm.audio.utterances import CutOptions
from voxhelm.domain.errors import ParameterInvalid
from voxhelm.text.language_names import NAMES

# What Speaches calls its detectors; there is one here, so they all mean that one.
PEERS_NAMES: Final = ("silero_vad_v5", "silero_vad_v6")
NEGATIVE_BELOW: Final = 0.15
LEAST_NEGATIVE: Final = 0.01
LANGUAGES_TOLD: Final = 5
LISTS: Final = ("languages",)
Milliseconds = Annotated[int, Field(ge=0, le=600_000)]


class SpeechTimestampsForm(BaseModel):
    """The form's fields, as Speaches defines them, without the file. Unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", title="SpeechTimestampsRequest")

    model: Annotated[str, Field(description="A model for voice activity, or auto.")] = "auto"
    threshold: Annotated[float, Field(ge=0, le=1, description="From this probability on, somebody speaks.")] = 0.75
    neg_threshold: Annotated[float | None, Field(ge=0, le=1, description="Below this, speech that has begun ends.")] = None
    min_speech_duration_ms: Annotated[Milliseconds, Field(description="Shorter speech is none.")] = 0
    max_speech_duration_s: Annotated[
        float, Field(ge=0.1, description="Longer speech is divided at its quietest moment.", json_schema_extra={"default": "inf"})
    ] = math.inf
    min_silence_duration_ms: Annotated[Milliseconds, Field(description="A pause this long ends a stretch.")] = 1_000
    speech_pad_ms: Annotated[Milliseconds, Field(description="Added on either side of a stretch.")] = 0

    def cut(self) -> CutOptions:
        """As the cutter takes it. Raises ParameterInvalid."""
        usual = max(LEAST_NEGATIVE, self.threshold - NEGATIVE_BELOW)
        negative = min(self.threshold, usual) if self.neg_threshold is None else self.neg_threshold
        if negative > self.threshold:
            raise ParameterInvalid(
                f"neg_threshold is {negative}; it cannot be over threshold ({self.threshold}).", param="neg_threshold"
            )
        pad_seconds = self.speech_pad_ms / 1_000
        if pad_seconds > self.max_speech_duration_s / 2:
            raise ParameterInvalid("speech_pad_ms is more than half of max_speech_duration_s.", param="speech_pad_ms")
        return CutOptions(
            threshold=self.threshold,
            negative_threshold=negative,
            min_speech_seconds=self.min_speech_duration_ms / 1_000,
            min_silence_seconds=self.min_silence_duration_ms / 1_000,
            padding_seconds=pad_seconds,
            longest_seconds=self.max_speech_duration_s,
        )


class DetectLanguageForm(BaseModel):
    """The form's fields, without the file. Unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", title="DetectLanguageRequest")

    model: Annotated[str, Field(description="A model that can tell languages, an OpenAI name, or auto.")] = "auto"
    languages: Annotated[
        list[Annotated[str | None, BeforeValidator(known_language)]], Field(description="The only ones that come into question.")
    ] = []


def examinations_router(services: Services) -> APIRouter:
    """The routes, bound to the use case."""
    router = APIRouter(tags=["transcription"])

    @router.post(
        "/v1/audio/speech/timestamps",
        summary="Tell when somebody speaks",
        openapi_extra=form_body(SpeechTimestampsForm),
        responses={200: {"content": {"application/json": {}}}, **ERRORS},
        response_class=Response,
    )
    async def speech_timestamps(request: Request) -> Response:
        async with AsyncExitStack() as stack:
            sent = await read_form(request)
            stack.push_async_callback(sent.close)
            upload = upload_of(sent, "file")
            form = SpeechTimestampsForm.model_validate(fields_of(sent))
            model = "auto" if form.model in PEERS_NAMES else form.model
            cut = form.cut()
            found = await while_wanted(request, services.examiner.speech_times(upload.file, model, cut, caller_of(request.scope)))
            body = [{"start": round(one.start_seconds * 1_000), "end": round(one.end_seconds * 1_000)} for one in found.stretches]
            return JSONResponse(body, headers=_headers(found.spec.id))

    @router.post(
        "/v1/audio/detect-language",
        summary="Tell which language is spoken",
        openapi_extra=form_body(DetectLanguageForm, LISTS),
        responses={200: {"content": {"application/json": {}}}, **ERRORS},
        response_class=Response,
    )
    async def detect_language(request: Request) -> Response:
        async with AsyncExitStack() as stack:
            sent = await read_form(request)
            stack.push_async_callback(sent.close)
            upload = upload_of(sent, "file", "audio_file")
            form = DetectLanguageForm.model_validate(fields_of(sent, LISTS))
            languages = [language for language in form.languages if language is not None]
            found = await while_wanted(
                request, services.examiner.spoken_language(upload.file, form.model, languages, caller_of(request.scope))
            )
            return JSONResponse(_language_body(found.probabilities), headers=_headers(found.spec.id))

    return router


def _language_body(probabilities: tuple[tuple[str, float], ...]) -> dict[str, Any]:
    code, confidence = probabilities[0] if probabilities else (None, 0.0)
    return {
        "detected_language": None if code is None else NAMES.get(code, code).lower(),
        "language_code": code,
        "confidence": round(confidence, 4),
        "languages": [{"code": one, "probability": round(probability, 4)} for one, probability in probabilities[:LANGUAGES_TOLD]],
    }


def _headers(model_id: str) -> dict[str, str]:
    return {"x-voxhelm-model": model_id, "cache-control": "no-store"}
