"""A response whose body is made while it is sent."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from voxhelm.api.presence import until_unwanted
from voxhelm.domain.errors import VoxhelmError


class StreamedResponse(Response):
    """Sends chunks as they come and closes their generator in every case, at once when the client leaves.

    An error of ours after the first chunk cannot become a status any more: the response is left incomplete, so that the server closes the
    connection without the final chunk, which clients report. `scope["voxhelm.failure"]` has its code, for the log.
    """

    def __init__(
        self, chunks: AsyncGenerator[bytes], media_type: str, headers: Mapping[str, str], on_end: Callable[[], Awaitable[None]]
    ) -> None:
        """chunks: closed when the response has ended, however it ends, even before it began; then `on_end` is called."""
        self._chunks = chunks
        self._on_end = on_end
        self.status_code = 200
        self.media_type = media_type
        self.background = None
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head and the chunks."""
        sending = asyncio.create_task(self._send(send))
        unwanted = asyncio.create_task(until_unwanted(scope, receive))
        try:
            await asyncio.wait((sending, unwanted), return_when=asyncio.FIRST_COMPLETED)
            if not sending.done():
                raise unwanted.result()
            sending.result()
        except ClientDisconnect:
            scope["voxhelm.client_left"] = True
        except VoxhelmError as error:
            scope["voxhelm.failure"] = error.code
        finally:
            sending.cancel()
            unwanted.cancel()
            await asyncio.gather(sending, unwanted, return_exceptions=True)
            await self._chunks.aclose()
            await self._on_end()

    async def _send(self, send: Send) -> None:
        async with aclosing(self._chunks) as chunks:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async for chunk in chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
