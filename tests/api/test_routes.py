"""Routes over HTTP: models that fail and die in processes of their own, and a cloud that is forbidden or allowed."""

import json
import re

import httpx
import pytest

from tests.api.test_egress import write_remote
from tests.conftest import running_server

PARROTS = ("parrot-a", "parrot-b", "ear-a", "ear-b")


class Instance:
    """A server whose models are in the mood that a file says."""

    def __init__(self, client, directory):
        self.client = client
        self.directory = directory

    def mood(self, model_id, mood):
        (self.directory / model_id).write_text(mood)

    def say(self, text="Добър ден", **body):
        return self.client.post("/v1/audio/speech", json={"input": text, "model": "tts-1", "response_format": "wav", **body})

    def hear(self, recording, model="whisper-1"):
        return self.client.post(
            "/v1/audio/transcriptions", data={"model": model, "language": "bg"}, files={"file": ("a.wav", recording)}
        )

    def metric(self, **labels):
        told = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
        match = re.search(rf"voxhelm_route_fallbacks_total{{{re.escape(told)}}} ([\d.]+)", self.client.get("/metrics").text)
        return float(match[1]) if match else 0.0


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    directory = tmp_path_factory.mktemp("parrots")
    settings = {
        "VOXHELM_MODELS__EXTRA_ENGINES": '["voxhelm.testing.parrot_engine:ENGINE"]',
        "VOXHELM_MODELS__SETTINGS_BY_MODEL": json.dumps({name: {"mood_file": str(directory / name)} for name in PARROTS}),
        "VOXHELM_ROUTES__SPEECH": '{"bg": ["parrot-a", "parrot-b"]}',
        "VOXHELM_ROUTES__TRANSCRIPTION": '{"*": ["ear-a", "ear-b"]}',
        "VOXHELM_ROUTES__TOLERATED_FAILURES": "2",
        "VOXHELM_ROUTES__PAUSE_SECONDS": "600",
        "VOXHELM_ROUTES__LONGEST_PAUSE_SECONDS": "600",
    }
    with running_server(directory, **settings) as one, httpx.Client(base_url=one.url, timeout=60) as client:
        yield Instance(client, directory)


def test_a_model_that_dies_is_replaced_and_after_some_deaths_left_alone(instance):
    assert instance.say().headers["x-voxhelm-route"] == "1/2"
    instance.mood("parrot-a", "die")
    answers = [instance.say() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert [answer.headers["x-voxhelm-model"] for answer in answers] == ["parrot-b"] * 3
    assert [answer.headers["x-voxhelm-route"] for answer in answers] == [
        "2/2; parrot-a: crashed",
        "2/2; parrot-a: crashed",
        "2/2; parrot-a: breaker open",
    ]
    assert instance.metric(capability="speech", **{"from": "parrot-a", "to": "parrot-b"}, reason="crashed") == 2
    (route,) = (one for one in instance.client.get("/v1/routes").json()["data"] if one["language"] == "bg")
    first, second = route["steps"]
    assert (first["usable"], first["reason"], first["breaker"], first["failures"]) == (False, "breaker_open", "open", 2)
    assert 0 < first["retry_after_seconds"] <= 600
    assert (second["usable"], second["reason"], second["voice"]) == (True, None, "parrot-b-bg")


def test_a_recogniser_that_fails_is_replaced_and_hears_all_of_the_recording(instance):
    recording = instance.say(model="parrot-b").content
    instance.mood("ear-a", "fail")
    answer = instance.hear(recording)
    assert answer.json()["text"] == "Добър ден"
    assert (answer.headers["x-voxhelm-model"], answer.headers["x-voxhelm-route"]) == ("ear-b", "2/2; ear-a: failed")
    assert instance.hear(recording, "ear-b").headers["x-voxhelm-route"] == "named"
    assert instance.hear(recording, "ear-a").json()["error"]["code"] == "engine_failed"


def test_a_stream_of_events_says_so_too(instance):
    with instance.client.stream(
        "POST", "/v1/audio/speech", json={"input": "Добър ден", "model": "tts-1", "stream_format": "sse"}
    ) as answer:
        assert answer.headers["x-voxhelm-route"].startswith("2/2; parrot-a: ")
        assert "speech.audio.done" in answer.read().decode()


def test_a_language_that_no_code_is_is_refused(instance):
    assert instance.client.get("/v1/routes", params={"language": "Bulgarian!"}).status_code == 400


@pytest.fixture(scope="module")
def models(tmp_path_factory, server_url):
    directory = tmp_path_factory.mktemp("models")
    write_remote(directory, "gone", "http://127.0.0.1:1")
    write_remote(directory, "cloud", server_url, "network: cloud")
    return directory


@pytest.mark.parametrize("allowed", [False, True])
def test_a_cloud_is_a_step_only_where_it_is_allowed_and_then_on_record(models, tmp_path, allowed):
    settings = {
        "VOXHELM_MODELS__DIRECTORY": str(models),
        "VOXHELM_EGRESS__ALLOW_CLOUD": str(allowed).lower(),
        "VOXHELM_ROUTES__SPEECH": '{"en": ["gone", "cloud", "espeak-ng"]}',
    }
    with running_server(tmp_path, **settings) as one, httpx.Client(base_url=one.url, timeout=60) as client:
        answer = client.post(
            "/v1/audio/speech", json={"input": "A secret.", "model": "tts-1", "voice": "en", "response_format": "pcm"}
        )
        routes = client.get("/v1/routes", params={"language": "en"}).json()["data"]
    assert answer.status_code == 200
    (speech,) = (route for route in routes if route["capability"] == "speech")
    step = speech["steps"][1]
    log = (tmp_path / "server.log").read_text()
    if allowed:
        assert answer.headers["x-voxhelm-model"] == "cloud"
        assert answer.headers["x-voxhelm-route"] == "2/3; gone: failed"
        assert answer.headers["x-voxhelm-egress"] == "127.0.0.1"
        assert step["egress_host"] == "127.0.0.1"
        assert "text left the machine" in log
    else:
        assert answer.headers["x-voxhelm-model"] == "espeak-ng"
        assert answer.headers["x-voxhelm-route"] == "3/3; gone: failed; cloud: cloud forbidden"
        assert "x-voxhelm-egress" not in answer.headers
        assert (step["usable"], step["reason"]) == (False, "cloud_forbidden")
        assert "text left the machine" not in log
