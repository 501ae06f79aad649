"""Another server as an engine, inside the local network and outside of it, as far as the files say."""

import re

import httpx
import pytest

from tests.conftest import running_server
from voxhelm.serving.casting import SENTENCE_SECONDS


def write_remote(models, name, server_url, *lines):
    file = models / "openai_remote" / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([f"base_url: {server_url}/v1", "model: fake-speech", "voices: [tone]", *lines]))


@pytest.fixture(scope="module")
def models(tmp_path_factory, server_url):
    directory = tmp_path_factory.mktemp("models")
    write_remote(directory, "next-room", server_url)
    write_remote(directory, "cloud", server_url, "network: cloud")
    return directory


@pytest.fixture(scope="module")
def careful(models, tmp_path_factory):
    """Lets nothing leave."""
    with (
        running_server(tmp_path_factory.mktemp("careful"), VOXHELM_MODELS__DIRECTORY=str(models)) as one,
        httpx.Client(base_url=one.url) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def trusting(models, tmp_path_factory):
    directory = tmp_path_factory.mktemp("trusting")
    settings = {"VOXHELM_MODELS__DIRECTORY": str(models), "VOXHELM_EGRESS__ALLOW_CLOUD": "true"}
    with running_server(directory, **settings) as one, httpx.Client(base_url=one.url) as client:
        client.log = directory / "server.log"
        yield client


def say(client, model, voice="tone"):
    return client.post(
        "/v1/audio/speech", json={"input": "A secret. Another one.", "model": model, "voice": voice, "response_format": "pcm"}
    )


def egress_requests(client):
    match = re.search(r'voxhelm_egress_requests_total\{engine="openai_remote"\} ([\d.]+)', client.get("/metrics").text)
    return float(match[1]) if match else 0.0


def test_a_server_in_the_local_network_is_a_model_like_any_other(careful):
    answer = say(careful, "next-room")
    assert answer.status_code == 200
    # 21 characters at 0.06 s each, and a breath between the sentences.
    assert len(answer.content) == pytest.approx(2 * 24_000 * (21 * 0.06 + SENTENCE_SECONDS), rel=0.01)
    assert answer.headers["x-voxhelm-model"] == "next-room"
    assert "x-voxhelm-egress" not in answer.headers
    assert egress_requests(careful) == 0


def test_a_cloud_is_not_there_unless_it_is_allowed(careful, trusting):
    assert "cloud" not in {model["id"] for model in careful.get("/v1/models").json()["data"]}
    assert "cloud" in {model["id"] for model in trusting.get("/v1/models").json()["data"]}


@pytest.mark.parametrize(("model", "voice"), [("cloud", "tone"), ("auto", "cloud/tone")])
def test_naming_it_is_forbidden_with_a_reason(careful, model, voice):
    answer = say(careful, model, voice)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "egress_forbidden"
    assert "egress.allow_cloud" in answer.json()["error"]["message"]


def test_its_use_is_in_a_header_a_metric_and_the_log_without_the_text(trusting):
    before = egress_requests(trusting)
    answer = say(trusting, "cloud")
    assert answer.status_code == 200
    assert answer.headers["x-voxhelm-egress"] == "127.0.0.1"
    assert egress_requests(trusting) == before + 2
    log = trusting.log.read_text()
    (line, _) = (line for line in log.splitlines() if "text left the machine" in line and answer.headers["x-request-id"] in line)
    assert re.search(r"host.*127\.0\.0\.1", line)
    assert re.search(r"characters.*9", line)
    assert "secret" not in log


def test_a_server_that_is_gone_says_when_to_come_back(models, tmp_path):
    directory = tmp_path / "models"
    write_remote(directory, "gone", "http://127.0.0.1:1")
    with running_server(tmp_path, VOXHELM_MODELS__DIRECTORY=str(directory)) as one, httpx.Client(base_url=one.url) as client:
        answers = [say(client, "gone") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [503] * 4
    assert [answer.json()["error"]["code"] for answer in answers] == ["unavailable"] * 4
    assert "left alone" in answers[-1].json()["error"]["message"]
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_a_file_that_cannot_be_right_is_told_and_what_is_known_goes_on(models, tmp_path_factory, server_url):
    directory = tmp_path_factory.mktemp("changing")
    own = directory / "models"
    write_remote(own, "next-room", server_url)
    with running_server(directory, VOXHELM_MODELS__DIRECTORY=str(own)) as one, httpx.Client(base_url=one.url) as client:
        (own / "openai_remote" / "broken.yaml").write_text("base_url: here\n")
        answer = client.post("/v1/models", json={"model": "next-room", "offline": True, "stream": False})
        assert answer.status_code == 200, answer.text
        assert say(client, "next-room").status_code == 200
        assert "broken.yaml" in (directory / "server.log").read_text()
