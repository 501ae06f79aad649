"""From Chatterbox-TTS-Server: its `config.yaml` and its environment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from voxhelm.dropin.carried import Carried, LeftBehind, Values, without_nothing
from voxhelm.dropin.foreign import Foreign
from voxhelm.dropin.hub_cache import hub_cache

SERVER: Final = "chatterbox-tts-server"
CONFIG: Final = Path("config.yaml")
ENGINE: Final = "chatterbox"
HOST: Final = "0.0.0.0"  # noqa: S104 - where it listens unless it is told otherwise
PORT: Final = 8004
VOICE_LIST: Final = "/v1/audio/voices"
BF16: Final = "TTS_BF16"
# What may stand for its models -> what they are called here. All but these were taken for the first.
MODELS: Final = {
    "chatterbox": "chatterbox",
    "original": "chatterbox",
    "resembleai/chatterbox": "chatterbox",
    "chatterbox-turbo": "chatterbox-turbo",
    "turbo": "chatterbox-turbo",
    "resembleai/chatterbox-turbo": "chatterbox-turbo",
    "chatterbox-multilingual": "chatterbox-multilingual",
    "multilingual": "chatterbox-multilingual",
}
DEFAULT_MODEL: Final = "chatterbox"
FOLDERS: Final = {"predefined_voices_path": "voices", "reference_audio_path": "reference_audio"}
SAMPLING: Final = ("temperature", "exaggeration", "cfg_weight")
DTYPES: Final = {True: "bfloat16", False: "float32"}


@dataclass(frozen=True, slots=True)
class ChatterboxFacts:
    """What is on the disk.

    root: its working directory, from which paths go. model_cache: whether the folder of `paths.model_cache` is there.
    cached_as: ids that models have in a hub's cache where they are others than those they are pulled by.
    """

    root: Path
    model_cache: bool = False
    cached_as: Mapping[str, str] = field(default_factory=dict)


def is_chatterbox(document: object) -> bool:
    """Whether a `config.yaml`, which many programs have, is this server's: it tells of its engine, or of one of its models."""
    if not isinstance(document, Mapping):
        return False
    engine, model, server = (document.get(name) for name in ("tts_engine", "model", "server"))
    if isinstance(engine, Mapping):
        return bool({*FOLDERS, "device", "default_voice_id"} & set(engine))
    named = isinstance(model, Mapping) and str(model.get("repo_id", "")).lower() in MODELS
    return named and isinstance(server, Mapping)


def carry_over_chatterbox(
    document: Mapping[str, Any], environment: Mapping[str, str], facts: ChatterboxFacts, source: str
) -> Carried:
    """document: what the file holds. source: what it is called, for errors and logs. Raises ConfigurationInvalid."""
    config = Foreign(document, source)
    server, engine, defaults = (config.section(name) for name in ("server", "tts_engine", "generation_defaults"))
    selector = (config.section("model").text("repo_id") or DEFAULT_MODEL).lower()
    named = MODELS.get(selector, DEFAULT_MODEL)
    model = facts.cached_as.get(named, named)
    # It loaded its model at the start, before it was told to be lazy.
    eager = not server.flag("lazy_load_model")
    values = {
        "server": {
            "host": server.text("host") or HOST,
            "port": PORT if (port := server.port("port")) is None else port,
            "ready_paths": [VOICE_LIST] if eager else None,
        },
        "models": {
            "directory": _directory(config, environment, facts),
            "preload": [model] if eager else None,
            "pull_preload": True if eager else None,
            "aliases": {name: model for name in ("chatterbox", named, selector) if name != model},
            "time_to_live_seconds_by_engine": {ENGINE: _time_to_live_seconds(server)},
            # A card is taken anyway where there is one, and nothing is broken where there is none.
            "device": "cpu" if engine.text("device") == "cpu" else None,
            "settings_by_engine": {ENGINE: own} if (own := _settings(engine, defaults, environment, facts)) else None,
        },
        # Its OpenAI route answered in wav unless it was told otherwise.
        "speech": {"default_language": defaults.text("language"), "default_format": "wav"},
    }
    return Carried(SERVER, source, without_nothing(values), tuple(_left_behind(config, selector)))


def _directory(config: Foreign, environment: Mapping[str, str], facts: ChatterboxFacts) -> str | None:
    cache = hub_cache(environment)
    if cache is None and facts.model_cache:
        cache = Path(config.section("paths").text("model_cache") or "model_cache")
    return str(facts.root / cache) if cache is not None else None


def _time_to_live_seconds(server: Foreign) -> float:
    """It never unloaded its model, before it was told to."""
    minutes = server.number("model_idle_timeout_minutes", 0)
    return minutes * 60 if minutes else -1


def _settings(engine: Foreign, defaults: Foreign, environment: Mapping[str, str], facts: ChatterboxFacts) -> Values:
    folders = {ours: engine.text(theirs) for theirs, ours in FOLDERS.items()}
    numbers = {name: defaults.number(name) for name in (*SAMPLING, "seed")}
    bf16 = Foreign(environment, "the environment")
    word = (bf16.text(BF16) or "").lower()
    return {
        **{name: str(facts.root / path) for name, path in folders.items() if path is not None},
        # Its seed 0 is another one each time.
        **{name: value for name, value in numbers.items() if value is not None and (name, value) != ("seed", 0)},
        **({"dtype": word if word == "auto" else DTYPES[bool(bf16.flag(BF16))]} if word else {}),
    }


def _left_behind(config: Foreign, selector: str) -> Iterator[LeftBehind]:
    server, engine, output = (config.section(name) for name in ("server", "tts_engine", "audio_output"))
    if selector not in MODELS:
        yield LeftBehind(f"model.repo_id: {selector}", f"it is none of its models; {DEFAULT_MODEL} is taken, as it did")
    if engine.text("device") == "mps":
        yield LeftBehind("tts_engine.device: mps", "models run on the processor or on NVIDIA's cards")
    if server.flag("use_auth"):
        yield LeftBehind(
            "server.use_auth", "a name and a password are not asked for here, keys are", "make keys: `voxhelm keys create NAME`"
        )
    if server.text("ssl_certfile"):
        yield LeftBehind("server.ssl_certfile", "HTTPS is a proxy's work", "see docs/how-to/run-behind-a-proxy.md")
    if server.flag("use_ngrok"):
        yield LeftBehind("server.use_ngrok", "Voxhelm opens no tunnel to the outside")
    if config.section("generation_defaults").number("speed_factor") not in (None, 1):
        yield LeftBehind("generation_defaults.speed_factor", "the speed is the request's to say", "send `speed` with the request")
    if (rate := output.number("sample_rate")) not in (None, 24_000):
        yield LeftBehind(f"audio_output.sample_rate: {rate}", "sound leaves at 24 kHz, as OpenAI's does")
    if output.flag("save_to_disk"):
        yield LeftBehind("audio_output.save_to_disk", "what was said is not kept")
