import pytest

from voxhelm.catalog.manifest import MANIFEST, SIGNATURE, Manifest, record_of
from voxhelm.catalog.shelf import Shelf


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "models")


def put(shelf, model_id, content, **how):
    staging = shelf.staging("piper", model_id)
    staging.mkdir(parents=True)
    (staging / "a.onnx").write_bytes(content)
    (staging / "stray.part").write_bytes(b"x")
    manifest = Manifest(model_id, "piper", (record_of(staging / "a.onnx"),), {}, "").to_bytes()
    return shelf.put("piper", model_id, manifest, **how)


def test_what_is_put_is_there_whole_and_found(shelf):
    folder = put(shelf, "m", b"one", signature=b"sig")
    assert folder == shelf.directory / "piper" / "m"
    assert {path.name for path in folder.iterdir()} == {"a.onnx", MANIFEST, SIGNATURE}
    assert shelf.find("m").folder == folder
    assert shelf.find("n") is None
    assert not shelf.staging("piper", "m").exists()


def test_what_is_put_again_replaces_what_was_there(shelf):
    put(shelf, "m", b"one", signature=b"sig")
    folder = put(shelf, "m", b"two")
    assert (folder / "a.onnx").read_bytes() == b"two"
    assert not (folder / SIGNATURE).exists()
    assert len(list(shelf.shelved())) == 1


def test_what_is_removed_is_gone_with_what_was_on_its_way(shelf):
    put(shelf, "m", b"one")
    shelf.staging("piper", "m").mkdir(parents=True)
    shelf.remove("piper", "m")
    assert list(shelf.shelved()) == []
    assert not shelf.staging("piper", "m").exists()
    assert [path for path in shelf.directory.rglob("*") if path.is_file()] == []
    shelf.remove("piper", "m")


def test_a_manifest_that_cannot_be_read_does_not_hide_the_others(shelf):
    put(shelf, "m", b"one")
    broken = shelf.folder("piper", "broken")
    broken.mkdir()
    (broken / MANIFEST).write_text("{")
    assert [one.manifest.model_id for one in shelf.shelved()] == ["m"]
    assert broken in shelf.folders()


def test_one_writer_at_a_time_has_the_lock(shelf):
    first, second = shelf.lock("piper", "m"), shelf.lock("piper", "m")
    assert first.try_take()
    assert not second.try_take()
    assert shelf.lock("piper", "n").try_take()
    first.give_back()
    first.give_back()
    assert second.try_take()
    second.give_back()


def test_a_workshop_is_deeper_than_engines_look(shelf):
    assert len(shelf.staging("piper", "m").relative_to(shelf.directory).parts) > 5
