"""Letting a producer work while its consumer is busy."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")


async def read_ahead(source: AsyncGenerator[T], *, depth: int) -> AsyncGenerator[list[T]]:
    """Yield what `source` has produced since the last time, at least one item at a time, in order.

    depth: how many items may wait; then the source waits.
    Closing this closes the source. An error of the source is raised after the items before it.
    """
    items: asyncio.Queue[T | BaseException | None] = asyncio.Queue(depth)

    async def produce() -> None:
        end: BaseException | None = None
        try:
            async with aclosing(source):
                async for item in source:
                    await items.put(item)
        except Exception as error:  # noqa: BLE001 - raised again by the consumer
            end = error
        await items.put(end)

    producer = asyncio.create_task(produce())
    try:
        while True:
            batch: list[T] = []
            item = await items.get()
            while not (item is None or isinstance(item, BaseException)):
                batch.append(item)
                if items.empty():
                    break
                item = items.get_nowait()
            if batch:
                yield batch
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
    finally:
        producer.cancel()
        await asyncio.gather(producer, return_exceptions=True)
