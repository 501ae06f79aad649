import pytest

from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.engines.chatterbox.load_options import LoadOptions


def test_without_settings_the_authors_numbers_are_kept():
    assert LoadOptions.read({"variant": "turbo", "library": "somewhere"}) == LoadOptions()


def test_settings_are_read():
    options = LoadOptions.read({"dtype": "float16", "seed": "0", "temperature": "0.6", "longest_characters": "120"})
    assert options == LoadOptions("float16", 0, 120, {"temperature": 0.6})


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"speed": "2"}, "no setting 'speed'"),
        ({"dtype": "int8"}, "'dtype' is one of float32"),
        ({"seed": "-1"}, "'seed' must be from 0"),
        ({"cfg_weight": "0"}, "'cfg_weight' must be from 0.01"),
        ({"temperature": "warm"}, "'temperature' must be a number"),
        ({"top_p": "nan"}, "'top_p' must be from 0.01 to 1"),
    ],
)
def test_what_cannot_be_meant_is_refused(settings, told):
    with pytest.raises(ModelLoadFailed, match=told):
        LoadOptions.read(settings)
