"""OpenAI's official client for Python in realtime conversations. Every event is judged by the types of that client."""

import asyncio
import base64
import json
import wave
from contextlib import asynccontextmanager
from fractions import Fraction

import av
import numpy as np
import pytest
import soxr
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from openai import AsyncOpenAI, omit

from tests.parrots import LETTER_MS, STORY, sound_of, talking_server, words_in
from tests.realtime_record import Record
from tests.unit.webrtc.calling import Client, until

TOLD = {"type": "realtime", "audio": {"input": {"transcription": {"model": "whisper-1"}}}}
BY_HAND = {"type": "realtime", "audio": {"input": {"transcription": {"model": "whisper-1"}, "turn_detection": None}}}
TEXT = {"type": "realtime", "output_modalities": ["text"]}
PIECE_BYTES = 4_800
CALL_RATE_HZ = 48_000
FRAME_SAMPLES = 960
PAUSE_MS = 220
# Before the first letter of every sentence.
BEGINNING_MS = 5
WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "How the weather is.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


class Clip(MediaStreamTrack):
    """A microphone into which a recording is played after a second of silence, and then nothing."""

    kind = "audio"

    def __init__(self, path):
        super().__init__()
        with wave.open(str(path)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
            said = soxr.resample(samples, file.getframerate(), CALL_RATE_HZ)
        self._sound = np.concatenate([np.zeros(CALL_RATE_HZ, np.int16), said])
        self._frames = 0
        self._began = None

    async def recv(self):
        loop = asyncio.get_running_loop()
        self._began = self._began or loop.time()
        await asyncio.sleep(max(0, self._began + self._frames * 0.02 - loop.time()))
        if self.readyState != "live":
            raise MediaStreamError
        start = self._frames * FRAME_SAMPLES
        piece = np.zeros(FRAME_SAMPLES, np.int16)
        said = self._sound[start : start + FRAME_SAMPLES]
        piece[: len(said)] = said
        frame = av.AudioFrame.from_ndarray(piece.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = CALL_RATE_HZ, start, Fraction(1, CALL_RATE_HZ)
        self._frames += 1
        return frame


class Conversation:
    """The official client's connection, and a record of what came over it."""

    def __init__(self, connection):
        self.connection = connection
        self.record = Record()

    async def next(self):
        data = await asyncio.wait_for(self.connection.recv_bytes(), 30)
        # What the client makes of it must be what was judged.
        assert self.connection.parse_event(data).type == json.loads(data)["type"]
        return self.record.take(data)

    async def until(self, kind):
        """The next event of a kind."""
        while True:
            event = await self.next()
            if event["type"] == kind:
                return event

    async def until_all(self, *kinds):
        """Until so many of each have come, in whatever order and whenever."""
        while any(len(self.record.all(kind)) < kinds.count(kind) for kind in kinds):
            await self.next()

    async def update(self, session):
        await self.connection.session.update(session=session)
        return (await self.until("session.updated"))["session"]

    async def say(self, text, before_seconds=0.0, after_seconds=1.0):
        """Speak, faster than a person could."""
        sound = sound_of(text, before_seconds, after_seconds)
        for start in range(0, len(sound), PIECE_BYTES):
            await self.connection.input_audio_buffer.append(audio=base64.b64encode(sound[start : start + PIECE_BYTES]).decode())

    async def write(self, text, **fields):
        content = [{"type": "input_text", "text": text}]
        await self.connection.conversation.item.create(item={"type": "message", "role": "user", "content": content} | fields)
        return (await self.until("conversation.item.done"))["item"]

    async def ask(self, text):
        """Write something, and wait for the whole answer."""
        await self.write(text)
        await self.connection.response.create()
        return (await self.until("response.done"))["response"]

    async def refused(self):
        return (await self.until("error"))["error"]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with talking_server(tmp_path_factory.mktemp("talking")) as server:
        yield server.url


@pytest.fixture
async def official(url):
    async with AsyncOpenAI(base_url=f"{url}/v1", api_key="not-needed", max_retries=0) as client:
        yield client


@asynccontextmanager
async def conversing(official, session=None, **options):
    async with official.realtime.connect(**{"model": "gpt-realtime"} | options) as connection:
        conversation = Conversation(connection)
        if session is not None:
            await conversation.update(session)
        yield conversation
    conversation.record.ended()


async def test_who_speaks_is_understood_and_answered_in_words_and_sound(official):
    async with conversing(official, TOLD) as talk:
        await talk.say("hello over there", before_seconds=0.5)
        reply = (await talk.until("response.done"))["response"]
    record = talk.record
    assert record.errors == []
    started, stopped = record.all("input_audio_buffer.speech_started"), record.all("input_audio_buffer.speech_stopped")
    assert [one["audio_start_ms"] for one in started] == [pytest.approx(200, abs=32)]  # half a second less 300 ms of padding
    spoken_ms = 500 + LETTER_MS * len("hello over there")
    assert [one["audio_end_ms"] for one in stopped] == [pytest.approx(spoken_ms + 500, abs=64)]
    heard = record.all("conversation.item.input_audio_transcription.completed")
    assert [one["transcript"] for one in heard] == ["hello over there"]
    assert reply["status"] == "completed"
    assert [part["transcript"] for part in reply["output"][0]["content"]] == ["Good morning to you."]
    assert words_in(record.sound()) == "Good morning to you."
    assert reply["usage"]["total_tokens"] == reply["usage"]["input_tokens"] + reply["usage"]["output_tokens"] > 0


async def test_what_is_written_is_answered_in_text(official):
    async with conversing(official, TEXT) as talk:
        reply = await talk.ask("hello")
        assert reply["output_modalities"] == ["text"]
        assert reply["output"][0]["content"] == [{"type": "output_text", "text": "Good morning to you."}]
        deltas = talk.record.all("response.output_text.delta")
        assert len(deltas) > 1
        assert "".join(one["delta"] for one in deltas) == "Good morning to you."
        assert talk.record.all("response.output_audio.delta") == []


async def test_who_holds_a_key_while_speaking_says_when_it_was_all(official):
    async with conversing(official, BY_HAND) as talk:
        await talk.say("hello there", after_seconds=0)
        await talk.connection.input_audio_buffer.commit()
        item = (await talk.until("conversation.item.done"))["item"]
        await talk.connection.response.create()
        reply = (await talk.until("response.done"))["response"]
        assert reply["output"][0]["content"][0]["transcript"] == "Good morning to you."
        completed = talk.record.all("conversation.item.input_audio_transcription.completed")
        assert [(one["item_id"], one["transcript"]) for one in completed] == [(item["id"], "hello there")]
        assert "input_audio_buffer.speech_started" not in talk.record.kinds
        await talk.connection.input_audio_buffer.commit()
        assert (await talk.refused())["code"] == "input_audio_buffer_commit_empty"
        await talk.say("never mind", after_seconds=0)
        await talk.connection.input_audio_buffer.clear()
        await talk.until("input_audio_buffer.cleared")
        await talk.connection.input_audio_buffer.commit()
        assert (await talk.refused())["code"] == "input_audio_buffer_commit_empty"


async def test_a_function_is_called_and_what_it_gave_is_told(official):
    async with conversing(official, TOLD | {"tools": [WEATHER], "tool_choice": "auto"}) as talk:
        await talk.say("how is the weather in Sofia")
        reply = (await talk.until("response.done"))["response"]
        said, call = reply["output"]
        assert said["content"][0]["transcript"] == "Let me see."
        assert (call["type"], call["name"], json.loads(call["arguments"])) == ("function_call", "get_weather", {"city": "Sofia"})
        await talk.connection.conversation.item.create(
            item={"type": "function_call_output", "call_id": call["call_id"], "output": "sunny and warm"}
        )
        await talk.connection.response.create()
        reply = (await talk.until("response.done"))["response"]
        assert reply["output"][0]["content"][0]["transcript"] == "The weather is sunny and warm today."
        assert talk.record.errors == []


async def test_items_are_shown_with_their_sound_and_deleted(official):
    async with conversing(official, TOLD) as talk:
        await talk.say("hello out there")
        reply = (await talk.until("response.done"))["response"]
        mine = talk.record.all("input_audio_buffer.committed")[0]["item_id"]
        for item_id, words in ((mine, "hello out there"), (reply["output"][0]["id"], "Good morning to you.")):
            await talk.connection.conversation.item.retrieve(item_id=item_id)
            part = (await talk.until("conversation.item.retrieved"))["item"]["content"][0]
            assert part["transcript"] == words
            assert words_in(base64.b64decode(part["audio"])) == words
        await talk.connection.conversation.item.delete(item_id=mine)
        assert (await talk.until("conversation.item.deleted"))["item_id"] == mine
        await talk.connection.conversation.item.retrieve(item_id=mine)
        assert (await talk.refused())["code"] == "item_retrieve_invalid_item_id"
        await talk.connection.conversation.item.delete(item_id=mine)
        assert (await talk.refused())["message"]


async def test_of_a_reply_exactly_the_words_stay_that_were_heard(official):
    async with conversing(official, TOLD) as talk:
        await talk.write("tell me a story")
        await talk.connection.response.create()
        item_id = (await talk.until("response.output_item.added"))["item"]["id"]
        await talk.until("response.done")
        for words in (31, 9, 1, 0):
            heard = " ".join(STORY.split()[:words])
            # In the middle of the word behind them.
            end_ms = round(_ends_ms(heard) + 2 * LETTER_MS)
            await talk.connection.conversation.item.truncate(item_id=item_id, content_index=0, audio_end_ms=end_ms)
            truncated = await talk.until("conversation.item.truncated")
            assert (truncated["item_id"], truncated["audio_end_ms"]) == (item_id, end_ms)
            await talk.connection.conversation.item.retrieve(item_id=item_id)
            part = (await talk.until("conversation.item.retrieved"))["item"]["content"][0]
            sound = base64.b64decode(part["audio"])
            assert part["transcript"] == heard
            assert words_in(sound).startswith(heard)
            assert len(sound) == pytest.approx(end_ms * 48, abs=48)
        await talk.connection.conversation.item.truncate(item_id=item_id, content_index=0, audio_end_ms=600_000)
        assert "already shorter" in (await talk.refused())["message"]


async def test_who_interrupts_is_heard_at_once(official):
    async with conversing(official, TOLD) as talk:
        await talk.say("tell me a story")
        item_id = (await talk.until("response.output_audio.delta"))["item_id"]
        await talk.say("hello")
        await talk.until("input_audio_buffer.speech_started")
        cut = (await talk.until("response.done"))["response"]
        assert (cut["status"], cut["status_details"]["reason"]) == ("cancelled", "turn_detected")
        assert cut["output"][0]["status"] == "incomplete"
        await talk.connection.conversation.item.truncate(item_id=item_id, content_index=0, audio_end_ms=300)
        # The short reply may be done before the server has read the truncation.
        await talk.until_all("conversation.item.truncated", "response.done", "response.done")
        reply = talk.record.all("response.done")[1]["response"]
        assert reply["output"][0]["content"][0]["transcript"] == "Good morning to you."
        assert talk.record.errors == []


async def test_a_reply_is_cancelled_by_its_client(official):
    async with conversing(official, TOLD) as talk:
        await talk.write("tell me a story")
        await talk.connection.response.create()
        await talk.until("response.output_audio.delta")
        await talk.connection.response.create()
        assert (await talk.refused())["code"] == "conversation_already_has_active_response"
        await talk.connection.response.cancel()
        done = (await talk.until("response.done"))["response"]
        assert (done["status"], done["status_details"]["reason"]) == ("cancelled", "client_cancelled")
        await talk.connection.response.cancel()
        error = await talk.refused()
        assert error["code"] == "response_cancel_not_active"
        assert error["message"].startswith("Cancellation failed")


async def test_a_reply_out_of_band_leaves_no_trace_and_may_run_beside_another(official):
    async with conversing(official, TOLD) as talk:
        await talk.write("tell me a story")
        await talk.connection.response.create()
        await talk.until("response.output_audio.delta")
        content = [{"type": "input_text", "text": "hello"}]
        beside = {
            "conversation": "none",
            "output_modalities": ["text"],
            "metadata": {"topic": "greeting"},
            "input": [{"type": "message", "role": "user", "content": content}],
        }
        await talk.connection.response.create(response=beside)
        done = (await talk.until("response.done"))["response"]
        assert (done["metadata"], done["conversation_id"]) == ({"topic": "greeting"}, None)
        assert done["output"][0]["content"][0]["text"] == "Good morning to you."
        assert done["output"][0]["id"] not in [event["item"]["id"] for event in talk.record.all("conversation.item.added")]
        assert (await talk.until("response.done"))["response"]["output"][0]["content"][0]["transcript"] == STORY


async def test_a_reply_that_fails_says_so_and_the_next_one_is_whole(official):
    async with conversing(official, TEXT) as talk:
        failed = await talk.ask("fail")
        assert (failed["status"], failed["status_details"]["error"]["code"]) == ("failed", talk.record.errors[0]["code"])
        assert "told to fail" in talk.record.errors[0]["message"]
        assert (await talk.ask("hello"))["status"] == "completed"


async def test_items_have_the_ids_and_places_that_their_client_wants(official):
    async with conversing(official, TEXT) as talk:
        assert (await talk.write("hello", id="mine"))["id"] == "mine"
        content = [{"type": "input_text", "text": "Be brief."}]
        first = {"id": "first", "type": "message", "role": "system", "content": content}
        await talk.connection.conversation.item.create(item=first, previous_item_id="root")
        assert (await talk.until("conversation.item.done"))["previous_item_id"] is None
        said = {"id": "said", "type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Yes?"}]}
        await talk.connection.conversation.item.create(item=said, previous_item_id="first")
        assert (await talk.until("conversation.item.done"))["previous_item_id"] == "first"
        await talk.connection.conversation.item.create(item=first, event_id="again")
        error = await talk.refused()
        assert (error["code"], error["event_id"]) == ("item_create_duplicate_item_id", "again")
        await talk.connection.conversation.item.create(item=said | {"id": "lost"}, previous_item_id="nowhere")
        assert (await talk.refused())["message"]


