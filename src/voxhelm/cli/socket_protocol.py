"""uvicorn's WebSocket, which lets go of clients that do not listen."""

from asyncio import TimerHandle
from typing import Any, Final

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from voxhelm.api.socket_face import ABORT

# For a close frame to be taken. A transport that is closed waits until all it holds has been taken, which may be never.
FAREWELL_SECONDS: Final = 5.0
PROTOCOL_ERROR: Final = 1002


class SocketProtocol(WebSocketsSansIOProtocol):
    """One connection. The application may break it off, by `ABORT` in its scope."""

    _breaking: TimerHandle | None = None

    async def run_asgi(self) -> None:
        """As uvicorn, which calls it when the handshake has been read."""
        self.scope[ABORT] = self.transport.abort  # type: ignore[typeddict-unknown-key]
        await super().run_asgi()
        self._break_off_soon()

    async def send(self, message: Any) -> None:
        """As ASGI has it."""
        if self.handshake_complete and self.close_sent:
            # The client did not answer pings, or broke the protocol: it has gone, and nothing of that is the application's mistake.
            raise ClientDisconnected
        await super().send(message)
        if message["type"] == "websocket.close":
            self._break_off_soon()

    def keepalive_timeout(self) -> None:
        """As uvicorn, which closes then."""
        super().keepalive_timeout()
        self._break_off_soon()

    def handle_parser_exception(self) -> None:
        """As uvicorn, which closes then, but so that a client which still sends is told why: closing on bytes unread is a reset."""
        if self.close_sent:
            return
        close = self.conn.close_sent
        self.queue.put_nowait({"type": "websocket.disconnect", "code": close.code if close is not None else PROTOCOL_ERROR})
        self.close_sent = True
        self.transport.write(b"".join(self.conn.data_to_send()))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.close_timer = self.loop.call_later(FAREWELL_SECONDS, self.transport.abort)
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """As asyncio has it."""
        if self._breaking is not None:
            self._breaking.cancel()
        super().connection_lost(exc)

    def _break_off_soon(self) -> None:
        if self._breaking is None and not self.disconnected:
            self._breaking = self.loop.call_later(FAREWELL_SECONDS, self.transport.abort)
