"""A heading that can be typed over: a title that is too long ends with three dots until the keys are on it."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QWidget

from desktop_app import theme

TEXT_GAP_PX = 2  # what Qt leaves at either side of the text


class TitleField(QLineEdit):
    """Looks like a heading, and like a field under the mouse or with the keys on it.

    Escape brings back what stood there, and so does leaving it empty.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Title"))
        self.setStyleSheet("QLineEdit:!focus:!hover { border-color: transparent; background: transparent; }")
        self._before = ""  # what stands there unless something else is typed and kept
        self.editingFinished.connect(self._on_finished)
        self._show_font()
        theme.theme().changed.connect(self._show_font)

    @property
    def shown_text(self) -> str:
        """What there is room for while the keys are elsewhere."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self._text_rect().width())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._before = self.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text() != self._before:
            self.setText(self._before)
        else:
            super().keyPressEvent(event)

    def _on_finished(self) -> None:
        if not self.text().strip():
            self.setText(self._before)
        self._before = self.text()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus() or self.shown_text == self.text():
            super().paintEvent(event)
            return
        with QPainter(self) as painter:
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, self._option(), painter, self)
            painter.setPen(self.palette().text().color())
            painter.drawText(self._text_rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), self.shown_text)

    def _option(self) -> QStyleOptionFrame:
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        return option

    def _text_rect(self) -> QRect:
        inner = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, self._option(), self)
        return inner.adjusted(TEXT_GAP_PX, 0, -TEXT_GAP_PX, 0)

    def _show_font(self) -> None:
        self.setFont(theme.font("heading"))
