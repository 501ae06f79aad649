"""OpenAI's agents library for JavaScript in a realtime conversation over a WebSocket, as it comes, from Node."""

import pytest

from tests.clients import environments
from tests.parrots import LETTER_MS, STORY, sound_of, talking_server, write_wav
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
    """What came of one conversation."""
    program, modules = environments.node(), environments.node_modules()
    said = tmp_path_factory.mktemp("said")
    for name, text in SAID.items():
        write_wav(said / f"{name}.wav", sound_of(text))
    with talking_server(tmp_path_factory.mktemp("talking")) as server:
        url = f"{server.url.replace('http', 'ws', 1)}/v1/realtime"
        return environments.answers([program, environments.HERE / "node" / "realtime.mjs", modules, url, said])


@pytest.fixture(scope="module")
def record(came):
    """The same, judged."""
    record = Record()
    for event in came["events"]:
        record.take(event)
    return record


def test_every_event_is_what_both_libraries_know_and_nothing_went_wrong(came, record):
    assert came["errors"] == []
    assert record.errors == []
    assert came["unknown"] == []


def test_its_settings_are_taken(record):
    session = record.all("session.updated")[-1]["session"]
    assert session["instructions"] == "Be brief."
    assert session["audio"]["output"]["voice"] == "marin"
    assert session["audio"]["input"]["turn_detection"]["type"] == "semantic_vad"
    assert [tool["name"] for tool in session["tools"]] == ["get_weather"]


def test_both_sides_of_what_is_said_are_in_its_history(came):
    assert came["afterHello"] == [["message", "user", SAID["hello"]], ["message", "assistant", "Good morning to you."]]


def test_an_interrupted_reply_is_remembered_as_far_as_it_was_heard(came, record):
    (truncated,) = record.all("conversation.item.truncated")
    (kept,) = [text for _, role, text in came["afterStory"] if role == "assistant" and text and STORY.startswith(text)]
    assert STORY.startswith(f"{kept} ")
    heard_ms = truncated["audio_end_ms"]
    assert len(kept) * LETTER_MS <= heard_ms
    assert 800 < heard_ms < 4_000
    assert any(sound["bytes"] for sound in came["interruptions"])
    assert came["afterStory"][-1] == ["message", "assistant", "I have not understood you."]


def test_its_functions_are_called_and_what_they_gave_is_told(came):
    call = came["call"]
    assert (call["name"], call["status"], call["output"]) == ("get_weather", "completed", "sunny in Sofia")
    assert came["afterWeather"][-1] == ["message", "assistant", "The weather is sunny in Sofia today."]
    assert came["usage"]["totalTokens"] > 0
