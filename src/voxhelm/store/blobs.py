"""Bytes under their own digest: whole or not there, and never other than they were."""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

DIGEST: Final = re.compile("[0-9a-f]{64}")
PIECE_BYTES: Final = 1 << 16
# What is read at once, and then needs its file no more.
MEMORY_BYTES: Final = 1 << 20
INCOMING: Final = ".incoming-"
# A piece of work this old belongs to nobody who still runs.
STALE_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Blob:
    """What was put: digest: SHA-256 in hexadecimal."""

    digest: str
    size_bytes: int


class BlobMissing(Exception):
    """There is no blob of this digest."""


class BlobDamaged(Exception):
    """A blob's bytes are not what its digest says. It is gone now."""


class Blobs:
    """A folder of blobs, for any number of processes at once: the same bytes have the same name, and take it in one step. Blocking."""

    def __init__(self, directory: Path, *, durable: bool) -> None:
        """directory: made when something is put there, for nobody but its owner to read.

        durable: whether what was put must survive a power cut; where it can be made again, that time is saved.
        """
        self._directory = directory
        self._durable = durable

    def put(self, pieces: Iterable[bytes]) -> Blob:
        """Keep these bytes. Raises OSError, and then nothing is left of them."""
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        digest, size_bytes = hashlib.sha256(), 0
        descriptor, name = tempfile.mkstemp(dir=self._directory, prefix=INCOMING)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for piece in pieces:
                    digest.update(piece)
                    size_bytes += len(piece)
                    file.write(piece)
                if self._durable:
                    file.flush()
                    os.fsync(file.fileno())
            blob = Blob(digest.hexdigest(), size_bytes)
            path = self.path_of(blob.digest)
            path.parent.mkdir(exist_ok=True, mode=0o700)
            Path(name).replace(path)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(name).unlink()
            raise
        if self._durable:
            _settle(path.parent)
            _settle(self._directory)
        return blob

    def open(self, digest: str) -> BinaryIO:
        """The bytes, at their beginning, after all of them have been compared with the digest; small ones are in memory.

        Removing the blob later does not disturb who reads it. Raises BlobMissing, BlobDamaged.
        """
        path = self.path_of(digest)
        try:
            file = path.open("rb")
        except FileNotFoundError:
            raise BlobMissing(digest) from None
        try:
            seen = hashlib.sha256()
            small = b""
            while piece := file.read(MEMORY_BYTES):
                seen.update(piece)
                small = piece if file.tell() == len(piece) else b""
        except BaseException:
            file.close()
            raise
        if seen.hexdigest() != digest:
            file.close()
            path.unlink(missing_ok=True)
            raise BlobDamaged(digest)
        if len(small) == file.tell():
            file.close()
            return BytesIO(small)
        file.seek(0)
        return file

    def remove(self, digest: str) -> None:
        """Take a blob away; harmless when there is none."""
        path = self.path_of(digest)
        path.unlink(missing_ok=True)
        if self._durable and path.parent.is_dir():
            _settle(path.parent)

    def digests(self) -> Iterator[str]:
        """Every blob's."""
        for path in self._directory.glob("??/*"):
            if DIGEST.fullmatch(path.name):
                yield path.name

    def path_of(self, digest: str) -> Path:
        """Where a blob is, or would be. Raises ValueError for what is no digest."""
        if not DIGEST.fullmatch(digest):
            raise ValueError("not a digest")
        return self._directory / digest[:2] / digest

    def sweep(self, known: Container[str] | None = None) -> None:
        """Remove what was on its way when a process died, and what nobody knows of, if `known` says what somebody does."""
        left = list(self._directory.glob(f"{INCOMING}*"))
        if known is not None:
            left += [path for path in self._directory.glob("??/*") if path.name not in known]
        for path in left:
            with suppress(FileNotFoundError):
                # What is young may be on its way still. The system wrote that time, so its clock it is.
                if time.time() - path.stat().st_mtime > STALE_SECONDS:
                    path.unlink()


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
