from pathlib import Path

import pytest

from voxhelm.config import settings_of
from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.dropin.chatterbox import HOST, ChatterboxFacts, carry_over_chatterbox, is_chatterbox
from voxhelm.engines.chatterbox.load_options import LoadOptions

ROOT = Path("/app")
MULTILINGUAL = {
    "server": {"host": HOST, "port": 8004},
    "model": {"repo_id": "chatterbox-multilingual"},
    "tts_engine": {"device": "cuda", "predefined_voices_path": "/data/voices", "reference_audio_path": "/data/reference_audio"},
}


def carried(document, environment=None, **facts):
    one = carry_over_chatterbox(document, environment or {}, ChatterboxFacts(ROOT, **facts), "config.yaml")
    settings = settings_of(one.values)
    LoadOptions.read(settings.models.settings_by_engine.get("chatterbox", {}))  # the engine takes them
    return one


def test_host_port_model_and_recordings_are_carried_over():
    cache = {"HF_HOME": "/data/hf_cache", "HF_HUB_CACHE": "/data/hf_cache", "TTS_BF16": "off"}
    assert carried(MULTILINGUAL, cache).values == {
        "server": {"host": HOST, "port": 8004, "ready_paths": ["/v1/audio/voices"]},
        "models": {
            "directory": "/data/hf_cache",
            "preload": ["chatterbox-multilingual"],
            "pull_preload": True,
            "aliases": {"chatterbox": "chatterbox-multilingual"},
            "time_to_live_seconds_by_engine": {"chatterbox": -1},
            "settings_by_engine": {
                "chatterbox": {"voices": "/data/voices", "reference_audio": "/data/reference_audio", "dtype": "float32"}
            },
        },
        "speech": {"default_format": "wav"},
    }


def test_it_is_recognised_by_its_shape():
    assert is_chatterbox(MULTILINGUAL)
    assert is_chatterbox({"model": {"repo_id": "ResembleAI/chatterbox"}, "server": {}})
    for other in (
        None,
        [],
        {},
        {"model": {"repo_id": "gpt2"}, "server": {}},
        {"tts_engine": {"name": "x"}},
        {"server": {"port": 1}},
    ):
        assert not is_chatterbox(other)


def test_a_model_that_is_to_be_lazy_is_not_waited_for():
    values = carried({"server": {"lazy_load_model": True, "model_idle_timeout_minutes": 20}, "tts_engine": {}}).values
    assert values["server"] == {"host": HOST, "port": 8004}
    assert "preload" not in values["models"]
    assert values["models"]["time_to_live_seconds_by_engine"] == {"chatterbox": 1200}


@pytest.mark.parametrize(
    ("selector", "model"),
    [("turbo", "chatterbox-turbo"), ("ResembleAI/chatterbox", "chatterbox"), ("original", "chatterbox"), ("what", "chatterbox")],
)
def test_its_names_of_models_are_ours(selector, model):
    one = carried({"model": {"repo_id": selector}})
    assert one.values["models"]["preload"] == [model]
    assert bool(one.left_behind) == (selector == "what")


def test_a_model_in_a_cache_is_called_as_it_is_there():
    models = carried(MULTILINGUAL, cached_as={"chatterbox-multilingual": "chatterbox"}).values["models"]
    assert models["preload"] == ["chatterbox"]
    assert models["aliases"] == {"chatterbox-multilingual": "chatterbox"}


def test_paths_go_from_its_directory_and_numbers_are_the_engines():
    document = {
        "tts_engine": {"device": "cpu", "predefined_voices_path": "voices"},
        "generation_defaults": {"temperature": 0.8, "exaggeration": 1.3, "cfg_weight": 0.5, "seed": 0, "language": "de"},
    }
    values = carried(document, model_cache=True).values
    assert values["models"]["directory"] == "/app/model_cache"
    assert values["models"]["device"] == "cpu"
    own = values["models"]["settings_by_engine"]["chatterbox"]
    assert own == {"voices": "/app/voices", "temperature": 0.8, "exaggeration": 1.3, "cfg_weight": 0.5}
    assert values["speech"] == {"default_language": "de", "default_format": "wav"}


@pytest.mark.parametrize(("word", "dtype"), [("off", "float32"), ("ON", "bfloat16"), ("auto", "auto"), ("1", "bfloat16")])
def test_bf16_is_a_number_format(word, dtype):
    models = carried(MULTILINGUAL, {"TTS_BF16": word}).values["models"]
    assert models["settings_by_engine"]["chatterbox"]["dtype"] == dtype


def test_what_has_no_counterpart_is_told():
    document = {
        "server": {"use_auth": True, "auth_password": "secret", "ssl_certfile": "a.pem", "use_ngrok": True},
        "tts_engine": {"device": "mps"},
        "generation_defaults": {"speed_factor": 1.2},
        "audio_output": {"sample_rate": 44100, "save_to_disk": True},
    }
    left = carried(document).left_behind
    assert len(left) == 7
    assert "secret" not in repr(left)


def test_what_cannot_be_meant_is_named():
    with pytest.raises(ConfigurationInvalid, match=r"config.yaml: server.port must be a port; it is 99999"):
        carried({"server": {"port": 99999}})
    with pytest.raises(ConfigurationInvalid, match=r"tts_engine must be a mapping"):
        carried({"tts_engine": "cuda"})
