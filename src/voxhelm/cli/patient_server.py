"""uvicorn's server, which tells when it listens, and lets conversations come to a pause before it stops."""

import asyncio
import math
import socket
import time
from collections.abc import Callable
from typing import Final

import uvicorn

from voxhelm.realtime.sessions import Sessions

LOOK_SECONDS: Final = 0.1
# For what works for a conversation to stop, after the grace is over: an engine may hang.
LAST_SECONDS: Final = 5.0


class PatientServer(uvicorn.Server):
    """One server."""

    def __init__(self, config: uvicorn.Config, sessions: Sessions, grace_seconds: int, on_listening: Callable[[], None]) -> None:
        """sessions: conversations that are handed over. grace_seconds: for them and for requests together."""
        super().__init__(config)
        self._sessions = sessions
        self._grace_seconds = grace_seconds
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn."""
        await super().startup(sockets)
        if self.started:
            self._on_listening()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn, which ends connections at once: so first those whose clients talk. A second Ctrl-C waits for nobody."""
        began_seconds = time.monotonic()
        draining = asyncio.ensure_future(self._sessions.drain(self._grace_seconds))
        while not draining.done() and not self.force_exit:
            await asyncio.wait((draining,), timeout=LOOK_SECONDS)
            if time.monotonic() - began_seconds > self._grace_seconds + LAST_SECONDS:
                break
        if draining.done():
            draining.result()
        draining.cancel()
        left_seconds = self._grace_seconds - (time.monotonic() - began_seconds)
        self.config.timeout_graceful_shutdown = max(0, math.ceil(left_seconds))
        await super().shutdown(sockets)
