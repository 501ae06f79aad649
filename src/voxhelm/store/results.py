"""Results that need not be made twice: found by a key, forgotten when others are used more."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from voxhelm.store.blobs import BlobDamaged, BlobMissing, Blobs

INDEX: Final = "index.sqlite3"
BLOBS: Final = "blobs"
# Whoever else writes is done within this, or something is wrong.
BUSY_SECONDS: Final = 5.0
# One large result must not push all others out.
LARGEST_SHARE: Final = 4
# A result that is used all the time is not noted each time.
USED_AGAIN_SECONDS: Final = 60.0
# Of the index. What another version has written is not read: it can be made again.
VERSION: Final = 3
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS results (
    key TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    tags TEXT NOT NULL,
    facts TEXT NOT NULL,
    used_unix_seconds REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_use ON results (used_unix_seconds);
CREATE TABLE IF NOT EXISTS held (one INTEGER PRIMARY KEY CHECK (one = 1), results INTEGER NOT NULL, size_bytes INTEGER NOT NULL);
INSERT OR IGNORE INTO held VALUES (1, 0, 0);
CREATE TRIGGER IF NOT EXISTS came AFTER INSERT ON results
    BEGIN UPDATE held SET results = results + 1, size_bytes = size_bytes + NEW.size_bytes; END;
CREATE TRIGGER IF NOT EXISTS went AFTER DELETE ON results
    BEGIN UPDATE held SET results = results - 1, size_bytes = size_bytes - OLD.size_bytes; END;
CREATE INDEX IF NOT EXISTS by_digest ON results (digest);
"""


HELD: Final = "SELECT results, size_bytes FROM held"
WITH_TAG: Final = "SELECT key, digest FROM results WHERE instr(' ' || tags || ' ', ' ' || ? || ' ')"


class ResultsUnavailable(Exception):
    """The disk does not play along. What was asked for can be made instead."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was kept. file: to be closed by who has it. facts: what was told of it."""

    file: BinaryIO
    size_bytes: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Usage:
    """How full it is. forgotten: results that have just made room."""

    results: int
    size_bytes: int
    forgotten: int = 0


class Results:
    """A folder of results, for any number of processes and threads at once. Blocking.

    An index in SQLite says what there is, and keeps writers apart; the bytes are blobs. Every method raises ResultsUnavailable.
    """

    def __init__(self, directory: Path, limit_bytes: int, now_unix_seconds: Callable[[], float]) -> None:
        """directory: made when something is kept. limit_bytes: of all results together."""
        self._directory = directory
        self._limit_bytes = limit_bytes
        self._now_unix_seconds = now_unix_seconds
        self._blobs = Blobs(directory / BLOBS, durable=False)
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def find(self, key: str) -> Result | None:
        """The result of this key, as good as when it was kept, or None."""
        with self._index() as index:
            row = index.execute("SELECT digest, size_bytes, facts, used_unix_seconds FROM results WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        digest, size_bytes, facts, used_unix_seconds = row
        try:
            file = self._blobs.open(digest)
        except (BlobMissing, BlobDamaged):
            with self._index() as index:
                index.execute("DELETE FROM results WHERE digest = ?", (digest,))
            return None
        except OSError as error:
            raise ResultsUnavailable(str(error)) from error
        now_unix_seconds = self._now_unix_seconds()
        if now_unix_seconds - used_unix_seconds > USED_AGAIN_SECONDS:
            with self._index() as index:
                index.execute("UPDATE results SET used_unix_seconds = ? WHERE key = ?", (now_unix_seconds, key))
        return Result(file, size_bytes, json.loads(facts))

    def keep(self, key: str, pieces: Iterable[bytes], size_bytes: int, facts: Mapping[str, Any], tags: str = "") -> Usage:
        """Keep a result, and forget as many of the least used as needed. One that is too large is not kept.

        size_bytes: of all pieces. facts: JSON. tags: words, by any of which it can be forgotten.
        """
        if size_bytes * LARGEST_SHARE > self._limit_bytes:
            return self.usage()
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            blob = self._blobs.put(pieces)
        except OSError as error:
            raise ResultsUnavailable(str(error)) from error
        row = (key, blob.digest, blob.size_bytes, tags, json.dumps(facts), self._now_unix_seconds())
        with self._changing() as index:
            index.execute("DELETE FROM results WHERE key = ?", (key,))
            index.execute("INSERT INTO results VALUES (?, ?, ?, ?, ?, ?)", row)
            forgotten = self._make_room(index)
            kept, held_bytes = index.execute(HELD).fetchone()
            return Usage(kept, held_bytes, forgotten)

    def forget(self, tag: str) -> int:
        """Remove every result that has this word among its tags; return how many."""
        with self._changing() as index:
            return self._remove(index, index.execute(WITH_TAG, (tag,)).fetchall())

    def clear(self) -> int:
        """Remove everything; return how many results that were."""
        with self._changing() as index:
            removed = self._remove(index, index.execute("SELECT key, digest FROM results").fetchall())
        for digest in list(self._blobs.digests()):
            self._blobs.remove(digest)
        return removed

    def usage(self) -> Usage:
        """How much there is."""
        if not (self._directory / INDEX).is_file():
            return Usage(0, 0)
        with self._index() as index:
            return Usage(*index.execute(HELD).fetchone())

    def close(self) -> None:
        """Let go of the index. The next call opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _make_room(self, index: sqlite3.Connection) -> int:
        _, held_bytes = index.execute(HELD).fetchone()
        going = []
        if held_bytes <= self._limit_bytes:
            return 0
        for key, digest, size_bytes in index.execute("SELECT key, digest, size_bytes FROM results ORDER BY used_unix_seconds"):
            if held_bytes <= self._limit_bytes:
                break
            going.append((key, digest))
            held_bytes -= size_bytes
        return self._remove(index, going)

    def _remove(self, index: sqlite3.Connection, going: list[tuple[str, str]]) -> int:
        index.executemany("DELETE FROM results WHERE key = ?", [(key,) for key, _ in going])
        for digest in {digest for _, digest in going}:
            # Two keys may have led to the same bytes.
            if index.execute("SELECT 1 FROM results WHERE digest = ?", (digest,)).fetchone() is None:
                self._blobs.remove(digest)
        return len(going)

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """While inside, no other process changes anything."""
        with self._index() as index:
            index.execute("BEGIN IMMEDIATE")
            try:
                yield index
            except BaseException:
                index.rollback()
                raise
            index.commit()

    @contextmanager
    def _index(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._opened()
                yield self._connection
            except (sqlite3.Error, OSError) as error:
                if self._connection is not None:
                    self._connection.close()
                    self._connection = None
                raise ResultsUnavailable(str(error)) from error

    def _opened(self) -> sqlite3.Connection:
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            connection = self._connect()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            # It is no index any more. What it knew can be made again.
            for path in self._directory.glob(f"{INDEX}*"):
                path.unlink()
            for digest in list(self._blobs.digests()):
                self._blobs.remove(digest)
            connection = self._connect()
        self._blobs.sweep({digest for (digest,) in connection.execute("SELECT digest FROM results")})
        return connection

    def _connect(self) -> sqlite3.Connection:
        # Used by one thread at a time, under our lock.
        connection = sqlite3.connect(
            self._directory / INDEX, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=32
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            if connection.execute("PRAGMA user_version").fetchone() != (VERSION,):
                connection.executescript(
                    f"DROP TABLE IF EXISTS results; DROP TABLE IF EXISTS held; PRAGMA user_version = {VERSION};"
                )
            connection.executescript(SCHEMA)
        except BaseException:
            connection.close()
            raise
        return connection
