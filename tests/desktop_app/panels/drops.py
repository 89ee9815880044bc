"""What is dragged onto a widget and dropped there, as Qt tells it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget


def drop(widget: QWidget, data: QMimeData, before: Callable[[], object] = lambda: None) -> None:
    """Drags something over a widget and drops it; `before` is called in between."""
    buttons, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    at = QPoint(10, 10)
    QApplication.sendEvent(widget, QDragEnterEvent(at, action, data, buttons, keys))
    before()
    QApplication.sendEvent(widget, QDropEvent(at, action, data, buttons, keys))


def of_files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data
