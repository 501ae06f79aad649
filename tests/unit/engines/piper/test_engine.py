import pytest

from voxhelm.domain.errors import DeviceUnusable, ModelLoadFailed
from voxhelm.domain.model import Capability, ModelSpec, Placement
from voxhelm.engines.piper import engine, installation
from voxhelm.engines.piper.engine import ENGINE


def spec_of(path, **settings):
    return ModelSpec(path.stem, "piper", Capability.SPEECH, ("en",), path, settings)


def test_every_voice_file_is_a_model_of_its_language(specs):
    assert {name: spec.languages for name, spec in specs.items()} == {
        "en_US-null-medium": ("en",),
        "en_GB-three-medium": ("en",),
        "bg_BG-null-x_low": ("bg",),
    }


def test_a_file_with_one_speaker_is_a_voice_of_its_name(specs):
    (voice,) = ENGINE.voices(specs["bg_BG-null-x_low"])
    assert (voice.id, voice.name, voice.languages) == ("bg_BG-null-x_low", "Null (x low)", ("bg-bg", "bg"))


def test_a_file_with_several_speakers_is_a_voice_and_so_is_each_of_them(specs):
    voices = ENGINE.voices(specs["en_GB-three-medium"])
    assert [voice.id for voice in voices] == ["en_GB-three-medium", "speaker_0", "speaker_1", "speaker_2"]
    assert {voice.languages for voice in voices} == {("en-gb", "en")}


def test_of_two_files_of_one_name_the_one_that_lies_less_deep_counts(voice_path):
    deeper = voice_path.parent / "old"
    deeper.mkdir()
    for suffix in ("", ".json"):
        (deeper / (voice_path.name + suffix)).write_bytes((voice_path.parent / (voice_path.name + suffix)).read_bytes())
    assert [spec.path for spec in ENGINE.discover(voice_path.parent)] == [voice_path]


def test_without_its_runtime_nothing_is_found_or_loaded_and_the_diagnosis_says_what_to_do(models, specs, monkeypatch):
    monkeypatch.setattr(engine, "installed_version", lambda: None)
    assert list(ENGINE.discover(models)) == []
    (finding,) = ENGINE.diagnose()
    assert not finding.ok
    assert finding.remedy == installation.REMEDY
    with pytest.raises(ModelLoadFailed, match="voxhelm\\[piper\\]"), ENGINE.load(specs["en_US-null-medium"], Placement()):
        pass


def test_a_larger_file_has_a_larger_footprint(voice_path):
    small = ENGINE.footprint(spec_of(voice_path), Placement()).bytes_by_device["cpu"]
    voice_path.write_bytes(bytes(1_000_000))
    assert ENGINE.footprint(spec_of(voice_path), Placement()).bytes_by_device["cpu"] > small + 990_000


@pytest.mark.parametrize(
    "damage", [b"", b"version https://git-lfs.github.com/spec/v1\n", b"\x08\x08"], ids=["empty", "a pointer", "cut off"]
)
def test_a_damaged_network_is_named(voice_path, damage):
    voice_path.write_bytes(damage)
    with pytest.raises(ModelLoadFailed, match=rf"{voice_path.name} "), ENGINE.load(spec_of(voice_path), Placement()):
        pass


def test_a_network_cut_off_in_the_middle_is_named(voice_path):
    voice_path.write_bytes(voice_path.read_bytes()[:-700])
    with pytest.raises(ModelLoadFailed, match=rf"{voice_path.name} is damaged"), ENGINE.load(spec_of(voice_path), Placement()):
        pass


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"num_speakers": 1}', '{"phoneme_id_map": {}, "num_speakers": "many"}'])
def test_a_damaged_description_is_named(voice_path, damage):
    voice_path.with_name(voice_path.name + ".json").write_text(damage)
    with pytest.raises(ModelLoadFailed, match=r"medium\.onnx\.json "), ENGINE.load(spec_of(voice_path), Placement()):
        pass


def test_a_voice_whose_description_cannot_be_read_is_listed_so_that_loading_it_tells_why(voice_path):
    voice_path.with_name(voice_path.name + ".json").write_text("{")
    (spec,) = ENGINE.discover(voice_path.parent)
    assert spec.languages == ("en",)
    assert [voice.languages for voice in ENGINE.voices(spec)] == [("en-us", "en")]


def test_files_that_are_gone_are_named(voice_path):
    voice_path.unlink()
    with pytest.raises(ModelLoadFailed, match="cannot be read: No such file"), ENGINE.load(spec_of(voice_path), Placement()):
        pass


def test_a_card_that_this_runtime_cannot_use_is_refused(voice_path):
    with pytest.raises(DeviceUnusable, match="onnxruntime-gpu"), ENGINE.load(spec_of(voice_path), Placement("cuda:0")):
        pass


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"threads": "two"}, "'threads' must be a number"), ({"threads": "0"}, "at least 1"), ({"speed": "2"}, "no setting 'speed'")],
)
def test_a_setting_that_cannot_be_used_is_named(voice_path, settings, words):
    with pytest.raises(ModelLoadFailed, match=words), ENGINE.load(spec_of(voice_path, **settings), Placement()):
        pass


def test_on_a_card_most_of_it_is_counted_there(voice_path):
    on_card = ENGINE.footprint(spec_of(voice_path), Placement("cuda:1")).bytes_by_device
    assert on_card["cuda:1"] > voice_path.stat().st_size
    assert on_card["cpu"] > 0
