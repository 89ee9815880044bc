"""Files to transcribe, one after the other, into the history; also the rest of recordings that a crash cut off."""

from __future__ import annotations

import itertools
import logging
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale, QObject, Signal

from desktop_app.history.records import Item, Media, Recovered
from desktop_app.sessions.choices import live_options, speech_spec
from desktop_app.sessions.session_state import SessionState
from workers.errors import AppError, Cancelled
from workers.results import Notice, Progress, Segment
from workers.worker import FileWorker

if TYPE_CHECKING:
    from desktop_app.context import AppContext
    from workers.engines.base import EngineSpec

log = logging.getLogger(__name__)

MIN_FRACTION = 0.02  # before it, the time left is anybody's guess


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
        is_last: the item is complete after this file.
        model_id: instead of the model that the settings name.
        title: what to call it where its file's name says nothing.
        is_new: nothing of it is in the history yet, so nothing stays when it cannot be read.
    """

    path: Path
    track: str = "file"
    start_s: float = 0.0
    item_id: int | None = None
    is_last: bool = True
    model_id: str = ""
    title: str = ""
    is_new: bool = True
    number: int = field(default_factory=itertools.count(1).__next__)
    state: FileState = FileState.WAITING
    fraction: float = 0.0
    time_left_s: float | None = None
    end_s: float = 0.0
    error: Exception | None = None

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
        self._jobs: list[FileJob] = []
        self._running: FileJob | None = None
        self._worker: FileWorker | None = None
        self._started_at = 0.0
        context.closed.connect(self._on_context_closed)

    @property
    def state(self) -> SessionState:
        return self._state

    @property
    def jobs(self) -> Sequence[FileJob]:
        """Since they were last cleared, in order."""
        return self._jobs

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def add(self, paths: Iterable[Path], *, model_id: str = "") -> list[FileJob]:
        """Appends files."""
        return self._append([FileJob(Path(path), model_id=model_id) for path in paths])

    def add_rest(self, recovered: Recovered) -> list[FileJob]:
        """Appends what is not transcribed yet of a recording that was cut off."""
        title = recovered.title or self._title_by_time(recovered.created_at)
        jobs = [
            FileJob(
                track.path,
                track.track,
                track.text_until_s,
                recovered.item_id,
                title=title,
                end_s=track.duration_s,
                is_new=False,
            )
            for track in recovered.tracks
        ]
        for job in jobs[:-1]:
            job.is_last = False
        return self._append(jobs)

    def add_again(self, item: Item, media: Sequence[Media], model_id: str) -> list[FileJob]:
        """Makes a new item of the sound of another one, with another model."""
        history = self._context.history
        if history is None:
            return []
        item_id = history.begin(
            title=item.title, source=item.source, model_id=model_id, language=item.language, tracks=item.tracks
        ).result()
        jobs = []
        for file in media:
            path, title = file.path, item.title
            if path.name == f"{file.track}.flac":  # recorded here: from now on it belongs to both items
                path = history.media_path(item_id, path.name)
                os.link(file.path, path)
                title = title or self._title_by_time(item.created_at)
            jobs.append(FileJob(path, file.track, item_id=item_id, model_id=model_id, title=title))
        for job in jobs[:-1]:
            job.is_last = False
        return self._append(jobs)

    def cancel(self, job: FileJob) -> None:
        """Takes a file out; what is transcribed of it so far stays in the history."""
        if job.state is FileState.WAITING:
            self._set(job, FileState.CANCELLED)
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
        self._jobs = [job for job in self._jobs if not job.state.is_over]

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _title_by_time(self, moment: datetime) -> str:
        when = QLocale().toString(QDateTime.fromSecsSinceEpoch(int(moment.timestamp())), QLocale.FormatType.ShortFormat)
        return self.tr("Recording of {when}").format(when=when)

    def _append(self, jobs: list[FileJob]) -> list[FileJob]:
        if self._context.is_closing:
            return []
        self._jobs.extend(jobs)
        for job in jobs:
            self.job_changed.emit(job)
        self._start_next()
        return jobs

    def _start_next(self) -> None:
        if self._running is not None:
            return
        job = next((job for job in self._jobs if job.state is FileState.WAITING), None)
        if job is None or self._context.is_closing:
            self._set_state(SessionState.IDLE)
            return
        self._running = job
        self._set(job, FileState.RUNNING)
        self._set_state(SessionState.RUNNING)
        self._context.run(
            lambda _: self._prepare(job), on_done=self._on_prepared, on_failed=lambda error: self._end(job, error)
        )

    def _prepare(self, job: FileJob) -> EngineSpec:
        """In a thread: whether the file can be read, which engine, and a place in the history."""
        from workers.sources import media_file

        duration_s = media_file.duration_s(job.path)
        job.end_s = duration_s or 0.0
        spec = speech_spec(self._context.settings, self._context.catalogue, job.model_id)
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
            if self._context.history is not None and job.item_id is not None:
                self._context.history.add_segment(job.item_id, result)
            self.segment_ready.emit(job, result)
        elif isinstance(result, Notice):
            self._context.show_notice(result)
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
        history = self._context.history
        is_cut_off = self._context.is_closing or (error is not None and not isinstance(error, Cancelled))
        if history is not None and job.item_id is not None:
            if job.is_new and is_cut_off and job.fraction == 0.0:
                history.finish(job.item_id, 0.0)
                history.delete(job.item_id)
                job.item_id = None
            elif job.is_last and (job.is_new or not is_cut_off):  # else it is offered again at the next start
                history.finish(job.item_id, job.end_s, keep_audio=self._context.retention.keep_audio)
        job.error = None if isinstance(error, Cancelled) else error
        if job.error is not None and not isinstance(job.error, AppError):
            self._context.show_error(job.error)
        if job.state is not FileState.CANCELLED:
            job.state = FileState.FAILED if job.error is not None else FileState.DONE
        job.fraction = 1.0 if job.state is FileState.DONE else job.fraction
        job.time_left_s = None
        log.info("file %d: %s", job.number, job.state)
        self.job_changed.emit(job)
        self._start_next()

    def _on_context_closed(self) -> None:
        if self._worker is not None:
            self._worker.stop_and_wait()

    def _set(self, job: FileJob, state: FileState) -> None:
        job.state = state
        self.job_changed.emit(job)

    def _set_state(self, state: SessionState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)
