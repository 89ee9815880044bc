"""Asks where to save what is written out: in the folder of the last time, under a name that says what it is."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.context import AppContext

LONGEST_NAME = 80  # characters; file systems allow 255 bytes
FOLDER_KEY = "export_folder"

_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')  # on any system


def ask_where_to_save(
    context: AppContext, parent: QWidget, title: str, name: str, suffix: str, *, others: Collection[str] = ()
) -> Path | None:
    """Where the user wants the file, None for nowhere. What is there already is named before it is replaced.

    Args:
        name: proposed, without its suffix; any text.
        suffix: for a name that is typed without one, such as "srt".
        others: suffixes that may be typed instead.
    """
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    folder = Path(context.remembered(FOLDER_KEY, documents))
    dialog = QFileDialog(parent, title, str(folder if folder.is_dir() else Path.home()), f"*.{suffix}")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    dialog.selectFile(f"{file_name(name)}.{suffix}")
    path = None
    while path is None and dialog.exec():
        path = Path(dialog.selectedFiles()[0])
        if path.suffix.lower()[1:] not in (suffix, *others):  # "Interview Dr. Smith" has no suffix
            path = path.with_name(f"{path.name}.{suffix}")
            if path.exists():  # the dialog asked about another name
                dialog.selectFile(str(path))
                path = None
    dialog.deleteLater()
    if path is not None:
        context.remember(FOLDER_KEY, str(path.parent))
    return path


def file_name(text: str) -> str:
    """A name for a file that is made of a text."""
    name = " ".join(_NOT_IN_NAMES.sub(" ", text).split())[:LONGEST_NAME].strip(" .…")
    return name or "Sensorium"
