"""The page of the history: what is chosen in the list, and what is done with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QMimeDatabase, QPoint, Qt, QTimer
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QShowEvent,
)
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QStackedWidget, QWidget

from desktop_app import i18n
from desktop_app.context import AppContext
from desktop_app.durations import clock_text
from desktop_app.history.records import Totals
from desktop_app.history.store import History
from desktop_app.jobs import Job
from desktop_app.library.found import FoundPicture
from desktop_app.panels.history.folders import FoldersMenu
from desktop_app.panels.history.picture import LoadedPicture, PictureDetail, load_picture
from desktop_app.panels.history.search import LIST_LIMIT, Filter, rows_that_show, rows_with_words
from desktop_app.panels.history.side import HistorySide
from desktop_app.panels.history.transcript import Loaded, TranscriptDetail
from desktop_app.sessions.file_queue import FileJob
from desktop_app.sessions.library_session import PictureQuery
from desktop_app.widgets.drop_target import DropTarget, has_pictures, paths_in
from desktop_app.widgets.frame_view import image_of
from desktop_app.widgets.history_list import Row, title_of
from desktop_app.widgets.page import EmptyState, page_action
from desktop_app.widgets.splitter import Splitter
from desktop_app.widgets.transcript_pane import media_of
from desktop_app.widgets.undo_bar import UndoBar
from workers.errors import AppError

if TYPE_CHECKING:
    from workers.results import Frame

LOOK_DELAY_MS = 300  # after the words were found: somebody who goes on typing loads no model
EXPORTED_SUFFIX = ".json"
PICTURE_PATTERNS = "*.avif *.bmp *.gif *.jpeg *.jpg *.png *.tif *.tiff *.webp"

Key = tuple[str, int]


class HistoryPanel(QWidget):
    """A list at the left, what was chosen at the right."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._library = context.sessions.library
        self._wanted: Key | None = None  # the row that is being loaded
        self._shown_query = ""
        self._found_in: tuple[Key, str] | None = None  # whose place was shown, for which words
        self._worded: list[Row] = []  # rows that have the words
        self._totals: Totals | None = None
        self._found: list[FoundPicture] = []  # pictures that show what is searched for
        self._found_for: tuple[PictureQuery, Filter] | None = None
        self._must_look = False  # once more: pictures came or went
        self._left_out: Key | None = None  # what others shall be like
        self._next_row: int | None = None  # to choose when the list was read again
        self._next_key: Key | None = None

        self.undo_bar = UndoBar(context, keys="Ctrl+Z")
        self.side = HistorySide(context, self.undo_bar)
        self.folders = FoldersMenu(self, context)
        self.transcript = TranscriptDetail(context)
        self.picture = PictureDetail(context)
        self.choose = EmptyState("history", self.tr("Choose something"), self.tr("It appears here."))
        self.blank = QWidget()
        self.right = QStackedWidget()
        for widget in (self.blank, self.choose, self.transcript, self.picture):
            self.right.addWidget(widget)
        self.right.setMinimumWidth(300)
        self.feet = (self.transcript.player,)
        splitter = Splitter(context, "history.split", self.side, self.right, (340, 700))
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 5)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self.drop_target = DropTarget(
            self,
            self.tr(
                "Drop recordings to transcribe, a picture to find others like it, a folder of pictures, "
                "or items that were exported as JSON"
            ),
            has_pictures,
            self._take,
        )

        self._make_actions()
        self._connect()

    def _make_actions(self) -> None:
        pane = self.transcript.pane
        self.rename_action = page_action(self, self.tr("Rename"), "edit", "", self.rename)
        self.rename_action.setToolTip(self.tr("Rename (F2 in the list)"))
        self.pin_action = page_action(self, self.tr("Pin"), "pin", "", self.toggle_pin)
        self.export_action = page_action(self, self.tr("Export…"), "upload", "Ctrl+S", self.offer_exports)
        self.delete_action = page_action(self, self.tr("Delete"), "trash", "Del", self.delete_selected)
        self.delete_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.side.list.addAction(self.delete_action)
        self.again_action = page_action(
            self, self.tr("Transcribe again with another model"), "refresh", "", self.transcript.offer_models
        )
        self.similar_action = page_action(
            self, self.tr("Find pictures like this one"), "search", "", self.picture.find_similar
        )
        self.see_action = page_action(self, self.tr("Look at it on See"), "see", "", self.picture.look)
        self.draw_action = page_action(
            self, self.tr("Draw with its settings"), "sliders", "", self.picture.use_settings
        )
        self.folder_action = page_action(self, self.tr("Open the folder"), "folder", "", self.picture.open_folder)
        page_action(self, self.tr("Find pictures like one in a file…"), "image", "", self.ask_like)
        page_action(self, self.tr("Find pictures like the one in the clipboard"), "clipboard", "Ctrl+V", self.paste)
        page_action(self, self.tr("Add a folder of pictures…"), "folder", "", self.folders.ask)
        page_action(self, self.tr("Take in what was exported…"), "download", "", self.ask_exported)
        self.addActions(
            [pane.copy_timed_action, pane.edit_action, pane.next_action, pane.previous_action, pane.undo_action]
        )
        self.addActions([*pane.skip_actions, *pane.rate_actions, *pane.size_actions])
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
        self._look_timer = QTimer(self, singleShot=True, interval=LOOK_DELAY_MS)
        self._look_timer.timeout.connect(self._look)
        self.side.query_changed.connect(self.refresh)
        self.side.selection_changed.connect(self._show_selected)
        self.side.list.customContextMenuRequested.connect(self._on_context_menu)
        self.side.search.choose_clicked.connect(self.ask_like)
        self.side.folders_button.clicked.connect(self._on_folders)
        self.side.add_folder_button.clicked.connect(self.folders.ask)
        for detail in (self.transcript, self.picture):
            detail.renamed.connect(self._on_renamed)
            detail.pin_clicked.connect(self.toggle_pin)
            detail.delete_clicked.connect(self.delete_selected)
        self.picture.rated.connect(self._on_rated)
        self.picture.similar_requested.connect(self.find_similar)
        self.transcript.pane.undo_action.changed.connect(self._show_undo)
        self.undo_bar.changed.connect(self._show_undo)
        self.undo_bar.taken_back.connect(self._on_taken_back)
        self.undo_bar.deleted.connect(self.refresh)
        self._library.pictures_changed.connect(self._on_pictures_changed)
        context.history_changed.connect(self.refresh)
        context.sessions.speech.finished.connect(self._on_recorded)
        context.sessions.files.job_changed.connect(self._on_job_changed)

    # ── the list ────────────────────────────────────────────────────────────────────────────────────────────────────

    def refresh(self) -> None:
        """Reads the list again, in a thread."""
        history = self._context.history
        if history is None or not self.isVisible():
            return
        query, chosen = self._wish

        def read(_job: Job) -> tuple[PictureQuery, Filter, list[Row], Totals]:
            rows = [] if query.like is not None else rows_with_words(history, query.text, chosen)
            return query, chosen, rows, history.totals()

        self._context.run(read, on_done=lambda read: self._on_read(*read))

    def _on_read(self, query: PictureQuery, chosen: Filter, rows: list[Row], totals: Totals) -> None:
        if (query, chosen) != self._wish:
            return  # something else is searched for meanwhile
        self._shown_query = query.text
        self._worded, self._totals = rows, totals
        if self._found_for is None or self._found_for[0] is not query:
            self._found = []
        if self._is_search and chosen.wants_pictures:
            if self._found_for != (query, chosen) or self._must_look:
                self._look_timer.start(LOOK_DELAY_MS if query.text else 0)
        else:
            self._look_timer.stop()
            self._library.give_up_finding()
            self.side.say("")
        self._show_rows()

    def _look(self) -> None:
        """Finds pictures that show what is searched for."""
        query, chosen = self._wish
        self._must_look = False
        self.side.say(self.tr("Looking at pictures…"))
        self._library.find(
            query,
            on_found=lambda found: self._on_found((query, chosen), found),
            on_failed=lambda error: self._on_find_failed((query, chosen), error),
            on_progress=lambda progress: self.side.say(i18n.from_workers(progress.message) or self.side.note.text()),
            among=chosen.among,
        )

    @property
    def _wish(self) -> tuple[PictureQuery, Filter]:
        """What is searched for, and where."""
        return self.side.search.query, self.side.filter

    def _on_found(self, wish: tuple[PictureQuery, Filter], found: list[FoundPicture]) -> None:
        if wish == self._wish:
            self._found, self._found_for = found, wish
            english = self.tr("Pictures are found by English words; the preferences of See have the model.")
            self.side.say("" if self._library.is_understood else english)
            self._show_rows()

    def _on_find_failed(self, wish: tuple[PictureQuery, Filter], error: Exception) -> None:
        """The words were found all the same."""
        if wish != self._wish:
            return
        self._found_for = wish
        if isinstance(error, AppError):
            sentence = f"{i18n.sentence(error)} {i18n.hint(error)}".strip()
            self.side.say(self.tr("Pictures were not searched: {reason}").format(reason=sentence))
        else:
            self.side.say("")
            self._context.show_error(error)
        self._show_rows()

    def _show_rows(self) -> None:
        hidden_keys = {("item", item_id) for item_id in self.undo_bar.hidden_items}
        worded_keys = {row.key for row in self._worded}
        showing = [
            row
            for row in rows_that_show(self._found, self.side.filter)
            if row.key not in worded_keys
            and not (self.side.search.query.like is not None and row.key == self._left_out)
        ]
        every = self._worded + showing
        rows = [row for row in every if row.key not in hidden_keys]
        self.side.set_rows(rows, is_complete=self._is_complete)
        self._show_totals([row for row in every if row.key in hidden_keys])
        next_row, self._next_row = self._next_row or 0, None
        model = self.side.model
        if self._next_key is not None and model.row_of(self._next_key) >= 0:
            next_row, self._next_key = model.row_of(self._next_key), None
            self.side.choose(next_row)
        elif not self.side.selected_rows and rows:
            self.side.choose(min(next_row, len(rows) - 1))
        else:
            self._show_selected()

    @property
    def _is_complete(self) -> bool:
        """Nothing more will be found."""
        return not self._is_search or not self.side.filter.wants_pictures or self._found_for == self._wish

    @property
    def _is_search(self) -> bool:
        query = self.side.search.query
        return bool(query.text) or query.like is not None

    def _show_totals(self, hidden: list[Row]) -> None:
        totals, items = self._totals, [row.item for row in hidden if row.item is not None]
        if totals is None:
            return
        duration_s = totals.duration_s - sum(item.duration_s for item in items)
        size_bytes = totals.size_bytes - sum(item.size_bytes for item in items)
        parts = [self._items_text(sum(totals.n_items.values()) - len(items)), i18n.size_text(size_bytes)]
        if len(self._worded) >= LIST_LIMIT:
            parts[0] = self.tr("the newest {count}").format(count=f"{len(self._worded):,}") + "  ·  " + parts[0]
        elif self._is_search or self.side.filter != Filter():
            parts[0] = self.tr("{count} found").format(count=len(self.side.model.rows)) + "  ·  " + parts[0]
        if duration_s:
            parts.insert(1, clock_text(duration_s))
        self.side.total.setText("  ·  ".join(parts))

    def _items_text(self, count: int) -> str:
        return self.tr("1 item") if count == 1 else self.tr("{count} items").format(count=count)

    def open_item(self, item_id: int) -> None:
        """Chooses an item of the list, whatever was searched for before."""
        key = "item", item_id
        row = self.side.model.row_of(key)
        if row >= 0:
            self.side.choose(row)
        else:
            self._next_key = key
            self.side.show_everything()

    def _on_recorded(self, _item_id: object) -> None:
        if self._context.history is not None:
            self._refresh_when_written(self._context.history)

    def _on_job_changed(self, job: FileJob) -> None:
        if job.state.is_over and self._context.history is not None:
            self._refresh_when_written(self._context.history)

    def _on_pictures_changed(self) -> None:
        self._must_look = True
        self.refresh()

    # ── what is chosen ──────────────────────────────────────────────────────────────────────────────────────────────

    def _show_selected(self) -> None:
        rows = self.side.selected_rows
        if len(rows) != 1:
            self._wanted = None
            self.transcript.show_nothing()
            self.picture.show_nothing()
            self.choose.title.setText(
                self.tr("{count} chosen").format(count=len(rows)) if rows else self.tr("Choose something")
            )
            if any(row.item is not None for row in rows):
                self.choose.text.setText(self.tr("Del deletes them."))
            else:
                self.choose.text.setText(self.tr("They are files of yours.") if rows else self.tr("It appears here."))
            self._show_on_right(self.choose if self.side.model.rows else self.blank)
            return
        (row,) = rows
        history = self._context.history
        if self._is_shown(row):
            if row.item is not None and row.item.kind == "speech":
                self.transcript.show_name(row)
            self._jump_to_hit(row)
            return
        self._wanted = row.key
        if history is None:
            return
        if row.picture is not None or (row.item is not None and row.item.kind != "speech"):
            self._context.run(
                lambda job: load_picture(history, row), on_done=lambda loaded: self._show_picture(row, loaded)
            )
        else:
            self._load_transcript(history, row)

    def _is_shown(self, row: Row) -> bool:
        if self.right.currentWidget() is self.transcript:
            return self.transcript.shows_text_of(row.item)
        loaded = self.picture.loaded
        return (
            self.right.currentWidget() is self.picture
            and loaded is not None
            and (loaded.row.item, loaded.row.file) == (row.item, row.file)
        )

    def _load_transcript(self, history: History, row: Row) -> None:
        item = row.item
        assert item is not None

        def load(_job: Job) -> Loaded:
            history.flush(1.0)
            return Loaded(history.item(item.id), history.segments(item.id), media_of(history, item.id))

        self._context.run(load, on_done=lambda loaded: self._show_transcript(row, loaded))

    def _show_transcript(self, row: Row, loaded: Loaded) -> None:
        if row.key != self._wanted:
            return
        self.picture.show_nothing()
        self.transcript.show_item(row, loaded)
        if self._found_in is not None:
            self._found_in = None
            self.transcript.pane.find_bar.end_found()
        self._show_on_right(self.transcript)
        self._jump_to_hit(row)

    def _show_picture(self, row: Row, loaded: LoadedPicture) -> None:
        if row.key != self._wanted:
            return
        self.transcript.show_nothing()
        self.picture.show_picture(loaded)
        self._show_on_right(self.picture)

    def _show_on_right(self, widget: QWidget) -> None:
        self.right.setCurrentWidget(widget)
        loaded = self.transcript.loaded
        self.again_action.setEnabled(widget is self.transcript and loaded is not None and bool(loaded.media))
        for action in (self.see_action, self.similar_action, self.folder_action):
            action.setEnabled(widget is self.picture)
        for action in self.transcript.pane.size_actions:  # a picture has these keys for itself
            action.setEnabled(widget is self.transcript)
        drawn = self.picture.loaded if widget is self.picture else None
        self.draw_action.setEnabled(drawn is not None and drawn.is_drawn)
        for action in (self.rename_action, self.export_action):
            action.setEnabled(self._shown_item_id is not None)

    @property
    def _shown_item_id(self) -> int | None:
        if self.right.currentWidget() is self.transcript and self.transcript.loaded is not None:
            return self.transcript.loaded.item.id
        if self.right.currentWidget() is self.picture and self.picture.loaded is not None:
            item = self.picture.loaded.row.item
            return None if item is None else item.id
        return None

    def _jump_to_hit(self, row: Row) -> None:
        """Shows where the words stand, once: who reads on is not taken back when the list is read again."""
        found = (row.key, self._shown_query) if self._shown_query and row.hits else None
        if found == self._found_in:
            return
        self._found_in = found
        if found is None:
            self.transcript.pane.find_bar.end_found()
        else:
            self.transcript.pane.find_bar.show_found(self._shown_query, row.hits[0].time_s, row.hits[0].track)

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def focus_search(self) -> None:
        """Ctrl+F."""
        self.side.search.setFocus()
        self.side.search.line.selectAll()

    def find_in_transcript(self) -> None:
        pane = self.transcript.pane
        if not pane.view.is_empty:
            pane.find_bar.open_with(self.side.search.text)

    def find_similar(self, row: Row) -> None:
        """Finds pictures like one of the list."""
        loaded = self.picture.loaded
        if row.picture is None or loaded is None or loaded.frame is None:
            return
        self._left_out = row.key
        self.side.search.show_like(row.picture)
        self.side.search.set_small_frame(loaded.frame)

    def find_like(self, picture: Frame) -> None:
        """Finds pictures like one of another page."""
        self._left_out = None
        self.side.show_everything()
        self.side.search.show_like(picture, image_of(picture))

    def ask_like(self) -> None:
        """Asks for a file, and finds pictures like it."""
        patterns = f"{self.tr('Pictures')} ({PICTURE_PATTERNS})"
        name = QFileDialog.getOpenFileName(self, self.tr("Find pictures like one"), "", patterns)[0]
        if name:
            self._left_out = None
            self.side.search.show_like(Path(name))

    def paste(self) -> None:
        """Finds pictures like the one in the clipboard."""
        self._left_out = None
        if not self.side.search.take(QGuiApplication.clipboard().mimeData()):
            self._context.notify("info", self.tr("There is no picture in the clipboard."))

    def ask_exported(self) -> None:
        """Asks for items that were exported as JSON."""
        title, kinds = self.tr("Take in what was exported"), f"*{EXPORTED_SUFFIX}"
        if names := QFileDialog.getOpenFileNames(self, title, "", kinds)[0]:
            self.take_in([Path(name) for name in names])

    def take_in(self, exported: list[Path]) -> None:
        """Adds items that were exported, here or on another machine, and shows the last; what is none is told."""
        history = self._context.history
        if history is None:
            return

        def add(_job: Job) -> tuple[list[int], list[AppError]]:
            added, refused = [], []
            for path in exported:
                try:
                    added.append(history.import_json(path).result())
                except AppError as error:
                    refused.append(error)
            return added, refused

        def show(added: list[int], refused: list[AppError]) -> None:
            if added:
                sentence = self.tr("{items} taken in.").format(items=self._items_text(len(added)))
                self._context.notify("info", sentence)
                self.open_item(added[-1])
                self.refresh()
            for error in refused:
                self._context.show_error(error)

        self._context.run(add, on_done=lambda done: show(*done))

    def rename(self) -> None:
        detail = self.right.currentWidget()
        if isinstance(detail, TranscriptDetail | PictureDetail):
            detail.edit_title()

    def offer_exports(self) -> None:
        detail = self.right.currentWidget()
        if isinstance(detail, TranscriptDetail | PictureDetail):
            detail.offer_exports()

    def toggle_pin(self) -> None:
        """Pins what is chosen, or lets go of it when all of it is pinned."""
        history = self._context.history
        items = [row.item for row in self.side.selected_rows if row.item is not None]
        if history is None or not items:
            return
        is_pinned = not all(item.is_pinned for item in items)
        for item in items:
            history.update_item(item.id, is_pinned=is_pinned)
        self.transcript.pin_button.setChecked(is_pinned)
        self.picture.pin_button.setChecked(is_pinned)
        self._refresh_when_written(history)

    def delete_selected(self) -> None:
        """Deletes what is chosen with its sound and pictures, some seconds later: until then it can be taken back."""
        rows = self.side.selected_rows
        if rows and all(row.file is not None for row in rows):
            self._context.notify(
                "info",
                self.tr("“{title}” is a file of yours and stays where it is.").format(title=rows[0].title),
                self.tr("Delete it in its folder, or let the folder be forgotten."),
            )
        self.delete([row.item.id for row in rows if row.item is not None])

    def delete(self, item_ids: list[int]) -> None:
        """Takes items from the list now and from the disk later, when the app ends at the latest."""
        rows = self.side.model.rows
        for row in rows:
            if row.is_recorded_now and row.item is not None and row.item.id in item_ids:
                item_ids = [item_id for item_id in item_ids if item_id != row.item.id]
                self._context.notify(
                    "warning",
                    self.tr("“{title}” is being recorded now.").format(title=title_of(row.item)),
                    self.tr("Stop the recording, then delete it."),
                )
                self.refresh()  # it may have ended since
        if self._context.history is None or not item_ids:
            return
        places = [self.side.model.row_of(("item", item_id)) for item_id in item_ids]
        self._next_row = min(places, default=0)
        self.transcript.show_nothing()  # lets go of the sound that plays
        self.picture.show_nothing()
        titles = [row.title for row in rows if row.item is not None and row.item.id in item_ids]
        self.undo_bar.delete_soon(item_ids, titles)
        self.refresh()

    def _on_taken_back(self, item_id: int) -> None:
        self._next_key = "item", item_id
        self.refresh()

    def _show_undo(self) -> None:
        """The key takes back a correction that was made after the deletion first."""
        can_undo_edit = self.transcript.pane.undo_action.isEnabled()
        self.undo_delete_action.setEnabled(not self.undo_bar.isHidden() and not can_undo_edit)

    def _on_renamed(self, title: str) -> None:
        history, item_id = self._context.history, self._shown_item_id
        if history is not None and item_id is not None:
            history.update_item(item_id, title=title)
            self._refresh_when_written(history)

    def _on_rated(self, remark_id: int, rating: int) -> None:
        history, loaded = self._context.history, self.picture.loaded
        if history is None or loaded is None:
            return

        def work(_job: Job) -> LoadedPicture:
            history.rate_remark(remark_id, rating).result()
            return load_picture(history, loaded.row)

        self._context.run(work, on_done=lambda again: self._show_picture(again.row, again))

    def _refresh_when_written(self, history: History) -> None:
        self._context.run(lambda job: history.flush(1.0), on_done=lambda _: self.refresh())

    def _on_folders(self) -> None:
        button = self.side.folders_button
        self.folders.open_at(button.mapToGlobal(button.rect().bottomLeft()))

    def _on_context_menu(self, point: QPoint) -> None:
        rows = self.side.selected_rows
        if not rows:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        is_one = len(rows) == 1
        if is_one and rows[0].picture is not None:
            menu.addActions([self.see_action, self.similar_action, self.folder_action])
        if is_one and rows[0].item is not None:
            menu.addActions([self.rename_action, self.export_action])
        if any(row.item is not None for row in rows):
            menu.addAction(self.pin_action)
        if is_one and rows[0].item is not None and rows[0].item.kind == "speech":
            menu.addAction(self.again_action)
        if is_one and rows[0].item is not None and rows[0].item.kind == "picture":
            menu.addAction(self.draw_action)
        if any(row.item is not None for row in rows):
            menu.addSeparator()
            menu.addAction(self.delete_action)
        menu.popup(self.side.list.viewport().mapToGlobal(point))

    # ── hands ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():  # the transcript takes no shortcut for it
            self.transcript.pane.player.toggle()
        elif event.key() == Qt.Key.Key_F2:
            self.rename()
        elif event.matches(QKeySequence.StandardKey.Copy) and self.right.currentWidget() is self.picture:
            self.picture.copy()
        else:
            super().keyPressEvent(event)

    def _take(self, data: QMimeData) -> None:
        folders = [path for path in paths_in(data) if path.is_dir()]
        recordings = [path for path in paths_in(data) if path.is_file() and _has_sound(path)]
        for folder in folders:
            self._library.index(folder)
        exported = [path for path in paths_in(data) if path.is_file() and path.suffix.lower() == EXPORTED_SUFFIX]
        if exported:
            self.take_in(exported)
        if recordings:
            self._context.sessions.files.add(recordings)
            self._context.panel_requested.emit("hear")  # where it is seen how far they are
        if not folders and not recordings and not exported:
            self._left_out = None
            self.side.search.take(data)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self.side.list.setFocus()


def _has_sound(path: Path) -> bool:
    """Whether it is a recording or a video, by its name and its first bytes."""
    return QMimeDatabase().mimeTypeForFile(str(path)).name().startswith(("audio/", "video/"))
