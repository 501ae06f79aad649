import json
from pathlib import Path

import pytest

from tests.unit.cli.program import RunVoxhelm

PARROTS = {"VOXHELM_MODELS__EXTRA_ENGINES": '["voxhelm.testing.parrot_engine:ENGINE"]'}


def test_a_voice_that_is_understood_is_good(voxhelm: RunVoxhelm) -> None:
    ran = voxhelm("voices", "check", "--local", "bg", **PARROTS)
    lines = ran.stdout.decode().splitlines()
    assert ran.returncode == 0
    assert lines[0].split() == ["VOICE", "LANGUAGE", "HEARD", "BY", "WORDS", "WER", "CER", "USUALLY", "LIMIT", "VERDICT"]
    assert lines[1].split() == ["parrot-a/parrot-a-bg", "bg", "ear-a", "40", "0", "%", "0", "%", "50", "%", "good"]


@pytest.mark.slow
def test_one_that_mumbles_fails_the_command_and_shows_what_was_heard(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    (tmp_path / "mood").write_text("mumble")
    (tmp_path / "sentences.txt").write_text("Добър ден\n\nКак сте\n", encoding="utf-8")
    mumbling = {"VOXHELM_MODELS__SETTINGS_BY_MODEL": json.dumps({"parrot-a": {"mood_file": str(tmp_path / "mood")}})}
    ran = voxhelm("voices", "check", "--local", "bg", "--sentences", "sentences.txt", **PARROTS, **mumbling)
    assert ran.returncode == 1
    assert "said   Добър ден\n  heard  обърден" in ran.stdout.decode()
    ran = voxhelm("voices", "check", "--local", "bg", "--sentences", "sentences.txt", "--json", **PARROTS, **mumbling)
    assert ran.returncode == 1
    (check,) = json.loads(ran.stdout)
    assert (check["verdict"], check["words"], check["word_error_rate"]) == ("worse", 4, 1.0)


def test_a_language_that_nobody_hears_is_told_and_fails_nothing(voxhelm: RunVoxhelm) -> None:
    ran = voxhelm("voices", "check", "--local", "espeak-ng/cy")
    assert ran.returncode == 0
    assert "no installed recogniser in this network hears 'cy'" in ran.stdout.decode()


def test_a_file_without_sentences_is_refused(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("\n")
    ran = voxhelm("voices", "check", "--local", "--sentences", "empty.txt")
    assert (ran.returncode, b"holds no sentence" in ran.stderr) == (2, True)
