import asyncio

import pytest

from tests.unit.webrtc.calling import HERE, Client, until
from voxhelm.api.call_listener import CallListener
from voxhelm.telemetry.metrics import Metrics
from voxhelm.webrtc.peer import Peer


class Session:
    """What a listener asks of a conductor, written down."""

    def __init__(self):
        self.told = []
        self.over = asyncio.Event()

    def attach(self, face, *, plays, after_event_id):
        self.told.append(("attach", face, plays, after_event_id))

    def detach(self, face, *, left):
        self.told.append(("detach", face, left))

    def receive(self, data):
        self.told.append(("receive", data))

    def hear(self, pcm):
        self.told.append(("hear", pcm.rate_hz))

    def drained(self, item_id):
        self.told.append(("drained", item_id))

    async def wait_ended(self):
        await self.over.wait()


@pytest.fixture
async def client():
    client = Client()
    yield client
    await client.connection.close()


async def test_a_call_is_the_face_of_its_session_from_its_opening_to_its_end(client):
    session, metrics = Session(), Metrics()
    listener = CallListener(session, "event_7", metrics)
    peer = await Peer.answer(await client.offer(), HERE, listener)
    listener.begin(peer)
    await client.accept(peer.answer_sdp)
    await until(lambda: ("hear", 24_000) in session.told)
    assert session.told[0] == ("attach", peer, True, "event_7")
    client.channel.send("hello")
    await until(lambda: ("receive", "hello") in session.told)
    peer.end_play("item_1")
    await client.connection.close()
    await peer.wait_closed()
    assert session.told[-1] == ("detach", peer, True)
    assert metrics.registry.get_sample_value("voxhelm_call_packets_total", {"fate": "played"}) > 0


async def test_a_session_that_is_over_before_the_caller_is_there_takes_the_call_with_it(client):
    session = Session()
    listener = CallListener(session, None, Metrics())
    peer = await Peer.answer(await client.offer(), HERE, listener)
    listener.begin(peer)
    session.over.set()
    await peer.wait_closed()
    assert session.told == [("detach", peer, False)]
