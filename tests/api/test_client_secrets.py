"""Secrets for pages and apps: what they open, what they do not, and for how long."""

import subprocess
import sys

import httpx
import openai
import pytest
from openai import OpenAI

from tests.conftest import running_server

SESSION = {
    "type": "realtime",
    "model": "gpt-realtime",
    "instructions": "You sell tea.",
    "audio": {"output": {"voice": "alloy"}},
    "tracing": "auto",
    "unheard_of": 1,
}


def create(file, *arguments):
    command = [sys.executable, "-m", "voxhelm", "keys", "create", *arguments, "--file", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="module")
def key_file(tmp_path_factory):
    return tmp_path_factory.mktemp("keys") / "keys.yaml"


@pytest.fixture(scope="module")
def keys(key_file):
    return {"talker": create(key_file, "talker"), "hearer": create(key_file, "hearer", "--scope", "transcription")}


@pytest.fixture(scope="module")
def box(keys, key_file, tmp_path_factory):
    with running_server(tmp_path_factory.mktemp("box"), VOXHELM_IDENTITY__KEY_FILES=f'["{key_file}"]') as server:
        yield server


def official(url, key):
    return OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)


def status(url, secret, method, path):
    return httpx.request(method, url + path, headers={"authorization": f"Bearer {secret}"}).status_code


def test_a_key_makes_one_and_the_answer_tells_the_session_in_full(box, keys):
    with official(box.url, keys["talker"]) as client:
        made = client.realtime.client_secrets.create(session=SESSION, expires_after={"anchor": "created_at", "seconds": 7_200})
        assert made.value.startswith("ek_")
        session = made.session.to_dict()
        assert (session["type"], session["object"], session["model"]) == ("realtime", "realtime.session", "gpt-realtime")
        assert (session["instructions"], session["tracing"]) == ("You sell tea.", "auto")
        assert session["audio"]["output"]["voice"] == "alloy"
        assert session["audio"]["input"]["turn_detection"]["type"] == "server_vad"
        plain = client.realtime.client_secrets.create()
        assert 0 <= plain.expires_at + 6_600 - made.expires_at < 60


def test_transcriptions_have_theirs(box, keys):
    with official(box.url, keys["talker"]) as client:
        made = client.realtime.client_secrets.create(
            session={"type": "transcription", "audio": {"input": {"turn_detection": None}}}
        )
    session = made.session.to_dict()
    assert (session["type"], session["object"]) == ("transcription", "realtime.transcription_session")
    assert session["audio"]["input"]["turn_detection"] is None


def test_what_cannot_be_is_refused_before_anybody_is_given_it(box, keys):
    wrong = [
        ({"session": {"audio": {"output": {"speed": 9}}}}, "session.audio.output.speed"),
        ({"session": {"type": "seance"}}, "session.type"),
        ({"session": "hello"}, "session"),
        ({"expires_after": {"seconds": 9}}, "expires_after"),
        ({"expires_after": {"seconds": 7_201}}, "expires_after"),
    ]
    for body, param in wrong:
        answer = httpx.post(
            f"{box.url}/v1/realtime/client_secrets", json=body, headers={"authorization": f"Bearer {keys['talker']}"}
        )
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    much = b'{"session": {"instructions": "' + b"x" * 1024**2 + b'"}}'
    answer = httpx.post(
        f"{box.url}/v1/realtime/client_secrets", content=much, headers={"authorization": f"Bearer {keys['talker']}"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")


def test_it_takes_a_key_with_the_scope(box, keys):
    with official(box.url, keys["hearer"]) as client, pytest.raises(openai.PermissionDeniedError) as refused:
        client.realtime.client_secrets.create()
    assert "'realtime'" in str(refused.value)
    with official(box.url, "vh-nobody") as client, pytest.raises(openai.AuthenticationError):
        client.realtime.client_secrets.create()


def test_it_opens_what_a_call_needs_and_nothing_else(box, keys):
    with official(box.url, keys["talker"]) as client:
        secret = client.realtime.client_secrets.create().value
    assert status(box.url, secret, "GET", "/v1/realtime/ice_servers") == 200
    for method, path in (("POST", "/v1/realtime/client_secrets"), ("GET", "/v1/models"), ("POST", "/v1/audio/speech")):
        assert status(box.url, secret, method, path) == 403
    assert status(box.url, "ek_made_up", "GET", "/v1/realtime/ice_servers") == 401


def test_a_server_without_keys_makes_them_too(server_url):
    with official(server_url, "not-needed") as client:
        assert client.realtime.client_secrets.create(session=SESSION).value.startswith("ek_")


def test_a_page_of_another_site_gets_none_from_a_server_without_keys(server_url):
    answer = httpx.post(f"{server_url}/v1/realtime/client_secrets", json={}, headers={"origin": "https://evil.example"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "insufficient_scope")


@pytest.mark.parametrize("path", ["/v1/realtime/sessions", "/realtime/transcription_sessions", "/v1/realtime"])
def test_the_beta_is_gone_and_says_where_to(server_url, path):
    answer = httpx.post(server_url + path, json={"model": "gpt-4o-realtime-preview"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "endpoint_gone")
    assert "POST /v1/realtime/" in answer.json()["error"]["message"]


def test_a_proxy_that_lets_no_sockets_through_is_told_of(server_url):
    answer = httpx.get(f"{server_url}/v1/realtime")
    assert (answer.status_code, answer.json()["error"]["code"]) == (426, "upgrade_required")
    assert "Upgrade" in answer.json()["error"]["message"]
