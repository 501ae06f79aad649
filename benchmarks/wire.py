"""A light HTTP/1.1 client: it shares the machine with the server it measures, so it does little per byte."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

import httptools


class ReplyBroken(Exception):
    """The reply ended early or was not HTTP."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server listens. `prefix` is the path of the base URL without a slash at its end.

    wyoming: it speaks the Wyoming protocol instead of HTTP.
    """

    host: str
    port: int
    prefix: str = ""
    tls: bool = False
    key: str | None = None
    wyoming: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    silent_bytes: how much of the reply's body is a container header, which is not yet sound for the ear.
    pieces: the body in parts, for uploads that do not fit in memory; `body_bytes` is then their length.
    """

    path: str
    body: bytes = b""
    content_type: str = "application/json"
    method: str = "POST"
    silent_bytes: int = 0
    pieces: Iterable[bytes] = ()
    body_bytes: int | None = None

    def head(self, endpoint: Endpoint) -> bytes:
        """The request line and headers."""
        length = len(self.body) if self.body_bytes is None else self.body_bytes
        lines = [
            f"{self.method} {endpoint.prefix}{self.path} HTTP/1.1",
            f"Host: {endpoint.host}:{endpoint.port}",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {length}",
            "Accept: */*",
        ]
        if endpoint.key is not None:
            lines.append(f"Authorization: Bearer {endpoint.key}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


@dataclass(slots=True)
class Reply:
    """What came back. Times are seconds since the request was written; `first_byte_seconds` is that of the first sound."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    body_bytes: int = 0
    first_byte_seconds: float = 0.0
    total_seconds: float = 0.0


class Exchange:
    """One request under way, and the parser callbacks that fill in its reply."""

    def __init__(self, request: Request, *, keep_body: bool) -> None:
        """keep_body: whether `Reply.body` is wanted; errors are always kept."""
        self.begun = asyncio.Event()
        self.finished: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.reusable = False
        self._reply = Reply()
        self._silent_bytes = request.silent_bytes
        self._keep_body = keep_body
        self._started = time.perf_counter()
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Take bytes from the socket."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self.fail(f"not HTTP: {error}")

    def end_of_stream(self) -> None:
        """The server closed: an end for a reply without a length, a failure for any other."""
        framed = {"content-length", "transfer-encoding"} & self._reply.headers.keys()
        if self._reply.status and not framed:
            self.on_message_complete()
        else:
            self.fail(f"the server closed after {self._reply.body_bytes} bytes of body")

    def fail(self, reason: str) -> None:
        """End without a reply."""
        self.begun.set()
        if not self.finished.done():
            self.finished.set_exception(ReplyBroken(reason))

    def forget(self) -> None:
        """Nobody waits for the reply any more."""
        if not self.finished.cancel() and not self.finished.cancelled():
            self.finished.exception()  # asyncio reports a failure that nobody has looked at

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        self._reply.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """Keep the status."""
        self._reply.status = self._parser.get_status_code()

    def on_body(self, data: bytes) -> None:
        """Count, and note the moment of the first sound."""
        reply = self._reply
        reply.body_bytes += len(data)
        if not self.begun.is_set() and reply.body_bytes > self._silent_bytes:
            reply.first_byte_seconds = time.perf_counter() - self._started
            self.begun.set()
        if self._keep_body or reply.status >= 400:
            reply.body += data

    def on_message_complete(self) -> None:
        """Note the end."""
        self._reply.total_seconds = time.perf_counter() - self._started
        self.reusable = self._parser.should_keep_alive()
        self.begun.set()
        if not self.finished.done():
            self.finished.set_result(self._reply)


class Connection(asyncio.Protocol):
    """One client: a connection that is kept while the server keeps it, and opened again when not."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Nothing is opened yet."""
        self._endpoint = endpoint
        self._transport: asyncio.Transport | None = None
        self._exchange: Exchange | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    async def open(self) -> None:
        """Connect, unless connected."""
        if self._transport is None or self._transport.is_closing():
            self._writable.set()
            loop = asyncio.get_running_loop()
            await loop.create_connection(lambda: self, self._endpoint.host, self._endpoint.port, ssl=self._endpoint.tls or None)

    async def begin(self, request: Request, *, keep_body: bool = False) -> Exchange:
        """Send a request and return while its reply is under way."""
        await self.open()
        transport = cast("asyncio.Transport", self._transport)
        exchange = self._exchange = Exchange(request, keep_body=keep_body)
        transport.write(request.head(self._endpoint) + request.body)
        for piece in request.pieces:
            await self._writable.wait()
            if exchange.finished.done():
                break
            transport.write(piece)
        return exchange

    async def ask(self, request: Request, *, keep_body: bool = False, limit_seconds: float = 120.0) -> Reply:
        """Send a request and wait for the whole reply.

        Raises ReplyBroken, OSError when the server cannot be reached, TimeoutError after `limit_seconds`.
        """
        try:
            async with asyncio.timeout(limit_seconds):
                exchange = await self.begin(request, keep_body=keep_body)
                reply = await exchange.finished
        except (TimeoutError, ReplyBroken):
            self.abort()
            raise
        if not exchange.reusable:
            self.abort()
        return reply

    def abort(self) -> None:
        """Close at once, as a client that vanishes does."""
        if self._exchange is not None:
            self._exchange.forget()
            self._exchange = None
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Give the bytes to the exchange under way."""
        if self._exchange is not None:
            self._exchange.feed(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the exchange under way."""
        self._transport = None
        self._writable.set()
        if self._exchange is not None and not self._exchange.finished.done():
            if exc is None:
                self._exchange.end_of_stream()
            else:
                self._exchange.fail(f"{type(exc).__name__}: {exc}")

    def pause_writing(self) -> None:
        """Wait with the next piece."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Go on with the next piece."""
        self._writable.set()
