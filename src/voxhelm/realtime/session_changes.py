"""`session.update`: what is in it changes, everything else stays."""

from dataclasses import fields, replace
from typing import Any, Final, Literal, TypeVar, cast

import msgspec
from msgspec import UNSET, UnsetType

from voxhelm.realtime.refusal import EventRefused
from voxhelm.realtime.session_config import (
    MOST_TOKENS,
    RATE_HZ,
    AudioFormat,
    Eagerness,
    FunctionTool,
    Input,
    Kind,
    NoiseReduction,
    Output,
    SemanticVad,
    ServerVad,
    SessionConfig,
    Transcription,
    TurnDetection,
)

SLOWEST: Final = 0.25
FASTEST: Final = 1.5
# What means something to OpenAI and nothing here: kept, and told back.
TOLD_BACK: Final = ("tracing", "truncation", "prompt", "parallel_tool_calls", "reasoning")
# With these, clients of OpenAI's say where an utterance of a transcription ends, and name no turn detection.
ENDED_BY_CLIENT: Final = ("gpt-live-transcribe", "gpt-realtime-whisper")

T = TypeVar("T")


class _Format(msgspec.Struct):
    type: Literal["audio/pcm", "audio/pcmu", "audio/pcma"]
    rate: int | None = None


class _Noise(msgspec.Struct):
    type: Literal["near_field", "far_field"]


class _Transcription(msgspec.Struct):
    model: str | UnsetType = UNSET
    language: str | UnsetType | None = UNSET
    languages: tuple[str, ...] | UnsetType | None = UNSET
    prompt: str | UnsetType | None = UNSET
    keywords: tuple[str, ...] | UnsetType | None = UNSET
    delay: Literal["minimal", "low", "medium", "high", "xhigh"] | UnsetType | None = UNSET


class _ServerVad(msgspec.Struct, tag="server_vad"):
    threshold: float | UnsetType | None = UNSET
    prefix_padding_ms: int | UnsetType | None = UNSET
    silence_duration_ms: int | UnsetType | None = UNSET
    create_response: bool | UnsetType | None = UNSET
    interrupt_response: bool | UnsetType | None = UNSET
    idle_timeout_ms: int | UnsetType | None = UNSET


class _SemanticVad(msgspec.Struct, tag="semantic_vad"):
    eagerness: Eagerness | UnsetType | None = UNSET
    create_response: bool | UnsetType | None = UNSET
    interrupt_response: bool | UnsetType | None = UNSET


class _Input(msgspec.Struct):
    format: _Format | UnsetType | None = UNSET
    noise_reduction: _Noise | UnsetType | None = UNSET
    transcription: _Transcription | UnsetType | None = UNSET
    turn_detection: _ServerVad | _SemanticVad | UnsetType | None = UNSET


class _VoiceId(msgspec.Struct):
    id: str


class _Output(msgspec.Struct):
    format: _Format | UnsetType | None = UNSET
    voice: str | _VoiceId | UnsetType | None = UNSET
    speed: float | UnsetType | None = UNSET


class _Audio(msgspec.Struct):
    input: _Input | UnsetType | None = UNSET
    output: _Output | UnsetType | None = UNSET


class _Function(msgspec.Struct, tag="function"):
    name: str
    description: str | None = None
    parameters: dict[str, object] | None = None


class _Choice(msgspec.Struct):
    type: Literal["function"]
    name: str


class _Changes(msgspec.Struct):
    type: Kind | UnsetType = UNSET
    output_modalities: tuple[str, ...] | UnsetType | None = UNSET
    instructions: str | UnsetType | None = UNSET
    tools: tuple[_Function, ...] | UnsetType | None = UNSET
    tool_choice: str | _Choice | UnsetType | None = UNSET
    max_output_tokens: int | Literal["inf"] | UnsetType | None = UNSET
    include: tuple[str, ...] | UnsetType | None = UNSET
    audio: _Audio | UnsetType | None = UNSET


