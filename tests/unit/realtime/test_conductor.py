import asyncio
import base64
from dataclasses import replace

import numpy as np
import pytest

from tests.unit.realtime.conversing import ANN, BY_HAND, WITH_VAD, Client, Player, begin, parrots, sound_of
from voxhelm.audio.g711 import decoding_table
from voxhelm.realtime.conductor import FAILED, GOING_AWAY
from voxhelm.realtime.session_config import AudioFormat, Output, Transcription

COMPLETED = "conversation.item.input_audio_transcription.completed"
LONG = "Twenty words are long enough to be spoken for a while, so that somebody may want to break in on them early."


@pytest.fixture
async def voxhelm():
    async with (made := parrots(realtime={"resume_seconds": 30.0})).running():
        yield made


@pytest.fixture
def sessions(voxhelm):
    return voxhelm.services.sessions


def metric(voxhelm, name, **labels):
    return voxhelm.services.metrics.registry.get_sample_value(name, labels) or 0


async def nothing_left(voxhelm):
    """Every session is gone, and has given everything back."""
    while voxhelm.services.sessions.count or any(
        sample.value
        for family in voxhelm.services.metrics.registry.collect()
        for sample in family.samples
        if sample.name == "voxhelm_model_leases"
    ):
        await asyncio.sleep(0)
    names = [task.get_name() for task in asyncio.all_tasks()]
    assert [name for name in names if name.startswith(("answer-", "end-", "watch-", "judge-turn"))] == []


async def test_what_is_said_is_heard_and_said_again(voxhelm, sessions):
    client = await begin(sessions)
    client.speak("Hello there, parrot.")
    done = await client.until("response.done")
    assert [kind for kind in client.kinds if not kind.endswith(".delta")] == [
        "session.created",
        "conversation.created",
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        COMPLETED,
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "response.output_item.done",
        "conversation.item.done",
        "response.done",
    ]
    assert (await client.until(COMPLETED))["transcript"] == "Hello there, parrot."
    assert done["response"]["status"] == "completed"
    assert done["response"]["output"][0]["content"][0]["transcript"] == "Hello there, parrot."
    assert metric(voxhelm, "voxhelm_realtime_responses_total", status="completed") == 1
    assert metric(voxhelm, "voxhelm_realtime_stage_seconds_count", stage="first_sound") == 1


