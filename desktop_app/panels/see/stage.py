"""The picture, what stands in its place before there is one, and what is wrong with the camera."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from desktop_app import i18n, theme
from desktop_app.context import AppContext
from desktop_app.sessions.lane import Lane
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.vision_session import SAID_WITHIN_S
from desktop_app.widgets.frame_view import FrameView
from workers.errors import AppError
from workers.results import Caption, LabelScores
from workers.sources.base import Camera

READOUT_MS = 500
AGE_STEP_S = 5  # a screen reader may read each change
MIN_WIDTH_PX = 250
CONDITION_PX = 380
ROOMY_FROM_PX = 300  # with less height only the sentences and the buttons stay ...
SPARSE_BELOW_PX = 190  # ... or only the first one
WIDE_FROM_PX = 520  # with less width only a file is offered, and the choices at the top have the rest


class Stage(QWidget):
    """Follows the session by itself."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._session = context.sessions.vision
        self._has_readout = True
        self.view = FrameView()
        self.empty = Empty()
        self.condition = Condition(self.view)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.view)
        self._timer = QTimer(self, interval=READOUT_MS)
        self._timer.timeout.connect(self._show_readout)
        self._timer.timeout.connect(self._show_caption)
        self.setMinimumWidth(MIN_WIDTH_PX)
        self.view.follow(lambda: self._session.newest_frame)
        self.view.region_changed.connect(self._session.set_region)
        self._session.state_changed.connect(self._show)
        self._session.source_changed.connect(self._show)
        self._session.cameras_changed.connect(self._on_cameras_changed)
        self._session.failed.connect(self._on_failed)
        for lane in (self._session.labels, self._session.caption):
            lane.seen.connect(self._show_caption)
            lane.changed.connect(self._show_caption)
        self._show()

    def set_readout(self, is_shown: bool) -> None:
        """How fast pictures come, what was skipped and how old they are, in a corner of the picture."""
        self._has_readout = is_shown
        self._show_readout()

    def _on_cameras_changed(self, cameras: list[Camera]) -> None:
        self.empty.show_cameras(has_camera=bool(cameras))

    def _on_failed(self, error: Exception) -> None:
        if self._session.state is SessionState.FAILED:
            self.empty.show_error(error)

    def _show(self, _what: object = None) -> None:
        session = self._session
        has_picture = session.newest_frame is not None
        self.condition.show_condition(session.condition, is_stream=session.is_video)
        self.view.set_dimmed(session.condition == "away" or session.state is SessionState.FAILED)
        self.empty.show_state(session.state)
        self._stack.setCurrentWidget(self.view if has_picture else self.empty)
        self.view.set_region(session.region)
        self.view.set_badge(self.tr("Frozen") if session.is_frozen else "")
        self._show_readout()

    def _show_caption(self, _what: object = None) -> None:
        """What is seen stands on the picture, whatever tab is open."""
        parts = [self._part(lane) for lane in (self._session.labels, self._session.caption)]
        self.view.set_caption("  ·  ".join(part for part in parts if part))

    def _part(self, lane: Lane) -> str:
        """What a lane says of the picture; where that moved on since, with its age."""
        frame, result = self._session.newest_frame, lane.newest.result if lane.newest is not None else None
        text = ""
        if isinstance(result, LabelScores) and result.scores:
            label, score = result.scores[0]
            text = f"{label} {score:.0%}" if score > result.none_score else ""
        elif isinstance(result, Caption):
            text = result.text
        age_s = lane.age_s(frame) if frame is not None else math.inf
        if not text or age_s <= SAID_WITHIN_S:
            return text
        if not self._session.is_live or math.isinf(age_s):
            return ""
        seconds = AGE_STEP_S * int(age_s / AGE_STEP_S)
        return self.tr("{text} ({seconds} s ago)").format(text=text, seconds=seconds)

    def _show_readout(self) -> None:
        frame = self._session.newest_frame
        if frame is None or not self._has_readout:
            self.view.set_readout("")
            return
        width, height = frame.size
        parts = [f"{width} × {height}"]
        if self._session.is_live and self._session.source_fps:
            parts.insert(0, self.tr("{fps} fps").format(fps=f"{self.view.painted_fps:.0f}"))
            parts.append(self.tr("{count} skipped").format(count=self.view.skipped))
            parts.append(self.tr("{ms} ms").format(ms=f"{1000 * self.view.age_s:.0f}"))
        self.view.set_readout("  ·  ".join(parts))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()


