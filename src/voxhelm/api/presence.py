"""Noticing that a client has gone, or that its request was cancelled, while working for it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope

from voxhelm.domain.errors import RequestCancelled

T = TypeVar("T")

CANCELLED: Final = "voxhelm.cancelled"
"""Where in a scope the event is that says that somebody cancelled the request."""


async def until_unwanted(scope: Scope, receive: Receive) -> Exception:
    """Wait until nobody wants the answer any more; return why. Only for after the request's body has been read."""
    cancelled: asyncio.Event | None = scope.get(CANCELLED)
    leaving = asyncio.create_task(_until_gone(receive))
    cancelling = asyncio.create_task(cancelled.wait() if cancelled is not None else asyncio.Event().wait())
    try:
        await asyncio.wait((leaving, cancelling), return_when=asyncio.FIRST_COMPLETED)
        return RequestCancelled("The request was cancelled.") if cancelling.done() else ClientDisconnect()
    finally:
        leaving.cancel()
        cancelling.cancel()
        await asyncio.gather(leaving, cancelling, return_exceptions=True)


async def while_wanted(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Do `work`, or cancel it and raise ClientDisconnect or RequestCancelled as soon as nobody wants it any more."""
    working = asyncio.create_task(work)
    unwanted = asyncio.create_task(until_unwanted(request.scope, request.receive))
    try:
        await asyncio.wait((working, unwanted), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise unwanted.result()
        return working.result()
    finally:
        working.cancel()
        unwanted.cancel()
        # The work gives back what it holds before anybody is told that it has ended.
        await asyncio.gather(working, unwanted, return_exceptions=True)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
