"""The lists, health, metrics, and what every answer has."""

import re

import openai
import pytest


def test_models_are_listed_with_their_state(client):
    models = {model.id: model for model in client.models.list()}
    assert models["espeak-ng"].state in {"unloaded", "loading", "loaded"}
    assert models["pocketsphinx-en-us"].capability == "transcription"
    assert {
        "whisper-1",
        "gpt-4o-transcribe",
        "gpt-4o-mini-transcribe",
        "gpt-transcribe",
        "tts-1",
        "tts-1-hd",
        "gpt-4o-mini-tts",
    } <= set(models)


def test_a_model_can_be_looked_at(client):
    client.audio.speech.create(model="espeak-ng", voice="en", input="Hi.")
    model = client.models.retrieve("espeak-ng")
    assert (model.object, model.owned_by, model.state) == ("model", "espeak", "loaded")
    assert model.resident_bytes > 1_000_000


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("nobody/nothing")


def test_voices_have_what_open_webui_reads_and_what_lists_have(http):
    answer = http.get("/v1/audio/voices").json()
    assert {voice["id"] for voice in answer["voices"]} >= {"bg", "en", "alloy", "marin", "en-us", "de"}
    assert answer["voices"] == answer["data"]
    assert all({"id", "name", "languages", "kind"} <= set(voice) for voice in answer["voices"])
    assert len(http.get("/v1/audio/voices?variants=true").json()["voices"]) > 5_000


def test_models_that_speak_have_what_open_webui_reads(http):
    ids = {model["id"] for model in http.get("/v1/audio/models").json()["models"]}
    assert {"tts-1", "espeak-ng"} <= ids
    assert "whisper-1" not in ids


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
def test_it_says_that_it_lives(http, path):
    assert http.get(path).status_code == 200


def test_metrics_count_by_route_and_model(http):
    http.post("/v1/audio/speech", json={"input": "Hi.", "model": "espeak-ng"})
    text = http.get("/metrics").text
    assert re.search(r'voxhelm_http_requests_total\{method="POST",route="/v1/audio/speech",status="200"\} \d', text)
    assert re.search(r'voxhelm_model_loaded\{model="espeak-ng"\} 1.0', text)
    assert re.search(r'voxhelm_speech_audio_seconds_total\{model="espeak-ng"\} [\d.]+', text)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/audio/speech", 405),
        ("DELETE", "/v1/audio/transcriptions", 405),
        ("GET", "/console/../../pyproject.toml", 404),
        ("GET", "/console/%2e%2e/pyproject.toml", 404),
    ],
)
def test_errors_of_the_framework_have_the_envelope_too(http, method, path, status):
    answer = http.request(method, path)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    assert answer.headers["x-request-id"]


def test_every_answer_has_a_request_id_and_a_callers_own_is_kept_when_harmless(http):
    first, second = (http.get("/health").headers["x-request-id"] for _ in range(2))
    assert first != second
    assert http.get("/health", headers={"x-request-id": "mine-42"}).headers["x-request-id"] == "mine-42"
    assert http.get("/health", headers={"x-request-id": "bad id\t{}"}).headers["x-request-id"].startswith("req_")


def test_the_base_url_answers_and_the_console_is_there(http):
    assert http.get("/v1/").json()["object"] == "voxhelm"
    page = http.get("/")
    assert "<title>" in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/models", "/audio/voices", "/audio/models", "/models/espeak-ng"])
def test_lists_work_without_the_prefix(http, path):
    assert http.get(path).status_code == 200
