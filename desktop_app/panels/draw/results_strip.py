"""The pictures that were kept, newest first; a click or an arrow key shows one, a right click says what else."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QListView, QSizePolicy, QWidget

from desktop_app import theme
from desktop_app.canvas.pictures import image_of
from desktop_app.sessions.sketch_session import Made
from workers.results import GeneratedImage

SIDE_PX = 64
MOST_PX = (1 << 24) - 1  # of Qt: no limit
MADE_ROLE = Qt.ItemDataRole.UserRole
AnyIndex = QModelIndex | QPersistentModelIndex


class ResultsStrip(QListView):
    """Shows results; what is done with one is the page's to say.

    Signals:
        chosen(Made), menu_requested(Made, QPoint): with the place on the screen.
        delete_requested(Made): by the key.
    """

    chosen = Signal(object)
    delete_requested = Signal(object)
    menu_requested = Signal(object, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Results()
        self.setModel(self._model)
        self.setWrapping(False)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setIconSize(QSize(SIDE_PX, SIDE_PX))
        self.setGridSize(QSize(SIDE_PX + theme.SPACE_M, SIDE_PX + theme.SPACE_M))
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._is_upright = True
        self.set_upright(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(self.tr("Pictures that were made"))
        self.customContextMenuRequested.connect(self._on_menu)
        self.clicked.connect(lambda index: self.chosen.emit(index.data(MADE_ROLE)))
        self.activated.connect(lambda index: self.chosen.emit(index.data(MADE_ROLE)))

    def show_results(self, results: Sequence[Made]) -> None:
        self._model.show_results(results)
        if results:
            self.setCurrentIndex(self._model.index(0))

    @property
    def current(self) -> Made | None:
        made: Made | None = self.currentIndex().data(MADE_ROLE)
        return made

    def set_upright(self, is_upright: bool) -> None:
        """Has the pictures stand below each other, or beside."""
        if is_upright == self._is_upright:
            return
        self._is_upright = is_upright
        fixed, ignored = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored
        on, off = Qt.ScrollBarPolicy.ScrollBarAsNeeded, Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setFlow(QListView.Flow.TopToBottom if is_upright else QListView.Flow.LeftToRight)
        self.setHorizontalScrollBarPolicy(off if is_upright else on)
        self.setVerticalScrollBarPolicy(on if is_upright else off)
        self.setMinimumSize(0, 0)
        self.setMaximumSize(MOST_PX, MOST_PX)
        self.setSizePolicy(*((fixed, ignored) if is_upright else (ignored, fixed)))
        # With room for the bar from the start: whatever comes, what is drawn on stays where it is.
        picture_px = SIDE_PX + theme.SPACE_M + 2
        if is_upright:
            self.setFixedWidth(picture_px + self.verticalScrollBar().sizeHint().width())
        else:
            self.setFixedHeight(picture_px + self.horizontalScrollBar().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._model.rowCount() == 0 and not self._is_upright:
            with QPainter(self.viewport()) as painter:
                painter.setFont(theme.font("caption"))
                painter.setPen(theme.color("muted"))
                painter.drawText(
                    self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Finished pictures stay here.")
                )

    def event(self, event: QEvent) -> bool:
        """Del is about the picture here, before it is the canvas's."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Delete)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows leaf through the pictures, Del deletes one."""
        if event.matches(QKeySequence.StandardKey.Delete):
            if self.current is not None:
                self.delete_requested.emit(self.current)
            return
        before = self.currentIndex()
        super().keyPressEvent(event)
        if self.current is not None and self.currentIndex() != before:
            self.chosen.emit(self.current)

    def _on_menu(self, point: QPoint) -> None:
        index = self.indexAt(point)
        if index.isValid():
            self.menu_requested.emit(index.data(MADE_ROLE), self.viewport().mapToGlobal(point))


class _Results(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self._results: list[Made] = []
        self._icons: dict[GeneratedImage, QIcon] = {}

    def show_results(self, results: Sequence[Made]) -> None:
        self.beginResetModel()
        self._results = list(reversed(results))
        images = {made.image for made in results}
        self._icons = {image: icon for image, icon in self._icons.items() if image in images}
        self.endResetModel()

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._results)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        made = self._results[index.row()]
        request = made.image.request
        if role == MADE_ROLE:
            return made
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(made.image)
        if role == Qt.ItemDataRole.ToolTipRole:
            words = request.prompt or self.tr("Without words")
            return f"{words}\n" + self.tr("Seed {seed} · {steps} steps · {seconds:.1f} s").format(
                seed=request.seed, steps=request.n_steps_run, seconds=made.image.seconds
            )
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return request.prompt or self.tr("Without words")
        return None

    def _icon(self, image: GeneratedImage) -> QIcon:
        if image not in self._icons:
            side = 2 * SIDE_PX  # for displays of double density
            small = image_of(image.pixels).scaled(
                side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            icon = QIcon()
            for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):  # Qt would tint what is selected
                icon.addPixmap(QPixmap.fromImage(small), mode)
            self._icons[image] = icon
        return self._icons[image]
