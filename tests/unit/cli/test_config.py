import json
from pathlib import Path

import yaml

from tests.unit.cli.program import RunVoxhelm


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
