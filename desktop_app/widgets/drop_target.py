"""What covers a page while files are dragged over it, and which files were dropped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRect, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from desktop_app import theme


class DropTarget(QWidget):
    """Says what a drop on its page would do while something wanted is over it, and hands over what is dropped."""

    def __init__(
        self,
        page: QWidget,
        text: str,
        is_wanted: Callable[[QMimeData], bool],
        take: Callable[[QMimeData], object],
    ) -> None:
        super().__init__(page)
        self._page, self._text = page, text
        self._is_wanted, self._take = is_wanted, take
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        page.setAcceptDrops(True)
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event:
            case QDropEvent() if event.type() == QEvent.Type.Drop:
                self.hide()
                event.acceptProposedAction()
                self._take(event.mimeData())
            case QDragEnterEvent() if self._is_wanted(event.mimeData()):
                event.acceptProposedAction()
                self._cover()
            case QDragLeaveEvent():
                self.hide()
            case QResizeEvent():
                self.setGeometry(self._page.rect())
                return False
            case _:
                return super().eventFilter(watched, event)
        return True

    def _cover(self) -> None:
        self.setGeometry(self._page.rect())
        self.show()
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), theme.color("surface", 0.85))
            painter.setPen(QPen(theme.color("accent"), 2, Qt.PenStyle.DashLine))
            frame: QRect = self.rect().adjusted(theme.SPACE_L, theme.SPACE_L, -theme.SPACE_L, -theme.SPACE_L)
            painter.setBrush(theme.color("accent_soft", 0.6))
            painter.drawRoundedRect(frame, theme.RADIUS_L, theme.RADIUS_L)
            painter.setPen(theme.color("accent"))
            painter.setFont(theme.font("title"))
            painter.drawText(frame, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._text)


def paths_in(data: QMimeData) -> list[Path]:
    """The files of this machine that are dragged or pasted."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def has_paths(data: QMimeData) -> bool:
    return bool(paths_in(data))


def has_pictures(data: QMimeData) -> bool:
    """Whether there is a picture, or a file that may be one."""
    return data.hasImage() or has_paths(data)
