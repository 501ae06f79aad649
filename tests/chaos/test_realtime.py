"""Conversations when models die, clients do what they should not, and hundreds of them have come and gone."""

import asyncio
import base64
import gc
import itertools
import json
import os
import signal
from contextlib import asynccontextmanager

import httpx
import psutil
import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.api.realtime_client import socket_url, talking, types
from tests.chaos.test_server import hosts, metric, until
from tests.parrots import CLIENT_RATE_HZ, sound_of, talking_server
from tests.unit.webrtc.calling import Client, Tone
from voxhelm.cli.socket_protocol import SocketProtocol
from voxhelm.compose import compose_app
from voxhelm.config import Settings
from voxhelm.realtime.conductor import Conductor
from voxhelm.realtime.session import Session
from voxhelm.testing.app import make_voxhelm
from voxhelm.testing.parrot_engine import PARROT_ENGINE
from voxhelm.webrtc.peer import Peer

HELLO = sound_of("hello", after_seconds=0.8)
STORY = sound_of("tell me a story", after_seconds=0.8)
SDP = {"content-type": "application/sdp"}
AT_ONCE = 10
# Who leaves without a word is waited for, as long as this.
RESUME_SECONDS = 0.5
LEFT_OPEN = 2
# Sessions that go on hold 1.5 to 3 MB each (benchmarks/README.md): 220 that are not let go of would be five times this and more. Less
# cannot be asked, since what was freed in pieces of all sizes is not all given back to the system, and how much depends on who came when;
# whether a single one is left is asked of the objects, below.
TOLERATED_BYTES = 64 * 1024 * 1024


def pieces(sound):
    step = CLIENT_RATE_HZ // 10 * 2
    return [sound[at : at + step] for at in range(0, len(sound), step)]


def append(talk, sound):
    for piece in pieces(sound):
        talk.say("input_audio_buffer.append", audio=base64.b64encode(piece).decode())


