import pytest

from voxhelm.engines.kokoro.engine import ENGINE
from voxhelm.engines.kokoro.files import files_in, find_folders
from voxhelm.testing.models.kokoro import write_kokoro


def test_a_folder_dropped_anywhere_is_found_and_named_as_it_is(tmp_path):
    write_kokoro(tmp_path, "here")
    write_kokoro(tmp_path / "kokoro" / "hub", "there")
    assert [folder.name for folder in find_folders(tmp_path)] == ["here", "there"]
    assert [spec.id for spec in ENGINE.discover(tmp_path)] == ["here", "there"]
    assert ENGINE.discover(tmp_path)[0].languages == ("en", "es", "fr", "ja", "zh")


def test_too_deep_a_folder_is_not_looked_into(tmp_path):
    write_kokoro(tmp_path / "1" / "2" / "3", "4")
    write_kokoro(tmp_path / "1" / "2" / "3" / "4", "5")
    assert [folder.name for folder in find_folders(tmp_path)] == ["4"]


def test_of_two_with_one_name_the_first_is_taken(tmp_path):
    write_kokoro(tmp_path / "a", "kokoro")
    write_kokoro(tmp_path / "b", "kokoro")
    (spec,) = ENGINE.discover(tmp_path)
    assert spec.path == tmp_path / "a" / "kokoro"


def test_of_several_networks_the_plainest_name_is_meant(tmp_path):
    for name in ("kokoro-v1.0.int8.onnx", "kokoro-v1.0.onnx", "kokoro-v1.0.fp16.onnx", "voices-v1.0.bin", "config.json"):
        (tmp_path / name).touch()
    files = files_in(tmp_path)
    assert files is not None
    assert (files.graph.name, files.voices.name, files.vocabulary) == (
        "kokoro-v1.0.onnx",
        "voices-v1.0.bin",
        tmp_path / "config.json",
    )


@pytest.mark.parametrize("names", [[], ["model.onnx"], ["voices.bin"], ["piper.onnx", "voices.bin"]])
def test_other_folders_are_passed_over(tmp_path, names):
    for name in names:
        (tmp_path / name).touch()
    assert files_in(tmp_path) is None


def test_a_folder_whose_voices_are_damaged_is_no_model(tmp_path):
    (write_kokoro(tmp_path) / "voices-null.bin").write_bytes(b"half a download")
    assert ENGINE.discover(tmp_path) == ()


def test_a_directory_that_is_not_there_holds_nothing(tmp_path):
    assert ENGINE.discover(tmp_path / "gone") == ()
