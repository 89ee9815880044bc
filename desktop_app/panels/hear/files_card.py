"""The list of files that are being transcribed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from desktop_app import i18n, theme
from desktop_app.context import AppContext
from desktop_app.durations import clock_text
from desktop_app.history.store import PRIVATE_FROM
from desktop_app.sessions.file_queue import FileJob, FileState
from desktop_app.widgets.elided_label import ElidedLabel
from workers.errors import AppError
from workers.results import Notice

ROWS_SHOWN = 4
DONE_SHOWN_MS = 10_000  # when all went well
MEDIA_PATTERNS = (
    "*.aac *.aif *.aiff *.amr *.avi *.flac *.flv *.m4a *.m4b *.m4v *.mka *.mkv *.mov *.mp2 *.mp3 *.mp4 *.mpeg *.mpg "
    "*.oga *.ogg *.opus *.ts *.wav *.webm *.wma *.wmv"
)


class FilesCard(QFrame):
    """The files that are being transcribed: how far, how long still, and what went wrong."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._context = context
        self._rows: dict[int, FileRow] = {}
        self.title = theme.label("", "strong")
        self.go_on = theme.button(self.tr("Transcribe them"), tip=self.tr("Go on with the files that were waiting"))
        self.go_on.clicked.connect(context.sessions.files.go_on)
        self.cancel_all = theme.button(self.tr("Cancel all"), "quiet", tip=self.tr("Stop transcribing files"))
        self.cancel_all.clicked.connect(context.sessions.files.stop)
        self.clear = theme.icon_button("close", self.tr("Close"), tip=self.tr("Close this list"))
        self.clear.clicked.connect(self.clear_done)
        self._timer = QTimer(self, singleShot=True, interval=DONE_SHOWN_MS)
        self._timer.timeout.connect(self.clear_done)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.go_on)
        head.addWidget(self.cancel_all)
        head.addWidget(self.clear)
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.SPACE_XS)
        self.more = theme.label("", "caption")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_S)
        layout.setSpacing(theme.SPACE_XS)
        layout.addLayout(head)
        layout.addLayout(self._list)
        layout.addWidget(self.more)
        self.hide()

    def show_jobs(self, jobs: Sequence[FileJob]) -> None:
        over = sum(job.state.is_over for job in jobs)
        is_done = over == len(jobs)
        self.setVisible(bool(jobs))
        is_held = self._context.sessions.files.is_held
        if is_held and len(jobs) - over == 1:
            title = self.tr("1 file was waiting when the app ended")
        elif is_held:
            title = self.tr("{count} files were waiting when the app ended").format(count=len(jobs) - over)
        elif is_done:
            done = sum(job.state is FileState.DONE for job in jobs)
            title = self.tr("{done} of {count} transcribed").format(done=done, count=len(jobs))
        else:
            title = self.tr("Transcribing file {number} of {count}").format(number=over + 1, count=len(jobs))
        self.title.setText(title)
        self.go_on.setVisible(is_held)
        if self.is_all_well:
            self._timer.start()
        else:
            self._timer.stop()
        self.cancel_all.setVisible(not is_done)
        self.clear.setVisible(is_done)
        shown = _worth_showing(jobs)
        for number in set(self._rows) - {job.number for job in shown}:
            self._rows.pop(number).deleteLater()
        for job in shown:
            if job.number not in self._rows:
                self._rows[job.number] = FileRow(job, self._context)
                self._list.addWidget(self._rows[job.number])
            self._rows[job.number].refresh()
        rest = len(jobs) - len(shown)
        self.more.setVisible(rest > 0)
        self.more.setText(self.tr("and {count} more").format(count=rest))

    @property
    def is_all_well(self) -> bool:
        """Every file is over and sound, and none failed: nobody has to read the list."""
        return all(
            job.state.is_over and job.state is not FileState.FAILED and job.notice is None
            for job in self._context.sessions.files.jobs
        )

    def clear_done(self) -> None:
        """Takes the files that are over from the list."""
        self._context.sessions.files.clear()
        self.show_jobs(self._context.sessions.files.jobs)


def _worth_showing(jobs: Sequence[FileJob]) -> list[FileJob]:
    """The one that runs, what failed or is not sound, what comes next, then what is done."""
    order = {FileState.RUNNING: 0, FileState.FAILED: 1, FileState.WAITING: 2, FileState.DONE: 3, FileState.CANCELLED: 4}
    chosen = sorted(jobs, key=lambda job: order[FileState.FAILED if job.notice else job.state])[:ROWS_SHOWN]
    return [job for job in jobs if job in chosen]


class FileRow(QWidget):
    """One file."""

    def __init__(self, job: FileJob, context: AppContext) -> None:
        super().__init__()
        self._job = job
        self._context = context
        self.name = ElidedLabel(job.name)
        self.name.setToolTip(str(job.path))
        self.name.setMinimumWidth(120)
        self.note = ElidedLabel(role="caption")
        self.note.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)  # the name gets the rest
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(140)
        self.button = QToolButton()
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.clicked.connect(self._on_clicked)
        policy = self.button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.button.setSizePolicy(policy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_M)
        row.addWidget(self.name, 1)
        row.addWidget(self.note)
        row.addWidget(self.progress)
        row.addWidget(self.button)

    def refresh(self) -> None:
        job = self._job
        is_running = job.state is FileState.RUNNING
        self.progress.setVisible(is_running)
        self.progress.setRange(0, 1000 if job.fraction > 0 else 0)
        self.progress.setValue(round(1000 * job.fraction))
        notice = job.notice if job.state is FileState.DONE else None
        self.note.setText(self._note() if notice is None else self._about_file(notice))
        self.note.setToolTip("" if notice is None else f"{self._about_file(notice)} {i18n.hint(notice)}")
        self.note.setProperty("role", "danger" if job.state is FileState.FAILED else "caption")
        self.note.setProperty("tone", "" if notice is None else "warning")
        theme.refresh(self.note)
        can_cancel = is_running or job.state is FileState.WAITING
        self.button.setIcon(theme.icon("close" if can_cancel else "chevron-right"))
        self.button.setToolTip(self.tr("Cancel this file") if can_cancel else self.tr("Show it in the history"))
        self.button.setAccessibleName(self.button.toolTip())
        is_kept = job.item_id is not None and job.item_id < PRIVATE_FROM
        self.button.setVisible(can_cancel or is_kept)

    def _note(self) -> str:
        job = self._job
        if job.state is FileState.RUNNING:
            if job.time_left_s is None:
                return self.tr("Starting")
            return self.tr("{time} left").format(time=clock_text(math.ceil(job.time_left_s)))
        if job.state is FileState.FAILED and job.error is not None:
            if not isinstance(job.error, AppError):
                return self.tr("Something unexpected happened.")
            return self._about_file(job.error)
        return {
            FileState.WAITING: self.tr("Waiting"),
            FileState.DONE: self.tr("Done"),
            FileState.CANCELLED: self.tr("Cancelled"),
        }.get(job.state, "")

    def _about_file(self, problem: AppError | Notice) -> str:
        """In words without its name, which stands beside them."""
        return i18n.sentence(problem).replace(str(self._job.path), self.tr("The file"))

    def _on_clicked(self) -> None:
        if not self._job.state.is_over:
            self._context.sessions.files.cancel(self._job)
        elif self._job.item_id is not None:
            self._context.item_requested.emit(self._job.item_id)
