import json

import pytest

from tests.unit.cli.program import RunVoxhelm


def test_a_key_is_printed_once_listed_and_revoked(voxhelm: RunVoxhelm, tmp_path) -> None:
    file = str(tmp_path / "keys.yaml")
    made = voxhelm("keys", "create", "laptop", "--scope", "speech", "--scope", "models", "--expires", "90d", "--file", file)
    secret = made.stdout.decode().strip()
    assert secret.startswith("vh-")
    assert b"only time" in made.stderr or not made.stderr
    (listed,) = json.loads(voxhelm("keys", "list", "--json", "--file", file).stdout)
    assert (listed["name"], listed["scopes"]) == ("laptop", ["speech", "models"])
    assert listed["created"] < listed["expires"]
    table = voxhelm("keys", "list", "--file", file).stdout
    assert b"laptop" in table
    assert secret.encode() not in table
    assert secret not in (tmp_path / "keys.yaml").read_text()
    assert voxhelm("keys", "revoke", "laptop", "--file", file).stdout == b"laptop revoked\n"
    assert json.loads(voxhelm("keys", "list", "--json", "--file", file).stdout) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("create", "x", "--scope", "everything"), b"There is no scope everything"),
        (("create", "x", "--expires", "soon"), b"is no time"),
        (("create", "a b"), b"64 letters"),
        (("revoke", "nobody"), b"has no key 'nobody'"),
    ],
)
def test_what_cannot_be_is_told_and_is_2(voxhelm: RunVoxhelm, tmp_path, arguments, told) -> None:
    ran = voxhelm("keys", *arguments, "--file", str(tmp_path / "keys.yaml"))
    assert ran.returncode == 2
    assert told in ran.stderr
