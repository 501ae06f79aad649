"""Standard input as a recording that comes through a pipe."""

import io
import os
import select
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from voxhelm.cli.failure import CommandFailed, ExitCode
from voxhelm.domain.errors import Cancelled

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD_BYTES: Final = 12
COPY_BYTES: Final = 1 << 16


class PipedInput(io.RawIOBase):
    """A pipe that is read as its bytes come, and whose reader can be made to give up from another thread."""

    def __init__(self, descriptor: int) -> None:
        """descriptor: of the pipe; it is not closed here."""
        super().__init__()
        self._descriptor = descriptor
        self._woken, self._wake = os.pipe()
        self._head = b""

    def stop(self) -> None:
        """Make whoever reads, now or later, raise Cancelled."""
        os.write(self._wake, b"x")

    def head(self, count: int) -> bytes:
        """The first `count` bytes, fewer at the end; they will be read again."""
        while len(self._head) < count:
            data = self._wait_and_read(count - len(self._head))
            if not data:
                break
            self._head += data
        return self._head

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Wait for some bytes; none at the end."""
        view = memoryview(buffer).cast("B")
        if self._head:
            data, self._head = self._head[: len(view)], self._head[len(view) :]
        else:
            data = self._wait_and_read(len(view))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Free what belongs to this object."""
        if not self.closed:
            os.close(self._woken)
            os.close(self._wake)
        super().close()

    def _wait_and_read(self, count: int) -> bytes:
        ready, _, _ = select.select([self._descriptor, self._woken], [], [])
        if self._woken in ready:
            raise Cancelled("the command was interrupted")
        return os.read(self._descriptor, count)


@contextmanager
def piped_recording() -> Iterator[BinaryIO | PipedInput]:
    """Standard input, open for reading; raises CommandFailed when it is a terminal.

    A file that was redirected here can be gone back in; a pipe cannot.
    """
    if sys.stdin.isatty():
        raise CommandFailed(
            "Nothing is piped in. Name a file, or pipe a recording: arecord -f cd | voxhelm hear -", ExitCode.WRONG_USAGE
        )
    descriptor = sys.stdin.fileno()
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        with open(descriptor, "rb", closefd=False) as file:
            yield file
        return
    with PipedInput(descriptor) as pipe:
        yield pipe


@contextmanager
def readable_in_order(recording: BinaryIO | PipedInput) -> Iterator[BinaryIO]:
    """The recording itself, or a copy on disk if it comes through a pipe and has its index at its end, as most of MP4 has.

    Blocks until the first bytes are there; for a thread.
    """
    if not isinstance(recording, PipedInput):
        yield recording
        return
    if recording.head(HEAD_BYTES)[4:8] != b"ftyp":
        yield cast("BinaryIO", recording)
        return
    with tempfile.TemporaryFile() as copy:
        while data := recording.read(COPY_BYTES):
            copy.write(data)
        copy.seek(0)
        yield copy