class Visitor:
    """A client that comes, behaves in one of the ways that clients have, and goes."""

    def __init__(self, url):
        self._url = url

    async def visit(self, number):
        """The ways take turns."""
        ways = (self._finish, self._leave_in_a_turn, self._leave_in_a_reply, self._be_refused)
        await ways[number % len(ways)]()

    async def _enter(self):
        for _ in range(200):
            try:
                return await connect(socket_url(self._url), max_size=None, compression=None)
            except InvalidStatus as refused:
                if refused.response.status_code != 429:
                    raise
                await asyncio.sleep(0.05)  # those who left without a word keep their places for a moment
        pytest.fail("no place is ever free")

    async def _say(self, socket, sound):
        for piece in pieces(sound):
            event = {"type": "input_audio_buffer.append", "audio": base64.b64encode(piece).decode()}
            await socket.send(json.dumps(event))

    async def _until(self, socket, kind):
        async with asyncio.timeout(60):
            while (event := json.loads(await socket.recv()))["type"] != kind:
                assert event["type"] != "error", event

    async def _finish(self):
        socket = await self._enter()
        await self._say(socket, HELLO)
        await self._until(socket, "response.done")
        await socket.close()

    async def _leave_in_a_turn(self):
        socket = await self._enter()
        await self._say(socket, STORY[: len(STORY) // 4 * 2])
        await self._until(socket, "input_audio_buffer.speech_started")
        socket.transport.abort()
        await socket.wait_closed()

    async def _leave_in_a_reply(self):
        socket = await self._enter()
        await self._say(socket, STORY)
        await self._until(socket, "response.output_audio.delta")
        socket.transport.abort()
        await socket.wait_closed()

    async def _be_refused(self):
        with pytest.raises(InvalidStatus) as refused:
            await connect(socket_url(self._url, "/v1/realtime?call_id=rtc_nobody"))
        assert refused.value.response.status_code == 404

    async def call(self, number):
        """By WebRTC: one half hangs up, the other leaves in a reply."""
        client = Client(Tone(level=0))
        try:
            async with httpx.AsyncClient(base_url=self._url, timeout=60) as http:
                answer = await http.post("/v1/realtime/calls", content=await client.offer(), headers=SDP)
                while answer.status_code == 429:
                    await asyncio.sleep(0.05)  # as above
                    answer = await http.post("/v1/realtime/calls", content=await client.offer(), headers=SDP)
                await client.accept(answer.text)
                told = await self._told(client, "session.created")
                content = [{"type": "input_text", "text": "tell me a story"}]
                item = {"type": "message", "role": "user", "content": content}
                client.channel.send(json.dumps({"type": "conversation.item.create", "item": item}))
                client.channel.send(json.dumps({"type": "response.create"}))
                told = await self._told(client, "output_audio_buffer.started")
                assert told["type"] == "output_audio_buffer.started"
                if number % 2:
                    await http.post(f"{answer.headers['location']}/hangup")
        finally:
            await client.leave()

    async def _told(self, client, kind):
        async with asyncio.timeout(60):
            while True:
                for message in client.messages:
                    if json.loads(message)["type"] == kind:
                        return json.loads(message)
                await asyncio.sleep(0.01)


async def crowd(url, sessions, calls):
    """So many of each, a few at a time."""
    visitor, gate = Visitor(url), asyncio.Semaphore(AT_ONCE)

    async def let_in(visit):
        async with gate:
            await visit

    visits = [visitor.visit(number) for number in range(sessions)] + [visitor.call(number) for number in range(calls)]
    await asyncio.gather(*(let_in(visit) for visit in visits))


@pytest.mark.slow
def test_what_two_hundred_sessions_and_twenty_calls_held_is_given_back(tmp_path):
    settings = {
        "VOXHELM_REALTIME__RESUME_SECONDS": str(RESUME_SECONDS),
        "VOXHELM_REALTIME__MAX_SESSIONS": "40",
        "VOXHELM_REALTIME__WAITING_SESSIONS": "0",
        "VOXHELM_REALTIME__LISTEN_ON": '["127.0.0.1"]',
        "VOXHELM_LOG__LEVEL": "error",
    }
    with talking_server(tmp_path, **settings) as server:
        process = psutil.Process(server.process.pid)

        def rest():
            until(lambda: metric(server.url, "voxhelm_realtime_sessions ") == 0, "every session over")
            until(lambda: metric(server.url, "voxhelm_model_leases") == 0, "every lease given back")
            until(lambda: metric(server.url, "voxhelm_http_requests_in_flight") == 1, "no request but the question itself")
            return process.num_fds(), process.num_threads(), len(hosts(server)), process.memory_info().rss

        # Code is read, models are loaded and pools of threads grow with those who come first.
        asyncio.run(crowd(server.url, 120, 12))
        files, threads, children, memory = rest()
        asyncio.run(crowd(server.url, 200, 20))
        until(lambda: process.num_fds() <= files + LEFT_OPEN, "every descriptor closed")
        files_after, threads_after, children_after, memory_after = rest()
        print(f"{(memory_after - memory) / 1e6:.1f} MB, {files_after - files} descriptors, {threads_after - threads} threads more")
        assert children_after == children
        # Pools grow to one thread per processor, and a little more, and stay.
        assert threads_after <= threads + (os.cpu_count() or 1) + 4
        assert memory_after - memory < TOLERATED_BYTES
        with talking(server.url) as talk:
            append(talk, HELLO)
            assert talk.until("response.done")[-1]["response"]["status"] == "completed"


@asynccontextmanager
async def served_here(script):
    """A server in this very process, so that its tasks and objects can be counted."""
    realtime = {
        "resume_seconds": RESUME_SECONDS,
        "assistant": "scripted",
        "script_file": script,
        "run_ahead_seconds": 2,
        "listen_on": ("127.0.0.1",),
    }
    voxhelm = make_voxhelm(models={"isolation": "inline", "extra_engines": (PARROT_ENGINE,)}, realtime=realtime)
    options = uvicorn.Config(
        compose_app(voxhelm, Settings(realtime=realtime)), host="127.0.0.1", port=0, ws=SocketProtocol, log_level="warning"
    )
    server = uvicorn.Server(options)
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(60):
            while not server.started:
                await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


def alive():
    """What belongs to sessions and has not been let go of."""
    gc.collect()
    kinds = (Conductor, Session, Peer)
    return [type(one).__name__ for one in gc.get_objects() if isinstance(one, kinds)]


@pytest.mark.slow
async def test_no_task_and_no_object_of_a_session_outlives_it(tmp_path):
    script = tmp_path / "script.yaml"
    script.write_text(f"otherwise: {'A long story that has no end. ' * 20}\n", encoding="utf-8")
    async with served_here(script) as url:
        await crowd(url, 8, 2)
        before = set()
        async with asyncio.timeout(60):
            while alive():
                await asyncio.sleep(0.25)
            before = {task.get_coro().__qualname__ for task in asyncio.all_tasks()}
            await crowd(url, 16, 4)
            while alive() or {task.get_coro().__qualname__ for task in asyncio.all_tasks()} - before:
                await asyncio.sleep(0.25)


def moods(directory, kind, *models):
    """Files in which their moods stand, and the settings that say so."""
    files = {model: directory / f"{model}.mood" for model in models}
    settings = {model: {"mood_file": str(file)} for model, file in files.items()}
    # Nobody else takes over.
    routes = json.dumps({"*": list(models)})
    return files, {
        "VOXHELM_MODELS__SETTINGS_BY_MODEL": json.dumps(settings),
        f"VOXHELM_ROUTES__{kind}": routes,
        "VOXHELM_ROUTES__PAUSE_SECONDS": "0.5",
    }


def test_a_voice_that_dies_in_a_reply_fails_that_reply_and_the_session_goes_on(tmp_path):
    files, settings = moods(tmp_path, "SPEECH", "parrot-a", "parrot-b")
    with talking_server(tmp_path, **settings) as server, talking(server.url) as talk:
        append(talk, STORY)
        talk.until("response.output_audio.delta")
        for file in files.values():
            file.write_text("die")
        assert talk.until("error")[-1]["error"]["code"] == "engine_crashed"
        done = talk.until("response.done")[-1]["response"]
        assert done["status"] == "failed"
        (item,) = done["output"]
        assert item["status"] == "incomplete"
        for file in files.values():
            file.unlink()
        append(talk, HELLO)
        again = talk.until("response.done")[-1]["response"]
        assert again["status"] == "completed"
        assert again["output"][0]["content"][0]["transcript"] == "Good morning to you."


def test_a_recogniser_that_dies_fails_that_transcript_and_the_session_goes_on(tmp_path):
    files, settings = moods(tmp_path, "TRANSCRIPTION", "ear-a", "ear-b")
    with talking_server(tmp_path, **settings) as server, talking(server.url) as talk:
        talk.say("session.update", session={"type": "realtime", "audio": {"input": {"transcription": {"model": "whisper-1"}}}})
        talk.until("session.updated")
        for file in files.values():
            file.write_text("die")
        append(talk, HELLO)
        failed = talk.until("conversation.item.input_audio_transcription.failed")[-1]
        assert failed["error"]["code"]
        for file in files.values():
            file.unlink()
        until(lambda: _is_heard(talk), "the recogniser back")


def _is_heard(talk):
    append(talk, HELLO)
    kinds = ("conversation.item.input_audio_transcription.completed", "conversation.item.input_audio_transcription.failed")
    told = talk.until(*kinds)[-1]
    return told["type"] == kinds[0] and told["transcript"] == "hello"


@pytest.mark.slow
def test_a_detector_that_is_killed_while_somebody_speaks_is_replaced_and_hears_the_rest(tmp_path):
    with talking_server(tmp_path) as server, talking(server.url) as talk:
        half = len(STORY) // 8 * 2
        append(talk, STORY[:half])
        talk.until("input_audio_buffer.speech_started")
        alive_before = hosts(server)
        assert alive_before
        for host in alive_before:
            os.kill(host.pid, signal.SIGKILL)
        append(talk, STORY[half:])
        events = talk.until("response.done")
        assert "input_audio_buffer.speech_stopped" in types(events)
        assert events[-1]["response"]["status"] == "completed"
        assert events[-1]["response"]["output"][0]["content"][0]["transcript"].startswith("Once upon a time")


def test_who_behaves_is_served_while_others_stall_flood_crowd_and_talk_nonsense(tmp_path):
    settings = {"VOXHELM_REALTIME__MAX_SESSIONS": "4", "VOXHELM_REALTIME__WAITING_SESSIONS": "0"}
    with talking_server(tmp_path, **settings) as server:
        asyncio.run(_misbehave(server.url))
        until(lambda: metric(server.url, "voxhelm_http_requests_in_flight") <= 1, "every request over")
        log = (tmp_path / "server.log").read_text()
    # Nothing of that is a mistake of the server's.
    assert "Traceback" not in log
    assert "ASGI" not in log


async def _misbehave(url):
    async with connect(socket_url(url), max_size=None, compression=None) as good:
        visitor = Visitor(url)
        stalled = await connect(socket_url(url), max_size=None, max_queue=1, compression=None)
        flooding = await connect(socket_url(url), max_size=None, compression=None)
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "x" * 200_000}]}
        flood = asyncio.create_task(_flood(flooding))
        stall = asyncio.create_task(_stall(stalled, item))
        async with connect(socket_url(url)):
            with pytest.raises(InvalidStatus) as refused:
                await connect(socket_url(url))
            assert refused.value.response.status_code == 429
            assert int(refused.value.response.headers["retry-after"]) >= 1
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            answer = await http.post("/v1/realtime/calls", content=b"v=0\r\n" * 100, headers=SDP)
            assert answer.status_code in (400, 429)
        for _ in range(3):
            await visitor._say(good, HELLO)
            await visitor._until(good, "response.done")
        flood.cancel()
        stall.cancel()
        await asyncio.gather(flood, stall, return_exceptions=True)
        for socket in (stalled, flooding):
            socket.transport.abort()


async def _flood(socket):
    for number in itertools.count():
        await socket.send(json.dumps({"type": "input_audio_buffer.clear", "event_id": f"event_{number}"}))


async def _stall(socket, item):
    """Ask for much, and read nothing of it."""
    try:
        while True:
            await socket.send(json.dumps({"type": "conversation.item.create", "item": item}))
    except ConnectionClosed:
        return
