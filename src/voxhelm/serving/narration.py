"""One reply in the making, listened to by everybody who has asked for the same."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Final

from voxhelm.domain.errors import DiskFull
from voxhelm.serving.speak import Reply
from voxhelm.store.spool import Spool

# How far the maker may be ahead of the quickest listener: a minute of mp3. Beyond that the engine waits.
AHEAD_BYTES: Final = 1 << 19


class Narration:
    """Makes a reply once. It ends when it is whole and kept, or when its last listener has left."""

    def __init__(self, make: Callable[[], Awaitable[Reply]], keep: Callable[[Reply, Spool], Awaitable[None]]) -> None:
        """make: begins the reply. keep: takes what was made, whole, before the bytes are let go; it raises nothing."""
        self._make = make
        self._keep = keep
        self._spool = Spool()
        self._begun: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._listeners = 0
        self._quickest_bytes = 0
        self._moved = asyncio.Event()
        self._whole = False
        self._deserted = False
        self._failure: BaseException | None = None
        self._making = asyncio.create_task(self._run(), name="narration")

    @property
    def may_be_joined(self) -> bool:
        """Whether who listens now will hear all of it."""
        return self._failure is None and not self._deserted

    async def listen(self) -> Reply:
        """Join; returns when the first sound exists. Raises what making raises. Who joins must `leave`, also when this raises."""
        self._listeners += 1
        return await asyncio.shield(self._begun)

    async def leave(self) -> None:
        """Go. Nobody but the last one is noticed: with him the work stops, if it is not done, and has stopped when this returns.

        What is done is kept afterwards, for which nobody waits.
        """
        self._listeners -= 1
        if self._listeners > 0:
            return
        if not self._whole:
            self._deserted = True
            self._making.cancel()
            await self.over()
        if self._making.done():
            self._spool.close()

    async def over(self) -> None:
        """Wait for the end, whatever it is."""
        await asyncio.wait((self._making,))

    async def chunks(self) -> AsyncGenerator[bytes]:
        """The sound from its beginning, as far as it is made and then as it is."""
        at = 0
        while True:
            piece = self._spool.read(at)
            if piece:
                at += len(piece)
                if at > self._quickest_bytes:
                    self._quickest_bytes = at
                    self._tell()
                yield piece
            elif self._whole:
                return
            elif self._failure is not None:
                raise self._failure
            else:
                await self._moved.wait()

    def ended(self, then: Callable[[], None]) -> None:
        """Call `then` when it is over, whole or not."""
        self._making.add_done_callback(lambda _: then())

    async def _run(self) -> None:
        try:
            reply = await self._make()
            self._begun.set_result(reply)
            try:
                await self._take(reply)
            finally:
                await reply.aclose()
            self._whole = True
            self._tell()
            await self._keep(reply, self._spool)
        except BaseException as error:
            self._fail(error)
            if self._whole or not isinstance(error, Exception):
                raise  # nobody is left to be told
        finally:
            # Nobody can join from here on: what follows happens in one moment with what `ended` was told.
            self._deserted = True
            if self._listeners == 0:
                self._spool.close()

    async def _take(self, reply: Reply) -> None:
        async with aclosing(reply.chunks) as chunks:
            async for chunk in chunks:
                try:
                    self._spool.append(chunk)
                except OSError as error:
                    raise DiskFull(f"The rest of the sound has no room in the temporary directory: {error.strerror}.") from error
                self._tell()
                while self._spool.size_bytes - self._quickest_bytes > AHEAD_BYTES:
                    await self._moved.wait()

    def _fail(self, error: BaseException) -> None:
        self._failure = error
        if not self._begun.done():
            self._begun.set_exception(error)
            self._begun.exception()  # whoever listens is told; if nobody does, nobody needs to be
        self._tell()

    def _tell(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
