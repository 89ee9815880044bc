"""The bar at the foot of the page: record and pause, the clock, how it goes, the sound or the player."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout

from desktop_app import i18n, theme
from desktop_app.durations import clock_text
from desktop_app.sessions.file_queue import FileJob, FileState
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.speech_session import SpeechSession
from desktop_app.widgets.level_meter import LevelMeter
from desktop_app.widgets.record_button import RecordButton
from desktop_app.widgets.transcript_pane import TranscriptPane
from desktop_app.widgets.waveform import Waveform
from workers.results import Levels, LiveStatus, Progress

CLOCK_MS = 200
WAVEFORM_PX = 90  # at least, beside all else; the player, which is wider, has less beside it
DEVICE_NAME_PX = 140  # of the place under the clock


class Dock(QFrame):
    """Follows a session by itself, and the file that the page shows when it is told.

    Args:
        pane: whose player takes the place of the waveform once there is something to play.
    """

    def __init__(self, session: SpeechSession, pane: TranscriptPane) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._session = session
        self._pane = pane
        self._shown_file: FileJob | None = None
        self._is_forgotten = False  # what was recorded last
        self.record_button = RecordButton()
        self.pause_button = theme.icon_button("pause", self.tr("Pause"), tip=self.tr("Pause or go on (Space)"))
        self.clock = QLabel("0:00")
        self.clock.setProperty("role", "title")
        self.clock.setAccessibleName(self.tr("Recorded"))
        self.status = theme.label("", "caption")
        self.private = theme.label(self.tr("Private"), "badge")
        self.private.setProperty("tone", "warning")
        self.private.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.private.setToolTip(self.tr("Nothing is kept, neither sound nor text."))
        self.lag = QLabel()
        self.lag.setProperty("role", "badge")
        self.lag.setProperty("tone", "warning")
        self.lag.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.lag.setToolTip(self.tr("Nothing is lost: what you said waits, and the text catches up."))
        self.later_button = theme.button(
            self.tr("Finish later"), tip=self.tr("Wait no longer: the rest of the text can be made afterwards")
        )
        self.later_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.waveform = Waveform()
        self.meter = LevelMeter()
        self.sound = QStackedWidget()
        self.sound.addWidget(self.waveform)
        self.sound.addWidget(pane.player_bar)

        numbers = QVBoxLayout()
        numbers.setSpacing(0)
        numbers.addStretch()
        numbers.addWidget(self.clock)
        numbers.addWidget(self.status)
        numbers.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_L, theme.SPACE_S)
        row.setSpacing(theme.SPACE_M)
        row.addWidget(self.record_button)
        row.addWidget(self.pause_button)
        row.addLayout(numbers)
        row.addWidget(self.private)
        row.addWidget(self.sound, 1)
        row.addWidget(self.lag)
        row.addWidget(self.later_button)
        row.addWidget(self.meter)
        self.sound.setMinimumWidth(WAVEFORM_PX)
        self.sound.setFixedHeight(self.waveform.sizeHint().height())

        self._clock_timer = QTimer(self, interval=CLOCK_MS)
        self._clock_timer.timeout.connect(self._show_clock)
        self.record_button.clicked.connect(session.toggle)
        self.pause_button.clicked.connect(session.toggle_pause)
        self.later_button.clicked.connect(session.finish_later)
        session.state_changed.connect(self.show_state)
        session.sources_changed.connect(self._show_status)
        session.privacy_changed.connect(self._show_private)
        session.started.connect(self._on_started)
        session.result_ready.connect(self._on_result)
        session.levels_ready.connect(self._on_levels)
        pane.player.playing_changed.connect(lambda _: self.show_sound())
        self.show_state(session.state)
        self._show_private()

    def show_state(self, state: SessionState) -> None:
        self.record_button.show_state(state)
        self.pause_button.setVisible(state.is_active)
        self.pause_button.setIcon(theme.icon("record" if state is SessionState.PAUSED else "pause"))
        self.pause_button.setAccessibleName(self.tr("Go on") if state is SessionState.PAUSED else self.tr("Pause"))
        self.waveform.set_active(state in (SessionState.LOADING, SessionState.RUNNING))
        if state.is_active:
            self._clock_timer.start()
        else:
            self._clock_timer.stop()
        if not state.is_active or state is SessionState.PAUSED:
            self.meter.reset()
        self._show_status()
        self._show_clock()
        self._show_lag()

    def show_file(self, job: FileJob | None) -> None:
        """What the clock and the status are about while nothing is recorded."""
        self._shown_file = job
        self._show_status()
        self._show_clock()

    def forget(self) -> None:
        """Shows nothing of what was recorded or transcribed last."""
        self._is_forgotten = True
        self.waveform.reset(())
        self.show_file(None)
        self.show_sound()

    def _on_started(self, tracks: tuple[str, ...]) -> None:
        self._shown_file = None
        self._is_forgotten = False
        self.waveform.reset(tracks)
        self.meter.reset()

    def _on_result(self, result: object) -> None:
        if isinstance(result, LiveStatus):
            self._show_lag()
        elif isinstance(result, Progress):
            self.status.setToolTip(i18n.from_workers(result.message))

    def _on_levels(self, levels: Levels) -> None:
        self.waveform.add(levels)
        self.meter.add(levels)

    def _show_status(self) -> None:
        state = self._session.state
        texts = {
            SessionState.LOADING: self.tr("Loading the model: speak already")
            if self._session.is_open
            else self.tr("Connecting the sound"),
            SessionState.RUNNING: self.tr("Listening"),
            SessionState.PAUSED: self.tr("Paused: Space goes on"),
            SessionState.STOPPING: self.tr("Finishing the last words"),
        }
        missing = self._session.missing_device if state.is_active else None
        self.status.setProperty("tone", "" if missing is None else "warning")
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
        recorded_s = 0.0 if self._is_forgotten else self._session.elapsed_s
        seconds = recorded_s if self._shown_file is None else self._shown_file.end_s
        self.clock.setText(clock_text(seconds))

    def _show_private(self) -> None:
        self.private.setVisible(self._session.is_private)

    def _show_lag(self) -> None:
        is_behind = self._session.is_behind and self._session.state is not SessionState.IDLE
        self.lag.setVisible(is_behind)
        self.later_button.setVisible(self._session.may_finish_later)
        if is_behind:
            self.lag.setText(self.tr("{seconds} s behind").format(seconds=round(self._session.lag_s)))
        self.show_sound()

    def show_sound(self) -> None:
        is_done = not self._session.state.is_active and self._session.state is not SessionState.STOPPING
        plays = is_done and self._pane.player.has_media
        self.sound.setCurrentWidget(self._pane.player_bar if plays else self.waveform)
        self.meter.setVisible(not plays and self.later_button.isHidden())  # it has nothing to show there
