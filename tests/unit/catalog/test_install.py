"""Installing from a folder or an archive, signed or not, and what a forger might try."""

import io
import json
import tarfile

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voxhelm.catalog.install import Trust, install
from voxhelm.catalog.manifest import MANIFEST, SIGNATURE, Manifest, faults_of, record_of
from voxhelm.catalog.package import pack
from voxhelm.catalog.shelf import Shelf
from voxhelm.domain.errors import (
    ConfigurationInvalid,
    ModelExists,
    ModelInUse,
    ModelNotFound,
    ModelUnsuited,
    PackageInvalid,
    SignatureUntrusted,
)
from voxhelm.domain.pull import PullDone, PullProgress

STEM = "bg_BG-dimitar-medium"
CONTENT = {f"{STEM}.onnx": b"weights" * 300_000, f"{STEM}.onnx.json": b"{}"}
ANYBODY = Trust(allow_unsigned=True)


@pytest.fixture
def folder(tmp_path):
    """A model with a manifest, as it lies on a medium."""
    one = tmp_path / "medium" / STEM
    one.mkdir(parents=True)
    for name, data in CONTENT.items():
        (one / name).write_bytes(data)
    manifest = Manifest(STEM, "piper", tuple(record_of(one / name) for name in CONTENT), {"repository": "r/v"}, "2026")
    (one / MANIFEST).write_bytes(manifest.to_bytes())
    return one


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "models")


def run(shelf, path, trust=ANYBODY, name=STEM):
    return list(install(shelf, path, name, trust, 1_790_000_000.0))


def archive(path, folder, prefix=f"{STEM}/"):
    with tarfile.open(path, "w") as tar:
        for one in sorted(folder.iterdir()):
            tar.add(one, prefix + one.name)
    return path


def require_whole(shelf):
    there = shelf.find(STEM)
    assert faults_of(there.folder, there.manifest) == ()
    assert {name: (there.folder / name).read_bytes() for name in CONTENT} == CONTENT


def require_nothing(shelf):
    assert list(shelf.shelved()) == []
    assert not (shelf.directory / "piper").exists()


@pytest.mark.parametrize("prefix", [f"{STEM}/", "", "./"])
def test_a_folder_and_an_archive_install_the_same(shelf, folder, tmp_path, prefix):
    events = run(shelf, archive(tmp_path / "a.tar", folder, prefix))
    require_whole(shelf)
    total = sum(map(len, CONTENT.values()))
    assert events[-1] == PullDone(STEM, "piper", total, changed=True)
    assert [event.received_bytes for event in events if isinstance(event, PullProgress)][-1] == total
    assert shelf.find(STEM).manifest.origin == {"repository": "r/v"}
    assert run(shelf, folder)[-1].changed is False


def test_a_name_that_stands_for_the_model_will_do(shelf, folder):
    run(shelf, folder, name=f"piper:{STEM}")
    require_whole(shelf)


def test_an_installed_model_is_packed_and_installs_elsewhere(shelf, folder, tmp_path):
    run(shelf, folder)
    with (tmp_path / "out.tar").open("wb") as file:
        assert list(pack(shelf.find(STEM), None, file))[-1] == shelf.find(STEM).manifest.size_bytes
    elsewhere = Shelf(tmp_path / "elsewhere")
    run(elsewhere, tmp_path / "out.tar")
    require_whole(elsewhere)


def test_files_without_a_manifest_install_when_anybodys_word_is_taken(shelf, folder):
    (folder / MANIFEST).unlink()
    with pytest.raises(SignatureUntrusted, match="--allow-unsigned"):
        run(shelf, folder, Trust())
    run(shelf, folder)
    require_whole(shelf)
    assert shelf.find(STEM).manifest.origin == {"package": STEM}


def test_what_is_not_signed_is_refused(shelf, folder):
    with pytest.raises(SignatureUntrusted, match="not signed"):
        run(shelf, folder, Trust())
    require_nothing(shelf)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda folder: (folder / f"{STEM}.onnx").write_bytes(b"weightx" * 300_000), "SHA-256"),
        (lambda folder: (folder / f"{STEM}.onnx").write_bytes(b"short"), "bytes"),
        (lambda folder: (folder / f"{STEM}.onnx").write_bytes(CONTENT[f"{STEM}.onnx"] + b"x"), "more"),
        (lambda folder: (folder / f"{STEM}.onnx").unlink(), "not there"),
        (lambda folder: (folder / MANIFEST).write_bytes(b"{"), "cannot be read"),
        (lambda folder: (folder / MANIFEST).write_bytes(b" " * (2 << 20)), "too large"),
        (lambda folder: _rename(folder, "../../evil"), "no name of a file"),
    ],
)
@pytest.mark.parametrize("archived", [False, True])
def test_what_is_not_as_its_manifest_says_installs_nothing(shelf, folder, tmp_path, harm, told, archived):
    harm(folder)
    with pytest.raises(PackageInvalid, match=told):
        run(shelf, archive(tmp_path / "a.tar", folder) if archived else folder)
    require_nothing(shelf)
    assert not shelf.staging("piper", STEM).exists()
    assert not (tmp_path / "evil").exists()