@pytest.mark.parametrize("kind", ["audio/pcmu", "audio/pcma"])
async def test_telephone_sound_goes_both_ways(official, kind):
    audio = {"input": {"format": {"type": kind}, "turn_detection": None}, "output": {"format": {"type": kind}}}
    async with conversing(official, {"type": "realtime", "audio": audio}) as talk:
        await talk.connection.input_audio_buffer.append(audio=base64.b64encode(bytes([0x55, 0xD5]) * 4_000).decode())
        await talk.connection.input_audio_buffer.commit()
        await talk.until("conversation.item.done")
        await talk.ask("hello")
        # Twenty letters, at a byte a sample.
        assert len(talk.record.sound()) == pytest.approx(20 * LETTER_MS * 8, rel=0.1)


async def test_a_client_secret_opens_the_conversation_that_it_was_made_for(official, url):
    made = await official.realtime.client_secrets.create(
        expires_after={"anchor": "created_at", "seconds": 60}, session=TOLD | {"instructions": "You sell tea."}
    )
    assert made.session.instructions == "You sell tea."
    async with AsyncOpenAI(base_url=f"{url}/v1", api_key=made.value) as client, conversing(client) as talk:
        assert (await talk.until("session.created"))["session"]["instructions"] == "You sell tea."
        await talk.say("hello")
        assert (await talk.until("response.done"))["response"]["status"] == "completed"


