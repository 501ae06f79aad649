"""A deployment of openedai-speech: two Piper voices on a volume, a map of names, a port that opens when all is read."""

import io
import os

import httpx
import openai
import pytest
import yaml

from tests.dropin.deployment import Container, Manifest
from voxhelm.audio.decode import decode
from voxhelm.testing.models.piper_voice import write_piper_voice

pytest.importorskip("piper")

MANIFEST = Manifest(environment={"OPENEDAI_LOG_LEVEL": "INFO"}, port=8000)
# Mounted at /app/config and /app/voices.
VOICE_TO_SPEAKER = {
    "tts-1": {
        "bg": {"model": "voices/bg_BG-dimitar-medium.onnx", "speaker": None},
        "en": {"model": "voices/en_US-lessac-medium.onnx", "speaker": None},
    }
}
TEXTS = {"bg": "Добър ден. Как сте?", "en": "Good day. How are you?"}
STEMS = {"bg": "bg_BG-dimitar-medium", "en": "en_US-lessac-medium"}


def make_container(folder, voices=VOICE_TO_SPEAKER):
    root = folder / "app"
    (root / "config").mkdir(parents=True)
    (root / "voices").mkdir()
    write_piper_voice(root / "voices", STEMS["bg"], language="bg_BG")
    write_piper_voice(root / "voices", STEMS["en"], speakers=3)
    (root / "config" / "voice_to_speaker.yaml").write_text(yaml.safe_dump(voices))
    return Container(root, MANIFEST)


@pytest.fixture(scope="module")
def container(tmp_path_factory):
    return make_container(tmp_path_factory.mktemp("openedai"))


@pytest.fixture(scope="module")
def server(container):
    with container.started() as one:
        yield one.wait_until_it_listens()


def speech(server, **fields):
    return httpx.post(f"{server.url}/v1/audio/speech", json={"model": "tts-1", **fields}, timeout=60)


def test_it_listens_everywhere_on_the_port_of_the_manifest(container):
    settings = container.settings()
    assert settings["server"]["port"] == MANIFEST.port
    assert settings["server"]["host"] == "0.0.0.0"  # noqa: S104 - so that a Service reaches it
    assert settings["log"]["level"] == "info"


def test_a_tcp_probe_fails_until_the_voices_have_been_read(container):
    """An engine whose import waits for a pipe holds the server where it reads what there is: it has its port then."""
    pipe = container.root / "pipe"
    os.mkfifo(pipe)
    (container.root / "held.py").write_text("open('pipe').read()")
    with container.started(VOXHELM_MODELS__EXTRA_ENGINES='["held:ENGINE"]') as server:
        with pipe.open("wb"):  # returns when the other side has opened it, too
            assert not server.accepts()
        server.wait_until_it_listens()
        voices = {voice["id"] for voice in httpx.get(f"{server.url}/v1/audio/voices").json()["voices"]}
        assert {"bg", "en"} <= voices
    pipe.unlink()


@pytest.mark.parametrize("name", ["bg", "en"])
def test_the_voice_of_a_request_is_the_one_in_the_map(server, name):
    answer = speech(server, input=TEXTS[name], voice=name, response_format="wav", speed=1.0)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["x-voxhelm-model"] == STEMS[name]
    assert answer.content.startswith(b"RIFF")
    assert sum(pcm.duration_seconds for pcm in decode(io.BytesIO(answer.content))) > 0.5


@pytest.mark.parametrize("wanted", ["wav", "mp3", "opus", "flac", "aac", "pcm"])
def test_every_format_of_it_is_there(server, wanted):
    answer = speech(server, input="Good day.", voice="en", response_format=wanted)
    assert (answer.status_code, len(answer.content) > 500) == (200, True)


def test_a_client_of_openai_is_served(server):
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="sk-111111111", max_retries=0) as client:
        made = client.audio.speech.create(model="tts-1", voice="bg", input=TEXTS["bg"])
        assert len(made.content) > 500
        assert {"tts-1", "tts-1-hd"} <= {model.id for model in client.models.list()}


def test_the_path_that_is_scraped_answers_and_there_are_metrics(server):
    assert httpx.get(f"{server.url}/v1/models").status_code == 200
    assert "# TYPE voxhelm_" in httpx.get(f"{server.url}/metrics").text


def test_it_says_once_what_it_has_taken_over(server):
    (line,) = server.lines("taken over")
    assert "server=openedai-speech" in line
    assert "config/voice_to_speaker.yaml" in line


def test_a_map_of_its_defaults_starts_with_the_voices_that_are_there(tmp_path):
    """As it comes with the server: languages with voices that are downloaded later, speakers by number, and XTTS."""
    voices = {
        "tts-1": {
            "alloy": {
                "language": "auto",
                "en": {"model": "en_US-lessac-medium", "speaker": 2},
                "bg": {"model": "bg_BG-dimitar-medium"},
            },
            "fable": {"en": {"model": "en_GB-aru-medium", "speaker": 8}},
            "auto": None,
        },
        "tts-1-hd": {"me": {"model": "xtts_v2.0.2", "speaker": "voices/me.wav"}},
    }
    with make_container(tmp_path, voices).started() as starting:
        server = starting.wait_until_it_listens()
        told = "\n".join(server.lines("not taken over"))
        assert "tts-1-hd: me" in told
        assert "voxhelm pull piper:en_GB-aru-medium" in told
        english = speech(server, input=TEXTS["en"], voice="alloy").headers
        assert (english["x-voxhelm-model"], english["x-voxhelm-voice"]) == (STEMS["en"], "speaker_2")
        assert speech(server, input=TEXTS["bg"], voice="alloy").headers["x-voxhelm-model"] == STEMS["bg"]
        assert speech(server, input="Good day.", voice="fable").status_code == 200
