import pytest

from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import Capability, ModelSpec, Placement
from voxhelm.engines.whisper.loading import LoadingOptions


def options(placed="cpu", **settings):
    spec = ModelSpec("a-model", "faster-whisper", Capability.TRANSCRIPTION, ("en",), settings=settings)
    return LoadingOptions.of(spec, Placement(placed))


def test_the_placement_says_where():
    assert (options("cuda:1").device, options("cuda:1").device_index) == ("cuda", 1)
    assert options().device == "cpu"


def test_numbers_are_read():
    read = options(cpu_threads="2", num_workers="3", batch_size="16", beam_size="1", compute_type="float32")
    assert (read.cpu_threads, read.num_workers, read.batch_size, read.beam_size, read.compute_type) == (2, 3, 16, 1, "float32")


@pytest.mark.parametrize(
    "settings",
    [
        {"device": "cuda"},
        {"cpu_threads": "-1"},
        {"num_workers": "0"},
        {"batch_size": "many"},
        {"beam_size": "1.5"},
        {"threads": "2"},
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_models_name(settings):
    with pytest.raises(ModelLoadFailed, match="a-model"):
        options(**settings)
