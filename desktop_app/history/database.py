"""Opens the history's database, and says in a sentence what SQLite complains about. No Qt."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from desktop_app.history import migrations, search
from workers.errors import AppError, DiskError, HistoryError, HistoryLocked, disk_error

BUSY_TIMEOUT_MS = 300
"""How long one try waits for another program's write; the writer then spills to its journal and tries again."""

PAGES_AT_ONCE = 250  # of the search index, some tens of milliseconds of work
OPEN_TIMEOUT_S = 3.0

_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_DISK = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}


def is_passing(error: BaseException) -> bool:
    """Whether trying again later may help: somebody else writes, or the disk is full."""
    return isinstance(error, sqlite3.Error) and _code(error) in _LOCKED | _DISK


def as_app_error(error: Exception, path: Path) -> AppError:
    """What went wrong, as a sentence and a hint."""
    if _code(error) in _LOCKED:
        return HistoryLocked(
            "The history '{path}' is in use by another program.",
            "Close it; what is said meanwhile is kept and written afterwards.",
            path=path,
        )
    if _code(error) in _DISK:
        return DiskError(
            "The history '{path}' cannot be written: {reason}.",
            "Free some space, or mend the rights of its folder.",
            path=path,
            reason=error,
        )
    if _code(error) in _DAMAGED:
        return HistoryError(
            "The history '{path}' is damaged: {reason}.",
            "Move it away to start a new one, or put back a copy.",
            path=path,
            reason=error,
        )
    return HistoryError("The history '{path}' cannot be used: {reason}.", path=path, reason=error)


def open_database(path: Path) -> sqlite3.Connection:
    """The connection that writes, with today's tables; any thread may use it, one at a time.

    Raises:
        HistoryTooNew, HistoryLocked, HistoryError: see their sentences; the file is left as it is.
        DiskError: the folder cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise disk_error(error, path) from error
    deadline = time.monotonic() + OPEN_TIMEOUT_S
    while True:
        try:
            return _open(path)
        except sqlite3.Error as error:
            if _code(error) not in _LOCKED:
                raise as_app_error(error, path) from error
            if time.monotonic() > deadline:
                raise HistoryLocked(
                    "The history '{path}' is in use by another program.",
                    "Close it and try again; what is said until then is only on the screen.",
                    path=path,
                ) from error
            time.sleep(0.02)  # two windows that make the file at once collide without SQLite's own waiting


def open_memory() -> sqlite3.Connection:
    """The same tables, nowhere on disk."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    _prepare(connection)
    connection.execute("PRAGMA temp_store = MEMORY")
    migrations.migrate(connection, Path(":memory:"))
    return connection


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for one question; in WAL mode it never waits for a writer."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=OPEN_TIMEOUT_S)) as connection:
            _prepare(connection)
            connection.execute("PRAGMA query_only = ON")
            yield connection
    except sqlite3.DatabaseError as error:
        raise as_app_error(error, path) from error


def erase_traces(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Takes what was deleted out of the search index, the write-ahead log and the copies, too.

    In steps, so that words can be written in between, by other windows as well: writing the index of a year's words
    anew takes seconds. The first step's negative number has all of it become one part in the end, as `optimize` would
    at once (https://www.sqlite.org/fts5.html#the_merge_command).
    """
    n_pages = -PAGES_AT_ONCE
    while True:
        before = connection.total_changes
        connection.execute("INSERT INTO segments_index (segments_index, rank) VALUES ('merge', ?)", (n_pages,))
        if connection.total_changes - before < 2:
            break  # one is the command itself
        n_pages = PAGES_AT_ONCE
        yield
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for backup in migrations.backups(path):
        backup.unlink(missing_ok=True)


def _open(path: Path) -> sqlite3.Connection:
    if path.exists():  # looked at without the right to write, a file from a newer version stays as it is
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_MS / 1000)
        ) as looking:
            migrations.version_of(looking, path)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_MS / 1000)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # what was said outlives a power cut
        connection.execute("PRAGMA secure_delete = ON")
        _prepare(connection)
        migrations.migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.create_function("fold", 1, search.fold, deterministic=True)


def _code(error: BaseException) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the extended part
