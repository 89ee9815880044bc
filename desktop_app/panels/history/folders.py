"""Folders of the user's own pictures: chosen in a menu, and how far the one is that is looked at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QFrame, QGridLayout, QMenu, QProgressBar, QWidget

from desktop_app import theme
from desktop_app.context import AppContext
from desktop_app.durations import clock_text
from desktop_app.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from desktop_app.history.records import PictureFolder


class IndexBar(QFrame):
    """Shows how far the library has come with a folder, and ends it."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._library = context.sessions.library
        self.setProperty("role", "card")
        self.text = ElidedLabel("", "caption")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.cancel_button = theme.icon_button(
            "close", self.tr("Stop"), tip=self.tr("Stop; what was looked at can be found")
        )
        layout = QGridLayout(self)
        layout.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_XS, theme.SPACE_S)
        layout.setVerticalSpacing(theme.SPACE_XS)
        layout.addWidget(self.text, 0, 0)
        layout.addWidget(self.progress, 1, 0)
        layout.addWidget(self.cancel_button, 0, 1, 2, 1)
        self.cancel_button.clicked.connect(self._library.cancel)
        self._library.indexing_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        indexing = self._library.indexing
        self.setVisible(indexing is not None)
        if indexing is None:
            return
        progress, folder = indexing.progress, indexing.folder.name
        if progress is None or not progress.total:
            count = progress.done if progress is not None else 0
            text = self.tr("“{folder}”: {count} pictures so far").format(folder=folder, count=f"{count:,}")
        else:
            text = self.tr("“{folder}”: {done} of {total}").format(
                folder=folder, done=f"{progress.done:,}", total=f"{progress.total:,}"
            )
            if progress.left_s is not None:
                text += "  ·  " + self.tr("{time} left").format(time=clock_text(progress.left_s))
        self.text.setText(text)
        self.text.setToolTip(str(indexing.folder))
        self.progress.setRange(0, 1000 if progress is not None and progress.total else 0)
        if progress is not None:
            self.progress.setValue(round(1000 * progress.fraction))


class FoldersMenu(QObject):
    """What can be done with folders: each one that is known, and another one."""

    def __init__(self, page: QWidget, context: AppContext) -> None:
        super().__init__(page)
        self._page = page
        self._context = context
        self._library = context.sessions.library

    def open_at(self, place: QPoint) -> None:
        """Shows the menu as soon as the folders are known."""
        self._context.run(lambda job: self._library.folders(), on_done=lambda folders: self._show(folders, place))

    def ask(self) -> None:
        """Asks for a folder and lets its pictures be found."""
        folder = QFileDialog.getExistingDirectory(self._page, self.tr("Add a folder of pictures"))
        if folder:
            self._library.index(Path(folder))

    def _show(self, folders: list[PictureFolder], place: QPoint) -> None:
        menu = QMenu(self._page)
        menu.addAction(theme.icon("plus"), self.tr("Add a folder of pictures…")).triggered.connect(self.ask)
        if folders:
            menu.addSeparator()
        for folder in folders:
            self._add(menu, folder)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _add(self, menu: QMenu, folder: PictureFolder) -> None:
        path = folder.path
        count = folder.n_files - folder.n_problems
        of_folder = menu.addMenu(theme.icon("folder"), f"{path.name or path}  ·  {count:,}")
        of_folder.setToolTipsVisible(True)
        look = of_folder.addAction(theme.icon("refresh"), self.tr("Look for changes"))
        look.triggered.connect(lambda: self._library.index(path))
        show = of_folder.addAction(theme.icon("folder"), self.tr("Open the folder"))
        show.triggered.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))))
        of_folder.addSeparator()
        forget = of_folder.addAction(theme.icon("close"), self.tr("Forget this folder"))
        forget.setToolTip(self.tr("Its pictures are not found any more; the files stay where they are"))
        forget.triggered.connect(lambda: self._library.forget(path))
