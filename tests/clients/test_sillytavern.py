"""The calls of SillyTavern's server for its provider "OpenAI Compatible", whose address is the whole path."""

import http.client
import json
from urllib.parse import urlsplit

import pytest


@pytest.mark.parametrize("path", ["/v1/audio/speech", "/audio/speech"])
@pytest.mark.parametrize("key", ["", "secret"])
def test_speech_is_mp3_with_a_key_and_without(server_url, measured, path, key):
    """Without a key it sends a bearer of nothing, which other clients refuse to send."""
    body = {"input": "She wrote a long letter.", "response_format": "mp3", "voice": "alloy", "speed": 1, "model": "tts-1"}
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    connection = http.client.HTTPConnection(urlsplit(server_url).netloc)
    connection.request("POST", path, json.dumps(body), headers)
    answer = connection.getresponse()
    assert (answer.status, answer.headers["content-type"]) == (200, "audio/mpeg")
    assert measured(answer.read())[1] > 1_000
    connection.close()


@pytest.mark.parametrize("voice", ["alloy", "echo", "fable", "onyx", "nova", "shimmer"])
@pytest.mark.parametrize("speed", [0.25, 0.95, 4])
def test_its_own_voices_speak_at_every_place_of_its_slider(web, voice, speed):
    body = {"input": "Yes.", "response_format": "mp3", "voice": voice, "speed": speed, "model": "tts-1"}
    assert web.post("/v1/audio/speech", json=body).status_code == 200


def test_its_chat_marks_are_read_over(web):
    """Messages come as they stand in the chat, with the separator that it puts between parts."""
    body = {"input": "*She smiles.* \"Hello!\" . ~ <i>quietly</i> . 'Well…'", "response_format": "mp3", "voice": "nova", "speed": 1}
    assert web.post("/v1/audio/speech", json=body | {"model": "tts-1"}).status_code == 200


def test_a_failure_is_text_that_it_can_pass_on(web):
    answer = web.post(
        "/v1/audio/speech", json={"input": "", "response_format": "mp3", "voice": "alloy", "speed": 1, "model": "tts-1"}
    )
    assert answer.status_code == 400
    assert "error" in answer.text


def test_a_recording_of_its_extension_is_heard(web, clip, said):
    files = {"file": ("audio.wav", clip.read_bytes(), "audio/wav")}
    answer = web.post("/v1/audio/transcriptions", data={"model": "whisper-1", "language": "en"}, files=files)
    assert answer.json()["text"].lower() == said.lower().strip(".")
