import asyncio
import threading
from contextlib import aclosing

import pytest

from voxhelm.domain.errors import Cancelled
from voxhelm.kit.threads import BlockingFeed, iterate_in_thread


def stream_threads():
    return [thread for thread in threading.enumerate() if thread.name == "voxhelm-stream"]


async def test_items_come_in_order():
    assert [item async for item in iterate_in_thread(lambda: iter(range(1000)), depth=3)] == list(range(1000))


async def test_an_error_comes_after_the_items_before_it():
    def items():
        yield 1
        raise ValueError("broken")

    seen = []
    with pytest.raises(ValueError, match="broken"):
        async for item in iterate_in_thread(items):
            seen.append(item)
    assert seen == [1]


async def test_the_thread_is_never_further_ahead_than_allowed():
    made = []
    at_limit = threading.Event()

    def items():
        for number in range(100):
            made.append(number)
            if number == 5:
                at_limit.set()
            yield number

    async with aclosing(iterate_in_thread(items, depth=4)) as stream:
        assert await anext(stream) == 0
        await asyncio.to_thread(at_limit.wait, 5)
        # One taken, four waiting, one in the thread's hand.
        assert made == [0, 1, 2, 3, 4, 5]


async def test_closing_early_closes_the_iterator_and_ends_the_thread():
    closed = threading.Event()

    def items():
        try:
            while True:
                yield 0
        finally:
            closed.set()

    async with aclosing(iterate_in_thread(items)) as stream:
        await anext(stream)
    assert closed.is_set()
    assert stream_threads() == []


async def test_a_cancelled_reader_still_leaves_no_thread():
    started = asyncio.Event()

    async def read():
        async with aclosing(iterate_in_thread(lambda: iter(range(10**9)))) as stream:
            async for _ in stream:
                started.set()
                await asyncio.sleep(0)

    task = asyncio.create_task(read())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stream_threads() == []


async def test_a_feed_is_read_in_a_thread_and_waits_for_its_reader():
    feed = BlockingFeed(depth=2)

    async def source():
        for number in range(50):
            yield number

    reading = asyncio.to_thread(lambda: list(feed))
    _, read = await asyncio.gather(feed.pump(source()), reading)
    assert read == list(range(50))


async def test_an_aborted_feed_raises_in_its_reader_and_lets_its_writer_go():
    feed = BlockingFeed(depth=1)
    reading = asyncio.create_task(asyncio.to_thread(lambda: list(feed)))
    feed.abort(KeyError("gone"))
    with pytest.raises(KeyError):
        await reading
    await feed.put(1)
    await asyncio.wait_for(feed.put(2), 5)


async def test_an_error_of_the_source_reaches_the_reader():
    feed = BlockingFeed(depth=1)

    async def source():
        yield 1
        raise ValueError("broken")

    reading = asyncio.create_task(asyncio.to_thread(lambda: list(feed)))
    with pytest.raises(ValueError, match="broken"):
        await feed.pump(source())
    with pytest.raises(ValueError, match="broken"):
        await reading


async def test_a_cancelled_reader_does_not_wait_for_a_thread_that_waits_for_its_feed():
    feed: BlockingFeed[int] = BlockingFeed(depth=1)
    items = iterate_in_thread(lambda: iter(feed), unblock=lambda: feed.abort(Cancelled("gone")))
    await feed.put(1)
    assert await anext(items) == 1
    reader = asyncio.create_task(anext(items))
    await asyncio.sleep(0)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
