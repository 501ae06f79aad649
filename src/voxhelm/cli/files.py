"""Files that are whole or not there."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes the name `path` when the block ends well, and leaves nothing when it does not.

    What was there is replaced in one step. A device or a pipe is written to as it is. Raises OSError.
    """
    if is_special(path):
        with path.open("wb") as special:
            yield special
        return
    # A link stays a link: what it leads to is replaced.
    target = path.resolve()
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error  # nobody knows the file by its passing name
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield cast("BinaryIO", file)
        os.chmod(name, _mode_of(target))  # noqa: PTH101 - mkstemp speaks of names
        os.replace(name, target)  # noqa: PTH105
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)  # noqa: PTH108
        raise


def is_special(path: Path) -> bool:
    """Whether it is there and is a device or a pipe: something that cannot be replaced, and often cannot be gone back in."""
    return path.exists() and not path.is_file()


def _mode_of(target: Path) -> int:
    """As the file that is replaced has it, else as the umask wants new ones."""
    with suppress(FileNotFoundError):
        return target.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
