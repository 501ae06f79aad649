"""From Speaches: its environment, which is all the configuration it has."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from voxhelm.catalog.names import KOKORO, PIPER, WHISPER, model_id_of
from voxhelm.catalog.piper_stem import PiperStem
from voxhelm.dropin.carried import Carried, LeftBehind, without_nothing
from voxhelm.dropin.foreign import Foreign
from voxhelm.dropin.hub_cache import hub_cache

SERVER: Final = "speaches"
# Variables of whose kind no other program has one; without any of them, what else is set was meant for others.
MARKS: Final = re.compile(r"PRELOAD_MODELS|(STT|TTS|VAD)_MODEL_TTL|WHISPER__\w+")
HOST: Final = "0.0.0.0"  # noqa: S104 - where it listens unless it is told otherwise
PORT: Final = 8000
TIME_TO_LIVE_SECONDS: Final = 300
HEALTH: Final = "/health"
KEY: Final = "API_KEY"
_WHISPER_PREFIX: Final = "WHISPER__"
# Its own copies of models that have another home.
_ITS_PIPER: Final = re.compile(r"speaches-ai/piper-(.+)", re.IGNORECASE)
_ITS_KOKORO: Final = re.compile(r"(speaches-ai|hexgrad)/kokoro-82m.*", re.IGNORECASE)
_OTHERS: Final = re.compile(r"parakeet|wespeaker|silero|pyannote", re.IGNORECASE)
_LEFT: Final = {
    "WHISPER__DEVICE_INDEX": ("Voxhelm chooses among the cards by their free memory", "name one with models.device_by_model"),
    "WHISPER__USE_BATCHED_MODE": ("windows of several callers are heard together anyway", None),
    "CHAT_COMPLETION_BASE_URL": ("Voxhelm has no chat of its own yet", None),
    "OTEL_EXPORTER_OTLP_ENDPOINT": ("Voxhelm is scraped, it does not push", "scrape /metrics"),
}


@dataclass(frozen=True, slots=True)
class SpeachesFacts:
    """usual_cache: where its models are when the environment does not say."""

    usual_cache: Path | None = None


def is_speaches(environment: Mapping[str, str]) -> bool:
    """Whether an environment was made for this server."""
    return any(MARKS.fullmatch(name) for name in environment)


def carry_over_speaches(environment: Mapping[str, str], facts: SpeachesFacts, source: str = "the environment") -> Carried:
    """source: what holds the variables, for errors and logs. Raises ConfigurationInvalid."""
    variables = Foreign(environment, source)
    cache = hub_cache(environment) or facts.usual_cache
    models = {name: _known_as(name) for name in variables.names("PRELOAD_MODELS")}
    preload = {name: known for name, known in models.items() if known is not None}
    speech_seconds = _seconds(variables, "TTS_MODEL_TTL")
    time_to_live_seconds = {WHISPER: _seconds(variables, "STT_MODEL_TTL"), PIPER: speech_seconds, KOKORO: speech_seconds}
    own = _whisper(variables)
    values = {
        "server": {
            "host": variables.text("UVICORN_HOST") or HOST,
            "port": variables.port("UVICORN_PORT") or PORT,
            "ready_paths": [HEALTH] if preload else None,
            "allow_origins": list(variables.names("ALLOW_ORIGINS")),
        },
        "log": {"level": variables.level("LOG_LEVEL")},
        "identity": {"key_variables": [KEY] if variables.text(KEY) else None},
        "models": {
            "directory": str(cache) if cache is not None else None,
            "preload": list(dict.fromkeys(preload.values())),
            "pull_preload": True if preload else None,
            "aliases": {name: model_id for name, known in preload.items() if (model_id := model_id_of(known)) not in (None, name)},
            "time_to_live_seconds_by_engine": time_to_live_seconds,
            # A card is taken anyway where there is one, and nothing is broken where there is none.
            "device": "cpu" if variables.text("WHISPER__INFERENCE_DEVICE") == "cpu" else None,
            "settings_by_engine": {WHISPER: own} if own else None,
        },
    }
    left = (*_unknown_models(models), *_left_behind(variables))
    return Carried(SERVER, source, without_nothing(values), left)


def _known_as(name: str) -> str | None:
    """The name that a model of Speaches is pulled by here; None for one that Voxhelm cannot load."""
    piper = _ITS_PIPER.fullmatch(name)
    if piper is not None:
        return piper[1] if PiperStem.parse(piper[1]) is not None else None
    if _ITS_KOKORO.fullmatch(name):
        return KOKORO
    # What is in a repository of the hub is not told by its name, but these families are.
    return None if _OTHERS.search(name) or model_id_of(name) is None else name


def _seconds(variables: Foreign, name: str) -> float:
    seconds = variables.number(name, -1)
    return TIME_TO_LIVE_SECONDS if seconds is None else seconds


def _whisper(variables: Foreign) -> Mapping[str, str | float]:
    compute_type = variables.text(f"{_WHISPER_PREFIX}COMPUTE_TYPE")
    numbers = {name: variables.number(f"{_WHISPER_PREFIX}{name.upper()}", 0) for name in ("cpu_threads", "num_workers")}
    chosen = {"compute_type": compute_type} if compute_type is not None and compute_type != "default" else {}
    return {**chosen, **{name: value for name, value in numbers.items() if value}}


def _unknown_models(models: Mapping[str, str | None]) -> Iterator[LeftBehind]:
    for name, known in models.items():
        if known is None:
            yield LeftBehind(f"PRELOAD_MODELS: {name}", f"Voxhelm has no engine for it; it has {WHISPER}, {PIPER} and {KOKORO}")


def _left_behind(variables: Foreign) -> Iterator[LeftBehind]:
    for name, (why, instead) in _LEFT.items():
        if variables.text(name):
            yield LeftBehind(name, why, instead)
    if variables.flag("ENABLE_UI") is False:
        yield LeftBehind("ENABLE_UI", "the console is files that a browser asks for; it costs nothing and is always there")
    ours = {"INFERENCE_DEVICE", "COMPUTE_TYPE", "CPU_THREADS", "NUM_WORKERS", "DEVICE_INDEX", "USE_BATCHED_MODE"}
    for name in sorted(variables.values):
        if name.startswith(_WHISPER_PREFIX) and name.removeprefix(_WHISPER_PREFIX) not in ours and variables.text(name):
            yield LeftBehind(name, "Voxhelm has no such setting for Whisper")
