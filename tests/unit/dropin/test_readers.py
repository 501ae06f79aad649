import json

import pytest

from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.dropin.carried import Carried, merged
from voxhelm.dropin.readers import find_foreign, read_foreign, read_variables


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def voice(root, name, speakers=None):
    write(root / "voices" / f"{name}.onnx", "")
    names = speakers or {}
    write(root / "voices" / f"{name}.onnx.json", json.dumps({"num_speakers": max(1, len(names)), "speaker_id_map": names}))


def test_nothing_is_found_where_nothing_is(tmp_path):
    write(tmp_path / "config.yaml", "database: {url: x}")
    write(tmp_path / "voices" / "x.onnx", "")
    assert find_foreign(tmp_path, {"LOG_LEVEL": "debug", "HF_HOME": "/data"}) == ()


def test_a_map_of_voices_is_found_in_its_place_with_the_speakers_of_its_files(tmp_path):
    voice(tmp_path, "en_US-lessac-medium")
    voice(tmp_path, "en_US-libritts_r-medium", {"3922": 0, "1234": 79})
    write(tmp_path / "voices" / "half.onnx", "")
    write(tmp_path / "voices" / "me.wav", "")
    write(tmp_path / "config" / "pre_process_map.yaml", "- ['a', 'b']")
    write(
        tmp_path / "config" / "voice_to_speaker.yaml",
        "tts-1: {alloy: {model: en_US-libritts_r-medium, speaker: 79}, half: {model: half}}",
    )
    (one,) = find_foreign(tmp_path, {})
    assert one.server == "openedai-speech"
    assert one.values["models"]["directory"] == str(tmp_path / "voices")
    assert one.values["voices"]["logical"] == {"alloy": {"model": "en_US-libritts_r-medium", "voice": "1234"}}
    assert [left.what for left in one.left_behind] == ["config/pre_process_map.yaml", "voices/: me.wav", "tts-1.half"]
    assert read_foreign("openedai-speech", tmp_path, {}) == one
    assert read_foreign("openedai-speech", tmp_path / "config" / "voice_to_speaker.yaml", {}) == one


def test_its_environment_alone_is_enough_beside_its_voices(tmp_path):
    (tmp_path / "voices").mkdir()
    (one,) = find_foreign(tmp_path, {"OPENEDAI_LOG_LEVEL": "debug"})
    assert (one.source, one.values["log"]) == ("the environment", {"level": "debug"})


def test_a_configuration_of_chatterbox_is_found_by_its_shape(tmp_path):
    file = write(tmp_path / "config.yaml", "tts_engine: {device: cpu, predefined_voices_path: voices}")
    (one,) = find_foreign(tmp_path, {})
    assert (one.server, one.source) == ("chatterbox-tts-server", str(file))
    assert read_foreign("chatterbox-tts-server", tmp_path, {}) == one
    write(file, "tts_engine: [")
    assert find_foreign(tmp_path, {}) == ()  # nobody can tell whose it is
    with pytest.raises(ConfigurationInvalid, match="not valid YAML"):
        read_foreign("chatterbox-tts-server", tmp_path, {})
    write(file, "database: {}")
    with pytest.raises(ConfigurationInvalid, match="is not a configuration of chatterbox-tts-server"):
        read_foreign("chatterbox-tts-server", tmp_path, {})


@pytest.mark.parametrize(("files", "model"), [(["t3_mtl23ls_v2.safetensors"], "chatterbox"), ([], "chatterbox-multilingual")])
def test_what_is_in_the_hubs_cache_is_called_as_the_engine_calls_it(tmp_path, files, model):
    for name in files:
        write(tmp_path / "hub" / "models--ResembleAI--chatterbox" / "snapshots" / "0123" / name, "")
    write(tmp_path / "config.yaml", "model: {repo_id: chatterbox-multilingual}\nserver: {}\n")
    (one,) = find_foreign(tmp_path, {"HF_HUB_CACHE": str(tmp_path / "hub")})
    assert one.values["models"]["preload"] == [model]


def test_the_variables_of_speaches_are_found_and_its_usual_cache(tmp_path):
    cache = tmp_path / ".cache" / "huggingface" / "hub"
    cache.mkdir(parents=True)
    (one,) = find_foreign(tmp_path / "elsewhere", {"STT_MODEL_TTL": "-1", "HOME": str(tmp_path)})
    assert one.values["models"]["directory"] == str(cache)


def test_a_file_of_variables_is_read_as_docker_reads_it(tmp_path):
    file = write(tmp_path / "a.env", "# ours\n\nSTT_MODEL_TTL=-1\nexport LOG_LEVEL=info\nPRELOAD_MODELS='[\"a/b\"]'\nEMPTY=\n")
    assert read_variables(file) == {"STT_MODEL_TTL": "-1", "LOG_LEVEL": "info", "PRELOAD_MODELS": '["a/b"]', "EMPTY": ""}
    assert read_foreign("speaches", file, {"STT_MODEL_TTL": "7"}).values["log"] == {"level": "info"}


def test_a_line_that_is_none_is_not_quoted(tmp_path):
    file = write(tmp_path / "a.env", "A=1\nhunter2 is my key\n")
    with pytest.raises(ConfigurationInvalid, match="line 2") as caught:
        read_variables(file)
    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize("server", ["openedai-speech", "chatterbox-tts-server", "speaches"])
def test_what_is_not_there_is_told(tmp_path, server):
    with pytest.raises(ConfigurationInvalid, match="cannot be read: No such file"):
        read_foreign(server, tmp_path / "gone", {})


def test_several_are_joined_and_the_later_holds():
    first = Carried("a", "a", {"server": {"port": 1, "host": "x"}, "voices": {"logical": {"bg": {"model": "a"}}}})
    second = Carried("b", "b", {"server": {"port": 2}, "voices": {"logical": {"en": {"model": "b"}}}})
    assert merged([first, second]) == {
        "server": {"port": 2, "host": "x"},
        "voices": {"logical": {"bg": {"model": "a"}, "en": {"model": "b"}}},
    }
