"""What every request passes through: an id, a limit on its body, a count, a line in the log. Plain ASGI, because it is on the hot path."""

import re
import secrets
from collections.abc import Mapping
from typing import Final

import structlog
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from voxhelm.api.callers import key_of
from voxhelm.api.errors import CLIENT_LEFT, envelope_of, headers_of
from voxhelm.api.guard import SOCKET, Guard
from voxhelm.api.presence import CANCELLED
from voxhelm.api.services import Services
from voxhelm.domain.errors import BodyTooLarge, HostUnknown, KeyInvalid, ScopeMissing, VoxhelmError
from voxhelm.kit.clock import Clock
from voxhelm.telemetry.log import Log

REQUEST_ID: Final = b"x-request-id"
# What a caller may choose as its request's id: printable, short, harmless in a log.
ACCEPTED_ID: Final = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
# Paths under /v1 that clients with a base URL without it ask for.
UNPREFIXED: Final = re.compile(r"/(audio|models|requests|realtime)(/|$)")
POLICY_VIOLATION: Final = 1008
# What answers a socket's handshake, with the status that it stands for.
ANSWERS_TO_SOCKETS: Final = {"websocket.accept": 101, "websocket.http.response.start": 0, "websocket.close": 403}
CLOSE_CODE: Final = "voxhelm.close_code"
"""Where in a socket's scope is with which code it was closed, by whichever side."""
QUIET_ROUTES: Final = ("/health", "/health/live", "/health/ready", "/metrics")


class RequestScope:
    """The outermost middleware."""

    def __init__(self, app: ASGIApp, services: Services, guard: Guard, log: Log, clock: Clock, longest_body_bytes: int) -> None:
        """app: what answers those whom the guard admits. longest_body_bytes: a larger body is refused with 413."""
        self._app = app
        self._guard = guard
        self._metrics = services.metrics
        self._running = services.running
        self._log = log
        self._clock = clock
        self._longest_body_bytes = longest_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        scope["path"] = with_prefix(scope["path"])
        headers = dict(scope["headers"])
        wanted_id = headers.get(REQUEST_ID, b"")
        request_id = wanted_id if ACCEPTED_ID.fullmatch(wanted_id) else b"req_" + secrets.token_hex(12).encode()
        structlog.contextvars.bind_contextvars(request_id=request_id.decode())
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send, request_id)
            return
        started_seconds = self._clock.monotonic_seconds()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (REQUEST_ID, request_id)]
            await send(message)

        self._metrics.requests_in_flight.inc()
        try:
            try:
                self._guard.admit(scope)
                self._require_bounded(headers)
            except VoxhelmError as error:
                await _refuse(error, scope, receive, send_with_id)
            else:
                with self._running.running(request_id.decode(), key_of(scope)) as scope[CANCELLED]:
                    await self._app(scope, _Bounded(receive, self._longest_body_bytes), send_with_id)
        finally:
            self._metrics.requests_in_flight.dec()
            self._account(scope, status, self._clock.monotonic_seconds() - started_seconds)
            structlog.contextvars.unbind_contextvars("request_id")

    async def _socket(self, scope: Scope, receive: Receive, send: Send, request_id: bytes) -> None:
        started_seconds = self._clock.monotonic_seconds()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] in ANSWERS_TO_SOCKETS and status == 0:
                status = message.get("status", ANSWERS_TO_SOCKETS[message["type"]])
                message["headers"] = [*message.get("headers", ()), (REQUEST_ID, request_id)]
                route = getattr(scope.get("route"), "path", "unmatched")
                # At its beginning: a conversation may last an hour, during which it would count for nothing.
                self._metrics.requests.labels(method=SOCKET, route=route, status=str(status)).inc()
            await send(message)

        try:
            try:
                self._guard.admit(scope)
            except (KeyInvalid, ScopeMissing, HostUnknown) as error:
                await receive()
                await refuse_socket(error, scope, receive, send_with_id)
            else:
                await self._app(scope, receive, send_with_id)
        finally:
            facts = {"method": SOCKET, "path": scope["path"], "status": status, "code": scope.get(CLOSE_CODE)}
            self._log.info("socket", seconds=round(self._clock.monotonic_seconds() - started_seconds, 1), **facts)
            structlog.contextvars.unbind_contextvars("request_id")

    def _require_bounded(self, headers: Mapping[bytes, bytes]) -> None:
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._longest_body_bytes:
            raise too_large(self._longest_body_bytes)

    def _account(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
        if scope.get("voxhelm.client_left") or status == CLIENT_LEFT:
            status = CLIENT_LEFT
            self._metrics.disconnects.labels(route=route).inc()
        self._metrics.requests.labels(method=scope["method"], route=route, status=str(status)).inc()
        self._metrics.request_seconds.labels(route=route).observe(seconds)
        facts = {"method": scope["method"], "path": scope["path"], "status": status, "milliseconds": round(seconds * 1000, 1)}
        if "voxhelm.failure" in scope:
            self._log.error("answer broken off", code=scope["voxhelm.failure"], **facts)
        elif route in QUIET_ROUTES:
            self._log.debug("request", **facts)
        else:
            self._log.info("request", **facts)


async def refuse_socket(error: VoxhelmError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a socket that is not accepted, in HTTP where the server in front can."""
    if "websocket.http.response" in scope.get("extensions", {}):
        await _refuse(error, scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": error.code})


async def _refuse(error: VoxhelmError, scope: Scope, receive: Receive, send: Send) -> None:
    status, body = envelope_of(error)
    # The body is left unread, so the connection cannot be used again.
    await JSONResponse(body, status, headers_of(error) | {"connection": "close"})(scope, receive, send)


class _Bounded:
    """A `receive` that counts, for bodies that do not say how long they are."""

    def __init__(self, receive: Receive, longest_body_bytes: int) -> None:
        self._receive = receive
        self._longest_body_bytes = longest_body_bytes
        self._received_bytes = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._received_bytes += len(message.get("body", b""))
            if self._received_bytes > self._longest_body_bytes:
                raise too_large(self._longest_body_bytes)
        return message


def too_large(longest_body_bytes: int) -> BodyTooLarge:
    """The refusal of a body."""
    return BodyTooLarge(
        f"The body is larger than this server takes ({longest_body_bytes:,} bytes). Send less, or raise server.longest_upload_bytes."
    )


def with_prefix(path: str) -> str:
    """The path as the routes know it: base URLs work with /v1, without it, and with it twice."""
    if path.startswith("/v1/v1/"):
        return path[3:]
    return "/v1" + path if UNPREFIXED.match(path) else path
