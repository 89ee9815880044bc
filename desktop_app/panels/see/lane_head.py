"""The line above what is said again and again: on or off, and how it goes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from desktop_app import theme
from desktop_app.sessions.lane import Lane
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.vision_session import VisionSession
from desktop_app.widgets.elided_label import ElidedLabel
from desktop_app.widgets.switch import Switch


class LaneHead(QWidget):
    """Follows a lane by itself; `switch` turns it on and off."""

    def __init__(self, session: VisionSession, lane: Lane, title: str, tip: str) -> None:
        super().__init__()
        self._session = session
        self._lane = lane
        self.switch = Switch()
        self.switch.setAccessibleName(title)
        self.switch.setToolTip(tip)
        self.title = _Clickable(title, self.switch)
        self.title.setToolTip(tip)
        self.status = ElidedLabel("", "caption")
        self.status.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.retry = theme.button(self.tr("Try again"), "link", tip=self.tr("Load the model again"))
        self.retry.clicked.connect(lane.try_again)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self.switch)
        row.addWidget(self.title)
        row.addWidget(self.status, 1)
        row.addWidget(self.retry)
        lane.changed.connect(self._show)
        lane.seen.connect(self._show)
        self._show()

    def _show(self, _seen: object = None) -> None:
        lane = self._lane
        if self.switch.isChecked() != lane.is_on:
            self.switch.setChecked(lane.is_on)
        self.status.setText(self._status())
        self.status.setToolTip(self.status.text())
        self.retry.setVisible(lane.state is SessionState.FAILED)

    def _status(self) -> str:
        lane = self._lane
        if not lane.is_on:
            return self.tr("Off")
        if lane.state is SessionState.LOADING:
            return self.tr("Loading the model")
        if lane.state is SessionState.RUNNING:
            return self.tr("{count} a second").format(count=f"{lane.per_s:.1f}") if lane.per_s else ""
        if lane.state is SessionState.PAUSED:
            return self.tr("Waits for the answer") if self._session.chat.is_answering else self.tr("Waits")
        if lane.state is SessionState.FAILED:
            return self.tr("Stopped by an error")
        return self.tr("Waits for a picture")


class _Clickable(QLabel):
    """The title of a switch toggles it."""

    def __init__(self, text: str, switch: Switch) -> None:
        super().__init__(text)
        self.setProperty("role", "strong")
        self._switch = switch

    def mousePressEvent(self, _event: object) -> None:
        self._switch.click()
