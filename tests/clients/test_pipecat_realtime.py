"""Pipecat's realtime service, its own code in an environment of its own, in real pipelines against a real server."""

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
    """What came of two conversations."""
    python = environments.python_of("pipecat")
    said = tmp_path_factory.mktemp("said")
    for name, text in SAID.items():
        write_wav(said / f"{name}.wav", sound_of(text))
    with talking_server(tmp_path_factory.mktemp("talking")) as server:
        url = f"{server.url.replace('http', 'ws', 1)}/v1/realtime"
        return environments.answers([python, "-I", environments.HERE / "pipecat" / "realtime.py", url, said])


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


def test_nothing_comes_up_the_pipeline_that_ends_it(conversation, record):
    assert conversation["errors"] == []
    assert {error["code"] for error in record.errors} == {"item_retrieve_invalid_item_id"}
    assert "item_of_nobody" in conversation["unknown"]


def test_its_settings_are_taken(record):
    session = record.all("session.updated")[-1]["session"]
    assert session["instructions"] == "Be brief."
    assert session["audio"]["input"]["turn_detection"]["type"] == "semantic_vad"
    assert session["audio"]["input"]["noise_reduction"] == {"type": "near_field"}
    assert [tool["name"] for tool in session["tools"]] == ["get_weather"]


def test_what_is_said_comes_up_the_pipeline_and_the_replies_are_played(conversation):
    assert conversation["transcripts"] == [SAID["weather"], SAID["story"], SAID["stop"], SAID["hello"]]
    assert words_in(bytes.fromhex(conversation["played"])).startswith("Good morning to yo")


def test_its_functions_are_called_and_what_they_gave_is_told(conversation):
    context = [message.get("content") for message in conversation["context"]]
    assert "Let me see." in context
    assert any("sunny in Sofia" in str(text) for text in context if text and text.startswith("The weather is"))


def test_who_interrupts_ends_the_reply_and_it_is_kept_as_far_as_it_was_heard(conversation, record):
    (truncated,) = record.all("conversation.item.truncated")
    (cut,) = [event["response"] for event in record.all("response.done") if event["response"]["status"] == "cancelled"]
    assert cut["output"][0]["id"] == truncated["item_id"]
    (kept,) = conversation["kept"]
    assert STORY.startswith(f"{kept} ")
    assert 0 < len(kept) * LETTER_MS <= truncated["audio_end_ms"]


def test_a_pipeline_may_say_itself_whose_turn_it_is(came):
    found = came["push to talk"]
    record = judged(found["events"])
    assert found["errors"] == []
    # It cancels replies that nobody gives; the code is one that it lets pass.
    assert {error["code"] for error in record.errors} == {"response_cancel_not_active"}
    assert [event["response"]["status"] for event in record.all("response.done")] == ["completed"] * 2
    heard = [event["transcript"] for event in record.all("conversation.item.input_audio_transcription.completed")]
    assert heard == [SAID["hello"]] * 2
