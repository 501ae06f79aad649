"""OpenAI's official client for Node against a real server."""

import wave
from pathlib import Path

import pytest

from tests.clients import environments
from tests.conftest import running_server

TEXT = "The next train to the city leaves at nine. "
TYPES = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}
pytestmark = [pytest.mark.slow, pytest.mark.timeout(environments.FIRST_RUN_SECONDS)]


@pytest.fixture(scope="module")
def cloning_url(tmp_path_factory):
    """A server with an engine that clones, besides what is built in."""
    engines = '["voxhelm.testing.engine:ENGINE", "voxhelm.testing.cloning_engine:ENGINE"]'
    with running_server(tmp_path_factory.mktemp("cloning"), VOXHELM_MODELS__EXTRA_ENGINES=engines) as server:
        yield server.url


@pytest.fixture(scope="module")
def sample(clip, tmp_path_factory):
    """The clip again and again, until it is long enough for a voice to be made of it."""
    path = tmp_path_factory.mktemp("sample") / "sample.wav"
    with wave.open(str(clip)) as source, wave.open(str(path), "wb") as target:
        target.setparams(source.getparams())
        target.writeframes(source.readframes(source.getnframes()) * 3)
    return path


@pytest.fixture(scope="module")
def came(cloning_url, clip, sample, tmp_path_factory):
    """What came of every call, in one run of the client."""
    program, modules = environments.node(), environments.node_modules()
    script = environments.HERE / "node" / "client.mjs"
    return environments.answers([program, script, modules, cloning_url, clip, TEXT, tmp_path_factory.mktemp("node"), sample])


@pytest.fixture(scope="module")
def spoken_seconds(client):
    return len(client.audio.speech.create(model="tts-1", voice="ash", input=TEXT, response_format="pcm").content) / 48_000


@pytest.mark.parametrize("audio_format", [one for one in TYPES if one != "pcm"])
def test_speech_arrives_in_every_container(came, spoken_seconds, measured, audio_format):
    speech = came["formats"][audio_format]
    assert speech["type"].startswith(TYPES[audio_format])
    seconds, loudest = measured(speech["path"])
    assert seconds == pytest.approx(spoken_seconds, abs=0.12)
    assert loudest > 1_000


def test_raw_samples_arrive(came, spoken_seconds):
    speech = came["formats"]["pcm"]
    assert Path(speech["path"]).stat().st_size / 48_000 == pytest.approx(spoken_seconds)
    assert speech["type"].startswith(TYPES["pcm"])


def test_a_long_text_comes_in_pieces(came):
    assert came["pieces"]["count"] > 1


def test_events_of_speech_carry_the_format_and_end_with_usage(came, spoken_seconds, measured):
    seconds, _ = measured(came["spokenEvents"]["path"])
    assert seconds == pytest.approx(spoken_seconds, abs=0.12)
    last = came["spokenEvents"]["last"]
    assert last["type"] == "speech.audio.done"
    assert last["usage"]["total_tokens"] == last["usage"]["input_tokens"] + last["usage"]["output_tokens"] > 0


def test_a_recording_is_heard_in_every_format(came, said):
    text = said.lower().strip(".")
    assert came["json"]["text"].lower() == came["uploaded"]["text"].lower() == came["text"].strip().lower() == text
    assert came["json"]["usage"]["type"] == "duration"
    assert came["srt"].startswith("1\n00:00:00,")
    assert came["vtt"].startswith("WEBVTT\n\n")
    assert [word["word"] for word in came["verbose"]["words"]] == text.split()
    assert came["verbose"]["segments"][0]["end"] <= came["verbose"]["duration"]


def test_languages_and_probabilities_come_when_asked_for(came):
    assert came["sure"]["languages"] == [{"code": "en"}]
    assert "".join(one["token"] for one in came["sure"]["logprobs"]).strip() == came["sure"]["text"]


def test_events_of_a_recording_end_with_the_whole_text(came, said):
    *deltas, done = came["heardEvents"]
    assert {event["type"] for event in deltas} == {"transcript.text.delta"}
    assert "".join(event["delta"] for event in deltas) == done["text"]
    assert done["text"].lower() == said.lower().strip(".")
    assert done["usage"]["total_tokens"] > 0


def test_models_are_listed_with_the_prefix_and_without(came):
    assert {"tts-1", "whisper-1", "espeak-ng"} <= set(came["models"])
    assert came["bare"] == len(came["models"])
    assert came["model"]["object"] == "model"


@pytest.mark.parametrize(
    ("call", "name", "status", "code"),
    [
        ("voice", "BadRequestError", 400, "voice_not_found"),
        ("model", "NotFoundError", 404, "model_not_found"),
        ("file", "BadRequestError", 400, "audio_unreadable"),
        ("long", "APIError", 413, "text_too_long"),
    ],
)
def test_refusals_are_errors_of_the_right_class(came, call, name, status, code):
    error = came["errors"][call]
    assert (error["name"], error["status"], error["code"], error["type"]) == (name, status, code, "invalid_request_error")
    assert error["id"].startswith("req_")


def test_a_client_that_leaves_is_let_go(came):
    assert came["left"] == "AbortError"


def test_a_voice_is_made_from_a_recording_and_deleted(came):
    cloned = came["cloned"]
    assert cloned["listed"] == [cloned["consent"]["id"]]
    assert (cloned["voice"]["object"], cloned["voice"]["name"]) == ("audio.voice", "Anna")
    assert cloned["spoken"] == 200
    assert (cloned["voiceDeleted"]["id"], cloned["voiceDeleted"]["deleted"]) == (cloned["voice"]["id"], True)
    assert (cloned["consentDeleted"]["id"], cloned["consentDeleted"]["deleted"]) == (cloned["consent"]["id"], True)
