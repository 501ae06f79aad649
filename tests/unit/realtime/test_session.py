"""The sequences of OpenAI's Realtime API, and what becomes of words that were not heard."""

import base64

import pytest

from tests.unit.realtime.rig import Rig, kinds
from voxhelm.assistant.answer import AnswerUsage
from voxhelm.domain.pcm import Pcm
from voxhelm.realtime import happenings as happening
from voxhelm.realtime.effects import (
    DropHearing,
    Duck,
    EndPlay,
    Hangup,
    Hush,
    JudgeTurn,
    Play,
    StartWatching,
    StopAnswer,
    StopWatching,
)
from voxhelm.realtime.face import Heard
from voxhelm.realtime.limits import SessionLimits
from voxhelm.realtime.session import Session
from voxhelm.realtime.session_config import Input, Kind, SemanticVad, ServerVad, SessionConfig, Transcription
from voxhelm.realtime.spans import Span

TOLD = SessionConfig("auto", input=Input(transcription=Transcription()))
BY_HAND = SessionConfig("auto", input=Input(turn_detection=None))
SEMANTIC = SessionConfig("auto", input=Input(turn_detection=SemanticVad(), transcription=Transcription(language="en")))


def error_of(events):
    assert kinds(events) == ["error"]
    return events[0]["error"]


def test_a_session_begins_with_its_settings_in_full():
    events = Rig().greet()
    assert kinds(events) == ["session.created", "conversation.created"]
    session = events[0]["session"]
    assert session["type"] == "realtime"
    assert session["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 500
    assert session["audio"]["output"] == {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "alloy", "speed": 1.0}


def test_a_spoken_turn_and_its_reply_are_told_in_the_order_of_the_contract():
    rig = Rig(TOLD)
    rig.user_says("hello there")
    rig.speak("hello to you")
    rig.end_answer()
    assert kinds(rig.events) == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "conversation.item.input_audio_transcription.delta",
        "conversation.item.input_audio_transcription.completed",
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_audio_transcript.delta",
        "response.output_audio.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "response.output_item.done",
        "conversation.item.done",
        "response.done",
    ]
    done = rig.events[-1]["response"]
    assert done["status"] == "completed"
    assert done["output"][0]["content"] == [{"type": "output_audio", "transcript": "hello to you"}]
    assert rig.question == [("user", "hello there")]
    by_kind = {event["type"]: event for event in rig.events}
    assert by_kind["input_audio_buffer.committed"]["previous_item_id"] is None
    assert by_kind["response.content_part.done"]["part"] == {"type": "audio", "transcript": "hello to you"}


def test_every_event_has_an_id_of_its_own():
    rig = Rig(TOLD)
    rig.user_says("hello")
    rig.speak("hi")
    rig.end_answer()
    ids = [event["event_id"] for event in rig.events]
    assert len(set(ids)) == len(ids)


def test_speech_begins_with_what_came_just_before_the_voice():
    rig = Rig()
    rig.silence(640)
    events = rig.voice(320)
    assert events[0]["audio_start_ms"] == 640 - 300


def test_a_click_is_no_speech():
    rig = Rig()
    rig.silence(320)
    assert rig.voice(32) == []
    assert rig.silence(640) == []


def test_a_cough_gets_no_reply():
    rig = Rig(TOLD)
    rig.user_says("  ")
    assert "response.created" not in kinds(rig.events)
    assert kinds(rig.events)[-1].endswith("transcription.completed")


def test_who_speaks_again_is_answered_once_for_all_of_it():
    rig = Rig()
    rig.voice(320)
    rig.silence(544)
    first = rig.finished[-1]
    rig.voice(320)
    assert rig.understood("what is", first) == []
    rig.silence(544)
    rig.understood("the time")
    assert rig.question == [("user", "what is"), ("user", "the time")]


def test_without_create_response_nobody_answers_unasked():
    rig = Rig(SessionConfig("auto", input=Input(turn_detection=ServerVad(create_response=False))))
    rig.user_says("hello")
    assert "response.created" not in kinds(rig.events)
    assert kinds(rig.say("response.create")) == ["response.created"]


