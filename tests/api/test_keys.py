"""A server that asks for keys: 401 against 403, what stays open, and what a key stands for."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import openai
import pytest
from openai import OpenAI

from tests.conftest import Server, running_server

SPEECH = {"input": "Hi.", "model": "fake-speech", "voice": "tone", "response_format": "pcm"}


def create(file: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "voxhelm", "keys", "create", *arguments, "--file", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="module")
def key_file(tmp_path_factory):
    return tmp_path_factory.mktemp("keys") / "keys.yaml"


@pytest.fixture(scope="module")
def keys(key_file):
    return {
        "speaker": create(key_file, "speaker", "--scope", "speech"),
        "hearer": create(key_file, "hearer", "--scope", "transcription"),
        "operator": create(key_file, "operator", "--scope", "admin"),
    }


def serving(directory: Path, key_file: Path, **environment: str):
    fake = '["voxhelm.testing.engine:ENGINE"]'
    named = {"VOXHELM_MODELS__EXTRA_ENGINES": fake, "VOXHELM_IDENTITY__KEY_FILES": f'["{key_file}"]'}
    return running_server(directory, **named, **environment)


@pytest.fixture(scope="module")
def box(keys, key_file, tmp_path_factory):
    with serving(tmp_path_factory.mktemp("box"), key_file) as server:
        yield server


def official(box: Server, key: str) -> OpenAI:
    return OpenAI(base_url=f"{box.url}/v1", api_key=key, max_retries=0)


def test_a_key_with_the_scope_is_served(box, keys):
    with official(box, keys["speaker"]) as client:
        assert len(client.audio.speech.create(**SPEECH).read()) > 1_000
        assert client.models.retrieve("fake-speech").id == "fake-speech"


def test_a_key_that_is_none_is_401_and_a_scope_that_is_missing_403(box, keys):
    with official(box, "sk-not-needed") as client, pytest.raises(openai.AuthenticationError) as refused:
        client.audio.speech.create(**SPEECH)
    assert refused.value.code == "invalid_api_key"
    assert refused.value.response.headers["www-authenticate"] == "Bearer"
    assert refused.value.response.headers["x-request-id"]
    with official(box, keys["hearer"]) as client, pytest.raises(openai.PermissionDeniedError) as forbidden:
        client.audio.speech.create(**SPEECH)
    assert forbidden.value.code == "insufficient_scope"
    assert "'speech'" in str(forbidden.value)
    assert keys["hearer"] not in str(forbidden.value)


def test_the_other_header_will_do_and_other_ways_to_authenticate_are_told(box, keys):
    answers = [
        httpx.post(f"{box.url}/audio/speech", json=SPEECH, headers=headers)
        for headers in ({"x-api-key": keys["speaker"]}, {"authorization": "Basic abc"}, {"authorization": "Bearer"}, {})
    ]
    assert [answer.status_code for answer in answers] == [200, 401, 401, 401]
    assert "Basic" in answers[1].json()["error"]["message"]


@pytest.mark.parametrize("path", ["/", "/v1", "/console/app.js", "/health", "/health/live", "/health/ready", "/openapi.json"])
def test_probes_and_the_console_stay_open(box, path):
    assert httpx.get(box.url + path).status_code == 200


@pytest.mark.parametrize("path", ["/v1/models", "/v1/audio/models", "/v1/audio/voices", "/audio/voices", "/metrics", "/v1/nothing"])
def test_everything_else_is_shut(box, path):
    answer = httpx.get(box.url + path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")


def test_a_body_is_not_waited_for_when_there_is_no_key(box):
    host, port = box.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection, connection.makefile("rb") as answer:
        connection.sendall(b"POST /v1/audio/speech HTTP/1.1\r\nHost: box\r\nContent-Length: 1000000\r\n\r\n")
        assert b" 401 " in answer.readline()


def test_metrics_have_a_scope_of_their_own(box, keys):
    def status(name):
        return httpx.get(f"{box.url}/metrics", headers={"authorization": f"Bearer {keys[name]}"}).status_code

    assert (status("operator"), status("speaker")) == (200, 403)


def test_models_are_changed_by_scope_and_from_anywhere(box, keys):
    def answer(name):
        headers = {"authorization": f"Bearer {keys[name]}", "x-forwarded-for": "192.0.2.1"}
        return httpx.delete(f"{box.url}/v1/models/nobody", headers=headers).json()["error"]["code"]

    assert (answer("operator"), answer("speaker")) == ("model_not_found", "insufficient_scope")


def test_a_request_is_cancelled_by_its_own_key_only(box, keys):
    def status(name):
        return httpx.delete(f"{box.url}/v1/requests/nothing", headers={"x-api-key": keys[name]}).status_code

    assert status("speaker") == 404


def test_lists_and_metrics_can_be_made_public(keys, key_file, tmp_path):
    public = {"VOXHELM_IDENTITY__PUBLIC_LISTS": "true", "VOXHELM_IDENTITY__PUBLIC_METRICS": "true"}
    with serving(tmp_path, key_file, **public) as server:
        for path in ("/v1/models", "/audio/models", "/v1/audio/voices", "/metrics"):
            assert httpx.get(server.url + path).status_code == 200
        assert httpx.post(f"{server.url}/v1/audio/speech", json=SPEECH).status_code == 401
        assert httpx.get(f"{server.url}/v1/models/fake-speech").status_code == 401


def test_the_command_line_shows_the_key_of_its_environment(box, keys, monkeypatch):
    def voices(**environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        command = [sys.executable, "-m", "voxhelm", "voices", "--server", box.url]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert "asks for a key. Put it into VOXHELM_API_KEY." in voices().stderr
    assert "tone" in voices(VOXHELM_API_KEY=keys["speaker"]).stdout


def test_a_file_that_is_named_and_not_there_does_not_open_the_server(tmp_path):
    named = {"VOXHELM_IDENTITY__KEY_FILES": f'["{tmp_path / "none"}"]'}
    command = [sys.executable, "-m", "voxhelm", "serve", "--port", "0"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | named, cwd=tmp_path)
    assert ran.returncode == 2
    assert "voxhelm keys create" in ran.stderr


def test_a_key_that_is_revoked_is_refused_without_a_restart(box, key_file):
    secret = create(key_file, "passing")

    def answers(status):
        while httpx.get(f"{box.url}/v1/models", headers={"x-api-key": secret}).status_code != status:
            pass
        return True

    assert answers(200)
    command = [sys.executable, "-m", "voxhelm", "keys", "revoke", "passing", "--file", str(key_file)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "passing revoked\n"
    assert answers(401)
