"""What a drawing exchanges with files and the clipboard, as commands of the canvas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage, QKeySequence
from PySide6.QtWidgets import QFileDialog

from desktop_app import theme
from desktop_app.canvas.document import Drawing
from desktop_app.canvas.openraster import read_ora, write_ora
from desktop_app.canvas.pictures import Background, Part, export, image_of, read_picture, selected_of
from desktop_app.canvas.view import CanvasView
from desktop_app.context import AppContext
from desktop_app.jobs import nothing
from desktop_app.widgets.save_dialog import ask_where_to_save
from workers.results import Frame


class CanvasFiles(QObject):
    """Reads and writes in the background; what goes wrong is told in the banner.

    A drawing that was saved is saved there again, until another one is begun. One that was opened is not: a file of
    another program may have layers that ours would not have.
    What is dropped on the canvas or pasted becomes the reference, and an OpenRaster file the drawing. A page that knows
    better what a dropped file is sets `on_files`; one that keeps drawings puts its commands into `first_actions`.
    """

    def __init__(self, view: CanvasView, context: AppContext) -> None:
        super().__init__(view)
        self._view, self._context = view, context
        self._saved: dict[int, Path] = {}  # where, by the number of the drawing
        self.on_files: Callable[[list[Path]], None] = self.take
        self.first_actions: list[QAction] = []
        self.import_action = self._action(self.tr("Place a picture below…"), "image", "Ctrl+I", self._ask_picture)
        self.open_action = self._action(self.tr("Open a drawing…"), "folder", "Ctrl+Shift+O", self._ask_drawing)
        self.save_action = self._action(self.tr("Save the drawing"), "save", "Ctrl+S", self._save_again)
        self.save_as_action = self._action(
            self.tr("Save the drawing as…"), "save", "Ctrl+Alt+S", lambda: self.ask_where()
        )
        self.export_action = self._action(self.tr("Export as a picture…"), "upload", "Ctrl+E", self._ask_export)
        self.export_lines_action = self._action(
            self.tr("Export the lines alone…"), "upload", "Ctrl+Shift+E", self._ask_export_of_lines
        )
        self.copy_action = self._action(self.tr("Copy the drawing"), "copy", "Ctrl+C", self.copy)
        self.paste_action = self._action(self.tr("Paste a picture below"), "image", "Ctrl+V", self._on_paste)
        view.files_dropped.connect(lambda paths: self.on_files(paths))
        view.image_dropped.connect(self.place_below)

    @property
    def actions(self) -> list[QAction]:
        return [
            *self.first_actions,
            self.open_action,
            self.save_action,
            self.save_as_action,
            self.export_action,
            self.export_lines_action,
            self.import_action,
            self.paste_action,
            self.copy_action,
        ]

    def take(self, paths: list[Path]) -> None:
        """Opens a drawing, or places a picture below; the first of several."""
        if paths[0].suffix.lower() == ".ora":
            self._open_drawing(paths[0])
        else:
            self._context.run(lambda _job: read_picture(paths[0]), on_done=self.place_below)

    def place_below(self, picture: QImage | Frame) -> None:
        """Makes a picture the reference: from a file, the clipboard, a camera (a frame) or a result."""
        self._view.document.set_reference(image_of(picture) if isinstance(picture, np.ndarray) else picture)

    def save(self, path: Path, then: Callable[[], object] = nothing) -> None:
        """Writes the drawing with its layers."""
        snapshot, number = self._view.document.snapshot(), self._view.document.number

        def on_done(_: None) -> None:
            self._saved[number] = path
            self._tell_saved(path)
            then()

        self._context.run(lambda _job: write_ora(snapshot, path), on_done=on_done)

    def export(self, path: Path, part: Part = "all", background: Background = "white") -> None:
        """Writes what is seen as PNG or JPEG."""
        snapshot = self._view.document.snapshot()
        self._context.run(
            lambda _job: export(snapshot, path, part, background), on_done=lambda _: self._tell_saved(path)
        )

    def copy(self) -> None:
        """Puts what is seen, or what is selected of it, into the clipboard."""
        snapshot = self._view.document.snapshot()
        self._context.run(lambda _job: selected_of(snapshot), on_done=QGuiApplication.clipboard().setImage)

    def _tell_saved(self, path: Path) -> None:
        self._context.notify("info", self.tr("Saved as {name}.").format(name=path.name))

    def _open_drawing(self, path: Path) -> None:
        self._context.run(lambda _job: read_ora(path), on_done=self._show_drawing)

    def _show_drawing(self, drawing: Drawing) -> None:
        self._view.document.replace(drawing)

    def _on_paste(self) -> None:
        if not self._view.paste():
            self._context.notify(
                "info", self.tr("There is no picture in the clipboard."), self.tr("Copy one, then paste it here.")
            )

    # ── asking where ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _ask_picture(self) -> None:
        kinds = self.tr("Pictures ({patterns})").format(patterns="*.png *.jpg *.jpeg *.webp *.bmp *.gif *.tif *.tiff")
        name = QFileDialog.getOpenFileName(self._view, self.tr("Place a picture below"), "", kinds)[0]
        if name:
            self.take([Path(name)])

    def _ask_drawing(self) -> None:
        kinds = self.tr("Drawings ({patterns})").format(patterns="*.ora")
        name = QFileDialog.getOpenFileName(self._view, self.tr("Open a drawing"), "", kinds)[0]
        if name:
            self._open_drawing(Path(name))

    def _save_again(self) -> None:
        if path := self._saved.get(self._view.document.number):
            self.save(path)
        else:
            self.ask_where()

    def ask_where(self, then: Callable[[], object] = nothing) -> None:
        """Asks where to save the drawing, and goes on when it is there."""
        if path := self._ask_name(self.tr("Save the drawing"), "ora"):
            self.save(path, then)

    def _ask_export(self) -> None:
        if path := self._ask_name(self.tr("Export as a picture"), "png", "jpg", "jpeg"):
            self.export(path)

    def _ask_export_of_lines(self) -> None:
        if path := self._ask_name(self.tr("Export the lines alone, on nothing"), "png"):
            self.export(path, "line_art", "transparent")

    def _ask_name(self, title: str, suffix: str, *others: str) -> Path | None:
        name = self._context.settings.draw.prompt or self.tr("drawing")
        return ask_where_to_save(self._context, self._view, title, name, suffix, others=others)

    def _action(self, text: str, icon: str, keys: str, act: Callable[[], object]) -> QAction:
        action = QAction(theme.icon(icon), text, self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setToolTip(f"{text.rstrip('…')} ({keys})")
        action.triggered.connect(act)
        self._view.addAction(action)
        return action
