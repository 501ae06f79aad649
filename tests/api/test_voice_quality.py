"""The Bulgarian voice that says "Обърден" for "Добър ден", over HTTP."""

import json
import re
import time

import httpx
import pytest

from tests.conftest import running_server

SLOWEST_SECONDS = 60


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    directory = tmp_path_factory.mktemp("canary")
    settings = {
        "VOXHELM_MODELS__EXTRA_ENGINES": '["voxhelm.testing.parrot_engine:ENGINE"]',
        "VOXHELM_MODELS__SETTINGS_BY_MODEL": json.dumps({"parrot-a": {"mood_file": str(directory / "mood")}}),
        "VOXHELM_ROUTES__SPEECH": '{"bg": ["parrot-a", "parrot-b"]}',
        "VOXHELM_QUALITY__CANARY": "true",
        "VOXHELM_QUALITY__CANARY_INTERVAL_SECONDS": "0.05",
    }
    with running_server(directory, **settings) as one, httpx.Client(base_url=one.url, timeout=60) as client:
        yield client, directory


def model_of_greeting(client):
    answer = client.post("/v1/audio/speech", json={"input": "Добър ден", "model": "tts-1", "voice": "bg"})
    return answer.headers["x-voxhelm-model"], answer.headers["x-voxhelm-route"]


def until(client, wanted):
    """Ask until the greeting comes from the model that is wanted."""
    deadline = time.monotonic() + SLOWEST_SECONDS  # only so that a failure ends
    while (found := model_of_greeting(client))[0] != wanted:
        assert time.monotonic() < deadline, found
    return found[1]


def metric(client, name, voice):
    match = re.search(rf'voxhelm_voice_{name}{{language="bg",voice="{voice}"}} ([\d.]+)', client.get("/metrics").text)
    return float(match[1]) if match else None


def test_a_voice_is_checked_on_demand(instance):
    client, _ = instance
    answer = client.post("/v1/audio/voices/quality", json={"voice": "parrot-b/parrot-b-bg", "sentences": ["Добър ден"]})
    (check,) = answer.json()["data"]
    assert (check["verdict"], check["word_error_rate"], check["words"]) == ("good", 0.0, 2)
    assert check["sentences"] == [{"said": "Добър ден", "heard": "Добър ден", "word_error_rate": 0.0, "character_error_rate": 0.0}]


@pytest.mark.slow
def test_the_canary_finds_a_voice_that_mumbles_and_the_route_goes_around_it_until_it_is_well(instance):
    client, directory = instance
    assert until(client, "parrot-a") == "1/2"
    deadline = time.monotonic() + SLOWEST_SECONDS
    while metric(client, "word_error_rate", "parrot-a/parrot-a-bg") is None:
        assert time.monotonic() < deadline
    (directory / "mood").write_text("mumble")
    assert until(client, "parrot-b") == "2/2; parrot-a: degraded"
    assert metric(client, "degraded", "parrot-a/parrot-a-bg") == 1
    assert metric(client, "word_error_rate", "parrot-a/parrot-a-bg") > 0
    records = {(one["voice"], one["language"]): one for one in client.get("/v1/audio/voices/quality").json()["data"]}
    record = records["parrot-a/parrot-a-bg", "bg"]
    assert record["degraded"]
    assert record["checks"][0]["verdict"] == "worse"
    assert any(one["heard"].startswith("обърден") for one in record["checks"][0]["sentences"])
    (directory / "mood").write_text("")
    assert until(client, "parrot-a") == "1/2"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"voice": "nobody"}, 400, "voice_not_found"),
        ({"voice": "bg", "language": "Bulgarian"}, 400, "invalid_value"),
        ({"voice": "bg", "sentences": ["..."]}, 400, "invalid_value"),
        ({}, 400, "missing_required_parameter"),
        ({"voice": 5}, 400, "invalid_value"),
    ],
)
def test_what_cannot_be_checked_is_refused(instance, body, status, code):
    client, _ = instance
    answer = client.post("/v1/audio/voices/quality", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
