import asyncio
import json

import pytest

from benchmarks.load import closed_loop
from benchmarks.target import Dialect, Target, endpoint_of
from benchmarks.wire import Endpoint, ReplyBroken, Request
from benchmarks.wyoming import WyomingConnection, transcribe


def event(kind, data=None, payload=b""):
    """As servers send it: the data after the line."""
    data_bytes = json.dumps(data).encode() if data else b""
    head = {"type": kind, "data_length": len(data_bytes), "payload_length": len(payload)}
    return json.dumps(head).encode() + b"\n" + data_bytes + payload


class FakeWyoming:
    """Says a byte for each character, in two pieces; fails at the text `fail` and leaves at the text `leave`."""

    def __init__(self):
        self.connections = 0
        self.asked = []

    async def serve(self, reader, writer):
        self.connections += 1
        while line := await reader.readline():
            asked = json.loads(line)
            self.asked.append(asked)
            text = asked["data"]["text"]
            if text == "leave":
                writer.write(event("audio-start", {"rate": 22050}) + event("audio-chunk", None, b"12")[:-1])
                break
            if text == "fail":
                writer.write(event("error", {"text": "it fails", "code": "ValueError"}))
                continue
            half = len(text) // 2
            for piece in (text[:half], text[half:]):
                writer.write(event("audio-chunk", {"rate": 22050, "width": 2, "channels": 1}, piece.encode()))
            writer.write(event("audio-stop"))
        writer.close()


@pytest.fixture
async def fake():
    fake = FakeWyoming()
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.target = Target("wyoming", Endpoint("127.0.0.1", server.sockets[0].getsockname()[1], wyoming=True), Dialect.WYOMING)
    yield fake
    server.close()


async def test_a_text_is_said_and_its_sound_counted(fake):
    connection = WyomingConnection(fake.target.endpoint)
    for text in ("Hello.", "How do you do?"):
        reply = await connection.ask(fake.target.speech(text, "wav"))
        assert (reply.status, reply.body_bytes) == (200, len(text))
        assert 0 < reply.first_byte_seconds <= reply.total_seconds
    assert fake.connections == 1
    assert fake.asked[0]["data"] == {"text": "Hello."}
    connection.abort()


async def test_the_voice_travels_with_the_text(fake):
    target = Target("one", fake.target.endpoint, Dialect.WYOMING, voice="en_US-amy-medium")
    connection = WyomingConnection(target.endpoint)
    await connection.ask(target.speech("Hello.", "wav"))
    connection.abort()
    assert fake.asked[0]["data"] == {"text": "Hello.", "voice": {"name": "en_US-amy-medium"}}


async def test_an_error_of_the_server_is_a_failure_and_the_connection_goes_on(fake):
    outcome = await closed_loop(fake.target.endpoint, [fake.target.speech(text, "wav") for text in ("fail", "Hello.")], 1, 30.0)
    assert outcome.failures == ["status 500: it fails"]
    assert [reply.body_bytes for reply in outcome.replies] == [6]


async def test_a_server_that_leaves_in_the_middle_has_not_replied_and_is_connected_to_again(fake):
    connection = WyomingConnection(fake.target.endpoint)
    with pytest.raises(ReplyBroken, match="in the middle"):
        await connection.ask(fake.target.speech("leave", "wav"))
    assert (await connection.ask(fake.target.speech("Hello.", "wav"))).body_bytes == 6
    assert fake.connections == 2
    connection.abort()


@pytest.mark.parametrize("said", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"[]\n", b'{"data": {}}\n', b"x" * (2 << 20) + b"\n"])
async def test_what_is_not_wyoming_is_told(said):
    async def serve(reader, writer):
        await reader.readline()
        writer.write(said)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    target = Target("x", Endpoint("127.0.0.1", server.sockets[0].getsockname()[1], wyoming=True), Dialect.WYOMING)
    with pytest.raises(ReplyBroken, match=r"not Wyoming|in the middle"):
        await WyomingConnection(target.endpoint).ask(target.speech("Hello.", "wav"), limit_seconds=10)
    server.close()


async def test_sound_is_sent_in_pieces_of_a_second_and_the_transcript_is_the_reply():
    events = []

    async def serve(reader, writer):
        while not events or events[-1][0] != "audio-stop":
            head = json.loads(await reader.readline())
            events.append((head["type"], head["data"], await reader.readexactly(head["payload_length"])))
        writer.write(event("transcript", {"text": "hello there"}))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    endpoint = Endpoint("127.0.0.1", server.sockets[0].getsockname()[1], wyoming=True)
    connection = WyomingConnection(endpoint)
    for _ in range(2):  # each is heard on a connection of its own
        events.clear()
        reply = await connection.ask(Request("", transcribe(b"ab" * 24_000, 16_000, "en")), limit_seconds=10)
        assert (reply.status, json.loads(reply.body)) == (200, {"text": "hello there"})
        assert [kind for kind, _, _ in events] == ["transcribe", "audio-start", "audio-chunk", "audio-chunk", "audio-stop"]
        assert events[0][1] == {"language": "en"}
        assert [len(payload) for _, _, payload in events[2:4]] == [32_000, 16_000]
    server.close()


def test_its_url_is_a_host_and_a_port():
    assert endpoint_of("wyoming://localhost:10200") == (Endpoint("localhost", 10200, wyoming=True), Dialect.WYOMING)
    with pytest.raises(ValueError, match="is not a base URL"):
        endpoint_of("wyoming://localhost")
    target = Target("x", Endpoint("h", 1, wyoming=True), Dialect.WYOMING)
    assert [name for name in ("pcm", "wav", "mp3") if target.speaks(name)] == ["wav"]
