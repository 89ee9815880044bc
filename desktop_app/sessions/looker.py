"""Looks at the newest frame again and again with a model: what lanes and standing questions have in common.

switched on, and there are frames → the spec is found → a worker looks at what comes into the mailbox
a question is answered            → paused
switched off, or no more frames   → idle
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from desktop_app.sessions.session_state import SessionState
from workers.results import Notice, Progress, Region, VideoFrame
from workers.vision import LookMailbox, LookPlan
from workers.worker import Worker

if TYPE_CHECKING:
    from desktop_app.context import AppContext
    from workers.engines.base import EngineSpec


@dataclass(frozen=True)
class Outlook:
    """What there is to look at, as the session tells those that look.

    Attributes:
        since_s: frames from before are of another source; infinite while there is no source.
        is_resting: a question is being answered, so that no look may begin.
        region: the part of the frame that counts; None is all of it.
    """

    since_s: float = math.inf
    is_resting: bool = False
    region: Region | None = None

    @property
    def has_frames(self) -> bool:
        return self.since_s < math.inf


class RunWorker(Protocol):
    """Starts a worker and hands on what it finds; its end is told by `worker_ended`."""

    def __call__(self, worker: Worker, on_result: Callable[[object], None], /) -> None: ...


class Looker(QObject):
    """One that looks. A subclass says what it wants to know: the methods below `── what differs ──`.

    Attributes:
        state: idle while it is off or there is nothing to look at; loading its model; running; paused while a question
            is answered or there is nothing to look for; failed.
        progress: of loading the model.
        mailbox: frames go there, from any thread; None while nothing looks.
        engine, model_id: what looks, or did last.

    Signals:
        changed(): its state, progress, model or error; not what it saw.
        broke_off(object): the exception that ended it while it looked; the window has told the user.
    """

    changed = Signal()
    broke_off = Signal(object)

    def __init__(
        self, context: AppContext, newest_frame: Callable[[], VideoFrame | None], run_worker: RunWorker, *, topic: str
    ) -> None:
        super().__init__()
        self.state = SessionState.IDLE
        self.progress: Progress | None = None
        self.mailbox: LookMailbox | None = None
        self.engine = ""
        self.model_id = ""
        self.error: Exception | None = None
        self._context = context
        self._newest_frame = newest_frame
        self._run_worker = run_worker
        self._topic = topic
        self._outlook = Outlook()
        self._worker: Worker | None = None
        self._is_starting = False

    def try_again(self) -> None:
        """After it failed."""
        if self.state is SessionState.FAILED:
            self._set_state(SessionState.IDLE)
            self._update()

    # ── for the session ─────────────────────────────────────────────────────────────────────────────────────────────

    def settle(self, outlook: Outlook) -> None:
        """Starts, stops or rests as it must from now on."""
        before, self._outlook = self._outlook, outlook
        if outlook.since_s != before.since_s and self.mailbox is not None:
            self.mailbox.clear()
            self._forget()
            self.changed.emit()
        self._update(has_other_plan=outlook.region != before.region)

    def show(self) -> None:
        """Looks at the frame that is in view, at once and once: a live source gives the next ones."""
        if self.mailbox is not None and (frame := self._newest_frame()) is not None:
            self.mailbox.put(frame)
            self.mailbox.look_again()

    def change_plan(self) -> None:
        """What it looks for, or how, is another; the frame in view is looked at anew."""
        self._update(has_other_plan=True)

    def restart(self) -> None:
        """With the engine and model that are chosen now; those before stay loaded for a while."""
        self._stop()
        self._update()

    def worker_ended(self, worker: Worker) -> None:
        if worker is self._worker:
            was_loading = self.state is SessionState.LOADING
            self._stop()
            if worker.error is not None:
                self._fail(worker.error)
                if not was_loading:
                    self.broke_off.emit(worker.error)

    # ── what differs ────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def is_on(self) -> bool:
        """The user wants it."""
        raise NotImplementedError

    def _find(self) -> Callable[[], tuple[EngineSpec, ...]]:
        """What finds, in another thread, the engine that looks and others that the worker needs."""
        raise NotImplementedError

    def _make_worker(self, specs: tuple[EngineSpec, ...], mailbox: LookMailbox) -> Worker:
        raise NotImplementedError

    def _plan(self) -> LookPlan:
        raise NotImplementedError

    def _has_task(self) -> bool:
        """Whether there is anything to look for."""
        return True

    def _on_look(self, look: object) -> None:
        raise NotImplementedError

    def _forget(self) -> None:
        """What it saw last: nothing looks any more."""
        raise NotImplementedError

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _update(self, *, has_other_plan: bool = False) -> None:
        """Brings what runs to what is wanted."""
        if not (self.is_on and self._outlook.has_frames and not self._context.is_closing):
            if self._worker is not None or self.state is not SessionState.IDLE:
                self._stop()
        elif self._worker is None:
            if not self._is_starting and self.state is not SessionState.FAILED:
                self._start()
        else:
            self._rest(has_other_plan=has_other_plan)

    def _start(self) -> None:
        self._is_starting = True
        self.error = None
        self._context.withdraw(self._topic)
        self._set_state(SessionState.LOADING)
        find = self._find()
        self._context.run(
            lambda job: find(), on_done=self._on_specs, on_failed=self._on_no_specs, on_ended=self._on_specs_ended
        )

    def _on_specs(self, specs: tuple[EngineSpec, ...]) -> None:
        if self.state is not SessionState.LOADING or self._context.is_closing:
            return
        self.engine, self.model_id = specs[0].engine, specs[0].model_id
        self.mailbox = LookMailbox(self._plan())
        self._worker = self._make_worker(specs, self.mailbox)
        self._rest()
        self.show()
        self._run_worker(self._worker, self._on_result)

    def _on_no_specs(self, error: Exception) -> None:
        if self.state is SessionState.LOADING:  # else it was of what was chosen before
            self._fail(error)

    def _on_specs_ended(self) -> None:
        self._is_starting = False
        self._update()

    def _rest(self, *, has_other_plan: bool = False) -> None:
        """Pauses while a question is answered, or while there is nothing to look for."""
        if self.mailbox is None:
            return
        if has_other_plan:
            self.mailbox.pause()  # no look begins before it is known whether there is anything to look for
            self.mailbox.change(self._plan())
        if self._outlook.is_resting or not self._has_task():
            self.mailbox.pause()
        else:
            self.mailbox.resume()
        state = SessionState.PAUSED if self.mailbox.is_paused else SessionState.RUNNING
        if self.state in (SessionState.RUNNING, SessionState.PAUSED) and state is not self.state:
            self._set_state(state)

    def _stop(self) -> None:
        worker, self._worker = self._worker, None
        self.mailbox = self.progress = None
        if worker is not None:
            worker.stop()
        self._forget()
        self._set_state(SessionState.IDLE)

    def _fail(self, error: Exception) -> None:
        self.error = error
        self._set_state(SessionState.FAILED)
        self._context.show_error(error, topic=self._topic)

    def _on_result(self, result: object) -> None:
        if self.sender() is not self._worker:
            return  # of a worker that was stopped
        if isinstance(result, Progress):
            self.progress = result if result.fraction < 1.0 else None
            if self.progress is None and self.state is SessionState.LOADING:
                self._set_state(SessionState.RUNNING)
                self._rest()
            else:
                self.changed.emit()
        elif isinstance(result, Notice):
            self._context.show_notice(result)
        else:
            self._on_look(result)

    def _set_state(self, state: SessionState) -> None:
        self.state = state
        self.changed.emit()