def _rename(folder, name):
    content = json.loads((folder / MANIFEST).read_bytes())
    content["files"][0]["name"] = name
    (folder / MANIFEST).write_text(json.dumps(content))


def test_links_and_devices_in_an_archive_are_not_followed(shelf, folder, tmp_path):
    (tmp_path / "secret").write_bytes(CONTENT[f"{STEM}.onnx"])
    (folder / f"{STEM}.onnx").unlink()
    path = archive(tmp_path / "a.tar", folder)
    with tarfile.open(path, "a") as tar:
        link = tarfile.TarInfo(f"{STEM}/{STEM}.onnx")
        link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path / "secret")
        tar.addfile(link)
    with pytest.raises(PackageInvalid, match="not there"):
        run(shelf, path)
    (folder / f"{STEM}.onnx").symlink_to(tmp_path / "secret")
    with pytest.raises(PackageInvalid, match="not there"):
        run(shelf, folder)


def test_an_archive_that_is_cut_or_none_is_told(shelf, folder, tmp_path):
    whole = archive(tmp_path / "a.tar", folder).read_bytes()
    (tmp_path / "a.tar").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PackageInvalid):
        run(shelf, tmp_path / "a.tar")
    (tmp_path / "a.tar").write_bytes(b"no archive at all")
    with pytest.raises(PackageInvalid, match="neither"):
        run(shelf, tmp_path / "a.tar")
    with pytest.raises(FileNotFoundError):
        run(shelf, tmp_path / "nowhere.tar")
    require_nothing(shelf)


def test_another_model_than_was_asked_for_is_refused(shelf, folder):
    with pytest.raises(PackageInvalid, match=f"This is '{STEM}'"):
        run(shelf, folder, name="whisper-small")
    (folder / MANIFEST).unlink()
    with pytest.raises(ModelUnsuited):
        run(shelf, folder, name="whisper-small")
    with pytest.raises(ModelNotFound):
        run(shelf, folder, name="no such thing")


def test_what_is_in_the_way_stays(shelf, folder):
    shelf.folder("piper", STEM).mkdir(parents=True)
    with pytest.raises(ModelExists):
        run(shelf, folder)
    lock = shelf.lock("piper", STEM)
    lock.try_take()
    with pytest.raises(ModelInUse):
        run(shelf, folder)
    lock.give_back()


@pytest.fixture
def key(tmp_path):
    """A private key as ssh-keygen writes it, and its public half."""
    private = Ed25519PrivateKey.generate()
    file = tmp_path / "key"
    file.write_bytes(
        private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
    )
    public = private.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return file, public.decode()


@pytest.fixture
def signed(folder, key):
    from voxhelm.catalog.signature import sign

    (folder / SIGNATURE).write_bytes(sign((folder / MANIFEST).read_bytes(), key[0]))
    return folder


def test_what_is_signed_by_a_key_we_trust_installs_and_can_be_passed_on(shelf, signed, key, tmp_path):
    run(shelf, archive(tmp_path / "a.tar", signed), Trust((f"{key[1]} operator@home",)))
    require_whole(shelf)
    there = shelf.find(STEM)
    assert (there.folder / SIGNATURE).read_bytes() == (signed / SIGNATURE).read_bytes()


def test_what_is_signed_by_somebody_else_is_refused_naming_the_key(shelf, signed, key):
    with pytest.raises(SignatureUntrusted, match=key[1].split()[1][:20].replace("+", r"\+")):
        run(shelf, signed, Trust())
    run(shelf, signed, Trust((), allow_unsigned=True))
    require_whole(shelf)


def test_a_manifest_that_was_changed_after_signing_is_refused_whatever_is_allowed(shelf, signed, key):
    _rename(signed, "other.onnx")
    for trust in (Trust((key[1],)), Trust(()), Trust((key[1],), allow_unsigned=True)):
        with pytest.raises(PackageInvalid, match="changed"):
            run(shelf, signed, trust)
    require_nothing(shelf)


@pytest.mark.parametrize("data", [b"", b"one line", b"\xff\xfe\n\n", b"ssh-ed25519 AAAA\n????\n", b"x" * 10_000])
def test_a_signature_that_cannot_be_read_is_refused(shelf, signed, key, data):
    (signed / SIGNATURE).write_bytes(data)
    with pytest.raises(PackageInvalid, match="signature"):
        run(shelf, signed, Trust((key[1],)))


def test_keys_that_are_none_are_told(shelf, signed, tmp_path):
    from voxhelm.catalog.signature import sign

    with pytest.raises(ConfigurationInvalid, match="OpenSSH"):
        run(shelf, signed, Trust(("hello",)))
    (tmp_path / "none").write_text("hello")
    with pytest.raises(ConfigurationInvalid, match="ssh-keygen"):
        sign(b"manifest", tmp_path / "none")


def test_an_archive_of_nothing_is_refused(shelf, tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        entry = tarfile.TarInfo("README")
        entry.size = 2
        tar.addfile(entry, io.BytesIO(b"hi"))
    with pytest.raises(ModelUnsuited, match="README"):
        run(shelf, tmp_path / "a.tar")
