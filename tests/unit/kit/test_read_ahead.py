import asyncio
from contextlib import aclosing

import pytest

from voxhelm.kit.read_ahead import read_ahead


async def numbers(count, made=None):
    for number in range(count):
        if made is not None:
            made.append(number)
        yield number


async def test_nothing_is_lost_or_reordered():
    assert [item async for batch in read_ahead(numbers(500), depth=7) for item in batch] == list(range(500))


async def test_an_empty_source_gives_nothing():
    assert [batch async for batch in read_ahead(numbers(0), depth=7)] == []


async def test_what_waits_comes_in_one_batch():
    async with aclosing(read_ahead(numbers(6), depth=10)) as batches:
        first = await anext(batches)
        await asyncio.sleep(0)
        rest = [item async for batch in batches for item in batch]
    assert first + rest == list(range(6))


async def test_the_source_waits_when_the_buffer_is_full():
    made = []
    async with aclosing(read_ahead(numbers(100, made), depth=3)) as batches:
        await anext(batches)
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(made) <= 3 + 1 + 4


async def test_an_error_comes_after_the_items_before_it():
    async def broken():
        yield 1
        raise ValueError("broken")

    seen = []
    with pytest.raises(ValueError, match="broken"):
        async for batch in read_ahead(broken(), depth=3):
            seen += batch
    assert seen == [1]


async def test_closing_closes_the_source():
    closed = []

    async def source():
        try:
            while True:
                yield 0
        finally:
            closed.append(True)

    async with aclosing(read_ahead(source(), depth=2)) as batches:
        await anext(batches)
    assert closed == [True]
