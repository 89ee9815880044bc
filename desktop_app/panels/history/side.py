"""The left side of the history: a search field, filters, the list, and how much there is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListView, QStackedWidget, QVBoxLayout, QWidget

from desktop_app import theme
from desktop_app.context import AppContext
from desktop_app.panels.history.folders import IndexBar
from desktop_app.panels.history.search import Filter
from desktop_app.panels.history.search_field import SearchField
from desktop_app.widgets.elided_combo import ElidedCombo
from desktop_app.widgets.elided_label import ElidedLabel
from desktop_app.widgets.history_list import ROW_ROLE, TILE_PX, HistoryDelegate, HistoryModel, Row
from desktop_app.widgets.page import EmptyState
from desktop_app.widgets.small_pictures import SmallPictures
from desktop_app.widgets.undo_bar import UndoBar

MIN_WIDTH_PX = 220


class HistorySide(QWidget):
    """What is searched for, and what was found.

    Signals:
        query_changed(): other words, another picture, or other filters.
        selection_changed(): other rows are chosen; not while rows are exchanged.
    """

    query_changed = Signal()
    selection_changed = Signal()

    def __init__(self, context: AppContext, undo_bar: UndoBar) -> None:
        super().__init__()
        self.search = SearchField()
        self.kind = self._combo(
            self.tr("Kind"),
            [
                (self.tr("Everything"), ""),
                (self.tr("Recordings"), "recordings"),
                (self.tr("Files"), "files"),
                (self.tr("Snapshots"), "snapshots"),
                (self.tr("Pictures"), "pictures"),
                (self.tr("Pinned"), "pinned"),
            ],
        )
        self.since = self._combo(
            self.tr("Date"),
            [
                (self.tr("Any time"), 0),
                (self.tr("Today"), 1),
                (self.tr("Last 7 days"), 7),
                (self.tr("Last 30 days"), 30),
            ],
        )
        self.folders_button = theme.icon_button(
            "folder", self.tr("Folders of pictures"), tip=self.tr("Find the pictures in your own folders, too")
        )
        self.model = HistoryModel()
        self.pictures = SmallPictures(context, 2 * TILE_PX)
        self.list = _List()
        self.list.setModel(self.model)
        self.list.setItemDelegate(HistoryDelegate(self.model, self.pictures, self.list))
        self.list.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName(self.tr("What was said, seen and drawn"))
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.nothing = EmptyState("history", "", "")
        self.nothing.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.add_folder_button = theme.button(self.tr("Add a folder of pictures…"), icon_name="folder")
        self.nothing.add_below(self.add_folder_button)
        self.lists = QStackedWidget()
        self.lists.addWidget(self.list)
        self.lists.addWidget(self.nothing)
        self.note = ElidedLabel("", "caption")
        self.note.hide()
        self.index_bar = IndexBar(context)
        self.total = ElidedLabel("", "caption")

        filters = QHBoxLayout()
        filters.setSpacing(theme.SPACE_S)
        filters.addWidget(self.kind, 1)
        filters.addWidget(self.since, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.total, 1)
        foot.addWidget(self.folders_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_M, theme.SPACE_S)
        column.setSpacing(theme.SPACE_S)
        column.addWidget(self.search)
        column.addLayout(filters)
        column.addWidget(self.lists, 1)
        column.addWidget(self.note)
        column.addWidget(self.index_bar)
        column.addWidget(undo_bar)
        column.addLayout(foot)
        self.setMinimumWidth(MIN_WIDTH_PX)

        self.search.changed.connect(self.query_changed)
        self.search.left.connect(self.list.setFocus)
        self.kind.currentIndexChanged.connect(self.query_changed)
        self.since.currentIndexChanged.connect(self.query_changed)
        self.list.selectionModel().selectionChanged.connect(self.selection_changed)
        self.pictures.came.connect(self.list.viewport().update)

    def _combo(self, name: str, choices: list[tuple[str, object]]) -> ElidedCombo:
        combo = ElidedCombo(name, name)
        for text, value in choices:
            combo.addItem(text, value)
        return combo

    @property
    def filter(self) -> Filter:
        return Filter(self.kind.currentData(), self.since.currentData())

    def show_everything(self) -> None:
        """Without words and filters."""
        for combo in (self.kind, self.since):
            combo.blockSignals(True)
            combo.setCurrentIndex(0)
            combo.blockSignals(False)
        self.search.clear()

    @property
    def selected_rows(self) -> list[Row]:
        """In the order of the list."""
        indexes = sorted(self.list.selectionModel().selectedIndexes(), key=QModelIndex.row)
        return [index.data(ROW_ROLE) for index in indexes]

    def set_rows(self, rows: Sequence[Row], *, is_complete: bool = True) -> None:
        """Shows other rows; what was chosen, and the place of the keys, stay so where they are still there.

        Args:
            is_complete: no more of them will come: where there are none, that is said.
        """
        selected = [row.key for row in self.selected_rows]
        current: Row | None = self.list.currentIndex().data(ROW_ROLE)
        selection = self.list.selectionModel()
        selection.blockSignals(True)
        self.model.set_rows(rows)
        for key in selected:
            if (row := self.model.row_of(key)) >= 0:
                selection.select(self.model.index(row), QItemSelectionModel.SelectionFlag.Select)
        if current is not None:
            index = self.model.index(self.model.row_of(current.key))
            selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        selection.blockSignals(False)
        had_focus = self.list.hasFocus() or self.nothing.hasFocus()
        shown = self.list if rows or not is_complete else self.nothing
        self.lists.setCurrentWidget(shown)
        if had_focus:  # else Qt gives it to a button
            shown.setFocus()
        if not rows:
            self._say_nothing()

    def choose(self, row: int) -> None:
        """Chooses a row, and no other, whatever keys are held down."""
        index = self.model.index(row)
        self.list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.list.scrollTo(index)

    def say(self, note: str, tip: str = "") -> None:
        """A line below the list; empty for none."""
        self.note.setText(note)
        self.note.setToolTip(tip or note)
        self.note.setVisible(bool(note))

    def _say_nothing(self) -> None:
        is_searched = bool(self.search.text) or self.search.query.like is not None
        is_waiting_for_pictures = not is_searched and self.kind.currentData() == "pictures"
        self.add_folder_button.setVisible(is_waiting_for_pictures)
        if is_waiting_for_pictures:
            title = self.tr("No pictures yet")
            text = self.tr("What you draw appears here, and the pictures in folders of your own.")
        elif self.search.query.like is not None:
            title, text = self.tr("Nothing found"), self.tr("No picture here looks like it.")
        elif is_searched or self.filter != Filter():
            title = self.tr("Nothing found")
            text = self.tr("Try other words, or fewer of them.")
        else:
            title = self.tr("Nothing here yet")
            text = self.tr("What you record and what you see is kept here, on this machine only.")
        self.nothing.title.setText(title)
        self.nothing.text.setText(text)


class _List(QListView):
    """Keeps F2 for the page, which renames with it what is chosen here; elsewhere it corrects a line."""

    def event(self, event: QEvent) -> bool:
        match event:
            case QKeyEvent() if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_F2:
                event.accept()
                return True
        return super().event(event)
