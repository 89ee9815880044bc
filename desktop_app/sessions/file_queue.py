"""Files to transcribe, one after the other, into the history; also the rest of recordings that a crash cut off."""

from __future__ import annotations

import itertools
import json
import logging
import os
import shutil
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale, QObject, Signal

from desktop_app.history.records import Item, Media, Recovered
from desktop_app.sessions.choices import live_options, speech_spec
from desktop_app.sessions.session_state import SessionState
from workers.errors import AppError, Cancelled, disk_error
from workers.results import Notice, Progress, Segment
from workers.worker import FileWorker

if TYPE_CHECKING:
    from desktop_app.context import AppContext
    from desktop_app.history.store import History
    from desktop_app.jobs import Job
    from workers.engines.base import EngineSpec

log = logging.getLogger(__name__)

MIN_FRACTION = 0.02  # before it, the time left is anybody's guess
WAITING_KEY = "hear.waiting_files"


class FileState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        return self in (FileState.DONE, FileState.FAILED, FileState.CANCELLED)


@dataclass(eq=False)
class FileJob:
    """One file on its way. Read it, and change it through the queue only.

    Attributes:
        start_s: where to begin, for a recording whose text goes until there.
        item_id: its number in the history, known before for the rest of a recording.
        model_id, language: instead of those that the settings name.
        title: what to call it where its file's name says nothing.
        is_new: nothing of it is in the history yet, so nothing stays where no text comes of it.
        segments: what was said in it so far.
        notice: what is wrong with the file, although it can be transcribed.
    """

    path: Path
    track: str = "file"
    start_s: float = 0.0
    item_id: int | None = None
    model_id: str = ""
    language: str = ""
    title: str = ""
    is_new: bool = True
    segments: list[Segment] = field(default_factory=list)
    number: int = field(default_factory=itertools.count(1).__next__)
    state: FileState = FileState.WAITING
    fraction: float = 0.0
    time_left_s: float | None = None
    end_s: float = 0.0
    error: Exception | None = None
    notice: Notice | None = None

    @property
    def name(self) -> str:
        """For people."""
        return self.title or self.path.name


