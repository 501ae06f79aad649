"""The judge of realtime events finds what is wrong."""

import pytest

from tests.realtime_record import Record
from tests.unit.realtime.rig import Rig
from voxhelm.realtime.session_config import Input, SessionConfig, Transcription

TOLD = SessionConfig("auto", input=Input(transcription=Transcription()))


@pytest.fixture
def events():
    """A turn and its reply, as they ought to be."""
    rig = Rig(TOLD)
    rig.greet()
    rig.user_says("hello there")
    rig.speak("hello to you")
    rig.end_answer()
    return rig.events


def judge(events):
    record = Record()
    for event in events:
        record.take(event)
    record.ended()


def without(events, kind):
    return [event for event in events if event["type"] != kind]


def changed(events, kind, **fields):
    return [event | fields if event["type"] == kind else event for event in events]


def test_what_is_right_is_let_through(events):
    judge(events)


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda events: events[1:],
        lambda events: [*events, events[-1]],
        lambda events: [*events, {"type": "session.renewed", "event_id": "event_new"}],
        lambda events: changed(events, "input_audio_buffer.speech_started", audio_start_ms=1.5),
        lambda events: changed(events, "input_audio_buffer.speech_started", by="me"),
        lambda events: [{key: value for key, value in event.items() if key != "item_id"} for event in events],
        lambda events: without(events, "response.created"),
        lambda events: without(events, "response.output_item.added"),
        lambda events: without(events, "response.output_item.done"),
        lambda events: without(events, "response.done"),
        lambda events: without(events, "response.output_audio_transcript.delta"),
        lambda events: without(events, "conversation.item.added"),
        lambda events: changed(events, "conversation.item.done", previous_item_id="item_nobody"),
        lambda events: changed(events, "response.output_audio_transcript.done", transcript="Something else."),
        lambda events: changed(events, "response.content_part.done", part={"type": "audio", "transcript": "Something else."}),
        lambda events: changed(events, "conversation.item.input_audio_transcription.delta", delta="hello"),
    ],
)
def test_what_is_wrong_is_found(events, spoilt):
    with pytest.raises((AssertionError, KeyError)):
        judge(spoilt(events))
