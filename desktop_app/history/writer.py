"""The one thread that writes the history, in order; while the database takes nothing, changes wait in a journal. No Qt.

A change is on disk within a second of being given: in the database, or, while another program locks that, in a file
that this or the next start replays. Which journals were replayed stands in the database, in the same transaction.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from desktop_app.history import changes, database
from desktop_app.history.changes import Change, Target
from desktop_app.history.folders import lock_file
from workers.errors import AppError, HistoryError

log = logging.getLogger(__name__)

RETRY_S = 0.25
PAUSE_S = 0.05  # between two steps of erasing, in which other windows write
Waiting = list[tuple[Change, "Future[Any]"]]


class Writer:
    """Runs changes in a thread of its own; futures are resolved there, after the commit.

    Args:
        on_problem: told once each time that the database takes nothing, from the writer's thread.
        first: what to do before anything that is submitted.

    Attributes:
        has_tried: set when journals of earlier starts and `first` were written, or could not be for now.
    """

    def __init__(
        self, target: Target, path: Path, on_problem: Callable[[AppError], None], first: Sequence[Change] = ()
    ) -> None:
        self._target = target
        self._path = path
        self._on_problem = on_problem
        self._journal = Journal(path.parent / "journal")
        self._condition = threading.Condition()
        self._given: Waiting = []
        self._deadline: float | None = None
        self._is_failing = False
        self._waiting: Waiting = [(change, Future()) for change in self._journal.adopt(target.connection)]
        self._n_spilled = len(self._waiting)  # that many from the front are in the journal
        self._waiting += [(change, Future()) for change in first]
        self._erasing: list[tuple[Future[Any], Any]] = []  # what deleted, with its outcome, until no trace is left
        self._erasure: Iterator[None] = iter(())
        self.has_tried = threading.Event()
        self._thread = threading.Thread(target=self._run, name="history writer", daemon=True)
        self._thread.start()

    def submit(self, change: Change) -> Future[Any]:
        """Gives a change; never waits. The future cannot be cancelled.

        Raises:
            HistoryError: the history is closed.
        """
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        with self._condition:
            if self._deadline is not None:
                raise HistoryError("The history is closed.")
            self._given.append((change, future))
            self._condition.notify()
        return future

    def close(self, timeout_s: float) -> None:
        """Writes what was given; what the database does not take in time stays in the journal for the next start."""
        with self._condition:
            self._deadline = time.monotonic() + timeout_s
            self._condition.notify()
        self._thread.join()

    def _run(self) -> None:
        while self._collect():
            try:
                outcomes = self._commit()
            except Exception as error:  # noqa: BLE001 - the thread's top: what was given goes to the journal
                self._hold(error)
            else:
                self._settle(outcomes)
                self._erase_some()
            self.has_tried.set()
        self._tell_erased()
        for change, future in self._waiting:
            log.warning("left for the next start: %s", change.verb)
            future.set_exception(HistoryError("The history was closed before it could be written."))
        self._journal.close()

    def _collect(self) -> bool:
        """Waits for something to do; False when the thread should end."""
        with self._condition:
            if self._is_failing or not self._waiting:
                pause_s = RETRY_S if self._is_failing else PAUSE_S if self._erasing else None
                self._condition.wait_for(
                    lambda: self._given or (self._deadline is not None and not self._is_failing), pause_s
                )
            deadline = self._deadline
        self._take()
        if self._is_failing:
            self._spill()
        if deadline is None:
            return True
        if time.monotonic() > deadline:
            return bool(self._waiting) and not self._is_failing
        return bool(self._waiting or self._erasing)

    def _commit(self) -> list[Any]:
        """Writes everything that waits in one transaction; gives each change's result, or what was wrong with it."""
        if not self._waiting:
            return []
        connection = self._target.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            outcomes = [self._apply(change) for change, _ in self._waiting]
            connection.executemany(
                "INSERT OR IGNORE INTO applied_journals VALUES (?)", [(name,) for name in self._journal.names]
            )
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        return outcomes

    def _apply(self, change: Change) -> Any:
        connection = self._target.connection
        connection.execute("SAVEPOINT change")
        try:
            outcome = changes.apply(self._target, change)
        except Exception as error:
            if database.is_passing(error) or not connection.in_transaction:
                raise
            connection.execute("ROLLBACK TO change")
            if not isinstance(error, AppError):
                log.exception("%s failed", change.verb)
            outcome = error
        connection.execute("RELEASE change")
        return outcome

    def _settle(self, outcomes: list[Any]) -> None:
        if self._is_failing:
            log.info("the history is written again")
        self._is_failing = False
        done, self._waiting, self._n_spilled = self._waiting, [], 0
        self._journal.discard()
        for (change, future), outcome in zip(done, outcomes, strict=True):
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            elif change.verb in changes.ERASING and outcome != 0:
                self._erasing.append((future, outcome))
                self._erasure = database.erase_traces(self._target.connection, self._path)
            else:
                future.set_result(outcome)

    def _erase_some(self) -> None:
        """Goes on with taking away what is left of what was deleted; whoever deleted it is told at the end."""
        if not self._erasing:
            return
        with suppress(sqlite3.Error):  # somebody reads: the next one that deletes erases it
            for _ in self._erasure:
                return
        self._tell_erased()

    def _tell_erased(self) -> None:
        erased, self._erasing = self._erasing, []
        for future, outcome in erased:
            future.set_result(outcome)

    def _hold(self, error: Exception) -> None:
        is_new, self._is_failing = not self._is_failing, True
        self._spill()
        if is_new:
            log.warning("the history cannot be written, %d changes wait", len(self._waiting), exc_info=error)
            try:
                self._on_problem(database.as_app_error(error, self._path))
            except Exception:
                log.exception("nobody could be told")

    def _take(self) -> None:
        with self._condition:
            self._waiting += self._given
            self._given = []

    def _spill(self) -> None:
        self._take()
        try:
            self._journal.append([change for change, _ in self._waiting[self._n_spilled :]])
            self._n_spilled = len(self._waiting)
        except OSError as error:  # the disk is full: they wait in memory
            log.warning("the journal cannot be written: %s", error)


