import hashlib
import os

import pytest

from voxhelm.store.blobs import INCOMING, MEMORY_BYTES, STALE_SECONDS, BlobDamaged, BlobMissing, Blobs

LARGE = bytes(range(256)) * (MEMORY_BYTES // 128)


@pytest.fixture(params=[True, False], ids=["durable", "quick"])
def blobs(request, tmp_path):
    return Blobs(tmp_path / "blobs", durable=request.param)


@pytest.mark.parametrize("data", [b"", b"small", LARGE[:MEMORY_BYTES], LARGE])
def test_what_was_put_is_read_back_and_named_by_its_digest(blobs, data):
    blob = blobs.put([data[:3], data[3:]])
    assert blob.digest == hashlib.sha256(data).hexdigest()
    assert blob.size_bytes == len(data)
    with blobs.open(blob.digest) as file:
        assert file.read() == data
    assert list(blobs.digests()) == [blob.digest]


def test_nobody_else_may_look(blobs, tmp_path):
    path = blobs.path_of(blobs.put([b"x"]).digest)
    assert all(one.stat().st_mode & 0o077 == 0 for one in (path, path.parent, tmp_path / "blobs"))


@pytest.mark.parametrize("data", [b"small", LARGE])
@pytest.mark.parametrize("harm", [lambda data: data[:-1], lambda data: data[:-1] + b"?", lambda data: data + b"?", lambda _: b""])
def test_damage_is_found_before_the_first_byte_and_removed(blobs, data, harm):
    digest = blobs.put([data]).digest
    blobs.path_of(digest).write_bytes(harm(data))
    with pytest.raises(BlobDamaged):
        blobs.open(digest)
    with pytest.raises(BlobMissing):
        blobs.open(digest)
    assert blobs.put([data]).digest == digest


def test_what_is_removed_is_gone_and_who_reads_it_reads_on(blobs):
    digest = blobs.put([LARGE]).digest
    with blobs.open(digest) as file:
        blobs.remove(digest)
        blobs.remove(digest)
        assert not blobs.path_of(digest).exists()
        assert file.read() == LARGE


def test_an_interrupted_put_leaves_nothing(blobs, tmp_path):
    def pieces():
        yield b"half"
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        blobs.put(pieces())
    assert list((tmp_path / "blobs").iterdir()) == []


def test_what_a_dead_process_left_is_swept_and_what_a_living_one_writes_is_not(blobs, tmp_path):
    blobs.put([b"x"])
    old, new = tmp_path / "blobs" / f"{INCOMING}old", tmp_path / "blobs" / f"{INCOMING}new"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, old.stat().st_mtime - 2 * STALE_SECONDS))
    blobs.sweep()
    assert (old.exists(), new.exists()) == (False, True)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n"])
def test_only_digests_are_names(blobs, name):
    with pytest.raises(ValueError, match="digest"):
        blobs.path_of(name)
