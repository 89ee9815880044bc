"""Deletes what was taken from the list some seconds later: until then it can be taken back."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QFrame, QHBoxLayout, QWidget

from desktop_app import theme
from desktop_app.context import AppContext
from desktop_app.jobs import Job
from desktop_app.widgets.elided_label import ElidedLabel

UNDO_SHOWN_MS = 8_000


class UndoBar(QFrame):
    """Names what was deleted last and offers to take it back, until its time is over or the app ends.

    Args:
        keys: what takes it back on this page, too.

    Signals:
        changed(): it was shown or hidden.
        taken_back(int): the last deletion does not come about; one of its items, None where it has none.
        settled(): nothing brings back any more what was offered.
        deleted(): what had waited is gone from the disk, or could not be deleted.
    """

    changed = Signal()
    taken_back = Signal(object)  # a number of 64 bits
    settled = Signal()
    deleted = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None, *, keys: str = "") -> None:
        super().__init__(parent)
        self._context = context
        self._waiting: frozenset[int] = frozenset()  # these can be taken back
        self._going: frozenset[int] = frozenset()  # these cannot, and may still be in the history
        self._left_ms = 0  # while a dialog is open

        self.setProperty("role", "card")
        self.text = ElidedLabel()
        tip = self.tr("Take the deletion back")
        self.button = theme.button(self.tr("Undo"), tip=f"{tip} ({keys})" if keys else tip)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_M, theme.SPACE_XS, theme.SPACE_XS, theme.SPACE_XS)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.button)
        self.hide()

        self.timer = QTimer(self, singleShot=True, interval=UNDO_SHOWN_MS, timerType=Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self.delete_now)
        self.button.clicked.connect(self.take_back)
        QGuiApplication.instance().focusWindowChanged.connect(self._on_focus_window_changed)  # type: ignore[union-attr]
        context.closing.connect(self.delete_now)

    @property
    def hidden_items(self) -> frozenset[int]:
        """Items that are not listed any more."""
        return self._waiting | self._going

    def delete_soon(self, item_ids: list[int], titles: list[str]) -> None:
        """Takes the place of the deletion before, which becomes final."""
        text = (
            self.tr("Deleted: {title}").format(title="".join(titles))
            if len(item_ids) == 1
            else self.tr("{count} items deleted").format(count=len(item_ids))
        )
        self.offer(text, "\n".join(titles), frozenset(item_ids))

    def offer(self, text: str, tip: str = "", item_ids: frozenset[int] = frozenset()) -> None:
        """Offers to take back what the page did, which is the page's to make final; as `delete_soon` otherwise."""
        self.delete_now()
        self._waiting = item_ids
        self.text.setText(text)
        self.text.setToolTip(tip)
        self.timer.start(UNDO_SHOWN_MS)
        self.show()
        self.changed.emit()

    def take_back(self) -> None:
        """Takes the last deletion back, while the bar offers it."""
        if self.isHidden():
            return
        item_ids, self._waiting = self._waiting, frozenset()
        self._end()
        self.taken_back.emit(min(item_ids, default=None))

    def delete_now(self) -> None:
        """Deletes what waits for it; nothing brings it back."""
        is_offered = not self.isHidden()
        self._end()
        if is_offered:
            self.settled.emit()
        history, item_ids = self._context.history, self._waiting
        if history is None or not item_ids:
            return
        self._going |= item_ids
        self._waiting = frozenset()
        self._context.items_deleted.emit(item_ids)

        def work(_job: Job) -> None:
            for deleted in [history.delete(item_id) for item_id in item_ids]:
                deleted.result()

        def show() -> None:
            self._going -= item_ids
            self.deleted.emit()

        self._context.run(work, on_ended=show)

    def _end(self) -> None:
        self.timer.stop()
        self._left_ms = 0
        self.hide()
        self.changed.emit()

    def _on_focus_window_changed(self, _window: object) -> None:
        """Time stands still while a dialog hides what can be taken back."""
        if isinstance(QApplication.activeWindow(), QDialog):
            if self.timer.isActive():
                self._left_ms = self.timer.remainingTime()
                self.timer.stop()
        elif self._left_ms:
            self.timer.start(self._left_ms)
            self._left_ms = 0
