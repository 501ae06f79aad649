"""Clients that do not behave, at a real socket of uvicorn's."""

import asyncio
import base64
import os
import struct
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn

from voxhelm.api.socket_face import ABORT
from voxhelm.cli import socket_protocol
from voxhelm.cli.socket_protocol import SocketProtocol

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + base64.b64encode(bytes(16)) + b"\r\n\r\n"
)
MUCH = "x" * 1_000_000


@asynccontextmanager
async def serving(app, **options):
    """Where `app` is served."""
    config = uvicorn.Config(
        app, port=0, ws=SocketProtocol, lifespan="off", log_config=None, ws_per_message_deflate=False, **options
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield server.servers[0].sockets[0].getsockname(), server
    finally:
        await server.shutdown()


@asynccontextmanager
async def connected(address):
    """A connection whose handshake is done."""
    reader, writer = await asyncio.open_connection(*address[:2], limit=1_000)
    try:
        writer.write(HANDSHAKE)
        assert b" 101 " in await reader.readline()
        while await reader.readline() != b"\r\n":
            pass
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def accepted(receive, send):
    assert (await receive())["type"] == "websocket.connect"
    await send({"type": "websocket.accept"})


async def gone(server):
    """Until nothing of any connection is left."""
    while server.server_state.connections or server.server_state.tasks:
        await asyncio.sleep(0.01)


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(socket_protocol, "FAREWELL_SECONDS", 0.1)


async def test_who_neither_reads_nor_answers_pings_is_let_go_of(hurried):
    ended = asyncio.Event()

    async def app(_scope, receive, send):
        await accepted(receive, send)
        with suppress(OSError):
            while True:
                await send({"type": "websocket.send", "text": MUCH})
        ended.set()

    async with serving(app, ws_ping_interval=0.1, ws_ping_timeout=0.1) as (address, server), connected(address):
        await ended.wait()
        await gone(server)


async def test_a_close_that_nobody_takes_is_broken_off(hurried):
    async def app(_scope, receive, send):
        await accepted(receive, send)
        await send({"type": "websocket.send", "text": MUCH * 20})

    async with serving(app) as (address, server), connected(address):
        # The application returns with bytes that wait: uvicorn closes, and would wait for them to be taken.
        await asyncio.wait_for(gone(server), 20)


async def test_the_application_may_break_it_off(hurried):
    async def app(scope, receive, send):
        await accepted(receive, send)
        scope[ABORT]()

    async with serving(app) as (address, server), connected(address) as (reader, _):
        with suppress(ConnectionError):
            assert await reader.read() == b""
        await gone(server)


async def test_who_sends_too_much_is_told_so_although_it_still_sends(hurried):
    async def app(_scope, receive, send):
        await accepted(receive, send)
        assert (await receive())["code"] == 1009

    async with serving(app, ws_max_size=1_000) as (address, server), connected(address) as (reader, writer):
        writer.write(struct.pack("!BBQ", 0x81, 0xFF, 10_000_000) + os.urandom(4))
        sending = asyncio.create_task(send_all(writer, 10_000_000))
        head = await reader.readexactly(4)
        assert (head[0], struct.unpack("!H", head[2:])[0]) == (0x88, 1009)
        await sending
        await gone(server)


async def send_all(writer, size_bytes):
    with suppress(ConnectionError):
        for _ in range(size_bytes // 100_000):
            writer.write(bytes(100_000))
            await writer.drain()
        writer.close()
