"""The frame that pages share: a title, a line below it, tools at the right, and the content."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractSpinBox, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop_app import theme


def page_action(page: QWidget, text: str, icon: str, keys: str, act: Callable[..., object]) -> QAction:
    """A command of the page, which the menu and the command palette list while it is open; `keys` may be empty."""
    action = QAction(theme.icon(icon), text, page)
    if keys:
        action.setShortcut(QKeySequence(keys))
    action.triggered.connect(act)
    page.addAction(action)
    return action


def enable(widget: QWidget, is_enabled: bool, tip: str, why_not: str) -> None:
    """Opens or closes a control; one that is closed says why."""
    widget.setEnabled(is_enabled)
    widget.setToolTip(tip if is_enabled else why_not)


def prepare_number(field: QAbstractSpinBox, name: str, tip: str) -> None:
    """Names a number field, and lets it tell of a number only when all of it was typed."""
    field.setAccessibleName(name)
    field.setToolTip(tip)
    field.setKeyboardTracking(False)
    field.lineEdit().setTextMargins(theme.SPACE_S, 0, theme.SPACE_S, 0)  # the sheet's padding does not reach it


class PageHeader(QWidget):
    """Title and tools; `tools` is the layout at the right."""

    def __init__(self, title: str, subtitle: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = theme.label(title, "title")
        self.subtitle = theme.label(subtitle, "muted", wrap=True)
        self.subtitle.setVisible(bool(subtitle))
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.title)
        texts.addWidget(self.subtitle)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(theme.SPACE_S)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_L)
        layout.addLayout(texts, 1)
        layout.addLayout(self.tools)
        layout.setAlignment(self.tools, Qt.AlignmentFlag.AlignTop)


class Column(QScrollArea):
    """A scrolling page whose content keeps to a column that reads well, centred in a wide window."""

    def __init__(self, max_width_px: int = theme.CONTENT_WIDTH, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._max_width_px = max_width_px
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        body.setProperty("role", "page")
        self.content = QVBoxLayout(body)
        self.content.setSpacing(theme.SPACE_L)
        self.setWidget(body)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        side = max(theme.SPACE_L, (self.viewport().width() - self._max_width_px) // 2)
        self.content.setContentsMargins(side, theme.SPACE_L, side, theme.SPACE_XXL)


class EmptyState(QWidget):
    """What a page shows when there is nothing to show: an icon, what it means, and what to do."""

    def __init__(self, icon_name: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._icon = QLabel()
        self.title = theme.label(title, "heading")
        self.text = theme.label(text, "muted", wrap=True)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SPACE_S)
        layout.addStretch(2)
        for widget in (self._icon, self.title, self.text):
            if isinstance(widget, QLabel):
                widget.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(widget)
        layout.addStretch(3)
        theme.theme().changed.connect(self._show_icon)
        self._show_icon()

    def add_below(self, widget: QWidget) -> None:
        """What one can do about it, below the text."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertSpacing(layout.count() - 1, theme.SPACE_S)
        layout.insertWidget(layout.count() - 1, widget, 0, Qt.AlignmentFlag.AlignHCenter)

    def _show_icon(self) -> None:
        self._icon.setPixmap(theme.icon(self._icon_name, "faint").pixmap(40, 40))
