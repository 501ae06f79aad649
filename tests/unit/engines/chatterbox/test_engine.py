import importlib.util
from dataclasses import replace

import pytest

from tests.chatterbox_models import write_chatterbox, write_recording
from voxhelm.catalog.interpreters import modules_of, requirements_of
from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import Placement
from voxhelm.engines.chatterbox.engine import ENGINE
from voxhelm.engines.chatterbox.load_options import LoadOptions
from voxhelm.engines.chatterbox.variants import ENGLISH, LANGUAGES, MULTILINGUAL, TURBO


def ids(directory):
    return sorted(spec.id for spec in ENGINE.discover(directory))


def test_this_interpreter_has_neither_chatterbox_nor_pytorch():
    """Else the tests that use another one would prove nothing."""
    assert importlib.util.find_spec("chatterbox") is None
    assert importlib.util.find_spec("torch") is None


def test_here_it_does_not_load_and_says_what_to_do(specs, monkeypatch):
    monkeypatch.setattr("os.environ", {})
    with pytest.raises(ModelLoadFailed, match="voxhelm engines install chatterbox"), ENGINE.load(specs["english"], Placement()):
        pass


def test_models_are_called_like_their_folders_and_told_apart_by_their_files(specs):
    assert {name: spec.id for name, spec in specs.items()} == {
        "english": "cb-english", "turbo": "cb-turbo", "multilingual": "cb-multilingual",
    }  # fmt: skip
    assert specs["english"].languages == specs["turbo"].languages == ("en",)
    assert len(specs["multilingual"].languages) == 23
    assert "bg" not in LANGUAGES


def test_a_copy_of_the_hubs_repository_holds_two_models(tmp_path):
    snapshot = tmp_path / "models--ResembleAI--chatterbox" / "snapshots" / "0123abc"
    write_chatterbox(snapshot, ENGLISH)
    write_chatterbox(snapshot, MULTILINGUAL)
    assert ids(tmp_path) == ["chatterbox", "chatterbox-multilingual"]


def test_what_is_not_whole_is_no_model(tmp_path):
    write_chatterbox(tmp_path / "half", TURBO)
    (tmp_path / "half" / "merges.txt").unlink()
    assert ids(tmp_path) == []


def test_a_model_that_has_nobody_to_speak_as_is_not_found(tmp_path):
    write_chatterbox(tmp_path / "mute", own_voice=False)
    assert ids(tmp_path) == []
    write_recording(tmp_path / "mute" / "reference_audio" / "Clara.wav", 200)
    (spec,) = ENGINE.discover(tmp_path)
    assert [voice.id for voice in ENGINE.voices(spec)] == ["Clara"]


def test_its_voices_are_its_own_and_those_of_the_recordings(specs):
    voices = ENGINE.voices(specs["multilingual"])
    assert [voice.id for voice in voices] == ["cb-multilingual", "Anna", "Boris"]
    assert all(voice.languages == LANGUAGES for voice in voices)


def test_a_recording_beside_the_model_comes_before_one_for_all(tmp_path):
    write_chatterbox(tmp_path / "own", own_voice=False)
    write_recording(tmp_path / "own" / "voices" / "anna.wav", 100)
    write_recording(tmp_path / "chatterbox" / "voices" / "ANNA.wav", 200)
    (spec,) = ENGINE.discover(tmp_path)
    assert [voice.id for voice in ENGINE.voices(spec)] == ["anna"]


def test_recordings_may_be_in_folders_of_the_operators(tmp_path):
    write_chatterbox(tmp_path / "models" / "own")
    write_recording(tmp_path / "data" / "voices" / "Emily.wav", 100)
    write_recording(tmp_path / "data" / "reference_audio" / "Gianna.wav", 200)
    write_recording(tmp_path / "models" / "chatterbox" / "voices" / "Emily.wav", 300)
    (spec,) = ENGINE.discover(tmp_path / "models")
    named = {kind: str(tmp_path / "data" / kind) for kind in ("voices", "reference_audio")}
    wanted = replace(spec, settings={**named, **spec.settings})
    assert [voice.id for voice in ENGINE.voices(wanted)] == ["own", "Emily", "Gianna"]
    assert LoadOptions.read(wanted.settings) == LoadOptions.read(spec.settings)


def test_the_footprint_is_the_weights_and_what_pytorch_needs(specs):
    on_cpu = ENGINE.footprint(specs["english"], Placement()).bytes_by_device
    on_card = ENGINE.footprint(specs["english"], Placement("cuda:1")).bytes_by_device
    assert on_cpu["cpu"] == 3_000 + 1_000_000_000 + 1_500_000_000
    assert on_card == {"cpu": 1_000_000_000, "cuda:1": 3_000 + 1_500_000_000}


def test_a_model_whose_files_have_gone_does_not_load(specs, tmp_path):
    with pytest.raises(ModelLoadFailed, match="gone"), ENGINE.load(replace(specs["turbo"], path=tmp_path), Placement()):
        pass


def test_its_interpreter_has_what_hosts_need_and_what_it_needs_itself():
    assert "chatterbox-tts==0.1.7" in requirements_of(ENGINE)
    assert {"msgspec", "numpy", "torch", "chatterbox", "sentencex"} <= set(modules_of(ENGINE))
