"""The left side of the history: a search field, filters, the list, and how much there is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListView, QStackedWidget, QVBoxLayout, QWidget

from desktop_app import theme
from desktop_app.panels.history.undo_bar import UndoBar
from desktop_app.widgets.elided_combo import ElidedCombo
from desktop_app.widgets.history_list import ROW_ROLE, HistoryDelegate, HistoryModel, Row
from desktop_app.widgets.page import EmptyState

SEARCH_DELAY_MS = 150
MIN_WIDTH_PX = 220


class HistorySide(QWidget):
    """What is searched for, and what was found.

    Signals:
        query_changed(): other words or filters, a moment after the last letter.
        selection_changed(): other rows are chosen; not while rows are exchanged.
    """

    query_changed = Signal()
    selection_changed = Signal()

    def __init__(self, undo_bar: UndoBar) -> None:
        super().__init__()
        self.search = QLineEdit()
        self.search.setProperty("role", "search")
        self.search.setPlaceholderText(self.tr("Search everything that was said"))
        self.search.setAccessibleName(self.tr("Search everything that was said"))
        self.search.setToolTip(self.tr("Search everything that was said (Ctrl+F)"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.kind = self._combo(
            self.tr("Kind"),
            [
                (self.tr("Everything"), ""),
                (self.tr("Recordings"), "recordings"),
                (self.tr("Files"), "files"),
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
        self.model = HistoryModel()
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(HistoryDelegate(self.list))
        self.list.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName(self.tr("Recordings"))
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.nothing = EmptyState("history", "", "")
        self.lists = QStackedWidget()
        self.lists.addWidget(self.list)
        self.lists.addWidget(self.nothing)
        self.total = theme.label("", "caption")

        filters = QHBoxLayout()
        filters.setSpacing(theme.SPACE_S)
        filters.addWidget(self.kind, 1)
        filters.addWidget(self.since, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_M, theme.SPACE_S)
        column.setSpacing(theme.SPACE_S)
        column.addWidget(self.search)
        column.addLayout(filters)
        column.addWidget(self.lists, 1)
        column.addWidget(undo_bar)
        column.addWidget(self.total)
        self.setMinimumWidth(MIN_WIDTH_PX)

        self._search_timer = QTimer(self, singleShot=True, interval=SEARCH_DELAY_MS)
        self._search_timer.timeout.connect(self.query_changed)
        self.search.textChanged.connect(self._search_timer.start)
        self.kind.currentIndexChanged.connect(self.query_changed)
        self.since.currentIndexChanged.connect(self.query_changed)
        self.list.selectionModel().selectionChanged.connect(self.selection_changed)

    def _combo(self, name: str, choices: list[tuple[str, object]]) -> ElidedCombo:
        combo = ElidedCombo(name, name)
        for text, value in choices:
            combo.addItem(text, value)
        return combo

    @property
    def query(self) -> str:
        return self.search.text().strip()

    @property
    def selected_rows(self) -> list[Row]:
        """In the order of the list."""
        indexes = sorted(self.list.selectionModel().selectedIndexes(), key=QModelIndex.row)
        return [index.data(ROW_ROLE) for index in indexes]

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Shows other rows; what was chosen stays so where it is still there."""
        selected = [row.item.id for row in self.selected_rows]
        selection = self.list.selectionModel()
        selection.blockSignals(True)
        self.model.set_rows(rows)
        for item_id in selected:
            if (row := self.model.row_of(item_id)) >= 0:
                selection.select(self.model.index(row), QItemSelectionModel.SelectionFlag.Select)
        selection.blockSignals(False)
        self.lists.setCurrentWidget(self.list if rows else self.nothing)
        if not rows:
            self._say_nothing()

    def choose(self, row: int) -> None:
        """Chooses a row, and no other."""
        self.list.setCurrentIndex(self.model.index(row))

    def _say_nothing(self) -> None:
        is_filtered = bool(self.query or self.kind.currentData() or self.since.currentData())
        self.nothing.title.setText(self.tr("Nothing found") if is_filtered else self.tr("Nothing here yet"))
        self.nothing.text.setText(
            self.tr("Try another word, or fewer of them.")
            if is_filtered
            else self.tr("What you record is kept here, on this machine only.")
        )
