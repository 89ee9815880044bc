"""The page: the transcript that grows, what happens to a recording and to files, keys and drops."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop_app import theme
from desktop_app.context import AppContext
from desktop_app.history.records import Media
from desktop_app.jobs import Job
from desktop_app.panels.hear.choices import Choices
from desktop_app.panels.hear.dock import Dock
from desktop_app.panels.hear.empty import Empty
from desktop_app.panels.hear.files_card import MEDIA_PATTERNS, FilesCard
from desktop_app.panels.hear.recovery_card import RecoveryCard
from desktop_app.sessions.file_queue import FileJob, FileState
from desktop_app.sessions.session_state import SessionState
from desktop_app.widgets.captions_window import CaptionsWindow
from desktop_app.widgets.drop_target import DropTarget, has_paths, paths_in
from desktop_app.widgets.page import page_action
from desktop_app.widgets.transcript_pane import TranscriptPane, media_of
from workers.results import Commit, Partial, Segment, SegmentEmotion


class HearPanel(QWidget):
    """Shows `sessions.speech` and `sessions.files`, and calls their verbs."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._session = context.sessions.speech
        self._files = context.sessions.files
        self._newest_passed = 0  # the number of the newest file that took the page or left it alone
        self._shown_file: FileJob | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

        self.choices = Choices(context)
        self.copy_button = theme.icon_button("copy", self.tr("Copy"), tip=self.tr("Copy the selection or all (Ctrl+C)"))
        self.export_button = theme.icon_button(
            "upload", self.tr("Export"), tip=self.tr("Export as text or subtitles (Ctrl+S)")
        )
        self.captions_button = theme.icon_button(
            "captions", self.tr("Captions"), tip=self.tr("Captions above all windows (Ctrl+Shift+C)")
        )
        self.captions_button.setCheckable(True)

        self.cards = QVBoxLayout()
        self.cards.setSpacing(theme.SPACE_S)
        self.recovery_card = RecoveryCard(context)
        self.files_card = FilesCard(context)
        self.cards.addWidget(self.recovery_card)
        self.cards.addWidget(self.files_card)

        self.pane = TranscriptPane(context)
        self.empty = Empty(context)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.pane)

        self.dock = Dock(self._session, self.pane)
        self.feet = (self.dock,)
        self.drop_target = DropTarget(
            self, self.tr("Drop to transcribe"), has_paths, lambda data: self.add_files(paths_in(data))
        )
        self.captions = CaptionsWindow(context)
        self.destroyed.connect(self.captions.deleteLater)

        self._lay_out()
        self._make_actions()
        self._connect()
        self._show_state(self._session.state)
        self._show_content()
        self.files_card.show_jobs(self._files.jobs)
        if self._files.running is not None:
            self._on_job_changed(self._files.running)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE_S)
        top.addWidget(self.choices, 1)
        for button in (self.copy_button, self.export_button, self.captions_button):
            top.addWidget(button)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, theme.SPACE_L)
        layout.setSpacing(theme.SPACE_M)
        layout.addLayout(top)
        layout.addLayout(self.cards)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.dock)

    def _make_actions(self) -> None:
        self.pause_action = page_action(self, self.tr("Pause or go on"), "pause", "Space", self.toggle_pause)
        self.pause_action.setAutoRepeat(False)
        self.captions_action = page_action(
            self, self.tr("Captions above all windows"), "captions", "Ctrl+Shift+C", self.toggle_captions
        )
        self.export_action = page_action(self, self.tr("Export…"), "upload", "Ctrl+S", self.offer_exports)
        self.discard_action = page_action(self, self.tr("Stop and keep nothing"), "trash", "", self._session.discard)
        pane = self.pane
        self.addActions(
            [pane.copy_timed_action, pane.edit_action, pane.next_action, pane.previous_action, pane.undo_action]
        )
        self.addActions([*pane.skip_actions, *pane.rate_actions, *pane.size_actions])

    def _connect(self) -> None:
        session = self._session
        session.state_changed.connect(self._show_state)
        session.sources_changed.connect(lambda: self._show_state(session.state))
        session.started.connect(self._on_started)
        session.result_ready.connect(self._on_result)
        session.item_changed.connect(self._on_item_changed)
        session.finished.connect(self._on_finished)
        self._context.items_deleted.connect(self._on_items_deleted)
        self._files.job_changed.connect(self._on_job_changed)
        self._files.segment_ready.connect(self._on_segment)
        self.pane.content_changed.connect(self._show_content)
        self.choices.files_requested.connect(self.ask_files)
        self.choices.models_found.connect(lambda found: self.empty.show_models(has_model=found))
        self.copy_button.clicked.connect(self._on_copy)
        self.export_button.clicked.connect(self.offer_exports)
        self.captions_button.clicked.connect(self.toggle_captions)
        self.captions.visibility_changed.connect(self.captions_button.setChecked)
        self.captions.toggle_requested.connect(session.toggle)
        self.captions.pause_requested.connect(session.toggle_pause)

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def focus_search(self) -> None:
        """Ctrl+F: finds in the transcript."""
        if not self.pane.view.is_empty:
            self.pane.find_bar.open_with(self.pane.view.textCursor().selectedText())

    def toggle_pause(self) -> None:
        """The space bar: pauses or goes on with the recording, else plays or pauses what was recorded."""
        if self._session.state.is_active:
            self._session.toggle_pause()
        elif self.pane.player.has_media:
            self.pane.player.toggle()

    def toggle_captions(self) -> None:
        if self.captions.isVisible():
            self.captions.close()
        else:
            self.captions.place(QRect(self.dock.mapToGlobal(QPoint()), self.dock.size()))
            self.captions.show()
        self.captions_button.setChecked(self.captions.isVisible())

    def ask_files(self) -> None:
        """Asks which files to transcribe."""
        kinds = self.tr("Audio and video ({patterns})").format(patterns=MEDIA_PATTERNS)
        names = QFileDialog.getOpenFileNames(self, self.tr("Transcribe files"), "", kinds)[0]
        self.add_files([Path(name) for name in names])

    def add_files(self, paths: Sequence[Path]) -> None:
        self._files.add(paths)

    # ── a recording ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _on_started(self, tracks: tuple[str, ...]) -> None:
        self._shown_file = None
        focus = self.window().focusWidget()
        if focus is not None and self.isAncestorOf(focus) and not isinstance(focus, QAbstractButton):
            self.setFocus()  # the choices are about to be closed, and would hand it to a button
        if self.files_card.is_all_well:
            self.files_card.clear_done()
        self.pane.begin_live(tracks)
        self.captions.set_tracks(tracks)

    def _on_item_changed(self, item_id: int | None) -> None:
        self.pane.set_item_id(item_id)
        self.pane.set_growing_media(self._session.media_paths)

    def _on_result(self, result: object) -> None:
        if isinstance(result, Partial):
            self.captions.set_partial(result)
            if self._is_session_shown:
                self.pane.view.set_partial(result)
                self._show_content()
        elif isinstance(result, Commit):
            self.captions.append_commit(result)
            if self._is_session_shown:
                self.pane.view.append_commit(result)
                self._show_content()
        elif isinstance(result, SegmentEmotion) and result.item_id == self.pane.item_id:
            self.pane.view.set_emotion(result.track, result.start_s, result.scores)

    @property
    def _is_session_shown(self) -> bool:
        return self._shown_file is None

    def _on_finished(self, item_id: int | None) -> None:
        if self._session.is_unfinished:
            self.recovery_card.look_for_unfinished()
        if not self._is_session_shown:
            return
        if self._session.is_discarded:
            self._forget()
            return
        duration_s = self._session.elapsed_s
        self.pane.end_live([], duration_s)
        self._show_content()
        if not self.pane.view.is_empty:  # it stays, whatever runs or waits already
            self._newest_passed = max((job.number for job in self._files.jobs), default=0)
        history = self._context.history
        if history is None or item_id is None:
            return

        def media(_job: Job) -> list[Media]:
            history.flush()
            return media_of(history, item_id)

        def show(found: list[Media]) -> None:
            if self.pane.item_id == item_id:
                self.pane.set_media(found, duration_s)
                self.dock.show_sound()

        self._context.run(media, on_done=show)

    def _on_items_deleted(self, item_ids: frozenset[int]) -> None:
        if self.pane.item_id in item_ids:
            self._forget()

    def _forget(self) -> None:
        """What is deleted can be read and heard nowhere any more."""
        self._shown_file = None
        self.pane.show_nothing()
        self.captions.set_tracks(())
        self.dock.forget()

    # ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _on_job_changed(self, job: FileJob) -> None:
        self.files_card.show_jobs(self._files.jobs)
        if job.state is FileState.RUNNING and job.number > self._newest_passed:
            self._newest_passed = job.number
            is_free = self._session.state in (SessionState.IDLE, SessionState.FAILED)
            if job.track == "file" and job.is_new and is_free:
                self._begin_file(job)
        elif job is self._shown_file and job.state.is_over:
            self._finish_file(job)
        if job.state is FileState.FAILED:
            self.recovery_card.look_for_unfinished()
        if job is self._shown_file:
            self.pane.set_item_id(job.item_id, job.title or job.path.stem)
            self.dock.show_file(job)

    def _begin_file(self, job: FileJob) -> None:
        """Gives the page to a file: when it begins, and never later."""
        self._shown_file = job
        self.pane.begin_live([job.track])
        for segment in job.segments:
            self._on_segment(job, segment)

    def _on_segment(self, job: FileJob, segment: Segment) -> None:
        if job is self._shown_file:
            self.pane.view.append_commit(Commit(segment.track, segment.words, segment.language, ends_segment=True))
            self._show_content()

    def _finish_file(self, job: FileJob) -> None:
        self.pane.end_live([Media("audio", job.path, job.track)], job.end_s)
        self._show_content()
        self.dock.show_sound()

    # ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────

    def _show_state(self, state: SessionState) -> None:
        self.choices.show_state(state, may_choose_device=self._session.has_lost_source)
        self._show_discard()
        self.captions.set_paused(state is SessionState.PAUSED)
        self.captions.set_missing(self._session.missing_device if state.is_active else None)
        if state.is_active:
            self.empty.show_listening(is_open=self._session.is_open)
        elif state is not SessionState.STOPPING:
            self.empty.show_idle()

    def _show_content(self) -> None:
        has_text = not self.pane.view.is_empty
        self.stack.setCurrentWidget(self.pane if has_text else self.empty)
        for part in (self.copy_button, self.export_button, self.export_action):
            part.setEnabled(has_text)
        self._show_discard()

    def _show_discard(self) -> None:
        state = self._session.state
        self.discard_action.setEnabled(state.is_active or state is SessionState.STOPPING)

    def _on_copy(self) -> None:
        self.pane.copy()
        self._context.notify("info", self.tr("Copied."))

    def offer_exports(self) -> None:
        """Asks in which format."""
        menu = self.pane.export_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.export_button.mapToGlobal(self.export_button.rect().bottomLeft()))

    # ── hands ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.toggle_pause()
        elif event.key() == Qt.Key.Key_Escape and self.captions.isVisible():
            self.captions.close()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._session.watch_devices()
        self.choices.refresh_models()
        self.setFocus()
