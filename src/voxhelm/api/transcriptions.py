"""POST /v1/audio/transcriptions."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.datastructures import FormData, UploadFile
from starlette.responses import JSONResponse, PlainTextResponse, Response

from voxhelm.api import sse, transcripts
from voxhelm.api.callers import caller_of
from voxhelm.api.errors import envelope_of
from voxhelm.api.openapi import ERRORS, inlined
from voxhelm.api.placement import placement_headers
from voxhelm.api.presence import while_wanted
from voxhelm.api.services import Services
from voxhelm.api.streaming import StreamedResponse
from voxhelm.domain.errors import ParameterInvalid, ParameterMissing, VoxhelmError
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.segment import Segment
from voxhelm.serving.hear import Hearing, HearingRequest
from voxhelm.text.language_names import NAMES
from voxhelm.text.transcript import separator

# Fields whose value is a list; clients send them with brackets or without.
LISTS: Final = ("timestamp_granularities", "include", "languages", "keywords")


class TranscriptionFormat(StrEnum):
    """How the transcript is rendered."""

    JSON = "json"
    TEXT = "text"
    SRT = "srt"
    VTT = "vtt"
    VERBOSE_JSON = "verbose_json"


class TranscriptionForm(BaseModel):
    """The form's fields, as OpenAI defines them, without the file. Unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", title="TranscriptionRequest")

    model: Annotated[str, Field(description="A model's id, an OpenAI name such as whisper-1, or auto.")] = "auto"
    language: Annotated[str | None, Field(description="ISO 639-1 code of what is spoken.")] = None
    prompt: Annotated[str | None, Field(description="What was said before, or names to expect.")] = None
    response_format: TranscriptionFormat = TranscriptionFormat.JSON
    temperature: Annotated[float | None, Field(json_schema_extra={"minimum": 0, "maximum": 1})] = None
    timestamp_granularities: Annotated[list[Literal["word", "segment"]], Field(description="For verbose_json.")] = ["segment"]
    keywords: Annotated[list[str], Field(description="Names and terms to expect.")] = []
    languages: Annotated[list[str], Field(description="What may be spoken; the first is taken when `language` is not given.")] = []
    include: list[Literal["logprobs"]] = []
    stream: Annotated[bool, Field(description="Server-sent events while the recording is heard.")] = False

    @field_validator("languages")
    @classmethod
    def _known_languages(cls, values: list[str]) -> list[str]:
        return [code for value in values if (code := cls._known_language(value)) is not None]

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str | None) -> str | None:
        if value is None or not value.strip():
            return None
        code = value.strip().lower().replace("_", "-").partition("-")[0]
        if code not in NAMES:
            raise ValueError("it must be an ISO 639-1 code such as en or bg")
        return code

    def options(self) -> TranscribeOptions:
        """As the engines take it."""
        return TranscribeOptions(
            language=self.language or next(iter(self.languages), None),
            word_times="word" in self.timestamp_granularities
            or self.response_format in (TranscriptionFormat.SRT, TranscriptionFormat.VTT),
            prompt=self.prompt,
            keywords=tuple(self.keywords),
            temperature=self.temperature,
        )


def transcriptions_router(services: Services) -> APIRouter:
    """The route, bound to the use case."""
    router = APIRouter(tags=["transcription"])

    @router.post(
        "/v1/audio/transcriptions",
        summary="Hear a recording",
        openapi_extra=_form_body(),
        responses={200: {"content": {"application/json": {}, "text/plain": {}, "text/vtt": {}, sse.MEDIA_TYPE: {}}}, **ERRORS},
        response_class=Response,
    )
    async def create_transcription(request: Request) -> Response:
        async with AsyncExitStack() as stack:
            sent = await request.form()
            stack.push_async_callback(sent.close)
            upload = _upload(sent)
            form = TranscriptionForm.model_validate(_fields(sent))
            if form.stream and form.response_format not in (TranscriptionFormat.JSON, TranscriptionFormat.TEXT):
                raise ParameterInvalid(
                    f"stream gives events with text; it cannot be combined with {form.response_format.value}. Leave one of them out.",
                    param="stream",
                )
            hearing = await while_wanted(
                request, services.listener.hear(HearingRequest(upload.file, form.model, form.options(), caller_of(request.scope)))
            )
            stack.push_async_callback(hearing.aclose)
            if form.stream:
                return StreamedResponse(_events(hearing), sse.MEDIA_TYPE, _headers(hearing), stack.pop_all().aclose)
            heard = await while_wanted(request, transcripts.collect(hearing))
            return _render(form, heard, _headers(hearing))

    return router


def _upload(sent: FormData) -> UploadFile:
    upload = sent.get("file")
    if upload is None:
        raise ParameterMissing("'file' is missing: send the recording as a multipart form field of that name.", param="file")
    if not isinstance(upload, UploadFile):
        raise ParameterMissing("'file' is a text field; it must be a file part, with a file name.", param="file")
    return upload


def _fields(sent: FormData) -> Mapping[str, Any]:
    """The text fields, lists gathered from both spellings."""
    fields: dict[str, Any] = {key: value for key, value in sent.items() if isinstance(value, str) and value != ""}
    for name in LISTS:
        values = [value for key in (name, f"{name}[]") for value in sent.getlist(key) if isinstance(value, str) and value]
        if values:
            fields[name] = values
        else:
            fields.pop(name, None)
    return fields


def _headers(hearing: Hearing) -> dict[str, str]:
    placed = placement_headers(hearing.device, hearing.fallback)
    return {"x-voxhelm-model": hearing.spec.id, **placed, "cache-control": "no-store"}


def _render(form: TranscriptionForm, heard: transcripts.Heard, headers: Mapping[str, str]) -> Response:
    match form.response_format:
        case TranscriptionFormat.JSON:
            return JSONResponse(transcripts.as_json(heard), headers=headers)
        case TranscriptionFormat.VERBOSE_JSON:
            return JSONResponse(transcripts.as_verbose_json(heard, form.timestamp_granularities), headers=headers)
        case TranscriptionFormat.TEXT:
            return PlainTextResponse(heard.text + "\n", headers=headers)
        case TranscriptionFormat.SRT:
            return PlainTextResponse(transcripts.as_srt(heard), headers=headers)
        case TranscriptionFormat.VTT:
            return PlainTextResponse(transcripts.as_vtt(heard), headers=headers, media_type="text/vtt")


async def _events(hearing: Hearing) -> AsyncGenerator[bytes]:
    """Segments as they become final. A stream that ends without `transcript.text.done` has failed; an event with `error` says why."""
    segments: list[Segment] = []
    last_text = ""
    try:
        async for segment in hearing.segments:
            segments.append(segment)
            text = segment.text.strip()
            if text:
                yield sse.event({"type": "transcript.text.delta", "delta": separator(last_text, text) + text})
                last_text = text
    except VoxhelmError as error:
        yield sse.event(envelope_of(error)[1])
        return
    yield sse.event(transcripts.done_event(transcripts.Heard(tuple(segments), hearing.language, hearing.progress.audio_seconds)))


def _form_body() -> dict[str, Any]:
    schema = inlined(TranscriptionForm)
    schema["properties"] = {
        "file": {"type": "string", "format": "binary", "description": "The recording: anything with a sound track."}
    } | {name + "[]" if name in LISTS else name: value for name, value in schema["properties"].items()}
    schema["required"] = ["file"]
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
