import importlib.util
from dataclasses import replace

import pytest

from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import Placement
from voxhelm.engines.kokoro.engine import ENGINE
from voxhelm.testing.models.kokoro import write_kokoro


@pytest.fixture(params=["kokoro_onnx", "onnxruntime", "espeakng_loader"])
def missing(request, monkeypatch):
    """One package of the runtime is not installed."""
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == request.param else find_spec(name))


def test_without_the_runtime_nothing_is_found_and_the_remedy_is_told(missing, models, spec):
    assert ENGINE.discover(models) == ()
    (finding,) = ENGINE.diagnose()
    assert not finding.ok
    assert "voxhelm[kokoro]" in finding.remedy
    with pytest.raises(ModelLoadFailed, match="kokoro"), ENGINE.load(spec, Placement()):
        pass


def test_with_the_runtime_all_is_well():
    assert all(finding.ok for finding in ENGINE.diagnose())


def test_a_model_whose_files_have_gone_does_not_load(spec, tmp_path):
    with pytest.raises(ModelLoadFailed, match="gone"), ENGINE.load(replace(spec, path=tmp_path), Placement()):
        pass
    with pytest.raises(ModelLoadFailed, match="where"), ENGINE.load(replace(spec, path=None), Placement()):
        pass


def test_the_footprint_grows_with_the_files(tmp_path):
    write_kokoro(tmp_path)
    (spec,) = ENGINE.discover(tmp_path)
    small = ENGINE.footprint(spec, Placement()).bytes_by_device["cpu"]
    with (spec.path / "kokoro-null.onnx").open("ab") as file:
        file.write(bytes(1_000_000))
    assert ENGINE.footprint(spec, Placement()).bytes_by_device["cpu"] == small + 1_000_000


def test_on_a_card_most_of_it_is_counted_there(spec):
    on_card = ENGINE.footprint(spec, Placement("cuda:1")).bytes_by_device
    assert on_card["cuda:1"] > 0
    assert on_card["cpu"] > 0
