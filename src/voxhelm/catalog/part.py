"""A file that is being received: what is there of it survives a crash, and takes its name only when it is whole and right."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from voxhelm.catalog.disk import settle_folder
from voxhelm.catalog.hub_file import Checksum, Digest

SUFFIX: Final = ".part"
ETAG_SUFFIX: Final = ".part.etag"
READ_BYTES: Final = 1 << 20


class Damaged(Exception):
    """The bytes are all there, or more than all, and are not the file."""


class Part:
    """The beginning of `path`, in a file beside it. Blocking; one owner at a time, which the lock of the model's folder sees to."""

    def __init__(self, path: Path, size_bytes: int, checksum: Checksum | None) -> None:
        """size_bytes, checksum: of the whole file."""
        self._path = path
        self._part = path.with_name(path.name + SUFFIX)
        self._etag = path.with_name(path.name + ETAG_SUFFIX)
        self._size_bytes = size_bytes
        self._checksum = checksum
        self._file: BinaryIO | None = None
        self.received_bytes = 0
        self.etag: str | None = None

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self._path.parent

    def open(self) -> None:
        """Take up what an earlier time has left, if it can be gone on with."""
        self._file = self._part.open("a+b")
        self.received_bytes = self._part.stat().st_size
        with suppress(FileNotFoundError):
            self.etag = self._etag.read_text(encoding="utf-8")
        nothing_to_tell_by = self.etag is None and self._checksum is None
        if self.received_bytes > self._size_bytes or (self.received_bytes and nothing_to_tell_by):
            self.restart(None)

    def close(self) -> None:
        """Leave what is there for another time."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def restart(self, etag: str | None) -> None:
        """Begin anew. etag: the state of the file that comes now."""
        self._open_file.truncate(0)
        self.received_bytes = 0
        self._remember(etag)

    def append(self, data: bytes) -> None:
        """Write what has come. Raises Damaged when it is more than the whole file, OSError."""
        if self.received_bytes + len(data) > self._size_bytes:
            raise Damaged(f"more than {self._size_bytes} bytes came")
        self._open_file.write(data)
        # In the system's hands, so that nothing of it is lost with this process.
        self._open_file.flush()
        self.received_bytes += len(data)

    def finish(self) -> None:
        """Check the whole file and give it its name. Raises Damaged when it is not what was announced."""
        os.fsync(self._open_file.fileno())
        check(self._part, self._size_bytes, self._checksum)
        self.close()
        self._part.replace(self._path)
        self._etag.unlink(missing_ok=True)
        settle_folder(self._path.parent)

    def _remember(self, etag: str | None) -> None:
        self.etag = etag
        if etag is None:
            self._etag.unlink(missing_ok=True)
        else:
            self._etag.write_text(etag, encoding="utf-8")

    @property
    def _open_file(self) -> BinaryIO:
        if self._file is None:
            raise ValueError("the part is not open")
        return self._file


def check(path: Path, size_bytes: int, checksum: Checksum | None) -> None:
    """Return if a file is as announced, else raise Damaged. Without a checksum its size must do."""
    there_bytes = path.stat().st_size
    if there_bytes != size_bytes:
        raise Damaged(f"it has {there_bytes} bytes and should have {size_bytes}")
    if checksum is not None and (found := digest_of(path, checksum.digest)) != checksum.value:
        raise Damaged(f"its {checksum.digest.value} is {found} and should be {checksum.value}")


def digest_of(path: Path, digest: Digest) -> str:
    """The checksum of a file, in hexadecimal digits."""
    if digest is Digest.SHA256:
        hasher = hashlib.sha256()
    else:
        # Git names a file by this; it tells damage, not forgery, and so is for small files of a hub we trust with the large ones.
        hasher = hashlib.sha1(usedforsecurity=False)
        hasher.update(f"blob {path.stat().st_size}\0".encode())
    with path.open("rb") as file:
        while data := file.read(READ_BYTES):
            hasher.update(data)
    return hasher.hexdigest()
