"""Settings: one model per part, a unit in every name, a default with its reason. Only the composition root reads them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from platformdirs import user_cache_path, user_config_path, user_data_path
from pydantic import AfterValidator, BaseModel, ByteSize, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    YamlConfigSettingsSource,
)
from rapidfuzz import process

from voxhelm.catalog.hub_access import PUBLIC_HUB
from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.dropin.carried import Carried, merged
from voxhelm.dropin.readers import find_foreign
from voxhelm.sections.egress import EgressSettings
from voxhelm.sections.quality import QualitySettings
from voxhelm.sections.realtime import RealtimeSettings
from voxhelm.sections.routes import RouteSettings
from voxhelm.sections.section import SECTION
from voxhelm.sections.speech import SpeechSettings
from voxhelm.telemetry.log import LogFormat

DEFAULT_FILE: Final = Path("voxhelm.yaml")
PREFIX: Final = "VOXHELM_"
# Environment variables with our prefix that are not settings.
NOT_SETTINGS: Final = frozenset({"VOXHELM_CONFIG", "VOXHELM_URL", "VOXHELM_API_KEY"})
# What Kubernetes sets in every container for a Service whose name begins like our variables.
SERVICE_LINK: Final = re.compile(rf"{PREFIX}(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_[A-Z]+(_(PROTO|PORT|ADDR))?)")
LEAST_SCORE: Final = 60.0
DEVICE: Final = r"^(auto|cpu|cuda(:\d+)?)$"


class _Section(BaseModel):
    model_config = SECTION


class ServerSettings(_Section):
    """The HTTP server."""

    host: Annotated[
        str, Field(description="Address to listen on. Local by default: who reaches a server without keys can use it.")
    ] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port to listen on; 0 takes a free one.")] = 8000
    longest_upload_bytes: Annotated[
        ByteSize, Field(gt=0, description="A larger request is refused with 413. Three hours of 48 kHz stereo WAV are 2 GB.")
    ] = ByteSize(2 * 1024**3)
    allow_model_changes: Annotated[
        bool,
        Field(
            description="Whether other machines may install and remove models over HTTP while no keys are asked for. This one always may."
        ),
    ] = False
    ready_paths: Annotated[
        tuple[str, ...],
        Field(
            description="Paths that answer 503 until the models of models.preload are warm, as /health/ready always does: for probes that "
            "ask another one."
        ),
    ] = ()
    allow_origins: Annotated[
        tuple[str, ...],
        Field(
            description="Sites whose pages may call from a browser, such as https://chat.example; '*' for all. None but the console."
        ),
    ] = ()
    allow_hosts: Annotated[
        tuple[str, ...],
        Field(
            description="Names by which a server that only this machine reaches and that has no keys may be asked for, such as a proxy's: "
            "voice.example.org. Addresses, names of one word, and those under .localhost, .local, .internal, .lan, .home and "
            ".home.arpa need not be named."
        ),
    ] = ()
    shutdown_grace_seconds: Annotated[
        int,
        Field(
            ge=0,
            description="How long requests may finish after a stop was asked for. A sentence takes seconds; an hour of audio is cut.",
        ),
    ] = 10


class IdentitySettings(_Section):
    """Who may use the server."""

    key_files: Annotated[
        tuple[Path, ...],
        AfterValidator(lambda paths: tuple(path.expanduser() for path in paths)),
        Field(
            description="Files with API keys, where `voxhelm keys` writes to the first. While one is there, every call needs a key."
        ),
    ] = Field(default_factory=lambda: (user_config_path("voxhelm") / "keys.yaml",))
    key_variables: Annotated[
        tuple[str, ...],
        Field(
            description="Environment variables that each hold a key which may do everything. With one set, every call needs a key."
        ),
    ] = ()
    public_lists: Annotated[bool, Field(description="Whether the lists of models and voices need no key, for Open WebUI.")] = False
    public_metrics: Annotated[bool, Field(description="Whether /metrics needs no key, else one with the scope metrics.")] = False


class LogSettings(_Section):
    """Logging, to stderr."""

    level: Annotated[Literal["debug", "info", "warning", "error"], Field(description="The least important lines to write.")] = (
        "info"
    )
    format: Annotated[LogFormat, Field(description="console for people, json for collectors.")] = LogFormat.CONSOLE


class Isolation(StrEnum):
    """Where models live."""

    PROCESS = "process"
    INLINE = "inline"


class ModelSettings(_Section):
    """Models and their time in memory."""

    directory: Annotated[
        Path,
        AfterValidator(Path.expanduser),
        Field(description="Where installed models are. The user's data directory, so that no root is needed."),
    ] = Field(default_factory=lambda: user_data_path("voxhelm") / "models")
    preload: Annotated[
        tuple[str, ...],
        Field(
            description="Models to load and warm before /health/ready says yes, in order. None: the built-in ones load in a second."
        ),
    ] = ()
    pull_preload: Annotated[
        bool,
        Field(description="Whether those of them that are not installed are pulled at the start. Off: nobody is called unasked."),
    ] = False
    time_to_live_seconds: Annotated[
        float,
        Field(
            ge=-1,
            description="How long an unused model stays loaded: -1 for ever, 0 not at all. Five minutes bridge a conversation's pauses.",
        ),
    ] = 300.0
    time_to_live_seconds_by_engine: Annotated[
        dict[str, float], Field(description="The same for all models of single engines, by engine.")
    ] = {}
    time_to_live_seconds_by_model: Annotated[dict[str, float], Field(description="The same for single models, by id.")] = {}
    memory_budget_bytes: Annotated[
        dict[str, ByteSize],
        Field(
            description="The most all models together may hold, by device: {cpu: 8GiB}. Else no limit; on a card, what is free there."
        ),
    ] = {}
    device: Annotated[
        str,
        Field(
            pattern=DEVICE,
            description="Where models go that can use a card: auto, a card if one has room; cpu; cuda, any card; cuda:1, that one.",
        ),
    ] = "auto"
    device_by_model: Annotated[
        dict[str, Annotated[str, Field(pattern=DEVICE)]], Field(description="The same for single models, by id.")
    ] = {}
    card_hold_seconds: Annotated[
        float,
        Field(
            ge=0,
            description="How long a card must have room again before a model that had to go to the CPU goes back to it; against flapping.",
        ),
    ] = 30.0
    pinned: Annotated[tuple[str, ...], Field(description="Models that are never unloaded to make room for others.")] = ()
    priority_by_model: Annotated[
        dict[str, int],
        Field(description="When room is needed, idle models of lower priority leave first; 0 for those that are not named."),
    ] = {}
    hold_seconds: Annotated[
        float,
        Field(
            ge=0, description="How long a loaded model stays before it makes room, so that two that do not fit together take turns."
        ),
    ] = 2.0
    patience_seconds: Annotated[
        float, Field(ge=0, description="After waiting this long for room, models in use get no new requests until one has left.")
    ] = 5.0
    hub_url: Annotated[
        str,
        Field(description="Where `voxhelm pull` gets models: the public hub, or a mirror that speaks its protocol (HF_ENDPOINT)."),
    ] = PUBLIC_HUB
    hub_token_file: Annotated[
        Path | None,
        AfterValidator(lambda path: path and path.expanduser()),
        Field(
            description="A file with a token for the hub and nothing else. Without it HF_TOKEN, or nobody: most models need none."
        ),
    ] = None
    offline: Annotated[
        bool, Field(description="Ask no hub, whoever wants a model (HF_HUB_OFFLINE). What is on the disk works as ever.")
    ] = False
    trusted_keys: Annotated[
        tuple[str, ...],
        Field(description="Whose models install from a folder or an archive: public Ed25519 keys as OpenSSH writes them."),
    ] = ()
    aliases: Annotated[
        dict[str, str], Field(description="Further names for models, each for an id. OpenAI's names need none.")
    ] = {}
    settings_by_model: Annotated[
        dict[str, dict[str, Annotated[str, Field(coerce_numbers_to_str=True)]]],
        Field(description="What single models are loaded with, by id: settings of their engine, such as {my-voice: {threads: 2}}."),
    ] = {}
    settings_by_engine: Annotated[
        dict[str, dict[str, Annotated[str, Field(coerce_numbers_to_str=True)]]],
        Field(description="The same for all models of single engines, by engine. What is said of a model comes first."),
    ] = {}
    interpreters: Annotated[
        dict[str, Path],
        AfterValidator(lambda named: {engine: path.expanduser() for engine, path in named.items()}),
        Field(
            description="Pythons of engines that need one of their own, by engine, where they are not those of `voxhelm engines install`."
        ),
    ] = {}
    isolation: Annotated[
        Isolation,
        Field(
            description="process: a host process for each model. inline: inside the server, for measuring; a crash then takes all."
        ),
    ] = Isolation.PROCESS
    extra_engines: Annotated[
        tuple[str, ...],
        Field(description="Engines that are not installed as a package, as package.module:NAME; for developing one."),
    ] = ()


class AdmissionSettings(_Section):
    """How many requests a model serves, and how many may wait."""

    in_flight_per_model: Annotated[
        int,
        Field(
            gt=0,
            description="Requests that a model serves at once. More would only slow each other down; they wait in line instead.",
        ),
    ] = 16
    queue_per_model: Annotated[
        int, Field(ge=0, description="Requests that may wait for a model; the next one gets 429 and a time to come back.")
    ] = 128
    promotion_seconds: Annotated[
        float,
        Field(
            gt=0, description="After each such wait a request counts as one class more urgent, so that batch work is not forgotten."
        ),
    ] = 30.0


class VoiceOfLanguageSettings(_Section):
    """A voice for texts of one language."""

    model: Annotated[str, Field(description="A model's id.")]
    voice: Annotated[str | None, Field(description="A voice of that model; without it, its usual voice for the language.")] = None


class LogicalVoiceSettings(_Section):
    """A name for a voice."""

    model: Annotated[str | None, Field(description="A model's id; without it, the best one for the language.")] = None
    voice: Annotated[str | None, Field(description="A voice of that model; without it, its usual voice for the language.")] = None
    language: Annotated[
        str | None,
        Field(
            pattern="^([a-z]{2,3}|auto)$",
            description="ISO 639-1, or auto for that of the text; without it, the name itself if it is a language.",
        ),
    ] = None
    by_language: Annotated[
        dict[str, VoiceOfLanguageSettings] | None,
        Field(description="By ISO 639-1, another model and voice for texts in that language; the rest holds for all others."),
    ] = None


class VoiceSettings(_Section):
    """Names of voices, and cloned ones."""

    cloned_directory: Annotated[
        Path,
        AfterValidator(Path.expanduser),
        Field(description="Where cloned voices and the consents for them are kept, for the user only. The user's data directory."),
    ] = Field(default_factory=lambda: user_data_path("voxhelm") / "voices")

    logical: Annotated[
        dict[str, LogicalVoiceSettings], Field(description="Names that stay when the voice behind them changes.")
    ] = {
        "bg": LogicalVoiceSettings(language="bg"),
        "en": LogicalVoiceSettings(language="en"),
    }
    openai: Annotated[
        dict[str, str],
        Field(description="What OpenAI's voice names mean. Unnamed ones are automatic: a voice of the text's language."),
    ] = {}


class CacheSettings(_Section):
    """Narrations that are kept, so that the same text in the same voice is made once."""

    directory: Annotated[
        Path,
        AfterValidator(Path.expanduser),
        Field(description="Where they are. The user's cache directory: they can be made again."),
    ] = Field(default_factory=lambda: user_cache_path("voxhelm") / "narrations")
    limit_bytes: Annotated[
        ByteSize,
        Field(
            ge=0,
            description="What all of them may hold; the least used make room. 256 MiB are some seven hours of mp3. 0 keeps nothing.",
        ),
    ] = ByteSize(256 * 1024**2)
    cloud: Annotated[bool, Field(description="Whether sound that a cloud has made is kept, too. Its terms may forbid that.")] = (
        False
    )


class DropInSettings(_Section):
    """Standing in for another speech server, with its configuration."""

    enabled: Annotated[
        bool,
        Field(
            description="Whether the configuration of openedai-speech, Chatterbox-TTS-Server and Speaches is taken over where it is found. "
            "What is said here, or in VOXHELM_ variables, comes first."
        ),
    ] = True
    directory: Annotated[
        Path | None,
        AfterValidator(lambda path: path and path.expanduser()),
        Field(
            description="Where the other server had its working directory: /app in its image. Without it, the current directory."
        ),
    ] = None


class Settings(BaseSettings):
    """Everything. A value comes from the environment (VOXHELM_SECTION__KEY), else from the file, else from here."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, nested_model_default_partial_update=True
    )

    server: ServerSettings = Field(default_factory=ServerSettings)
    identity: IdentitySettings = Field(default_factory=IdentitySettings)
    log: LogSettings = Field(default_factory=LogSettings)
    models: ModelSettings = Field(default_factory=ModelSettings)
    admission: AdmissionSettings = Field(default_factory=AdmissionSettings)
    speech: SpeechSettings = Field(default_factory=SpeechSettings)
    voices: VoiceSettings = Field(default_factory=VoiceSettings)
    routes: RouteSettings = Field(default_factory=RouteSettings)
    quality: QualitySettings = Field(default_factory=QualitySettings)
    realtime: RealtimeSettings = Field(default_factory=RealtimeSettings)
    cache: CacheSettings = Field(default_factory=CacheSettings)
    egress: EgressSettings = Field(default_factory=EgressSettings)
    drop_in: DropInSettings = Field(default_factory=DropInSettings)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and what of them was found with other servers."""

    settings: Settings
    carried: tuple[Carried, ...] = ()


def load_settings(file: Path | None, environment: Mapping[str, str], **overrides: Mapping[str, object]) -> Settings:
    """Read the settings, those of a server that is stood in for too.

    file: None takes `VOXHELM_CONFIG`, else `voxhelm.yaml` if there is one.
    overrides: values by section, from the command line; they win.
    Raises ConfigurationInvalid naming every key that is unknown or wrong.
    """
    return load(file, environment, **overrides).settings


def load(file: Path | None, environment: Mapping[str, str], **overrides: Mapping[str, object]) -> Loaded:
    """As `load_settings`, and tell what was taken over from other servers."""
    named = file or (Path(environment["VOXHELM_CONFIG"]) if environment.get("VOXHELM_CONFIG") else None)
    if named is not None and not named.is_file():
        raise ConfigurationInvalid(f"There is no configuration file {named}.")
    path = named or DEFAULT_FILE
    _refuse_unknown_variables(environment)
    own = _read(path, {}, overrides)
    if not own.drop_in.enabled:
        return Loaded(own)
    carried = find_foreign(own.drop_in.directory or Path.cwd(), environment)
    return Loaded(_read(path, merged(carried), overrides), carried) if carried else Loaded(own)


def settings_of(values: Mapping[str, Any]) -> Settings:
    """Settings of these values alone, whatever the environment and the current directory hold. Raises ConfigurationInvalid."""
    return _read(None, {}, values)


def _read(path: Path | None, foreign: Mapping[str, Any], overrides: Mapping[str, Any]) -> Settings:
    """path: None for the overrides alone. foreign: values that all others come before."""

    def sources(
        _: type[Settings],
        /,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        **_others: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        if path is None:
            return (init_settings,)
        file = YamlConfigSettingsSource(settings_cls, path)
        return init_settings, env_settings, file, InitSettingsSource(settings_cls, dict(foreign))

    try:
        here = {"settings_customise_sources": classmethod(sources), "__module__": __name__}
        settings: Settings = type("Settings", (Settings,), here)(**overrides)
    except ValidationError as error:
        raise ConfigurationInvalid("\n".join(_explain(error, path or DEFAULT_FILE))) from error
    except SettingsError as error:
        raise ConfigurationInvalid(f"{error}: lists and maps in the environment are JSON, such as '[\"espeak-ng\"]'.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationInvalid(f"{path} is not valid YAML: {error}") from error
    return settings


def setting_names() -> Iterator[str]:
    """Every setting as `section.key`; the documentation lists them all."""
    for section, field in Settings.model_fields.items():
        assert isinstance(field.annotation, type)  # noqa: S101 - sections are models
        assert issubclass(field.annotation, BaseModel)  # noqa: S101
        for key in field.annotation.model_fields:
            yield f"{section}.{key}"


def json_schema() -> dict[str, Any]:
    """The schema of `voxhelm.yaml`, for editors and for the documentation."""
    return Settings.model_json_schema()


def _refuse_unknown_variables(environment: Mapping[str, str]) -> None:
    known = {PREFIX + name.replace(".", "__").upper() for name in setting_names()}
    sections = {PREFIX + name.upper() for name in Settings.model_fields}
    for variable in sorted(environment):
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS | known | sections:
            continue
        if SERVICE_LINK.fullmatch(variable) or environment[variable].startswith(("tcp://", "udp://")):
            continue
        # A mapping may be filled by its keys: VOXHELM_MODELS__ALIASES__MINE.
        if any(variable.startswith(name + "__") for name in known):
            continue
        raise ConfigurationInvalid(f"The environment variable {variable} is not a setting.{_near(variable, known)}")


def _explain(error: ValidationError, path: Path) -> Iterator[str]:
    for problem in error.errors():
        name = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            yield f"'{name}' is not a setting (in {path} or the environment).{_near(name, [*setting_names(), *Settings.model_fields])}"
        else:
            yield f"'{name}' is not right: {problem['msg']}; it is {problem['input']!r}."


def _near(name: str, known: Any) -> str:
    match = process.extractOne(name, list(known), score_cutoff=LEAST_SCORE)
    return f" Did you mean {match[0]}?" if match is not None else ""
