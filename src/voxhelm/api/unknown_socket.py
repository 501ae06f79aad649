"""Sockets to where nothing is: the framework would answer 403, which reads as if a key were wrong."""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from voxhelm.api.errors import INVALID, envelope


class UnknownSocket:
    """What answers when no route fits."""

    def __init__(self, otherwise: ASGIApp) -> None:
        """otherwise: answers what is no socket."""
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one of them."""
        if scope["type"] != "websocket" or "websocket.http.response" not in scope.get("extensions", {}):
            await self._otherwise(scope, receive, send)
            return
        await receive()
        message = f"There is no WebSocket at {scope['path']}. Conversations are at /v1/realtime."
        await JSONResponse(envelope(message, kind=INVALID, code="not_found"), 404)(scope, receive, send)
