"""What every panel and session may use: settings, models, engines, history, sessions, and a way to tell the user."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app import i18n
from desktop_app.jobs import Job, nothing
from desktop_app.paths import Paths
from desktop_app.settings import Settings
from workers.errors import AppError, Cancelled, HistoryLocked, ModelBroken, ModelMissing

if TYPE_CHECKING:
    from desktop_app.awake import Awake
    from desktop_app.history.retention import RetentionPolicy
    from desktop_app.history.store import History
    from desktop_app.sessions.file_queue import FileQueue
    from desktop_app.sessions.library_session import LibrarySession
    from desktop_app.sessions.sketch_session import SketchSession
    from desktop_app.sessions.speech_session import SpeechSession
    from desktop_app.sessions.vision_session import VisionSession
    from workers.catalogue.catalogue import Catalogue
    from workers.engine_pool import EnginePool
    from workers.results import Notice

log = logging.getLogger(__name__)

SAVE_DELAY_MS = 500  # choices come in bursts: one write for all
SESSION_STOP_LIMIT_MS = 10_000  # a session that has not ended by then loses its engine
JOBS_LIMIT_MS = 1_000  # work that has not ended by then may wait for a history that takes no writes
HISTORY_LIMIT_S = 5.0  # what it has not taken by then, as the app ends, is left to its journal

MessageKind = Literal["info", "warning", "error"]


@dataclass(frozen=True)
class Message:
    """What the user should read: "info" floats over the page for some seconds, the others stay above it.

    Attributes:
        action: a button: its text and what it does.
        topic: what it is about; another one about the same replaces it, and `AppContext.withdraw` takes it away.
    """

    kind: MessageKind
    sentence: str
    hint: str = ""
    action: tuple[str, Callable[[], None]] | None = None
    topic: str = ""


class Sessions:
    """The senses at work; each is made when first asked for."""

    def __init__(self, context: AppContext) -> None:
        self._context = context

    @cached_property
    def speech(self) -> SpeechSession:
        from desktop_app.sessions.speech_session import SpeechSession

        session = SpeechSession(self._context)
        self._awake.watch(session)
        return session

    @cached_property
    def vision(self) -> VisionSession:
        from desktop_app.sessions.vision_session import VisionSession

        return VisionSession(self._context)

    @cached_property
    def library(self) -> LibrarySession:
        from desktop_app.sessions.library_session import LibrarySession

        return LibrarySession(self._context)

    @cached_property
    def files(self) -> FileQueue:
        from desktop_app.sessions.file_queue import FileQueue

        queue = FileQueue(self._context)
        self._awake.watch(queue)
        return queue

    @cached_property
    def sketch(self) -> SketchSession:
        from desktop_app.sessions.sketch_session import SketchSession

        return SketchSession(self._context)

    @cached_property
    def _awake(self) -> Awake:
        from desktop_app.awake import Awake

        return Awake(self._context)

    def started(self) -> list[Any]:
        """Those that exist already."""
        return [value for name, value in vars(self).items() if not name.startswith("_")]


class AppContext(QObject):
    """One a window. Services are made when first used, so that the window is painted before them.

    Signals:
        message_posted(Message): something the user should read.
        message_withdrawn(str): what was posted about this topic does not hold any more.
        settings_changed(str): "section.field" has a new value.
        history_changed(): the history was opened, or could not be.
        items_deleted(frozenset[int]): these items of the history are about to be deleted for good.
        busy_changed(str, Progress | None): background work, by its title; None when it ended.
        panel_requested(str): show the page with this id.
        options_requested(str, str): show the options of an engine of this section of the settings; "" for any engine.
        item_requested(int): show this item of the history.
        similar_requested(Frame): find pictures like this one in the history.
        closing(): the app is about to end; what waits for its time is done now.
        closed(): everything has ended; nothing outlives the app now.
    """

    message_posted = Signal(object)
    message_withdrawn = Signal(str)
    settings_changed = Signal(str)
    history_changed = Signal()
    items_deleted = Signal(object)
    busy_changed = Signal(str, object)
    panel_requested = Signal(str)
    options_requested = Signal(str, str)
    item_requested = Signal(object)  # a number of 64 bits
    similar_requested = Signal(object)
    closing = Signal()
    closed = Signal()

    _notice_came = Signal(object)
    _problem_came = Signal(object)

    def __init__(
        self,
        paths: Paths,
        settings: Settings,
        *,
        pool: EnginePool | None = None,
        catalogue: Catalogue | None = None,
        history: History | None = None,
    ) -> None:
        super().__init__()
        self.paths = paths
        self.settings = settings
        self.history: History | None = history
        self._history_settled = threading.Event()  # cleared only while it is being opened
        self._history_settled.set()
        self.sessions = Sessions(self)
        self.is_closing = False
        self.is_closed = False
        self._are_services_closing = False
        self._jobs: set[Job] = set()
        if pool is not None:
            self.pool = pool
        if catalogue is not None:
            self.catalogue = catalogue
        self._saving: Job | None = None
        self._save_timer = QTimer(self, singleShot=True, interval=SAVE_DELAY_MS)
        self._save_timer.timeout.connect(self._save_settings_beside)
        self._stop_timer = QTimer(self, singleShot=True, interval=SESSION_STOP_LIMIT_MS)
        self._stop_timer.timeout.connect(self._close_services)
        self._notice_came.connect(self.show_notice)
        self._problem_came.connect(self.show_error)

    # ── services ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def pool(self) -> EnginePool:
        from workers.engine_pool import EnginePool

        return EnginePool(on_notice=self._notice_came.emit)  # the pool tells from threads of its own

    @cached_property
    def catalogue(self) -> Catalogue:
        from workers.catalogue.catalogue import Catalogue

        self.settings.models.choose_hub()
        return Catalogue(self.models_dir)

    @property
    def models_dir(self) -> Path:
        return self.settings.models_dir(self.paths.models_dir)

    def open_history(self) -> None:
        """Opens the history in the background; where that fails, recordings live in memory, and the user knows."""
        self._history_settled.clear()
        self.run(self._open_history, on_done=self._on_history_opened, on_failed=self._on_history_failed)

    def wait_for_history(self) -> History | None:
        """The history once it is open, for worker threads; None when it was never asked to open."""
        self._history_settled.wait()
        return self.history

    @property
    def retention(self) -> RetentionPolicy:
        from desktop_app.history.retention import RetentionPolicy

        choices = self.settings.history
        return RetentionPolicy(keep_days=choices.keep_days or None, keep_audio=choices.keep_audio)

    def _open_history(self, _job: Job) -> None:
        from desktop_app.history.store import History

        try:
            self.history = History(self.paths.history_dir, on_problem=self._problem_came.emit, memory_of=self.history)
            self.history.apply_retention(self.retention)
        except Exception:
            self.history = self.history or History(None)
            raise
        finally:
            self._history_settled.set()

    def _on_history_opened(self, _result: None) -> None:
        self.history_changed.emit()

    def _on_history_failed(self, error: Exception) -> None:
        self.history_changed.emit()
        if isinstance(error, HistoryLocked):
            self.show_error(error, action=(self.tr("Try again"), self.open_history))
        elif isinstance(error, AppError):
            self.show_error(error)
        else:
            log.error("the history could not be opened", exc_info=error)
            self.notify(
                "error",
                self.tr("The history could not be opened, so nothing will be kept."),
                self.tr("What you say is still written on the screen. The log says more."),
                action=(self.tr("Show log"), self._show_log),
            )

    # ── telling the user ─────────────────────────────────────────────────────────────────────────────────────────────

    def notify(
        self,
        kind: MessageKind,
        sentence: str,
        hint: str = "",
        *,
        action: tuple[str, Callable[[], None]] | None = None,
        topic: str = "",
    ) -> None:
        """Shows a message; the texts are translated already."""
        self.message_posted.emit(Message(kind, sentence, hint, action, topic))

    def withdraw(self, topic: str) -> None:
        """Takes the message about a topic away: it does not hold any more."""
        self.message_withdrawn.emit(topic)

    def show_notice(self, notice: Notice, *, kind: MessageKind = "info", topic: str = "") -> None:
        values = dict(notice.values)
        sentence, hint = i18n.from_workers(notice.template, values), i18n.from_workers(notice.hint_template, values)
        self.notify(kind, sentence, hint, topic=topic)

    def show_error(
        self, error: BaseException, *, action: tuple[str, Callable[[], None]] | None = None, topic: str = ""
    ) -> None:
        """Shows what went wrong; Cancelled is no error, and what is not an AppError is our bug and logged whole."""
        if isinstance(error, Cancelled):
            return
        if isinstance(error, AppError):
            log.warning("%s", error)
            if action is None and isinstance(error, ModelMissing | ModelBroken):
                action = (self.tr("Show models"), self._show_models)
            self.notify("error", i18n.sentence(error), i18n.hint(error), action=action, topic=topic)
            return
        log.error("unexpected: %s", error, exc_info=error)
        self.notify(
            "error",
            self.tr("Something unexpected happened."),
            self.tr("The app keeps running. The log has the details: {error}").format(
                error=f"{type(error).__name__}: {error}"[:200]
            ),
            action=(self.tr("Show log"), self._show_log),
        )

    def _show_log(self) -> None:
        self.panel_requested.emit("log")

    def _show_models(self) -> None:
        self.panel_requested.emit("models")

    # ── background work ──────────────────────────────────────────────────────────────────────────────────────────────

    def run(
        self,
        work: Callable[[Job], Any],
        *,
        on_done: Callable[[Any], None] = nothing,
        on_failed: Callable[[Exception], None] | None = None,
        on_progress: Callable[[Any], None] = nothing,
        on_ended: Callable[[], None] = nothing,
        instead_of: Job | None = None,
    ) -> Job:
        """Starts `work` in a thread; it is cancelled and waited for when the app closes.

        What comes of `instead_of`, which may be over, is not delivered: it could be older, and come later.
        """
        if instead_of is not None:
            instead_of.abandon()
        job = Job(
            work,
            on_done=on_done,
            on_failed=on_failed or self.show_error,
            on_progress=on_progress,
            on_ended=on_ended,
        )
        self._jobs.add(job)
        job.ended.connect(self._forget_job)
        job.start()
        return job

    def _forget_job(self, job: Job) -> None:
        job.wait()  # until the thread itself has gone: a QThread destroyed before aborts the program
        self._jobs.discard(job)

    # ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def change_setting(self, place: str, value: Any) -> None:
        """Assigns "section.field", tells everyone and saves soon.

        Raises:
            ValidationError: the value does not fit.
        """
        section, _, field = place.partition(".")
        if getattr(getattr(self.settings, section), field) != value:
            setattr(getattr(self.settings, section), field, value)
            self.settings_changed.emit(place)
            self._save_timer.start()

    def remembered(self, key: str, default: str = "") -> str:
        """What the window was told to `remember`."""
        return self.settings.window.panel_state.get(key, default)

    def remember(self, key: str, value: str) -> None:
        """Has the window know at the next start how it was left: which tab, which tool, where a line was dragged to."""
        self.change_setting("window.panel_state", {**self.settings.window.panel_state, key: value})

    def _save_settings_beside(self) -> None:
        """The window does not wait for the disk."""
        if self._saving is not None:
            self._save_timer.start()
            return
        values = self.settings.model_dump(mode="json")
        self._saving = self.run(lambda _job: self.settings.write(values), on_ended=self._on_saved)

    def _on_saved(self) -> None:
        self._saving = None

    def save_settings(self) -> None:
        if self._saving is not None:
            self._saving.wait()  # for what was chosen before
        try:
            self.settings.save()
        except AppError as error:
            self.show_error(error)

    # ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def close(self) -> None:
        """Ends sessions, jobs, engines and the history without blocking; `closed` follows. Callable twice."""
        if self.is_closing:
            return
        self.closing.emit()
        self.is_closing = True
        self._save_timer.stop()
        self.save_settings()
        for job in self._jobs:
            job.cancel()
        for session in self.sessions.started():
            session.state_changed.connect(self._on_session_changed)
            session.stop()
        self._stop_timer.start()
        self._on_session_changed()

    def _on_session_changed(self, _state: object = None) -> None:
        if all(session.state in ("idle", "failed") for session in self.sessions.started()):
            self._close_services()

    def _close_services(self) -> None:
        if self._are_services_closing:
            return
        self._are_services_closing = True
        self._stop_timer.stop()
        others = list(self._jobs)
        ending = Job(lambda _job: self._end_everything(others), on_failed=self._on_close_failed)
        ending.finished.connect(self._on_services_closed)  # before it starts: it may end at once
        self._jobs.add(ending)
        ending.start()

    def _end_everything(self, jobs: list[Job]) -> None:
        try:
            while not all(job.wait(JOBS_LIMIT_MS) for job in jobs):
                if self.history is not None and not self.history.flush(HISTORY_LIMIT_S):
                    break  # a job may wait for it for ever: whoever does is told when the history closes
            if "pool" in vars(self):
                self.pool.close()
        finally:
            if self.history is not None:
                self.history.close(HISTORY_LIMIT_S)
        for job in jobs:
            job.wait()

    def _on_close_failed(self, error: Exception) -> None:
        log.error("closing did not go well", exc_info=error)

    def _on_services_closed(self) -> None:
        for job in list(self._jobs):
            job.abandon()  # what it told last may come after the pages are gone
            self._forget_job(job)
        self.is_closed = True
        self.closed.emit()
