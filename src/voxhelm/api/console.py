"""The web console: static files, a client of the public API like any other."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

# Nothing comes from anywhere else, and nothing may be framed.
POLICY: Final = (
    "default-src 'self'; media-src 'self' blob:; img-src 'self' data:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}


class _Files:
    """`StaticFiles` with our headers."""

    def __init__(self, directory: Path) -> None:
        self._files = StaticFiles(directory=directory)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *own]
            await send(message)

        await self._files(scope, receive, send_with_headers)


def console_router(directory: Path, version: str) -> APIRouter:
    """The page at `/` and its files under `/console`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def page() -> Response:
        return FileResponse(directory / "index.html", headers=HEADERS)

    @router.get("/v1")
    @router.get("/v1/")
    async def root() -> Response:
        # LiveKit opens its connection early by asking for the base URL.
        return JSONResponse({"object": "voxhelm", "version": version})

    @router.get("/favicon.ico")
    async def icon() -> Response:
        return RedirectResponse("/console/icon.svg")

    router.routes.append(Mount("/console", _Files(directory), name="console"))
    return router
