"""Installing a model from a package: nothing is asked of a network, and nothing is believed that its manifest does not prove."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from voxhelm.catalog.disk import free_bytes, full_disk_told, require_room
from voxhelm.catalog.hub_file import Digest
from voxhelm.catalog.manifest import FileRecord, Manifest, is_whole, record_of
from voxhelm.catalog.names import model_id_of, source_of
from voxhelm.catalog.package import PackedFile, as_listed, manifest_in, open_package, require_named, unpack
from voxhelm.catalog.part import digest_of
from voxhelm.catalog.selection import select
from voxhelm.catalog.shelf import Shelf
from voxhelm.catalog.signature import require_trusted
from voxhelm.domain.errors import ModelExists, ModelInUse, PackageInvalid, SignatureUntrusted
from voxhelm.domain.pull import PullDone, PullEvent, PullProgress


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose word is taken. keys: public keys as OpenSSH writes them. allow_unsigned: anybody's."""

    keys: tuple[str, ...] = ()
    allow_unsigned: bool = False


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a package is to become. manifest: as it is to be written; None is made when the files are there."""

    model_id: str
    engine: str
    files: tuple[FileRecord, ...]
    manifest: bytes | None
    signature: bytes | None


def install(shelf: Shelf, path: Path, name: str, trust: Trust, unix_seconds: float) -> Iterator[PullEvent]:
    """Install the model at `path`, a folder or a tar archive, that `name` stands for; the last event is PullDone. Blocking.

    unix_seconds: now. Raises PackageInvalid, SignatureUntrusted, ModelExists, ModelInUse, ModelNotFound, ModelUnsuited, DiskFull, OSError.
    """
    with open_package(path) as files:
        wanted = _wanted(files, path, name, trust)
        lock = shelf.lock(wanted.engine, wanted.model_id)
        if not lock.try_take():
            raise ModelInUse(f"'{wanted.model_id}' is being installed or removed by somebody else. Try again when they are done.")
        try:
            yield from _install(shelf, files, wanted, path, unix_seconds)
        finally:
            lock.give_back()


def _wanted(files: Mapping[str, PackedFile], path: Path, name: str, trust: Trust) -> _Wanted:
    told = manifest_in(files)
    if told is None:
        if not trust.allow_unsigned:
            raise SignatureUntrusted(
                f"{path} has no manifest, so nobody vouches for it. Pass --allow-unsigned if you know where it is from."
            )
        selection = select(source_of(name), as_listed(files))
        records = tuple(
            FileRecord(file.name, file.size_bytes, file.checksum.value if file.checksum else "") for file in selection.files
        )
        return _Wanted(selection.model_id, selection.engine, records, None, None)
    data, signature = told
    manifest = Manifest.from_bytes(data)
    require_named(manifest, model_id_of(name), name)
    if signature is None and not trust.allow_unsigned:
        raise SignatureUntrusted(f"{path} is not signed. Pass --allow-unsigned if you know where it is from.")
    if signature is not None and not (trust.allow_unsigned and not trust.keys):
        try:
            require_trusted(data, signature, trust.keys)
        except SignatureUntrusted:
            if not trust.allow_unsigned:
                raise
    return _Wanted(manifest.model_id, manifest.engine, manifest.files, data, signature)


def _install(
    shelf: Shelf, files: Mapping[str, PackedFile], wanted: _Wanted, path: Path, unix_seconds: float
) -> Iterator[PullEvent]:
    there = shelf.find(wanted.model_id)
    total_bytes = sum(file.size_bytes for file in wanted.files)
    if there is not None and _is_same(there.manifest, wanted) and is_whole(there.folder, there.manifest):
        yield PullDone(wanted.model_id, wanted.engine, total_bytes, changed=False)
        return
    folder = shelf.folder(wanted.engine, wanted.model_id)
    if (there is None and folder.exists()) or (there is not None and there.folder != folder):
        raise ModelExists(
            f"'{wanted.model_id}' is there already, at {there.folder if there else folder}. Remove it first.", param="model"
        )
    staging = shelf.staging(wanted.engine, wanted.model_id)
    staging.mkdir(parents=True, exist_ok=True)
    require_room(total_bytes, free_bytes(staging), shelf.directory)
    try:
        with full_disk_told(shelf.directory):
            yield from _unpack_all(files, wanted, staging, total_bytes)
            manifest = wanted.manifest or _made(wanted, staging, path, unix_seconds)
            shelf.put(wanted.engine, wanted.model_id, manifest, wanted.signature)
    except BaseException:
        # Unlike what comes from a network, it is quickly there again.
        shutil.rmtree(staging, ignore_errors=True)
        raise
    yield PullDone(wanted.model_id, wanted.engine, total_bytes, changed=True)


def _unpack_all(files: Mapping[str, PackedFile], wanted: _Wanted, staging: Path, total_bytes: int) -> Iterator[PullProgress]:
    done_bytes = 0
    for file in wanted.files:
        for count in unpack(files, file.name, file.size_bytes, staging):
            yield PullProgress(wanted.model_id, file.name, done_bytes + count, total_bytes)
        if file.sha256 and (found := digest_of(staging / file.name, Digest.SHA256)) != file.sha256:
            raise PackageInvalid(f"{file.name} is not the file that the manifest names: its SHA-256 is {found}, not {file.sha256}.")
        done_bytes += file.size_bytes


def _is_same(there: Manifest, wanted: _Wanted) -> bool:
    return _digests(there.files) == _digests(wanted.files)


def _digests(files: Iterable[FileRecord]) -> set[tuple[str, str]]:
    return {(file.name, file.sha256) for file in files}


def _made(wanted: _Wanted, staging: Path, path: Path, unix_seconds: float) -> bytes:
    records = tuple(record_of(staging / file.name) for file in wanted.files)
    at = datetime.fromtimestamp(unix_seconds, UTC).isoformat(timespec="seconds")
    return Manifest(wanted.model_id, wanted.engine, records, {"package": path.name}, at).to_bytes()
