"""A switch for things that are on or off at once."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from desktop_app import theme

WIDTH_PX, HEIGHT_PX = 36, 20
SLIDE_MS = 120


class Switch(QAbstractButton):
    """Checked is on; Space toggles it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(self.sizeHint())
        self._at = 0.0  # of the knob: 0 off, 1 on
        self._slide = QVariantAnimation(self)
        self._slide.valueChanged.connect(self._on_slid)
        self.toggled.connect(self._on_toggled)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX + 8, HEIGHT_PX + 8)  # room for the focus ring

    def _on_toggled(self, is_on: bool) -> None:
        self._slide.stop()
        if not self.isVisible() or not theme.motion_ms(SLIDE_MS):
            self._on_slid(float(is_on))
            return
        self._slide.setDuration(theme.motion_ms(SLIDE_MS))
        self._slide.setStartValue(self._at)
        self._slide.setEndValue(float(is_on))
        self._slide.start()

    def _on_slid(self, at: float) -> None:
        self._at = at
        self.update()

    def hitButton(self, _position: object) -> bool:
        return True

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            track = QRectF(4, 4, WIDTH_PX, HEIGHT_PX)
            if not self.isEnabled():
                fill, knob = theme.color("hover"), theme.color("border_strong")
            elif self.isChecked():
                fill = theme.color("accent_hover" if self.underMouse() else "accent")
                knob = theme.color("on_accent")
            else:
                fill, knob = theme.color("hover"), theme.color("border_strong")
            painter.setPen(QPen(fill if self.isChecked() else theme.color("border_strong"), 1))
            painter.setBrush(fill)
            painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), HEIGHT_PX / 2, HEIGHT_PX / 2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(knob)
            travel = WIDTH_PX - HEIGHT_PX
            painter.drawEllipse(QPointF(track.left() + HEIGHT_PX / 2 + travel * self._at, track.center().y()), 6.5, 6.5)
            if self.hasFocus():
                painter.setPen(QPen(theme.color("accent"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(
                    QRectF(self.rect()).adjusted(1, 1, -1, -1), HEIGHT_PX / 2 + 3, HEIGHT_PX / 2 + 3
                )
