"""The way to a client at a WebSocket: events wait in a bounded line, which one task writes."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.websockets import WebSocket, WebSocketDisconnect

ABORT: Final = "voxhelm.abort"
"""Where in a socket's scope is what breaks the connection off at once, where the server in front can."""
POLICY_VIOLATION: Final = 1008
# What an event costs beside its bytes, so that very many small ones are bounded, too.
EVENT_OVERHEAD_BYTES: Final = 256


@dataclass(frozen=True, slots=True)
class FaceLimits:
    """How much may wait for a client that reads slowly, beside what the operating system holds.

    waiting_bytes: a spoken minute in events is 4 MB; a client that has not taken four of them does not listen. One large event, such as
    a recording that was asked for, may wait beside it.
    large_bytes: from which size on an event is one.
    farewell_seconds: how long one that does not read has to take the frame that says why it is closed.
    """

    waiting_bytes: int = 16 * 1024**2
    large_bytes: int = 1024**2
    farewell_seconds: float = 5.0


class SocketFace:
    """Tells one client what happens."""

    def __init__(self, socket: WebSocket, limits: FaceLimits | None = None) -> None:
        """socket: that has been accepted."""
        self._socket = socket
        self._limits = limits or FaceLimits()
        self._waiting: deque[tuple[bytes, int]] = deque()
        self._waiting_bytes = 0
        self._large_waits = False
        self._news = asyncio.Event()
        self._stalled = asyncio.Event()
        self._ending: tuple[int, str] | None = None

    @property
    def closed_with(self) -> int | None:
        """The code that it was closed with from this side; None while it is open, or if the client has left by itself."""
        return None if self._ending is None else self._ending[0]

    def send(self, event: bytes) -> None:
        """As `Face`."""
        if self._ending is not None:
            return
        size_bytes = len(event) + EVENT_OVERHEAD_BYTES
        if size_bytes >= self._limits.large_bytes and not self._large_waits:
            self._large_waits = True
            size_bytes = 0
        if self._waiting_bytes + size_bytes > self._limits.waiting_bytes:
            self._waiting.clear()
            self._ending = (POLICY_VIOLATION, "This client does not read what it is sent. Resume, and read faster.")
            self._stalled.set()
        else:
            self._waiting.append((event, size_bytes))
            self._waiting_bytes += size_bytes
        self._news.set()

    def close(self, code: int, reason: str) -> None:
        """As `Face`."""
        if self._ending is None:
            self._ending = (code, reason)
            self._news.set()

    async def write(self) -> None:
        """Send what there is and comes, until the face is closed or the client has gone."""
        pumping = asyncio.create_task(self._pump())
        stalling = asyncio.create_task(self._stalled.wait())
        try:
            await asyncio.wait((pumping, stalling), return_when=asyncio.FIRST_COMPLETED)
            # What is being written waits for the client, and so does the close frame behind it.
            await asyncio.wait((pumping,), timeout=self._limits.farewell_seconds)
            abort: Callable[[], None] | None = self._socket.scope.get(ABORT)
            if pumping.done():
                pumping.result()
            elif abort is not None:
                abort()
        finally:
            pumping.cancel()
            stalling.cancel()
            await asyncio.gather(pumping, stalling, return_exceptions=True)

    async def _pump(self) -> None:
        try:
            while True:
                while self._waiting:
                    event, size_bytes = self._waiting.popleft()
                    await self._socket.send_text(event.decode())
                    self._waiting_bytes -= size_bytes
                    self._large_waits = self._large_waits and size_bytes > 0
                if self._ending is not None:
                    break
                self._news.clear()
                await self._news.wait()
            code, reason = self._ending
            await self._socket.close(code, reason)
        except WebSocketDisconnect:
            pass  # it has gone by itself
