"""The chosen transcript: its name, what can be done with it, its text and its sound."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from desktop_app import i18n, theme
from desktop_app.context import AppContext
from desktop_app.durations import clock_text
from desktop_app.history.records import Item, Media, StoredSegment
from desktop_app.sessions.choices import can
from desktop_app.widgets.elided_label import ElidedLabel
from desktop_app.widgets.history_list import Row, title_of, whole_when_text
from desktop_app.widgets.title_field import TitleField
from desktop_app.widgets.transcript_pane import TranscriptPane

if TYPE_CHECKING:
    from workers.catalogue.entries import ModelEntry


@dataclass(frozen=True)
class Loaded:
    """One item with everything that its page shows."""

    item: Item
    segments: list[StoredSegment]
    media: list[Media]


class TranscriptDetail(QWidget):
    """Shows one item.

    Signals:
        renamed(str): the item shall be called so.
        pin_clicked(), delete_clicked().
    """

    renamed = Signal(str)
    pin_clicked = Signal()
    delete_clicked = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.loaded: Loaded | None = None

        self.title = TitleField()
        self.title.setToolTip(self.tr("Click to rename (Enter keeps the name)"))
        self.details = ElidedLabel(role="caption")
        self.details.setContentsMargins(theme.SPACE_S + 2, 0, 0, 0)
        self.pin_button = theme.icon_button("pin", self.tr("Pin"), tip=self.tr("Pinned items are never deleted by age"))
        self.pin_button.setCheckable(True)
        self.copy_button = theme.icon_button("copy", self.tr("Copy"), tip=self.tr("Copy the selection or all (Ctrl+C)"))
        self.export_button = theme.icon_button(
            "upload", self.tr("Export"), tip=self.tr("Export as text or subtitles (Ctrl+S)")
        )
        self.again_button = theme.icon_button(
            "refresh",
            self.tr("Transcribe again"),
            tip=self.tr("Transcribe again with another model, or in the language that is chosen on Hear"),
        )
        self.delete_button = theme.icon_button("trash", self.tr("Delete"), tip=self.tr("Delete (Del)"))
        self.pane = TranscriptPane(context)
        self.player = QFrame()
        self.player.setProperty("role", "card")

        head = QHBoxLayout()
        head.setSpacing(theme.SPACE_XS)
        head.addWidget(self.title, 1)
        for button in (self.pin_button, self.copy_button, self.export_button, self.again_button, self.delete_button):
            head.addWidget(button)
        row = QHBoxLayout(self.player)
        row.setContentsMargins(theme.SPACE_S, theme.SPACE_XS, theme.SPACE_M, theme.SPACE_XS)
        row.addWidget(self.pane.player_bar)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, theme.SPACE_L)
        column.setSpacing(theme.SPACE_XS)
        column.addLayout(head)
        column.addWidget(self.details)
        column.addSpacing(theme.SPACE_S)
        column.addWidget(self.pane, 1)
        column.addSpacing(theme.SPACE_S)
        column.addWidget(self.player)

        self.title.editingFinished.connect(self._on_title_edited)
        self.pin_button.clicked.connect(self.pin_clicked)
        self.copy_button.clicked.connect(self._on_copy)
        self.export_button.clicked.connect(self.offer_exports)
        self.again_button.clicked.connect(self.offer_models)
        self.delete_button.clicked.connect(self.delete_clicked)

    def shows_text_of(self, item: Item | None) -> bool:
        """Whether this text is on the page already, with what was corrected in it here; name and pin may be others."""
        if self.loaded is None or item is None:
            return False
        shown = self.loaded.item
        if replace(item, title=shown.title, is_pinned=shown.is_pinned, preview=shown.preview) != shown:
            return False
        begins = item.preview.removesuffix("…")
        return item.preview == shown.preview or " ".join(self.pane.view.toPlainText().split()).startswith(begins)

    def show_item(self, row: Row, loaded: Loaded) -> None:
        self.loaded = loaded
        self._show_head(row, loaded.item)
        self.pane.show_item(loaded.item, loaded.segments, loaded.media)
        self.player.setVisible(bool(loaded.media))
        self.again_button.setEnabled(bool(loaded.media))

    def show_name(self, row: Row) -> None:
        """Shows another name or pin of the item, and leaves its text and its sound as they are."""
        assert self.loaded is not None
        assert row.item is not None
        if row.item != self.loaded.item:
            self.loaded = replace(self.loaded, item=row.item)
            self._show_head(row, row.item)
            self.pane.set_item_id(row.item.id, title_of(row.item))

    def _show_head(self, row: Row, item: Item) -> None:
        self.title.setText(title_of(item))
        self.title.setCursorPosition(0)
        self.pin_button.setChecked(item.is_pinned)
        parts = [
            whole_when_text(item.created_at),
            self.tr("Recording now") if row.is_recorded_now else clock_text(item.duration_s),
        ]
        parts += [text for text in (item.source.rpartition(os.sep)[2], item.model_id) if text]
        if item.language:
            parts.append(i18n.language_name(item.language))
        self.details.setText("  ·  ".join(parts))
        self.details.setToolTip("\n".join(part for part in (self.details.text(), item.source) if part))

    def show_nothing(self) -> None:
        """Lets go of the sound, too."""
        self.loaded = None
        self.pane.show_nothing()

    def edit_title(self) -> None:
        self.title.setFocus()
        self.title.selectAll()

    def transcribe_again(self, model_id: str, language: str = "") -> None:
        """Makes another item of the same sound with another model."""
        if self.loaded is not None:
            self._context.sessions.files.add_again(self.loaded.item, self.loaded.media, model_id, language)
            self._context.notify("info", self.tr("Transcribing again. The new text appears in this list."))

    def offer_models(self) -> None:
        """Asks with which model to transcribe again; also in which language, where today another one is chosen."""
        self._context.run(lambda _job: self._context.catalogue.installed("speech"), on_done=self._show_models)

    def _show_models(self, installed: list[ModelEntry]) -> None:
        if self.loaded is None:
            return
        hear = self._context.settings.hear
        both = (self.loaded.item.language or hear.language, hear.language)
        languages = list(dict.fromkeys(both)) if hear.language else [""]
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for language in languages:
            for entry in installed:
                if not can(entry, language, hear.task):
                    continue
                title = f"{entry.title}  ·  {i18n.language_name(language)}" if len(languages) > 1 else entry.title
                action = menu.addAction(theme.icon("chip"), title)
                action.triggered.connect(
                    lambda _=False, model_id=entry.id, language=language: self.transcribe_again(model_id, language)
                )
            menu.addSeparator()
        more = menu.addAction(theme.icon("download"), self.tr("Get more models…"))
        more.triggered.connect(lambda: self._context.panel_requested.emit("models"))
        menu.popup(self.again_button.mapToGlobal(self.again_button.rect().bottomLeft()))

    def _on_title_edited(self) -> None:
        title = self.title.text().strip()
        if self.loaded is not None and title not in ("", title_of(self.loaded.item)):
            self.renamed.emit(title)

    def _on_copy(self) -> None:
        self.pane.copy()
        self._context.notify("info", self.tr("Copied."))

    def offer_exports(self) -> None:
        """Asks in which format."""
        menu = self.pane.export_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.export_button.mapToGlobal(self.export_button.rect().bottomLeft()))
