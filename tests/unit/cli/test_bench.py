import json
from pathlib import Path

import pytest

from tests.unit.cli.program import RunVoxhelm, recording

FAKE = ("--model", "fake-transcription")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two recordings with transcripts, in which the fake hears a word a second, and one without."""
    place = tmp_path / "recordings"
    place.mkdir()
    recording(place / "a.wav", 3).with_suffix(".txt").write_text("Second1, second2 second3.")
    recording(place / "b.wav", 2).with_suffix(".txt").write_text("second1 and second2")
    recording(place / "none.wav", 1)
    return place


def test_models_are_compared_in_a_table(voxhelm: RunVoxhelm, folder: Path) -> None:
    ran = voxhelm("bench", "wer", folder, *FAKE, "--local")
    header, row = (line.split() for line in ran.stdout.decode().splitlines())
    assert ran.returncode == 0
    assert header[:5] == ["MODEL", "RECORDINGS", "WORDS", "WER", "CER"]
    assert row[:5] == ["fake-transcription", "2", "6", "16.7", "%"]


def test_json_has_every_recording_and_what_was_heard(voxhelm: RunVoxhelm, folder: Path) -> None:
    (model,) = json.loads(voxhelm("bench", "wer", folder, *FAKE, "--local", "--json").stdout)["models"]
    assert (model["model"], model["words"], model["deleted"]) == ("fake-transcription", 6, 1)
    first, second = model["recordings"]
    assert (first["word_error_rate"], first["heard"]) == (0.0, "second1 second2 second3")
    assert (second["word_error_rate"], second["said"], second["audio_seconds"]) == (0.3333, "second1 and second2", 2.0)


def test_a_model_that_fails_is_told_and_the_others_are_compared(voxhelm: RunVoxhelm, folder: Path) -> None:
    ran = voxhelm("bench", "wer", folder / "a.wav", *FAKE, "--model", "nobody", "--local")
    assert ran.returncode == 1
    assert "nobody failed on" in ran.stdout.decode()
    assert "There is no model 'nobody'" in ran.stdout.decode()
    assert "0.0 %" in ran.stdout.decode()


def test_all_recognisers_are_compared_by_default(voxhelm: RunVoxhelm, folder: Path) -> None:
    models = json.loads(voxhelm("bench", "wer", folder / "a.wav", "--local", "--json").stdout)["models"]
    assert {"fake-transcription", "pocketsphinx-en-us"} <= {model["model"] for model in models}


@pytest.mark.parametrize(
    ("name", "message"), [("none.wav", "has no transcript"), ("missing.wav", "no such file"), ("empty", "no recording with")]
)
def test_what_cannot_be_measured_is_refused(voxhelm: RunVoxhelm, folder: Path, name: str, message: str) -> None:
    (folder / "empty").mkdir()
    ran = voxhelm("bench", "wer", folder / name, "--local")
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert message in ran.stderr.decode()
