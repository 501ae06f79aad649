import asyncio

import pytest

from voxhelm.kit.streams import Arrival, arrivals, copies, with_ticks


async def numbers(count, taken=None):
    for number in range(count):
        if taken is not None:
            taken.append(number)
        yield number


async def collected(stream):
    return [item async for item in stream]


async def test_every_reader_gets_everything():
    async with copies(numbers(50), 3, depth=2) as readers:
        assert await asyncio.gather(*map(collected, readers)) == [list(range(50))] * 3


async def test_a_quick_reader_waits_for_a_slow_one():
    taken = []
    async with copies(numbers(50, taken), 2, depth=3) as (quick, slow):
        reading = asyncio.create_task(collected(quick))
        assert await anext(slow) == 0
        while len(taken) < 5:
            await asyncio.sleep(0)
        for _ in range(50):
            await asyncio.sleep(0)
        assert len(taken) <= 6
        assert await collected(slow) == list(range(1, 50))
        assert await reading == list(range(50))


async def test_a_reader_that_has_left_is_not_waited_for():
    async with copies(numbers(50), 2, depth=2) as (stays, leaves):
        assert await anext(leaves) == 0
        reading = asyncio.create_task(collected(stays))
        await asyncio.sleep(0)
        await leaves.aclose()
        assert await reading == list(range(50))


async def test_an_error_reaches_every_reader_after_what_came_before_it():
    async def broken():
        yield 1
        raise ValueError("broken")

    async with copies(broken(), 2, depth=2) as readers:
        for reader in readers:
            assert await anext(reader) == 1
            with pytest.raises(ValueError, match="broken"):
                await anext(reader)


async def test_leaving_closes_the_source():
    closed = []

    async def endless():
        try:
            while True:
                yield 1
        finally:
            closed.append(True)

    async with copies(endless(), 2, depth=2) as (one, _):
        assert await anext(one) == 1
    assert closed


async def test_what_comes_is_told_with_where_it_came_from():
    came = await collected(arrivals([numbers(2), numbers(1)]))
    assert sorted((one.source, -1 if one.item is None else one.item) for one in came) == [(0, -1), (0, 0), (0, 1), (1, -1), (1, 0)]
    assert [one.item for one in came if one.source == 0] == [0, 1, None]


async def test_no_source_waits_for_the_reader_or_for_another_source():
    turned = asyncio.Event()

    async def late():
        await turned.wait()
        yield "late"

    async def eager():
        for _ in range(1_000):
            yield "eager"
        turned.set()

    stream = arrivals([late(), eager()])
    assert (await anext(stream)).source == 1
    assert Arrival(0, "late") in await collected(stream)


async def test_an_error_of_one_source_ends_all():
    closed = asyncio.Event()

    async def waiting():
        try:
            await asyncio.Event().wait()
            yield 0
        finally:
            closed.set()

    async def broken():
        raise ValueError("broken")
        yield 0

    with pytest.raises(ValueError, match="broken"):
        await collected(arrivals([waiting(), broken()]))
    assert closed.is_set()


async def test_ticks_come_while_nothing_else_does():
    released = asyncio.Event()

    async def slow():
        yield "first"
        await released.wait()
        yield "last"

    stream = with_ticks(slow(), 0.005)
    came = []
    async for item in stream:
        came.append(item)
        if came.count(None) >= 2:
            released.set()
    assert [item for item in came if item is not None] == ["first", "last"]
    assert came.count(None) >= 2


async def test_a_source_that_is_in_time_is_passed_on_as_it_is():
    assert await collected(with_ticks(numbers(5), 3_600.0)) == list(range(5))


async def test_leaving_a_ticking_stream_closes_its_source():
    closed = asyncio.Event()

    async def waiting():
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            closed.set()

    stream = with_ticks(waiting(), 0.001)
    # On a busy machine a tick may come before the first item.
    while await anext(stream) != 1:
        pass
    assert await anext(stream) is None
    await stream.aclose()
    assert closed.is_set()


async def test_an_error_of_a_ticking_source_is_raised():
    async def broken():
        yield 1
        raise ValueError("broken")

    stream = with_ticks(broken(), 3_600.0)
    assert await anext(stream) == 1
    with pytest.raises(ValueError, match="broken"):
        await anext(stream)
