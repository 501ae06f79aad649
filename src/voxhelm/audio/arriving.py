"""Bytes that are still arriving, as a file."""

import io
from collections.abc import Iterator
from typing import BinaryIO, cast


class ArrivingFile(io.RawIOBase):
    """Reads what an iterator gives, as it gives it: a read returns what is there and waits only when nothing is."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        """chunks: of any length; what it raises, reading raises."""
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Always; and it cannot be sought in."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # any writable buffer
        """Fill `buffer` as far as possible without waiting twice; 0 at the end."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def arriving_file(chunks: Iterator[bytes]) -> BinaryIO:
    """`chunks` as a file that `audio.decode` takes."""
    return cast("BinaryIO", ArrivingFile(chunks))
