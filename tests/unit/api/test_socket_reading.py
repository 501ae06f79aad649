import pytest
from starlette.websockets import WebSocket

from voxhelm.api.event_pace import PaceLimits
from voxhelm.api.socket_face import SocketFace
from voxhelm.api.socket_reading import read_events
from voxhelm.testing.clock import ManualClock

LIMITS = PaceLimits(events_per_second=1_000, burst=10, patience_seconds=0.5)
GOODBYE = {"type": "websocket.disconnect", "code": 1000, "reason": ""}


class Listener:
    """Writes down what it is told."""

    def __init__(self):
        self.received = []
        self.refused = []

    def receive(self, data):
        self.received.append(data)

    def refuse(self, refusal):
        self.refused.append(refusal.code)


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def listener():
    return Listener()


async def reading(messages, clock, listener, *, seconds_between=0.0):
    """What reading `messages` comes to: the goodbye, and with which code the face was closed."""
    waiting = iter([{"type": "websocket.connect"}, *messages, GOODBYE])

    async def receive():
        clock.advance(seconds_between)
        return next(waiting)

    async def send(_message):
        pass

    socket = WebSocket({"type": "websocket", "headers": [], "subprotocols": []}, receive, send)
    await socket.accept()
    face = SocketFace(socket)
    return await read_events(socket, face, listener, clock, LIMITS), face.closed_with


def text(number):
    return {"type": "websocket.receive", "text": str(number)}


async def test_frames_of_both_kinds_are_handed_on_in_order(clock, listener):
    messages = [{"type": "websocket.receive", "text": "one"}, {"type": "websocket.receive", "bytes": b"two"}]
    assert await reading(messages, clock, listener) == (GOODBYE, None)
    assert listener.received == ["one", b"two"]


async def test_a_flood_is_told_once_and_nothing_of_it_is_lost(clock, listener):
    goodbye, closed_with = await reading([text(number) for number in range(40)], clock, listener)
    assert listener.received == [str(number) for number in range(40)]
    assert listener.refused == ["rate_limit_exceeded"]
    assert (goodbye, closed_with) == (GOODBYE, None)


async def test_a_flood_that_does_not_end_is_closed(clock, listener):
    flood = [{"type": "websocket.receive", "text": "x" * 4_096 * 10} for _ in range(80)]
    _, closed_with = await reading(flood, clock, listener, seconds_between=0.01)
    assert closed_with == 1008


async def test_one_that_pauses_and_floods_again_is_told_again(clock, listener):
    burst = [text(number) for number in range(40)]
    await reading(burst, clock, listener)
    await reading(burst, clock, listener)
    assert listener.refused == ["rate_limit_exceeded"] * 2
