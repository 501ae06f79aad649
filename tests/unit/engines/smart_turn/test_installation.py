import sys

import pytest

from voxhelm.engines.smart_turn import installation
from voxhelm.engines.smart_turn.installation import find_files, has_runtime, packaged_files


@pytest.fixture
def put(tmp_path):
    def put_file(*parts):
        path = tmp_path.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        return path

    return put_file


def test_the_newest_comes_first_and_the_quantised_before_the_full(put, tmp_path):
    for name in ("smart-turn-v3.1-cpu.onnx", "smart-turn-v3.2-gpu.onnx", "smart-turn-v3.2-cpu.onnx", "smart-turn-v3.10-cpu.onnx"):
        put(name)
    assert [path.stem.removeprefix("smart-turn-") for path in find_files(tmp_path)] == [
        "v3.10-cpu",
        "v3.2-cpu",
        "v3.2-gpu",
        "v3.1-cpu",
    ]


def test_files_are_found_in_folders_and_others_are_left_alone(put, tmp_path):
    deep = put("a", "b", "c", "smart-turn-v3.2-cpu.onnx")
    put("voices", "another.onnx")
    put("a", "b", "c", "d", "e", "smart-turn-v3.9.onnx")
    assert find_files(tmp_path) == (deep,)
    assert find_files(tmp_path / "nowhere") == ()


def test_what_the_package_brings_is_found_without_importing_it(put, tmp_path, monkeypatch):
    put("pipecat", "__init__.py").write_text("raise AssertionError('imported')")
    there = put("pipecat", "audio", "turn", "smart_turn", "data", "smart-turn-v3.2-cpu.onnx")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert packaged_files() == (there,)
    assert "pipecat" not in sys.modules


def test_without_the_package_nothing_is_found(monkeypatch):
    monkeypatch.setattr(installation, "find_spec", lambda _name: None)
    assert packaged_files() == ()
    assert not has_runtime()