def changed(config: SessionConfig, changes: dict[str, Any], root: str = "session") -> SessionConfig:
    """The session's settings after an update, or those of one reply. root: what the path of a wrong field begins with.

    The model stays: a session has one for its life. Raises EventRefused.
    """
    wanted = _converted(changes, _Changes, root)
    made = config
    if wanted.type is not UNSET:
        made = replace(made, kind=wanted.type)
    if wanted.output_modalities:
        made = replace(made, output_modality=_modality(wanted.output_modalities, root))
    if wanted.instructions is not UNSET:
        made = replace(made, instructions=wanted.instructions or "")
    if wanted.tools is not UNSET:
        tools = (FunctionTool(one.name, one.description or "", one.parameters or {}) for one in wanted.tools or ())
        made = replace(made, tools=tuple(tools))
    if wanted.tool_choice is not UNSET:
        made = replace(made, tool_choice=_tool_choice(wanted.tool_choice, root))
    if wanted.max_output_tokens is not UNSET:
        made = replace(made, most_tokens=_most_tokens(wanted.max_output_tokens, root))
    if wanted.include is not UNSET:
        made = replace(made, include=wanted.include or ())
    if wanted.audio:
        made = _with_audio(made, wanted.audio, f"{root}.audio")
        if made.kind is Kind.TRANSCRIPTION and _names_no_detection(wanted.audio.input):
            made = replace(made, input=replace(made.input, turn_detection=None))
    told_back = {name: changes[name] for name in TOLD_BACK if name in changes}
    return replace(made, extra=made.extra | told_back) if told_back else made


def told(config: SessionConfig, session_id: str, expires_unix_seconds: int) -> dict[str, object]:
    """The settings in full, as the contract writes them."""
    if config.kind is Kind.TRANSCRIPTION:
        return {
            "type": "transcription",
            "object": "realtime.transcription_session",
            "id": session_id,
            "expires_at": expires_unix_seconds,
            "include": list(config.include) or None,
            "audio": {"input": _told_input(config.input)},
        }
    return {
        "type": "realtime",
        "object": "realtime.session",
        "id": session_id,
        "model": config.model,
        "expires_at": expires_unix_seconds,
        "output_modalities": [config.output_modality],
        "instructions": config.instructions,
        "tools": [
            {"type": "function", "name": tool.name, "description": tool.description, "parameters": tool.parameters}
            for tool in config.tools
        ],
        "tool_choice": told_choice(config.tool_choice),
        "max_output_tokens": config.most_tokens or "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "include": list(config.include) or None,
        **config.extra,
        "audio": {
            "input": _told_input(config.input),
            "output": {"format": told_format(config.output.format), "voice": config.output.voice, "speed": config.output.speed},
        },
    }


def told_format(format_: AudioFormat) -> dict[str, object]:
    """A format, as the contract writes it."""
    return {"type": format_.value, "rate": RATE_HZ} if format_ is AudioFormat.PCM else {"type": format_.value}


def told_choice(choice: str) -> object:
    """A choice of tools, as the contract writes it."""
    kind, _, name = choice.partition(":")
    return {"type": "function", "name": name} if name else kind


def _told_input(given: Input) -> dict[str, object]:
    written = given.transcription
    vad = given.turn_detection
    detection: dict[str, object] | None = None
    if isinstance(vad, ServerVad):
        detection = {"type": "server_vad", **{one.name: getattr(vad, one.name) for one in fields(vad)}}
    elif isinstance(vad, SemanticVad):
        detection = {"type": "semantic_vad", **{one.name: getattr(vad, one.name) for one in fields(vad)}}
    transcription: dict[str, object] | None = None
    if written is not None:
        transcription = {"model": written.model, "language": written.language, "prompt": written.prompt}
        optional = {"languages": list(written.languages), "keywords": list(written.keywords), "delay": written.delay}
        transcription |= {name: value for name, value in optional.items() if value}
    return {
        "format": told_format(given.format),
        "noise_reduction": {"type": given.noise_reduction.type} if given.noise_reduction else None,
        "transcription": transcription,
        "turn_detection": detection,
    }


def _converted(changes: dict[str, Any], kind: type[T], root: str) -> T:
    try:
        return msgspec.convert(changes, kind, strict=True)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `$")
        param = root + path.rstrip("`").replace("[...]", "")
        missing = "missing required field" in text
        raise EventRefused("missing_required_parameter" if missing else "invalid_value", f"{param}: {text}.", param) from error


def _with_audio(config: SessionConfig, audio: _Audio, root: str) -> SessionConfig:
    made = config
    if audio.input:
        made = replace(made, input=_input(made.input, audio.input, f"{root}.input"))
    if audio.output:
        made = replace(made, output=_output(made.output, audio.output, f"{root}.output"))
    return made


def _names_no_detection(wanted: _Input | UnsetType | None) -> bool:
    """Whether a model is named that has none, and none is named."""
    if not wanted or not wanted.transcription or wanted.turn_detection is not UNSET:
        return False
    return wanted.transcription.model in ENDED_BY_CLIENT


