"""Answers in JSON that take long: proxies and browsers give up connections on which nothing comes."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from voxhelm.api.presence import while_wanted
from voxhelm.api.streaming import StreamedResponse

SPACE: Final = b" "
"""White space before a JSON text means nothing to whoever reads it."""

_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Patience:
    """silent_seconds: how long nothing is sent; until then, what goes wrong has a status. space_seconds: between spaces from then on."""

    silent_seconds: float = 25.0
    space_seconds: float = 15.0


async def json_in_time(
    request: Request,
    work: Coroutine[Any, Any, Mapping[str, Any]],
    headers: Mapping[str, str],
    on_end: Callable[[], Awaitable[None]],
    patience: Patience | None = None,
) -> Response:
    """The answer that `work` makes. When that takes long, the answer begins before it is known: with a status of 200, and white space.

    on_end: called when the work is over, however it ends. What goes wrong before the answer has begun is raised; what goes wrong later
    leaves it incomplete, as in a stream.
    """
    wanted = patience or Patience()
    working = asyncio.ensure_future(work)
    try:
        await while_wanted(request, _settled(working, wanted.silent_seconds))
        if working.done():
            answer = JSONResponse(working.result(), headers=headers)
            await on_end()
            return answer
    except BaseException:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await on_end()
        raise
    return StreamedResponse(_spaced(working, wanted.space_seconds), "application/json", headers, on_end)


async def _settled(working: "asyncio.Future[Mapping[str, Any]]", seconds: float) -> None:
    await asyncio.wait((working,), timeout=seconds)


async def _spaced(working: "asyncio.Future[Mapping[str, Any]]", seconds: float) -> AsyncGenerator[bytes]:
    try:
        while not working.done():
            yield SPACE
            await _settled(working, seconds)
        yield _encoder.encode(working.result())
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
