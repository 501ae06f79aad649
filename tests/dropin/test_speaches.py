"""A deployment of Speaches: one Whisper that stays in memory, everything said by variables, a hub's cache on a volume."""

from pathlib import Path

import httpx
import openai
import pytest

from tests.conftest import DATA
from tests.dropin.deployment import Container, Manifest
from tests.unit.catalog.hub_server import hub_server
from voxhelm.testing.models.whisper import write_tiny_whisper

pytest.importorskip("faster_whisper")

MODEL = "deepdml/faster-whisper-large-v3-turbo-ct2"
MANIFEST = Manifest(
    environment={
        "PRELOAD_MODELS": f'["{MODEL}"]',
        "STT_MODEL_TTL": "-1",
        "WHISPER__INFERENCE_DEVICE": "cuda",
        "WHISPER__COMPUTE_TYPE": "int8",
        "LOG_LEVEL": "info",
    },
    port=8000,
    readiness="/health",
)
WORDS = "The quick brown fox. It jumps over lazy dogs."
SNAPSHOT = "a" * 40


def make_container(folder, **variables):
    """The volume is mounted at /data, where HF_HOME and HF_HUB_CACHE lead."""
    (folder / "app").mkdir()
    (folder / "data" / "hub").mkdir(parents=True)
    volume = {"HF_HOME": str(folder / "data"), "HF_HUB_CACHE": str(folder / "data" / "hub")}
    return Container(folder / "app", MANIFEST, volume | variables)


def fill_cache(container):
    """The model as the hub's own library leaves it: files under their digests, and links to them."""
    repository = Path(container.variables["HF_HUB_CACHE"]) / f"models--{MODEL.replace('/', '--')}"
    made = write_tiny_whisper(repository / "made")
    (repository / "blobs").mkdir()
    snapshot = repository / "snapshots" / SNAPSHOT
    snapshot.mkdir(parents=True)
    for number, file in enumerate(sorted(made.iterdir())):
        blob = file.rename(repository / "blobs" / f"{number:064x}")
        (snapshot / file.name).symlink_to(Path("..", "..", "blobs", blob.name))
    made.rmdir()
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(SNAPSHOT)
    return container


@pytest.fixture(scope="module")
def container(tmp_path_factory):
    return fill_cache(make_container(tmp_path_factory.mktemp("speaches")))


@pytest.fixture(scope="module")
def server(container):
    with container.started() as one:
        yield wait_until_ready(one.wait_until_it_listens())


def wait_until_ready(server):
    """As a probe does; it must not say yes before the model is in memory."""
    while (answer := httpx.get(f"{server.url}{MANIFEST.readiness}")).status_code != 200:
        assert answer.status_code == 503
        assert "error" in answer.json()
        assert server.process.poll() is None, server.log.read_text()
    assert state(server) == "loaded"
    return server


def state(server, **headers):
    return httpx.get(f"{server.url}/v1/models/{MODEL.partition('/')[2]}", headers=headers).json()["state"]


def recording():
    return (DATA / "flite-garden-awb.wav").read_bytes()


def transcribe(server, **headers):
    files = {"file": ("turn.wav", recording(), "audio/wav")}
    return httpx.post(f"{server.url}/v1/audio/transcriptions", files=files, data={"model": MODEL}, headers=headers, timeout=60)


def test_its_variables_are_settings(container):
    settings = container.settings()
    assert settings["server"]["port"] == MANIFEST.port
    assert settings["server"]["host"] == "0.0.0.0"  # noqa: S104 - so that a Service reaches it
    assert settings["models"]["time_to_live_seconds_by_engine"]["faster-whisper"] == -1
    assert settings["models"]["settings_by_engine"] == {"faster-whisper": {"compute_type": "int8"}}


def test_the_model_in_the_cache_is_warm_before_a_probe_says_so_and_hears(server):
    answer = transcribe(server)
    assert (answer.status_code, answer.json()["text"]) == (200, WORDS)


def test_it_is_listed_and_asked_for_by_its_repository(server):
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as client:
        assert MODEL in {model.id for model in client.models.list()}
        heard = client.audio.transcriptions.create(model=MODEL, file=("turn.wav", recording()))
        assert heard.text == WORDS


def test_it_says_once_what_it_has_taken_over_and_nothing_was_left(server):
    (line,) = server.lines("taken over")
    assert "server=speaches" in line


@pytest.mark.slow
def test_an_idle_model_leaves_when_it_is_told_to(container):
    with container.started(STT_MODEL_TTL="0", PRELOAD_MODELS="[]") as starting:
        server = starting.wait_until_it_listens()
        assert httpx.get(f"{server.url}/health").status_code == 200
        assert transcribe(server).status_code == 200
        while state(server) != "unloaded":
            assert server.process.poll() is None


def test_a_key_is_asked_for_but_by_probes(container):
    with container.started(API_KEY="short") as starting:
        server = starting.wait_until_it_listens()
        while httpx.get(f"{server.url}/health").status_code != 200:
            assert server.process.poll() is None
        assert transcribe(server).status_code == 401
        assert transcribe(server, Authorization="Bearer other").status_code == 401
        assert transcribe(server, Authorization="Bearer short").json()["text"] == WORDS
        assert "short" not in "".join(server.lines("taken over"))


@pytest.mark.slow
def test_the_first_start_pulls_the_model_and_the_next_asks_nobody(tmp_path):
    made = write_tiny_whisper(tmp_path / "made")
    with hub_server() as hub:
        hub.files[MODEL] = {file.name: file.read_bytes() for file in made.iterdir()}
        container = make_container(tmp_path, HF_ENDPOINT=hub.url)
        with container.started() as starting:
            server = wait_until_ready(starting.wait_until_it_listens())
            assert transcribe(server).json()["text"] == WORDS
        asked = len(hub.seen)
        assert asked
        with container.started() as starting:
            wait_until_ready(starting.wait_until_it_listens())
        assert len(hub.seen) == asked


def test_a_hub_that_is_not_there_stops_the_start_with_a_reason(tmp_path):
    container = make_container(tmp_path, HF_HUB_OFFLINE="1")
    with container.started() as server:
        assert server.process.wait(60) != 0
        assert not server.accepts()
        assert MODEL in server.log.read_text()
        assert "Traceback" not in server.log.read_text()
