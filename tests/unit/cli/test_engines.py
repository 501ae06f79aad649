import json
import wave
from pathlib import Path

import pytest

from tests.chatterbox_models import write_chatterbox, write_recording
from tests.own_interpreter import make_chatterbox_interpreter, make_interpreter
from tests.unit.cli.program import RunVoxhelm


def test_engines_are_listed_with_what_they_lack(voxhelm: RunVoxhelm) -> None:
    ran = voxhelm("engines", "--json")
    listed = {one["name"]: one for one in json.loads(ran.stdout)}
    assert ran.returncode == 0
    assert listed["espeak"]["state"] == "ready"
    assert listed["espeak"]["interpreter"] is None
    assert listed["chatterbox"]["remedy"] == "voxhelm engines install chatterbox"
    assert "voxhelm engines install chatterbox" in voxhelm("engines").stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "variables", "told"),
    [
        (["piper"], {}, "'piper' needs no interpreter of its own. Those that do: chatterbox."),
        (["chaterbox"], {}, "'chaterbox' is no engine. Did you mean 'chatterbox'?"),
        (["chatterbox"], {"VOXHELM_MODELS__OFFLINE": "true"}, "--wheels"),
    ],
)
def test_what_cannot_be_installed_is_wrong_usage(
    voxhelm: RunVoxhelm, arguments: list[str], variables: dict[str, str], told: str
) -> None:
    ran = voxhelm("engines", "install", *arguments, **variables)
    assert ran.returncode == 2
    assert told in ran.stderr.decode()


def test_an_installation_that_fails_says_why_and_exits_with_1(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    ran = voxhelm("engines", "install", "chatterbox", "--wheels", tmp_path / "nowhere")
    assert ran.returncode == 1
    assert "There is no folder" in ran.stderr.decode()


def test_the_doctor_looks_into_the_interpreter(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    def checks(python: Path) -> dict[str, dict[str, str]]:
        ran = voxhelm("doctor", "--json", VOXHELM_MODELS__INTERPRETERS=json.dumps({"chatterbox": str(python)}))
        assert ran.returncode == 0
        return {check["subject"]: check for check in json.loads(ran.stdout) if check["subject"].startswith("chatterbox")}

    assert not checks(tmp_path / "nowhere")["chatterbox interpreter"]["ok"]
    found = checks(make_interpreter(tmp_path / "own"))
    assert found["chatterbox interpreter"]["ok"]
    assert "lacks chatterbox, torch, perth" in found["chatterbox packages"]["detail"]
    assert "uv pip install --python" in found["chatterbox packages"]["remedy"]


@pytest.mark.parametrize("speed", ["1.0", "2.0"])
def test_a_model_with_an_interpreter_of_its_own_speaks(voxhelm: RunVoxhelm, tmp_path: Path, speed: str) -> None:
    write_chatterbox(tmp_path / "models" / "humming")
    write_recording(tmp_path / "models" / "chatterbox" / "voices" / "Anna.wav", 300)
    python = make_chatterbox_interpreter(tmp_path / "own")
    ran = voxhelm(
        "say", "--local", "--model", "humming", "--voice", "anna.wav", "--speed", speed, "-o", "said.wav", "x" * 100,
        VOXHELM_MODELS__DIRECTORY=str(tmp_path / "models"),
        VOXHELM_MODELS__INTERPRETERS=json.dumps({"chatterbox": str(python)}),
        VOXHELM_MODELS__SETTINGS_BY_MODEL='{"humming": {"seed": 7}}',
        VOXHELM_MODELS__ISOLATION="inline",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr.decode()
    with wave.open(str(tmp_path / "said.wav")) as wav:
        assert wav.getnframes() / wav.getframerate() == pytest.approx(6.0 / float(speed), abs=0.1)
