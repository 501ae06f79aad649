import json

import pytest
from faster_whisper import WhisperModel

from tests.unit.engines.whisper.conftest import clip
from voxhelm.testing.models.whisper import SIZES, write_tiny_whisper, write_whisper


def heard(folder, **options):
    model = WhisperModel(str(folder), device="cpu", compute_type="int8")
    segments, information = model.transcribe(clip().astype("float32") / 32_768, **options)
    return [(segment.text, round(segment.start, 2), round(segment.end, 2)) for segment in segments], information


def test_the_library_itself_hears_the_script(tmp_path):
    segments, _ = heard(write_tiny_whisper(tmp_path, script=((0.2, "So it goes.", 1.0), (1.1, "And ends.", 1.6))))
    assert segments == [(" So it goes.", 0.2, 1.0), (" And ends.", 1.1, 1.6)]


def test_the_library_itself_finds_the_language(tmp_path):
    segments, information = heard(write_tiny_whisper(tmp_path, multilingual=True, spoken="de"), task="translate")
    assert information.language == "de"
    assert segments[0][0] == " A fast animal leaps."


def test_a_word_that_stands_twice_is_refused(tmp_path):
    with pytest.raises(ValueError, match="twice"):
        write_tiny_whisper(tmp_path, script=((0.0, "one and one", 1.0),))


def test_a_full_size_model_has_the_real_ones_shapes_and_writes_as_much_as_somebody_says(tmp_path):
    folder = write_whisper(tmp_path, "tiny")
    weights = (folder / "model.bin").stat().st_size
    # 38 million parameters, a byte each, and the 20 million of the embeddings once more: the format keeps them twice.
    assert 37e6 < weights < 65e6
    assert len(json.loads((folder / "vocabulary.json").read_text())) == 51_864
    segments, _ = heard(folder)
    assert segments[0][2] == pytest.approx(3.9, abs=1.0)
    assert len(segments[0][0].split()) == 12


def test_sizes_are_those_of_openais_models():
    assert {name: (size.width, size.layers, size.heads) for name, size in SIZES.items() if name != "test"} == {
        "tiny": (384, 4, 6),
        "base": (512, 6, 8),
        "small": (768, 12, 12),
    }
