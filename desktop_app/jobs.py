"""Work that would make the window wait, done in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QThread, Signal

from workers.errors import Cancelled
from workers.results import Progress

log = logging.getLogger(__name__)


def nothing(*_values: Any) -> None: ...


class Job(QThread):
    """Runs `work(job)` in its thread; the callbacks are called in the thread that made the job, `on_ended` always.

    `work` reports with `job.report` and gives up with `job.raise_if_cancelled()`; Cancelled is not an error.

    Signals:
        ended(Job): every callback has been called; let go of before, its last ones would be lost.
    """

    ended = Signal(object)

    _progressed = Signal(object)
    _returned = Signal(object)
    _raised = Signal(object)

    def __init__(
        self,
        work: Callable[[Job], Any],
        *,
        on_done: Callable[[Any], None] = nothing,
        on_failed: Callable[[Exception], None],
        on_progress: Callable[[Any], None] = nothing,
        on_ended: Callable[[], None] = nothing,
    ) -> None:
        super().__init__()
        self._work = work
        self._on_done, self._on_failed, self._on_progress, self._on_ended = on_done, on_failed, on_progress, on_ended
        self._cancelled = threading.Event()
        # Through methods of this object, which lives in the caller's thread: a plain function would be called in ours.
        self._progressed.connect(self._deliver_progress)
        self._returned.connect(self._deliver_result)
        self._raised.connect(self._deliver_error)
        self.finished.connect(self._deliver_end)

    def cancel(self) -> None:
        self._cancelled.set()

    def abandon(self) -> None:
        """Nobody wants its result any more, such as one that was asked for anew: of it only `on_ended` is called."""
        self._on_done = self._on_failed = self._on_progress = nothing

    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def raise_if_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise Cancelled

    def report(self, fraction: float, message: str = "") -> None:
        self._progressed.emit(Progress(fraction, message))

    def report_value(self, value: Any) -> None:
        """Hands `on_progress` something else than a fraction."""
        self._progressed.emit(value)

    def run(self) -> None:
        try:
            result = self._work(self)
        except Cancelled:
            log.debug("a job was cancelled")
        except Exception as error:  # noqa: BLE001 - a thread's top: the error goes to whoever asked
            self._raised.emit(error)
        else:
            self._returned.emit(result)

    def _deliver_progress(self, progress: Any) -> None:
        self._on_progress(progress)

    def _deliver_result(self, result: Any) -> None:
        self._on_done(result)

    def _deliver_error(self, error: Exception) -> None:
        self._on_failed(error)

    def _deliver_end(self) -> None:
        self._on_ended()
        self.ended.emit(self)
