"""Finds a text in a transcript: a field, how many places there are, and the way from one to the next."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from desktop_app import theme
from desktop_app.history.search import fold, terms_of
from desktop_app.widgets.transcript_view import TranscriptView


class FindBar(QFrame):
    """Hidden until `open_with`; Enter goes on, Shift+Enter back, Escape closes."""

    def __init__(self, view: TranscriptView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._terms: list[str] = []  # folded, of what is in the field
        self.setProperty("role", "card")
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find in this transcript"))
        self.field.setAccessibleName(self.tr("Find in this transcript"))
        self.field.setToolTip(self.tr("Enter finds the next place, Shift+Enter the one before"))
        self.field.setClearButtonEnabled(True)
        self.count = theme.label("", "caption")
        self._previous = theme.icon_button("chevron-left", self.tr("Previous"), tip=self.tr("Previous (Shift+Enter)"))
        self._next = theme.icon_button("chevron-right", self.tr("Next"), tip=self.tr("Next (Enter)"))
        self._close = theme.icon_button("close", self.tr("Close"), tip=self.tr("Close (Esc)"))

        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_S, theme.SPACE_XS, theme.SPACE_S, theme.SPACE_XS)
        row.setSpacing(theme.SPACE_XS)
        row.addWidget(self.field, 1)
        row.addWidget(self.count)
        for button in (self._previous, self._next, self._close):
            row.addWidget(button)

        self.field.textChanged.connect(self._find)
        self._previous.clicked.connect(self.find_previous)
        self._next.clicked.connect(self.find_next)
        self._close.clicked.connect(self.close_bar)
        self.hide()

    def open_with(self, text: str = "") -> None:
        """Shows the bar with the cursor in its field."""
        self.show()
        self.field.setFocus()
        if text:
            self.field.setText(text)
        self.field.selectAll()

    def show_found(self, query: str, seconds: float, track: str = "") -> None:
        """Shows where the words of a search stand, beginning at a time; the keys stay where they are."""
        self.field.blockSignals(True)
        self.field.setText(query)
        self.field.blockSignals(False)
        self._terms = terms_of(query)
        self._show(*self._view.jump_to(seconds, track, self._terms))
        self.show()

    def end_found(self) -> None:
        """Hides the bar and its marks; the keys stay where they are."""
        self.hide()
        self._view.clear_marks()

    def close_bar(self) -> None:
        """Hides the bar and its marks."""
        self.end_found()
        self._view.setFocus()

    def find_next(self) -> None:
        self._show(*self._view.find_terms(self._terms))

    def find_previous(self) -> None:
        self._show(*self._view.find_terms(self._terms, backwards=True))

    def _find(self, text: str) -> None:
        self._terms = [fold(text)] if text.strip() else []  # as it is typed, spaces and all
        self._view.clear_marks()
        self._show(*self._view.find_terms(self._terms))

    def _show(self, which: int, count: int) -> None:
        if not self.field.text():
            self.count.clear()
        elif not count:
            self.count.setText(self.tr("Not found"))
        else:
            self.count.setText(self.tr("{which} of {count}").format(which=which, count=count))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.find_previous()
            else:
                self.find_next()
        else:
            super().keyPressEvent(event)
