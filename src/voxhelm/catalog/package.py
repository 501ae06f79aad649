"""A model in a folder or an archive, for machines that no hub can be asked from."""

import io
import os
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from voxhelm.catalog.hub_file import HubFile
from voxhelm.catalog.manifest import LONGEST_BYTES, MANIFEST, SIGNATURE, Manifest
from voxhelm.catalog.shelf import Shelved
from voxhelm.domain.errors import PackageInvalid

COPY_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file in a package, by its plain name."""

    size_bytes: int
    open: Callable[[], BinaryIO]


@contextmanager
def open_package(path: Path) -> Iterator[Mapping[str, PackedFile]]:
    """The files of a folder or of a tar archive, by name, while inside.

    Links, devices and folders in it are passed over. Raises PackageInvalid, OSError.
    """
    if path.is_dir():
        yield {
            one.name: PackedFile(one.stat().st_size, partial(_open, one))
            for one in sorted(path.iterdir())
            if one.is_file() and not one.is_symlink()
        }
        return
    try:
        with tarfile.open(path) as archive:
            yield {
                _plain(member.name): PackedFile(member.size, partial(_extract, archive, member))
                for member in archive
                if member.isreg()
            }
    except tarfile.TarError as error:
        raise PackageInvalid(f"{path} is neither a folder nor a whole tar archive: {error}.") from error


def manifest_in(files: Mapping[str, PackedFile]) -> tuple[bytes, bytes | None] | None:
    """The manifest of a package as it was written, and its signature if it has one; None without a manifest."""
    if MANIFEST not in files:
        return None
    return _small(files, MANIFEST), _small(files, SIGNATURE) if SIGNATURE in files else None


def as_listed(files: Mapping[str, PackedFile]) -> tuple[HubFile, ...]:
    """The files of a package without a manifest, as a hub would list them."""
    return tuple(HubFile(name, name, file.size_bytes) for name, file in files.items())


def unpack(files: Mapping[str, PackedFile], name: str, size_bytes: int, folder: Path) -> Iterator[int]:
    """Write one file of a package into `folder`, yielding how much of it is there.

    Raises PackageInvalid when it is not there or has another size, OSError.
    """
    if name not in files:
        raise PackageInvalid(f"The manifest names {name}, which is not there.")
    copied_bytes = 0
    with files[name].open() as source, (folder / name).open("wb") as target:
        while data := source.read(COPY_BYTES):
            copied_bytes += len(data)
            if copied_bytes > size_bytes:
                break
            target.write(data)
            yield copied_bytes
        target.flush()
        os.fsync(target.fileno())
    if copied_bytes != size_bytes:
        raise PackageInvalid(
            f"{name} should have {size_bytes} bytes, and has {'more' if copied_bytes > size_bytes else copied_bytes}."
        )


def pack(shelved: Shelved, signature: bytes | None, target: BinaryIO) -> Iterator[int]:
    """Write an installed model as a tar archive, the manifest first, yielding how many bytes of its files are done. Raises OSError."""
    manifest = (shelved.folder / MANIFEST).read_bytes()
    prefix = f"{shelved.manifest.model_id}/"
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(_entry(prefix + MANIFEST, len(manifest)), io.BytesIO(manifest))
        if signature is not None:
            archive.addfile(_entry(prefix + SIGNATURE, len(signature)), io.BytesIO(signature))
        done_bytes = 0
        for file in shelved.manifest.files:
            with (shelved.folder / file.name).open("rb") as source:
                archive.addfile(_entry(prefix + file.name, file.size_bytes), source)
            done_bytes += file.size_bytes
            yield done_bytes


def require_named(manifest: Manifest, model_id: str | None, name: str) -> None:
    """Raise PackageInvalid when a package holds another model than `name` means."""
    if model_id != manifest.model_id and name != manifest.model_id:
        raise PackageInvalid(f"This is '{manifest.model_id}', not '{name}'.", param="model")


def _entry(name: str, size_bytes: int) -> tarfile.TarInfo:
    """Of nobody and no time, so that the same model makes the same archive."""
    entry = tarfile.TarInfo(name)
    entry.size = size_bytes
    entry.mode = 0o644
    return entry


def _plain(name: str) -> str:
    """Without the folder that an archive puts its files in."""
    return name.removeprefix("./").rpartition("/")[2]


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo) -> BinaryIO:
    file = archive.extractfile(member)
    assert file is not None  # noqa: S101 - only regular files are asked for
    return file  # type: ignore[return-value]


def _small(files: Mapping[str, PackedFile], name: str) -> bytes:
    if files[name].size_bytes > LONGEST_BYTES:
        raise PackageInvalid(f"{name} is far too large to be one.")
    with files[name].open() as file:
        return file.read()
