"""The page: the picture beside what is said about it, keys, drops and pastes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt
from PySide6.QtGui import (
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from desktop_app import theme
from desktop_app.canvas.pictures import frame_of, image_of
from desktop_app.canvas.snapshot import png_bytes
from desktop_app.context import AppContext
from desktop_app.files import write_file
from desktop_app.panels.see.ask import AskTab
from desktop_app.panels.see.caption import CaptionTab
from desktop_app.panels.see.choices import Choices
from desktop_app.panels.see.dock import Dock
from desktop_app.panels.see.labels import LabelsTab
from desktop_app.panels.see.stage import Stage
from desktop_app.panels.see.watch import WatchTab
from desktop_app.paths import ASSETS_DIR
from desktop_app.sessions.vision_session import is_video_file
from desktop_app.widgets.drop_target import DropTarget, has_pictures, paths_in
from desktop_app.widgets.page import page_action
from desktop_app.widgets.save_dialog import ask_where_to_save
from desktop_app.widgets.screen_picker import ScreenPicker
from desktop_app.widgets.splitter import Splitter
from workers.sources.screenshot import is_wayland

SAMPLE = ASSETS_DIR / "samples" / "things.jpg"
PICTURE_PATTERNS = "*.avif *.bmp *.gif *.jpeg *.jpg *.png *.tif *.tiff *.webp"
VIDEO_PATTERNS = "*.avi *.flv *.m4v *.mkv *.mov *.mp4 *.mpeg *.mpg *.ogv *.webm *.wmv"
TAB_NAMES = ("ask", "labels", "caption", "watch")  # in the settings
SIDE_PX = 360
ROOMY_FROM_PX = 560
STACKED_BELOW = 0.9  # of width to height: then the picture is above what is said about it


class SeePanel(QWidget):
    """Shows `sessions.vision` and calls its verbs."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._session = context.sessions.vision
        self._again: Callable[[], None] = self._session.start  # what F5 looks at
        self._is_keeping = False
        self._address = ""  # of the video that was asked for last
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

        self.choices = Choices(context)
        self.stage = Stage(context)
        self.view = self.stage.view
        self.ask = AskTab(context)
        self.labels = LabelsTab(context)
        self.caption = CaptionTab(context)
        self.watch = WatchTab(context, self.labels.model, self.ask.model)
        self.side_tabs = self.ask, self.labels, self.caption, self.watch
        self.dock = Dock(context, self.view)
        self.feet = self.dock, self.ask.composer
        self.drop_target = DropTarget(self, self.tr("Drop to look at it"), has_pictures, self.take)

        self._lay_out()
        self._make_actions()
        self._connect()

    def _lay_out(self) -> None:
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.pages = QStackedWidget()
        self.side = QWidget()
        column = QVBoxLayout(self.side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_M)
        column.addWidget(self.tabs)
        column.addWidget(self.pages, 1)
        titles = self.tr("Ask"), self.tr("Labels"), self.tr("Caption"), self.tr("Watch")
        for number, (title, tab) in enumerate(zip(titles, self.side_tabs, strict=True), 1):
            self.tabs.addTab(title)
            self.tabs.setTabToolTip(number - 1, f"{title} (Alt+{number})")
            self.pages.addWidget(tab)
        self.splitter = Splitter(
            self._context, "see.split", self.stage, self.side, (10_000, SIDE_PX), gap_px=2 * theme.SPACE_M
        )
        self.splitter.setStretchFactor(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, theme.SPACE_L)
        layout.setSpacing(theme.SPACE_M)
        layout.addWidget(self.choices)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.dock)
        self.setTabOrder(self.choices, self.dock)

    def _make_actions(self) -> None:
        session, view = self._session, self.view
        for text, icon, keys, act in (
            (self.tr("Start or stop looking"), "webcam", "F5", self.dock.toggle),
            (self.tr("Freeze or go on"), "pause", "Space, F6", session.toggle_freeze),
            (self.tr("Keep this picture in the history"), "camera", "Ctrl+S", self.keep),
            (self.tr("Save this picture as a file…"), "download", "Ctrl+Shift+S", self.ask_save),
            (self.tr("Copy this picture"), "copy", "", self.copy),
            (self.tr("Find pictures like this one"), "search", "", self.find_similar),
            (self.tr("Open a picture or a video…"), "picture", "Ctrl+Shift+O", self.ask_file),
            (self.tr("Look at the clipboard"), "clipboard", "Ctrl+V", self.paste),
            (self.tr("Look at the screen"), "screen", "", lambda: self.look_at("screen")),
            (self.tr("Look at a part of the screen…"), "region", "", self.ask_screen),
            (self.tr("Look at the address of a video…"), "stream", "", self.ask_address),
            (self.tr("Look at the sample picture"), "see", "", self.open_sample),
            (self.tr("Look at a part, or at all of it"), "region", "Ctrl+G", self.dock.toggle_region),
            (self.tr("Fit the picture"), "search", "Ctrl+0", lambda: view.set_zoom("fit")),
            (self.tr("Larger"), "search", "Ctrl++", lambda: view.zoom_by(1.25)),
            (self.tr("Smaller"), "search", "Ctrl+-", lambda: view.zoom_by(0.8)),
            (self.tr("Mirror"), "mirror", "Ctrl+Shift+M", self.dock.toggle_mirror),
            (self.tr("Turn a quarter clockwise"), "rotate", "Ctrl+Shift+T", self.dock.rotate),
            (self.tr("Label what is seen"), "label", "Ctrl+L", self.labels.head.switch.click),
            (self.tr("Describe what is seen"), "captions", "Ctrl+D", self.caption.head.switch.click),
            (self.tr("Ask"), "ask", "Alt+1", lambda: self.show_tab(self.ask)),
            (self.tr("Hold to speak a question"), "hear", "F8", self.ask.begin_voice),
            (self.tr("Labels"), "label", "Alt+2", lambda: self.show_tab(self.labels)),
            (self.tr("Caption"), "captions", "Alt+3", lambda: self.show_tab(self.caption)),
            (self.tr("Watch"), "bell", "Alt+4", lambda: self.show_tab(self.watch)),
            (self.tr("New chat"), "plus", "Ctrl+N", session.chat.new_chat),
            (self.tr("Add this picture to the next question"), "plus", "Ctrl+Shift+A", self.ask.add_button.click),
            (self.tr("Copy the last answer"), "copy", "Ctrl+Shift+C", self.ask.copy_last),
            (self.tr("Export the chat with its pictures"), "upload", "Ctrl+E", self.ask.ask_export),
            (self.tr("How fast pictures come"), "info", "Ctrl+I", self.toggle_readout),
        ):
            action = page_action(self, text, icon, "", act)
            action.setShortcuts([QKeySequence(key) for key in keys.split(", ") if key])
            action.setAutoRepeat(False)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.choices.camera_requested.connect(self.start_camera)
        self.choices.other_requested.connect(self.look_at)
        for tab in (self.ask, self.caption):
            tab.model.model_changed.connect(self._show_server)
        self._show_server()
        self.stage.empty.start_requested.connect(self.start_camera)
        self.stage.empty.other_requested.connect(self.look_at)
        self.dock.start_requested.connect(self.start)
        self.dock.snapshot_requested.connect(self.keep)
        self._session.snapshot_taken.connect(self._on_snapshot_taken)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self.ask.picture_pasted.connect(self._on_pasted)
        if (name := self._context.remembered("see.tab")) in TAB_NAMES:
            self.tabs.setCurrentIndex(TAB_NAMES.index(name))
        self.stage.set_readout(self._context.remembered("see.readout", "on") == "on")

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """Looks at what was looked at last; at the camera first."""
        self._again()

    def start_camera(self) -> None:
        self._open(self._session.start)

    def look_at(self, source: str) -> None:
        """Looks at something else than a camera: "file", "clipboard", "screen", "part", "stream" or "sample"."""
        {
            "file": self.ask_file,
            "clipboard": self.paste,
            "screen": lambda: self._open(self._session.watch_screen),
            "part": self.ask_screen,
            "stream": self.ask_address,
            "sample": self.open_sample,
        }[source]()

    def _open(self, look: Callable[[], None]) -> None:
        self._again = look
        look()

    def open_file(self, path: Path) -> None:
        """Looks at a picture, or plays a video."""
        self._open(lambda: self._session.open_file(path))

    def ask_file(self) -> None:
        """Asks for a picture or a video to look at."""
        patterns = f"{PICTURE_PATTERNS} {VIDEO_PATTERNS}"
        kinds = [self.tr("Pictures and videos ({patterns})").format(patterns=patterns), self.tr("All files (*)")]
        title = self.tr("Look at a picture or a video")
        name = QFileDialog.getOpenFileName(self, title, "", ";;".join(kinds))[0]
        if name:
            self.open_file(Path(name))

    def ask_address(self) -> None:
        """Asks for the address of a camera in the network, or of another video."""
        address, is_given = QInputDialog.getText(
            self,
            self.tr("Address of a video"),
            self.tr("Such as rtsp://camera.local/1 or http://camera.local/video.mjpg"),
            text=self._address,
        )
        if is_given and address.strip():
            self._address = address.strip()
            self._open(lambda: self._session.open_video(self._address))

    def ask_screen(self) -> None:
        """Lets a part of the screen be marked; under Wayland in the dialog of the desktop."""
        if is_wayland():
            self.look_at("screen")
            return
        picker = ScreenPicker(self.screen(), self)
        picker.picked.connect(lambda box: self._open(lambda: self._session.watch_screen(box)))
        picker.show()
        picker.activateWindow()

    def open_sample(self) -> None:
        self.open_file(SAMPLE)

    def paste(self) -> None:
        """Looks at what is in the clipboard."""
        data = QGuiApplication.clipboard().mimeData()
        if not self.take(data):
            self._context.notify("info", self.tr("There is no picture in the clipboard."))

    def take(self, data: QMimeData) -> bool:
        """Looks at a picture that was dropped or pasted; whether there was one."""
        if data.hasImage():
            pixels = frame_of(QImage(data.imageData()))
            self._open(lambda: self._session.open_pixels(pixels, self.tr("Clipboard")))
        elif paths := paths_in(data):
            self.open_file(paths[0])
            if len(paths) > 1:
                self._take_others(paths)
        else:
            return False
        return True

    def _take_others(self, paths: list[Path]) -> None:
        """Several pictures are what the next question is about, where the model that answers takes them."""
        if self.ask.takes_several and not any(map(is_video_file, paths)):
            self._session.add_pictures(paths, is_alone=True)
            self.show_tab(self.ask)
        else:
            text = self.tr("“{name}” is shown, the first of {count}.").format(name=paths[0].name, count=len(paths))
            self._context.notify("info", text, self.tr("The model that answers takes one picture at a time."))

    def _on_pasted(self, data: QMimeData) -> None:
        """Into the question: what is looked at stays, and the picture joins the question."""
        paths = paths_in(data)
        if self._session.newest_frame is None or (not data.hasImage() and any(map(is_video_file, paths))):
            self.take(data)
            return
        pictures = [frame_of(QImage(data.imageData()))] if data.hasImage() else paths
        several = self.ask.takes_several
        self._session.add_pictures(pictures if several else pictures[:1], is_alone=not several)

    def show_tab(self, tab: QWidget) -> None:
        self.tabs.setCurrentIndex(self.pages.indexOf(tab))
        if tab is self.ask:
            self.ask.field.setFocus()

    def keep(self) -> None:
        """Keeps what is in view in the history, with what was said about it."""
        self._is_keeping = True
        self._session.snapshot()

    @property
    def _picture_in_view(self) -> QImage:
        """What is looked at: the part that is marked, or all of it; a null image where nothing is."""
        frame, region = self._session.newest_frame, self._session.region
        if frame is None:
            return QImage()
        return image_of(frame.pixels if region is None else region.crop(frame.pixels))

    def copy(self) -> None:
        """Puts what is looked at into the clipboard."""
        image = self._picture_in_view
        if image.isNull():
            self._context.notify("info", self.tr("There is no picture yet"))
            return
        QGuiApplication.clipboard().setImage(image)
        self._context.notify("info", self.tr("Copied."))

    def find_similar(self) -> None:
        """Finds pictures like what is looked at in the history."""
        image = self._picture_in_view
        if image.isNull():
            self._context.notify("info", self.tr("There is no picture yet"))
        else:
            self._context.similar_requested.emit(frame_of(image))

    def ask_save(self) -> None:
        """Asks where to, then writes what was looked at when it was asked."""
        image = self._picture_in_view
        if image.isNull():
            self._context.notify("info", self.tr("There is no picture yet"))
            return
        caption = self.caption.newest_text or self._session.source_name
        path = ask_where_to_save(self._context, self, self.tr("Save this picture"), caption, "png")
        if path is not None:
            saved = self.tr("Saved as {name}.").format(name=path.name)
            self._context.run(
                lambda _job: write_file(path, png_bytes(image)),
                on_done=lambda _: self._context.notify("info", saved),
            )

    def _on_menu(self, point: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(theme.icon("copy"), self.tr("Copy this picture"), self.copy)
        menu.addAction(theme.icon("download"), self.tr("Save this picture as a file…"), self.ask_save)
        menu.addAction(theme.icon("camera"), self.tr("Keep this picture in the history"), self.keep)
        menu.addAction(theme.icon("search"), self.tr("Find pictures like this one"), self.find_similar)
        menu.popup(self.view.mapToGlobal(point))

    def toggle_readout(self) -> None:
        readout = "off" if self._context.remembered("see.readout", "on") == "on" else "on"
        self._context.remember("see.readout", readout)
        self.stage.set_readout(readout == "on")

    def focus_search(self) -> None:
        """Ctrl+F: what was seen is found in the history."""
        self._context.panel_requested.emit("history")

    def _on_snapshot_taken(self, item_id: int) -> None:
        if not self._is_keeping:
            return  # of something that was looked for: the user has been told
        self._is_keeping = False
        show = self.tr("Show it"), lambda: self._context.item_requested.emit(item_id)
        self._context.notify("info", self.tr("The picture is in the history."), action=show, topic="snapshot")

    def _show_server(self) -> None:
        self.stage.empty.show_server(self.ask.model.server or self.caption.model.server)

    def _on_tab_changed(self, index: int) -> None:
        self.pages.setCurrentIndex(index)
        self.setFocus()  # else the next switch would get it, with a ring that nobody asked for
        self._context.remember("see.tab", TAB_NAMES[index])

    # ── hands ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def event(self, event: QEvent) -> bool:
        """Esc stops an answer before it takes a message away."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() == Qt.Key.Key_Escape
            and (self.ask.is_busy or self._session.region is not None)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._session.toggle_freeze()
        elif event.key() == Qt.Key.Key_Escape and self.ask.is_busy:
            self.ask.stop()
        elif event.key() == Qt.Key.Key_Escape and self._session.region is not None:
            self._session.set_region(None)
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._session.watch_cameras()
        for model in (self.ask.model, self.labels.model, self.caption.model):
            model.refresh()
        if self.pages.currentWidget() is self.ask and self._session.newest_frame is not None:
            self.ask.field.setFocus()
        else:
            self.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_tall = self.width() < STACKED_BELOW * self.height()
        self.splitter.setOrientation(Qt.Orientation.Vertical if is_tall else Qt.Orientation.Horizontal)
        is_flat = is_tall or self.height() < ROOMY_FROM_PX
        self.ask.field.set_flat(is_flat)
        for tab in self.side_tabs:
            tab.note.set_flat(is_flat)
