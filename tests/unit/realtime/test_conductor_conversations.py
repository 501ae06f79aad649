import asyncio
import base64
import json
import os
import signal
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from tests.unit.realtime.conversing import ANN, BY_HAND, WITH_VAD, Client, Player, begin, parrots, sound_of
from voxhelm.audio.g711 import G711Encoder
from voxhelm.domain.pcm import Pcm
from voxhelm.realtime.conductor import RESTARTING
from voxhelm.realtime.session_config import (
    AudioFormat,
    FunctionTool,
    Input,
    Kind,
    SemanticVad,
    ServerVad,
    SessionConfig,
    Transcription,
)

COMPLETED = "conversation.item.input_audio_transcription.completed"
DELTA = "conversation.item.input_audio_transcription.delta"
SCRIPT = {
    "rules": [
        {"when": "weather in (?P<city>\\w+)", "say": "Let me look.", "call": {"name": "weather", "arguments": {"city": "{city}"}}},
        {"after_tool": "weather", "say": "It is {output} there."},
    ],
    "otherwise": "Pardon?",
}


@pytest.fixture
async def sessions():
    async with (voxhelm := parrots()).running():
        yield voxhelm.services.sessions


async def test_a_conversation_with_a_tool(tmp_path):
    script = tmp_path / "script.json"
    script.write_text(json.dumps(SCRIPT))
    async with (voxhelm := parrots(realtime={"assistant": "scripted", "script_file": script})).running():
        config = replace(WITH_VAD, model="gpt-realtime", tools=(FunctionTool("weather"),))
        client = await begin(voxhelm.services.sessions, config)
        client.speak("How is the weather in Sofia?")
        done = (await client.until("response.done"))["response"]
        said, called = done["output"]
        assert said["content"][0]["transcript"] == "Let me look."
        assert json.loads(called["arguments"]) == {"city": "Sofia"}
        output = {"type": "function_call_output", "call_id": called["call_id"], "output": "warm"}
        client.tell("conversation.item.create", item=output)
        client.tell("response.create")
        done = (await client.until("response.done", 2))["response"]
        assert done["output"][0]["content"][0]["transcript"] == "It is warm there."


async def test_a_session_that_only_writes_down(sessions):
    vad = ServerVad(silence_duration_ms=200)
    config = SessionConfig("auto", Kind.TRANSCRIPTION, input=Input(transcription=Transcription(), turn_detection=vad))
    client = await begin(sessions, config)
    for number, text in enumerate(("First words.", "And others."), start=1):
        client.speak(text)
        assert (await client.until(COMPLETED, number))["transcript"] == text
    assert not any(kind.startswith("response") for kind in client.kinds)
    assert client.events[0]["session"]["object"] == "realtime.transcription_session"


async def test_words_come_while_they_are_spoken(sessions):
    text = " ".join(f"Sentence {number} is told while others are still being said." for number in range(12))
    client = await begin(sessions)
    sound = sound_of(text, 1.0)
    cut = round(1.0 * 24_000)
    client.append(Pcm(sound.samples[:cut], 24_000))
    await client.until("input_audio_buffer.speech_started")
    # As a microphone gives it: two looks have to agree, and each waits for new sound and for its turn at the recogniser.
    while DELTA not in client.kinds and cut < len(sound.samples) - 24_000:
        client.append(Pcm(sound.samples[cut : cut + 2_400], 24_000))
        cut += 2_400
        await asyncio.sleep(0.1)
    client.append(Pcm(sound.samples[cut:], 24_000))
    heard = await client.until(COMPLETED)
    deltas = [event["delta"] for event in client.events if event["type"] == DELTA]
    assert heard["transcript"] == text
    assert "".join(deltas) == text
    assert len(deltas) > 1


async def test_a_telephone_is_heard(sessions):
    config = replace(WITH_VAD, input=replace(WITH_VAD.input, format=AudioFormat.ALAW))
    client = await begin(sessions, config)
    # A parrot's words are too quick for a telephone's line, so it is a tone.
    encoder = G711Encoder("alaw")
    tone = Pcm((8_000 * np.sin(np.arange(24_000) / 10)).astype(np.int16), 24_000)
    quiet = Pcm(np.zeros(24_000, np.int16), 24_000)
    for data in (encoder.push(tone), encoder.push(quiet)):
        for at in range(0, len(data), 160):
            client.tell("input_audio_buffer.append", audio=base64.b64encode(data[at : at + 160]).decode())
    started = await client.until("input_audio_buffer.speech_started")
    stopped = await client.until("input_audio_buffer.speech_stopped")
    assert started["audio_start_ms"] == 0
    assert stopped["audio_end_ms"] == pytest.approx(1_000 + 200, abs=100)


