import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from benchmarks.target import Target
from benchmarks.wire import Connection, Endpoint, Exchange, ReplyBroken, Request

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[Endpoint]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await handler(reader, writer)
        writer.close()
        closed.set()

    closed = asyncio.Event()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield Endpoint("127.0.0.1", server.sockets[0].getsockname()[1])
        await closed.wait()


def answering(*parts: bytes) -> Handler:
    """A server that answers one request with `parts` and closes."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()

    return handle


async def test_a_streamed_reply_is_read_whole_and_the_connection_kept(target: Target) -> None:
    connection = Connection(target.endpoint)
    first = await connection.ask(target.speech("x" * 120, "mp3"))
    kept = connection._transport
    second = await connection.ask(target.speech("x" * 120, "mp3"), keep_body=True)
    assert (first.status, first.body_bytes, bytes(first.body)) == (200, 12_000, b"")
    assert bytes(second.body) == bytes(12_000)
    assert connection._transport is kept is not None
    connection.abort()


async def test_the_first_byte_is_the_first_byte_of_sound() -> None:
    exchange = Exchange(Request("/", silent_bytes=44), keep_body=False)
    exchange.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 46\r\n\r\n" + bytes(44))
    assert not exchange.begun.is_set()
    exchange.feed(b"a")
    assert exchange.begun.is_set()
    exchange.feed(b"b")
    reply = await exchange.finished
    assert 0 < reply.first_byte_seconds <= reply.total_seconds


async def test_a_reply_without_a_length_ends_with_the_connection() -> None:
    async with listening(answering(b"HTTP/1.0 200 OK\r\n\r\n", b"all of it")) as endpoint:
        reply = await Connection(endpoint).ask(Request("/"), keep_body=True)
    assert bytes(reply.body) == b"all of it"


@pytest.mark.parametrize(
    "parts",
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", b"half"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",),
        (b"this is not HTTP\r\n\r\n",),
        (),
    ],
)
async def test_a_reply_that_breaks_off_is_a_failure(parts: tuple[bytes, ...]) -> None:
    async with listening(answering(*parts)) as endpoint:
        with pytest.raises(ReplyBroken):
            await Connection(endpoint).ask(Request("/"))


async def test_a_connection_that_the_server_closed_is_opened_again() -> None:
    async with listening(answering(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")) as endpoint:
        connection = Connection(endpoint)
        replies = [await connection.ask(Request("/")) for _ in range(3)]
    assert [reply.body_bytes for reply in replies] == [2, 2, 2]


async def test_a_reply_that_takes_too_long_is_given_up() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(silent) as endpoint:
        with pytest.raises(TimeoutError):
            await Connection(endpoint).ask(Request("/"), limit_seconds=0.01)


async def test_an_upload_in_pieces_waits_for_the_server_and_arrives_whole() -> None:
    received = 0

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal received
        await reader.readuntil(b"\r\n\r\n")
        while received < 64 * 100_000:
            received += len(await reader.read(50_000))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    async with listening(handle) as endpoint:
        request = Request("/", pieces=(bytes(100_000) for _ in range(64)), body_bytes=64 * 100_000)
        assert (await Connection(endpoint).ask(request)).status == 200
    assert received == 64 * 100_000
