"""History: everything that was said, found by a word, read, heard again, corrected and exported."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app import i18n, theme
from desktop_app.context import AppContext
from desktop_app.durations import clock_text
from desktop_app.history.records import Item, Media, StoredSegment, Totals
from desktop_app.history.store import History
from desktop_app.jobs import Job
from desktop_app.panels import PanelInfo
from desktop_app.sessions.file_queue import FileJob
from desktop_app.widgets.elided_combo import ElidedCombo
from desktop_app.widgets.elided_label import ElidedLabel
from desktop_app.widgets.history_list import ROW_ROLE, HistoryDelegate, HistoryModel, Row, title_of, when_text
from desktop_app.widgets.page import EmptyState, page_action
from desktop_app.widgets.transcript_pane import TranscriptPane, media_of

SEARCH_DELAY_MS = 150
UNDO_SHOWN_MS = 8_000
LIST_LIMIT = 2000
HITS_LIMIT = 500


@dataclass(frozen=True)
class Loaded:
    """One item with everything that its page shows."""

    item: Item
    segments: list[StoredSegment]
    media: list[Media]


class HistoryPanel(QWidget):
    """A list at the left, the chosen transcript at the right."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._loaded: Loaded | None = None
        self._wanted: int | None = None  # the item that is being loaded
        self._shown_query = ""
        self._deleted: set[int] = set()  # not in the list any more, and can be taken back
        self._going: set[int] = set()  # these cannot, and may still be in the history
        self._next_row: int | None = None  # to choose when the list was read again
        self._next_item: int | None = None

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
        self.total = theme.label("", "caption")
        self.undo_bar = QFrame()
        self.undo_bar.setProperty("role", "card")
        self.undo_text = ElidedLabel()
        self.undo_button = theme.button(self.tr("Undo"), tip=self.tr("Take the deletion back (Ctrl+Z)"))
        self.undo_bar.hide()
        self.nothing = EmptyState("history", "", "")
        self.lists = QStackedWidget()
        self.lists.addWidget(self.list)
        self.lists.addWidget(self.nothing)

        self.title = QLineEdit()
        self.title.setAccessibleName(self.tr("Title"))
        self.title.setToolTip(self.tr("Click to rename (Enter keeps the name)"))
        self.details = theme.label("", "caption")
        self.details.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.pin_button = theme.icon_button("pin", self.tr("Pin"), tip=self.tr("Pinned items are never deleted by age"))
        self.pin_button.setCheckable(True)
        self.copy_button = theme.icon_button("copy", self.tr("Copy"), tip=self.tr("Copy the selection or all (Ctrl+C)"))
        self.export_button = theme.icon_button("upload", self.tr("Export"), tip=self.tr("Export as text or subtitles"))
        self.again_button = theme.icon_button(
            "refresh", self.tr("Transcribe again"), tip=self.tr("Transcribe again with another model")
        )
        self.delete_button = theme.icon_button("trash", self.tr("Delete"), tip=self.tr("Delete (Del)"))
        self.pane = TranscriptPane(context)
        self.choose = EmptyState("history", self.tr("Choose a recording"), self.tr("Its text appears here."))
        self.blank = QWidget()
        self.right = QStackedWidget()

        self._lay_out()
        self._make_actions()
        self._connect()

    def _combo(self, name: str, choices: list[tuple[str, object]]) -> ElidedCombo:
        combo = ElidedCombo(name, name)
        for text, value in choices:
            combo.addItem(text, value)
        return combo

    def _lay_out(self) -> None:
        filters = QHBoxLayout()
        filters.setSpacing(theme.SPACE_S)
        filters.addWidget(self.kind, 1)
        filters.addWidget(self.since, 1)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_M, theme.SPACE_S)
        column.setSpacing(theme.SPACE_S)
        column.addWidget(self.search)
        column.addLayout(filters)
        column.addWidget(self.lists, 1)
        undo = QHBoxLayout(self.undo_bar)
        undo.setContentsMargins(theme.SPACE_M, theme.SPACE_XS, theme.SPACE_XS, theme.SPACE_XS)
        undo.addWidget(self.undo_text, 1)
        undo.addWidget(self.undo_button)
        column.addWidget(self.undo_bar)
        column.addWidget(self.total)

        self.title.setStyleSheet("QLineEdit:!focus:!hover { border-color: transparent; background: transparent; }")
        self.title.setFont(theme.font("heading"))
        head = QHBoxLayout()
        head.setSpacing(theme.SPACE_XS)
        head.addWidget(self.title, 1)
        for button in (self.pin_button, self.copy_button, self.export_button, self.again_button, self.delete_button):
            head.addWidget(button)
        player = QFrame()
        player.setProperty("role", "card")
        row = QHBoxLayout(player)
        row.setContentsMargins(theme.SPACE_S, theme.SPACE_XS, theme.SPACE_M, theme.SPACE_XS)
        row.addWidget(self.pane.player_bar)
        self.player = player
        detail = QWidget()
        column = QVBoxLayout(detail)
        column.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, theme.SPACE_L)
        column.setSpacing(theme.SPACE_XS)
        column.addLayout(head)
        column.addWidget(self.details)
        column.addSpacing(theme.SPACE_S)
        column.addWidget(self.pane, 1)
        column.addSpacing(theme.SPACE_S)
        column.addWidget(player)
        self.details.setContentsMargins(theme.SPACE_S + 2, 0, 0, 0)
        self.right.addWidget(self.blank)
        self.right.addWidget(self.choose)
        self.right.addWidget(detail)
        self.detail = detail

        splitter = QSplitter()
        splitter.addWidget(left)
        splitter.addWidget(self.right)
        splitter.setChildrenCollapsible(False)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 5)
        left.setMinimumWidth(220)
        self.right.setMinimumWidth(300)
        splitter.setSizes([340, 700])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)

    def _make_actions(self) -> None:
        self.rename_action = page_action(self, self.tr("Rename"), "edit", "", self._on_rename)
        self.pin_action = page_action(self, self.tr("Pin"), "pin", "", self.toggle_pin)
        self.delete_action = page_action(self, self.tr("Delete"), "trash", "Del", self.delete_selected)
        self.delete_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.list.addAction(self.delete_action)
        self.again_action = page_action(
            self, self.tr("Transcribe again with another model"), "refresh", "", self._on_again
        )
        self.addActions([self.pane.copy_timed_action, self.pane.edit_action, self.pane.undo_action])
        undo_keys = QKeySequence(QKeySequence.StandardKey.Undo).toString()
        self.undo_delete_action = page_action(
            self, self.tr("Take the deletion back"), "refresh", undo_keys, self.undo_delete
        )
        self.undo_delete_action.setEnabled(False)
        self.play_action = page_action(self, self.tr("Play or pause"), "play", "Space", self.pane.player.toggle)
        self.play_action.setAutoRepeat(False)
        find = page_action(self, self.tr("Find in this transcript"), "search", "Ctrl+Shift+F", self.find_in_transcript)
        find.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _connect(self) -> None:
        context = self._context
        self._search_timer = QTimer(self, singleShot=True, interval=SEARCH_DELAY_MS)
        self._search_timer.timeout.connect(self.refresh)
        self.search.textChanged.connect(self._search_timer.start)
        self.kind.currentIndexChanged.connect(self.refresh)
        self.since.currentIndexChanged.connect(self.refresh)
        self.list.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.list.customContextMenuRequested.connect(self._on_context_menu)
        self.title.editingFinished.connect(self._on_title_edited)
        self.pin_button.clicked.connect(self.toggle_pin)
        self.copy_button.clicked.connect(self._on_copy)
        self.export_button.clicked.connect(self._on_export)
        self.again_button.clicked.connect(self._on_again)
        self.delete_button.clicked.connect(self.delete_selected)
        self.undo_button.clicked.connect(self.undo_delete)
        self._undo_timer = QTimer(self, singleShot=True, interval=UNDO_SHOWN_MS, timerType=Qt.TimerType.PreciseTimer)
        self._undo_timer.timeout.connect(self._delete_now)
        self._undo_left_ms = 0  # while a dialog is open
        self.pane.undo_action.changed.connect(self._show_undo)
        QGuiApplication.instance().focusWindowChanged.connect(self._on_focus_window_changed)  # type: ignore[union-attr]
        self._context.closing.connect(self._delete_now)
        context.history_changed.connect(self.refresh)
        context.sessions.speech.finished.connect(self._on_recorded)
        context.sessions.files.job_changed.connect(self._on_job_changed)
        theme.theme().changed.connect(self._on_theme_changed)

    def _on_theme_changed(self) -> None:
        self.title.setFont(theme.font("heading"))

    # ── the list ────────────────────────────────────────────────────────────────────────────────────────────────────

    def refresh(self) -> None:
        """Reads the list again, in a thread."""
        history = self._context.history
        if history is None or not self.isVisible():
            return
        query, kind, days = self.search.text().strip(), self.kind.currentData(), self.since.currentData()

        def read(_job: Job) -> tuple[str, list[Row], Totals]:
            return query, _rows(history, query, kind, days), history.totals()

        self._context.run(read, on_done=lambda found: self._show_rows(*found))

    def _show_rows(self, query: str, rows: list[Row], totals: Totals) -> None:
        if query != self.search.text().strip():
            return  # another letter was typed meanwhile
        self._shown_query = query
        hidden = [row.item for row in rows if row.item.id in self._deleted | self._going]
        rows = [row for row in rows if row.item not in hidden]
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
            self._say_nothing(query)
        count = sum(totals.n_items.values()) - len(hidden)
        duration_s = totals.duration_s - sum(item.duration_s for item in hidden)
        size_bytes = totals.size_bytes - sum(item.size_bytes for item in hidden)
        self.total.setText("  ·  ".join((self._items_text(count), clock_text(duration_s), i18n.size_text(size_bytes))))
        next_row, self._next_row = self._next_row or 0, None
        if self._next_item is not None and self.model.row_of(self._next_item) >= 0:
            next_row, self._next_item = self.model.row_of(self._next_item), None
            self.list.setCurrentIndex(self.model.index(next_row))
        elif not self.selected_rows and rows:
            self.list.setCurrentIndex(self.model.index(min(next_row, len(rows) - 1)))
        else:
            self._show_selected()

    def _items_text(self, count: int) -> str:
        return self.tr("1 recording") if count == 1 else self.tr("{count} recordings").format(count=count)

    def _say_nothing(self, query: str) -> None:
        is_filtered = bool(query or self.kind.currentData() or self.since.currentData())
        self.nothing.title.setText(self.tr("Nothing found") if is_filtered else self.tr("Nothing here yet"))
        self.nothing.text.setText(
            self.tr("Try another word, or fewer of them.")
            if is_filtered
            else self.tr("What you record is kept here, on this machine only.")
        )

    @property
    def selected_rows(self) -> list[Row]:
        """In the order of the list."""
        indexes = sorted(self.list.selectionModel().selectedIndexes(), key=QModelIndex.row)
        return [index.data(ROW_ROLE) for index in indexes]

    def open_item(self, item_id: int) -> None:
        """Chooses an item of the list."""
        row = self.model.row_of(item_id)
        if row >= 0:
            self.list.setCurrentIndex(self.model.index(row))

    def _on_selection_changed(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        self._show_selected()

    def _on_recorded(self, _item_id: object) -> None:
        if self._context.history is not None:
            self._refresh_when_written(self._context.history)

    def _on_job_changed(self, job: FileJob) -> None:
        if job.state.is_over:
            self.refresh()

    # ── the transcript ──────────────────────────────────────────────────────────────────────────────────────────────

    def _show_selected(self) -> None:
        rows = self.selected_rows
        if len(rows) != 1:
            self._loaded, self._wanted = None, None
            self.pane.show_nothing()
            self.choose.title.setText(
                self.tr("{count} chosen").format(count=len(rows)) if rows else self.tr("Choose a recording")
            )
            self.choose.text.setText(self.tr("Del deletes them.") if rows else self.tr("Its text appears here."))
            self.right.setCurrentWidget(self.choose if self.model.rows else self.blank)
            return
        (row,) = rows
        if self._loaded is not None and self._loaded.item == row.item:
            self._jump_to_hit(row)
            return
        history, self._wanted = self._context.history, row.item.id
        if history is None:
            return

        def load(_job: Job) -> Loaded:
            history.flush(1.0)
            item_id = row.item.id
            return Loaded(history.item(item_id), history.segments(item_id), media_of(history, item_id))

        self._context.run(load, on_done=lambda loaded: self._show_item(row, loaded))

    def _show_item(self, row: Row, loaded: Loaded) -> None:
        item = loaded.item
        if item.id != self._wanted:
            return
        self._loaded = loaded
        self.title.setText(title_of(item))
        self.title.setCursorPosition(0)
        self.pin_button.setChecked(item.is_pinned)
        parts = [
            when_text(item.created_at),
            self.tr("Recording now") if row.is_recorded_now else clock_text(item.duration_s),
        ]
        parts += [text for text in (item.source.rpartition(os.sep)[2], item.model_id) if text]
        if item.language:
            parts.append(i18n.language_name(item.language))
        self.details.setText("  ·  ".join(parts))
        self.details.setToolTip(item.source)
        self.pane.show_item(item, loaded.segments, loaded.media)
        self.player.setVisible(bool(loaded.media))
        self.again_button.setEnabled(bool(loaded.media))
        self.again_action.setEnabled(bool(loaded.media))
        self.right.setCurrentWidget(self.detail)
        self._jump_to_hit(row)

    def _jump_to_hit(self, row: Row) -> None:
        if not self._shown_query:
            self.pane.view.clear_marks()
        elif row.hits:
            self.pane.view.jump_to(row.hits[0].time_s, row.hits[0].track)

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def focus_search(self) -> None:
        """Ctrl+F."""
        self.search.setFocus()
        self.search.selectAll()

    def find_in_transcript(self) -> None:
        if not self.pane.view.is_empty:
            self.pane.find_bar.open_with(self.search.text().strip())

    def toggle_pin(self) -> None:
        """Pins what is chosen, or lets go of it when all of it is pinned."""
        history, rows = self._context.history, self.selected_rows
        if history is None or not rows:
            return
        is_pinned = not all(row.item.is_pinned for row in rows)
        for row in rows:
            history.update_item(row.item.id, is_pinned=is_pinned)
        self.pin_button.setChecked(is_pinned)
        self._refresh_when_written(history)

    def delete_selected(self) -> None:
        """Deletes what is chosen with its sound, some seconds later: until then it can be taken back."""
        self.delete([row.item.id for row in self.selected_rows])

    def delete(self, item_ids: list[int]) -> None:
        """Takes items from the list now and from the disk later, when the app ends at the latest."""
        for row in self.model.rows:
            if row.is_recorded_now and row.item.id in item_ids:
                item_ids = [item_id for item_id in item_ids if item_id != row.item.id]
                self._context.notify(
                    "warning",
                    self.tr("“{title}” is being recorded now.").format(title=title_of(row.item)),
                    self.tr("Stop the recording, then delete it."),
                )
                self.refresh()  # it may have ended since
        if self._context.history is None or not item_ids:
            return
        self._delete_now()
        self._deleted = set(item_ids)
        titles = [title_of(row.item) for row in self.model.rows if row.item.id in self._deleted]
        self._next_row = min((self.model.row_of(item_id) for item_id in item_ids), default=0)
        self.pane.show_nothing()  # lets go of the sound that plays
        self._loaded = None
        count = len(item_ids)
        self.undo_text.setText(
            self.tr("Deleted: {title}").format(title="".join(titles))
            if count == 1
            else self.tr("{count} recordings deleted").format(count=count)
        )
        self.undo_text.setToolTip("\n".join(titles))
        self.undo_bar.show()
        self._show_undo()
        self._undo_timer.start(UNDO_SHOWN_MS)
        self.refresh()

    def undo_delete(self) -> None:
        """Takes the last deletion back, while the bar offers it."""
        self._end_undo()
        self._next_item, self._deleted = min(self._deleted, default=None), set()
        self.refresh()

    def _delete_now(self) -> None:
        """Deletes what waits for it; nothing brings it back."""
        self._end_undo()
        history, item_ids = self._context.history, self._deleted
        if history is None or not item_ids:
            return
        self._going |= item_ids
        self._deleted = set()
        self._context.items_deleted.emit(frozenset(item_ids))

        def work(_job: Job) -> None:
            for deleted in [history.delete(item_id) for item_id in item_ids]:
                deleted.result()

        def show() -> None:
            self._going -= item_ids
            self.refresh()

        self._context.run(work, on_ended=show)

    def _end_undo(self) -> None:
        self._undo_timer.stop()
        self._undo_left_ms = 0
        self.undo_bar.hide()
        self._show_undo()

    def _show_undo(self) -> None:
        """The key takes back a correction that was made after the deletion first."""
        self.undo_delete_action.setEnabled(not self.undo_bar.isHidden() and not self.pane.undo_action.isEnabled())

    def _on_focus_window_changed(self, _window: object) -> None:
        """Time stands still while a dialog hides what can be taken back."""
        if isinstance(QApplication.activeWindow(), QDialog):
            if self._undo_timer.isActive():
                self._undo_left_ms = self._undo_timer.remainingTime()
                self._undo_timer.stop()
        elif self._undo_left_ms:
            self._undo_timer.start(self._undo_left_ms)
            self._undo_left_ms = 0

    def transcribe_again(self, model_id: str) -> None:
        """Makes another item of the same sound with another model."""
        if self._loaded is not None:
            self._context.sessions.files.add_again(self._loaded.item, self._loaded.media, model_id)
            self._context.notify("info", self.tr("Transcribing again. The new text appears in this list."))

    def _on_again(self) -> None:
        def installed(_job: Job) -> list[tuple[str, str]]:
            return [(entry.id, entry.title) for entry in self._context.catalogue.installed("speech")]

        self._context.run(installed, on_done=self._offer_models)

    def _offer_models(self, installed: list[tuple[str, str]]) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for model_id, title in installed:
            action = menu.addAction(theme.icon("chip"), title)
            action.triggered.connect(lambda _=False, model_id=model_id: self.transcribe_again(model_id))
        menu.addSeparator()
        more = menu.addAction(theme.icon("download"), self.tr("Get more models…"))
        more.triggered.connect(lambda: self._context.panel_requested.emit("models"))
        menu.popup(self.again_button.mapToGlobal(self.again_button.rect().bottomLeft()))

    def _on_rename(self) -> None:
        self.title.setFocus()
        self.title.selectAll()

    def _on_title_edited(self) -> None:
        history, loaded = self._context.history, self._loaded
        if history is None or loaded is None or self.title.text().strip() in ("", title_of(loaded.item)):
            return
        history.update_item(loaded.item.id, title=self.title.text().strip())
        self._refresh_when_written(history)

    def _refresh_when_written(self, history: History) -> None:
        self._context.run(lambda job: history.flush(1.0), on_done=lambda _: self.refresh())

    def _on_copy(self) -> None:
        self.pane.copy()
        self._context.notify("info", self.tr("Copied."))

    def _on_export(self) -> None:
        menu = self.pane.export_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.export_button.mapToGlobal(self.export_button.rect().bottomLeft()))

    def _on_context_menu(self, point) -> None:  # type: ignore[no-untyped-def]
        if self.selected_rows:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addActions([self.rename_action, self.pin_action, self.again_action])
            menu.addSeparator()
            menu.addAction(self.delete_action)
            self.rename_action.setEnabled(len(self.selected_rows) == 1)
            menu.popup(self.list.viewport().mapToGlobal(point))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():  # the transcript takes no shortcut for it
            self.pane.player.toggle()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self.list.setFocus()


def _rows(history: History, query: str, kind: str, days: int) -> list[Row]:
    """What the list shows, newest first; pinned ones before all others."""
    items = history.items(query, kind="speech", limit=LIST_LIMIT)
    cut_off = {item.id for item in history.unfinished()}
    hits = {}
    if query:
        for item_id, found in groupby(history.search(query, kind="speech", limit=HITS_LIMIT), lambda hit: hit.item_id):
            hits[item_id] = tuple(found)
    if kind == "pinned":
        items = [item for item in items if item.is_pinned]
    elif kind:
        items = [item for item in items if (item.tracks == ("file",)) == (kind == "files")]
    if days:
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        items = [item for item in items if item.created_at >= midnight - timedelta(days=days - 1)]
    items.sort(key=lambda item: not item.is_pinned)
    return [
        Row(item, hits.get(item.id, ()), is_recorded_now=item.state == "recording" and item.id not in cut_off)
        for item in items
    ]


def create(context: AppContext) -> QWidget:
    return HistoryPanel(context)


PANEL = PanelInfo(
    "history", "History", "history", 20, create, description="Everything that was said: find and hear it."
)
