"""Hear: press one key, speak, and read what you say; the page that stays open all day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app import i18n, theme
from desktop_app.context import AppContext
from desktop_app.durations import clock_text
from desktop_app.history.records import Media, Recovered
from desktop_app.jobs import Job
from desktop_app.panels import PanelInfo
from desktop_app.sessions.file_queue import FileJob, FileState
from desktop_app.sessions.session_state import SessionState
from desktop_app.widgets.captions_window import CaptionsWindow
from desktop_app.widgets.elided_combo import ElidedCombo
from desktop_app.widgets.level_meter import LevelMeter
from desktop_app.widgets.page import page_action
from desktop_app.widgets.record_button import RecordButton
from desktop_app.widgets.transcript_pane import TranscriptPane, media_of
from desktop_app.widgets.waveform import Waveform
from workers.results import Commit, Levels, LiveStatus, Partial, Progress, Segment, SegmentEmotion
from workers.sources.base import AudioDevice

LAG_SHOWN_FROM_S = 2.0
CLOCK_MS = 200
DONE_SHOWN_MS = 10_000  # the list of files, when all went well
DEVICE_NAME_PX = 140  # of the place under the clock
WHOLE_WITHIN_S = 0.5  # a recording that lacks less has nothing to finish
MEDIA_PATTERNS = (
    "*.aac *.aif *.aiff *.amr *.avi *.flac *.flv *.m4a *.m4b *.m4v *.mka *.mkv *.mov *.mp2 *.mp3 *.mp4 *.mpeg *.mpg "
    "*.oga *.ogg *.opus *.ts *.wav *.webm *.wma *.wmv"
)


class HearPanel(QWidget):
    """Shows `sessions.speech` and `sessions.files`, and calls their verbs."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._session = context.sessions.speech
        self._files = context.sessions.files
        self._shown_file: FileJob | None = None
        self._recovered: list[Recovered] = []
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

        self.choices = _Choices(context, self)
        self.copy_button = theme.icon_button("copy", self.tr("Copy"), tip=self.tr("Copy the selection or all (Ctrl+C)"))
        self.export_button = theme.icon_button("upload", self.tr("Export"), tip=self.tr("Export as text or subtitles"))
        self.captions_button = theme.icon_button(
            "captions", self.tr("Captions"), tip=self.tr("Captions above all windows (Ctrl+Shift+C)")
        )
        self.captions_button.setCheckable(True)

        self.cards = QVBoxLayout()
        self.cards.setSpacing(theme.SPACE_S)
        self.recovery_card = _RecoveryCard(self)
        self.files_card = _FilesCard(self)
        self.cards.addWidget(self.recovery_card)
        self.cards.addWidget(self.files_card)

        self.pane = TranscriptPane(context)
        self.empty = _Empty(context, self)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.pane)

        self.record_button = RecordButton()
        self.pause_button = theme.icon_button("pause", self.tr("Pause"), tip=self.tr("Pause or go on (Space)"))
        self.clock = QLabel("0:00")
        self.clock.setProperty("role", "title")
        self.clock.setAccessibleName(self.tr("Recorded"))
        self.status = theme.label("", "caption")
        self.lag = QLabel()
        self.lag.setProperty("role", "badge")
        self.lag.setProperty("tone", "warning")
        self.lag.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.lag.setToolTip(self.tr("Nothing is lost: what you said waits, and the text catches up."))
        self.waveform = Waveform()
        self.meter = LevelMeter()
        self.sound = QStackedWidget()
        self.sound.addWidget(self.waveform)
        self.sound.addWidget(self.pane.player_bar)
        self.drop_target = _DropTarget(self)
        self.captions = CaptionsWindow(context)
        self.destroyed.connect(self.captions.deleteLater)

        self._lay_out()
        self._make_actions()
        self._connect()
        self._clock_timer = QTimer(self, interval=CLOCK_MS)
        self._clock_timer.timeout.connect(self._show_clock)
        self._show_state(self._session.state)
        self._show_content()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE_S)
        top.addWidget(self.choices, 1)
        for button in (self.copy_button, self.export_button, self.captions_button):
            top.addWidget(button)

        dock = QFrame()
        dock.setProperty("role", "card")
        numbers = QVBoxLayout()
        numbers.setSpacing(0)
        numbers.addStretch()
        numbers.addWidget(self.clock)
        numbers.addWidget(self.status)
        numbers.addStretch()
        row = QHBoxLayout(dock)
        row.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_L, theme.SPACE_S)
        row.setSpacing(theme.SPACE_M)
        row.addWidget(self.record_button)
        row.addWidget(self.pause_button)
        row.addLayout(numbers)
        row.addWidget(self.sound, 1)
        row.addWidget(self.lag)
        row.addWidget(self.meter)
        self.sound.setFixedHeight(self.waveform.sizeHint().height())

        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, theme.SPACE_L)
        layout.setSpacing(theme.SPACE_M)
        layout.addLayout(top)
        layout.addLayout(self.cards)
        layout.addWidget(self.stack, 1)
        layout.addWidget(dock)

    def _make_actions(self) -> None:
        self.pause_action = page_action(self, self.tr("Pause or go on"), "pause", "", self.toggle_pause)
        self.captions_action = page_action(
            self, self.tr("Captions above all windows"), "captions", "Ctrl+Shift+C", self.toggle_captions
        )
        self.files_action = page_action(self, self.tr("Transcribe files…"), "file", "Ctrl+O", self.ask_files)
        self.discard_action = page_action(self, self.tr("Stop and keep nothing"), "trash", "", self._session.discard)
        self.addActions([self.pane.copy_timed_action, self.pane.edit_action, self.pane.undo_action])

    def _connect(self) -> None:
        session = self._session
        session.state_changed.connect(self._show_state)
        session.state_changed.connect(self._on_state_changed)
        session.sources_changed.connect(lambda: self._show_state(session.state))
        session.started.connect(self._on_started)
        session.result_ready.connect(self._on_result)
        session.levels_ready.connect(self._on_levels)
        session.item_changed.connect(self._on_item_changed)
        session.finished.connect(self._on_finished)
        self._files.job_changed.connect(self._on_job_changed)
        self._files.segment_ready.connect(self._on_segment)
        self.pane.content_changed.connect(self._show_content)
        self.pane.player.playing_changed.connect(lambda _: self._show_sound())
        self.record_button.clicked.connect(session.toggle)
        self.pause_button.clicked.connect(session.toggle_pause)
        self.copy_button.clicked.connect(self._on_copy)
        self.export_button.clicked.connect(self._on_export)
        self.captions_button.clicked.connect(self.toggle_captions)
        self.captions.visibility_changed.connect(self.captions_button.setChecked)
        self.captions.toggle_requested.connect(session.toggle)
        self.captions.pause_requested.connect(session.toggle_pause)
        self._context.history_changed.connect(self.look_for_unfinished)
        if self._context.history is not None:
            self.look_for_unfinished()

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
            self.captions.place()
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
        if self.files_card.is_all_well:
            self.files_card.clear_done()
        self.pane.begin_live(tracks)
        self.captions.set_tracks(tracks)
        self.waveform.reset(tracks)
        self.meter.reset()
        self.empty.show_listening()

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
        elif isinstance(result, SegmentEmotion):
            if result.item_id == self.pane.item_id:
                self.pane.view.set_emotion(result.track, result.start_s, result.scores)
        elif isinstance(result, LiveStatus):
            self._show_lag()
        elif isinstance(result, Progress):
            self.status.setToolTip(i18n.from_workers(result.message))

    @property
    def _is_session_shown(self) -> bool:
        return self._shown_file is None

    def _on_levels(self, levels: Levels) -> None:
        self.waveform.add(levels)
        self.meter.add(levels)

    def _on_finished(self, item_id: int | None) -> None:
        if not self._is_session_shown:
            return
        duration_s = self._session.elapsed_s
        self.pane.end_live([], duration_s)
        self._show_content()
        history = self._context.history
        if history is None or item_id is None:
            return

        def media(_job: Job) -> list[Media]:
            history.flush()
            return media_of(history, item_id)

        def show(found: list[Media]) -> None:
            if self.pane.item_id == item_id:
                self.pane.set_media(found, duration_s)
                self._show_sound()

        self._context.run(media, on_done=show)

    # ── files and what a crash left ─────────────────────────────────────────────────────────────────────────────────

    def _on_state_changed(self, state: SessionState) -> None:
        if state is SessionState.FAILED:
            self.look_for_unfinished()

    def _on_job_changed(self, job: FileJob) -> None:
        self.files_card.show_jobs(self._files.jobs)
        if job.state is FileState.RUNNING and job.track == "file" and not self._session.state.is_active:
            if self._shown_file is not job:
                self._shown_file = job
                self.pane.begin_live([job.track])
        elif job is self._shown_file and job.state.is_over:
            self._finish_file(job)
        if job is self._shown_file:
            self.pane.set_item_id(job.item_id)
            self._show_status()

    def _on_segment(self, job: FileJob, segment: Segment) -> None:
        if job is self._shown_file:
            self.pane.view.append_commit(Commit(segment.track, segment.words, segment.language, ends_segment=True))
            self._show_content()

    def _finish_file(self, job: FileJob) -> None:
        self.pane.end_live([Media("audio", job.path, job.track)], job.end_s)
        self._show_content()
        self._show_sound()

    def look_for_unfinished(self) -> None:
        """Shows the card if a crash or a failure left something that is not being finished already."""
        history = self._context.history
        if history is None:
            return

        in_work = {job.item_id for job in self._files.jobs if not job.state.is_over}

        def recovered(_job: Job) -> list[Recovered]:
            history.flush()
            undecided = [
                item for item in history.items(kind="speech") if item.state == "recovered" and item.id not in in_work
            ]
            found = [history.recover(item.id).result() for item in [*history.unfinished(), *undecided]]
            for whole in [one for one in found if _is_whole(one)]:
                history.finish(whole.item_id, whole.duration_s)
            return [one for one in found if not _is_whole(one)]

        def show(found: list[Recovered]) -> None:
            self._recovered = found
            self._show_recovered()

        self._context.run(recovered, on_done=show)

    def _show_recovered(self) -> None:
        self.recovery_card.show_recovered(self._recovered[0] if self._recovered else None)

    def finish_recovered(self) -> None:
        """Transcribes what the recording on the card lacks."""
        self._files.add_rest(self._recovered.pop(0))
        self._show_recovered()

    def keep_recovered(self) -> None:
        """Leaves the recording on the card as it is."""
        recovered = self._recovered.pop(0)
        if self._context.history is not None:
            self._context.history.finish(recovered.item_id, recovered.duration_s)
        self._show_recovered()

    def delete_recovered(self) -> None:
        recovered = self._recovered.pop(0)
        if self._context.history is not None:
            self._context.history.delete(recovered.item_id)
        self._show_recovered()

    # ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────

    def _show_state(self, state: SessionState) -> None:
        self.record_button.show_state(state)
        self.choices.show_state(state, may_choose_device=self._session.has_lost_source)
        self.pause_button.setVisible(state.is_active)
        self.pause_button.setIcon(theme.icon("record" if state is SessionState.PAUSED else "pause"))
        self.pause_button.setAccessibleName(self.tr("Go on") if state is SessionState.PAUSED else self.tr("Pause"))
        self.discard_action.setEnabled(state.is_active)
        self.waveform.set_active(state in (SessionState.LOADING, SessionState.RUNNING))
        if state.is_active:
            self._clock_timer.start()
        else:
            self._clock_timer.stop()
        if not state.is_active or state is SessionState.PAUSED:
            self.meter.reset()
        if not state.is_active and state is not SessionState.STOPPING:
            self.empty.show_idle()
        self._show_status()
        self._show_clock()
        self._show_lag()
        self._show_sound()

    def _show_status(self) -> None:
        state = self._session.state
        texts = {
            SessionState.LOADING: self.tr("Loading the model: speak already"),
            SessionState.RUNNING: self.tr("Listening"),
            SessionState.PAUSED: self.tr("Paused: Space goes on"),
            SessionState.STOPPING: self.tr("Finishing the last words"),
        }
        missing = self._session.missing_device if state.is_active else None
        self.status.setProperty("role", "caption" if missing is None else "warning")
        theme.refresh(self.status)
        if missing is not None:
            name = self.status.fontMetrics().elidedText(
                missing or self.tr("Microphone"), Qt.TextElideMode.ElideRight, DEVICE_NAME_PX
            )
            is_lost = self._session.has_lost_source
            text = self.tr("{device} is missing: choose another") if is_lost else self.tr("Waiting for {device}")
            self.status.setText(text.format(device=name))
            return
        job = self._shown_file
        idle = self.tr("Ready: Ctrl+R starts")
        if job is not None:
            idle = job.name if job.state is not FileState.RUNNING else self.tr("Transcribing a file")
        self.status.setText(texts.get(state, idle))

    def _show_clock(self) -> None:
        seconds = self._shown_file.end_s if self._shown_file is not None else self._session.elapsed_s
        self.clock.setText(clock_text(seconds))

    def _show_lag(self) -> None:
        lag_s = self._session.lag_s
        is_behind = lag_s >= LAG_SHOWN_FROM_S and self._session.state is not SessionState.IDLE
        self.lag.setVisible(is_behind)
        if is_behind:
            self.lag.setText(self.tr("{seconds} s behind").format(seconds=round(lag_s)))

    def _show_sound(self) -> None:
        is_done = not self._session.state.is_active and self._session.state is not SessionState.STOPPING
        plays = is_done and self.pane.player.has_media
        self.sound.setCurrentWidget(self.pane.player_bar if plays else self.waveform)
        self.meter.setVisible(not plays)

    def _show_content(self) -> None:
        has_text = not self.pane.view.is_empty
        self.stack.setCurrentWidget(self.pane if has_text else self.empty)
        for button in (self.copy_button, self.export_button):
            button.setEnabled(has_text)
        self.discard_action.setEnabled(self._session.state.is_active)

    def _on_copy(self) -> None:
        self.pane.copy()
        self._context.notify("info", self.tr("Copied."))

    def _on_export(self) -> None:
        menu = self.pane.export_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.export_button.mapToGlobal(self.export_button.rect().bottomLeft()))

    # ── hands ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.toggle_pause()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _paths(event):
            event.acceptProposedAction()
            self.drop_target.setGeometry(self.rect())
            self.drop_target.show()
            self.drop_target.raise_()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self.drop_target.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.drop_target.hide()
        event.acceptProposedAction()
        self.add_files(_paths(event))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._session.watch_devices()
        self.choices.refresh_models()
        self.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.drop_target.setGeometry(self.rect())


