"""The notice that floats over the foot of a page: it moves nothing, takes no keys, and goes by itself."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app import theme
from desktop_app.context import Message
from desktop_app.widgets.banner import Banner

MAX_WIDTH_PX = 440
SHOWN_MS = 5_000
SHOWN_LONGER_MS = 10_000  # there is more to read, or something to decide
_LONG_WORD = re.compile(r"[!-~]{25,}")  # a path or an address, say
_BREAK_HERE = "\u200b"  # of no width: a line may end here


class Toast(Banner):
    """Stays as long as the mouse came over it or the keys are in it."""

    gives_way = True

    def __init__(self, content: QWidget) -> None:
        super().__init__(content)
        self._content = content
        self._page: QWidget | None = None
        self._feet: tuple[QWidget, ...] = ()
        self._frame.setProperty("role", "toast")
        for text in (self._sentence, self._hint):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._pointer = QPoint()  # where the mouse was when the notice appeared, perhaps below it
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self._on_time_over)
        theme.theme().changed.connect(self._place)  # and with it the font

    def lie_over(self, page: QWidget, feet: tuple[QWidget, ...] = ()) -> None:
        """Lies over the lower end of a page from now on, clear of those that are at its foot."""
        if self._page is not None:
            for before in (self._page, *self._feet):
                before.removeEventFilter(self)
        self._page, self._feet = page, feet
        for watched in (page, *feet):
            watched.installEventFilter(self)
        self._place()

    def post(self, message: Message) -> None:
        """Shows the message now; what is told again stays for longer."""
        super().post(message)
        self._pointer = QCursor.pos()
        self._timer.start(SHOWN_LONGER_MS if message.hint or message.action else SHOWN_MS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide):
            self._place()
        return super().eventFilter(watched, event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if self.message is not None:
            self._timer.start()

    def _show(self, message: Message | None) -> None:
        self._timer.stop()
        super()._show(message)

    def _fill(self, message: Message) -> None:
        """In its place before it is shown: else it could appear under the mouse, and would stay there."""
        super()._fill(message)
        for text in (self._sentence, self._hint):
            text.setText(_LONG_WORD.sub(lambda word: _BREAK_HERE.join(word[0]), text.text()))
        self._place()
        self.raise_()

    def _place(self) -> None:
        """As wide as its text and in the middle, above what is at the foot of the page."""
        if self.message is None or self._page is None:
            return
        room = self._page.width() - 2 * theme.SPACE_L
        for part in self.findChildren(QWidget):
            part.ensurePolished()  # with the font of the sheet
        texts = (self._sentence, self._hint)
        text_width = max(text.fontMetrics().horizontalAdvance(text.text()) for text in texts)
        self._row.activate()  # now, not when the events are: it has another text
        width = min(self.sizeHint().width() + text_width + 2, MAX_WIDTH_PX, room)
        self.resize(width, self.heightForWidth(width))
        tops = [foot.mapTo(self._page, QPoint()).y() for foot in self._feet if foot.isVisible()]
        bottom = min(tops) - theme.SPACE_S if tops else self._page.height() - theme.SPACE_L
        place = QPoint((self._page.width() - width) // 2, bottom - self.height())
        self.move(self._page.mapTo(self._content, place))

    def _on_time_over(self) -> None:
        is_pointed_at = self.underMouse() and QCursor.pos() != self._pointer
        if is_pointed_at or self.isAncestorOf(QApplication.focusWidget() or self._content):
            self._timer.start()
        else:
            self.dismiss()
