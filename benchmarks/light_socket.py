"""A light WebSocket client: it shares the machine with the server it measures, so frames are made before, and few are read."""

import asyncio
import base64
import os
import time
from collections.abc import Callable
from typing import Final, cast

from benchmarks.wire import ReplyBroken

TEXT: Final = 0x81
CLOSE: Final = 0x88
PING: Final = 0x89
PONG: Final = 0x8A
OPEN_LIMIT_SECONDS: Final = 30.0
# The event's type comes first in what the server sends.
_HEAD: Final = b'{"type":"'


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """A frame as clients send it. Its mask is zero, which changes nothing and costs nothing."""
    if len(payload) < 126:
        length = bytes([0x80 | len(payload)])
    elif len(payload) < 1 << 16:
        length = bytes([0x80 | 126]) + len(payload).to_bytes(2, "big")
    else:
        length = bytes([0x80 | 127]) + len(payload).to_bytes(8, "big")
    return bytes([opcode]) + length + bytes(4) + payload


class LightSocket(asyncio.Protocol):
    """One connection. Each event is told with its type and the moment at which it came."""

    def __init__(self, told: Callable[[str, bytes, float], None]) -> None:
        """told: given the type of an event, the event, and `time.perf_counter()` when it came."""
        self._told = told
        self._held = bytearray()
        self._transport: asyncio.Transport | None = None
        loop = asyncio.get_running_loop()
        self._open: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()
        self._upgraded = False

    @staticmethod
    async def connect(host: str, port: int, path: str, told: Callable[[str, bytes, float], None]) -> "LightSocket":
        """Raises ReplyBroken when the server does not take it, OSError when there is none."""
        loop = asyncio.get_running_loop()
        _, socket = await loop.create_connection(lambda: LightSocket(told), host, port)
        key = base64.b64encode(os.urandom(16)).decode()
        head = (
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: realtime\r\n\r\n"
        )
        socket.write(head.encode())
        try:
            async with asyncio.timeout(OPEN_LIMIT_SECONDS):
                await socket._open  # noqa: SLF001 - of our own making
        except (TimeoutError, ReplyBroken) as error:
            # What is not let in is closed, and has been when this is over.
            socket.abort()
            await socket.closed
            raise ReplyBroken(str(error) or "the socket was not let in") from error
        return socket

    def write(self, data: bytes) -> None:
        """Send what `frame` has made."""
        if self._transport is not None:
            self._transport.write(data)

    def abort(self) -> None:
        """Break off."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As asyncio has it."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - that it is over is enough
        """As asyncio has it."""
        if not self._open.done():
            self._open.set_exception(ReplyBroken("the socket was closed before it was let in"))
        if not self.closed.done():
            self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        """As asyncio has it."""
        now = time.perf_counter()
        self._held += data
        if not self._upgraded and not self._enter():
            return
        begin = 0
        while (end := self._frame_end(begin)) is not None:
            self._take(begin, end, now)
            begin = end
        del self._held[:begin]

    def _enter(self) -> bool:
        head, blank, rest = bytes(self._held).partition(b"\r\n\r\n")
        if not blank:
            return False
        if not head.startswith(b"HTTP/1.1 101 "):
            if not self._open.done():
                self._open.set_exception(ReplyBroken(f"the socket was refused: {head.splitlines()[0].decode('latin-1')}"))
            return False
        self._upgraded = True
        self._held = bytearray(rest)
        self._open.set_result(None)
        return True

    def _payload_begin(self, begin: int) -> tuple[int, int] | None:
        """Where the payload of the frame at `begin` is, and how long; None while its header is not complete."""
        held = self._held
        if len(held) < begin + 2:
            return None
        length = held[begin + 1] & 0x7F
        more = {126: 2, 127: 8}.get(length, 0)
        if len(held) < begin + 2 + more:
            return None
        if more:
            length = int.from_bytes(held[begin + 2 : begin + 2 + more], "big")
        return begin + 2 + more, length

    def _frame_end(self, begin: int) -> int | None:
        found = self._payload_begin(begin)
        if found is None or len(self._held) < found[0] + found[1]:
            return None
        return found[0] + found[1]

    def _take(self, begin: int, end: int, now: float) -> None:
        found = self._payload_begin(begin)
        start = begin if found is None else found[0]
        opcode = self._held[begin]
        payload = bytes(self._held[start:end])
        if opcode == TEXT:
            kind = payload[len(_HEAD) : payload.index(b'"', len(_HEAD))].decode()
            self._told(kind, payload, now)
        elif opcode == PING:
            self.write(frame(payload, PONG))
        elif opcode == CLOSE:
            self.write(frame(payload[:2], CLOSE))
