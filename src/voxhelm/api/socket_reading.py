"""What comes from a client at a WebSocket, no faster than may be."""

import asyncio
from typing import Any, Protocol

from starlette.websockets import WebSocket

from voxhelm.api.event_pace import EventPace, PaceLimits
from voxhelm.api.socket_face import POLICY_VIOLATION, SocketFace
from voxhelm.kit.clock import Clock
from voxhelm.realtime.refusal import EventRefused


class Listens(Protocol):
    """Whom the client talks to: a `Conductor`."""

    def receive(self, data: bytes | str) -> None:
        """A client event as it came."""
        ...

    def refuse(self, refusal: EventRefused) -> None:
        """Tell the client of something that its face would not have."""
        ...


async def read_events(
    socket: WebSocket, face: SocketFace, listener: Listens, clock: Clock, limits: PaceLimits | None = None
) -> dict[str, Any]:
    """Hand on what the client says until it says goodbye; return that.

    Who is too fast is read more slowly, so that its own network holds it back, and told so once. Who does not slow down is closed.
    """
    limits = limits or PaceLimits()
    pace = EventPace(limits, clock.monotonic_seconds())
    warned = False
    while (message := await socket.receive())["type"] != "websocket.disconnect":
        text = message.get("text")
        data = message["bytes"] if text is None else text
        now_seconds = clock.monotonic_seconds()
        pause_seconds = pace.take(len(data), now_seconds)
        listener.receive(data)
        if pace.too_fast and not warned:
            told = (
                f"Events come faster than they are taken, {limits.events_per_second:.0f} a second. None is lost; it takes longer."
            )
            listener.refuse(EventRefused("rate_limit_exceeded", told))
        warned = pace.too_fast
        if pace.unbearable(now_seconds):
            face.close(POLICY_VIOLATION, f"Too many events: more than {limits.events_per_second:.0f} a second for too long.")
        if pause_seconds:
            await asyncio.sleep(pause_seconds)
    return dict(message)
