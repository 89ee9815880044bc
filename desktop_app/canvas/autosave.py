"""Keeps a drawing on disk while it is drawn, the stroke in progress too, and gives it back at the next start."""

from __future__ import annotations

import logging
import math
import os
import queue
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.canvas import journal
from desktop_app.canvas.document import Document
from desktop_app.canvas.journal import Contents, Encoder, Kind
from desktop_app.canvas.strokes import RecordedStroke, StrokePoint
from desktop_app.canvas.undo import Step
from desktop_app.history.folders import lock_file
from workers.errors import AppError, DiskError, SourceError, UsageError, disk_error

log = logging.getLogger(__name__)

POINTS_MS = 25  # a killed app takes so much of the stroke in progress, and nothing else
SYNC_EVERY_S = 1.0  # a power cut takes this much
RETRY_S = 3.0
FLUSH_POLL_S = 0.5
COMPACT_FROM_BYTES = 64 * 1024 * 1024
COMPACT_FACTOR = 3  # a file is written anew when it is so many times as long as when that was done last

Encode = Callable[[Encoder, set[int]], bytes]
"""Makes records of a change, for a file that has these numbers already."""
Item = Encode | list[StrokePoint] | Contents | threading.Event | None
"""What the thread is given: changes, the whole drawing, somebody who waits, the end."""


@dataclass(frozen=True)
class Place:
    """A folder for one drawing that no other window uses, and what is in it."""

    folder: Path
    lock: int
    contents: Contents | None

    @property
    def file(self) -> Path:
        return self.folder / "drawing.journal"

    def let_go(self) -> None:
        """Lets other windows have it, unchanged; a new one goes away."""
        if self.contents is None:
            shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self.lock)


def take_place(drawings: Path) -> Place:
    """The drawing that was drawn on last and that no other window has open, or a new place.

    Reads a file: not for the window's thread.

    Raises:
        DiskError: no folder can be made.
    """
    for folder in sorted(drawings.glob("*-*"), key=_last_change, reverse=True):
        with suppress(AppError):  # another window has it, or it may not be written
            return place_of(folder)
    return new_place(drawings)


def place_of(folder: Path) -> Place:
    """A drawing that is there already.

    Reads a file: not for the window's thread.

    Raises:
        UsageError: another window has it open.
        DiskError: it may not be written.
        SourceError: it cannot be read.
    """
    lock = lock_drawing(folder)
    with suppress(OSError):
        if (contents := journal.read((folder / "drawing.journal").read_bytes())) is not None:
            return Place(folder, lock, contents)
    os.close(lock)
    raise SourceError("The drawing in {folder} cannot be read.", hint="Choose another one.", folder=folder)


def lock_drawing(folder: Path) -> int:
    """Keeps other windows from a drawing until the descriptor is closed.

    Raises:
        UsageError: another window has it open.
        DiskError: it may not be written.
    """
    try:
        return lock_file(folder / "drawing.lock")
    except BlockingIOError as error:
        raise UsageError("The drawing is open in another window.", "Close it there, then try again.") from error
    except OSError as error:
        raise disk_error(error, folder) from error


def _last_change(folder: Path) -> float:
    try:
        return (folder / "drawing.journal").stat().st_mtime
    except OSError:
        return 0.0


def new_place(drawings: Path) -> Place:
    """A folder for a drawing that is none yet.

    Raises:
        DiskError: it cannot be made.
    """
    folder = drawings / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{time.monotonic_ns() % 1_000_000:06d}"
    try:
        folder.mkdir(mode=0o700, parents=True)
        return Place(folder, lock_file(folder / "drawing.lock"), None)
    except OSError as error:
        raise disk_error(error, folder) from error


