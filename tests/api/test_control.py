"""Loading and unloading by hand."""

import httpx
import psutil
import pytest

from tests.conftest import running_server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running_server(
        tmp_path_factory.mktemp("control"), VOXHELM_MODELS__EXTRA_ENGINES='["voxhelm.testing.engine:ENGINE"]'
    ) as one:
        yield one


def test_a_model_is_loaded_and_its_memory_comes_back(server):
    answer = httpx.post(f"{server.url}/v1/models/espeak-ng/load", timeout=60)
    assert (answer.status_code, answer.json()["state"]) == (200, "loaded")
    assert len(psutil.Process(server.process.pid).children()) == 1
    answer = httpx.post(f"{server.url}/v1/models/espeak-ng/unload", timeout=60)
    assert (answer.status_code, answer.json()["state"]) == (200, "unloaded")
    assert psutil.Process(server.process.pid).children() == []


def test_unloading_what_is_not_loaded_changes_nothing(server):
    assert httpx.post(f"{server.url}/v1/models/fake-transcription/unload").json()["state"] == "unloaded"


def test_a_model_in_use_stays(server):
    body = {"input": "It was the best of times. " * 3_000, "model": "fake-speech", "voice": "tone"}
    with httpx.stream("POST", f"{server.url}/v1/audio/speech", json=body, timeout=60) as answer:
        chunks = answer.iter_raw()
        next(chunks)
        refused = httpx.post(f"{server.url}/v1/models/fake-speech/unload")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "model_in_use")


def test_only_installed_models_can_be_loaded(server):
    for model in ("tts-1", "nobody"):
        answer = httpx.post(f"{server.url}/v1/models/{model}/load")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")