async def test_a_call_hears_its_caller_and_is_heard(server_url, clip):
    """By WebRTC, with real words: a parrot's sound does not survive the telephone's way of saving bytes."""
    # The detector of these tests takes a quiet sound within a word for a pause.
    audio = {"transcription": {"model": "whisper-1"}, "turn_detection": {"type": "server_vad", "silence_duration_ms": 900}}
    session = {"type": "realtime", "model": "echo", "audio": {"input": audio}}
    caller = Client(Clip(clip))
    record = Record()
    async with AsyncOpenAI(base_url=f"{server_url}/v1", api_key="not-needed", max_retries=0) as official:
        answer = await official.realtime.calls.create(sdp=await caller.offer(), session=session)
        await caller.accept(answer.text)
        await until(lambda: "output_audio_buffer.stopped" in "".join(caller.messages))
    await caller.leave()
    for message in caller.messages:
        record.take(message)
    record.ended()
    assert record.errors == []
    (heard,) = record.all("conversation.item.input_audio_transcription.completed")
    assert len(heard["transcript"].split()) > 2
    (reply,) = record.all("response.done")
    assert reply["response"]["output"][0]["content"][0]["transcript"].lower().startswith(heard["transcript"].lower())
    assert record.kinds.index("output_audio_buffer.started") < record.kinds.index("output_audio_buffer.stopped")
    assert abs(caller.samples).max() > 1_000


