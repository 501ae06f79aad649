"""Probes that cannot be told to ask /health/ready: what they ask for says no until it does."""

from collections.abc import Collection
from typing import Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from voxhelm.api.errors import envelope_of, headers_of
from voxhelm.domain.errors import Unavailable
from voxhelm.serving.inventory import Inventory

RETRY_AFTER_SECONDS: Final = 1.0


class ReadyPaths:
    """Middleware. Once the models are warm it lets everything pass: being busy is no reason to say no."""

    def __init__(self, app: ASGIApp, inventory: Inventory, paths: Collection[str]) -> None:
        """paths: with /v1, as the routes know them."""
        self._app = app
        self._inventory = inventory
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let it pass."""
        missing = self._inventory.not_ready() if scope["type"] == "http" and scope["path"] in self._paths else ()
        if not missing:
            await self._app(scope, receive, send)
            return
        message = f"Not all models that are to be warm are: {', '.join(missing)}. Try again in a moment."
        error = Unavailable(message, retry_after_seconds=RETRY_AFTER_SECONDS)
        status, body = envelope_of(error)
        await JSONResponse(body, status, headers_of(error))(scope, receive, send)