class Condition(QFrame):
    """What is wrong with a camera, over its picture, and what to do."""

    def __init__(self, view: FrameView) -> None:
        super().__init__(view)
        self.setProperty("role", "card")
        self._icon = QLabel()
        self.title = theme.label("", "strong", wrap=True)
        self.text = theme.label("", "muted", wrap=True)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.title)
        texts.addWidget(self.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, theme.SPACE_M)
        row.setSpacing(theme.SPACE_M)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        outer = QVBoxLayout(view)
        outer.setContentsMargins(theme.SPACE_M, theme.SPACE_M, theme.SPACE_M, theme.SPACE_M)
        outer.addStretch()
        middle = QHBoxLayout()
        middle.addStretch()
        middle.addWidget(self)
        middle.addStretch()
        outer.addLayout(middle)
        outer.addStretch()
        self.setMaximumWidth(CONDITION_PX)
        self.setMinimumWidth(min(CONDITION_PX, MIN_WIDTH_PX - 2 * theme.SPACE_M))
        self.hide()
        theme.theme().changed.connect(self._show_icon)
        self._show_icon()

    def show_condition(self, condition: str, *, is_stream: bool = False) -> None:
        """Says what is wrong: "away" or "black"; nothing where the camera, or the stream, is well."""
        texts = {
            "stream": (
                self.tr("The stream is away"),
                self.tr("Check the network and the device that sends it: it goes on by itself."),
            ),
            "away": (
                self.tr("The camera is away"),
                self.tr("Plug it in, or close the program that uses it: it goes on by itself."),
            ),
            "black": (
                self.tr("The camera gives nothing but black"),
                self.tr("Open its shutter, take the cover off, or turn on a light."),
            ),
        }
        title, text = texts.get("stream" if condition and is_stream else condition, ("", ""))
        self.title.setText(title)
        self.text.setText(text)
        self.setVisible(bool(title))

    def _show_icon(self) -> None:
        self._icon.setPixmap(theme.icon("warning", "warning").pixmap(20, 20))