def _input(current: Input, wanted: _Input, root: str) -> Input:
    made = current
    if wanted.format:
        made = replace(made, format=_format(wanted.format, f"{root}.format"))
    if wanted.noise_reduction is not UNSET:
        made = replace(made, noise_reduction=NoiseReduction(wanted.noise_reduction.type) if wanted.noise_reduction else None)
    if wanted.transcription is not UNSET:
        given = wanted.transcription
        made = replace(made, transcription=_patched(current.transcription or Transcription(), given) if given else None)
    if wanted.turn_detection is not UNSET:
        made = replace(made, turn_detection=_detection(current.turn_detection, wanted.turn_detection, f"{root}.turn_detection"))
    return made


def _output(current: Output, wanted: _Output, root: str) -> Output:
    made = current
    if wanted.format:
        made = replace(made, format=_format(wanted.format, f"{root}.format"))
    if wanted.voice:
        made = replace(made, voice=wanted.voice if isinstance(wanted.voice, str) else wanted.voice.id)
    if wanted.speed is not UNSET and wanted.speed is not None:
        _require(SLOWEST <= wanted.speed <= FASTEST, f"must be from {SLOWEST} to {FASTEST}; it is {wanted.speed}", f"{root}.speed")
        made = replace(made, speed=wanted.speed)
    return made


def _format(wanted: _Format, root: str) -> AudioFormat:
    made = AudioFormat(wanted.type)
    if made is AudioFormat.PCM:
        _require(wanted.rate in (None, RATE_HZ), f"must be {RATE_HZ}; it is {wanted.rate}", f"{root}.rate")
    return made


def _detection(
    current: TurnDetection | None, wanted: _ServerVad | _SemanticVad | None, root: str
) -> ServerVad | SemanticVad | None:
    if wanted is None:
        return None
    if isinstance(wanted, _SemanticVad):
        return _patched(current if isinstance(current, SemanticVad) else SemanticVad(), wanted)
    made = _patched(current if isinstance(current, ServerVad) else ServerVad(), wanted)
    if wanted.idle_timeout_ms is None:
        made = replace(made, idle_timeout_ms=None)
    _require(0 <= made.threshold <= 1, f"must be from 0 to 1; it is {made.threshold}", f"{root}.threshold")
    for name in ("prefix_padding_ms", "silence_duration_ms"):
        value = getattr(made, name)
        _require(0 <= value <= 10_000, f"must be from 0 to 10000; it is {value}", f"{root}.{name}")
    idle_ms = made.idle_timeout_ms
    _require(
        idle_ms is None or 1_000 <= idle_ms <= 600_000, f"must be from 1000 to 600000; it is {idle_ms}", f"{root}.idle_timeout_ms"
    )
    return made


def _patched(current: T, wanted: msgspec.Struct) -> T:
    """`current` with what is given; null is for the default of the type."""
    known = {one.name: one for one in fields(cast("Any", current))}
    given = {name: getattr(wanted, name) for name in wanted.__struct_fields__ if getattr(wanted, name) is not UNSET}
    values = {name: known[name].default if value is None else value for name, value in given.items()}
    return cast("T", replace(cast("Any", current), **values))


def _modality(wanted: tuple[str, ...], root: str) -> Literal["audio", "text"]:
    if wanted == ("audio",):
        return "audio"
    if wanted == ("text",):
        return "text"
    raise EventRefused(
        "invalid_value",
        f"{root}.output_modalities must be ['audio'] or ['text']; it is {list(wanted)}. Spoken answers come with their text.",
        f"{root}.output_modalities",
    )


def _tool_choice(wanted: str | _Choice | None, root: str) -> str:
    if wanted is None:
        return "auto"
    if isinstance(wanted, _Choice):
        return f"function:{wanted.name}"
    _require(wanted in ("none", "auto", "required"), "must be none, auto, required or a function", f"{root}.tool_choice")
    return wanted


def _most_tokens(wanted: int | str | None, root: str) -> int | None:
    if wanted is None or isinstance(wanted, str):
        return None
    param = f"{root}.max_output_tokens"
    _require(1 <= wanted <= MOST_TOKENS, f"must be from 1 to {MOST_TOKENS}, or 'inf'; it is {wanted}", param)
    return wanted


def _require(met: bool, what: str, param: str) -> None:
    if not met:
        raise EventRefused("invalid_value", f"{param} {what}.", param)