async def test_a_listener_is_not_an_interrupter(sessions):
    player = Player(await sessions.open(replace(WITH_VAD, input=replace(WITH_VAD.input, turn_detection=SemanticVad())), ANN))
    player.conductor.attach(player, plays=True)
    item = {
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": "This is what you are told to listen to. " * 4}],
    }
    player.tell("conversation.item.create", item=item)
    player.tell("response.create")
    await player.until("response.done")
    player.conductor.hear(sound_of("mm-hm", 1.0))
    await player.until_act("duck 1.0")
    assert player.acts[-2:] == ["duck 0.3", "duck 1.0"]
    player.conductor.hear(sound_of("But no, wait!", 1.0))
    await player.until("output_audio_buffer.cleared")
    assert player.kinds.count("input_audio_buffer.speech_started") == 1
    assert "hush" in player.acts


async def test_a_detector_that_dies_is_started_again_and_nothing_is_lost():
    async with (voxhelm := parrots(models={"isolation": "process", "time_to_live_seconds": 300})).running():
        client = await begin(voxhelm.services.sessions)
        client.speak("Before it.")
        await client.until(COMPLETED)
        lease = await voxhelm.residency.lease("parrot-detector")
        os.kill(lease.host.process_id, signal.SIGKILL)
        lease.release()
        client.speak("Behind it.")
        assert (await client.until(COMPLETED, 2))["transcript"] == "Behind it."
        assert "error" not in client.kinds


async def test_a_server_that_cannot_wait_any_longer_leaves_a_whole_conversation(tmp_path):
    async with (voxhelm := parrots(realtime={"hand_over_directory": tmp_path, "run_ahead_seconds": 0.5})).running():
        client = await begin(voxhelm.services.sessions, BY_HAND)
        long = "A reply that takes longer than the server can wait, by far. " * 8
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": long}]}
        client.tell("conversation.item.create", item=item)
        client.tell("response.create")
        added = await client.until("response.output_item.added")
        await client.until("response.output_audio.delta")
        await voxhelm.services.sessions.drain(0.0)
        assert (await client.until("response.done"))["response"]["status"] == "cancelled"
        assert (await client.until_closed())[0] == RESTARTING
    async with (voxhelm := parrots(realtime={"hand_over_directory": tmp_path})).running():
        conductor = voxhelm.services.sessions.resume(client.events[0]["session"]["voxhelm"]["resume_token"])
        back = Client(conductor)
        conductor.attach(back, plays=False, after_event_id=client.events[-1]["event_id"])
        back.tell("conversation.item.retrieve", item_id=added["item"]["id"])
        retrieved = (await back.until("conversation.item.retrieved"))["item"]
        assert retrieved["status"] == "incomplete"
        assert long.startswith(retrieved["content"][0]["transcript"].strip())
        back.tell("response.create")
        await back.until("response.created")


async def test_an_assistant_that_hangs_fails_its_reply_and_is_not_waited_for(tmp_path):
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"rules": [{"when": "hang", "say": "Never.", "delay_seconds": 1_000}], "otherwise": "Fine."}))
    settings = {"assistant": "scripted", "script_file": script, "stalled_seconds": 0.05}
    async with (voxhelm := parrots(realtime=settings)).running():
        client = await begin(voxhelm.services.sessions, replace(BY_HAND, model="scripted"))
        for text in ("hang", "go on"):
            item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
            client.tell("conversation.item.create", item=item)
            client.tell("response.create", response={"output_modalities": ["text"]})
            await client.until("response.done", 1 + (text == "go on"))
        failed, done = [event["response"] for event in client.events if event["type"] == "response.done"]
        assert failed["status_details"]["error"]["code"] == "response_stalled"
        assert done["output"][0]["content"][0]["text"] == "Fine."
        while any(task.get_name().startswith("answer-") for task in asyncio.all_tasks()):
            await asyncio.sleep(0)


async def test_many_sessions_at_once_keep_their_words_apart():
    async with (voxhelm := parrots(realtime={"partial_transcripts_at_once": 2})).running():
        clients = [await begin(voxhelm.services.sessions, WITH_VAD, replace(ANN, key=str(number))) for number in range(12)]
        for number, client in enumerate(clients):
            client.speak(f"I am number {number}.")
        for number, client in enumerate(clients):
            done = (await client.until("response.done"))["response"]
            assert done["output"][0]["content"][0]["transcript"] == f"I am number {number}."
        assert all(msgspec.json.encode(event) for client in clients for event in client.events)
