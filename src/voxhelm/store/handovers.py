"""What one process leaves for another for a while: found by a secret that only its owner knows."""

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

SUFFIX: Final = ".left"


class Handovers:
    """A folder of pieces, each taken once or forgotten. For any number of processes that share the folder. Blocking.

    Only the user may read it. Nothing in it tells the secret: a piece is found by the secret's digest.
    """

    def __init__(self, directory: Path, kept_seconds: float, now_unix_seconds: Callable[[], float]) -> None:
        """directory: made when something is left. kept_seconds: how long a piece is there."""
        self._directory = directory
        self._kept_seconds = kept_seconds
        self._now_unix_seconds = now_unix_seconds

    def leave(self, digest: str, data: bytes) -> None:
        """Leave a piece. Raises OSError."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(digest)
        unfinished = path.with_name(f".{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
            now_seconds = self._now_unix_seconds()
            os.utime(unfinished, (now_seconds, now_seconds))
            unfinished.rename(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise

    def take(self, digest: str) -> bytes | None:
        """A piece that was left, and is not there any more then; None when there is none. Raises OSError."""
        path = self._path(digest)
        # Of several who ask, the one whose renaming succeeds has it.
        mine = path.with_name(f".{secrets.token_hex(8)}")
        try:
            path.rename(mine)
        except FileNotFoundError:
            return None
        try:
            return mine.read_bytes() if self._good(mine) else None
        finally:
            mine.unlink(missing_ok=True)

    def has(self, digest: str) -> bool:
        """Whether a piece was left, and can still be taken."""
        try:
            return self._good(self._path(digest))
        except OSError:
            return False  # not there, or nothing that could be taken

    def forget_old(self) -> None:
        """Delete what nobody came for. Raises OSError."""
        if not self._directory.is_dir():
            return
        for path in self._directory.iterdir():
            if path.suffix != SUFFIX and not path.name.startswith("."):
                continue  # not ours
            with contextlib.suppress(FileNotFoundError):  # somebody else was quicker
                if not self._good(path):
                    path.unlink()

    def _good(self, path: Path) -> bool:
        return self._now_unix_seconds() - path.stat().st_mtime < self._kept_seconds

    def _path(self, digest: str) -> Path:
        return self._directory / f"{digest}{SUFFIX}"