class Autosave(QObject):
    """Writes every change of a document; nothing here waits for the disk, but `rest` and `close`.

    When the disk is full, that is told once, and the whole drawing is written as soon as there is room.

    Signals:
        failed(DiskError): the drawing is not safe at the moment.
        recovered(): it is again.
    """

    failed = Signal(object)
    recovered = Signal()
    _whole_wanted = Signal()

    def __init__(self, document: Document, place: Place, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._place = place
        if place.contents is not None:
            document.restore(place.contents)
        self._points: list[StrokePoint] = []  # of the stroke in progress
        self._n_sent = 0  # of them
        self._is_open = False  # that stroke
        self._points_due = QTimer(self, singleShot=True, interval=POINTS_MS)
        self._points_due.timeout.connect(self._send_points)
        self._is_resting = False
        self._was_blank = False  # when it went to rest
        self._kept: tuple[list[Step], list[Step]] | None = None  # what was on disk then
        self._retry = QTimer(self, singleShot=True, interval=round(RETRY_S * 1000))
        self._retry.timeout.connect(self._write_whole)
        self._whole_wanted.connect(self._retry.start)
        self._connections = (
            (document.stroke_began, self._on_stroke_began),
            (document.point_added, self._on_point_added),
            (document.stroke_ended, self._on_stroke_ended),
            (document.step_done, self._on_step_done),
            (document.undone, self._on_undone),
            (document.redone, self._on_redone),
            (document.layers_changed, self._on_layers_changed),
        )
        self._writer = _Writer(place.file, self.failed.emit, self.recovered.emit, self._whole_wanted.emit)
        self.go_on()

    @property
    def folder(self) -> Path:
        return self._place.folder

    def flush(self) -> bool:
        """Waits until everything is on disk; False when that could not be written, or was drawn while it rests."""
        if self._is_resting:
            return self._kept == self._steps()
        self._send_points()
        return self._writer.flush()

    def last_error(self) -> DiskError | None:
        """Why the drawing is not on disk, after one more attempt; None when it is."""
        if self.flush():
            return None
        self._write_whole()
        if self.flush():
            return None
        return self._writer.error or DiskError("The drawing cannot be written.", "The log says more.")

    def rest(self) -> None:
        """Writes what is left, and from then on nothing until `go_on`; no other window gets the drawing meanwhile."""
        self._document.finish_stroke()
        self._retry.stop()
        for signal, slot in self._connections:
            signal.disconnect(slot)
        self._kept = self._steps() if self.flush() else None
        self._is_resting, self._was_blank = True, self._document.contents().is_blank

    def go_on(self) -> None:
        """Writes the drawing as it is now, and every change from now on."""
        self._is_resting = False
        self._layers = self._document.hidden, self._document.reference_opacity
        for signal, slot in self._connections:
            signal.connect(slot)
        self._write_whole()

    def close(self) -> None:
        """Writes what is left and lets other windows have the drawing; one that was never drawn on goes away."""
        if not self._is_resting:
            self.rest()
        self._writer.close()
        if self._was_blank:
            shutil.rmtree(self._place.folder, ignore_errors=True)
        os.close(self._place.lock)

    def _steps(self) -> tuple[list[Step], list[Step]]:
        """The newest step, and those that were undone: they tell one state from another."""
        stack = self._document.undo_stack
        return stack.done[-1:], list(stack.undone)

    def _on_stroke_began(self) -> None:
        if (stroke := self._document.stroke) is not None:
            self._points, self._n_sent, self._is_open = [], 0, True
            self._writer.put(lambda encoder, _known: encoder.stroke(stroke.style, stroke.clip))

    def _on_point_added(self, point: StrokePoint) -> None:
        self._points.append(point)
        if not self._points_due.isActive():
            self._points_due.start()

    def _send_points(self) -> None:
        """Not point by point: each time that a thread is woken, the pen may have to wait for a core."""
        self._points_due.stop()
        if points := self._points[self._n_sent :]:
            self._n_sent = len(self._points)
            self._writer.put(points)

    def _on_stroke_ended(self) -> None:
        if self._is_open:  # and no step came of it
            self._is_open = False
            self._points_due.stop()
            self._writer.put(lambda _encoder, _known: journal.record(Kind.CANCEL))

    def _on_step_done(self, step: Step) -> None:
        self._is_open = False
        self._points_due.stop()
        self._writer.put(lambda encoder, known: encoder.step(step, known))

    def _on_undone(self) -> None:
        self._writer.put(lambda _encoder, _known: journal.record(Kind.UNDO))

    def _on_redone(self) -> None:
        self._writer.put(lambda _encoder, _known: journal.record(Kind.REDO))

    def _on_layers_changed(self) -> None:
        layers = self._document.hidden, self._document.reference_opacity
        if layers != self._layers:
            self._layers = layers
            self._writer.put(lambda encoder, _known: encoder.layers(*layers))

    def _write_whole(self) -> None:
        if self._is_resting:
            return
        contents = self._document.contents()
        self._send_points()
        if self._is_open and self._document.stroke is not None and self._points:
            contents.stroke = RecordedStroke(style=self._document.stroke.style, points=tuple(self._points))
            contents.stroke_clip = self._document.stroke.clip
        self._writer.put(contents)


class _File:
    """A journal that is being written.

    Attributes:
        known: numbers of the tiles and pictures that it has.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: set[int] = set()
        self.size_bytes = 0
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)

    def append(self, data: bytes) -> None:
        """Writes all of it, or nothing."""
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._descriptor, left) :]
        except OSError:
            os.ftruncate(self._descriptor, self.size_bytes)
            raise
        self.size_bytes += len(data)

    def sync(self) -> None:
        os.fsync(self._descriptor)
        self.path.stat()  # a deleted file takes everything and keeps nothing

    def close(self) -> None:
        os.close(self._descriptor)


def _is_record(item: Item) -> TypeGuard[Encode | list[StrokePoint]]:
    """Whether it goes into the file as it is."""
    return callable(item) or isinstance(item, list)


class _Writer:
    """The thread that writes, in order what it is given."""

    def __init__(
        self,
        path: Path,
        on_failed: Callable[[DiskError], None],
        on_recovered: Callable[[], None],
        on_whole_wanted: Callable[[], None],
    ) -> None:
        self._path = path
        self._on_failed, self._on_recovered, self._on_whole_wanted = on_failed, on_recovered, on_whole_wanted
        self._queue: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._late: deque[Item] = deque()  # came while the whole was written; the old file has it already
        self._encoder = Encoder()
        self._file: _File | None = None
        self._whole_bytes = 0
        self.error: DiskError | None = None  # why the drawing is not safe at the moment
        self._sync_at_s = math.inf
        self._thread = threading.Thread(target=self._run, name="drawing writer", daemon=True)
        self._thread.start()

    def put(self, item: Item) -> None:
        self._queue.put(item)

    def flush(self) -> bool:
        done = threading.Event()
        self._queue.put(done)
        while not done.wait(FLUSH_POLL_S):
            if not self._thread.is_alive():  # an error of ours ended it; the log has it
                return False
        return self.error is None

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        is_over = False
        while not is_over:
            for item in self._next():
                match item:
                    case None:
                        is_over = True
                    case Contents():
                        self._write_whole(item)
                    case threading.Event():
                        self._sync()
                        item.set()
                    case _:
                        self._append(item)
            if time.monotonic() >= self._sync_at_s:
                self._sync()
        self._sync()
        if self._file is not None:
            self._file.close()

    def _next(self) -> list[Item]:
        """What waits, at least one thing unless it is time to sync."""
        items = list(self._late)
        self._late.clear()
        if not items:
            with suppress(queue.Empty):
                wait_s = max(0.0, self._sync_at_s - time.monotonic())
                items.append(self._queue.get(timeout=None if wait_s == math.inf else wait_s))
        with suppress(queue.Empty):
            while True:
                items.append(self._queue.get_nowait())
        return items

    def _append(self, item: Encode | list[StrokePoint]) -> None:
        if self._file is None or self.error is not None:
            return  # the whole is written later
        try:
            self._file.append(self._encoded(item, self._file))
        except OSError as error:
            self._fail(error)
            return
        if self._sync_at_s == math.inf:
            self._sync_at_s = time.monotonic() + SYNC_EVERY_S
        if self._file.size_bytes > max(COMPACT_FROM_BYTES, COMPACT_FACTOR * self._whole_bytes):
            self._whole_bytes = self._file.size_bytes  # not again before it is done
            self._on_whole_wanted()

    def _encoded(self, item: Encode | list[StrokePoint], file: _File) -> bytes:
        return self._encoder.points(item) if isinstance(item, list) else item(self._encoder, file.known)

    def _sync(self) -> None:
        self._sync_at_s = math.inf
        if self._file is not None and self.error is None:
            try:
                self._file.sync()
            except OSError as error:
                self._fail(error)

    def _write_whole(self, contents: Contents) -> None:
        """Writes a new file beside the old one, which goes on to take what comes meanwhile, and exchanges them."""
        beside = self._path.with_suffix(".new")
        new: _File | None = None
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = _File(beside)
            new.append(journal.HEADER)
            for part in self._encoder.whole(contents, new.known):
                new.append(part)
                self._take_late()
            new.sync()
            beside.replace(self._path)
        except OSError as error:
            if new is not None:
                with suppress(OSError):  # the disk may be read-only by now
                    new.close()
                with suppress(OSError):
                    beside.unlink(missing_ok=True)
            self._late = deque(item for item in self._late if not _is_record(item))  # the old file has those
            if self._file is None or self.error is not None:
                self._fail(error)
            else:
                self._whole_bytes = self._file.size_bytes  # the old file goes on, longer than need be
            return
        if self._file is not None:
            self._file.close()
        self._file, new.path, self._whole_bytes = new, self._path, new.size_bytes
        if self.error is not None:
            log.info("the drawing is written again")
            self.error = None
            self._on_recovered()

    def _take_late(self) -> None:
        with suppress(queue.Empty):
            while True:
                item = self._queue.get_nowait()
                self._late.append(item)
                if _is_record(item):
                    self._append(item)

    def _fail(self, error: OSError) -> None:
        was_failing, self.error = self.error is not None, disk_error(error, self._path)
        if not was_failing:
            log.warning("the drawing cannot be written: %s", error)
            self._on_failed(self.error)
        self._on_whole_wanted()
