"""The library in the window: folders to index, pictures to find, and new ones looked at while all else rests."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.history.gallery import EVERYTHING, Among
from desktop_app.sessions.choices import options_of
from desktop_app.sessions.session_state import SessionState
from workers.errors import AppError
from workers.results import Progress

if TYPE_CHECKING:
    from desktop_app.context import AppContext
    from desktop_app.history.records import PictureFolder
    from desktop_app.jobs import Job
    from desktop_app.library.found import FoundPicture, Indexed, IndexProgress
    from desktop_app.library.library import Library
    from workers.results import Frame

log = logging.getLogger(__name__)

KEEP_UP_AFTER_MS = 15_000  # of rest; starting a model sooner would be felt
LOOK_AROUND_MS = 1_000
FOUND_LIMIT = 200
NAMED_PROBLEMS = 3


@dataclass(frozen=True, eq=False)
class PictureQuery:
    """What pictures shall show, in words, or a picture that they shall be like."""

    text: str = ""
    like: Path | Frame | None = None


@dataclass(frozen=True)
class Indexing:
    """A folder that is being indexed; `progress` is None before anything is known."""

    folder: Path
    progress: IndexProgress | None = None


class LibrarySession(QObject):
    """All verbs return at once and are called from the window's thread.

    Attributes:
        is_understood: the words that were searched for last may be in a language of the model.

    Signals:
        state_changed(SessionState): running while a folder is indexed, else idle.
        indexing_changed(): `indexing` is another one.
        pictures_changed(): some came or went, or can be found now.
    """

    state_changed = Signal(object)
    indexing_changed = Signal()
    pictures_changed = Signal()

    _picture_added = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.is_understood = True
        self._library: Library | None = None  # made in the thread that needs it first: numpy takes its time
        self._library_lock = threading.Lock()
        self._folder: Path | None = None  # that is indexed now, unless that was cancelled
        self._folders: deque[Path] = deque()  # to index afterwards
        self._indexing: Indexing | None = None
        self._index_job: Job | None = None
        self._find_job: Job | None = None
        self._keep_up_job: Job | None = None
        self._rest_timer = QTimer(self, singleShot=True, interval=KEEP_UP_AFTER_MS)
        self._rest_timer.timeout.connect(self._keep_up)
        self._around_timer = QTimer(self, interval=LOOK_AROUND_MS)
        self._around_timer.timeout.connect(self._give_way)
        self._picture_added.connect(self._on_picture_added)
        context.history_changed.connect(self._on_history_changed)
        context.settings_changed.connect(self._on_settings_changed)
        self._on_history_changed()

    @property
    def state(self) -> SessionState:
        return SessionState.IDLE if self._index_job is None else SessionState.RUNNING

    @property
    def indexing(self) -> Indexing | None:
        """The folder that is being indexed."""
        return self._indexing

    # ── folders ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def folders(self) -> list[PictureFolder]:
        """Those whose pictures can be found; blocks, for jobs."""
        history = self._context.history
        return [] if history is None else history.gallery.folders()

    def index(self, folder: Path) -> None:
        """Makes the pictures in a folder findable, after the folders that were given before."""
        if self._context.history is not None and folder not in (self._folder, *self._folders):
            self._folders.append(folder)
            if self._index_job is None:
                self._index_next()

    def cancel(self) -> None:
        """Ends indexing; what was looked at is kept."""
        self._folder = None
        self._folders.clear()
        if self._index_job is not None:
            self._index_job.cancel()

    def forget(self, folder: Path) -> None:
        """Lets go of one of `folders`; its files stay where they are."""
        history = self._context.history
        if history is None:
            return
        self._folders = deque(one for one in self._folders if one.resolve() != folder)
        indexing = self._index_job if self._folder is not None and self._folder.resolve() == folder else None
        if indexing is not None:
            self._folder = None
            indexing.cancel()

        def forget(_job: Job) -> None:
            if indexing is not None:
                indexing.wait()  # it would enter the folder again
            history.gallery.forget_folder(folder).result()

        self._context.run(forget, on_done=lambda _: self.pictures_changed.emit())

    def stop(self) -> None:
        """Before the app ends."""
        self._rest_timer.stop()
        self.cancel()
        for job in (self._find_job, self._keep_up_job):
            if job is not None:
                job.cancel()

    def _index_next(self) -> None:
        folder = self._folder = self._folders.popleft()
        self._set_indexing(Indexing(folder))
        title = self.tr("Looking at pictures")

        def work(job: Job) -> Indexed:
            return self._made_library().index_folder(folder, on_progress=job.report_value, cancelled=job.cancelled)

        def on_progress(progress: IndexProgress) -> None:
            self._set_indexing(Indexing(folder, progress))
            self._context.busy_changed.emit(title, Progress(progress.fraction))

        def on_ended() -> None:
            self._context.busy_changed.emit(title, None)
            self._index_job = self._folder = None
            if self._folders and not self._context.is_closing:
                self._index_next()
                return
            self._set_indexing(None)
            self.state_changed.emit(self.state)
            self.pictures_changed.emit()

        is_first = self._index_job is None
        self._index_job = self._context.run(work, on_done=self._on_indexed, on_progress=on_progress, on_ended=on_ended)
        if is_first:
            self.state_changed.emit(self.state)

    def _on_indexed(self, indexed: Indexed) -> None:
        sentence = (
            self.tr("1 picture in “{folder}” can be found now.")
            if indexed.n_files == 1
            else self.tr("{count} pictures in “{folder}” can be found now.")
        )
        names = [Path(str(problem.values.get("path", ""))).name for problem in indexed.problems]
        hint = ""
        if names:
            more = len(names) - NAMED_PROBLEMS
            hint = self.tr("Not readable: {names}") if more <= 0 else self.tr("Not readable: {names} and {count} more")
            hint = hint.format(names=", ".join(names[:NAMED_PROBLEMS]), count=more)
        self._context.notify(
            "warning" if names else "info",
            sentence.format(count=f"{indexed.n_files:,}", folder=indexed.folder.name),
            hint,
            topic="library",
        )

    def _set_indexing(self, indexing: Indexing | None) -> None:
        self._indexing = indexing
        self.indexing_changed.emit()

    # ── finding ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def find(
        self,
        query: PictureQuery,
        on_found: Callable[[list[FoundPicture]], None],
        on_failed: Callable[[Exception], None],
        on_progress: Callable[[Progress], None],
        among: Among = EVERYTHING,
    ) -> None:
        """Finds pictures in the background; the search before is given up.

        Args:
            on_found: gets them, the best first.
            among: which ones are looked through.
        """
        self.give_up_finding()
        if self._context.history is None:
            on_found([])
            return

        def work(job: Job) -> tuple[list[FoundPicture], bool]:
            from desktop_app.library.library import EMBEDDED_AT_ONCE
            from workers.sources.image_file import read_image

            library = self._made_library()
            if library.n_lacking():
                job.report(-1.0)
                library.embed_lacking(cancelled=job.cancelled, most=EMBEDDED_AT_ONCE, is_urgent=True)
            most, on_load, cancelled = FOUND_LIMIT, job.report, job.cancelled
            if query.like is None:
                near = library.find_by_text(query.text, most, among=among, on_load=on_load, cancelled=cancelled)
            else:
                picture = read_image(query.like) if isinstance(query.like, Path) else query.like
                near = library.find_by_picture(picture, most, among=among, on_load=on_load, cancelled=cancelled)
            job.raise_if_cancelled()
            return library.found(near), library.understands(query.text)

        def tell_found(result: tuple[list[FoundPicture], bool]) -> None:
            found, self.is_understood = result
            on_found(found)

        def if_wanted(tell: Callable[[Any], None]) -> Callable[[Any], None]:
            return lambda value: tell(value) if self._find_job is job else None

        job = self._find_job = self._context.run(
            work,
            on_done=lambda result: if_wanted(tell_found)(result),
            on_failed=lambda error: if_wanted(on_failed)(error),
            on_progress=lambda progress: if_wanted(on_progress)(progress),
        )

    def give_up_finding(self) -> None:
        """Nobody waits for the search that runs."""
        if self._find_job is not None:
            self._find_job.cancel()
            self._find_job = None

    def _made_library(self) -> Library:
        """For jobs."""
        from desktop_app.library.library import Library

        history = self._context.history
        assert history is not None
        with self._library_lock:
            if self._library is None:
                see = self._context.settings.see  # whose labels may have loaded the same model already
                self._library = Library(
                    history,
                    self._context.catalogue,
                    self._context.pool,
                    lambda engine: options_of(see, engine),
                    model=lambda: see.search_model,
                )
            return self._library

    # ── new pictures ────────────────────────────────────────────────────────────────────────────────────────────────

    def _on_history_changed(self) -> None:
        history = self._context.history
        if history is None:
            return
        self._library = None  # it was of another history
        history.on_picture_added = self._picture_added.emit
        self._rest_timer.start()

    def _on_settings_changed(self, place: str) -> None:
        if place == "see.search_model":
            self._rest_timer.start()
            if self._keep_up_job is not None:
                self._keep_up_job.cancel()  # it looks with the model before

    def _on_picture_added(self) -> None:
        self._rest_timer.start()
        self.pictures_changed.emit()

    @property
    def _others_work(self) -> bool:
        sessions = [session for session in self._context.sessions.started() if session is not self]
        return self._index_job is not None or any(session.state not in ("idle", "failed") for session in sessions)

    def _keep_up(self) -> None:
        """Looks at the pictures that nobody has looked at yet, as long as nothing else is going on."""
        if self._context.history is None or self._context.is_closing or self._keep_up_job is not None:
            return
        if self._others_work:
            self._rest_timer.start()
            return

        def on_failed(error: Exception) -> None:
            if isinstance(error, AppError):
                log.warning("the pictures were not looked at: %s", error)
            else:
                log.error("the pictures were not looked at", exc_info=error)

        def on_ended() -> None:
            self._around_timer.stop()
            job, self._keep_up_job = self._keep_up_job, None
            if job is not None and job.cancelled() and not self._context.is_closing:
                self._rest_timer.start()

        self._keep_up_job = self._context.run(
            lambda job: self._made_library().embed_lacking(cancelled=job.cancelled),
            on_failed=on_failed,
            on_ended=on_ended,
        )
        self._around_timer.start()

    def _give_way(self) -> None:
        if self._keep_up_job is not None and self._others_work:
            self._keep_up_job.cancel()
