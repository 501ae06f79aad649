"""From an exception to a status and OpenAI's error envelope: one table."""

from collections.abc import Mapping
from typing import Final

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from voxhelm.domain import errors

INVALID: Final = "invalid_request_error"
SERVER: Final = "server_error"
LIMIT: Final = "rate_limit_error"

# The most specific class of an error's ancestry that stands here decides: (status, OpenAI's `type`).
STATUS_OF: Final[Mapping[type[errors.VoxhelmError], tuple[int, str]]] = {
    errors.BadRequest: (400, INVALID),
    errors.TextTooLong: (413, INVALID),
    errors.BodyTooLarge: (413, INVALID),
    errors.ModelNotFound: (404, INVALID),
    errors.VoiceExists: (409, INVALID),
    errors.TooManyVoices: (409, INVALID),
    errors.ClonedVoiceNotFound: (404, INVALID),
    errors.ConsentNotFound: (404, INVALID),
    errors.ConsentInUse: (409, INVALID),
    errors.KeyInvalid: (401, INVALID),
    errors.ScopeMissing: (403, INVALID),
    errors.HostUnknown: (403, INVALID),
    errors.SessionNotFound: (404, INVALID),
    errors.EndpointGone: (410, INVALID),
    errors.UpgradeRequired: (426, INVALID),
    errors.EgressForbidden: (403, INVALID),
    errors.ModelChangesForbidden: (403, INVALID),
    errors.HubOffline: (403, INVALID),
    errors.HubForbidden: (403, INVALID),
    errors.ModelInUse: (409, INVALID),
    errors.ModelExists: (409, INVALID),
    errors.Unavailable: (503, SERVER),
    errors.QueueFull: (429, LIMIT),
    errors.SessionsFull: (429, LIMIT),
    errors.TooManyClientSecrets: (429, LIMIT),
    errors.DeadlineMissed: (504, SERVER),
    errors.RequestCancelled: (499, INVALID),
    errors.HubUnavailable: (502, SERVER),
    errors.DownloadDamaged: (502, SERVER),
    errors.DiskFull: (507, SERVER),
    errors.EngineFailed: (500, SERVER),
    errors.VoxhelmError: (500, SERVER),
}
LONGEST_MESSAGE_CHARACTERS: Final = 2_000
CLIENT_LEFT: Final = 499  # never reaches anybody; it is what logs and metrics call a client that left

HTTP_CODES: Final[Mapping[int, str]] = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    422: "unprocessable",
}


def envelope(message: str, *, kind: str, param: str | None = None, code: str | None = None) -> dict[str, object]:
    """The body of every error, as OpenAI's clients read it."""
    return {"error": {"message": shortened(message), "type": kind, "param": param, "code": code}}


def shortened(message: str) -> str:
    """A message that is fit to be read. What a caller has sent may be quoted in the middle of it; advice stands at its end."""
    if len(message) <= LONGEST_MESSAGE_CHARACTERS:
        return message
    half = LONGEST_MESSAGE_CHARACTERS // 2
    return f"{message[:half]} [...] {message[-half:]}"


def envelope_of(error: errors.VoxhelmError) -> tuple[int, dict[str, object]]:
    """Status and body for one of ours."""
    status, kind = next(STATUS_OF[ancestor] for ancestor in type(error).__mro__ if ancestor in STATUS_OF)
    return status, envelope(error.message, kind=kind, param=error.param, code=error.code)


def render_voxhelm_error(_request: Request, error: Exception) -> Response:
    """For errors of `domain.errors`."""
    if not isinstance(error, errors.VoxhelmError):
        raise TypeError("registered for VoxhelmError") from error
    status, body = envelope_of(error)
    return JSONResponse(body, status, headers_of(error))


def headers_of(error: errors.VoxhelmError) -> dict[str, str]:
    """What an answer with this error has in its head."""
    headers = {} if error.retry_after_seconds is None else {"Retry-After": str(max(1, round(error.retry_after_seconds)))}
    if isinstance(error, errors.KeyInvalid):
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def render_http_error(request: Request, error: Exception) -> Response:
    """For the framework's own: no such path, no such method, a form that does not parse."""
    if not isinstance(error, HTTPException):
        raise TypeError("registered for HTTPException") from error
    kind = INVALID if error.status_code < 500 else SERVER
    message = str(error.detail)
    if error.status_code == 404:
        message = f"There is nothing at {request.method} {request.url.path}. /openapi.json describes what there is."
    elif error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        message = f"{request.method} is not possible at {request.url.path}; allowed: {allowed}."
    body = envelope(message, kind=kind, code=HTTP_CODES.get(error.status_code))
    return JSONResponse(body, error.status_code, error.headers)


def render_validation_error(_request: Request, error: Exception) -> Response:
    """For a body or form whose fields are wrong. The first problem is told in full; the SDK shows nothing else."""
    if not isinstance(error, ValidationError | RequestValidationError):
        raise TypeError("registered for validation errors") from error
    first = error.errors()[0]
    # The rest of a location names positions and branches of our own types, which mean nothing to a caller.
    field = next((str(part) for part in first["loc"] if part != "body"), None)
    if first["type"] == "missing":
        return JSONResponse(envelope(f"'{field}' is missing.", kind=INVALID, param=field, code="missing_required_parameter"), 400)
    if first["type"] == "json_invalid":
        message = f"The body is not valid JSON: {first.get('ctx', {}).get('error', 'it does not parse')}."
        return JSONResponse(envelope(message, kind=INVALID, code="invalid_json"), 400)
    message = f"'{field}' is not right: {first['msg']}." if field else f"The body is not right: {first['msg']}."
    return JSONResponse(envelope(message, kind=INVALID, param=field, code="invalid_value"), 400)


def render_disconnect(_request: Request, _error: Exception) -> Response:
    """For a client that left before its body was complete; nobody reads this."""
    return Response(status_code=CLIENT_LEFT)


def render_unexpected(_request: Request, error: Exception) -> Response:
    """For everything else. The traceback goes to the log, not to the caller."""
    message = f"Voxhelm failed ({type(error).__name__}). The server's log has the details under this x-request-id."
    return JSONResponse(envelope(message, kind=SERVER, code=errors.VoxhelmError.code), 500)
