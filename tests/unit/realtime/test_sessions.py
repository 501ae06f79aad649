import asyncio
import os
from dataclasses import replace

import pytest

from tests.unit.realtime.conversing import ANN, BY_HAND, WITH_VAD, Client, begin, parrots, sound_of
from voxhelm.domain.caller import Caller
from voxhelm.domain.errors import ModelNotFound, SessionNotFound, SessionsFull, ShuttingDown
from voxhelm.realtime.conductor import RESTARTING
from voxhelm.realtime.session_config import Transcription

BOB = Caller("bob")
COMPLETED = "conversation.item.input_audio_transcription.completed"


def instance(**realtime):
    return parrots(realtime=realtime)


def metric(voxhelm, name, **labels):
    return voxhelm.services.metrics.registry.get_sample_value(name, labels) or 0


def token_of(client):
    return client.events[0]["session"]["voxhelm"]["resume_token"]


async def waiting(sessions, count):
    while len(sessions._waiters) < count:
        await asyncio.sleep(0)


async def test_who_comes_when_all_places_are_taken_waits_for_one():
    async with (voxhelm := instance(max_sessions=1)).running():
        sessions = voxhelm.services.sessions
        first = await begin(sessions, BY_HAND)
        second = asyncio.create_task(begin(sessions, BY_HAND, BOB))
        await waiting(sessions, 1)
        assert metric(voxhelm, "voxhelm_realtime_sessions_waiting") == 1
        first.conductor.end(1000, "done")
        client = await second
        assert sessions.count == 1
        client.tell("input_audio_buffer.clear")
        await client.until("input_audio_buffer.cleared")
        assert metric(voxhelm, "voxhelm_realtime_sessions_waiting") == 0


async def test_who_waits_too_long_is_told_to_come_back():
    async with (voxhelm := instance(max_sessions=1, waiting_seconds=0.01)).running():
        sessions = voxhelm.services.sessions
        await begin(sessions, BY_HAND)
        with pytest.raises(SessionsFull) as refusal:
            await sessions.open(BY_HAND, BOB)
        assert refusal.value.retry_after_seconds >= 1
        assert metric(voxhelm, "voxhelm_realtime_sessions_refused_total", reason="full") == 1


async def test_who_has_less_patience_waits_no_longer():
    async with (voxhelm := instance(max_sessions=1, waiting_seconds=1_000)).running():
        await begin(voxhelm.services.sessions, BY_HAND)
        with pytest.raises(SessionsFull):
            await voxhelm.services.sessions.open(BY_HAND, replace(BOB, patience_seconds=0.01))


async def test_a_line_that_is_full_takes_nobody():
    async with (voxhelm := instance(max_sessions=1, waiting_sessions=0)).running():
        sessions = voxhelm.services.sessions
        await begin(sessions, BY_HAND)
        with pytest.raises(SessionsFull):
            await sessions.open(BY_HAND, BOB)


async def test_who_said_goodbye_keeps_no_place_that_somebody_needs():
    async with (voxhelm := instance(max_sessions=1, sessions_per_key=1)).running():
        sessions = voxhelm.services.sessions
        first = await begin(sessions, BY_HAND)
        first.conductor.detach(first, left=True)
        while not first.conductor.left:
            await asyncio.sleep(0)
        again = await begin(sessions, BY_HAND)
        assert first.conductor.over
        again.conductor.detach(again)
        waiter = asyncio.create_task(sessions.open(BY_HAND, BOB))
        await waiting(sessions, 1)
        # It was lost and not left, so it may come back.
        assert not again.conductor.over
        waiter.cancel()


async def test_who_stops_waiting_leaves_no_trace():
    async with (voxhelm := instance(max_sessions=1, sessions_per_key=2)).running():
        sessions = voxhelm.services.sessions
        first = await begin(sessions, BY_HAND)
        gone = asyncio.create_task(sessions.open(BY_HAND, BOB))
        await waiting(sessions, 1)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        first.conductor.end(1000, "done")
        assert (await begin(sessions, BY_HAND, BOB)).events
        assert sessions._keys == {"bob": 1}


