from pathlib import Path

from voxhelm.engines.flite import engine as engine_module
from voxhelm.engines.flite.engine import ENGINE
from voxhelm.engines.flite.installation import RECORDINGS, find_in, find_installation


def library(folder: Path, name: str, header: bytes | None = None) -> Path:
    """A file that begins as this machine's programs do."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(header or Path("/proc/self/exe").read_bytes()[:64])
    return path


def test_voices_are_those_whose_libraries_are_there_the_best_first(tmp_path):
    flite = library(tmp_path, "libflite.so.1")
    kal = library(tmp_path, "libflite_cmu_us_kal.so.1")
    slt = library(tmp_path, "libflite_cmu_us_slt.so.1")
    found = find_in([tmp_path / "missing", tmp_path])
    assert found is not None
    assert found.library == flite
    assert list(found.voices.items()) == [("slt", slt), ("kal", kal)]


def test_the_first_folder_that_has_it_counts(tmp_path):
    for folder in ("a", "b"):
        library(tmp_path / folder, "libflite.so.1")
        library(tmp_path / folder, "libflite_cmu_us_slt.so.1")
    found = find_in([tmp_path / "b", tmp_path / "a"])
    assert found is not None
    assert found.library.parent == tmp_path / "b"


def test_libraries_for_another_processor_are_passed_over(tmp_path):
    header = bytearray(Path("/proc/self/exe").read_bytes()[:64])
    header[18] ^= 0xFF
    library(tmp_path, "libflite.so.1", bytes(header))
    library(tmp_path, "libflite_cmu_us_slt.so.1")
    assert find_in([tmp_path]) is None


def test_a_library_without_a_voice_is_of_no_use(tmp_path):
    library(tmp_path, "libflite.so.1")
    assert find_in([tmp_path]) is None


def test_the_library_path_of_the_environment_is_read_at_each_call(tmp_path, monkeypatch):
    library(tmp_path, "libflite.so.1")
    library(tmp_path, "libflite_cmu_us_slt.so.1")
    monkeypatch.setenv("LD_LIBRARY_PATH", f":{tmp_path}")
    found = find_installation()
    assert found is not None
    assert found.library.parent == tmp_path


def test_every_voice_has_a_name_and_a_gender(tmp_path):
    assert set(RECORDINGS) == {"awb", "kal", "kal16", "rms", "slt"}
    assert {voice for voice, recording in RECORDINGS.items() if recording.gender == "female"} == {"slt"}


def test_without_the_library_there_is_no_model_and_a_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(engine_module, "find_installation", lambda: None)
    assert ENGINE.discover(tmp_path) == ()
    (finding,) = ENGINE.diagnose()
    assert not finding.ok
    assert finding.remedy == "apt install libflite1"
