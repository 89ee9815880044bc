"""What covers a page while files are dragged over it, and which files were dropped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_app import theme


class DropTarget(QWidget):
    """Says what a drop would do; the page shows and hides it."""

    def __init__(self, page: QWidget, text: str) -> None:
        super().__init__(page)
        self._page = page
        self._text = text
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self) -> None:
        """Lies over the whole page."""
        self.setGeometry(self._page.rect())
        self.show()
        self.raise_()

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
        painter.drawText(frame, int(Qt.AlignmentFlag.AlignCenter), self._text)


def paths_in(data: QMimeData) -> list[Path]:
    """The files of this machine that are dragged or pasted."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
