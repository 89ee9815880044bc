"""A transcript with all that can be done with it: hear a word, correct a line, find, copy, export."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from desktop_app import theme
from desktop_app.context import AppContext
from desktop_app.history.export import ITEM_FORMATS, ExportOptions
from desktop_app.history.records import Item, Media, StoredSegment
from desktop_app.jobs import Job
from desktop_app.widgets.find_bar import FindBar
from desktop_app.widgets.history_list import first_words, title_of
from desktop_app.widgets.player import Player, PlayerBar
from desktop_app.widgets.save_dialog import ask_where_to_save
from desktop_app.widgets.transcript_view import Paragraph, TranscriptView
from workers.errors import ItemMissing
from workers.results import Word

if TYPE_CHECKING:
    from desktop_app.history.store import History

log = logging.getLogger(__name__)

SKIP_S = 5.0
TEXT_SIZES_PERCENT = (75, 100, 125, 150, 200, 250, 300)


class TranscriptPane(QWidget):
    """Shows one item of the history, or what is being said; `player_bar` is placed by the page.

    Signals:
        content_changed: there is a text now, or none any more.
    """

    content_changed = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._item_id: int | None = None
        self._title = ""
        self._undo: list[tuple[Paragraph, str | None]] = []  # with the correction that `restore` took away
        self._growing: list[Path] = []

        self.view = TranscriptView()
        self.find_bar = FindBar(self.view)
        self.player = Player(self)
        self.player_bar = PlayerBar(self.player)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_S)
        layout.addWidget(self.find_bar)
        layout.addWidget(self.view, 1)

        self.copy_action = self._action(self.tr("Copy"), self.copy, "copy", QKeySequence.StandardKey.Copy)
        self.copy_timed_action = self._action(self.tr("Copy with times"), self.copy_with_times, "copy", "Ctrl+Shift+X")
        self.edit_action = self._action(self.tr("Correct this line"), self.view.edit_current, "edit", "F2")
        self.next_action = self._action(self.tr("Next place found"), self.find_bar.find_next, "", "F3")
        self.previous_action = self._action(
            self.tr("Previous place found"), self.find_bar.find_previous, "", "Shift+F3"
        )
        self.undo_action = self._action(self.tr("Undo the correction"), self.undo, "", QKeySequence.StandardKey.Undo)
        self.undo_action.setEnabled(False)

        self.skip_actions = [
            self._action(self.tr("5 seconds back"), lambda: self.player.skip(-SKIP_S), "", "Alt+Left"),
            self._action(self.tr("5 seconds forward"), lambda: self.player.skip(SKIP_S), "", "Alt+Right"),
        ]
        self.rate_actions = [
            self._action(self.tr("Play faster"), lambda: self.player.change_rate(1), "", "Alt+Up"),
            self._action(self.tr("Play slower"), lambda: self.player.change_rate(-1), "", "Alt+Down"),
        ]
        self.size_actions = [
            self._action(self.tr("Larger text"), lambda: self.change_text_size(1), "", "Ctrl++"),
            self._action(self.tr("Smaller text"), lambda: self.change_text_size(-1), "", "Ctrl+-"),
            self._action(self.tr("Text of normal size"), lambda: self.change_text_size(0), "", "Ctrl+0"),
        ]
        self.size_actions[0].setShortcuts(
            [QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")]
        )  # where plus is above the equals sign

        self.view.size_requested.connect(self.change_text_size)
        self.view.set_text_size(context.settings.window.transcript_percent)
        context.settings_changed.connect(self._on_settings_changed)
        self.view.word_clicked.connect(self._on_word_clicked)
        self.view.edit_requested.connect(self._on_edit_requested)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_context_menu)
        self.player.position_changed.connect(self._on_position_changed)
        self.player.playing_changed.connect(self._on_playing_changed)
        self.player.failed.connect(self._on_player_failed)
        self.player.set_rate(context.settings.window.playback_rate)
        self.player.rate_changed.connect(lambda rate: context.change_setting("window.playback_rate", rate))
        context.closing.connect(self.view.keep_edit)

    @property
    def item_id(self) -> int | None:
        return self._item_id

    # ── content ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def begin_live(self, tracks: Sequence[str]) -> None:
        """An empty page for words to come."""
        self._reset(None)
        self.view.clear_transcript()
        self.view.set_tracks(tracks)
        self.view.set_live(True)
        self.content_changed.emit()

    def set_growing_media(self, paths: list[Path]) -> None:
        """The files that are still being recorded: a word can be heard already."""
        self._growing = paths

    def set_item_id(self, item_id: int | None, title: str = "") -> None:
        """Which item of the history the live text goes to, and its name if it has one: for corrections and export."""
        self._item_id = item_id
        self._title = title

    def end_live(self, media: list[Media], duration_s: float) -> None:
        """The text is complete; its sound can be played."""
        self._growing = []
        self.view.set_live(False)
        self.set_media(media, duration_s)

    def show_item(self, item: Item, segments: Sequence[StoredSegment], media: list[Media]) -> None:
        """Shows what is stored."""
        self._reset(item.id)
        self._title = title_of(item)
        self.view.set_live(False)
        self.view.set_tracks(item.tracks)
        self.view.load(paragraph_of(segment) for segment in segments)
        self.set_media(media, item.duration_s)
        self.content_changed.emit()

    def show_nothing(self) -> None:
        self._reset(None)
        self.view.set_live(False)
        self.view.clear_transcript()
        self.set_media([], 0.0)
        self.content_changed.emit()

    def set_media(self, media: list[Media], duration_s: float) -> None:
        self.player.set_media([file.path for file in media if file.role == "audio" and file.path.exists()], duration_s)
        self.player_bar.refresh()
        self.player_bar.setEnabled(self.player.has_media)

    def _reset(self, item_id: int | None) -> None:
        self.view.keep_edit()
        self.player.set_media([], 0.0)
        self._growing = []
        self._item_id = item_id
        self._title = ""
        self._undo.clear()
        self.undo_action.setEnabled(False)

    # ── size ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def change_text_size(self, steps: int) -> None:
        """Larger or smaller by a step on every page, normal for 0; remembered."""
        percent = self._context.settings.window.transcript_percent
        if steps > 0:
            percent = next((size for size in TEXT_SIZES_PERCENT if size > percent), percent)
        elif steps < 0:
            percent = next((size for size in reversed(TEXT_SIZES_PERCENT) if size < percent), percent)
        else:
            percent = 100
        self._context.change_setting("window.transcript_percent", percent)

    def _on_settings_changed(self, place: str) -> None:
        if place == "window.transcript_percent":
            self.view.set_text_size(self._context.settings.window.transcript_percent)
        elif place == "window.playback_rate":
            self.player.set_rate(self._context.settings.window.playback_rate)

    # ── sound ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _on_word_clicked(self, paragraph: Paragraph, word: Word) -> None:
        if self._growing:  # opened afresh, since it has grown; and only this line, since the recording goes on
            self.player.set_media(self._growing, math.inf)
            self.player.play_from(word.start_s, until_s=paragraph.end_s)
        else:
            self.player.play_from(word.start_s)

    def _on_position_changed(self, seconds: float) -> None:
        if self.player.is_playing:
            self.view.set_playing("", seconds)

    def _on_playing_changed(self, is_playing: bool) -> None:
        if not is_playing:
            self.view.set_playing(None)

    def _on_player_failed(self, text: str) -> None:
        log.warning("the sound cannot be played: %s", text)  # Qt's words are in English
        self._context.notify(
            "error",
            self.tr("The recording cannot be played."),
            self.tr("Its sound is missing or damaged, or this machine has no way to play it. The text stays readable."),
        )

    # ── corrections ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _on_edit_requested(self, paragraph: Paragraph, text: str) -> None:
        before = paragraph.edited_text
        self.view.set_edited(paragraph, text)

        def failed(error: Exception) -> None:
            self.view.set_edited(paragraph, before)
            self._context.show_error(error)

        self._undo.append((paragraph, None))
        self.undo_action.setEnabled(True)
        self._with_segment(paragraph, lambda history, segment: history.edit_segment(segment, text).result(), failed)

    def undo(self) -> None:
        """Takes the last correction back, or brings back the one that `restore` took away."""
        if not self._undo:
            return
        paragraph, correction = self._undo.pop()
        self.undo_action.setEnabled(bool(self._undo))
        if correction is not None:
            self._with_segment(
                paragraph,
                lambda history, segment: history.edit_segment(segment, correction).result(),
                self._context.show_error,
                lambda _: self.view.set_edited(paragraph, correction),
            )
            return
        heard = "".join(word.text for word in paragraph.words).strip()
        self._with_segment(
            paragraph,
            lambda history, segment: history.undo_edit(segment).result(),
            self._context.show_error,
            lambda text: self.view.set_edited(paragraph, None if text == heard else text),
        )

    def restore(self, paragraph: Paragraph) -> None:
        """Shows again what was heard, by taking back every correction of the line."""
        self._undo = [entry for entry in self._undo if entry[0] is not paragraph]
        self._undo.append((paragraph, paragraph.edited_text))
        self.undo_action.setEnabled(True)

        def undo_all(history: object, segment_id: int) -> None:
            for _ in history.edits(segment_id):  # type: ignore[attr-defined]
                history.undo_edit(segment_id).result()  # type: ignore[attr-defined]

        self._with_segment(
            paragraph, undo_all, self._context.show_error, lambda _: self.view.set_edited(paragraph, None)
        )

    def _with_segment(self, paragraph, do, on_failed, on_done=lambda _: None) -> None:  # type: ignore[no-untyped-def]
        """Does something with the stored segment of a paragraph, in a thread."""
        history, item_id = self._context.history, self._item_id
        if history is None or item_id is None:
            on_failed(_not_kept())
            return

        def work(_job: Job) -> object:
            segment_id = paragraph.segment_id
            if segment_id is None:  # shown while it was spoken: it is found by its place
                history.flush()
                nearest = min(
                    (segment for segment in history.segments(item_id) if segment.track == paragraph.track),
                    key=lambda segment: abs(segment.start_s - paragraph.start_s),
                    default=None,
                )
                if nearest is None:
                    raise ItemMissing(
                        "This line is not in the history.",
                        "Another window deleted it, or the disk does not take it now.",
                    )
                segment_id = paragraph.segment_id = nearest.id
            return do(history, segment_id)

        self._context.run(work, on_done=on_done, on_failed=on_failed)

    # ── out of the app ──────────────────────────────────────────────────────────────────────────────────────────────

    def copy(self) -> None:
        """The selection, or everything."""
        QGuiApplication.clipboard().setText(self.view.text(selection_only=True))

    def copy_with_times(self) -> None:
        QGuiApplication.clipboard().setText(self.view.text(with_times=True, selection_only=True))

    def export_menu(self, parent: QWidget) -> QMenu:
        """One entry a format."""
        menu = QMenu(parent)
        for title, suffix, options in (
            (self.tr("Text (.txt)"), "txt", None),
            (self.tr("Text with times (.txt)"), "txt", ExportOptions(with_times=True)),
            (self.tr("Markdown (.md)"), "md", None),
            (self.tr("SubRip subtitles (.srt)"), "srt", None),
            (self.tr("WebVTT subtitles (.vtt)"), "vtt", None),
            (self.tr("WebVTT with word times (.vtt)"), "vtt", ExportOptions(with_word_times=True)),
            (self.tr("JSON with word times (.json)"), "json", None),
        ):
            menu.addAction(title).triggered.connect(
                lambda _checked=False, suffix=suffix, options=options: self.ask_export(suffix, options)
            )
        return menu

    def ask_export(self, suffix: str, options: ExportOptions | None = None) -> None:
        """Asks where to, then exports."""
        if self._item_id is None:
            self._context.show_error(_not_kept())
            return
        text = self.view.text().partition("\n")[0]
        path = ask_where_to_save(
            self._context,
            self,
            self.tr("Export the transcript"),
            self._title or first_words(text),
            suffix,
            others=ITEM_FORMATS,
        )
        if path is not None:
            self.export(path, options)

    def export(self, path: Path, options: ExportOptions | None = None) -> None:
        """Writes the transcript; the suffix says in which format."""
        history, item_id = self._context.history, self._item_id
        if history is None or item_id is None:
            return

        def work(_job: Job) -> None:
            history.flush()
            history.export(item_id, path, options)

        done = self.tr("Exported to {path}.").format(path=path)
        self._context.run(work, on_done=lambda _: self._context.notify("info", done))

    def _on_context_menu(self, point: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        found, paragraph = self.view.word_at(point), self.view.paragraph_at(point)
        if found is not None and self.player.has_media:
            start_s = found[1].start_s
            menu.addAction(theme.icon("play"), self.tr("Play from here")).triggered.connect(
                lambda: self.player.play_from(start_s)
            )
        if paragraph is not None and not paragraph.is_open:
            menu.addAction(theme.icon("edit"), self.tr("Correct this line\tF2")).triggered.connect(
                lambda: self.view.edit_paragraph(paragraph)
            )
            if paragraph.edited_text is not None:
                menu.addAction(self.tr("Show what was heard")).triggered.connect(lambda: self.restore(paragraph))
        menu.addSeparator()
        menu.addActions([self.copy_action, self.copy_timed_action])
        menu.addAction(self.tr("Select all")).triggered.connect(self.view.selectAll)
        menu.popup(self.view.viewport().mapToGlobal(point))

    def _action(self, text: str, act, icon: str, keys: QKeySequence.StandardKey | str) -> QAction:  # type: ignore[no-untyped-def]
        action = QAction(text, self)
        if icon:
            action.setIcon(theme.icon(icon))
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(act)
        self.addAction(action)
        return action


def _not_kept() -> ItemMissing:
    return ItemMissing("This text is not in the history.", "It can be copied.")


def paragraph_of(segment: StoredSegment) -> Paragraph:
    """A stored segment as a paragraph of the view."""
    return Paragraph(
        segment.track,
        list(segment.words),
        edited_text=segment.edited_text,
        segment_id=segment.id,
        is_open=False,
        emotion=segment.emotion,
    )


def media_of(history: History, item_id: int) -> list[Media]:
    """The sound of an item: what was recorded, or the file it was made from while that is still there."""
    recorded = [media for media in history.media(item_id) if media.role == "audio"]
    item = history.item(item_id)
    source = Path(item.source)
    if not recorded and item.tracks == ("file",) and source.is_absolute() and source.is_file():
        return [Media("audio", source, "file", duration_s=item.duration_s)]
    return recorded
