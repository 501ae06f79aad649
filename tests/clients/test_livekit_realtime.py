"""LiveKit's RealtimeModel and its STT by WebSocket, their own code in an environment of its own, against a real server."""

import pytest

from tests.clients import environments
from tests.parrots import LETTER_MS, STORY, sound_of, talking_server, words_in, write_wav
from tests.realtime_record import Record

SAID = {
    "hello": "hello over there.",
    "story": "please tell me a story.",
    "stop": "stop it right there.",
    "weather": "how is the weather in Sofia?",
}
pytestmark = [pytest.mark.slow, pytest.mark.timeout(environments.FIRST_RUN_SECONDS)]


@pytest.fixture(scope="module")
def came(tmp_path_factory):
    """What came of an agent, a conversation and two dictations."""
    python = environments.python_of("livekit")
    said = tmp_path_factory.mktemp("said")
    for name, text in SAID.items():
        write_wav(said / f"{name}.wav", sound_of(text))
    with talking_server(tmp_path_factory.mktemp("talking")) as server:
        return environments.answers([python, "-I", environments.HERE / "livekit" / "realtime.py", f"{server.url}/v1", said])


@pytest.fixture(scope="module")
def conversation(came):
    return came["conversation"]


@pytest.fixture(scope="module")
def record(conversation):
    """Its events, judged."""
    return judged(conversation["events"])


def judged(events):
    record = Record()
    for event in events:
        record.take(event)
    return record


def message(generation):
    """The one message of a reply: its words, and those that can be heard in its sound."""
    (only,) = generation["messages"]
    return only["text"], words_in(bytes.fromhex(only["sound"]))


def test_nothing_went_wrong_that_it_does_not_expect(conversation, record):
    assert conversation["errors"] == []
    # It cancels a reply that the server has cancelled already, and knows what comes then.
    assert {error["code"] for error in record.errors} <= {"response_cancel_not_active"}


def test_its_settings_are_taken(record):
    session = record.all("session.updated")[-1]["session"]
    assert session["instructions"] == "Be brief."
    assert session["audio"]["input"]["turn_detection"]["type"] == "semantic_vad"
    assert [tool["name"] for tool in session["tools"]] == ["get_weather"]


def test_who_speaks_is_heard_and_answered_in_words_and_sound(conversation):
    assert [SAID["hello"], True] in conversation["heard"]
    assert message(conversation["hello"]) == ("Good morning to you.", "Good morning to you.")
    assert conversation["hello"]["messages"][0]["modalities"] == ["audio", "text"]
    assert "RealtimeModelMetrics" in conversation["metrics"]


def test_its_functions_are_called_and_what_they_gave_is_told(conversation):
    assert conversation["asked"]["calls"] == [{"name": "get_weather", "arguments": {"city": "Sofia"}}]
    assert message(conversation["weather"])[0] == "The weather is sunny in Sofia today."
    assert conversation["weather"]["by_request"]


def test_who_interrupts_ends_the_reply_and_it_is_kept_as_far_as_it_was_heard(conversation, record):
    text, sound = message(conversation["story"])
    assert STORY.startswith(text.strip())
    assert len(sound) < len(STORY)
    (truncated,) = record.all("conversation.item.truncated")
    assert truncated["audio_end_ms"] == 900
    cut = next(event["response"] for event in record.all("response.done") if event["response"]["status"] == "cancelled")
    assert cut["status_details"]["reason"] == "turn_detected"
    assert cut["output"][0]["id"] == truncated["item_id"]
    assert len(cut["output"][0]["content"][0]["transcript"]) * LETTER_MS > 900


def test_what_an_agent_remembers_is_brought_over_without_a_time_out(conversation):
    remembered = dict(conversation["remembered"])
    assert conversation["before"][0] not in remembered
    assert (remembered["name"], remembered["asked"]) == ("The customer's name is Ann.", "hello")
    assert remembered["answered"] == "Hello, dear Ann."
    assert message(conversation["once more"])[0] == "Good morning to you."
    assert conversation["once more"]["by_request"]


def test_a_whole_agent_hears_acts_is_interrupted_and_goes_on(came):
    """LiveKit's own session around the model, which plays and says how far it came."""
    agent = came["agent"]
    record = judged(agent["events"])
    assert agent["errors"] == []
    assert {error["code"] for error in record.errors} <= {"response_cancel_not_active"}
    texts = agent["texts"]
    assert texts[:6] == [
        ["user", SAID["hello"]],
        ["assistant", "Good morning to you."],
        ["user", SAID["weather"]],
        ["assistant", "Let me see."],
        ["assistant", "The weather is sunny in Sofia today."],
        ["user", SAID["story"]],
    ]
    assert texts[-2:] == [["user", SAID["stop"]], ["assistant", "I have not understood you."]]
    (truncated,) = record.all("conversation.item.truncated")
    (retrieved,) = record.all("conversation.item.retrieved")
    kept = retrieved["item"]["content"][0]["transcript"]
    assert STORY.startswith(f"{kept} ")
    assert 1_000 < truncated["audio_end_ms"] < 4_000
    assert len(kept) * LETTER_MS < truncated["audio_end_ms"]


@pytest.mark.parametrize("dictation", ["dictation", "dictation by whisper"])
def test_sentence_after_sentence_is_written_down(came, dictation):
    found = came[dictation]
    assert found["finals"] == [[SAID["hello"], "en"], [SAID["story"], "en"]]
    assert [kind for kind in found["kinds"] if kind != "interim_transcript"] == [
        "start_of_speech",
        "end_of_speech",
        "final_transcript",
        "recognition_usage",
    ] * 2
    assert all(seconds > 0.2 for seconds in found["seconds"])
