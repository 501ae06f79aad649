import json

import pytest

from voxhelm.catalog.manifest import MANIFEST, FileRecord, Manifest, faults_of, is_whole, read_manifest, record_of
from voxhelm.domain.errors import PackageInvalid

MANIFEST_OF_A = Manifest("m", "piper", (FileRecord("a.onnx", 3, "f" * 64),), {"hub": "h"}, "2026-01-01T00:00:00+00:00")


def test_a_manifest_is_read_as_it_was_written():
    assert Manifest.from_bytes(MANIFEST_OF_A.to_bytes()) == MANIFEST_OF_A


def changed(**more):
    return json.dumps(json.loads(MANIFEST_OF_A.to_bytes()) | more).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        changed(format=2),
        changed(model="../up"),
        changed(engine="a/b"),
        changed(files=[]),
        changed(files=[{"name": "a"}]),
        changed(files=[{"name": "a", "size_bytes": "many", "sha256": ""}]),
        changed(files=[{"name": "a", "size_bytes": -1, "sha256": ""}]),
        changed(files=[{"name": "a", "size_bytes": 1, "sha256": ""}] * 2),
        *(
            changed(files=[{"name": name, "size_bytes": 1, "sha256": ""}])
            for name in ("../a", "/etc/passwd", "a/b", "a\\b", "..", ".hidden", "", "a\0b", MANIFEST)
        ),
    ],
)
def test_what_is_no_manifest_or_leads_out_of_its_folder_is_refused(data):
    with pytest.raises(PackageInvalid):
        Manifest.from_bytes(data)


def test_a_folder_is_compared_with_its_manifest(tmp_path):
    for name in ("same", "shorter", "changed", "missing"):
        (tmp_path / name).write_bytes(b"12345")
    manifest = Manifest(
        "m", "piper", tuple(record_of(tmp_path / name) for name in ("same", "shorter", "changed", "missing")), {}, ""
    )
    assert faults_of(tmp_path, manifest) == ()
    (tmp_path / "changed").write_bytes(b"1234x")
    assert is_whole(tmp_path, manifest)
    (tmp_path / "shorter").write_bytes(b"1")
    (tmp_path / "missing").unlink()
    assert not is_whole(tmp_path, manifest)
    assert faults_of(tmp_path, manifest) == (
        "shorter has 1 bytes and should have 5",
        "changed has changed",
        "missing is missing",
    )


def test_a_folder_without_a_manifest_has_none(tmp_path):
    assert read_manifest(tmp_path) is None
    assert read_manifest(tmp_path / "nowhere") is None
