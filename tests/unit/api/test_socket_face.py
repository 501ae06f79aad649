import asyncio

import pytest
from starlette.websockets import WebSocket

from voxhelm.api.socket_face import ABORT, FaceLimits, SocketFace

LIMITS = FaceLimits(waiting_bytes=2_000, large_bytes=1_500, farewell_seconds=0.05)


class Client:
    """The far end of an accepted socket: takes what it is sent while it reads."""

    def __init__(self):
        self.taken = []
        self.reads = asyncio.Event()
        self.reads.set()
        self.aborted = asyncio.Event()
        self.gone = False

    async def send(self, message):
        await self.reads.wait()
        if self.gone:
            raise OSError
        self.taken.append(message)

    async def receive(self):
        return {"type": "websocket.connect"}


@pytest.fixture
async def client():
    return Client()


@pytest.fixture
async def face(client):
    scope = {"type": "websocket", "headers": [], "subprotocols": [], ABORT: client.aborted.set}
    socket = WebSocket(scope, client.receive, client.send)
    await socket.accept()
    client.taken.clear()
    return SocketFace(socket, LIMITS)


def texts(client):
    return [message["text"] for message in client.taken if message["type"] == "websocket.send"]


def last(client):
    return client.taken[-1]["type"], client.taken[-1].get("code"), client.taken[-1].get("reason")


async def test_events_are_sent_in_order_and_the_close_after_them(face, client):
    for number in range(5):
        face.send(b"%d" % number)
    face.close(1000, "done")
    face.send(b"too late")
    face.close(1011, "not this")
    assert face.closed_with == 1000
    await face.write()
    assert texts(client) == ["0", "1", "2", "3", "4"]
    assert last(client) == ("websocket.close", 1000, "done")


async def test_a_client_that_does_not_read_is_closed_and_broken_off_in_bounded_memory(face, client):
    client.reads.clear()
    writing = asyncio.create_task(face.write())
    for _ in range(1_000):
        face.send(b"x" * 100)
        await asyncio.sleep(0)
    assert face._waiting_bytes <= LIMITS.waiting_bytes
    await writing
    assert face.closed_with == 1008
    assert client.aborted.is_set()
    assert client.taken == []


async def test_one_that_reads_again_in_time_is_told_why(face, client):
    client.reads.clear()
    writing = asyncio.create_task(face.write())
    for _ in range(100):
        face.send(b"x" * 100)
    await asyncio.sleep(0)
    client.reads.set()
    await writing
    assert face.closed_with == 1008
    assert last(client)[:2] == ("websocket.close", 1008)
    assert "does not read" in last(client)[2]
    assert not client.aborted.is_set()


async def test_one_large_event_may_wait_and_what_comes_behind_it(face, client):
    client.reads.clear()
    face.send(b"x" * 10_000)
    face.send(b"small")
    face.close(1000, "")
    client.reads.set()
    assert face.closed_with == 1000
    await face.write()
    assert [len(text) for text in texts(client)] == [10_000, 5]


async def test_two_large_ones_are_too_much(face, client):
    client.reads.clear()
    face.send(b"x" * 10_000)
    face.send(b"y" * 10_000)
    await face.write()
    assert face.closed_with == 1008


async def test_a_client_that_has_gone_ends_it(face, client):
    client.gone = True
    face.send(b"hello")
    await face.write()
    assert face.closed_with is None
