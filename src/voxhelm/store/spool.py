"""Bytes on their way: written once at the end, read anywhere, in memory while they are few."""

import os
import tempfile
from collections.abc import Iterator
from typing import IO, Final

MEMORY_BYTES: Final = 1 << 20
PIECE_BYTES: Final = 1 << 16


class Spool:
    """Has one writer and any number of readers, each of whom knows where it is. Beyond a mebibyte it is a file without a name."""

    def __init__(self, memory_bytes: int = MEMORY_BYTES) -> None:
        """memory_bytes: what it may hold in memory."""
        self._memory_bytes = memory_bytes
        self._memory = bytearray()
        self._file: IO[bytes] | None = None
        self.size_bytes = 0

    def append(self, data: bytes) -> None:
        """Add to the end. Raises OSError when the disk is full."""
        if self._file is None and self.size_bytes + len(data) > self._memory_bytes:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it is open for as long as we are
            self._write(self._file, bytes(self._memory))
            self._memory.clear()
        if self._file is None:
            self._memory += data
        else:
            self._write(self._file, data)
        self.size_bytes += len(data)

    def read(self, at: int, most_bytes: int = PIECE_BYTES) -> bytes:
        """What stands there, up to `most_bytes`; empty at the end."""
        if self._file is None:
            return bytes(self._memory[at : at + most_bytes])
        return os.pread(self._file.fileno(), most_bytes, at)

    def pieces(self) -> Iterator[bytes]:
        """All of it."""
        at = 0
        while piece := self.read(at):
            at += len(piece)
            yield piece

    def close(self) -> None:
        """Let go of it; more than once does no harm."""
        self._memory.clear()
        if self._file is not None:
            self._file.close()

    def _write(self, file: IO[bytes], data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[file.write(view) :]