async def test_one_caller_has_no_more_than_its_share():
    async with (voxhelm := instance(sessions_per_key=1)).running():
        sessions = voxhelm.services.sessions
        first = await begin(sessions, BY_HAND)
        with pytest.raises(SessionsFull, match="1 sessions already") as refusal:
            await sessions.open(BY_HAND, ANN)
        assert refusal.value.retry_after_seconds > 0
        await begin(sessions, BY_HAND, BOB)
        first.conductor.end(1000, "done")
        await first.conductor.wait_ended()
        await begin(sessions, BY_HAND)
        assert metric(voxhelm, "voxhelm_realtime_sessions_refused_total", reason="key") == 1


@pytest.mark.parametrize(
    "wanted",
    [
        replace(BY_HAND, model="nobody"),
        replace(BY_HAND, input=replace(BY_HAND.input, transcription=Transcription("no-such-ear"))),
    ],
)
async def test_what_nobody_can_serve_is_refused_before_anything_begins(wanted):
    async with (voxhelm := instance()).running():
        with pytest.raises(ModelNotFound):
            await voxhelm.services.sessions.open(wanted, ANN)
        assert voxhelm.services.sessions.count == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"audio": {"input": {"transcription": {"model": "no-such-ears"}}}}, "model_not_found"),
        ({"audio": {"output": {"voice": "no-such-voice"}}}, "voice_not_found"),
    ],
)
async def test_what_nobody_can_serve_is_refused_later_too_and_nothing_changes(changes, code):
    async with (voxhelm := instance()).running():
        client = await begin(voxhelm.services.sessions, BY_HAND)
        before = client.events[0]["session"]
        client.tell("session.update", session={"type": "realtime", "instructions": "Sing.", **changes})
        refused = await client.until("error")
        assert refused["error"]["code"] == code
        client.tell("session.update", session={"type": "realtime"})
        assert (await client.until("session.updated"))["session"] == before


async def test_names_of_openai_are_answered_by_the_usual_assistant():
    async with (voxhelm := instance()).running():
        client = await begin(voxhelm.services.sessions, replace(BY_HAND, model="gpt-realtime-2.1"))
        client.tell("response.create")
        assert (await client.until("response.done"))["response"]["status"] == "completed"


async def test_a_token_that_was_never_one_resumes_nothing():
    async with (voxhelm := instance()).running():
        with pytest.raises(SessionNotFound):
            voxhelm.services.sessions.resume("guess")
        with pytest.raises(SessionNotFound):
            voxhelm.services.sessions.call("rtc_none")


async def test_a_session_that_ended_cannot_be_resumed():
    async with (voxhelm := instance()).running():
        sessions = voxhelm.services.sessions
        client = await begin(sessions, BY_HAND, call_id="rtc_1")
        client.conductor.end(1000, "done")
        with pytest.raises(SessionNotFound):
            sessions.resume(token_of(client))
        with pytest.raises(SessionNotFound):
            sessions.call("rtc_1")


async def test_another_process_goes_on_with_a_session(tmp_path):
    async with (voxhelm := instance(hand_over_directory=tmp_path)).running():
        client = await begin(voxhelm.services.sessions, WITH_VAD, call_id="rtc_1")
        client.speak("Remember me.")
        await client.until("response.done")
    assert await client.until_closed() == (RESTARTING, "The server restarts. Resume the session.")
    (left,) = tmp_path.iterdir()
    assert token_of(client).encode() not in left.read_bytes()
    async with (voxhelm := instance(hand_over_directory=tmp_path)).running():
        sessions = voxhelm.services.sessions
        conductor = sessions.resume(token_of(client))
        assert conductor.session_id == client.conductor.session_id
        assert sessions.call("rtc_1") is conductor
        assert list(tmp_path.iterdir()) == []
        back = Client(conductor)
        conductor.attach(back, plays=False, after_event_id=client.events[-1]["event_id"])
        item_id = (await client.until(COMPLETED))["item_id"]
        back.tell("conversation.item.retrieve", item_id=item_id)
        retrieved = await back.until("conversation.item.retrieved")
        assert back.kinds == ["conversation.item.retrieved"]
        assert retrieved["item"]["content"][0]["transcript"] == "Remember me."
        back.speak("And now this.")
        assert (await back.until(COMPLETED))["transcript"] == "And now this."
        assert (await back.until("response.done"))["response"]["status"] == "completed"
        # And it can be resumed again, with the same token.
        assert sessions.resume(token_of(client)) is conductor
        assert metric(voxhelm, "voxhelm_realtime_sessions_resumed_total", **{"from": "disk"}) == 1


