"""Calls by WebRTC: the offer and the answer, what the channel carries, joining from beside, hanging up."""

import asyncio
import json
import re
from contextlib import asynccontextmanager

import httpx
import openai
import pytest
from openai import AsyncOpenAI

from tests.conftest import running_server
from tests.realtime_record import conforms
from tests.unit.webrtc.calling import Client, until

LOCATION = re.compile(r"/v1/realtime/calls/(rtc_[0-9a-f]{32})")
SDP = {"content-type": "application/sdp"}


class Call:
    """A browser's end of a call."""

    def __init__(self, client, call_id):
        self.client = client
        self.call_id = call_id

    @property
    def events(self):
        return [json.loads(message) for message in self.client.messages]

    def say(self, kind, **fields):
        self.client.channel.send(json.dumps({"type": kind, **fields}))

    async def told(self, kind):
        """The first event of a kind, once it is there."""
        await until(lambda: any(event["type"] == kind for event in self.events))
        return next(event for event in self.events if event["type"] == kind)


@asynccontextmanager
async def calling(post):
    """A call. post: brings an offer to the server, and returns its answer."""
    client = Client()
    try:
        answer = await post(await client.offer())
        assert answer.status_code == 201, answer.text
        assert answer.headers["content-type"].startswith("application/sdp")
        await client.accept(answer.text)
        location = LOCATION.fullmatch(answer.headers["location"])
        assert location is not None
        call = Call(client, location[1])
        await call.told("session.created")
        yield call
        for event in call.events:
            conforms(event)
    finally:
        await client.connection.close()


def raw(url, query="", **headers):
    async def post(sdp):
        async with httpx.AsyncClient(timeout=30) as client:
            return await client.post(f"{url}/v1/realtime/calls{query}", content=sdp, headers=SDP | headers)

    return post


@pytest.fixture
async def official(server_url):
    async with AsyncOpenAI(base_url=f"{server_url}/v1", api_key="not-needed", max_retries=0) as client:
        yield client


async def test_a_call_is_answered_and_its_channel_carries_events(server_url):
    async with calling(raw(server_url, "?model=gpt-realtime")) as call:
        created = await call.told("session.created")
        assert created["session"]["model"] == "gpt-realtime"
        call.say("session.update", session={"type": "realtime", "instructions": "Be brief."})
        updated = await call.told("session.updated")
        assert updated["session"]["instructions"] == "Be brief."
        content = [{"type": "input_text", "text": "Good morning."}]
        call.say("conversation.item.create", item={"type": "message", "role": "user", "content": content})
        call.say("response.create")
        done = await call.told("response.done")
        assert done["response"]["status"] == "completed"
        await call.told("output_audio_buffer.stopped")
        kinds = [event["type"] for event in call.events]
        assert "output_audio_buffer.started" in kinds
        assert "response.output_audio.delta" not in kinds  # it comes as sound
        assert max(abs(frame).max() for frame in call.client.frames) > 1_000


