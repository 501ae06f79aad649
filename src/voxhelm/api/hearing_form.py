"""The parts of a form with a recording, and the fields that several routes share."""

import json
from collections.abc import Collection, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from voxhelm.api.openapi import inlined
from voxhelm.domain.errors import ParameterMissing
from voxhelm.domain.options import Chunking
from voxhelm.text.cues import CueOptions
from voxhelm.text.language_names import NAMES

# The largest text field: a reference of a known speaker's voice, ten seconds of stereo in base64.
LONGEST_FIELD_BYTES: Final = 8 << 20
MOST_FIELDS: Final = 200
# Codes that clients send, Home Assistant among them, for what recognisers know by another one.
USUAL_CODES: Final = {"cmn": "zh", "fil": "tl", "in": "id", "iw": "he", "jw": "jv", "nb": "no"}


def known_language(value: object) -> object:
    """A code of a language without its region, None for an empty one. Raises ValueError for what is none."""
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    code = value.strip().lower().replace("_", "-").partition("-")[0]
    code = USUAL_CODES.get(code, code)
    if code not in NAMES:
        raise ValueError("it must be an ISO 639-1 code such as en or bg")
    return code


class ServerVad(BaseModel):
    """OpenAI's voice activity settings. What is left out is as when nothing is said."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["server_vad"]
    threshold: Annotated[float | None, Field(ge=0, le=1)] = None
    prefix_padding_ms: Annotated[int | None, Field(ge=0, le=5_000)] = None
    silence_duration_ms: Annotated[int | None, Field(ge=0, le=10_000)] = None


def _object(value: object) -> object:
    """An object that was sent as JSON text."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            return json.loads(value)
        except ValueError as error:
            raise ValueError(f"it is not JSON: {error}") from error
    return value


def _kind(value: object) -> str:
    return "object" if isinstance(value, dict | ServerVad) else "word"


Model = Annotated[str, Field(description="A model's id, an OpenAI name such as whisper-1, or auto.")]
Prompt = Annotated[str | None, Field(description="What was said before, or names to expect.")]
Temperature = Annotated[float | None, Field(json_schema_extra={"minimum": 0, "maximum": 1})]
ChunkingStrategy = Annotated[
    Annotated[Literal["auto"] | None, Tag("word")] | Annotated[ServerVad, Tag("object")],
    Discriminator(_kind),
    BeforeValidator(_object),
    Field(description="Where the recording is cut: auto, or an object with type server_vad, as JSON or in bracketed fields."),
]
MaxLineCharacters = Annotated[int, Field(ge=8, le=500, description="Subtitles: the longest line.")]
MaxLines = Annotated[int, Field(ge=1, le=20, description="Subtitles: lines at a time.")]
MaxCueSeconds = Annotated[float, Field(ge=0.5, le=60, description="Subtitles: how long one stays at most.")]
MinCueSeconds = Annotated[float, Field(ge=0, le=20, description="Subtitles: how long one stays at least, where there is room.")]
ParagraphSeconds = Annotated[
    float | None, Field(gt=0, le=3_600, description="Running text: a pause this long, or another speaker, begins a paragraph.")
]
CUES: Final = CueOptions()


def chunking_of(strategy: Literal["auto"] | ServerVad | None) -> Chunking | None:
    """As the engines take it."""
    if not isinstance(strategy, ServerVad):
        return None
    return Chunking(strategy.threshold, _seconds(strategy.prefix_padding_ms), _seconds(strategy.silence_duration_ms))


async def read_form(request: Request) -> FormData:
    """The form of a request; to be closed. Raises HTTPException when it does not parse."""
    return await request.form(max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD_BYTES)


def upload_of(sent: FormData, *names: str) -> UploadFile:
    """The recording, under the first of `names` that is there. Raises ParameterMissing."""
    name = next((one for one in names if one in sent), names[0])
    upload = sent.get(name)
    if upload is None:
        raise ParameterMissing(f"'{name}' is missing: send the recording as a multipart form field of that name.", param=name)
    if not isinstance(upload, UploadFile):
        raise ParameterMissing(f"'{name}' is a text field; it must be a file part, with a file name.", param=name)
    return upload


def fields_of(sent: FormData, lists: Collection[str] = (), objects: Collection[str] = ()) -> Mapping[str, Any]:
    """The text fields. Lists are gathered from both spellings (`name`, `name[]`), objects from `name[key]`. Empty ones are left out."""
    fields: dict[str, Any] = {key: value for key, value in sent.items() if isinstance(value, str) and value != ""}
    for name in lists:
        values = [value for key in (name, f"{name}[]") for value in sent.getlist(key) if isinstance(value, str) and value]
        if values:
            fields[name] = values
        else:
            fields.pop(name, None)
    for name in objects:
        inner = {
            key[len(name) + 1 : -1]: value for key, value in fields.items() if key.startswith(f"{name}[") and key.endswith("]")
        }
        if inner:
            fields[name] = inner
    return fields


def form_body(form: type[BaseModel], lists: Collection[str] = ()) -> dict[str, Any]:
    """An operation's `requestBody` for a form with a recording that `form` describes otherwise."""
    schema = inlined(form)
    schema["properties"] = {
        "file": {"type": "string", "format": "binary", "description": "The recording: anything with a sound track."}
    } | {name + "[]" if name in lists else name: value for name, value in schema["properties"].items()}
    schema["required"] = ["file"]
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1_000
