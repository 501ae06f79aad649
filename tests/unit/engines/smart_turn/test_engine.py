import pytest

from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import Capability, ModelSpec, Placement
from voxhelm.engines.smart_turn import engine
from voxhelm.engines.smart_turn.engine import ENGINE
from voxhelm.testing.models.smart_turn import write_smart_turn


def test_a_file_is_a_model_of_its_name(tmp_path):
    file = write_smart_turn(tmp_path / "turns")
    spec = ENGINE.discover(tmp_path)[0]
    assert (spec.id, spec.capability, spec.path) == ("smart-turn-v3.0-null", Capability.TURN, file)
    assert {"en", "ru", "uk"} < set(spec.languages)
    assert "bg" not in spec.languages
    assert ENGINE.footprint(spec, Placement()).bytes_by_device["cpu"] > file.stat().st_size


def test_a_packages_model_has_no_path_and_yields_to_a_file_of_the_same_name(tmp_path, monkeypatch):
    packaged = write_smart_turn(tmp_path / "package", "smart-turn-v3.2-cpu")
    monkeypatch.setattr(engine, "packaged_files", lambda: (packaged,))
    (spec,) = ENGINE.discover(tmp_path / "models")
    assert (spec.id, spec.path) == ("smart-turn-v3.2-cpu", None)
    with ENGINE.load(spec, Placement()) as judge:
        assert judge is not None
    ours = write_smart_turn(tmp_path / "models", "smart-turn-v3.2-cpu")
    assert [spec.path for spec in ENGINE.discover(tmp_path / "models")] == [ours]
    assert "pipecat" in ENGINE.diagnose()[0].detail


def test_without_the_runtime_there_is_no_model_and_a_remedy(tmp_path, monkeypatch):
    write_smart_turn(tmp_path)
    monkeypatch.setattr(engine, "has_runtime", lambda: False)
    assert ENGINE.discover(tmp_path) == ()
    (finding,) = ENGINE.diagnose()
    assert not finding.ok
    assert "voxhelm[turn]" in str(finding.remedy)
    with pytest.raises(ModelLoadFailed, match="not installed"), ENGINE.load(spec_of(tmp_path / "a.onnx"), Placement()):
        pass


def spec_of(path, **settings):
    return ModelSpec("smart-turn", "smart_turn", Capability.TURN, (), path, settings)


def refused(spec):
    with pytest.raises(ModelLoadFailed) as failed, ENGINE.load(spec, Placement()):
        pass
    return failed.value.message


def test_a_file_that_is_none_of_its_kind_is_refused_and_named(tmp_path):
    damaged = tmp_path / "smart-turn-damaged.onnx"
    damaged.write_bytes(b"no network")
    assert str(damaged) in refused(spec_of(damaged))
    assert "cannot be read" in refused(spec_of(tmp_path / "smart-turn-gone.onnx"))
    other = write_smart_turn(tmp_path, "smart-turn-other", frames=400)
    assert "no Smart Turn of version 3" in refused(spec_of(other))


def test_a_network_without_probabilities_is_refused_when_it_is_loaded(tmp_path):
    assert "no probability" in refused(spec_of(write_smart_turn(tmp_path, logits=True)))


def test_a_packages_model_that_is_gone_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(engine, "packaged_files", tuple)
    assert "pipecat-ai" in refused(ModelSpec("smart-turn-v3.2-cpu", "smart_turn", Capability.TURN, ()))


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"threads": "0"}, "at least 1"), ({"threads": "two"}, "at least 1"), ({"speed": "1"}, "no setting 'speed'")],
)
def test_a_setting_that_cannot_be_is_refused(file, settings, said):
    assert said in refused(spec_of(file, **settings))


def test_threads_may_be_set(file):
    with ENGINE.load(spec_of(file, threads="2"), Placement()) as judge:
        assert judge is not None
