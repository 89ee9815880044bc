"""The one big button: a disc to record, a square to stop, an arc while something is prepared or finished."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from desktop_app.sessions.session_state import SessionState
from desktop_app.theme import color, theme

SIZE_PX = 52
TURN_MS = 40
TURN_DEGREES = 9


class RecordButton(QAbstractButton):
    """Shows a `SessionState`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = SessionState.IDLE
        self._angle = 0
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click, Space pauses and does not stop
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._turn = QTimer(self, interval=TURN_MS)
        self._turn.timeout.connect(self._on_turn)
        theme().changed.connect(self.update)
        self.show_state(SessionState.IDLE)

    def show_state(self, state: SessionState) -> None:
        self._state = state
        name = {
            SessionState.LOADING: self.tr("Stop"),
            SessionState.RUNNING: self.tr("Stop"),
            SessionState.PAUSED: self.tr("Stop"),
            SessionState.STOPPING: self.tr("Finishing the last words"),
        }.get(state, self.tr("Record"))
        self.setAccessibleName(name)
        self.setToolTip(f"{name} (Ctrl+R)" if state is not SessionState.STOPPING else name)
        self.setEnabled(state is not SessionState.STOPPING)
        is_turning = state in (SessionState.LOADING, SessionState.STOPPING) and not theme().reduce_motion
        if is_turning:
            self._turn.start()
        else:
            self._turn.stop()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(SIZE_PX, SIZE_PX)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ring = QRectF(self.rect()).adjusted(3, 3, -3, -3)
            red = color("danger" if self.isEnabled() else "faint")
            painter.setBrush(color("danger_soft" if self.underMouse() and self.isEnabled() else "raised"))
            painter.setPen(QPen(color("border_strong" if not self.hasFocus() else "accent"), 2.5))
            painter.drawEllipse(ring)
            if self._state in (SessionState.LOADING, SessionState.STOPPING):
                painter.setPen(QPen(color("accent"), 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                painter.drawArc(ring, -self._angle * 16, 90 * 16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(red)
            middle = QRectF(self.rect()).center()
            if self._state.is_active or self._state is SessionState.STOPPING:
                side = 17.0 if not self.isDown() else 15.0
                painter.drawRoundedRect(QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side), 3.5, 3.5)
            else:
                radius = 16.0 if not self.isDown() else 14.5
                painter.drawEllipse(middle, radius, radius)

    def _on_turn(self) -> None:
        self._angle = (self._angle + TURN_DEGREES) % 360
        self.update()
