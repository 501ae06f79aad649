"""Somebody's file, as FFmpeg is allowed to see it."""

import io
from typing import BinaryIO

_HEAD_BYTES = 64


class Upload:
    """A read-only view of a binary file: no name, no path, nothing but its bytes.

    Without a name FFmpeg judges the file by its content only, and has no place beside which to look for other files.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Read from `file`, which stands at the beginning of the audio. It is not closed here."""
        self._file = file
        self._seekable = file.seekable()
        self._start = file.tell() if self._seekable else 0
        self._position_bytes = 0
        self.head = b""  # the first bytes, as far as they have been read

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end."""
        data = self._file.read(size)
        # PyAV copies whatever it is given into a buffer of `size` bytes.
        if len(data) > size:
            raise ValueError(f"the file gave {len(data)} bytes when asked for {size}")
        missing = _HEAD_BYTES - len(self.head)
        if missing > 0 and self._position_bytes == len(self.head):
            self.head += data[:missing]
        self._position_bytes += len(data)
        return data

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Whether `seek` works: without it a file whose index is at the end (most m4a) cannot be read."""
        return self._seekable

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As of any file, counted from where the audio begins."""
        absolute = self._file.seek(offset + self._start if whence == io.SEEK_SET else offset, whence)
        self._position_bytes = absolute - self._start
        return self._position_bytes

    def tell(self) -> int:
        """Bytes from where the audio begins."""
        return self._position_bytes
