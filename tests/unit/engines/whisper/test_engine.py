import shutil
import sys

import pytest

from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import Capability, ModelSpec, Placement
from voxhelm.engines.whisper import engine as registration
from voxhelm.engines.whisper.engine import ENGINE


def spec_of(folder, **settings):
    (spec,) = ENGINE.discover(folder)
    return ModelSpec(spec.id, spec.engine, spec.capability, spec.languages, spec.path, settings)


def load(spec):
    with ENGINE.load(spec, Placement()):
        pass


def test_a_folder_dropped_into_the_models_directory_is_a_model(english, multilingual, tmp_path):
    shutil.copytree(english, tmp_path / "b")
    shutil.copytree(multilingual, tmp_path / "a")
    first, second = ENGINE.discover(tmp_path)
    assert (first.id, first.languages) == ("a", ("en", "bg", "de", "fr"))
    assert (second.id, second.languages, second.path) == ("b", ("en",), tmp_path / "b")
    assert second.capability is Capability.TRANSCRIPTION


def test_of_two_folders_with_one_name_the_first_is_the_model(english, tmp_path):
    shutil.copytree(english, tmp_path / "one" / "small")
    shutil.copytree(english, tmp_path / "two" / "small")
    (spec,) = ENGINE.discover(tmp_path)
    assert spec.path == tmp_path / "one" / "small"


def test_a_vocabulary_that_cannot_be_read_makes_no_model(english, tmp_path):
    shutil.copytree(english, tmp_path / "broken")
    (tmp_path / "broken" / "vocabulary.json").write_text("{")
    assert ENGINE.discover(tmp_path) == ()


def test_a_footprint_grows_with_the_weights_and_is_where_the_model_will_be(english):
    weights = (english / "model.bin").stat().st_size
    assert ENGINE.footprint(spec_of(english), Placement()).bytes_by_device["cpu"] > weights
    on_card = ENGINE.footprint(spec_of(english), Placement("cuda:1")).bytes_by_device
    assert on_card["cuda:1"] > weights
    assert on_card["cpu"] > 0


def test_without_the_runtime_there_are_no_models_and_the_diagnosis_says_how_to_get_it(english, monkeypatch):
    spec = spec_of(english)
    monkeypatch.setattr(registration, "missing_packages", lambda: ("ctranslate2",))
    assert ENGINE.discover(english) == ()
    (finding,) = ENGINE.diagnose()
    assert not finding.ok
    assert "voxhelm[whisper]" in (finding.remedy or "")
    with pytest.raises(ModelLoadFailed, match="voxhelm"):
        load(spec)


def test_a_runtime_that_cannot_be_imported_is_told_of(english, monkeypatch):
    monkeypatch.setitem(sys.modules, "faster_whisper.transcribe", None)
    with pytest.raises(ModelLoadFailed, match="could not be loaded"):
        load(spec_of(english))


@pytest.mark.parametrize("name", ["tokenizer.json", "vocabulary.json"])
def test_a_missing_file_is_named_and_nothing_is_fetched_instead(english, tmp_path, name):
    shutil.copytree(english, tmp_path / "model")
    (tmp_path / "model" / name).unlink()
    with pytest.raises(ModelLoadFailed, match=name):
        load(spec_of(tmp_path))


def test_damaged_weights_are_told_of(english, tmp_path):
    shutil.copytree(english, tmp_path / "model")
    (tmp_path / "model" / "model.bin").write_bytes((english / "model.bin").read_bytes()[:10_000])
    with pytest.raises(ModelLoadFailed, match="could not be loaded"):
        load(spec_of(tmp_path))


def test_a_compute_type_the_machine_lacks_is_refused_with_those_it_has(english):
    with pytest.raises(ModelLoadFailed, match=r"int4.*int8"):
        load(spec_of(english, compute_type="int4"))


@pytest.mark.parametrize("compute_type", ["float16", "bfloat16", "int8_float16", "int8_bfloat16"])
def test_a_compute_type_of_cards_loads_as_its_like_where_the_model_had_to_leave_its_card(english, compute_type):
    load(spec_of(english, compute_type=compute_type))


@pytest.mark.parametrize("compute_type", ["float32", "int8", "int8_float32", "auto", "default"])
def test_every_compute_type_of_a_processor_loads(english, compute_type):
    load(spec_of(english, compute_type=compute_type))
