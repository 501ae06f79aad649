import json
from pathlib import Path

import pytest

from tests.unit.cli.program import RunVoxhelm


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


def test_a_file_for_a_remote_server_that_cannot_be_right_is_named(voxhelm: RunVoxhelm, tmp_path: Path) -> None:
    (tmp_path / "openai_remote").mkdir()
    (tmp_path / "openai_remote" / "box.yaml").write_text("base_url: http://10.0.0.5\nmodle: x\n")
    ran = voxhelm("doctor", "--json", VOXHELM_MODELS__DIRECTORY=str(tmp_path))
    assert ran.returncode == 1
    (missing,) = [check for check in json.loads(ran.stdout) if check["required"] and not check["ok"]]
    assert missing["subject"] == "models"
    assert "box.yaml" in missing["detail"]


@pytest.mark.parametrize("allowed", ["false", "true"])
def test_what_would_leave_the_local_network_counts_only_when_it_may(voxhelm: RunVoxhelm, tmp_path: Path, allowed: str) -> None:
    (tmp_path / "openai_remote").mkdir()
    (tmp_path / "openai_remote" / "cloud.yaml").write_text("base_url: https://api.example.com/v1\nmodel: x\nvoices: [y]\n")
    ran = voxhelm("doctor", "--json", VOXHELM_MODELS__DIRECTORY=str(tmp_path), VOXHELM_EGRESS__ALLOW_CLOUD=allowed)
    checks = {check["subject"]: check for check in json.loads(ran.stdout)}
    assert ("cloud" in checks["saying"]["detail"].split(", ")) == (allowed == "true")
