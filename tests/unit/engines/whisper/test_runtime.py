import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor

from voxhelm.domain.errors import DeviceUnusable, ModelLoadFailed, OutOfMemory
from voxhelm.domain.model import Capability, ModelSpec, Placement
from voxhelm.engines.whisper.loading import LoadingOptions
from voxhelm.engines.whisper.runtime import _failure, look_once, open_runtime


def options(**settings):
    return LoadingOptions.of(ModelSpec("a", "faster-whisper", Capability.TRANSCRIPTION, ("en",), settings=settings), Placement())


def test_a_model_is_loaded_with_what_goes_with_it(english):
    with open_runtime(english, options()) as runtime:
        assert runtime.device == "cpu"
        assert runtime.model.model.model_is_loaded
        tokenizer = runtime.make_tokenizer(runtime.model.hf_tokenizer, False)
        assert tokenizer.decode(tokenizer.encode("fox")) == "fox"


def test_leaving_frees_the_weights_however_it_is_left(english):
    with pytest.raises(ArithmeticError), open_runtime(english, options()) as runtime:
        raise ArithmeticError
    assert not runtime.model.model.model_is_loaded


def test_on_a_processor_weights_of_a_byte_are_the_usual_ones(english):
    with open_runtime(english, options()) as runtime:
        assert runtime.model.model.compute_type.startswith("int8")
    with open_runtime(english, options(compute_type="float32")) as runtime:
        assert runtime.model.model.compute_type == "float32"


def test_the_features_are_as_many_as_the_network_looks_at_though_no_file_says_so(english, monkeypatch):
    made = FeatureExtractor.__init__

    def coarser(self, feature_size=40, **others):
        made(self, feature_size=feature_size, **others)

    monkeypatch.setattr(FeatureExtractor, "__init__", coarser)
    with open_runtime(english, options()) as runtime:
        assert runtime.model.feature_extractor(np.zeros(16_000, dtype=np.float32)).shape[0] == 80


def test_a_folder_without_a_model_is_told_of(tmp_path):
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelLoadFailed, match="could not be loaded"), open_runtime(tmp_path, options()):
        pass


def test_looking_once_uses_the_network_as_a_caller_would(english):
    with open_runtime(english, options()) as runtime:
        look_once(runtime.model)


@pytest.mark.parametrize(
    ("device", "message", "kind"),
    [
        ("cuda", "CUDA failed with error out of memory", OutOfMemory),
        ("cpu", "std::bad_alloc", OutOfMemory),
        ("cuda", "Library libcublas.so.12 is not found or cannot be loaded", DeviceUnusable),
        ("cuda", "CUDA driver version is insufficient for CUDA runtime version", DeviceUnusable),
        ("cuda", "File model.bin is incomplete", ModelLoadFailed),
    ],
)
def test_what_the_library_says_tells_who_is_at_fault(tmp_path, device, message, kind):
    assert type(_failure(tmp_path, device, RuntimeError(message))) is kind