async def test_who_comes_back_to_another_process_without_its_last_event_is_told_who_it_is(tmp_path):
    async with (voxhelm := instance(hand_over_directory=tmp_path)).running():
        client = await begin(voxhelm.services.sessions, BY_HAND)
    async with (voxhelm := instance(hand_over_directory=tmp_path)).running():
        conductor = voxhelm.services.sessions.resume(token_of(client))
        back = Client(conductor)
        conductor.attach(back, plays=False)
        created = await back.until("session.created")
        assert created["session"]["id"] == client.events[0]["session"]["id"]
        assert token_of(back) == token_of(client)


async def test_a_server_that_stops_lets_replies_come_to_their_end(tmp_path):
    async with (voxhelm := instance(hand_over_directory=tmp_path)).running():
        sessions = voxhelm.services.sessions
        client = await begin(sessions, WITH_VAD)
        client.speak("Let me hear all of this, please.")
        await client.until("response.created")
        draining = asyncio.create_task(sessions.drain(60.0))
        done = await client.until("response.done")
        assert done["response"]["status"] == "completed"
        assert (await client.until_closed())[0] == RESTARTING
        await draining
        with pytest.raises(ShuttingDown):
            await sessions.open(BY_HAND, BOB)
        with pytest.raises(ShuttingDown):
            sessions.resume(token_of(client))


async def test_who_waits_for_a_place_while_the_server_stops_is_sent_away():
    async with (voxhelm := instance(max_sessions=1)).running():
        sessions = voxhelm.services.sessions
        await begin(sessions, BY_HAND)
        late = asyncio.create_task(sessions.open(BY_HAND, BOB))
        await waiting(sessions, 1)
        await sessions.drain(1.0)
        with pytest.raises(ShuttingDown):
            await late


async def test_what_another_version_left_is_no_session(tmp_path):
    async with (voxhelm := instance(hand_over_directory=tmp_path)).running():
        client = await begin(voxhelm.services.sessions, BY_HAND)
    (left,) = tmp_path.iterdir()
    left.write_bytes(b"\x93\x01\x02\x03")
    async with (voxhelm := instance(hand_over_directory=tmp_path)).running():
        with pytest.raises(SessionNotFound, match="version"):
            voxhelm.services.sessions.resume(token_of(client))


async def test_what_nobody_came_for_is_deleted(tmp_path):
    async with (voxhelm := instance(hand_over_directory=tmp_path)).running():
        await begin(voxhelm.services.sessions, BY_HAND)
    (left,) = tmp_path.iterdir()
    os.utime(left, (0, 0))
    async with instance(hand_over_directory=tmp_path).running():
        while left.exists():
            await asyncio.sleep(0)


async def test_a_disk_that_does_not_play_along_costs_the_session_and_nothing_else(tmp_path):
    (tmp_path / "file").write_text("in the way")
    async with (voxhelm := instance(hand_over_directory=tmp_path / "file")).running():
        client = await begin(voxhelm.services.sessions, BY_HAND)
    assert (await client.until_closed())[0] == RESTARTING


async def test_without_resuming_nothing_is_left(tmp_path):
    async with (voxhelm := instance(hand_over_directory=tmp_path, resume_seconds=0)).running():
        client = await begin(voxhelm.services.sessions, BY_HAND)
        client.append(sound_of("x"))
    assert list(tmp_path.iterdir()) == []


async def test_who_could_not_read_a_refusal_is_told_it_again_and_is_not_counted_twice():
    async with (voxhelm := instance(max_sessions=1, sessions_per_key=1)).running():
        sessions = voxhelm.services.sessions
        sessions.require_place(ANN)
        await begin(sessions, BY_HAND)
        with pytest.raises(SessionsFull, match="You have 1"):
            sessions.require_place(ANN)
        with pytest.raises(SessionsFull, match="All places for sessions are taken"):
            sessions.require_place(BOB)
        await sessions.drain(0)
        with pytest.raises(ShuttingDown):
            sessions.require_place(BOB)
        for reason in ("key", "full", "shutting_down"):
            assert metric(voxhelm, "voxhelm_realtime_sessions_refused_total", reason=reason) == 0


async def test_a_token_is_known_in_memory_on_the_disk_and_no_longer():
    async with (voxhelm := instance()).running():
        sessions = voxhelm.services.sessions
        client = await begin(sessions, BY_HAND)
        token = token_of(client)
        sessions.require_known(token)
        await sessions.drain(0)
        sessions.require_known(token)  # left for the next process
        with pytest.raises(SessionNotFound):
            sessions.require_known("another")
