"""Covers a screen until a part of it was marked by a drag, or Enter took all of it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QScreen
from PySide6.QtWidgets import QWidget

from desktop_app import theme

SHADE = QColor(0, 0, 0, 110)
SMALLEST_PX = 16


class ScreenPicker(QWidget):
    """Esc, or a click without a drag, marks nothing.

    Signals:
        picked(tuple[int, int, int, int]): left, top, right, bottom in pixels of all screens together.
    """

    picked = Signal(object)

    def __init__(self, screen: QScreen, parent: QWidget) -> None:
        kind = Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        super().__init__(parent, kind)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(self.tr("Part of the screen"))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._screen = screen
        self._behind = screen.grabWindow(0)  # the window itself need not be see-through, which takes a compositor
        self._pressed_at: QPoint | None = None
        self._marked = QRect()
        self.setGeometry(screen.geometry())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is not None:
            self._marked = QRect(self._pressed_at, event.position().toPoint()).normalized()
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        if min(self._marked.width(), self._marked.height()) >= SMALLEST_PX:
            self._pick(self._marked)
        else:
            self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick(self.rect())
        elif event.key() == Qt.Key.Key_Escape:
            self.close()

    def _pick(self, part: QRect) -> None:
        self.close()
        ratio, origin = self._screen.devicePixelRatio(), self._screen.geometry().topLeft()  # Qt leaves it unscaled
        left, top = origin.x() + part.left() * ratio, origin.y() + part.top() * ratio
        edges = (left, top, left + part.width() * ratio, top + part.height() * ratio)
        self.picked.emit(tuple(round(edge) for edge in edges))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.drawPixmap(self.rect(), self._behind)
            painter.fillRect(self.rect(), SHADE)
            if not self._marked.isEmpty():
                painter.drawPixmap(self._marked, self._behind, self._in_pixels(self._marked))
                painter.setPen(QPen(theme.color("accent"), 2))
                painter.drawRect(self._marked)
                return
            painter.setFont(theme.font("title"))
            painter.setPen(QColor(255, 255, 255))
            text = self.tr("Drag over the part to look at. Enter takes all of it, Esc nothing.")
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), text)

    def _in_pixels(self, part: QRect) -> QRect:
        ratio = self._behind.width() / max(1, self.width())
        return QRect(
            round(part.left() * ratio),
            round(part.top() * ratio),
            round(part.width() * ratio),
            round(part.height() * ratio),
        )
