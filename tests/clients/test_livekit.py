"""LiveKit Agents' OpenAI plugin, its own code in an environment of its own, against a real server."""

import re

import pytest

from tests.clients import environments

TEXT = "The next train to the city leaves at nine. It will be a sunny day."
FORMATS = ("mp3", "opus", "aac", "flac", "wav", "pcm")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(environments.FIRST_RUN_SECONDS)]


@pytest.fixture(scope="module")
def came(server_url, clip):
    """What came of every call, in one run of the client."""
    python = environments.python_of("livekit")
    script = environments.HERE / "livekit" / "client.py"
    return environments.answers([python, "-I", script, f"{server_url}/v1", clip, TEXT])


@pytest.fixture(scope="module")
def spoken_seconds(client):
    """How long the text is, by the format that cannot be padded."""
    return len(client.audio.speech.create(model="tts-1", voice="ash", input=TEXT, response_format="pcm").content) / 48_000


@pytest.mark.parametrize("audio_format", FORMATS)
@pytest.mark.parametrize("way", ["sse", "audio"])
def test_speech_arrives_as_frames_in_every_format_and_both_ways_of_streaming(came, spoken_seconds, way, audio_format):
    speech = came["formats"][f"{way}-{audio_format}"]
    assert speech["rates_hz"] == [24_000]
    assert speech["frames"] > 1
    assert speech["loudest"] > 1_000
    # Codecs pad, and the plugin's decoder drops the first 96 ms of any FLAC.
    assert speech["seconds"] == pytest.approx(spoken_seconds, abs=0.12)


def test_its_defaults_are_spoken(came, spoken_seconds):
    assert came["defaults"]["seconds"] == pytest.approx(spoken_seconds, abs=0.12)


def test_speed_is_followed_and_instructions_do_no_harm(came, spoken_seconds):
    assert 0.3 * spoken_seconds < came["fast"]["seconds"] < 0.7 * spoken_seconds


def test_a_refusal_is_an_error_that_it_does_not_repeat(came):
    refused = came["unknown voice"]
    assert (refused["status"], refused["retryable"]) == (400, False)
    assert "Did you mean 'alloy'" in refused["message"]
    assert refused["request_id"].startswith("req_")
    assert came["unknown model"]["status"] == 404


@pytest.mark.parametrize("call", ["gpt-4o-mini-transcribe", "whisper-1", "gpt-transcribe", "detected"])
def test_a_recording_is_heard(came, said, call):
    assert came["heard"][call]["text"].lower() == re.sub(r"[^a-z ]", "", said.lower())


@pytest.mark.parametrize("call", ["whisper-1", "gpt-transcribe", "detected"])
def test_it_learns_the_language_that_was_heard(came, call):
    """By its name or by its code; of several that it had asked for, or of none."""
    assert came["heard"][call]["language"] == "en"
