"""A deployment of Chatterbox-TTS-Server: the multilingual model on a card, its voices on a volume, a probe that asks for the voices.

Chatterbox's own packages take gigabytes: what stands in for them hums instead of speaking. All else is real.
"""

import io

import httpx
import openai
import pytest
import yaml

from tests.chatterbox_models import write_chatterbox, write_recording
from tests.dropin.deployment import Container, Manifest
from tests.own_interpreter import make_chatterbox_interpreter
from tests.unit.catalog.hub_server import hub_server
from voxhelm.audio.decode import decode
from voxhelm.engines.chatterbox.variants import MULTILINGUAL

# The manifest's HF_HOME and HF_HUB_CACHE lead to its volume, and so do the two folders of voices.
MANIFEST = Manifest(environment={"TTS_BF16": "off"}, port=8004, readiness="/v1/audio/voices")
MODEL = "chatterbox-multilingual"
# What the client of the deployment sends: it knows an OpenAI-compatible server by its address and one name of a model, and has no key.
CLIENT = {"TTS_MODE": "openai_compatible", "TTS_MODEL": "chatterbox"}


def make_container(folder, python, **more):
    """config.yaml is mounted at /app/config.yaml; the volume is mounted at /data."""
    root, data = folder / "app", folder / "data"
    root.mkdir()
    config = {
        "server": {"host": "0.0.0.0", "port": MANIFEST.port},  # noqa: S104 - as the manifest has it
        "model": {"repo_id": MODEL},
        "tts_engine": {
            "device": "cuda",
            "predefined_voices_path": str(data / "voices"),
            "reference_audio_path": str(data / "reference_audio"),
        },
    } | more
    (root / "config.yaml").write_text(yaml.safe_dump(config))
    write_recording(data / "voices" / "Emily.wav", 300)
    write_recording(data / "reference_audio" / "Narrator.wav", 200)
    cache = str(data / "hf_cache")
    own = {"VOXHELM_MODELS__INTERPRETERS__CHATTERBOX": str(python)}  # ours: which the image knows
    return Container(root, MANIFEST, {"HF_HOME": cache, "HF_HUB_CACHE": cache, **own})


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    return make_chatterbox_interpreter(tmp_path_factory.mktemp("interpreter") / "environment")


@pytest.fixture(scope="module")
def container(tmp_path_factory, python):
    """Its cache is as the other server has left it: of the repository's two models only the one that it was told to load."""
    one = make_container(tmp_path_factory.mktemp("chatterbox"), python)
    snapshots = one.root.parent / "data" / "hf_cache" / "models--ResembleAI--chatterbox" / "snapshots"
    write_chatterbox(snapshots / ("b" * 40), MULTILINGUAL)
    return one


@pytest.fixture(scope="module")
def server(container):
    with container.started() as one:
        yield wait_until_ready(one.wait_until_it_listens())


def wait_until_ready(server, model="chatterbox"):
    """As a probe does; it must not say yes before the model is in memory, and being alive is told elsewhere."""
    while (answer := httpx.get(f"{server.url}{MANIFEST.readiness}")).status_code != 200:
        assert answer.status_code == 503
        assert httpx.get(f"{server.url}/health/live").status_code == 200
        assert server.process.poll() is None, server.log.read_text()
    states = {model["id"]: model["state"] for model in httpx.get(f"{server.url}/v1/models").json()["data"]}
    assert states[model] == "loaded"
    return server


def speech(server, **fields):
    body = {"model": CLIENT["TTS_MODEL"], "input": "Bonjour, ça va bien ?", "response_format": "wav", **fields}
    return httpx.post(f"{server.url}/v1/audio/speech", json=body, timeout=60)


def test_its_configuration_is_settings(container):
    settings = container.settings()
    assert settings["server"]["port"] == MANIFEST.port
    assert settings["server"]["host"] == "0.0.0.0"  # noqa: S104 - so that a Service reaches it
    assert settings["models"]["time_to_live_seconds_by_engine"] == {"chatterbox": -1}


def test_a_probe_for_the_voices_says_yes_when_the_model_is_warm(server):
    voices = {voice["id"] for voice in httpx.get(f"{server.url}/v1/audio/voices").json()["voices"]}
    assert {"Emily", "Narrator"} <= voices


@pytest.mark.parametrize("voice", ["Emily", "Emily.wav", "Narrator.wav"])
def test_a_voice_is_called_as_its_file_with_and_without_its_suffix(server, voice):
    answer = speech(server, voice=voice)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/wav")
    assert answer.headers["x-voxhelm-voice"] == voice.removesuffix(".wav")
    assert sum(pcm.duration_seconds for pcm in decode(io.BytesIO(answer.content))) > 0.2


def test_without_a_format_the_answer_is_wav_as_it_was(server):
    answer = httpx.post(f"{server.url}/v1/audio/speech", json={"input": "Guten Tag.", "voice": "Emily"}, timeout=60)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/wav")


@pytest.mark.parametrize("model", ["chatterbox", MODEL, "tts-1"])
def test_its_names_of_models_and_openais_speak_with_its_voices(server, model):
    answer = speech(server, voice="Emily", model=model)
    assert (answer.status_code, answer.headers["x-voxhelm-model"]) == (200, "chatterbox")


def test_its_client_is_served_without_a_key(server):
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as client:
        made = client.audio.speech.create(model=CLIENT["TTS_MODEL"], voice="Emily", input="Guten Tag.", response_format="mp3")
        assert len(made.content) > 500


def test_a_path_is_no_voice(server):
    answer = speech(server, voice="../reference_audio/Narrator.wav")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "voice_not_found")


def test_it_says_once_what_it_has_taken_over_and_nothing_was_left(server):
    (line,) = server.lines("taken over")
    assert "server=chatterbox-tts-server" in line


def test_a_model_that_is_to_be_lazy_is_not_waited_for(tmp_path, python, container):
    lazy = make_container(tmp_path, python, server={"host": "127.0.0.1", "port": 8004, "lazy_load_model": True})
    cache = {name: container.variables[name] for name in ("HF_HOME", "HF_HUB_CACHE")}
    lazy.variables = {**lazy.variables, **cache}
    with lazy.started() as starting:
        server = starting.wait_until_it_listens()
        assert httpx.get(f"{server.url}/v1/audio/voices").status_code == 200
        assert speech(server, voice="Emily").status_code == 200


def test_the_first_start_pulls_the_model_that_the_configuration_names(tmp_path, python):
    made = write_chatterbox(tmp_path / "made", MULTILINGUAL)
    with hub_server() as hub:
        hub.files["ResembleAI/chatterbox"] = {file.name: file.read_bytes() for file in made.iterdir()}
        container = make_container(tmp_path, python)
        with container.started(HF_ENDPOINT=hub.url) as starting:
            server = wait_until_ready(starting.wait_until_it_listens(), MODEL)
            assert speech(server, voice="Emily").headers["x-voxhelm-model"] == MODEL


def test_without_its_interpreter_the_start_says_what_to_do(container):
    with container.started(VOXHELM_MODELS__INTERPRETERS__CHATTERBOX="/nowhere/python") as server:
        assert server.process.wait(60) == 2
        told = " ".join(server.log.read_text().split())
    assert "chatterbox" in told
    assert "which cannot be loaded yet" in told
