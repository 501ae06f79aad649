"""What a caller wants a session to be, from all the places where it may say so."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from voxhelm.domain.errors import ParameterInvalid, ParameterMissing
from voxhelm.realtime.refusal import EventRefused
from voxhelm.realtime.session_changes import changed
from voxhelm.realtime.session_config import Kind, SessionConfig

ANY_MODEL: Final = "auto"
LONGEST_MODEL_CHARACTERS: Final = 200


def read_session(text: str | bytes) -> dict[str, Any]:
    """A session as a caller writes it in JSON. Raises ParameterInvalid."""
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ParameterInvalid(f"'session' is not a JSON object: {error}.", param="session") from error


def wanted_session(query: Mapping[str, str], *given: Mapping[str, Any]) -> SessionConfig:
    """How it begins. Raises ParameterInvalid, ParameterMissing.

    query: of the address: `model`, and `intent=transcription`. given: sessions as callers write them; of two that say something else the
    later one counts, and the query before all.
    """
    intent = query.get("intent", "").lower()
    if intent not in ("", "conversation", Kind.TRANSCRIPTION.value):
        raise ParameterInvalid(f"intent is '{intent}'; it must be transcription, or be left out.", param="intent")
    kinds = [str(one["type"]) for one in given if "type" in one]
    transcribes = intent == Kind.TRANSCRIPTION or (not intent and kinds[-1:] == [Kind.TRANSCRIPTION])
    model = _model(query, given)
    if transcribes:
        config = changed(SessionConfig(ANY_MODEL, Kind.TRANSCRIPTION), {"audio": {"input": {"transcription": {"model": model}}}})
    else:
        config = SessionConfig(model)
    try:
        for one in given:
            config = changed(config, {name: value for name, value in one.items() if name != "type" or not intent})
    except EventRefused as refusal:
        kind = ParameterMissing if refusal.code == ParameterMissing.code else ParameterInvalid
        raise kind(refusal.message, param=refusal.param) from refusal
    return config


def _model(query: Mapping[str, str], given: tuple[Mapping[str, Any], ...]) -> str:
    named = query.get("model") or next((one["model"] for one in reversed(given) if one.get("model")), ANY_MODEL)
    if not isinstance(named, str) or len(named) > LONGEST_MODEL_CHARACTERS:
        raise ParameterInvalid(f"'model' must be a name of up to {LONGEST_MODEL_CHARACTERS} characters.", param="model")
    return named