class FileQueue(QObject):
    """Transcribes files in the order in which they came. All verbs return at once.

    Signals:
        state_changed(SessionState): running while a file is, else idle.
        job_changed(FileJob): added, or any of its fields changed.
        segment_ready(FileJob, Segment): the next line of the file that runs.
    """

    state_changed = Signal(object)
    job_changed = Signal(object)
    segment_ready = Signal(object, object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._state = SessionState.IDLE
        self._jobs = [FileJob(path) for path in _paths_in(context.remembered(WAITING_KEY, "[]"))]
        self._is_held = bool(self._jobs)
        self._running: FileJob | None = None
        self._worker: FileWorker | None = None
        self._started_at = 0.0
        context.items_deleted.connect(self._on_items_deleted)
        context.closing.connect(self._on_context_closing)
        context.closed.connect(self._on_context_closed)

    @property
    def state(self) -> SessionState:
        return self._state

    @property
    def jobs(self) -> Sequence[FileJob]:
        """Since they were last cleared, in order."""
        return self._jobs

    @property
    def is_held(self) -> bool:
        """Files waited when the app ended, and wait on until `go_on` or until others are added."""
        return self._is_held and any(job.state is FileState.WAITING for job in self._jobs)

    @property
    def running(self) -> FileJob | None:
        """The file that is being transcribed."""
        return self._running

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def add(self, paths: Iterable[Path], *, model_id: str = "") -> list[FileJob]:
        """Appends files."""
        jobs = [FileJob(Path(path), model_id=model_id) for path in paths]
        self._append(jobs)
        return jobs

    def add_rest(self, recovered: Recovered) -> list[FileJob]:
        """Appends what is not transcribed yet of a recording that was cut off, in its language where one is chosen."""
        title = recovered.title or self._title_by_time(recovered.created_at)
        jobs = [
            FileJob(
                track.path,
                track.track,
                track.text_until_s,
                recovered.item_id,
                language=recovered.language if self._context.settings.hear.language else "",
                title=title,
                end_s=track.duration_s,
                is_new=False,
            )
            for track in recovered.tracks
        ]
        self._append(jobs)
        return jobs

    def add_again(self, item: Item, media: Sequence[Media], model_id: str, language: str = "") -> None:
        """Makes a new item of the sound of another one, with another model.

        Args:
            language: instead of the one that the settings name.
        """
        history = self._context.history
        if history is None:
            return
        language = language or self._context.settings.hear.language
        recorded_title = item.title or self._title_by_time(item.created_at)

        def begin(_job: Job) -> list[FileJob]:
            from workers.sources import media_file

            for file in media:
                media_file.duration_s(file.path)  # what cannot be read makes no item
            item_id = history.begin(
                title=item.title, source=item.source, model_id=model_id, language=language, tracks=item.tracks
            ).result()
            jobs = []
            for file in media:
                path, title = file.path, item.title
                if path.name == f"{file.track}.flac":  # recorded here: from now on it belongs to both items
                    path, title = history.media_path(item_id, path.name), recorded_title
                    try:
                        _share(file.path, path)
                    except AppError:
                        _discard(history, item_id)
                        raise
                jobs.append(FileJob(path, file.track, 0.0, item_id, model_id, language, title))
            return jobs

        self._context.run(begin, on_done=self._append)

    def go_on(self) -> None:
        """Transcribes the files that are held."""
        self._append([])

    def cancel(self, job: FileJob) -> None:
        """Takes a file out; what is transcribed of it so far stays in the history."""
        if job.state is FileState.WAITING:
            job.state = FileState.CANCELLED
            self._settle_item(job)
            self.job_changed.emit(job)
        elif job is self._running:
            job.state = FileState.CANCELLED
            if self._worker is not None:
                self._worker.stop()
            self.job_changed.emit(job)

    def stop(self) -> None:
        """Cancels every file."""
        for job in self._jobs:
            self.cancel(job)

    def clear(self) -> None:
        """Forgets the files that are over."""
        self._jobs = [job for job in self._jobs if not job.state.is_over or job is self._running]

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _title_by_time(self, moment: datetime) -> str:
        when = QLocale().toString(QDateTime.fromSecsSinceEpoch(int(moment.timestamp())), QLocale.FormatType.ShortFormat)
        return self.tr("Recording of {when}").format(when=when)

    def _append(self, jobs: list[FileJob]) -> None:
        if self._context.is_closing:
            return
        self._is_held = False
        self._jobs.extend(jobs)
        for job in jobs:
            self.job_changed.emit(job)
        self._start_next()

    def _start_next(self) -> None:
        if self._running is not None:
            return
        job = next((job for job in self._jobs if job.state is FileState.WAITING), None)
        if job is None or self._context.is_closing:
            self._set_state(SessionState.IDLE)
            return
        self._running = job
        job.state = FileState.RUNNING
        self.job_changed.emit(job)
        self._set_state(SessionState.RUNNING)
        self._context.run(
            lambda _: self._prepare(job), on_done=self._on_prepared, on_failed=lambda error: self._end(job, error)
        )

    def _prepare(self, job: FileJob) -> EngineSpec:
        """In a thread: whether the file can be read, which engine, and a place in the history."""
        from workers.sources import media_file

        duration_s = media_file.duration_s(job.path)
        job.end_s = duration_s or 0.0
        spec = speech_spec(self._context.settings, self._context.catalogue, job.model_id, job.language)
        history, settings = self._context.wait_for_history(), self._context.settings
        if history is not None and job.item_id is None:
            job.item_id = history.begin(
                title=job.path.stem,
                source=str(job.path),
                engine=spec.engine,
                model_id=spec.model_id,
                language=settings.hear.language,
                tracks=[job.track],
                is_private=settings.history.is_private,
            ).result()
        return spec

    def _on_prepared(self, spec: EngineSpec) -> None:
        job = self._running
        assert job is not None
        if job.state is FileState.CANCELLED:
            self._end(job, Cancelled())
            return
        self._started_at = time.monotonic()
        options = live_options(self._context.settings)
        options = replace(options, language=job.language or options.language)
        self._worker = FileWorker(
            self._context.pool, spec, job.path, track=job.track, options=options, start_s=job.start_s
        )
        self._worker.result_ready.connect(self._on_result)
        self._worker.failed.connect(self._on_failed)
        self._worker.finished.connect(self._on_finished)
        self._worker.start()

    def _on_result(self, result: object) -> None:
        job = self._running
        if job is None:
            return
        if isinstance(result, Segment):
            job.end_s = max(job.end_s, result.end_s)
            job.segments.append(result)
            if self._context.history is not None and job.item_id is not None:
                self._context.history.add_segment(job.item_id, result)
            self.segment_ready.emit(job, result)
        elif isinstance(result, Notice):
            job.notice = result
            self.job_changed.emit(job)
        elif isinstance(result, Progress) and not result.message:
            job.fraction = max(job.fraction, result.fraction)
            if job.fraction > MIN_FRACTION:
                job.time_left_s = (time.monotonic() - self._started_at) * (1 - job.fraction) / job.fraction
            self.job_changed.emit(job)

    def _on_failed(self, error: Exception) -> None:
        if self._running is not None:
            self._running.error = error

    def _on_finished(self) -> None:
        worker, self._worker = self._worker, None
        job = self._running
        if worker is None or job is None:
            return
        worker.wait()
        self._end(job, job.error)

    def _end(self, job: FileJob, error: Exception | None) -> None:
        self._running = None
        job.error = None if isinstance(error, Cancelled) else error
        if job.error is not None and not isinstance(job.error, AppError):
            self._context.show_error(job.error)
        if job.state is not FileState.CANCELLED:
            job.state = FileState.FAILED if job.error is not None else FileState.DONE
        job.fraction = 1.0 if job.state is FileState.DONE else job.fraction
        job.time_left_s = None
        self._settle_item(job)
        log.info("file %d: %s", job.number, job.state)
        self.job_changed.emit(job)
        self._start_next()

    def _settle_item(self, job: FileJob) -> None:
        """Once no file of the job's item is still to come: finishes it, or deletes it where nothing came of it.

        One that was cut off is not complete, as long as its text, and offered at the next start.
        """
        history = self._context.history
        jobs = [other for other in self._jobs if other.item_id == job.item_id]
        is_over = all(other.state.is_over and other is not self._running for other in jobs)
        if history is None or job.item_id is None or not is_over:
            return
        is_done = [other.state is FileState.DONE for other in jobs]
        if all(is_done) or (job.is_new and any(is_done)):
            end_s = max(other.end_s for other in jobs)
            history.finish(job.item_id, end_s, keep_audio=self._context.retention.keep_audio)
        elif job.is_new and not any(other.segments for other in jobs):
            _discard(history, job.item_id)
            for other in jobs:
                other.item_id = None
        else:
            history.release(job.item_id)
            if not self._context.is_closing:
                history.recover(job.item_id)

    def _on_items_deleted(self, item_ids: frozenset[int]) -> None:
        """The rest of a recording has no place any more; a new item is locked while it is transcribed."""
        for job in [job for job in self._jobs if job.item_id in item_ids and not job.is_new]:
            job.item_id = None
            self.cancel(job)
            self.job_changed.emit(job)

    def _on_context_closing(self) -> None:
        """Of what has no text yet nothing else would know at the next start; in private mode nobody shall."""
        waiting = [job for job in self._jobs if not job.state.is_over and job.is_new and not job.segments]
        paths = [str(job.path) for job in waiting if not job.model_id]  # "again" has made an item, which goes
        self._context.remember(WAITING_KEY, json.dumps([] if self._context.settings.history.is_private else paths))

    def _on_context_closed(self) -> None:
        if self._worker is not None:
            self._worker.stop_and_wait()

    def _set_state(self, state: SessionState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)


def _paths_in(remembered: str) -> list[Path]:
    """None where the settings file was written by somebody else."""
    try:
        return [Path(path) for path in json.loads(remembered)]
    except (ValueError, TypeError):
        return []


def _share(recording: Path, path: Path) -> None:
    """Puts a recording at another place, too: a second name of it, or a copy where the disk knows none.

    Raises:
        DiskError: the disk is full, or may not be written.
    """
    try:
        os.link(recording, path)
    except OSError:
        try:
            shutil.copyfile(recording, path)
        except OSError as error:
            raise disk_error(error, path) from error


def _discard(history: History, item_id: int) -> None:
    """Takes an item that was begun out again."""
    history.finish(item_id, 0.0)
    history.delete(item_id)