def _paths(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


def _is_whole(recovered: Recovered) -> bool:
    """Its text goes to the end of its sound, as far as anybody could have spoken."""
    return bool(recovered.tracks) and all(
        track.duration_s - track.text_until_s < WHOLE_WITHIN_S for track in recovered.tracks
    )


class _Choices(QWidget):
    """What to listen to, in which language, with which model."""

    def __init__(self, context: AppContext, panel: HearPanel) -> None:
        super().__init__()
        self._context = context
        self._panel = panel
        self._installed: list[tuple[str, str]] = []  # id and title
        self.source = self._combo(self.tr("Source"), self.tr("What to listen to"))
        self.language = self._combo(self.tr("Spoken language"), self.tr("The language that is spoken"))
        self.model = self._combo(self.tr("Model"), self.tr("Larger models make fewer mistakes and need more time"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self.source, 7)
        row.addWidget(self.language, 6)
        row.addWidget(self.model, 7)
        row.addStretch()

        self._fill_sources(context.sessions.speech.devices)
        self._fill_languages()
        self._fill_models()
        self.source.activated.connect(self._on_source_chosen)
        self.language.activated.connect(self._on_language_chosen)
        self.model.activated.connect(self._on_model_chosen)
        context.sessions.speech.devices_changed.connect(self._fill_sources)
        context.settings_changed.connect(self._on_settings_changed)

    def _combo(self, name: str, tip: str) -> ElidedCombo:
        combo = ElidedCombo(name, tip)
        combo.setMinimumContentsLength(6)
        combo.setMaximumWidth(280)
        return combo

    def show_state(self, state: SessionState, *, may_choose_device: bool) -> None:
        """Choices hold for the next recording; they are closed during one, except to replace a lost device."""
        is_busy = state.is_active or state is SessionState.STOPPING
        why = self.tr("Stop the recording to change this")
        for combo, tip in (
            (self.source, self.tr("What to listen to")),
            (self.language, self.tr("The language that is spoken")),
            (self.model, self.tr("Larger models make fewer mistakes and need more time")),
        ):
            combo.setEnabled(not is_busy or (combo is self.source and may_choose_device))
            combo.setToolTip(tip if combo.isEnabled() else why)

    # ── sources ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _fill_sources(self, devices: list[AudioDevice]) -> None:
        hear = self._context.settings.hear
        self.source.clear()
        self.source.addItem(theme.icon("hear"), self.tr("Default microphone"), "microphone:")
        microphones = [device for device in devices if not device.is_monitor]
        for device in microphones:
            self.source.addItem(theme.icon("hear"), device.name, f"microphone:{device.id}")
        if hear.microphone and hear.microphone not in [device.id for device in microphones]:
            name = hear.microphone.partition(":")[2] or hear.microphone
            text = self.tr("{name} (not connected)").format(name=name)
            self.source.addItem(theme.icon("warning", "warning"), text, f"microphone:{hear.microphone}")
        self.source.insertSeparator(self.source.count())
        self.source.addItem(theme.icon("user"), self.tr("Microphone and computer sound"), "both:")
        self.source.addItem(theme.icon("speaker"), self.tr("Computer sound"), "computer:")
        if devices and not any(device.is_monitor for device in devices):
            for row in range(self.source.count() - 2, self.source.count()):
                self._disable(row, self.tr("This machine offers no way to hear what it plays"))
        self.source.insertSeparator(self.source.count())
        self.source.addItem(theme.icon("file"), self.tr("Transcribe files…"), "files:")
        self._show_source()

    def _disable(self, row: int, why: str) -> None:
        model = self.source.model()
        assert isinstance(model, QStandardItemModel)
        item = model.item(row)
        item.setEnabled(False)
        item.setToolTip(why)

    def _show_source(self) -> None:
        hear = self._context.settings.hear
        microphone = hear.microphone if hear.source == "microphone" else ""
        self.source.setCurrentIndex(max(0, self.source.findData(f"{hear.source}:{microphone}")))

    def _on_source_chosen(self, row: int) -> None:
        kind, _, microphone = self.source.itemData(row).partition(":")
        if kind == "files":
            self._show_source()
            self._panel.ask_files()
            return
        self._context.change_setting("hear.source", kind)
        if kind == "microphone":
            self._context.change_setting("hear.microphone", microphone)

    # ── language and model ──────────────────────────────────────────────────────────────────────────────────────────

    def _fill_languages(self) -> None:
        self.language.addItem(theme.icon("language"), self.tr("Detect language"), "")
        for code, name in i18n.spoken_languages():
            self.language.addItem(theme.icon("language"), name, code)
        self._show_language()

    def _show_language(self) -> None:
        self.language.setCurrentIndex(max(0, self.language.findData(self._context.settings.hear.language)))

    def _on_language_chosen(self, row: int) -> None:
        self._context.change_setting("hear.language", self.language.itemData(row))

    def refresh_models(self) -> None:
        """Asks the catalogue, in a thread, what is installed."""

        def installed(_job: Job) -> list[tuple[str, str]]:
            catalogue = self._context.catalogue
            return [
                (entry.id, entry.title)
                for entry in catalogue.entries("speech")
                if catalogue.status(entry.id) == "installed"
            ]

        def show(found: list[tuple[str, str]]) -> None:
            self._installed = found
            self._fill_models()
            self._panel.empty.show_models(has_model=bool(found))

        self._context.run(installed, on_done=show)

    def _fill_models(self) -> None:
        self.model.clear()
        best = (
            self.tr("{model} (best)").format(model=self._installed[0][1]) if self._installed else self.tr("Best model")
        )
        self.model.addItem(theme.icon("chip"), best, "")
        for model_id, title in self._installed:
            self.model.addItem(theme.icon("chip"), title, model_id)
        chosen = self._context.settings.hear.model
        if chosen and chosen not in dict(self._installed):
            self.model.addItem(theme.icon("warning", "warning"), chosen, chosen)
        self.model.insertSeparator(self.model.count())
        self.model.addItem(theme.icon("download"), self.tr("Get more models…"), None)
        self._show_model()

    def _show_model(self) -> None:
        self.model.setCurrentIndex(max(0, self.model.findData(self._context.settings.hear.model)))

    def _on_model_chosen(self, row: int) -> None:
        model_id = self.model.itemData(row)
        if model_id is None:
            self._show_model()
            self._context.panel_requested.emit("models")
        else:
            self._context.change_setting("hear.model", model_id)

    def _on_settings_changed(self, place: str) -> None:
        if place in ("hear.source", "hear.microphone"):
            self._fill_sources(self._context.sessions.speech.devices)
        elif place == "hear.language":
            self._show_language()
        elif place == "hear.model":
            self._fill_models()


class _Empty(QWidget):
    """What to do first."""

    def __init__(self, context: AppContext, panel: HearPanel) -> None:
        super().__init__()
        self._context = context
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = theme.label("", "title")
        self.text = theme.label("", "muted", wrap=True)
        for label in (self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setFixedWidth(440)
        self.keys = QWidget()
        keys = QHBoxLayout(self.keys)
        keys.setSpacing(theme.SPACE_S)
        keys.addStretch()
        for key, meaning in (
            ("Ctrl+R", self.tr("start and stop")),
            (self.tr("Space"), self.tr("pause")),
            ("Ctrl+O", self.tr("files")),
        ):
            keys.addWidget(theme.label(key, "key"))
            keys.addWidget(theme.label(meaning, "caption"))
            keys.addSpacing(theme.SPACE_M)
        keys.addStretch()
        self.models_button = theme.button(self.tr("Get a speech model"), "primary", "download")
        self.models_button.clicked.connect(lambda: context.panel_requested.emit("models"))
        self.models_button.hide()
        shield = QLabel()
        shield.setPixmap(theme.icon("shield", "success").pixmap(16, 16))
        promise = QHBoxLayout()
        promise.setSpacing(theme.SPACE_XS + 2)
        promise.addStretch()
        promise.addWidget(shield)
        promise.addWidget(theme.label(self.tr("Sound and text stay on this machine."), "caption"))
        promise.addStretch()

        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SPACE_M)
        layout.addStretch(3)
        layout.addWidget(self._icon)
        layout.addWidget(self.title)
        middle = QHBoxLayout()  # an alignment would give a wrapped text too little height
        middle.addStretch()
        middle.addWidget(self.text)
        middle.addStretch()
        layout.addLayout(middle)
        layout.addWidget(self.models_button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.keys)
        layout.addLayout(promise)
        layout.addStretch(4)
        theme.theme().changed.connect(self._show_icon)
        self.show_idle()

    def show_models(self, *, has_model: bool) -> None:
        """Without a model nothing can be heard: the way to one is shown."""
        self.models_button.setVisible(not has_model)

    def show_idle(self) -> None:
        self.title.setText(self.tr("Press record and speak"))
        self.text.setText(
            self.tr("You read what you say while you say it. Or drop audio and video files here to transcribe them.")
        )
        self.keys.show()
        self._show_icon()

    def show_listening(self) -> None:
        self.title.setText(self.tr("Speak now"))
        self.text.setText(self.tr("Your first words appear here in a moment."))
        self.keys.hide()

    def _show_icon(self) -> None:
        self._icon.setPixmap(theme.icon("hear", "accent").pixmap(48, 48))


class _RecoveryCard(QFrame):
    """Offers what to do with a recording that a crash cut off."""

    def __init__(self, panel: HearPanel) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        self.setProperty("tone", "warning")
        self.title = theme.label("", "strong", wrap=True)
        self.text = theme.label("", "muted", wrap=True)
        self.finish = theme.button(
            self.tr("Finish transcribing"), "primary", tip=self.tr("Transcribe the sound that has no text yet")
        )
        self.keep = theme.button(self.tr("Keep as is"), tip=self.tr("Leave it in the history as it is"))
        self.delete = theme.button(self.tr("Delete"), "danger", tip=self.tr("Delete its sound and its text"))
        self.finish.clicked.connect(panel.finish_recovered)
        self.keep.clicked.connect(panel.keep_recovered)
        self.delete.clicked.connect(panel.delete_recovered)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.title)
        texts.addWidget(self.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_S)
        row.setSpacing(theme.SPACE_S)
        row.addLayout(texts, 1)
        for button in (self.finish, self.keep, self.delete):
            row.addWidget(button)
        self.hide()

    def show_recovered(self, recovered: Recovered | None) -> None:
        self.setVisible(recovered is not None)
        if recovered is None:
            return
        until_s = max((track.text_until_s for track in recovered.tracks), default=recovered.duration_s)
        has_sound = bool(recovered.tracks)
        self.title.setText(self.tr("A recording was interrupted"))
        self.text.setText(
            self.tr("{length} of sound, text up to {until}. Nothing that reached the disk is lost.").format(
                length=clock_text(recovered.duration_s), until=clock_text(until_s)
            )
            if has_sound
            else self.tr("Its text goes up to {until}.").format(until=clock_text(until_s))
        )
        self.finish.setEnabled(has_sound)


class _FilesCard(QFrame):
    """The files that are being transcribed: how far, how long still, and what went wrong."""

    def __init__(self, panel: HearPanel) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._panel = panel
        self._rows: dict[int, _FileRow] = {}
        self.title = theme.label("", "strong")
        self.cancel_all = theme.button(self.tr("Cancel all"), "quiet", tip=self.tr("Stop transcribing files"))
        self.cancel_all.clicked.connect(panel._files.stop)
        self.clear = theme.icon_button("close", self.tr("Close"), tip=self.tr("Close this list"))
        self.clear.clicked.connect(self.clear_done)
        self._timer = QTimer(self, singleShot=True, interval=DONE_SHOWN_MS)
        self._timer.timeout.connect(self.clear_done)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
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
        self.title.setText(
            self.tr("{done} of {count} transcribed").format(
                done=sum(job.state is FileState.DONE for job in jobs), count=len(jobs)
            )
            if is_done
            else self.tr("Transcribing file {number} of {count}").format(number=over + 1, count=len(jobs))
        )
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
                self._rows[job.number] = _FileRow(job, self._panel)
                self._list.addWidget(self._rows[job.number])
            self._rows[job.number].refresh()
        rest = len(jobs) - len(shown)
        self.more.setVisible(rest > 0)
        self.more.setText(self.tr("and {count} more").format(count=rest))

    @property
    def is_all_well(self) -> bool:
        """Every file is over and none failed: nobody has to read the list."""
        return all(job.state.is_over and job.state is not FileState.FAILED for job in self._panel._files.jobs)

    def clear_done(self) -> None:
        """Takes the files that are over from the list."""
        self._panel._files.clear()
        self.show_jobs(self._panel._files.jobs)


ROWS_SHOWN = 4


def _worth_showing(jobs: Sequence[FileJob]) -> list[FileJob]:
    """The one that runs, what failed, what comes next, then what is done."""
    order = {FileState.RUNNING: 0, FileState.FAILED: 1, FileState.WAITING: 2, FileState.DONE: 3, FileState.CANCELLED: 4}
    chosen = sorted(jobs, key=lambda job: order[job.state])[:ROWS_SHOWN]
    return [job for job in jobs if job in chosen]


class _FileRow(QWidget):
    """One file."""

    def __init__(self, job: FileJob, panel: HearPanel) -> None:
        super().__init__()
        self._job = job
        self._panel = panel
        self.name = theme.label(job.name)
        self.name.setToolTip(str(job.path))
        self.name.setMinimumWidth(80)
        self.note = theme.label("", "caption")
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
        self.note.setText(self._note())
        self.note.setProperty("role", "danger" if job.state is FileState.FAILED else "caption")
        theme.refresh(self.note)
        can_cancel = is_running or job.state is FileState.WAITING
        self.button.setIcon(theme.icon("close" if can_cancel else "chevron-right"))
        self.button.setToolTip(self.tr("Cancel this file") if can_cancel else self.tr("Show it in the history"))
        self.button.setAccessibleName(self.button.toolTip())
        self.button.setVisible(can_cancel or job.item_id is not None)

    def _note(self) -> str:
        job = self._job
        if job.state is FileState.RUNNING:
            if job.time_left_s is None:
                return self.tr("Starting")
            return self.tr("{time} left").format(time=clock_text(math.ceil(job.time_left_s)))
        if job.state is FileState.FAILED and job.error is not None:
            sentence = getattr(job.error, "sentence", "")
            return i18n.sentence(job.error) if sentence else self.tr("Something unexpected happened.")  # type: ignore[arg-type]
        return {
            FileState.WAITING: self.tr("Waiting"),
            FileState.DONE: self.tr("Done"),
            FileState.CANCELLED: self.tr("Cancelled"),
        }.get(job.state, "")

    def _on_clicked(self) -> None:
        if self._job.state.is_over:
            self._panel._context.panel_requested.emit("history")
        else:
            self._panel._files.cancel(self._job)


class _DropTarget(QWidget):
    """Covers the page while files are dragged over it."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.color("surface", 0.85))
        painter.setPen(QPen(theme.color("accent"), 2, Qt.PenStyle.DashLine))
        frame: QRect = self.rect().adjusted(theme.SPACE_L, theme.SPACE_L, -theme.SPACE_L, -theme.SPACE_L)
        painter.setBrush(theme.color("accent_soft", 0.6))
        painter.drawRoundedRect(frame, theme.RADIUS_L, theme.RADIUS_L)
        painter.setPen(theme.color("accent"))
        painter.setFont(theme.font("title"))
        painter.drawText(frame, int(Qt.AlignmentFlag.AlignCenter), self.tr("Drop to transcribe"))


def create(context: AppContext) -> QWidget:
    return HearPanel(context)


PANEL = PanelInfo("hear", "Hear", "hear", 10, create, description="Speak and read what you say, or transcribe files.")