async def test_what_became_of_a_calls_packets_is_counted(server_url):
    def played():
        lines = httpx.get(f"{server_url}/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith('voxhelm_call_packets_total{fate="played"}'))

    before = played()
    async with calling(raw(server_url)) as call:
        call.say("session.update", session={"type": "realtime"})
        await call.told("session.updated")
    await until(lambda: played() > before)


async def test_sound_in_events_is_refused_in_a_call(server_url):
    async with calling(raw(server_url)) as call:
        call.say("input_audio_buffer.append", audio="AAAA")
        error = await call.told("error")
        assert "call" in error["error"]["message"]


async def test_the_official_client_brings_offer_and_session_together(official):
    session = {"type": "realtime", "model": "echo", "instructions": "You sell tea."}

    async def post(sdp):
        return (await official.realtime.calls.create(sdp=sdp, session=session)).response

    async with calling(post) as call:
        began = (await call.told("session.created"))["session"]
        assert (began["model"], began["instructions"]) == ("echo", "You sell tea.")


async def test_the_official_client_brings_an_offer_alone(official):
    async def post(sdp):
        return (await official.realtime.calls.create(sdp=sdp)).response

    async with calling(post) as call:
        assert (await call.told("session.created"))["session"]["type"] == "realtime"


async def test_a_form_as_browsers_send_it_will_do(server_url):
    async def post(sdp):
        parts = {"sdp": (None, sdp), "session": (None, '{"type": "realtime", "instructions": "You sell tea."}')}
        async with httpx.AsyncClient(timeout=30) as client:
            return await client.post(f"{server_url}/realtime/calls", files=parts)

    async with calling(post) as call:
        assert (await call.told("session.created"))["session"]["instructions"] == "You sell tea."


async def test_somebody_joins_from_beside_sees_everything_and_may_say_something(server_url, official):
    async with calling(raw(server_url)) as call:
        async with official.realtime.connect(call_id=call.call_id) as beside:
            assert (await beside.recv()).session.id == (await call.told("session.created"))["session"]["id"]
            await beside.session.update(session={"type": "realtime", "instructions": "From beside."})
            assert (await call.told("session.updated"))["session"]["instructions"] == "From beside."
            assert (await beside.recv()).type == "session.updated"
        call.say("conversation.item.create", item={"type": "message", "role": "user", "content": []})
        await until(lambda: len(call.events) > 2)  # the call goes on without whoever looked on


async def test_a_call_is_hung_up_by_its_id(server_url, official):
    async with calling(raw(server_url)) as call:
        await official.realtime.calls.hangup(call.call_id)
        await until(lambda: call.client.channel.readyState == "closed")
        with pytest.raises(openai.NotFoundError) as gone:
            await official.realtime.calls.hangup(call.call_id)
    assert gone.value.code == "session_not_found"


async def test_a_client_that_lost_its_call_goes_on_in_another(server_url):
    async with calling(raw(server_url)) as call:
        created = await call.told("session.created")
        content = [{"type": "input_text", "text": "Good morning."}]
        call.say("conversation.item.create", item={"id": "item_mine", "type": "message", "role": "user", "content": content})
        last = await call.told("conversation.item.done")
        token = created["session"]["voxhelm"]["resume_token"]
        client = Client()
        answer = await raw(server_url, f"?resume={token}&after={last['event_id']}")(await client.offer())
        assert answer.headers["location"] == f"/v1/realtime/calls/{call.call_id}"
        await client.accept(answer.text)
        again = Call(client, call.call_id)
        await until(lambda: client.channel.readyState == "open")
        again.say("conversation.item.retrieve", item_id="item_mine")
        assert (await again.told("conversation.item.retrieved"))["item"]["content"][0]["text"] == "Good morning."
        await client.connection.close()


@pytest.mark.parametrize("body", ["", "v=0", "hello", "v=0\r\n" * 1_000, "{}", "v=0\r\no=- 1 1 IN IP4 0\r\ns=-\r\nt=0 0\r\n"])
def test_what_is_no_offer_is_refused(server_url, body):
    answer = httpx.post(f"{server_url}/v1/realtime/calls", content=body.encode(), headers=SDP)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "sdp")


@pytest.fixture
async def sdp():
    client = Client()
    yield await client.offer()
    await client.connection.close()


def test_what_is_wrong_beside_the_offer_is_refused(server_url, sdp):
    def refused(**request):
        answer = httpx.post(f"{server_url}/v1/realtime/calls", timeout=30, **request)
        return answer.status_code, answer.json()["error"]["param"]

    assert refused(content=sdp, headers=SDP, params={"model": "nobody"}) == (404, "model")
    assert refused(content=sdp, headers=SDP, params={"resume": "nothing"}) == (404, "resume")
    assert refused(content=b"\xff\xfe", headers=SDP) == (400, "sdp")
    assert refused(content=b"x" * (1024**2 + 1), headers=SDP) == (413, None)
    assert refused(files={"session": (None, "{}")}) == (400, "sdp")
    assert refused(files={"sdp": (None, sdp), "session": (None, "{")}) == (400, "session")
    assert refused(json={"sdp": sdp})[0] == 400
    assert refused(content=sdp, headers=SDP | {"origin": "https://evil.example"}) == (403, None)


async def test_a_client_secret_calls_and_brings_its_session(tmp_path):
    mine, other = "a-secret-of-my-own", "a-secret-of-another"
    (tmp_path / "keys").write_text(f"mine: {mine}\nother: {other}\n")
    with running_server(tmp_path, VOXHELM_IDENTITY__KEY_FILES=f'["{tmp_path / "keys"}"]') as server:
        async with AsyncOpenAI(base_url=f"{server.url}/v1", api_key=mine, max_retries=0) as client:
            made = await client.realtime.client_secrets.create(session={"type": "realtime", "instructions": "You sell tea."})
            async with calling(raw(server.url, authorization=f"Bearer {made.value}")) as call:
                assert (await call.told("session.created"))["session"]["instructions"] == "You sell tea."
                # Another key neither sees the call nor ends it.
                async with AsyncOpenAI(base_url=f"{server.url}/v1", api_key=other, max_retries=0) as stranger:
                    with pytest.raises(openai.NotFoundError):
                        await stranger.realtime.calls.hangup(call.call_id)
                await client.realtime.calls.hangup(call.call_id)
        assert (await raw(server.url)("v=0")).status_code == 401


async def test_a_call_that_could_not_be_answered_leaves_its_place(tmp_path):
    settings = {"VOXHELM_REALTIME__MAX_SESSIONS": "1", "VOXHELM_REALTIME__WAITING_SECONDS": "5"}
    with running_server(tmp_path, **settings) as server:
        for _ in range(3):
            answers = await asyncio.gather(*(raw(server.url)("v=0\r\nnonsense") for _ in range(3)))
            assert {answer.status_code for answer in answers} == {400}
        async with calling(raw(server.url)) as call:
            assert call.call_id
