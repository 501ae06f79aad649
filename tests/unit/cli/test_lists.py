"""`voices`, `models`, `doctor` and `config`."""

import json
from pathlib import Path

import pytest
import yaml

from tests.unit.cli.program import RunVoxhelm


def test_voices_of_a_language_are_listed(voxhelm: RunVoxhelm) -> None:
    lines = voxhelm("voices", "--language", "BG").stdout.decode().splitlines()
    assert lines[0].split() == ["VOICE", "NAME", "LANGUAGES", "GENDER", "MODEL", "KIND"]
    assert all(" bg" in line for line in lines[1:])
    assert any("espeak-ng" in line for line in lines)
    assert any(line.startswith("ton ") and "Тон" in line for line in lines)


def test_voices_of_a_model_as_json(voxhelm: RunVoxhelm) -> None:
    voices = json.loads(voxhelm("voices", "--model", "fake-speech", "--json").stdout)
    assert [voice["id"] for voice in voices] == ["tone", "ton"]
    assert voices[0] == {
        "id": "tone",
        "name": "Tone",
        "languages": ["en-us"],
        "gender": "female",
        "model": "fake-speech",
        "kind": "engine",
    }


def test_no_such_voice_is_told(voxhelm: RunVoxhelm) -> None:
    ran = voxhelm("voices", "--model", "nothing")
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert b"no such voice" in ran.stderr


def test_models_and_their_names_are_listed(voxhelm: RunVoxhelm) -> None:
    lines = voxhelm("models").stdout.decode().splitlines()
    assert any(line.split()[:4] == ["fake-speech", "fake", "speech", "en"] for line in lines)
    assert any(line.split()[:3] == ["whisper-1", "voxhelm", "transcription"] for line in lines)
    assert {"espeak-ng", "tts-1"} <= {model["id"] for model in json.loads(voxhelm("models", "--json").stdout)}


def test_the_doctor_finds_this_machine_well(voxhelm: RunVoxhelm) -> None:
    ran = voxhelm("doctor")
    assert ran.returncode == 0, ran.stdout.decode()
    assert ran.stderr == b""
    assert ran.stdout.decode().splitlines()[-1] == "Voxhelm works on this machine."


def test_the_doctor_tells_programs_what_is_required(voxhelm: RunVoxhelm) -> None:
    checks = {check["subject"]: check for check in json.loads(voxhelm("doctor", "--json").stdout)}
    assert checks["saying"]["ok"]
    assert checks["saying"]["required"]
    assert not checks["server"]["ok"]
    assert not checks["server"]["required"]
    assert checks["server"]["remedy"] == "voxhelm serve"


@pytest.mark.parametrize(
    ("variables", "subject", "told"),
    [
        ({"VOXHELM_MODELS__PRELOAD": '["nothing"]'}, "settings", "not installed"),
        ({"VOXHELM_SERVER__PROT": "1"}, "settings", "Did you mean VOXHELM_SERVER__PORT"),
        ({"VOXHELM_URL": "http://127.0.0.1:9"}, "server", "No Voxhelm at"),
    ],
)
def test_the_doctor_exits_with_1_when_something_required_is_missing(
    voxhelm: RunVoxhelm, variables: dict[str, str], subject: str, told: str
) -> None:
    ran = voxhelm("doctor", "--json", **variables)
    assert ran.returncode == 1
    missing = [check for check in json.loads(ran.stdout) if check["required"] and not check["ok"]]
    assert [check["subject"] for check in missing] == [subject]
    assert told in missing[0]["detail"]


def test_a_broken_plugin_does_not_make_the_others_ill(voxhelm: RunVoxhelm) -> None:
    ran = voxhelm("doctor", "--json", VOXHELM_MODELS__EXTRA_ENGINES='["nowhere.engine:ENGINE"]')
    broken = [check for check in json.loads(ran.stdout) if check["subject"] == "engine nowhere.engine:ENGINE"]
    assert ran.returncode == 0
    assert not broken[0]["ok"]
    assert "ModuleNotFoundError" in broken[0]["detail"]


def test_the_settings_in_force_are_a_settings_file(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    ran = voxhelm("config", VOXHELM_SERVER__PORT="9123")
    assert yaml.safe_load(ran.stdout)["server"]["port"] == 9123
    (tmp_path / "other.yaml").write_bytes(ran.stdout)
    again = voxhelm("config", "-c", "other.yaml", VOXHELM_SERVER__PORT="9123")
    assert again.stdout == ran.stdout


def test_the_schema_is_json(voxhelm: RunVoxhelm) -> None:
    assert "server" in json.loads(voxhelm("config", "--schema").stdout)["properties"]


def test_a_settings_file_that_is_wrong_is_2(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    (tmp_path / "voxhelm.yaml").write_text("server: {prot: 1}\n")
    ran = voxhelm("config")
    assert ran.returncode == 2
    assert b"Did you mean server.port" in ran.stderr
