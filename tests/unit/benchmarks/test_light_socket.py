"""The light client, against a server that knows the protocol."""

import asyncio
import json

import pytest
from websockets.asyncio.server import serve

from benchmarks.light_socket import CLOSE, LightSocket, frame
from benchmarks.wire import ReplyBroken


async def test_events_of_every_length_go_and_come() -> None:
    async def echo(connection):
        assert connection.subprotocol == "realtime"
        async for message in connection:
            event = json.loads(message)
            await connection.ping()
            await connection.send('{"type":"echo","length":' + str(len(event["audio"])) + ',"audio":"' + event["audio"] + '"}')

    told: list[tuple[str, int]] = []
    news = asyncio.Event()

    def take(kind: str, event: bytes, _now: float) -> None:
        told.append((kind, json.loads(event)["length"]))
        news.set()

    async with serve(echo, "127.0.0.1", 0, subprotocols=["realtime"], compression=None) as server:
        port = server.sockets[0].getsockname()[1]
        socket = await LightSocket.connect("127.0.0.1", port, "/", take)
        for length in (3, 500, 100_000):
            socket.write(frame(json.dumps({"type": "append", "audio": "A" * length}).encode()))
        while len(told) < 3:
            await news.wait()
            news.clear()
        assert told == [("echo", 3), ("echo", 500), ("echo", 100_000)]
        socket.write(frame((1000).to_bytes(2, "big"), CLOSE))
        await socket.closed


async def test_a_refusal_says_so(server_url: str) -> None:
    host, _, port = server_url.removeprefix("http://").partition(":")
    with pytest.raises(ReplyBroken, match="the socket was refused"):
        await LightSocket.connect(host, int(port), "/v1/realtime?call_id=rtc_none", lambda *_: None)
