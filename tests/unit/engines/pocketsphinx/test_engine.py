import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import Capability, ModelSpec, Placement
from voxhelm.engines.pocketsphinx.engine import ENGINE
from voxhelm.engines.pocketsphinx.installation import Installation


def english() -> ModelSpec:
    (spec,) = ENGINE.discover(Path("models"))
    return spec


def test_finds_the_model_in_the_package() -> None:
    spec = english()
    assert (spec.id, spec.engine, spec.capability, spec.languages) == (
        "pocketsphinx-en-us",
        "pocketsphinx",
        Capability.TRANSCRIPTION,
        ("en",),
    )
    assert ENGINE.voices(spec) == ()
    assert all(finding.ok for finding in ENGINE.diagnose())


def test_looking_for_models_imports_no_runtime() -> None:
    program = (
        "import sys; from pathlib import Path; from voxhelm.engines.pocketsphinx.engine import ENGINE;"
        "ENGINE.discover(Path('models')); ENGINE.diagnose(); sys.exit('pocketsphinx' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_without_the_package_there_is_no_model_and_doctor_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = english()
    monkeypatch.setattr(Installation, "find", staticmethod(lambda: None))
    assert ENGINE.discover(Path("models")) == ()
    (finding,) = ENGINE.diagnose()
    assert not finding.ok
    assert finding.remedy == "pip install 'pocketsphinx>=5.1'"
    with pytest.raises(ModelLoadFailed, match="not installed"), ENGINE.load(spec, Placement()):
        pass


def test_a_damaged_installation_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spec, whole = english(), Installation.find()
    assert whole is not None
    monkeypatch.setattr(Installation, "find", staticmethod(lambda: replace(whole, dictionary=tmp_path / "gone.dict")))
    assert ENGINE.discover(Path("models")) == ()
    assert "gone.dict" in ENGINE.diagnose()[0].detail
    with pytest.raises(ModelLoadFailed, match=r"gone\.dict"), ENGINE.load(spec, Placement()):
        pass


def test_a_library_that_is_not_one_is_a_load_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spec, whole = english(), Installation.find()
    assert whole is not None
    nonsense = tmp_path / "library.so"
    nonsense.write_bytes(b"not a library")
    monkeypatch.setattr(Installation, "find", staticmethod(lambda: replace(whole, library=nonsense)))
    with pytest.raises(ModelLoadFailed, match="cannot be used"), ENGINE.load(spec, Placement()):
        pass


def test_a_model_that_is_not_one_is_a_load_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spec, whole = english(), Installation.find()
    assert whole is not None
    monkeypatch.setattr(Installation, "find", staticmethod(lambda: replace(whole, acoustic_model=tmp_path)))
    with pytest.raises(ModelLoadFailed, match="could not load"), ENGINE.load(spec, Placement()):
        pass


def test_the_footprint_grows_with_the_number_of_decoders() -> None:
    one = ENGINE.footprint(replace(english(), settings={"decoders": "1"}), Placement()).bytes_by_device["cpu"]
    assert ENGINE.footprint(replace(english(), settings={"decoders": "3"}), Placement()).bytes_by_device["cpu"] == 3 * one


@pytest.mark.parametrize("setting", ["0", "-1", "two", "", "1.5", "²"])
def test_a_senseless_number_of_decoders_is_refused(setting: str) -> None:
    with (
        pytest.raises(ModelLoadFailed, match="decoders"),
        ENGINE.load(replace(english(), settings={"decoders": setting}), Placement()),
    ):
        pass
