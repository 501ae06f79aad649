import os

from voxhelm.catalog.model_identity import ModelIdentities
from voxhelm.domain.model import Capability, ModelSpec

REFERENCE = "voxhelm.engines.piper.engine:ENGINE"


def spec(path):
    return ModelSpec("voice", "piper", Capability.SPEECH, ("bg",), path)


def test_the_same_files_are_the_same_model_wherever_they_lie(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder / "voice").mkdir(parents=True)
        (tmp_path / folder / "voice" / "voice.onnx").write_bytes(b"weights")
    identities = ModelIdentities()
    assert identities.of(spec(tmp_path / "a" / "voice"), REFERENCE) == identities.of(spec(tmp_path / "b" / "voice"), REFERENCE)


def test_other_weights_are_another_model_also_when_they_are_as_long(tmp_path):
    file = tmp_path / "voice.onnx"
    file.write_bytes(b"weights")
    identities = ModelIdentities()
    before = identities.of(spec(file), REFERENCE)
    file.write_bytes(b"WEIGHTS")
    os.utime(file, ns=(1, 1))
    assert identities.of(spec(file), REFERENCE) != before


def test_a_model_without_files_is_known_by_its_engine():
    assert ModelIdentities().of(spec(None), REFERENCE) == ModelIdentities().of(spec(None), REFERENCE)
    assert ModelIdentities().of(spec(None), "numpy.x:Y") != ModelIdentities().of(spec(None), REFERENCE)
