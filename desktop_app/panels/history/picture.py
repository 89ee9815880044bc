"""The chosen picture: what it shows, what was said about it or what made it, and what can be done with it."""

from __future__ import annotations

import html
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence, QResizeEvent, QTextDocument
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from desktop_app import i18n, theme
from desktop_app.context import AppContext
from desktop_app.history.export import ITEM_FORMATS
from desktop_app.history.markdown import LONGEST_VALUE
from desktop_app.history.records import Item, Remark
from desktop_app.jobs import Job
from desktop_app.widgets.elided_label import ElidedLabel
from desktop_app.widgets.frame_view import FrameView
from desktop_app.widgets.history_list import Row, title_of, when_text, whole_when_text
from desktop_app.widgets.save_dialog import ask_where_to_save
from desktop_app.widgets.splitter import Splitter
from desktop_app.widgets.title_field import TitleField
from workers.results import VideoFrame

if TYPE_CHECKING:
    from desktop_app.history.store import History
    from workers.results import Frame, SketchRequest

LONGEST_PX = 2560
ROOMY_FROM_PX = 440
SHOWN_SCORES = 6
RATINGS = ((1, "thumb-up"), (-1, "thumb-down"))
RATING_PX = 16
TEXT_LEFT_PX = theme.SPACE_S + 2  # where the text of the title begins


@dataclass(frozen=True, eq=False)
class LoadedPicture:
    """One picture with everything that its page shows; `problem` says why its pixels cannot be shown."""

    row: Row
    frame: Frame | None = None
    problem: Exception | None = None
    prompt: str = ""
    remarks: list[Remark] = field(default_factory=list)

    @property
    def is_drawn(self) -> bool:
        """Whether it was made on the page Draw."""
        return self.row.item is not None and self.row.item.kind == "picture"


def load_picture(history: History, row: Row) -> LoadedPicture:
    """Reads a picture of the list again; blocks, for jobs."""
    from workers.errors import SourceError
    from workers.sources.image_file import read_image

    frame, problem, prompt, remarks = None, None, "", []
    if row.item is not None:
        item = history.item(row.item.id)
        row = Row(item, hits=row.hits, shows_it=row.shows_it)
        remarks = history.remarks(item.id)
        prompt = next((segment.text for segment in history.segments(item.id) if segment.track == "prompt"), "")
    if row.picture is not None:
        try:
            frame = read_image(row.picture, longest_px=LONGEST_PX)
        except SourceError as error:
            problem = error
    return LoadedPicture(row, frame, problem, prompt, remarks)


