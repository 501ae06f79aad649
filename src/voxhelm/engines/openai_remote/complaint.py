"""From what a server answers, when it does not answer with sound, to an error of ours."""

import json
from collections.abc import Mapping
from typing import Final

from voxhelm.domain import errors
from voxhelm.domain.errors import VoxhelmError

LONGEST_MESSAGE_CHARACTERS: Final = 500
# What a server of our own kind says in `code`, where it is the caller who has to change something.
KINDS: Final[Mapping[str, type[errors.BadRequest]]] = {
    kind.code: kind
    for kind in (errors.TextEmpty, errors.TextUnspeakable, errors.TextTooLong, errors.VoiceNotFound, errors.LanguageUnsupported)
}
DEFAULT_RETRY_SECONDS: Final = 1.0


def error_of(server: str, status: int, headers: Mapping[str, str], body: bytes) -> VoxhelmError:
    """The error that an answer with `status` is. headers: in lower case. Its message says which server it is from, and what it said."""
    said, code = _said(body)
    message = f"{server} answered with status {status}: {said}"
    if status == 429:
        return errors.QueueFull(message, retry_after_seconds=_retry_seconds(headers))
    if status >= 500:
        return errors.Unavailable(message, retry_after_seconds=_retry_seconds(headers))
    if status in (401, 403):
        return errors.EngineFailed(f"{message} (its file names the key in api_key_file).")
    if 300 <= status < 400:
        return errors.EngineFailed(f"{message} (it is elsewhere: {headers.get('location', '?')}; its file says where in base_url).")
    if status in (404, 405):
        return errors.EngineFailed(f"{message} (its file names the address in base_url and the model in model).")
    if status == 413:
        return errors.TextTooLong(message, param="input")
    kind = KINDS.get(code or "", errors.BadRequest)
    return kind(message)


def refuses_format(status: int, body: bytes) -> bool:
    """Whether the server cannot do the format it was asked for."""
    said = _said(body)[0].lower()
    return status in (400, 415, 422) and ("format" in said or "pcm" in said)


def _said(body: bytes) -> tuple[str, str | None]:
    """Message and code, in any of the shapes that such servers use."""
    text = body.decode("utf-8", errors="replace").strip()
    code = None
    try:
        said = json.loads(text)
    except ValueError:
        said = text
    if isinstance(said, dict):
        said = said.get("error") or said.get("detail") or said.get("message") or said
    if isinstance(said, dict):
        code = said.get("code")
        said = said.get("message") or said
    shown = " ".join((said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)).split())
    return shown[:LONGEST_MESSAGE_CHARACTERS] or "nothing", code if isinstance(code, str) else None


def _retry_seconds(headers: Mapping[str, str]) -> float:
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return DEFAULT_RETRY_SECONDS
    return seconds if 0 <= seconds < float("inf") else DEFAULT_RETRY_SECONDS
