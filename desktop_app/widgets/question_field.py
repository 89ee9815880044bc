"""Where a question is written: it grows with it, Enter sends it, and the arrows bring back what was asked before."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from desktop_app import theme

LINES_SHOWN, FEW_LINES_SHOWN = 5, 3  # at most; a longer question scrolls
REMEMBERED = 50


class QuestionField(QPlainTextEdit):
    """Shift+Enter begins a new line. It keeps the focus when a question is sent.

    Signals:
        sent(str): Enter was pressed; not empty, without space around it. The field is not cleared.
        picture_pasted(QMimeData): a picture or files instead of text.
    """

    sent = Signal(str)
    picture_pasted = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked: list[str] = []
        self._recalled = 0  # how far back; 0 is what is being written
        self._draft = ""
        self._most_lines = LINES_SHOWN
        self.setAccessibleName(name)
        self.setPlaceholderText(name)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(2)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        theme.theme().changed.connect(self._fit)
        self._fit()

    def set_flat(self, is_flat: bool) -> None:
        """Takes less height."""
        self._most_lines = FEW_LINES_SHOWN if is_flat else LINES_SHOWN
        self._fit()

    def send(self) -> None:
        """As Enter does."""
        if text := self.toPlainText().strip():
            self.sent.emit(text)

    def remember(self, question: str) -> None:
        """Clears the field: the question was taken, and Up brings it back."""
        if question in self._asked:
            self._asked.remove(question)
        self._asked = [*self._asked, question][-REMEMBERED:]
        self._recalled, self._draft = 0, ""
        self.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, is_plain = Qt.Key(event.key()), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and is_plain:
            self.send()
        elif key is Qt.Key.Key_Up and is_plain and self._is_at(QTextCursor.MoveOperation.Up):
            self._recall(self._recalled + 1)
        elif key is Qt.Key.Key_Down and is_plain and self._recalled and self._is_at(QTextCursor.MoveOperation.Down):
            self._recall(self._recalled - 1)
        elif key is Qt.Key.Key_Escape:
            event.ignore()  # the page knows what to stop
        else:
            super().keyPressEvent(event)

    def _is_at(self, way: QTextCursor.MoveOperation) -> bool:
        """There is no line that way."""
        cursor = self.textCursor()
        return not cursor.movePosition(way)

    def _recall(self, number: int) -> None:
        if number > len(self._asked):
            return
        if not self._recalled:
            self._draft = self.toPlainText()
        self._recalled = number
        self.setPlainText(self._asked[-number] if number else self._draft)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasImage() or source.hasUrls() or source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasImage() or (source.hasUrls() and any(url.isLocalFile() for url in source.urls())):
            self.picture_pasted.emit(source)
        else:
            self.insertPlainText(source.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def _fit(self) -> None:
        line_px = self.fontMetrics().lineSpacing()
        lines, block = 0, self.document().begin()
        while block.isValid():
            lines += max(1, block.layout().lineCount())
            block = block.next()
        shown = min(self._most_lines, max(1, lines))
        margins = self.contentsMargins()
        frame = margins.top() + margins.bottom() + 2 * round(self.document().documentMargin())
        self.setFixedHeight(max(theme.CONTROL_HEIGHT + 4, shown * line_px + frame + 8))
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAsNeeded if lines > shown else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
