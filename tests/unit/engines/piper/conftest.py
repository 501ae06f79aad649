import shutil

import pytest

from voxhelm.domain.model import Placement
from voxhelm.engines.piper.engine import ENGINE
from voxhelm.testing.models.piper_voice import write_piper_voice


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """English with one speaker, English with three, Bulgarian that reads letters."""
    directory = tmp_path_factory.mktemp("models")
    write_piper_voice(directory, "en_US-null-medium")
    (directory / "piper" / "en_GB-three-medium").mkdir(parents=True)
    write_piper_voice(directory / "piper" / "en_GB-three-medium", "en_GB-three-medium", language="en_GB", speakers=3)
    write_piper_voice(directory, "bg_BG-null-x_low", language="bg_BG", sample_rate_hz=16_000, reads_letters=True)
    return directory


@pytest.fixture
def specs(models):
    return {spec.id: spec for spec in ENGINE.discover(models)}


@pytest.fixture
def voice_path(models, tmp_path):
    """A copy that a test may damage."""
    for suffix in (".onnx", ".onnx.json"):
        shutil.copy(models / f"en_US-null-medium{suffix}", tmp_path)
    return tmp_path / "en_US-null-medium.onnx"


@pytest.fixture
def load(specs):
    return lambda name: ENGINE.load(specs[name], Placement())
