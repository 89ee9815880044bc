"""The drawings of before, as pictures: to open one again, or to delete it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop_app import theme
from desktop_app.canvas.drawings import KeptDrawing
from desktop_app.sessions.sketch_session import SketchSession

SIDE_PX = 144
SIZE_PX = (620, 460)


class DrawingsDialog(QDialog):
    """A double click or Enter opens a drawing; Del asks, and deletes it for good."""

    def __init__(self, session: SketchSession, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Drawings"))
        self._session = session
        self.text = theme.label(self.tr("Looking for drawings …"), "muted", wrap=True)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Drawings, newest first"))
        self.list.setViewMode(QListWidget.ViewMode.IconMode)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setMovement(QListWidget.Movement.Static)
        self.list.setIconSize(QSize(SIDE_PX, SIDE_PX))
        self.list.setSpacing(theme.SPACE_S)
        self.question = theme.label(self.tr("Delete this drawing for good?"), "strong")
        self.keep = theme.button(self.tr("Keep"), "quiet")
        self.remove = theme.button(self.tr("Delete"), "danger", "trash")
        self.ask = theme.button(self.tr("Delete…"), "quiet", "trash", tip=self.tr("Delete the drawing (Del)"))
        self.open_button = theme.button(self.tr("Open"), "primary", tip=self.tr("Open the drawing (Enter)"))
        self.open_button.setDefault(True)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self.ask)
        row.addWidget(self.question)
        row.addStretch(1)
        for button in (self.keep, self.remove, self.open_button):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_L, theme.SPACE_L, theme.SPACE_L, theme.SPACE_L)
        layout.setSpacing(theme.SPACE_M)
        layout.addWidget(self.text)
        layout.addWidget(self.list, 1)
        layout.addLayout(row)
        self.resize(*SIZE_PX)

        self.list.itemSelectionChanged.connect(self._show)
        self.list.itemDoubleClicked.connect(self._on_open)
        self.open_button.clicked.connect(self._on_open)
        self.ask.clicked.connect(lambda: self._ask_removal(True))
        self.keep.clicked.connect(lambda: self._ask_removal(False))
        self.remove.clicked.connect(self._on_remove)
        self.finished.connect(self._on_finished)
        session.drawing.deleted.connect(self._on_deleted)
        self._job = session.drawing.find(round(SIDE_PX * self.devicePixelRatioF()), self._add)
        self._job.ended.connect(self._show)
        self._show()

    def _add(self, kept: KeptDrawing) -> None:
        moment = QDateTime.fromSecsSinceEpoch(int(kept.changed_s))
        item = QListWidgetItem(self._icon_of(kept), QLocale().toString(moment, QLocale.FormatType.ShortFormat))
        item.setData(Qt.ItemDataRole.UserRole, kept.folder)
        self.list.addItem(item)
        if self.list.count() == 1:
            self.list.setCurrentRow(0)
            self.list.setFocus()

    def _icon_of(self, kept: KeptDrawing) -> QIcon:
        """The picture in the middle of a square, with a line around it: paper on paper has no edge."""
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(QSize(SIDE_PX, SIDE_PX) * ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            place = kept.picture.rect()
            place.moveCenter(pixmap.rect().center())
            painter.drawImage(place, kept.picture)
            painter.setPen(theme.color("border_strong"))
            painter.drawRect(place.adjusted(0, 0, -1, -1))
        pixmap.setDevicePixelRatio(ratio)
        icon = QIcon(pixmap)
        icon.addPixmap(pixmap, QIcon.Mode.Selected)  # in its own colours
        return icon

    def _show(self) -> None:
        is_chosen, is_over = bool(self.list.selectedItems()), self._job.isFinished()
        self.text.setVisible(not self.list.count())
        if is_over:
            self.text.setText(self.tr("There is no drawing but the one on the canvas. Ctrl+N begins another one."))
        self.open_button.setEnabled(is_chosen)
        self.ask.setEnabled(is_chosen)
        self._ask_removal(False)

    def _ask_removal(self, is_asked: bool) -> None:
        for widget in (self.question, self.keep, self.remove):
            widget.setVisible(is_asked)
        for widget in (self.ask, self.open_button):
            widget.setVisible(not is_asked)
        if is_asked:
            self.keep.setFocus()

    @property
    def _folder(self) -> Path:
        folder: Path = self.list.selectedItems()[0].data(Qt.ItemDataRole.UserRole)
        return folder

    def _on_open(self) -> None:
        self._session.drawing.open(self._folder)
        self.accept()

    def _on_remove(self) -> None:
        self._session.drawing.delete(self._folder)
        self._ask_removal(False)
        self.list.setFocus()

    def _on_deleted(self, folder: Path) -> None:
        for row in reversed(range(self.list.count())):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) == folder:
                self.list.takeItem(row)
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.ask.isVisible() and self.ask.isEnabled():
            self._ask_removal(True)
        else:
            super().keyPressEvent(event)

    def _on_finished(self) -> None:
        self._job.cancel()
        self._job.abandon()