class PictureDetail(QWidget):
    """Shows a snapshot, a drawn picture, or a file of the user's own.

    Signals:
        renamed(str): the item shall be called so.
        rated(int, int): a remark was found good (1), bad (-1) or neither.
        similar_requested(Row): pictures like this one shall be found.
        pin_clicked(), delete_clicked().
    """

    renamed = Signal(str)
    rated = Signal(object, int)  # a number of 64 bits
    similar_requested = Signal(object)
    pin_clicked = Signal()
    delete_clicked = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.loaded: LoadedPicture | None = None

        self.title = TitleField()
        self.details = ElidedLabel(role="caption")
        self.details.setContentsMargins(TEXT_LEFT_PX, 0, 0, 0)
        self.see_button = theme.icon_button(
            "see", self.tr("Look at it on See"), tip=self.tr("Look at it on See, and ask")
        )
        self.similar_button = theme.icon_button(
            "search", self.tr("Find similar"), tip=self.tr("Find pictures like this one")
        )
        self.draw_button = theme.icon_button(
            "sliders", self.tr("Use its settings"), tip=self.tr("Bring its words, lines and colours back to Draw")
        )
        self.pin_button = theme.icon_button("pin", self.tr("Pin"), tip=self.tr("Pinned items are never deleted by age"))
        self.pin_button.setCheckable(True)
        self.copy_button = theme.icon_button("copy", self.tr("Copy"), tip=self.tr("Copy the picture or what was said"))
        self.export_button = theme.icon_button(
            "upload", self.tr("Export"), tip=self.tr("Export with what was said, or the picture alone (Ctrl+S)")
        )
        self.folder_button = theme.icon_button("folder", self.tr("Folder"), tip=self.tr("Open the folder it lies in"))
        self.delete_button = theme.icon_button("trash", self.tr("Delete"), tip=self.tr("Delete (Del)"))
        self.view = FrameView(can_mark=False)
        self.said = QTextBrowser()
        self.said.setAccessibleName(self.tr("What was said about the picture"))
        self.said.setOpenLinks(False)
        self.said.document().setDocumentMargin(TEXT_LEFT_PX)
        self.said.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.said.setStyleSheet(
            "QTextBrowser, QTextBrowser:focus { border: none; padding: 0; background: transparent; }"
        )

        head = QHBoxLayout()
        head.setSpacing(theme.SPACE_XS)
        head.addWidget(self.title, 1)
        for button in (
            self.draw_button,
            self.see_button,
            self.similar_button,
            self.pin_button,
            self.copy_button,
            self.export_button,
            self.folder_button,
            self.delete_button,
        ):
            head.addWidget(button)
        self.splitter = Splitter(context, "history.picture", self.view, self.said, (300, 200), gap_px=theme.SPACE_M)
        self.splitter.setOrientation(Qt.Orientation.Vertical)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, theme.SPACE_L)
        column.setSpacing(theme.SPACE_XS)
        column.addLayout(head)
        column.addWidget(self.details)
        column.addSpacing(theme.SPACE_S)
        column.addWidget(self.splitter, 1)

        self.title.editingFinished.connect(self._on_title_edited)
        self.draw_button.clicked.connect(self.use_settings)
        self.see_button.clicked.connect(self.look)
        self.similar_button.clicked.connect(self.find_similar)
        self.pin_button.clicked.connect(self.pin_clicked)
        self.copy_button.clicked.connect(self._on_copy)
        self.export_button.clicked.connect(self.offer_exports)
        self.folder_button.clicked.connect(self.open_folder)
        self.delete_button.clicked.connect(self.delete_clicked)
        self.said.anchorClicked.connect(self._on_link)
        theme.theme().changed.connect(self._show_said)

    # ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────

    def show_picture(self, loaded: LoadedPicture) -> None:
        is_same = self.loaded is not None and self.loaded.row.key == loaded.row.key
        self.loaded = loaded
        row, item = loaded.row, loaded.row.item
        self.title.setText(row.title)
        self.title.setCursorPosition(0)
        self.title.setReadOnly(item is None)
        self.title.setToolTip("" if item is None else self.tr("Click to rename (Enter keeps the name)"))
        for button in (self.pin_button, self.export_button, self.delete_button):
            button.setVisible(item is not None)
        self.draw_button.setVisible(loaded.is_drawn)
        self.folder_button.setEnabled(row.picture is not None)
        for button in (self.see_button, self.similar_button):
            button.setEnabled(loaded.frame is not None)
        self.pin_button.setChecked(row.is_pinned)
        self.details.setText("  ·  ".join(self._details(loaded)))
        self.details.setToolTip("\n".join(part for part in (self.details.text(), str(row.picture or "")) if part))
        if loaded.frame is not None and not is_same:
            shown = VideoFrame(loaded.frame, 1, time.monotonic())
            self.view.follow(lambda: shown)
            self.view.set_zoom("fit")
        elif loaded.frame is None:
            self.view.follow(lambda: None)
        self.view.setVisible(loaded.frame is not None)
        self._show_said()
        if not is_same:
            self.said.verticalScrollBar().setValue(0)

    def show_nothing(self) -> None:
        self.loaded = None
        self.view.follow(lambda: None)
        self.said.clear()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves room for the name: what else stands in the menu of the list is not here."""
        super().resizeEvent(event)
        for button in (self.see_button, self.similar_button, self.folder_button):
            button.setVisible(self.width() >= ROOMY_FROM_PX)

    def edit_title(self) -> None:
        if not self.title.isReadOnly():
            self.title.setFocus()
            self.title.selectAll()

    def _details(self, loaded: LoadedPicture) -> list[str]:
        parts = [whole_when_text(loaded.row.when)]
        if loaded.frame is not None:
            height, width, _ = loaded.frame.shape
            parts.append(f"{width} × {height}")
        if loaded.row.file is not None:
            parts.append(str(loaded.row.file.path.parent))
        elif loaded.row.item is not None:
            item = loaded.row.item
            parts += [text for text in (item.source.rpartition(os.sep)[2], item.model_id) if text]
        return parts

    def _show_said(self) -> None:
        loaded = self.loaded
        if loaded is None:
            return
        document = self.said.document()
        document.setDefaultStyleSheet(_style())
        for _, name in RATINGS:
            for tone in ("accent", "faint"):
                pixmap = theme.icon(name, tone).pixmap(2 * RATING_PX, 2 * RATING_PX)
                document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(f"icon:{name}-{tone}"), pixmap)
        blocks = [_paragraph(i18n.sentence(loaded.problem), "warning")] if loaded.problem is not None else []  # type: ignore[arg-type]
        if loaded.prompt:
            blocks.append(_paragraph(loaded.prompt, "prompt"))
        blocks += [self._block(remark) for remark in loaded.remarks]
        if loaded.row.item is not None:
            blocks.append(self._settings(loaded, loaded.row.item))
        text = "".join(blocks)
        self.said.setHtml(text)
        self.said.setVisible(bool(text))

    def _settings(self, loaded: LoadedPicture, item: Item) -> str:
        """What made a picture, as a table, in the words of the page Draw; what is said above it is left out."""
        titles = {
            "negative_prompt": self.tr("Not to be seen"),
            "num_inference_steps": self.tr("Steps"),
            "guidance_scale": self.tr("Guidance"),
            "seed": self.tr("Seed"),
            "scheduler": self.tr("Sampler"),
            "eta": self.tr("Noise in each step"),
            "strength": self.tr("Drawn anew"),
            "vae": self.tr("Decoding"),
        }
        said_above = {"width", "height"} if loaded.frame is not None else set()
        rows = []
        for name, value in item.details.items():
            if name in said_above or (name == "prompt" and value == loaded.prompt):
                continue
            if (
                isinstance(value, str | int | float)
                and not isinstance(value, bool)
                and 0 < len(str(value)) <= LONGEST_VALUE
            ):
                shown = f"{value:g}" if isinstance(value, float) else str(value)
            elif isinstance(value, list) and value and all(isinstance(one, str) for one in value):
                shown = ", ".join(value)
            else:
                continue
            title = titles.get(name) or i18n.from_settings(name.replace("_", " ").capitalize())
            cells = html.escape(title), html.escape(shown)
            rows.append(f'<tr><td class="name">{cells[0]}</td><td>{cells[1]}</td></tr>')
        return f'<table cellspacing="0">{"".join(rows)}</table>' if rows else ""

    def _block(self, remark: Remark) -> str:
        """A remark as a part of the page."""
        parts = []
        if remark.question:
            parts.append(_paragraph(remark.question, "asked"))
        if remark.kind == "labels":
            scores = [f"{label} {score:.0%}" for label, score in remark.scores[:SHOWN_SCORES]]
            if remark.none_score:
                scores.append(self.tr("none of them {percent}").format(percent=f"{remark.none_score:.0%}"))
            parts.append(_paragraph("  ·  ".join(scores) or remark.text, "said"))
        else:
            parts.append(_paragraph(remark.text, "said"))
        known = [remark.model_id] if remark.model_id else []
        if remark.said_at is not None:
            known.append(when_text(remark.said_at))
        if remark.time_to_first_token_s:
            known.append(self.tr("first word after {seconds} s").format(seconds=f"{remark.time_to_first_token_s:.2g}"))
        if remark.tokens_per_s:
            known.append(self.tr("{count} tokens a second").format(count=f"{remark.tokens_per_s:.3g}"))
        line = "&nbsp;&nbsp;· ".join(html.escape(part).replace(" ", "&nbsp;") for part in known)
        if remark.kind != "labels":
            line += "&nbsp;&nbsp; " + "&nbsp; ".join(_thumb(remark, rating, name) for rating, name in RATINGS)
        parts.append(f'<p class="known">{line}</p>')
        return "".join(parts)

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def said_text(self) -> str:
        """What was said about the picture, or what made it, as text."""
        if self.loaded is None:
            return ""
        lines = [self.loaded.prompt] if self.loaded.prompt else []
        for remark in self.loaded.remarks:
            lines += [remark.question] if remark.question else []
            lines.append(remark.text)
        return "\n".join(lines)

    def find_similar(self) -> None:
        if self.loaded is not None and self.loaded.frame is not None:
            self.similar_requested.emit(self.loaded.row)

    def look(self) -> None:
        """Looks at it on the page See, where one asks about it: the answers join it."""
        if self.loaded is not None and self.loaded.row.picture is not None and self.loaded.frame is not None:
            item = self.loaded.row.item
            self._context.sessions.vision.open_file(self.loaded.row.picture, item_id=None if item is None else item.id)
            self._context.panel_requested.emit("see")

    def use_settings(self) -> None:
        """Brings everything that made the picture back to the page Draw."""
        if self.loaded is None or self.loaded.row.picture is None:
            return
        path = self.loaded.row.picture

        def read(_job: Job) -> SketchRequest | None:
            from workers.png_settings import read_settings

            return read_settings(path)

        def show(request: SketchRequest | None) -> None:
            if request is None:
                self._context.notify("info", self.tr("This picture says nothing about how it was made."))
            else:
                self._context.panel_requested.emit("draw")
                self._context.sessions.sketch.restore(request)

        self._context.run(read, on_done=show)

    def open_folder(self) -> None:
        if self.loaded is not None and self.loaded.row.picture is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.loaded.row.picture.parent)))

    def copy(self) -> None:
        """The text that is marked, else the picture."""
        cursor = self.said.textCursor()
        if cursor.hasSelection():
            QGuiApplication.clipboard().setText(cursor.selection().toPlainText())
            self._context.notify("info", self.tr("Copied."))
        else:
            self.copy_picture()

    def copy_picture(self) -> None:
        QGuiApplication.clipboard().setImage(self.view.grab_picture())
        self._context.notify("info", self.tr("The picture is in the clipboard."))

    def copy_said(self) -> None:
        QGuiApplication.clipboard().setText(self.said_text)
        self._context.notify("info", self.tr("Copied."))

    def export(self, path: Path) -> None:
        """Writes the item as the file's name says; any other name gets the picture as it is."""
        history, loaded = self._context.history, self.loaded
        if history is None or loaded is None or loaded.row.item is None:
            return
        item_id = loaded.row.item.id

        def work(_job: Job) -> None:
            history.flush()
            history.export(item_id, path)

        done = self.tr("Exported to {path}.").format(path=path)
        self._context.run(work, on_done=lambda _: self._context.notify("info", done))

    def _on_copy(self) -> None:
        menu = QMenu(self)
        picture = menu.addAction(theme.icon("image"), self.tr("Copy the picture"))
        picture.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        picture.triggered.connect(self.copy_picture)
        picture.setEnabled(self.loaded is not None and self.loaded.frame is not None)
        said = menu.addAction(theme.icon("copy"), self.tr("Copy what was said"))
        said.triggered.connect(self.copy_said)
        said.setEnabled(bool(self.said_text))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.copy_button.mapToGlobal(self.copy_button.rect().bottomLeft()))

    def offer_exports(self) -> None:
        """Asks in which format."""
        if self.loaded is None or self.loaded.row.picture is None:
            return
        suffix = self.loaded.row.picture.suffix
        menu = QMenu(self)
        for ending, title in (
            ("md", self.tr("Markdown with the picture (.md)")),
            ("txt", self.tr("Text (.txt)")),
            ("json", self.tr("JSON with everything (.json)")),
            (suffix[1:], self.tr("The picture ({suffix})").format(suffix=suffix)),
        ):
            menu.addAction(title).triggered.connect(lambda _checked=False, ending=ending: self._ask_export(ending))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.export_button.mapToGlobal(self.export_button.rect().bottomLeft()))

    def _ask_export(self, ending: str) -> None:
        if self.loaded is None:
            return
        title = self.loaded.row.title
        path = ask_where_to_save(self._context, self, self.tr("Export"), title, ending, others=ITEM_FORMATS)
        if path is not None:
            self.export(path)

    def _on_title_edited(self) -> None:
        title, item = self.title.text().strip(), self.loaded and self.loaded.row.item
        if item and title not in ("", title_of(item)):
            self.renamed.emit(title)

    def _on_link(self, link: QUrl) -> None:
        """A thumb: a second click takes it back."""
        kind, _, rest = link.toString().partition(":")
        if kind != "rate" or self.loaded is None:
            return
        remark_id, rating = (int(part) for part in rest.split(":"))
        before = next(remark.rating for remark in self.loaded.remarks if remark.id == remark_id)
        self.rated.emit(remark_id, 0 if before == rating else rating)


def _style() -> str:
    colors, base_px = theme.colors(), theme.theme().base_px
    return f"""
        p {{ color: {colors.text}; margin: 0 0 2px 0; }}
        p.prompt {{ margin-bottom: {theme.SPACE_S}px; }}
        p.asked {{ font-weight: 600; }}
        p.known {{ color: {colors.muted}; font-size: {round(base_px * 0.88)}px; margin-bottom: {theme.SPACE_M}px; }}
        p.warning {{ color: {colors.warning}; }}
        td {{ color: {colors.text}; padding: 2px {theme.SPACE_M}px 2px 0; }}
        table {{ margin-top: {theme.SPACE_S}px; }}
        td.name {{ color: {colors.muted}; }}
        a {{ text-decoration: none; }}
    """


def _paragraph(text: str, kind: str) -> str:
    return f'<p class="{kind}">{html.escape(text)}</p>'


def _thumb(remark: Remark, rating: int, name: str) -> str:
    tone = "accent" if remark.rating == rating else "faint"
    image = f'<img src="icon:{name}-{tone}" width="{RATING_PX}" height="{RATING_PX}">'
    return f'<a href="rate:{remark.id}:{rating}">{image}</a>'
