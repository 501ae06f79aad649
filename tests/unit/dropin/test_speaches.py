from pathlib import Path

import pytest

from voxhelm.config import settings_of
from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.dropin.speaches import HOST, SpeachesFacts, carry_over_speaches, is_speaches

TURBO = "deepdml/faster-whisper-large-v3-turbo-ct2"
DEFAULTS = {
    "server": {"host": HOST, "port": 8000},
    "models": {"time_to_live_seconds_by_engine": {"faster-whisper": 300, "piper": 300, "kokoro": 300}},
}


def carried(usual_cache=None, **environment):
    one = carry_over_speaches(environment, SpeachesFacts(usual_cache))
    settings_of(one.values)
    return one


def test_a_resident_whisper_is_carried_over():
    one = carried(
        PRELOAD_MODELS=f'["{TURBO}"]',
        STT_MODEL_TTL="-1",
        WHISPER__INFERENCE_DEVICE="cuda",
        WHISPER__COMPUTE_TYPE="int8",
        LOG_LEVEL="info",
        HF_HUB_CACHE="/data/hub",
        HF_HOME="/data",
    )
    assert one.left_behind == ()
    assert one.values == {
        "server": {"host": HOST, "port": 8000, "ready_paths": ["/health"]},
        "log": {"level": "info"},
        "models": {
            "directory": "/data/hub",
            "preload": [TURBO],
            "pull_preload": True,
            "aliases": {TURBO: "faster-whisper-large-v3-turbo-ct2"},
            "time_to_live_seconds_by_engine": {"faster-whisper": -1, "piper": 300, "kokoro": 300},
            "settings_by_engine": {"faster-whisper": {"compute_type": "int8"}},
        },
    }


def test_without_anything_said_it_is_as_that_server_was():
    assert carried(STT_MODEL_TTL="300").values == DEFAULTS


@pytest.mark.parametrize("name", ["PRELOAD_MODELS", "STT_MODEL_TTL", "TTS_MODEL_TTL", "VAD_MODEL_TTL", "WHISPER__COMPUTE_TYPE"])
def test_it_is_recognised_by_what_no_other_program_has(name):
    assert is_speaches({name: "x"})
    assert not is_speaches({"LOG_LEVEL": "debug", "HF_HOME": "/data", "API_KEY": "x", "UVICORN_PORT": "1", "WHISPER_MODEL": "x"})


def test_models_have_other_homes_and_keep_their_names():
    models = ["speaches-ai/piper-en_US-amy-medium", "speaches-ai/Kokoro-82M-v1.0-ONNX", "me/my-whisper"]
    values = carried(PRELOAD_MODELS=str(models).replace("'", '"')).values["models"]
    assert values["preload"] == ["en_US-amy-medium", "kokoro", "me/my-whisper"]
    assert values["aliases"] == dict(zip(models, ["en_US-amy-medium", "kokoro-v1.0", "my-whisper"], strict=True))


def test_where_models_are_is_found_out():
    assert carried(HF_HOME="/data", STT_MODEL_TTL="1").values["models"]["directory"] == "/data/hub"
    assert carried(Path("/home/ubuntu/hub"), STT_MODEL_TTL="1").values["models"]["directory"] == "/home/ubuntu/hub"


def test_a_key_is_named_and_never_read():
    one = carried(API_KEY="a-secret", STT_MODEL_TTL="0")
    assert one.values["identity"] == {"key_variables": ["API_KEY"]}
    assert "a-secret" not in repr(one)


def test_address_threads_and_device_are_carried_over():
    values = carried(
        UVICORN_HOST="127.0.0.1",
        UVICORN_PORT="9",
        WHISPER__CPU_THREADS="4",
        WHISPER__NUM_WORKERS="0",
        WHISPER__INFERENCE_DEVICE="cpu",
        ALLOW_ORIGINS='["https://chat.example"]',
    ).values
    assert values["server"] == {"host": "127.0.0.1", "port": 9, "allow_origins": ["https://chat.example"]}
    assert values["models"]["settings_by_engine"] == {"faster-whisper": {"cpu_threads": 4}}
    assert values["models"]["device"] == "cpu"


def test_what_has_no_counterpart_is_told():
    one = carried(
        PRELOAD_MODELS='["istupakov/parakeet-tdt-0.6b-v2-onnx"]',
        ENABLE_UI="false",
        WHISPER__USE_BATCHED_MODE="true",
        WHISPER__MODEL="x",
        CHAT_COMPLETION_API_KEY="a-secret",
    )
    assert [left.what for left in one.left_behind] == [
        "PRELOAD_MODELS: istupakov/parakeet-tdt-0.6b-v2-onnx", "WHISPER__USE_BATCHED_MODE", "ENABLE_UI", "WHISPER__MODEL",
    ]  # fmt: skip
    assert "preload" not in one.values["models"]
    assert "a-secret" not in repr(one)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PRELOAD_MODELS", "whisper-small", "a list in JSON"),
        ("PRELOAD_MODELS", "[1]", "a list of names"),
        ("STT_MODEL_TTL", "long", "a number"),
        ("STT_MODEL_TTL", "-2", "from -1"),
        ("UVICORN_PORT", "99999", "a port"),
        ("LOG_LEVEL", "loud", "one of"),
    ],
)
def test_what_cannot_be_meant_is_named(name, value, told):
    with pytest.raises(ConfigurationInvalid, match=told):
        carried(**{name: value})
