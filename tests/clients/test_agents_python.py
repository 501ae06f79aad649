"""OpenAI's agents library for Python in a realtime conversation, as it comes, in an environment of its own."""

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
    python = environments.python_of("agents")
    said = tmp_path_factory.mktemp("said")
    for name, text in SAID.items():
        write_wav(said / f"{name}.wav", sound_of(text))
    with talking_server(tmp_path_factory.mktemp("talking")) as server:
        url = f"{server.url.replace('http', 'ws', 1)}/v1/realtime"
        return environments.answers([python, "-I", environments.HERE / "agents" / "realtime.py", url, said])


@pytest.fixture(scope="module")
def record(came):
    """The same, judged."""
    record = Record()
    for event in came["events"]:
        record.take(event)
    return record


def test_nothing_went_wrong_and_its_settings_are_taken(came, record):
    assert came["errors"] == []
    assert record.errors == []
    session = record.all("session.updated")[-1]["session"]
    assert session["instructions"] == "Be brief."
    assert [tool["name"] for tool in session["tools"]] == ["get_weather"]


def test_both_sides_and_what_its_function_gave_are_in_its_history(came):
    assert came["texts"][:3] == [["user", SAID["hello"]], ["assistant", "Good morning to you."], ["user", SAID["weather"]]]
    assert ["assistant", "The weather is sunny in Sofia today."] in came["texts"]
    assert came["texts"][-2:] == [["user", SAID["stop"]], ["assistant", "I have not understood you."]]


def test_an_interrupted_reply_is_kept_as_far_as_it_was_heard(came, record):
    truncated = next(event for event in record.all("conversation.item.truncated") if event["item_id"] == came["cut"])
    retrieved = [event["item"] for event in record.all("conversation.item.retrieved") if event["item"]["id"] == came["cut"]]
    kept = retrieved[-1]["content"][0]["transcript"]
    assert STORY.startswith(f"{kept} ")
    assert len(kept) * LETTER_MS < truncated["audio_end_ms"]
    assert ["assistant", kept] in came["texts"]