class Journal:
    """Changes that the database did not take yet, one JSON object a line; its owner holds a lock on the file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[Path, int] = {}  # path → file descriptor with the lock
        self._own: int | None = None

    @property
    def names(self) -> list[str]:
        return [path.name for path in self._files]

    def adopt(self, connection: sqlite3.Connection) -> list[Change]:
        """What journals hold whose windows are gone, oldest first; they are ours from now on."""
        adopted = []
        for path in sorted(self._folder.glob("*.jsonl")):
            try:
                self._files[path] = lock_file(path)
            except BlockingIOError:
                continue  # another window is about to write it
            if connection.execute("SELECT 1 FROM applied_journals WHERE name = ?", (path.name,)).fetchone():
                self._remove(path)
                continue
            for line in path.read_text("utf-8").splitlines():
                try:
                    adopted.append(Change(**json.loads(line)))
                except ValueError:
                    log.warning("%s ends in the middle of a line", path.name)
        return adopted

    def append(self, added: list[Change]) -> None:
        """Writes changes to disk.

        Raises:
            OSError: it cannot be written; nothing of it is then.
        """
        if not added:
            return
        if self._own is None:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            path = self._folder / f"{time.time_ns()}-{uuid.uuid4().hex}.jsonl"
            self._own = self._files[path] = lock_file(path)
        end = os.fstat(self._own).st_size
        data = "".join(json.dumps(asdict(change)) + "\n" for change in added).encode()
        try:
            if os.write(self._own, data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._own)
        except OSError:
            os.ftruncate(self._own, end)
            raise

    def discard(self) -> None:
        """Removes the files: the database has what they held."""
        for path in list(self._files):
            self._remove(path)
        self._own = None

    def close(self) -> None:
        """Lets go of the files; the next start reads them."""
        for descriptor in self._files.values():
            os.close(descriptor)

    def _remove(self, path: Path) -> None:
        with suppress(OSError):  # it stands in `applied_journals`
            path.unlink()
        os.close(self._files.pop(path))
