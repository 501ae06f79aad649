"""What a disk is asked for: room, a lock, and that what was written is really there."""

import asyncio
import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from voxhelm.domain.errors import DiskFull

P = ParamSpec("P")
T = TypeVar("T")

# Left free beside the model: a disk that is full to the brim fails everything else on it.
SPARE_BYTES: Final = 256 * 1024**2
GIGABYTE: Final = 1000**3
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


async def off_the_loop(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do blocking work in a thread.

    When the caller is cancelled, the work is over before the caller goes on, so that nothing writes behind a lock that was given back.
    """
    task = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait((task,))
        if not task.cancelled():
            task.exception()
        raise


def free_bytes(folder: Path) -> int:
    """How much may be written to the disk of a folder that may not be there yet."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def require_room(needed_bytes: int, there_bytes: int, folder: Path) -> None:
    """Raise DiskFull when `needed_bytes` and what is to stay free do not fit into `there_bytes`."""
    if needed_bytes + SPARE_BYTES > there_bytes:
        raise DiskFull(
            f"There is no room in {folder}: {needed_bytes / GIGABYTE:.2f} GB are to come and {SPARE_BYTES / GIGABYTE:.2f} GB to stay free, "
            f"and {there_bytes / GIGABYTE:.2f} GB are free. Remove a model (`voxhelm rm`), or set models.directory to a larger disk."
        )


@contextmanager
def full_disk_told(folder: Path) -> Iterator[None]:
    """Turn the system's error for a full disk into DiskFull; others pass."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise DiskFull(f"The disk of {folder} became full. What has come so far is kept; make room and try again.") from error


def settle_folder(folder: Path) -> None:
    """Return when the names in a folder are on the disk and would survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class FolderLock:
    """A lock between processes, and between writers within one. The system gives it back when its holder dies."""

    def __init__(self, path: Path) -> None:
        """path: of the lock's own file, which stays: removing it would let two in."""
        self._path = path
        self._descriptor: int | None = None

    def try_take(self) -> bool:
        """Take it if nobody has it. Does not wait."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    def give_back(self) -> None:
        """Let the next one in. Harmless when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