def test_speaking_over_a_reply_stops_it_before_anything_else():
    rig = Rig()
    rig.user_says("tell me a story")
    rig.speak("once upon a time there was")
    events = rig.voice(96)
    assert kinds(events) == [
        "input_audio_buffer.speech_started",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "response.output_item.done",
        "conversation.item.done",
        "response.done",
    ]
    assert events[-1]["response"]["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
    assert rig.wants(StopAnswer)[-1].response_id == rig.asked[-1]


def test_the_context_holds_exactly_the_words_that_were_heard_where_the_client_plays():
    rig = Rig()
    rig.user_says("tell me a story")
    told = rig.speak("once upon a time there was")
    item_id = next(event["item_id"] for event in told if event["type"] == "response.output_audio.delta")
    rig.voice(96)
    events = rig.say("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=350)
    assert events[0] | {"event_id": ""} == {
        "type": "conversation.item.truncated",
        "event_id": "",
        "item_id": item_id,
        "content_index": 0,
        "audio_end_ms": 350,
    }
    rig.silence(640)
    rig.understood("go on")
    assert rig.question == [("user", "tell me a story"), ("assistant", "once upon a"), ("user", "go on")]
    retrieved = rig.say("conversation.item.retrieve", item_id=item_id)[0]["item"]["content"][0]
    assert retrieved["transcript"] == "once upon a"
    assert len(base64.b64decode(retrieved["audio"])) == 350 * 48


def test_the_context_holds_exactly_the_words_that_were_heard_where_the_server_plays():
    rig = Rig()
    rig.happen(happening.FaceChanged(attached=True, plays=True))
    rig.user_says("tell me a story")
    told = rig.speak("once upon a time there was")
    assert "output_audio_buffer.started" in kinds(told)
    assert "response.output_audio.delta" not in kinds(told)
    item_id = rig.wants(Play)[-1].item_id
    rig.heard = Heard(item_id, 299.0)
    events = rig.voice(96)
    assert kinds(events)[-3:] == ["response.done", "output_audio_buffer.cleared", "conversation.item.truncated"]
    assert rig.wants(Hush)
    rig.silence(640)
    rig.understood("go on")
    assert rig.question[1] == ("assistant", "once upon")


def test_a_reply_that_is_still_played_after_it_was_made_is_truncated_too():
    rig = Rig()
    rig.happen(happening.FaceChanged(attached=True, plays=True))
    rig.user_says("hello")
    rig.speak("one two three four")
    rig.end_answer()
    assert rig.wants(EndPlay)
    rig.heard = Heard(rig.wants(Play)[-1].item_id, 200.0)
    assert kinds(rig.voice(96)) == [
        "input_audio_buffer.speech_started",
        "output_audio_buffer.cleared",
        "conversation.item.truncated",
    ]
    rig.silence(640)
    rig.understood("stop")
    assert rig.question[1] == ("assistant", "one two")


def test_what_was_played_to_its_end_is_not_truncated():
    rig = Rig()
    rig.happen(happening.FaceChanged(attached=True, plays=True))
    rig.user_says("hello")
    rig.speak("one two")
    rig.end_answer()
    item_id = rig.wants(Play)[-1].item_id
    assert kinds(rig.happen(happening.Drained(item_id))) == ["output_audio_buffer.stopped"]
    rig.heard = Heard(item_id, 190.0)
    assert kinds(rig.voice(96)) == ["input_audio_buffer.speech_started"]


def test_words_that_the_engine_has_not_timed_yet_count_by_their_letters():
    rig = Rig()
    rig.user_says("hello")
    pcm = Pcm.silence(1.0, 24_000)
    told = rig.happen(happening.AnswerSpeech(rig.asked[-1], pcm, pcm.to_bytes(), (), "abcd efgh ijkl mnop"))
    item_id = told[0]["item"]["id"]
    rig.voice(96)
    rig.say("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=700)
    rig.silence(640)
    rig.understood("go on")
    assert rig.question[1] == ("assistant", "abcd efgh")


def test_truncating_to_nothing_leaves_no_word():
    rig = Rig()
    rig.user_says("hello")
    item_id = rig.speak("one two")[0]["item"]["id"]
    rig.voice(96)
    rig.say("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=0)
    rig.silence(640)
    rig.understood("again")
    assert rig.question == [("user", "hello"), ("user", "again")]


def test_more_than_there_is_cannot_have_been_heard():
    rig = Rig()
    rig.user_says("hello")
    item_id = rig.speak("one two")[0]["item"]["id"]
    rig.end_answer()
    error = error_of(rig.say("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=900, event_id="mine"))
    assert "already shorter than" in error["message"]
    assert error["event_id"] == "mine"
    assert (
        error_of(rig.say("conversation.item.truncate", item_id="item_1", content_index=0, audio_end_ms=1))["code"]
        == "invalid_value"
    )
    unknown = error_of(rig.say("conversation.item.truncate", item_id="nope", content_index=0, audio_end_ms=1))
    assert unknown["code"] == "item_truncate_invalid_item_id"


def test_without_interrupt_response_a_reply_goes_on_and_the_next_one_follows():
    rig = Rig(SessionConfig("auto", input=Input(turn_detection=ServerVad(interrupt_response=False))))
    rig.user_says("hello")
    rig.speak("one two")
    rig.user_says("and you")
    assert len(rig.asked) == 1
    assert kinds(rig.end_answer())[-2:] == ["response.done", "response.created"]
    assert rig.question == [("user", "hello"), ("assistant", "one two"), ("user", "and you")]


def test_push_to_talk():
    rig = Rig(BY_HAND)
    assert error_of(rig.say("input_audio_buffer.commit"))["code"] == "input_audio_buffer_commit_empty"
    rig.append(400)
    assert kinds(rig.say("input_audio_buffer.commit")) == [
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
    ]
    assert kinds(rig.say("response.create")) == ["response.created"]
    assert rig.asked == []  # it waits for what was said
    rig.understood("turn on the light")
    assert rig.question == [("user", "turn on the light")]


def test_words_of_push_to_talk_are_told_while_the_key_is_held():
    rig = Rig(SessionConfig("auto", input=Input(turn_detection=None, transcription=Transcription())))
    rig.append(200)
    told = rig.happen(happening.HeardPartly(rig.opened[-1], "turn "))
    assert told[0]["delta"] == "turn "
    rig.append(200)
    committed = rig.say("input_audio_buffer.commit")
    assert committed[0]["item_id"] == told[0]["item_id"]
    events = rig.understood("turn on")
    assert [event.get("delta") or event.get("transcript") for event in events] == ["on", "turn on"]


def test_a_cleared_buffer_is_forgotten():
    rig = Rig(BY_HAND)
    rig.append(400)
    assert kinds(rig.say("input_audio_buffer.clear")) == ["input_audio_buffer.cleared"]
    assert error_of(rig.say("input_audio_buffer.commit"))["code"] == "input_audio_buffer_commit_empty"


def test_what_comes_of_a_dropped_utterance_is_not_heard():
    rig = Rig(TOLD)
    rig.voice(320)
    dropped = rig.opened[-1]
    rig.say("input_audio_buffer.clear")
    assert rig.wants(DropHearing)[-1].item_id == dropped
    assert rig.happen(happening.HeardPartly(dropped, "too ")) == []
    assert rig.understood("too late", dropped) == []


def test_no_more_is_told_of_an_utterance_that_has_been_heard():
    rig = Rig(TOLD)
    rig.user_says("hello there")
    assert rig.happen(happening.HeardPartly(rig.finished[-1], "hello")) == []


def test_an_odd_number_of_bytes_is_no_sound():
    error = error_of(Rig().say("input_audio_buffer.append", audio=base64.b64encode(b"abc").decode()))
    assert error["param"] == "audio"
    assert error_of(Rig().say("input_audio_buffer.append", audio="@@"))["code"] == "invalid_base64"


def test_g711_is_understood():
    rig = Rig(BY_HAND)
    rig.say("session.update", session={"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcmu"}}}})
    for _ in range(10):
        rig.say("input_audio_buffer.append", audio=base64.b64encode(b"\xff" * 160).decode())
    rig.say("input_audio_buffer.commit")
    assert 0.15 < rig.wants(type(rig.effects[-1]))[-1].seconds < 0.21


def test_a_text_conversation():
    rig = Rig(SessionConfig("auto", output_modality="text"))
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]}
    assert kinds(rig.say("conversation.item.create", item=item)) == ["conversation.item.added", "conversation.item.done"]
    rig.say("response.create")
    events = rig.happen(happening.AnswerText(rig.asked[-1], "hi"))
    assert kinds(events) == [
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_text.delta",
    ]
    assert events[2]["part"] == {"type": "text", "text": ""}
    assert kinds(rig.end_answer())[:2] == ["response.output_text.done", "response.content_part.done"]


def test_items_are_put_in_their_place():
    rig = Rig()

    def put(item_id, text, **more):
        content = [{"type": "input_text", "text": text}]
        return rig.say(
            "conversation.item.create", item={"id": item_id, "type": "message", "role": "user", "content": content}, **more
        )

    put("b", "second")
    put("a", "first", previous_item_id="root")
    put("c", "third", previous_item_id="b")
    assert error_of(put("b", "again"))["code"] == "item_create_duplicate_item_id"
    assert error_of(put("x", "lost", previous_item_id="nowhere"))["param"] == "previous_item_id"
    rig.say("response.create")
    assert [text for _, text in rig.question] == ["first", "second", "third"]
    assert kinds(rig.say("conversation.item.delete", item_id="b")) == ["conversation.item.deleted"]
    assert error_of(rig.say("conversation.item.delete", item_id="b"))["code"] == "item_delete_invalid_item_id"
    assert error_of(rig.say("conversation.item.retrieve", item_id="b"))["code"] == "item_retrieve_invalid_item_id"


def test_sound_in_an_item_is_heard_before_it_is_answered():
    rig = Rig()
    audio = base64.b64encode(bytes(4800)).decode()
    item = {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": audio}]}
    rig.say("conversation.item.create", item=item)
    rig.say("response.create")
    assert rig.asked == []
    rig.understood("from a file")
    assert rig.question == [("user", "from a file")]


def test_one_reply_at_a_time_and_out_of_band_ones_beside_it():
    rig = Rig()
    rig.user_says("hello")
    assert error_of(rig.say("response.create"))["code"] == "conversation_already_has_active_response"
    aside = rig.say(
        "response.create",
        response={"conversation": "none", "output_modalities": ["text"], "metadata": {"topic": "mood"}, "input": []},
    )
    assert aside[0]["response"]["conversation_id"] is None
    assert aside[0]["response"]["metadata"] == {"topic": "mood"}
    events = rig.happen(happening.AnswerText(aside[0]["response"]["id"], "cheerful"))
    assert "conversation.item.added" not in kinds(events)
    assert kinds(rig.end_answer(aside[0]["response"]["id"]))[-1] == "response.done"


def test_cancelling():
    rig = Rig()
    error = error_of(rig.say("response.cancel"))
    assert (error["code"], error["message"][:19]) == ("response_cancel_not_active", "Cancellation failed")
    rig.user_says("hello")
    rig.speak("one two")
    events = rig.say("response.cancel")
    assert events[-1]["response"]["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}
    assert rig.speak("three", response_id=rig.asked[-1]) == []


def test_tools_are_called_and_answered():
    rig = Rig()
    rig.user_says("what time is it")
    reply = rig.asked[-1]
    events = rig.happen(happening.AnswerCall(reply, "call_9", '{"zone":', name="clock"))
    events += rig.happen(happening.AnswerCall(reply, "call_9", '"utc"}', ended=True))
    events += rig.end_answer()
    assert kinds(events) == [
        "response.output_item.added",
        "conversation.item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.output_item.done",
        "conversation.item.done",
        "response.done",
    ]
    assert events[4]["name"] == "clock"
    assert events[4]["arguments"] == '{"zone":"utc"}'
    rig.say("conversation.item.create", item={"type": "function_call_output", "call_id": "call_9", "output": "noon"})
    rig.say("response.create")
    assert [type(entry).__name__ for entry in rig.wants(type(rig.effects[-1]))[-1].question.entries] == [
        "Message",
        "ToolCall",
        "ToolOutput",
    ]


def test_an_incomplete_answer_says_why():
    rig = Rig()
    rig.user_says("hello")
    rig.speak("one")
    events = rig.happen(happening.AnswerEnded(rig.asked[-1], AnswerUsage(3, 4, 0, "max_output_tokens")))
    assert events[-1]["response"]["status"] == "incomplete"
    assert events[-1]["response"]["status_details"]["reason"] == "max_output_tokens"
    assert events[-1]["response"]["usage"]["total_tokens"] == 7


def test_a_voice_that_dies_in_mid_sentence_fails_its_reply_and_nothing_else():
    rig = Rig()
    rig.user_says("hello")
    rig.speak("one two")
    events = rig.happen(happening.AnswerFailed(rig.asked[-1], "engine_crashed", "It died."))
    assert events[0]["error"]["code"] == "engine_crashed"
    assert events[-1]["response"]["status"] == "failed"
    assert events[-1]["response"]["status_details"]["error"]["code"] == "engine_crashed"
    rig.user_says("still there")
    assert rig.question[1] == ("assistant", "one two")


def test_what_cannot_be_heard_is_told_and_gets_no_reply():
    rig = Rig(TOLD)
    rig.voice(640)
    rig.silence(544)
    events = rig.happen(happening.HearingFailed(rig.finished[-1], "engine_failed", "It failed."))
    assert kinds(events) == ["conversation.item.input_audio_transcription.failed"]
    assert events[0]["error"] == {"type": "server_error", "code": "engine_failed", "message": "It failed."}


def test_a_reply_that_does_not_get_on_is_given_up():
    rig = Rig(limits=SessionLimits(stalled_seconds=5.0))
    rig.user_says("hello")
    rig.speak("one")
    rig.now += 5.0
    assert rig.session.wake_at_seconds <= rig.now
    events = rig.happen(happening.Tick())
    assert events[0]["error"]["code"] == "response_stalled"
    assert events[-1]["response"]["status"] == "failed"
    assert rig.wants(StopAnswer)


def test_a_reply_that_waits_for_ears_for_ever_is_given_up_too():
    rig = Rig(BY_HAND, limits=SessionLimits(stalled_seconds=5.0))
    rig.append(400)
    rig.say("input_audio_buffer.commit")
    rig.say("response.create")
    rig.now += 5.0
    assert rig.happen(happening.Tick())[-1]["response"]["status"] == "failed"
    assert rig.wants(DropHearing)


def test_a_session_ends_when_its_time_is_over():
    rig = Rig(limits=SessionLimits(longest_session_seconds=60.0))
    rig.now += 60.0
    events = rig.happen(happening.Tick())
    assert events[0]["error"]["code"] == "session_expired"
    assert rig.wants(Hangup)


def test_who_says_nothing_for_long_is_spoken_to():
    rig = Rig(SessionConfig("auto", input=Input(turn_detection=ServerVad(idle_timeout_ms=6000))))
    rig.user_says("hello")
    rig.speak("one two three four five six seven eight nine ten")
    rig.end_answer()
    done = rig.now
    # The reply takes a second to be heard.
    assert rig.session.wake_at_seconds == pytest.approx(done + 1.0 + 6.0, abs=0.01)
    rig.now = rig.session.wake_at_seconds
    events = rig.happen(happening.Tick())
    assert kinds(events) == [
        "input_audio_buffer.timeout_triggered",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
    ]


def test_settings_change_only_where_they_are_named():
    rig = Rig(TOLD)
    session = rig.say(
        "session.update", session={"type": "realtime", "instructions": "Be brief.", "tracing": "auto", "unheard_of": 1}
    )[0]["session"]
    assert session["instructions"] == "Be brief."
    assert session["tracing"] == "auto"
    assert session["audio"]["input"]["transcription"]["model"] == "auto"
    session = rig.say("session.update", session={"type": "realtime", "audio": {"input": {"turn_detection": None}}})[0]["session"]
    assert session["audio"]["input"]["turn_detection"] is None
    assert session["instructions"] == "Be brief."
    error = error_of(rig.say("session.update", session={"type": "realtime", "audio": {"output": {"speed": 9}}}))
    assert error["param"] == "session.audio.output.speed"


def test_a_voice_that_was_heard_stays():
    rig = Rig()
    change = {"type": "realtime", "audio": {"output": {"voice": "echo"}}}
    assert kinds(rig.say("session.update", session=change)) == ["session.updated"]
    rig.user_says("hello")
    rig.speak("one")
    other = {"type": "realtime", "audio": {"output": {"voice": "nova"}}}
    assert error_of(rig.say("session.update", session=other))["code"] == "cannot_update_voice"
    assert kinds(rig.say("session.update", session=change)) == ["session.updated"]


def test_voices_are_looked_for_only_where_somebody_wants_that():
    rig = Rig()
    rig.append(100)
    assert len(rig.wants(StartWatching)) == 1
    rig.say("session.update", session={"type": "realtime", "audio": {"input": {"turn_detection": None}}})
    assert len(rig.wants(StopWatching)) == 1


def test_a_transcription_session_writes_down_and_never_answers():
    rig = Rig(SessionConfig("auto", Kind.TRANSCRIPTION, input=Input(transcription=Transcription())))
    assert kinds(rig.greet()) == ["session.created"]
    assert rig.events[0]["session"]["object"] == "realtime.transcription_session"
    rig.user_says("write this")
    assert kinds(rig.events)[-2:] == [
        "conversation.item.input_audio_transcription.delta",
        "conversation.item.input_audio_transcription.completed",
    ]
    assert kinds(rig.say("response.create")) == ["error"]


def test_what_was_told_of_an_utterance_is_not_taken_back():
    rig = Rig(TOLD)
    rig.voice(320)
    rig.happen(happening.HeardPartly(rig.opened[-1], "hello "))
    rig.silence(544)
    events = rig.understood("yellow world")
    assert [event["type"].rpartition(".")[2] for event in events if "transcription" in event["type"]] == ["completed"]


def test_a_listeners_word_does_not_stop_a_reply():
    rig = Rig(SEMANTIC)
    rig.happen(happening.FaceChanged(attached=True, plays=True))
    say_and_answer(rig)
    assert rig.voice(192) == []
    assert rig.wants(Duck)[-1].gain < 1
    assert rig.silence(192) == []
    assert rig.understood("mm-hm", rig.finished[-1]) == []
    assert rig.wants(Duck)[-1].gain == 1.0
    assert not rig.wants(StopAnswer)


def test_a_word_that_wants_the_floor_gets_it():
    rig = Rig(SEMANTIC)
    rig.happen(happening.FaceChanged(attached=True, plays=True))
    say_and_answer(rig)
    rig.voice(192)
    rig.silence(192)
    rig.heard = Heard(rig.wants(Play)[-1].item_id, 150.0)
    events = rig.understood("stop", rig.finished[-1])
    assert kinds(events)[0] == "input_audio_buffer.speech_started"
    assert "output_audio_buffer.cleared" in kinds(events)
    assert rig.wants(Duck)[-1].gain == 1.0


def test_who_goes_on_speaking_is_not_kept_waiting_for_long():
    rig = Rig(SEMANTIC)
    say_and_answer(rig)
    events = rig.voice(640)
    assert kinds(events)[0] == "input_audio_buffer.speech_started"


def test_words_decide_before_the_time_is_over():
    rig = Rig(SEMANTIC)
    say_and_answer(rig)
    rig.voice(192)
    events = rig.happen(happening.HeardPartly(rig.opened[-1], "wait a"))
    assert kinds(events)[0] == "input_audio_buffer.speech_started"


def test_words_that_may_yet_be_a_listeners_decide_nothing_while_their_language_is_not_known():
    rig = Rig(SEMANTIC)
    rig.happen(happening.FaceChanged(attached=True, plays=True))
    say_and_answer(rig)
    rig.voice(192)
    assert rig.happen(happening.HeardPartly(rig.opened[-1], "That's")) == []
    rig.silence(192)
    assert rig.understood("That's right.", rig.finished[-1]) == []
    assert not rig.wants(StopAnswer)


def say_and_answer(rig: Rig):
    """A turn that sounds finished, and a reply under way."""
    rig.voice(320)
    rig.silence(192)
    rig.happen(happening.TurnJudged(rig.opened[-1], rig.wants(JudgeTurn)[-1].number, 1.0))
    rig.silence(128)
    rig.understood("tell me everything")
    rig.speak("one two three four five six seven eight nine ten", word_ms=500)


def test_a_turn_that_sounds_finished_ends_soon_and_another_one_is_waited_for():
    rig = Rig(SEMANTIC)
    rig.voice(320)
    rig.silence(192)
    rig.happen(happening.TurnJudged(rig.opened[-1], 1, 1.0))
    assert "input_audio_buffer.speech_stopped" in kinds(rig.silence(96))
    rig = Rig(SEMANTIC)
    rig.voice(320)
    rig.silence(192)
    rig.happen(happening.TurnJudged(rig.opened[-1], 1, 0.0))
    assert rig.silence(3000) == []
    assert "input_audio_buffer.speech_stopped" in kinds(rig.silence(2000))


def test_a_judgement_of_an_earlier_pause_counts_no_more():
    rig = Rig(SEMANTIC)
    rig.voice(320)
    rig.silence(192)
    rig.voice(320)
    rig.happen(happening.TurnJudged(rig.opened[-1], 1, 1.0))
    assert rig.silence(1000) == []


def test_a_client_that_is_gone_for_the_moment_is_not_taken_for_a_speaker():
    rig = Rig(TOLD)
    rig.voice(320)
    rig.happen(happening.FaceChanged(attached=False))
    assert rig.wants(DropHearing)
    assert rig.session.at_turn_boundary
    rig.happen(happening.FaceChanged(attached=True))
    rig.voice(640)
    assert kinds(rig.events)[-1] == "input_audio_buffer.speech_started"


def test_a_client_that_comes_by_another_way_before_it_was_missed_says_again_what_it_was_saying():
    rig = Rig(TOLD)
    rig.voice(320)
    rig.happen(happening.FaceChanged(attached=True))
    assert rig.wants(DropHearing)[-1].item_id == rig.opened[-1]
    assert rig.session.at_turn_boundary


def test_somebody_who_speaks_without_end_is_cut_and_not_lost():
    rig = Rig(limits=SessionLimits(longest_input_seconds=2.0))
    rig.voice(4000)
    assert "input_audio_buffer.committed" in kinds(rig.events)
    rig = Rig(BY_HAND, limits=SessionLimits(longest_input_seconds=2.0))
    rig.append(1500)
    assert error_of(rig.append(1500))["code"] == "input_audio_buffer_full"
    assert kinds(rig.say("input_audio_buffer.commit"))[0] == "input_audio_buffer.committed"


def test_the_sound_of_a_conversation_is_bounded():
    rig = Rig(BY_HAND, limits=SessionLimits(kept_audio_bytes=48_000))
    for _ in range(4):
        rig.append(500)
        rig.say("input_audio_buffer.commit")
    assert sum(len(part.audio) for item in rig.session.conversation for part in item.content) <= 48_000
    first = next(iter(rig.session.conversation))
    assert "audio" not in rig.say("conversation.item.retrieve", item_id=first.id)[0]["item"]["content"][0]


def test_a_session_goes_on_in_another_process():
    rig = Rig(TOLD)
    rig.say("session.update", session={"type": "realtime", "instructions": "Be brief.", "audio": {"output": {"voice": "echo"}}})
    rig.user_says("remember this")
    rig.speak("I shall")
    rig.end_answer()
    rig.now += 10
    assert rig.session.at_turn_boundary
    before = [(item.id, item.text) for item in rig.session.conversation]
    again = Session.restore(rig.session.snapshot(rig.now), rig.session._ids, SessionLimits(), 7.0)
    assert [(item.id, item.text) for item in again.conversation] == before
    assert again.told() == rig.session.told()
    assert next(iter(again.conversation)).content[0].audio
    assert list(again.conversation)[1].content[0].spans[0] == Span("I ", 0.0, 100.0)
    rest = Rig(session=again)
    rest.user_says("go on")
    assert rest.question[:2] == [("user", "remember this"), ("assistant", "I shall")]


def test_a_damaged_snapshot_is_refused():
    with pytest.raises(ValueError, match=r".+"):
        Session.restore(b"\x93garbage", lambda kind: kind, SessionLimits(), 0.0)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("{", "invalid_json"),
        ("[]", "invalid_json"),
        ('{"event_id": "e"}', "missing_required_parameter"),
        ('{"type": "response.wish"}', "invalid_value"),
        ('{"type": "conversation.item.delete"}', "missing_required_parameter"),
        ('{"type": "conversation.item.delete", "item_id": 7}', "invalid_type"),
    ],
)
def test_what_says_nothing_is_refused_in_words(data, code):
    from voxhelm.realtime.client_events import InvalidEvent, parse

    with pytest.raises(InvalidEvent) as refused:
        parse(data)
    assert refused.value.code == code


def test_a_truncation_that_is_refused_stops_nothing():
    rig = Rig()
    rig.user_says("hello")
    item_id = rig.speak("one two")[0]["item"]["id"]
    assert error_of(rig.say("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=9000))
    assert not rig.wants(StopAnswer)
    assert kinds(rig.end_answer())[-1] == "response.done"


def test_a_reply_whose_player_is_gone_ends_with_what_was_heard():
    rig = Rig()
    rig.happen(happening.FaceChanged(attached=True, plays=True))
    rig.user_says("hello")
    rig.speak("one two three")
    rig.heard = Heard(rig.wants(Play)[-1].item_id, 200.0)
    events = rig.happen(happening.FaceChanged(attached=False))
    assert kinds(events)[-3:] == ["response.done", "output_audio_buffer.cleared", "conversation.item.truncated"]
    assert rig.speak("four", response_id=rig.asked[-1]) == []
    rig.happen(happening.FaceChanged(attached=True))
    rig.heard = None
    rig.user_says("go on")
    assert rig.question[1] == ("assistant", "one two")


def test_two_turns_that_are_heard_in_the_wrong_order_get_one_reply():
    rig = Rig()
    rig.voice(320)
    rig.silence(544)
    first = rig.finished[-1]
    rig.voice(320)
    rig.silence(544)
    assert rig.understood("the time") == []
    rig.understood("what is", first)
    assert rig.question == [("user", "what is"), ("user", "the time")]
    rig.speak("noon")
    assert kinds(rig.end_answer())[-1] == "response.done"
    assert len(rig.asked) == 1


def test_a_cough_behind_a_question_takes_nothing_from_it():
    rig = Rig()
    rig.voice(320)
    rig.silence(544)
    first = rig.finished[-1]
    rig.voice(320)
    rig.understood("what is the time", first)
    assert rig.asked == []
    rig.silence(544)
    rig.understood("")
    assert rig.question == [("user", "what is the time")]


def test_cancelling_a_reply_out_of_band_takes_nothing_from_the_conversation():
    rig = Rig(SessionConfig("auto", input=Input(turn_detection=ServerVad(interrupt_response=False))))
    rig.user_says("hello")
    rig.speak("one two")
    aside = rig.say("response.create", response={"conversation": "none", "input": []})[0]["response"]["id"]
    rig.user_says("and you")
    rig.say("response.cancel", response_id=aside)
    assert kinds(rig.end_answer(rig.asked[0]))[-1] == "response.created"


def test_who_cancels_a_reply_and_says_nothing_more_is_spoken_to_all_the_same():
    rig = Rig(SessionConfig("auto", input=Input(turn_detection=ServerVad(idle_timeout_ms=6000))))
    rig.user_says("hello")
    rig.speak("one two")
    rig.say("response.cancel")
    assert rig.session.wake_at_seconds <= rig.now + 0.2 + 6.0


def test_who_only_coughs_into_a_reply_is_spoken_to_all_the_same():
    rig = Rig(SessionConfig("auto", input=Input(turn_detection=ServerVad(idle_timeout_ms=6000))))
    rig.user_says("hello")
    rig.speak("one two")
    rig.user_says("")
    assert rig.session.wake_at_seconds <= rig.now + 6.0


def test_who_has_only_coughed_so_far_is_not_spoken_to():
    rig = Rig(SessionConfig("auto", input=Input(turn_detection=ServerVad(idle_timeout_ms=6000))))
    rig.user_says("")
    assert rig.session.wake_at_seconds > rig.now + 60.0
