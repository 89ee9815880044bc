"""The page: the canvas beside the picture that forms, what was kept below them, keys, drops and pastes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QTemporaryDir, QUrl
from PySide6.QtGui import (
    QDrag,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QMessageBox, QTabBar, QVBoxLayout, QWidget

from desktop_app import i18n, theme
from desktop_app.canvas.files import CanvasFiles
from desktop_app.canvas.pictures import image_of
from desktop_app.canvas.toolbar import CanvasToolbar
from desktop_app.canvas.view import CanvasView
from desktop_app.context import AppContext
from desktop_app.jobs import nothing
from desktop_app.panels.draw.drawings import DrawingsDialog
from desktop_app.panels.draw.options_side import OptionsSide
from desktop_app.panels.draw.picture_side import PictureSide
from desktop_app.panels.draw.prompt_bar import PromptBar
from desktop_app.panels.draw.results_strip import ResultsStrip
from desktop_app.sessions.sketch_session import Made
from desktop_app.sessions.voice_question import VoiceState
from desktop_app.widgets.drop_target import DropTarget, has_paths, paths_in
from desktop_app.widgets.page import page_action
from desktop_app.widgets.save_dialog import ask_where_to_save, file_name
from desktop_app.widgets.splitter import Splitter
from desktop_app.widgets.undo_bar import UndoBar
from desktop_app.widgets.voice_key import VoiceKey
from workers.errors import AppError, SourceError
from workers.results import GeneratedImage, SketchRequest

NARROW_BELOW_PX = 760  # then canvas and picture take turns
STRIP_BELOW_FROM_PX = 520  # with less height the pictures stand beside the one that is shown
OPTIONS_FROM_PX = 900  # with less width the options close by themselves
UNDO_WIDTH_PX = 420
TOOLS_KEY = "draw.tools"  # of what the window remembers

_log = logging.getLogger(__name__)


class DrawPanel(QWidget):
    """Shows `sessions.sketch` and calls its verbs."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._session = session = context.sessions.sketch
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

        self.canvas = CanvasView(session.document)
        self.files = CanvasFiles(self.canvas, context)
        self._dragged = QTemporaryDir()  # as long as the app runs: whoever took a file reads it when it likes
        self.files.on_files = self._on_files
        self.toolbar = CanvasToolbar(self.canvas, self.files)
        self._show_open()
        self.options_button = theme.icon_button(
            "sliders", self.tr("Options"), tip=self.tr("Model, lines, colours, seed (Ctrl+Shift+P)")
        )
        self.options_button.setCheckable(True)
        self.picture = PictureSide(context)
        self.options = OptionsSide(context)
        self.strip = ResultsStrip()
        self.prompt_bar = PromptBar(context)
        self.undo_bar = UndoBar(context, self)
        self.undo_bar.setProperty("role", "toast")  # it floats: what is drawn on stays where it is
        self._discarded: list[GeneratedImage] = []  # what can be brought back to the strip
        self._let_go: Callable[[], None] = nothing  # when it no longer can
        self.feet = (self.undo_bar, self.prompt_bar)
        self.tabs = QTabBar()
        self.drop_target = DropTarget(
            self,
            self.tr("Drop a picture, or one with settings to bring back"),
            has_paths,
            lambda data: self._on_files(paths_in(data)),
        )

        self._lay_out()
        self._make_actions()
        self._connect()
        self._show_results()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE_S)
        top.addWidget(self.toolbar, 1)
        top.addWidget(self.options_button)
        self.tabs.addTab(self.tr("Drawing"))
        self.tabs.addTab(self.tr("Picture"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.hide()
        self.splitter = Splitter(
            self._context, "draw.split", self.canvas, self.picture, (500, 420), gap_px=theme.SPACE_M
        )
        self.pictures = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self.pictures.setSpacing(theme.SPACE_M)
        self.pictures.addWidget(self.splitter, 1)
        self.pictures.addWidget(self.strip)
        left = QVBoxLayout()
        left.setSpacing(theme.SPACE_M)
        left.addWidget(self.tabs)
        left.addLayout(self.pictures, 1)
        middle = QHBoxLayout()
        middle.setSpacing(theme.SPACE_M)
        middle.addLayout(left, 1)
        middle.addWidget(self.options)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, theme.SPACE_L)
        layout.setSpacing(theme.SPACE_M)
        layout.addLayout(top)
        layout.addLayout(middle, 1)
        layout.addWidget(self.prompt_bar)
        self.options.hide()

    def _make_actions(self) -> None:
        bar = self.prompt_bar
        for text, icon, keys, act in (
            (self.tr("Say what it should be"), "edit", "Ctrl+L", self.focus_prompt),
            (self.tr("Hold and say what it should be"), "hear", "F8", self._session.begin_voice),
            (self.tr("Pictures follow the pen, or not"), "draw", "Ctrl+Shift+L", bar.live.toggle),
            (self.tr("Make a picture"), "draw", "Ctrl+Return", bar.generate),
            (self.tr("Make variations"), "grid", "Ctrl+Shift+Return", bar.vary),
            (self.tr("Cancel what is made and what waits"), "stop", "", self._session.cancel),
            (self.tr("Make what is selected anew"), "refresh", "Ctrl+Shift+G", self.regenerate_selection),
            (self.tr("Another seed"), "dice", "Ctrl+J", self._session.new_seed),
            (self.tr("Save the picture…"), "download", "Ctrl+Shift+S", self.ask_save),
            (self.tr("Copy the picture"), "copy", "Ctrl+Shift+C", self.copy_picture),
            (self.tr("Lay the picture below the drawing"), "layers", "", self._on_reference),
            (self.tr("Lay what the camera sees below the drawing"), "see", "", self.take_camera),
            (self.tr("Show or hide options"), "sliders", "Ctrl+Shift+P", self.options_button.click),
        ):
            page_action(self, text, icon, keys, act).setAutoRepeat(False)
        new = page_action(self, self.tr("New drawing"), "plus", "Ctrl+N", self._session.drawing.new)
        kept = page_action(self, self.tr("Drawings…"), "grid", "Ctrl+Alt+O", self.show_drawings)
        self.files.first_actions = [new, kept]
        self.voice_key = VoiceKey(self._session.voice, self._session.end_voice, self)
        self.addActions(self.toolbar.commands)

    def _connect(self) -> None:
        session = self._session
        if state := self._context.remembered(TOOLS_KEY):
            self.canvas.box.restore(state)
        self.canvas.box.changed.connect(self._remember_tools)
        session.results_changed.connect(self._show_results)
        session.drawing.opened.connect(self._show_open)
        self.strip.chosen.connect(lambda made: self.picture.show_picture(made.image))
        self.strip.menu_requested.connect(self._on_result_menu)
        self.strip.delete_requested.connect(lambda made: self.discard(made.image))
        self.undo_bar.changed.connect(self._place_undo)
        self.undo_bar.taken_back.connect(self._on_taken_back)
        self.undo_bar.settled.connect(self._on_settled)
        self.options_button.toggled.connect(self._on_options)
        self.tabs.currentChanged.connect(self._fit)
        self.picture.reference_button.clicked.connect(self._on_reference)
        self.picture.upscale_button.clicked.connect(self._on_upscale)
        self.picture.anew_button.clicked.connect(self.regenerate_selection)
        self.picture.copy_button.clicked.connect(self.copy_picture)
        self.picture.save_button.clicked.connect(self.ask_save)
        self.picture.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.picture.view.customContextMenuRequested.connect(self._on_picture_menu)
        self.picture.view.drag_started.connect(self._on_drag)
        self.picture.image_changed.connect(self._show_underlay)
        self.toolbar.underlay_toggled.connect(self._show_underlay)

    def _show_underlay(self, _what: object = None) -> None:
        is_on = self.toolbar.underlay_action.isChecked()
        self.canvas.set_underlay(self.picture.view.image if is_on else None)

    def _remember_tools(self) -> None:
        """Has widths, colours, pressure and all that is chosen be the same at the next start."""
        self._context.remember(TOOLS_KEY, self.canvas.box.state())

    def _show_open(self) -> None:
        """Nothing is drawn before the last drawing is there: it would come over it."""
        for part in (self.canvas, self.toolbar):
            part.setEnabled(self._session.drawing.is_open)

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def focus_prompt(self) -> None:
        self.prompt_bar.prompt.setFocus()
        self.prompt_bar.prompt.selectAll()

    def show_drawings(self) -> None:
        """Shows the drawings of before, to open or to delete one."""
        DrawingsDialog(self._session, self).open()

    def ask_before_close(self, close: Callable[[], object]) -> bool:
        """Asks what to do where the drawing cannot be written; False where nothing would be lost by closing."""
        error = self._session.drawing.last_error()
        if error is None:
            return False

        def go() -> None:
            self._session.drawing.give_up()
            close()

        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(self.tr("The drawing cannot be saved"))
        box.setText(self.tr("The drawing cannot be saved: {reason}").format(reason=i18n.sentence(error)))
        box.setInformativeText(i18n.hint(error))
        elsewhere = box.addButton(self.tr("Save elsewhere…"), QMessageBox.ButtonRole.AcceptRole)
        without = box.addButton(self.tr("Close without it"), QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton(self.tr("Stay"), QMessageBox.ButtonRole.RejectRole)
        elsewhere.clicked.connect(lambda: self.files.ask_where(go))
        without.clicked.connect(go)
        box.setDefaultButton(elsewhere)
        box.setEscapeButton(stay)
        box.open()
        return True

    def ask_save(self) -> None:
        """Asks where the picture that is shown goes; its settings go with it."""
        if self.picture.shown is not None:
            self._ask_save(self.picture.shown)

    def _ask_save(self, image: GeneratedImage) -> None:
        name = image.request.prompt or self.tr("picture")
        if path := ask_where_to_save(self._context, self, self.tr("Save the picture"), name, "png"):
            self.save_picture(image, path)

    def save_picture(self, image: GeneratedImage, path: Path) -> None:
        saved = self.tr("Saved as {name}. Dropped on the canvas, it brings all its settings back.")
        self._context.run(
            lambda _job: _write_with_settings(image, path),
            on_done=lambda _: self._context.notify("info", saved.format(name=path.name)),
        )

    def regenerate_selection(self) -> None:
        """Makes what is selected of the picture that is shown anew."""
        self._session.regenerate_selection(self.picture.shown)

    def copy_picture(self) -> None:
        if not self.picture.view.image.isNull():
            self._copy(self.picture.view.image)

    def _copy(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)
        self._context.notify("info", self.tr("Copied."))

    def take_camera(self) -> None:
        """Lays what the camera sees now below the drawing."""
        frame = self._context.sessions.vision.newest_frame
        if frame is None:
            self._context.notify(
                "warning", self.tr("The camera shows nothing."), self.tr("Start it on the page See, then try again.")
            )
        else:
            self._session.use_as_reference(frame.pixels)

    # ── what was kept ───────────────────────────────────────────────────────────────────────────────────────────────

    def _show_results(self) -> None:
        self.strip.show_results([made for made in self._session.results if made.image not in self._discarded])

    def discard(self, image: GeneratedImage) -> None:
        """Takes a picture out of the strip, and out of the history when it can no longer be taken back."""
        title = image.request.prompt or self.tr("picture")
        self.undo_bar.offer(self.tr("Deleted: {title}").format(title=title), title)
        self._discarded, self._let_go = [image], partial(self._session.delete_result, image)
        self._show_results()

    def empty_strip(self) -> None:
        """Takes all pictures out of the strip; the history keeps what it has."""
        self.undo_bar.offer(self.tr("The strip is empty now."))
        images = [made.image for made in self._session.results]
        self._discarded, self._let_go = images, partial(self._session.forget_results, images)
        self._show_results()

    def _on_taken_back(self) -> None:
        self._discarded, self._let_go = [], nothing
        self._show_results()

    def _on_settled(self) -> None:
        let_go = self._let_go
        self._discarded, self._let_go = [], nothing
        let_go()

    def _item_of(self, image: GeneratedImage) -> int | None:
        """Its number in the history."""
        return next((made.item_id for made in self._session.results if made.image is image), None)

    def _place_undo(self) -> None:
        """Over the lower end of the pictures."""
        bar, foot = self.undo_bar, self.prompt_bar.geometry()
        bar.resize(min(UNDO_WIDTH_PX, foot.width()), bar.sizeHint().height())
        bar.move(foot.center().x() - bar.width() // 2, foot.top() - theme.SPACE_M - bar.height())
        bar.raise_()

    def _on_result_menu(self, made: Made, place: QPoint) -> None:
        menu = self._menu_of(made.image)
        compare = self.tr("Compare with the one shown")
        menu.addAction(theme.icon("compare"), compare, lambda: self.picture.compare_with(made.image))
        menu.addSeparator()
        menu.addAction(theme.icon("close"), self.tr("Empty this strip"), self.empty_strip)
        menu.popup(place)

    def _on_picture_menu(self, point: QPoint) -> None:
        if self.picture.shown is not None:
            self._menu_of(self.picture.shown).popup(self.picture.view.mapToGlobal(point))

    def _menu_of(self, image: GeneratedImage) -> QMenu:
        """What can be done with a picture that was made."""
        menu, request = QMenu(self), image.request
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(theme.icon("copy"), self.tr("Copy the picture"), lambda: self._copy(image_of(image.pixels)))
        menu.addAction(theme.icon("download"), self.tr("Save the picture…"), lambda: self._ask_save(image))
        menu.addSeparator()
        for text, icon, act in (
            (self.tr("Use its settings"), "sliders", lambda: self._session.restore(request)),
            (self.tr("Make it again"), "refresh", lambda: self._session.make_again(request)),
            (self.tr("Use its seed"), "dice", lambda: self._use_seed(request.seed)),
            (self.tr("Lay below the drawing"), "layers", lambda: self._session.use_as_reference(image.pixels)),
            (self.tr("Take over as colours"), "palette", lambda: self._session.use_as_colors(image.pixels)),
            (self.tr("Make it twice as large"), "enlarge", lambda: self._session.upscale(image)),
        ):
            menu.addAction(theme.icon(icon), text, act)
        menu.addSeparator()
        item_id = self._item_of(image)
        show = partial(self._context.item_requested.emit, item_id)
        menu.addAction(theme.icon("history"), self.tr("Show it in the history"), show).setEnabled(item_id is not None)
        is_result = any(made.image is image for made in self._session.results)
        can_pin = is_result and (item_id is not None or not self._context.settings.history.is_private)
        pin = partial(self._session.pin_result, image)
        menu.addAction(theme.icon("pin"), self.tr("Pin it in the history"), pin).setEnabled(can_pin)
        if is_result:
            delete = menu.addAction(theme.icon("trash"), self.tr("Delete"), lambda: self.discard(image))
            delete.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        return menu

    def _use_seed(self, seed: int) -> None:
        self._context.change_setting("draw.seed", seed)
        self._context.change_setting("draw.is_seed_locked", True)

    def _on_reference(self) -> None:
        if self.picture.shown is not None:
            self._session.use_as_reference(self.picture.shown.pixels)

    def _on_upscale(self) -> None:
        if self.picture.shown is not None:
            self._session.upscale(self.picture.shown)

    def _on_drag(self) -> None:
        """Out of the window: to a file manager, a document, or the canvas."""
        image = self.picture.view.image
        drag = QDrag(self)
        drag.setMimeData(self.dragged())
        drag.setPixmap(QPixmap.fromImage(image.scaled(96, 96, Qt.AspectRatioMode.KeepAspectRatio)))
        drag.exec(Qt.DropAction.CopyAction)

    def dragged(self) -> QMimeData:
        """What is shown, as a picture, and as a file with its settings, which file managers want."""
        data, shown = QMimeData(), self.picture.shown
        data.setImageData(self.picture.view.image)
        if shown is not None and not self.picture.is_preview and not self._context.settings.history.is_private:
            name = file_name(shown.request.prompt or self.tr("picture"))
            path = Path(self._dragged.path()) / f"{name} {shown.request.seed}.png"
            try:
                _write_with_settings(shown, path)
            except AppError:  # no room for a file: it is dragged as a picture alone
                _log.exception("a dragged picture could not be written")
            else:
                data.setUrls([QUrl.fromLocalFile(str(path))])
        return data

    # ── what comes in ───────────────────────────────────────────────────────────────────────────────────────────────

    def _on_files(self, paths: list[Path]) -> None:
        """A picture that was made here brings its settings back; any other file is the canvas's business."""

        def show(request: SketchRequest | None) -> None:
            if request is None:
                self._session.drawing.when_open(lambda: self.files.take(paths))
            else:
                self._session.restore(request)

        self._context.run(lambda job: _settings_in(paths[0]), on_done=show)

    # ── the window ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _on_options(self, is_on: bool) -> None:
        self.options.setVisible(is_on)
        if is_on:
            self.options.refresh_models()

    def _fit(self, _tab: int = 0) -> None:
        is_narrow, is_low = self.width() < NARROW_BELOW_PX, self.height() < STRIP_BELOW_FROM_PX
        shows_picture = not is_narrow or self.tabs.currentIndex() == 1
        self.tabs.setVisible(is_narrow)
        self.canvas.setVisible(not is_narrow or self.tabs.currentIndex() == 0)
        self.picture.setVisible(shows_picture)
        self.strip.setVisible(shows_picture or not is_low)
        self.strip.set_upright(is_low)
        self.pictures.setDirection(QBoxLayout.Direction.LeftToRight if is_low else QBoxLayout.Direction.TopToBottom)
        if self.width() < OPTIONS_FROM_PX and self.options_button.isChecked() and not self.options.underMouse():
            self.options_button.setChecked(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._place_undo()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._session.prepare()
        self.canvas.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._session.voice.state is not VoiceState.IDLE:
            self._session.voice.cancel()
        elif event.key() == Qt.Key.Key_Escape and self._session.can_cancel:
            self._session.cancel()
        elif event.key() == Qt.Key.Key_Escape and not self.canvas.hasFocus():
            self.canvas.setFocus()  # from the words back to the tools
        else:
            super().keyPressEvent(event)


def _write_with_settings(image: GeneratedImage, path: Path) -> None:
    """As a PNG that brings its settings back when it is dropped here."""
    from desktop_app.files import write_file
    from workers.png_settings import png_with_settings

    write_file(path, png_with_settings(image.pixels, image.request))


def _settings_in(path: Path) -> SketchRequest | None:
    """What made the picture in a file, if it was made here or by a tool that says so. In a worker thread."""
    from workers.png_settings import read_settings

    try:
        return read_settings(path)
    except SourceError:  # damaged settings: the picture itself can still be looked at
        return None
