"""The page of the history: what is chosen in the list, and what is done with it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QStackedWidget, QWidget

from desktop_app import i18n
from desktop_app.context import AppContext
from desktop_app.durations import clock_text
from desktop_app.history.records import Totals
from desktop_app.history.store import History
from desktop_app.jobs import Job
from desktop_app.panels.history.search import rows_with_words
from desktop_app.panels.history.side import HistorySide
from desktop_app.panels.history.transcript import Loaded, TranscriptDetail
from desktop_app.panels.history.undo_bar import UndoBar
from desktop_app.sessions.file_queue import FileJob
from desktop_app.widgets.history_list import Row, title_of
from desktop_app.widgets.page import EmptyState, page_action
from desktop_app.widgets.transcript_pane import media_of


class HistoryPanel(QWidget):
    """A list at the left, what was chosen at the right."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._wanted: int | None = None  # the item that is being loaded
        self._shown_query = ""
        self._next_row: int | None = None  # to choose when the list was read again
        self._next_item: int | None = None

        self.undo_bar = UndoBar(context)
        self.side = HistorySide(self.undo_bar)
        self.transcript = TranscriptDetail(context)
        self.choose = EmptyState("history", self.tr("Choose a recording"), self.tr("Its text appears here."))
        self.blank = QWidget()
        self.right = QStackedWidget()
        for widget in (self.blank, self.choose, self.transcript):
            self.right.addWidget(widget)
        self.right.setMinimumWidth(300)
        splitter = QSplitter()
        splitter.addWidget(self.side)
        splitter.addWidget(self.right)
        splitter.setChildrenCollapsible(False)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 5)
        splitter.setSizes([340, 700])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)

        self._make_actions()
        self._connect()

    def _make_actions(self) -> None:
        pane = self.transcript.pane
        self.rename_action = page_action(self, self.tr("Rename"), "edit", "", self.transcript.edit_title)
        self.pin_action = page_action(self, self.tr("Pin"), "pin", "", self.toggle_pin)
        self.delete_action = page_action(self, self.tr("Delete"), "trash", "Del", self.delete_selected)
        self.delete_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.side.list.addAction(self.delete_action)
        self.again_action = page_action(
            self, self.tr("Transcribe again with another model"), "refresh", "", self.transcript.offer_models
        )
        self.addActions([pane.copy_timed_action, pane.edit_action, pane.undo_action])
        undo_keys = QKeySequence(QKeySequence.StandardKey.Undo).toString()
        self.undo_delete_action = page_action(
            self, self.tr("Take the deletion back"), "refresh", undo_keys, self.undo_bar.take_back
        )
        self.undo_delete_action.setEnabled(False)
        self.play_action = page_action(self, self.tr("Play or pause"), "play", "Space", pane.player.toggle)
        self.play_action.setAutoRepeat(False)
        find = page_action(self, self.tr("Find in this transcript"), "search", "Ctrl+Shift+F", self.find_in_transcript)
        find.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _connect(self) -> None:
        context = self._context
        self.side.query_changed.connect(self.refresh)
        self.side.selection_changed.connect(self._show_selected)
        self.side.list.customContextMenuRequested.connect(self._on_context_menu)
        self.transcript.renamed.connect(self._on_renamed)
        self.transcript.pin_clicked.connect(self.toggle_pin)
        self.transcript.delete_clicked.connect(self.delete_selected)
        self.transcript.pane.undo_action.changed.connect(self._show_undo)
        self.undo_bar.changed.connect(self._show_undo)
        self.undo_bar.taken_back.connect(self._on_taken_back)
        self.undo_bar.deleted.connect(self.refresh)
        context.history_changed.connect(self.refresh)
        context.sessions.speech.finished.connect(self._on_recorded)
        context.sessions.files.job_changed.connect(self._on_job_changed)

    # ── the list ────────────────────────────────────────────────────────────────────────────────────────────────────

    def refresh(self) -> None:
        """Reads the list again, in a thread."""
        history = self._context.history
        if history is None or not self.isVisible():
            return
        query, kind, days = self.side.query, self.side.kind.currentData(), self.side.since.currentData()

        def read(_job: Job) -> tuple[str, list[Row], Totals]:
            return query, rows_with_words(history, query, kind, days), history.totals()

        self._context.run(read, on_done=lambda found: self._show_rows(*found))

    def _show_rows(self, query: str, rows: list[Row], totals: Totals) -> None:
        if query != self.side.query:
            return  # another letter was typed meanwhile
        self._shown_query = query
        hidden = [row.item for row in rows if row.item.id in self.undo_bar.hidden_items]
        rows = [row for row in rows if row.item not in hidden]
        self.side.set_rows(rows)
        count = sum(totals.n_items.values()) - len(hidden)
        duration_s = totals.duration_s - sum(item.duration_s for item in hidden)
        size_bytes = totals.size_bytes - sum(item.size_bytes for item in hidden)
        self.side.total.setText(
            "  ·  ".join((self._items_text(count), clock_text(duration_s), i18n.size_text(size_bytes)))
        )
        next_row, self._next_row = self._next_row or 0, None
        model = self.side.model
        if self._next_item is not None and model.row_of(self._next_item) >= 0:
            next_row, self._next_item = model.row_of(self._next_item), None
            self.side.choose(next_row)
        elif not self.side.selected_rows and rows:
            self.side.choose(min(next_row, len(rows) - 1))
        else:
            self._show_selected()

    def _items_text(self, count: int) -> str:
        return self.tr("1 recording") if count == 1 else self.tr("{count} recordings").format(count=count)

    def open_item(self, item_id: int) -> None:
        """Chooses an item of the list."""
        row = self.side.model.row_of(item_id)
        if row >= 0:
            self.side.choose(row)

    def _on_recorded(self, _item_id: object) -> None:
        if self._context.history is not None:
            self._refresh_when_written(self._context.history)

    def _on_job_changed(self, job: FileJob) -> None:
        if job.state.is_over:
            self.refresh()

    # ── what is chosen ──────────────────────────────────────────────────────────────────────────────────────────────

    def _show_selected(self) -> None:
        rows = self.side.selected_rows
        if len(rows) != 1:
            self._wanted = None
            self.transcript.show_nothing()
            self.choose.title.setText(
                self.tr("{count} chosen").format(count=len(rows)) if rows else self.tr("Choose a recording")
            )
            self.choose.text.setText(self.tr("Del deletes them.") if rows else self.tr("Its text appears here."))
            self.right.setCurrentWidget(self.choose if self.side.model.rows else self.blank)
            return
        (row,) = rows
        if self.transcript.loaded is not None and self.transcript.loaded.item == row.item:
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
        if loaded.item.id != self._wanted:
            return
        self.transcript.show_item(row, loaded)
        self.again_action.setEnabled(bool(loaded.media))
        self.right.setCurrentWidget(self.transcript)
        self._jump_to_hit(row)

    def _jump_to_hit(self, row: Row) -> None:
        view = self.transcript.pane.view
        if not self._shown_query:
            view.clear_marks()
        elif row.hits:
            view.jump_to(row.hits[0].time_s, row.hits[0].track)

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def focus_search(self) -> None:
        """Ctrl+F."""
        self.side.search.setFocus()
        self.side.search.selectAll()

    def find_in_transcript(self) -> None:
        pane = self.transcript.pane
        if not pane.view.is_empty:
            pane.find_bar.open_with(self.side.query)

    def toggle_pin(self) -> None:
        """Pins what is chosen, or lets go of it when all of it is pinned."""
        history, rows = self._context.history, self.side.selected_rows
        if history is None or not rows:
            return
        is_pinned = not all(row.item.is_pinned for row in rows)
        for row in rows:
            history.update_item(row.item.id, is_pinned=is_pinned)
        self.transcript.pin_button.setChecked(is_pinned)
        self._refresh_when_written(history)

    def delete_selected(self) -> None:
        """Deletes what is chosen with its sound, some seconds later: until then it can be taken back."""
        self.delete([row.item.id for row in self.side.selected_rows])

    def delete(self, item_ids: list[int]) -> None:
        """Takes items from the list now and from the disk later, when the app ends at the latest."""
        rows = self.side.model.rows
        for row in rows:
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
        self._next_row = min((self.side.model.row_of(item_id) for item_id in item_ids), default=0)
        self.transcript.show_nothing()  # lets go of the sound that plays
        self.undo_bar.delete_soon(item_ids, [title_of(row.item) for row in rows if row.item.id in item_ids])
        self.refresh()

    def _on_taken_back(self, item_id: int) -> None:
        self._next_item = item_id
        self.refresh()

    def _show_undo(self) -> None:
        """The key takes back a correction that was made after the deletion first."""
        can_undo_edit = self.transcript.pane.undo_action.isEnabled()
        self.undo_delete_action.setEnabled(not self.undo_bar.isHidden() and not can_undo_edit)

    def _on_renamed(self, title: str) -> None:
        history, loaded = self._context.history, self.transcript.loaded
        if history is not None and loaded is not None:
            history.update_item(loaded.item.id, title=title)
            self._refresh_when_written(history)

    def _refresh_when_written(self, history: History) -> None:
        self._context.run(lambda job: history.flush(1.0), on_done=lambda _: self.refresh())

    def _on_context_menu(self, point: QPoint) -> None:
        rows = self.side.selected_rows
        if rows:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addActions([self.rename_action, self.pin_action, self.again_action])
            menu.addSeparator()
            menu.addAction(self.delete_action)
            self.rename_action.setEnabled(len(rows) == 1)
            menu.popup(self.side.list.viewport().mapToGlobal(point))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():  # the transcript takes no shortcut for it
            self.transcript.pane.player.toggle()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self.side.list.setFocus()
