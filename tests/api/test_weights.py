"""Installing and removing models on a server that runs, from a hub on loopback."""

import json
from contextlib import ExitStack

import httpx
import pytest
from openai import NotFoundError, OpenAI

from tests.conftest import running_server
from tests.unit.catalog import hub_server
from voxhelm.testing.models.piper_voice import write_piper_voice

pytest.importorskip("piper")

STEM = "bg_BG-test_voice-medium"
FOLDER = "bg/bg_BG/test_voice/medium"


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    voice = write_piper_voice(tmp_path_factory.mktemp("voice"), STEM, language="bg_BG")
    files = {f"{FOLDER}/{path.name}": path.read_bytes() for path in voice.parent.iterdir()}
    with hub_server.hub_server() as one:
        one.files["rhasspy/piper-voices"] = files
        yield one


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """The models directory of the server."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def box(hub, models, tmp_path_factory):
    settings = {"VOXHELM_MODELS__HUB_URL": hub.url, "VOXHELM_MODELS__DIRECTORY": str(models)}
    with running_server(tmp_path_factory.mktemp("box"), **settings) as server:
        yield server


@pytest.fixture
def http(box):
    with httpx.Client(base_url=box.url, timeout=60) as one:
        yield one


@pytest.fixture
def absent(http):
    """The voice is not there before and after."""
    yield
    http.delete(f"/v1/models/{STEM}")


def pulled(http, **body):
    """The events of a pull."""
    with http.stream("POST", "/v1/models", json={"model": f"piper:{STEM}"} | body) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        return [json.loads(line.removeprefix("data: ")) for line in response.iter_lines() if line]


def ids(http):
    return {model["id"] for model in http.get("/v1/models").json()["data"]}


def test_a_voice_is_pulled_used_and_removed_without_a_restart(http, box, absent):
    assert STEM not in ids(http)
    events = pulled(http)
    assert {event["type"] for event in events[:-1]} == {"model.pull.progress"}
    assert events[-1] == {
        "type": "model.pull.done",
        "model": STEM,
        "engine": "piper",
        "size_bytes": events[-2]["total_bytes"],
        "changed": True,
        "remedy": None,
    }
    assert [event["received_bytes"] for event in events[:-1]] == sorted(event["received_bytes"] for event in events[:-1])
    assert STEM in ids(http)
    assert any(voice["model"] == STEM for voice in http.get("/v1/audio/voices").json()["data"])
    with OpenAI(base_url=f"{box.url}/v1", api_key="none", max_retries=0) as client:
        for name in (STEM, f"piper:{STEM}"):
            spoken = client.audio.speech.create(model=name, voice=STEM, input="Добър ден", response_format="pcm")
            assert len(spoken.read()) > 10_000
        assert client.models.retrieve(f"piper:{STEM}").id == STEM
        deleted = client.models.delete(STEM)
        assert (deleted.id, deleted.object, deleted.deleted) == (STEM, "model", True)
        with pytest.raises(NotFoundError):
            client.audio.speech.create(model=STEM, voice=STEM, input="Добър ден")
    assert STEM not in ids(http)
    assert not any(voice["model"] == STEM for voice in http.get("/v1/audio/voices").json()["data"])


def test_one_object_without_a_stream_and_nothing_is_done_twice(http, absent):
    first = http.post("/v1/models", json={"model": STEM, "stream": False}).json()
    assert (first["id"], first["object"], first["owned_by"], first["changed"]) == (STEM, "model", "piper", True)
    assert http.post("/v1/models", json={"model": STEM, "stream": False}).json()["changed"] is False
    assert pulled(http, update=True)[-1]["changed"] is False


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"model": "whisper-smal"}, 404, "model_not_found"),
        ({"model": "nobody/nothing"}, 404, "model_not_found"),
        ({"model": "bg_BG-nobody-low"}, 404, "model_not_found"),
        ({"model": "kokoro", "offline": True}, 403, "hub_offline"),
        ({}, 400, "missing_required_parameter"),
        ({"model": STEM, "update": "perhaps"}, 400, "invalid_value"),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_what_is_wrong_shows_in_the_status(http, body, status, code, stream):
    answer = http.post("/v1/models", json=body | {"stream": stream})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_failure_in_the_middle_is_an_event_and_the_next_pull_completes(http, hub, absent):
    hub.faults.extend([hub_server.sends(b"nonsense")] * 2)
    with http.stream("POST", "/v1/models", json={"model": STEM}) as response:
        events = [json.loads(line.removeprefix("data: ")) for line in response.iter_lines() if line]
    assert events[-1]["error"]["code"] == "download_damaged"
    assert STEM not in ids(http)
    assert pulled(http)[-1]["changed"] is True


@pytest.mark.slow
def test_a_client_that_leaves_stops_the_pull(http, hub, absent):
    hub.stalled.clear()
    hub.faults.append(hub_server.stalls_after(100))
    with http.stream("POST", "/v1/models", json={"model": STEM}) as response:
        next(response.iter_lines())
        hub.stalled.wait(20)
    # The lock was given back: nobody waits for the one who left.
    events = pulled(http)
    assert events[-1]["changed"] is True
    assert not any(event["type"] == "model.pull.waiting" for event in events[1:])


def test_other_sites_and_proxies_are_refused(http, absent):
    forbidden = "model_changes_forbidden"
    for headers, code in (
        ({"origin": "https://evil.example"}, forbidden),
        ({"x-forwarded-for": "10.0.0.9"}, forbidden),
        ({"host": "nas.local"}, forbidden),
        ({"host": "evil.example"}, "host_not_allowed"),
    ):
        for answer in (
            http.post("/v1/models", json={"model": STEM}, headers=headers),
            http.delete("/v1/models/espeak-ng", headers=headers),
        ):
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, code)


def test_what_was_not_pulled_is_not_removed(http):
    for name in ("espeak-ng", "nobody"):
        answer = http.delete(f"/v1/models/{name}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")


def test_a_model_in_use_is_not_removed(http, box, absent):
    pulled(http)
    speech = {"model": STEM, "voice": STEM, "input": "Добър ден. " * 2000, "response_format": "wav"}
    with http.stream("POST", "/v1/audio/speech", json=speech) as response:
        chunks = response.iter_bytes()  # kept: the connection closes with its iterator
        next(chunks)
        with httpx.Client(base_url=box.url, timeout=60) as other:
            answer = other.delete(f"/v1/models/{STEM}")
            assert (answer.status_code, answer.json()["error"]["code"]) == (409, "model_in_use")
            assert STEM in ids(other)


def test_files_that_were_put_there_by_hand_become_known(http, models, tmp_path):
    voice = write_piper_voice(tmp_path, "en_US-by_hand-low")
    with ExitStack() as stack:
        for path in voice.parent.iterdir():
            copy = models / path.name
            copy.write_bytes(path.read_bytes())
            stack.callback(copy.unlink)
        answer = http.post("/v1/models", json={"model": "en_US-by_hand-low", "offline": True, "stream": False}).json()
        assert (answer["id"], answer["changed"]) == ("en_US-by_hand-low", False)
        assert "en_US-by_hand-low" in ids(http)
        assert http.delete("/v1/models/en_US-by_hand-low").status_code == 404
