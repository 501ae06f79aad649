import json

import pytest

from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.engines.piper.voice_file import find_voice_files, read_voice_file

SMALLEST = {"audio": {"sample_rate": 16000}, "num_speakers": 1, "espeak": {"voice": "en-gb-x-rp"}, "phoneme_id_map": {"_": [0]}}


def write(folder, name, description):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    path.write_bytes(b"")
    if description is not None:
        path.with_name(f"{name}.onnx.json").write_text(description if isinstance(description, str) else json.dumps(description))
    return path


def test_voices_are_found_at_any_depth_up_to_four(tmp_path):
    folder = tmp_path
    expected = []
    for depth in range(6):
        path = write(folder, f"en_GB-voice{depth}-low", SMALLEST)
        expected += [path] if depth <= 4 else []
        folder = folder / "deeper"
    assert list(find_voice_files(tmp_path)) == expected


def test_networks_of_others_are_left_alone(tmp_path):
    write(tmp_path, "alone", None)
    write(tmp_path, "model", {"vocab": {}})
    write(tmp_path, "list", [])
    write(tmp_path, "broken", "{")
    named = write(tmp_path, "bg_BG-broken-medium", "{")
    assert list(find_voice_files(tmp_path)) == [named]


def test_no_folder_has_no_voices(tmp_path):
    assert list(find_voice_files(tmp_path / "nowhere")) == []


def test_what_a_description_leaves_out_has_pipers_own_value(tmp_path):
    voice = read_voice_file(write(tmp_path, "mine", SMALLEST))
    assert (voice.rate_hz, voice.frame_samples, voice.noise, voice.length, voice.duration_noise) == (16000, 256, 0.667, 1.0, 0.8)
    assert voice.languages == ("en-gb-x-rp", "en")
    assert voice.speakers == {}


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [
        ("x", {"code": "pt_BR"}, ("pt-br", "pt")),
        ("sr_RS-x-low", {}, ("sr-rs", "sr")),
        ("es_419-x-low", {}, ("es-419", "es")),
        ("x", {"code": "ca"}, ("ca",)),
    ],
)
def test_the_language_comes_from_the_description_else_from_the_name(tmp_path, name, language, expected):
    assert read_voice_file(write(tmp_path, name, SMALLEST | {"language": language})).languages == expected


def test_speakers_without_names_are_called_by_their_numbers(tmp_path):
    voice = read_voice_file(write(tmp_path, "many", SMALLEST | {"num_speakers": 2}))
    assert voice.speakers == {"0": 0, "1": 1}


def test_a_description_that_is_gone_is_named(tmp_path):
    with pytest.raises(ModelLoadFailed, match=r"gone\.onnx\.json cannot be read"):
        read_voice_file(write(tmp_path, "gone", None))