class Empty(QWidget):
    """What to do first.

    Signals:
        start_requested(): of the camera.
        other_requested(str): "file", "clipboard", "screen" or "sample".
    """

    start_requested = Signal()
    other_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._has_camera = True
        self._error: Exception | None = None
        self._state = SessionState.IDLE
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = theme.label("", "title", wrap=True)
        self.text = theme.label("", "muted", wrap=True)
        for label in (self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.start_button = theme.button(
            self.tr("Start the camera"), "primary", "webcam", tip=self.tr("Start the camera (F5)")
        )
        self.file_button = theme.button(
            self.tr("Picture or video"), "plain", "picture", tip=self.tr("Open a picture or a video (Ctrl+Shift+O)")
        )
        self.paste_button = theme.button(
            self.tr("Clipboard"), "plain", "clipboard", tip=self.tr("Look at the picture in the clipboard (Ctrl+V)")
        )
        self.screen_button = theme.button(self.tr("Screen"), "plain", "screen", tip=self.tr("Look at the screen"))
        self.sample_button = theme.button(self.tr("Sample"), "plain", "see", tip=self.tr("Look at the sample picture"))
        self.others = QWidget()
        others = QGridLayout(self.others)
        others.setContentsMargins(0, 0, 0, 0)
        others.setSpacing(theme.SPACE_S)
        for column, button in enumerate((self.file_button, self.paste_button, self.screen_button, self.sample_button)):
            others.addWidget(button, 0, column)
        self._server = ""
        self._shield = QLabel()
        self.where = theme.label("", "caption")
        self.promise = QWidget()
        promise = QHBoxLayout(self.promise)
        promise.setContentsMargins(0, 0, 0, 0)
        promise.setSpacing(theme.SPACE_XS + 2)
        promise.addStretch()
        promise.addWidget(self._shield)
        promise.addWidget(self.where)
        promise.addStretch()

        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SPACE_M)
        layout.addStretch(3)
        layout.addWidget(self._icon)
        layout.addWidget(self.title)
        layout.addWidget(self.text)
        layout.addWidget(self.start_button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.others, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.promise)
        layout.addStretch(4)
        self.start_button.clicked.connect(self.start_requested)
        for button, source in (
            (self.file_button, "file"),
            (self.paste_button, "clipboard"),
            (self.screen_button, "screen"),
            (self.sample_button, "sample"),
        ):
            button.clicked.connect(lambda _=False, source=source: self.other_requested.emit(source))
        theme.theme().changed.connect(self._show_icon)
        self.show_server("")
        self.show_state(SessionState.IDLE)

    def show_cameras(self, *, has_camera: bool) -> None:
        """Without a camera the other ways come first."""
        self._has_camera = has_camera
        self.file_button.setProperty("kind", "plain" if has_camera else "primary")
        self.file_button.setIcon(theme.icon("picture", "muted" if has_camera else "on_accent"))
        theme.refresh(self.file_button)
        self._show()

    def show_server(self, server: str) -> None:
        """Where pictures go: to a server, or nowhere if it is empty."""
        self._server = server
        sentence = self.tr("Questions and their pictures go to {place}.").format(place=server)
        self.where.setText(sentence if server else self.tr("Pictures stay on this machine."))
        self._show_icon()

    def show_error(self, error: Exception) -> None:
        """Why there is no picture, until something else is opened."""
        self._error = error
        self._show()

    def show_state(self, state: SessionState) -> None:
        self._state = state
        if state is not SessionState.FAILED:
            self._error = None
        self._show()

    def _show(self) -> None:
        title, text = self._texts()
        self.title.setText(title)
        self.text.setText(text)
        self._fit()

    def _texts(self) -> tuple[str, str]:
        if self._state is SessionState.LOADING:
            return self.tr("One moment …"), self.tr("The picture is being opened.")
        if isinstance(self._error, AppError):
            return self.tr("Nothing to see"), f"{i18n.sentence(self._error)} {i18n.hint(self._error)}"
        if not self._has_camera:
            return (
                self.tr("No camera"),
                self.tr("Plug one in: it is found by itself. Or drop a picture or a video here."),
            )
        return (
            self.tr("Point a camera at something"),
            self.tr("See what it shows named, described and answered. Or drop a picture or a video here."),
        )

    def _fit(self) -> None:
        is_opening = self._state is SessionState.LOADING
        is_roomy, is_sparse = self.height() >= ROOMY_FROM_PX, self.height() < SPARSE_BELOW_PX
        self._icon.setVisible(is_roomy)
        self.promise.setVisible(is_roomy)
        self.text.setVisible(not is_sparse)
        self.start_button.setVisible(self._has_camera and not is_opening)
        self.others.setVisible(not is_opening and not is_sparse)
        for button in (self.paste_button, self.screen_button, self.sample_button):
            button.setVisible(self.width() >= WIDE_FROM_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _show_icon(self) -> None:
        self._icon.setPixmap(theme.icon("see", "accent").pixmap(48, 48))
        shield = theme.icon("stream", "muted") if self._server else theme.icon("shield", "success")
        self._shield.setPixmap(shield.pixmap(16, 16))
