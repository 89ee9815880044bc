"""Finds the pictures below a folder, each once, whatever links and loops there are. No Qt."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from desktop_app.history.gallery import FoundFile
from workers.cancel import never
from workers.errors import Cancelled, SourceError

SUFFIXES = frozenset((".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"))


class FolderWalk:
    """The pictures below a folder in the order of their names; what is hidden is left out.

    Attributes:
        unreadable: folders and names that could not be looked at.
    """

    def __init__(self, folder: Path, *, cancelled: Callable[[], bool] = never) -> None:
        self._folder = folder
        self._cancelled = cancelled
        self._seen: set[tuple[int, int]] = set()  # devices with numbers of files: a link leads to what is there already
        self.unreadable: list[str] = []

    def __iter__(self) -> Iterator[FoundFile]:
        """Raises Cancelled, and SourceError when there is no such folder."""
        if not self._folder.is_dir():
            sentence = "{path} is not a folder." if self._folder.exists() else "The folder {path} does not exist."
            raise SourceError(sentence, hint="Choose a folder with pictures.", path=self._folder)
        waiting = [str(self._folder)]
        while waiting:
            folder = waiting.pop()
            folders, files = self._look_into(folder)
            waiting += reversed(folders)
            yield from files

    def _look_into(self, folder: str) -> tuple[list[str], list[FoundFile]]:
        """The folders and the pictures in a folder that were not met yet."""
        folders: list[str] = []
        files: list[FoundFile] = []
        try:
            if self._was_seen(os.stat(folder)):
                return folders, files
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            self.unreadable.append(folder)
            return folders, files
        for entry in entries:
            if self._cancelled():
                raise Cancelled
            if entry.name.startswith("."):
                continue
            try:
                if entry.is_dir():
                    folders.append(entry.path)
                elif os.path.splitext(entry.name)[1].lower() in SUFFIXES and entry.is_file():
                    entry.name.encode()
                    stat = entry.stat()
                    if not self._was_seen(stat):
                        files.append(FoundFile(entry.path, stat.st_size, stat.st_mtime_ns))
            except (OSError, UnicodeEncodeError):  # gone meanwhile, a link in a circle, or a name that is no text
                self.unreadable.append(entry.path)
        return folders, files

    def _was_seen(self, stat: os.stat_result) -> bool:
        key = stat.st_dev, stat.st_ino
        if key in self._seen:
            return True
        self._seen.add(key)
        return False