async def test_a_reply_is_cut_to_the_words_that_were_heard(sessions):
    client = await begin(sessions, BY_HAND)
    client.append(sound_of("One two three. Four five six."))
    client.tell("input_audio_buffer.commit")
    client.tell("response.create")
    done = await client.until("response.done")
    item_id = done["response"]["output"][0]["id"]
    heard = sound_of("One two three. Four").duration_seconds * 1000
    client.tell("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=round(heard) + 250)
    await client.until("conversation.item.truncated")
    client.tell("conversation.item.retrieve", item_id=item_id)
    item = (await client.until("conversation.item.retrieved"))["item"]
    assert item["content"][0]["transcript"] in ("One two three. Four", "One two three.")
    sound = base64.b64decode(item["content"][0]["audio"])
    assert len(sound) == (round(heard) + 250) * 48


async def test_who_speaks_is_not_talked_over(voxhelm, sessions):
    client = await begin(sessions)
    client.speak(LONG)
    await client.until("response.output_audio.delta")
    client.speak("Stop.", silence_seconds=0.0)
    done = await client.until("response.done")
    assert done["response"]["status"] == "cancelled"
    assert done["response"]["status_details"]["reason"] == "turn_detected"
    assert metric(voxhelm, "voxhelm_realtime_barge_ins_total") == 1
    client.append(sound_of("", 1.0))
    assert (await client.until(COMPLETED, 2))["transcript"] == "Stop."
    assert (await client.until("response.done", 2))["response"]["status"] == "completed"


async def test_a_face_that_plays_says_what_was_heard(sessions):
    player = Player(await sessions.open(WITH_VAD, ANN, call_id="rtc_1"))
    player.conductor.attach(player, plays=True)
    sound = sound_of("Say these five words again.", 1.0)
    player.conductor.hear(sound)
    done = await player.until("response.done")
    item_id = done["response"]["output"][0]["id"]
    assert "response.output_audio.delta" not in player.kinds
    assert "output_audio_buffer.started" in player.kinds
    assert sum(len(pcm.samples) for pcm in player.played[item_id]) > 0
    assert player.acts == [f"end {item_id}"]
    # It is being played still when the caller breaks in, behind the second word.
    player.heard_ms = sound_of("Say these").duration_seconds * 1000 + 40
    player.conductor.hear(sound_of("Wait.", 1.0))
    await player.until("output_audio_buffer.cleared")
    assert "hush" in player.acts
    truncated = await player.until("conversation.item.truncated")
    assert truncated["item_id"] == item_id
    player.tell("conversation.item.retrieve", item_id=item_id)
    item = (await player.until("conversation.item.retrieved"))["item"]
    assert item["content"][0]["transcript"] == "Say these"


async def test_a_drained_item_has_been_heard_to_its_end(sessions):
    player = Player(await sessions.open(BY_HAND, ANN))
    player.conductor.attach(player, plays=True)
    player.tell("response.create")
    done = await player.until("response.done")
    player.conductor.drained(done["response"]["output"][0]["id"])
    await player.until("output_audio_buffer.stopped")


async def test_a_client_that_comes_back_is_told_what_it_missed(voxhelm, sessions):
    client = await begin(sessions, BY_HAND)
    client.append(sound_of("Hello."))
    client.tell("input_audio_buffer.commit")
    await client.until(COMPLETED)
    token = client.events[0]["session"]["voxhelm"]["resume_token"]
    client.conductor.detach(client)
    client.tell("response.create")
    again = sessions.resume(token)
    assert again is client.conductor
    back = Client(again)
    again.attach(back, plays=False, after_event_id=client.events[-1]["event_id"])
    done = await back.until("response.done")
    assert done["response"]["output"][0]["content"][0]["transcript"] == "Hello."
    assert back.kinds[0] == "response.created"
    assert {event["event_id"] for event in back.events}.isdisjoint(event["event_id"] for event in client.events)
    assert metric(voxhelm, "voxhelm_realtime_sessions_resumed_total", **{"from": "memory"}) == 1


async def test_a_client_that_knows_nothing_any_more_is_told_everything(sessions):
    client = await begin(sessions, BY_HAND)
    client.tell(
        "conversation.item.create", item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
    )
    await client.until("conversation.item.done")
    client.conductor.detach(client)
    back = Client(client.conductor)
    client.conductor.attach(back, plays=False)
    await back.until("conversation.item.done")
    assert back.events == client.events


async def test_two_faces_of_one_client_take_turns(sessions):
    client = await begin(sessions, BY_HAND)
    other = Client(client.conductor)
    client.conductor.attach(other, plays=False, after_event_id=client.events[-1]["event_id"])
    assert (await client.until_closed())[0] == 1000
    client.conductor.detach(client)  # it notices late, and that changes nothing
    other.tell("input_audio_buffer.clear")
    await other.until("input_audio_buffer.cleared")


async def test_a_client_that_does_not_come_back_ends_its_session():
    async with (voxhelm := parrots(realtime={"resume_seconds": 0.01})).running():
        client = await begin(voxhelm.services.sessions)
        beside = Client(client.conductor)
        client.conductor.join(beside)
        await beside.until("session.created")
        client.conductor.detach(client)
        assert (await beside.until_closed())[0] == GOING_AWAY
        await nothing_left(voxhelm)


async def test_without_resuming_a_session_ends_with_its_connection():
    async with (voxhelm := parrots(realtime={"resume_seconds": 0.0})).running():
        client = await begin(voxhelm.services.sessions)
        assert "voxhelm" not in client.events[0]["session"]
        client.conductor.detach(client)
        await client.conductor.wait_ended()
        await nothing_left(voxhelm)


async def test_who_looks_on_sees_everything_but_the_token(sessions):
    client = await begin(sessions, BY_HAND, call_id="rtc_7")
    beside = Client(sessions.call("rtc_7"))
    beside.conductor.join(beside)
    await beside.until("session.created")
    beside.tell("session.update", session={"type": "realtime", "instructions": "Be brief."})
    assert (await client.until("session.updated"))["session"]["voxhelm"]["resume_token"]
    updated = await beside.until("session.updated")
    assert updated["session"]["instructions"] == "Be brief."
    assert all("voxhelm" not in event["session"] for event in beside.events)
    beside.conductor.leave(beside)
    client.tell("input_audio_buffer.clear")
    await client.until("input_audio_buffer.cleared")
    assert "input_audio_buffer.cleared" not in beside.kinds


async def test_what_is_no_event_is_an_error_and_no_end(sessions):
    client = await begin(sessions, BY_HAND)
    client.conductor.receive(b"\xff{")
    client.conductor.receive('{"type": "nothing.known", "event_id": "mine"}')
    first, second = await client.until("error"), await client.until("error", 2)
    assert first["error"]["code"] == "invalid_json"
    assert (second["error"]["code"], second["error"]["event_id"]) == ("invalid_value", "mine")
    client.tell("input_audio_buffer.clear")
    await client.until("input_audio_buffer.cleared")


async def test_a_bug_ends_its_session_and_no_other(sessions, monkeypatch, voxhelm):
    other = await begin(sessions, BY_HAND)
    client = await begin(sessions, BY_HAND)
    monkeypatch.setattr(client.conductor._session, "take", lambda *_: 1 / 0)
    client.tell("input_audio_buffer.clear")
    assert (await client.until_closed())[0] == FAILED
    other.tell("input_audio_buffer.clear")
    await other.until("input_audio_buffer.cleared")


async def test_a_session_that_is_over_lets_nobody_in(sessions):
    client = await begin(sessions, BY_HAND)
    client.conductor.end(1000, "done")
    late = Client(client.conductor)
    client.conductor.attach(late, plays=False)
    assert (await late.until_closed())[0] == GOING_AWAY
    await client.conductor.wait_ended()
    assert client.closed == (1000, "done")


async def test_ending_in_the_middle_of_everything_leaves_nothing(voxhelm, sessions):
    client = await begin(sessions)
    client.speak(LONG)
    await client.until("response.output_audio.delta")
    client.speak("And yet more of it", silence_seconds=0.0)
    client.conductor.end(1000, "enough")
    await client.conductor.wait_ended()
    await nothing_left(voxhelm)


async def test_an_answer_in_text(sessions):
    client = await begin(sessions, replace(BY_HAND, output_modality="text"))
    client.append(sound_of("**Hello** there."))
    client.tell("input_audio_buffer.commit")
    client.tell("response.create")
    assert (await client.until("response.output_text.done"))["text"] == "**Hello** there."


async def test_an_answer_by_telephone(sessions):
    client = await begin(sessions, replace(BY_HAND, output=Output(AudioFormat.MULAW)))
    client.append(sound_of("Hello there."))
    client.tell("input_audio_buffer.commit")
    client.tell("response.create")
    await client.until("response.done")
    data = b"".join(base64.b64decode(event["delta"]) for event in client.events if event["type"] == "response.output_audio.delta")
    sound = decoding_table("mulaw")[np.frombuffer(data, np.uint8)]
    assert len(sound) / 8_000 == pytest.approx(sound_of("Hello there.").duration_seconds, abs=0.2)
    assert np.abs(sound).max() > 1_000


async def test_a_voice_that_fails_fails_its_reply_and_not_the_session(tmp_path):
    mood = tmp_path / "mood"
    async with (voxhelm := parrots(models={"settings_by_model": {"parrot-a": {"mood_file": str(mood)}}})).running():
        # Who names a voice wants that one, and nobody stands in for it.
        client = await begin(voxhelm.services.sessions, replace(WITH_VAD, output=Output(voice="parrot-a/parrot-a-en")))
        mood.write_text("fail")
        client.speak("Hello.")
        failed = (await client.until("response.done"))["response"]
        assert failed["status"] == "failed"
        assert failed["status_details"]["error"]["code"] == "engine_failed"
        mood.write_text("")
        client.speak("Hello again.")
        done = (await client.until("response.done", 2))["response"]
        assert done["output"][0]["content"][0]["transcript"] == "Hello again."


async def test_ears_that_fail_fail_their_transcript_and_not_the_session(tmp_path):
    mood = tmp_path / "mood"
    async with (voxhelm := parrots(models={"settings_by_model": {"ear-a": {"mood_file": str(mood)}}})).running():
        named = replace(WITH_VAD.input, transcription=Transcription("ear-a"))
        client = await begin(voxhelm.services.sessions, replace(WITH_VAD, input=named))
        mood.write_text("fail")
        client.speak("Hello.")
        failed = await client.until("conversation.item.input_audio_transcription.failed")
        assert failed["error"]["code"] == "engine_failed"
        mood.write_text("")
        client.speak("Hello again.")
        assert (await client.until(COMPLETED))["transcript"] == "Hello again."
