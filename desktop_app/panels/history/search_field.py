"""Where one types what to find, or gives a picture to find others like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop_app import theme
from desktop_app.canvas.pictures import frame_of
from desktop_app.sessions.library_session import PictureQuery
from desktop_app.widgets.drop_target import paths_in
from desktop_app.widgets.elided_label import ElidedLabel
from desktop_app.widgets.frame_view import image_of

if TYPE_CHECKING:
    from pathlib import Path

    from workers.results import Frame

SEARCH_DELAY_MS = 150
CHIP_PX = 28


class SearchField(QWidget):
    """A line for words; a picture that was given stands below it, until words are typed.

    Signals:
        changed(): something else is to be found, a moment after the last letter.
        choose_clicked(): a picture shall be chosen among the files.
        left(): Enter or the arrow key was pressed, to go to what was found.
    """

    changed = Signal()
    choose_clicked = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._query = PictureQuery()
        self.line = _Line()
        self.line.setProperty("role", "search")
        self.line.setPlaceholderText(self.tr("Search what was said, seen and drawn"))
        self.line.setAccessibleName(self.tr("Search what was said, seen and drawn"))
        self.line.setToolTip(self.tr("Words that were said, or what a picture shows (Ctrl+F)"))
        self.line.setClearButtonEnabled(True)
        self.line.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.choose_action = self.line.addAction(theme.icon("image"), QLineEdit.ActionPosition.TrailingPosition)
        self.choose_action.setToolTip(self.tr("Find pictures like another one: choose it, drop it here or paste it"))
        self.chip = QFrame()
        self.chip.setProperty("role", "card")
        self.small = QLabel()
        self.chip_text = ElidedLabel(self.tr("Pictures like this one"))
        self.close_button = theme.icon_button("close", self.tr("Show everything again"))
        self.chip.hide()

        row = QHBoxLayout(self.chip)
        row.setContentsMargins(theme.SPACE_XS, 2, 2, 2)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self.small)
        row.addWidget(self.chip_text, 1)
        row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_S)
        column.addWidget(self.line)
        column.addWidget(self.chip)
        self.setFocusProxy(self.line)

        self._timer = QTimer(self, singleShot=True, interval=SEARCH_DELAY_MS)
        self._timer.timeout.connect(self._on_typed)
        self.line.textChanged.connect(self._timer.start)
        self.line.picture_pasted.connect(self.take)
        self.line.left.connect(self.left)
        self.choose_action.triggered.connect(self.choose_clicked)
        self.close_button.clicked.connect(self.clear)

    @property
    def query(self) -> PictureQuery:
        """What is to be found; another object whenever that changed."""
        return self._query

    @property
    def text(self) -> str:
        """Empty while a picture was given."""
        return self._query.text

    def take(self, data: QMimeData | None) -> bool:
        """Takes a picture that was dropped or pasted; whether there is one."""
        if data is None:  # some platforms have nothing for an empty clipboard
            return False
        if data.hasImage():
            image = QImage(data.imageData())
            self.show_like(frame_of(image), image)
            return True
        paths = paths_in(data)
        if paths and paths[0].is_file():
            self.show_like(paths[0])
            return True
        return False

    def show_like(self, picture: Path | Frame, image: QImage | None = None) -> None:
        """Finds pictures like another one; `image` is it where it is known already."""
        self._set_text("")
        self._query = PictureQuery(like=picture)
        self.set_small(QImage() if image is None else image)
        self.chip.show()
        self.changed.emit()

    def set_small(self, image: QImage) -> None:
        """The picture that was given, in small; its icon while there is none."""
        if image.isNull():
            self.small.setPixmap(theme.icon("image").pixmap(CHIP_PX - 8, CHIP_PX - 8))
            return
        ratio = self.devicePixelRatioF()
        side = round(CHIP_PX * ratio)
        small = image.scaled(
            2 * side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        small.setDevicePixelRatio(ratio)
        self.small.setPixmap(QPixmap.fromImage(small))

    def set_small_frame(self, frame: Frame) -> None:
        self.set_small(image_of(frame))

    def clear(self) -> None:
        """Finds everything again."""
        had_picture = self._query.like is not None
        self._set_text("")
        self._end_picture()
        self._query = PictureQuery()
        if had_picture:
            self.line.setFocus()
        self.changed.emit()

    def _set_text(self, text: str) -> None:
        self.line.setText(text)
        self._timer.stop()  # who calls this says what is to be found

    def _end_picture(self) -> None:
        self.chip.hide()

    def _on_typed(self) -> None:
        text = self.line.text().strip()
        if self._query.like is not None and not text:
            return
        self._end_picture()
        if text != self._query.text or self._query.like is not None:
            self._query = PictureQuery(text)
        self.changed.emit()


class _Line(QLineEdit):
    """Takes a picture from the clipboard, too, and leaves drops to the page.

    Signals:
        picture_pasted(QMimeData).
        left(): Enter or the arrow key that leads to the list was pressed.
    """

    picture_pasted = Signal(QMimeData)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            data = QGuiApplication.clipboard().mimeData()
            if data is not None and not data.hasText() and data.hasImage():
                self.picture_pasted.emit(data)
                return
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.left.emit()
            return
        super().keyPressEvent(event)