async def test_a_transcription_writes_down_turn_after_turn_and_answers_none(official):
    async with conversing(official, model=omit, extra_query={"intent": "transcription"}) as talk:
        session = await talk.update(
            {"type": "transcription", "audio": {"input": {"transcription": {"model": "gpt-4o-transcribe"}}}}
        )
        assert session["object"] == "realtime.transcription_session"
        for words in ("this is the first", "and this the second"):
            await talk.say(words)
            completed = await talk.until("conversation.item.input_audio_transcription.completed")
            assert completed["transcript"] == words
            assert completed["usage"]["seconds"] > 0
        assert not [kind for kind in talk.record.kinds if kind.startswith("response.")]
        assert talk.record.errors == []


def _ends_ms(heard):
    """When the last of these first words of the story ends, as a parrot says it: with a pause behind each sentence."""
    sentences = heard.count(".") - heard.endswith(".")
    return len(heard.replace(". ", ".")) * LETTER_MS + (sentences + 1) * BEGINNING_MS + sentences * PAUSE_MS


async def test_a_transcription_by_realtime_whisper_is_ended_by_its_client(official):
    async with conversing(official, model=omit, extra_query={"intent": "transcription", "model": "gpt-realtime-whisper"}) as talk:
        assert (await talk.until("session.created"))["session"]["audio"]["input"]["turn_detection"] is None
        await talk.say("this is all of it")
        await talk.connection.input_audio_buffer.commit()
        completed = await talk.until("conversation.item.input_audio_transcription.completed")
        assert completed["transcript"] == "this is all of it"
        assert talk.record.errors == []
