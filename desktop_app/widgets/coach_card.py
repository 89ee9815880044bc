"""A card that explains a page the first time, until it is dismissed for good."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app import theme
from desktop_app.context import AppContext


class CoachCard(QWidget):
    """Some lines of (icon, text), and a button that never shows them again."""

    def __init__(
        self, context: AppContext, hint_id: str, lines: list[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        frame = QFrame()
        frame.setProperty("role", "card")
        self._context, self._hint_id = context, hint_id
        self._icons: list[tuple[QLabel, str]] = []

        self.dismiss_button = theme.button(self.tr("Got it"), "quiet", tip=self.tr("Do not show this again"))
        self.dismiss_button.clicked.connect(self._on_dismissed)
        texts = QGridLayout()
        texts.setHorizontalSpacing(theme.SPACE_M)
        texts.setVerticalSpacing(theme.SPACE_XS)
        texts.setColumnStretch(1, 1)
        for row, (icon_name, text) in enumerate(lines):
            mark = QLabel()
            mark.setFixedWidth(20)
            self._icons.append((mark, icon_name))
            texts.addWidget(mark, row, 0)
            texts.addWidget(theme.label(text, "muted", wrap=True), row, 1)
        layout = QHBoxLayout(frame)
        layout.setContentsMargins(theme.SPACE_L, theme.SPACE_S, theme.SPACE_S, theme.SPACE_S)
        layout.setSpacing(theme.SPACE_S)
        layout.addLayout(texts, 1)
        layout.addWidget(self.dismiss_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        theme.theme().changed.connect(self._show_icons)
        self._show_icons()
        self.show_if_wanted(True)

    def show_if_wanted(self, is_place: bool) -> None:
        """Shows the card where it belongs, unless it was dismissed."""
        self.setVisible(is_place and self._hint_id not in self._context.settings.window.hints_dismissed)

    def _show_icons(self) -> None:
        for mark, name in self._icons:
            mark.setPixmap(theme.icon(name, "accent").pixmap(18, 18))

    def _on_dismissed(self) -> None:
        dismissed = self._context.settings.window.hints_dismissed
        self._context.change_setting("window.hints_dismissed", [*dismissed, self._hint_id])
        self.hide()
