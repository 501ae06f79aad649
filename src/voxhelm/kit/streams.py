"""One stream into several, and several into one."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Final, Generic, TypeVar, cast

T = TypeVar("T")

_END: Final = object()


@asynccontextmanager
async def copies(source: AsyncGenerator[T], count: int, *, depth: int) -> AsyncGenerator[Sequence[AsyncGenerator[T]]]:
    """`source` as `count` streams of the same items, each for a reader of its own.

    depth: how many items one reader may be behind another; then the quicker one waits. A reader that has closed its stream is not
    waited for. An error of the source is raised to every reader. Leaving the context closes the source.
    """
    queues: list[asyncio.Queue[object]] = [asyncio.Queue(depth) for _ in range(count)]
    left = [asyncio.Event() for _ in range(count)]

    async def give(index: int, item: object) -> None:
        if left[index].is_set():
            return
        putting = asyncio.create_task(queues[index].put(item))
        leaving = asyncio.create_task(left[index].wait())
        try:
            await asyncio.wait((putting, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            putting.cancel()
            leaving.cancel()
            await asyncio.gather(putting, leaving, return_exceptions=True)

    async def pump() -> None:
        end: object = _END
        try:
            async with aclosing(source):
                async for item in source:
                    for index in range(count):
                        if queues[index].full() or left[index].is_set():
                            await give(index, item)
                        else:
                            queues[index].put_nowait(item)
        except Exception as error:  # noqa: BLE001 - raised again by every reader
            end = error
        for index in range(count):
            await give(index, end)

    async def copy(index: int) -> AsyncGenerator[T]:
        try:
            while (item := await queues[index].get()) is not _END:
                if isinstance(item, Exception):
                    raise item
                yield cast("T", item)
        finally:
            left[index].set()

    pumping = asyncio.create_task(pump())
    try:
        yield [copy(index) for index in range(count)]
    finally:
        pumping.cancel()
        await asyncio.gather(pumping, return_exceptions=True)
        await source.aclose()


@dataclass(frozen=True, slots=True)
class Arrival(Generic[T]):
    """What came from which of several streams. item: None when that stream has ended."""

    source: int
    item: T | None


async def arrivals(sources: Sequence[AsyncGenerator[T]]) -> AsyncGenerator[Arrival[T]]:
    """Read all of `sources` at once, and yield what comes in the order in which it comes, until all have ended.

    What is not taken is kept, without limit: none of the sources waits for the reader, so that none can hold up another. An error of
    one is raised, and ends all. Closing this closes them.
    """
    came: asyncio.Queue[Arrival[T] | Exception] = asyncio.Queue()

    async def read(index: int) -> None:
        try:
            async with aclosing(sources[index]) as source:
                async for item in source:
                    came.put_nowait(Arrival(index, item))
        except Exception as error:  # noqa: BLE001 - raised again by whoever reads the arrivals
            came.put_nowait(error)
        else:
            came.put_nowait(Arrival(index, None))

    readers = [asyncio.create_task(read(index)) for index in range(len(sources))]
    open_sources = len(sources)
    try:
        while open_sources:
            arrival = await came.get()
            if isinstance(arrival, Exception):
                raise arrival
            open_sources -= arrival.item is None
            yield arrival
    finally:
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)


async def with_ticks(source: AsyncGenerator[T], seconds: float) -> AsyncGenerator[T | None]:
    """What `source` gives, and None about every `seconds`, whether or not it gives anything. Closing this closes the source."""
    loop = asyncio.get_running_loop()
    next_tick = loop.time() + seconds
    coming: asyncio.Task[T] | None = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(anext(source))
            await asyncio.wait((coming,), timeout=max(0.0, next_tick - loop.time()))
            if loop.time() >= next_tick:
                next_tick = loop.time() + seconds
                yield None
            if coming.done():
                done, coming = coming, None
                try:
                    item = done.result()
                except StopAsyncIteration:
                    return
                yield item
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
        await source.aclose()
