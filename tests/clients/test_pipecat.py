"""Pipecat's OpenAI services, their own code in an environment of its own, in real pipelines against a real server."""

import re

import pytest

from tests.clients import environments

TEXT = "The next train to the city leaves at nine. It will be a sunny day."
pytestmark = [pytest.mark.slow, pytest.mark.timeout(environments.FIRST_RUN_SECONDS)]


@pytest.fixture(scope="module")
def came(server_url, clip):
    """What came of every call, in one run of the client."""
    python = environments.python_of("pipecat")
    script = environments.HERE / "pipecat" / "client.py"
    return environments.answers([python, "-I", script, f"{server_url}/v1", clip, TEXT])


@pytest.fixture(scope="module")
def spoken_seconds(client):
    return len(client.audio.speech.create(model="tts-1", voice="alloy", input=TEXT, response_format="pcm").content) / 48_000


def test_voices_that_it_lets_through_speak_at_its_rate(came, spoken_seconds):
    for voice, speech in came["voices"].items():
        assert speech["errors"] == [], voice
        assert speech["frames"] > 1, voice
        assert speech["loudest"] > 1_000, voice
        # It takes the bytes for 24 kHz unseen, so any other rate would show in the duration.
        assert speech["seconds"] == pytest.approx(spoken_seconds, abs=0.01), voice


def test_speed_is_followed_and_instructions_do_no_harm(came, spoken_seconds):
    assert came["fast"]["errors"] == []
    assert 0.3 * spoken_seconds < came["fast"]["seconds"] < 0.7 * spoken_seconds


@pytest.mark.parametrize(("call", "words"), [("unknown model", "There is no model 'tts-9x'"), ("too fast", "speed must be from")])
def test_a_refusal_comes_up_the_pipeline_as_an_error_frame_with_its_reason(came, call, words):
    assert came[call]["frames"] == 0
    assert words in came[call]["errors"][0]


@pytest.mark.parametrize("call", ["gpt-transcribe", "whisper-1", "keywords", "probabilities", "verbose"])
def test_an_utterance_is_heard_as_one_transcription(came, said, call):
    heard = came["heard"][call]
    assert heard["errors"] == []
    assert [text.lower() for text in heard["texts"]] == [re.sub(r"[^a-z ]", "", said.lower())]


def test_probabilities_come_with_the_transcription_when_asked_for(came):
    assert came["heard"]["probabilities"]["logprobs"] == [True]
    assert came["heard"]["gpt-transcribe"]["logprobs"] == [False]


def test_a_language_that_nothing_here_knows_comes_as_an_error_frame(came):
    assert came["unknown language"]["texts"] == []
    assert "No installed model hears 'bg'" in came["unknown language"]["errors"][0]
