"""One folder of media for each item, and who is recording into it. No Qt.

The folders also hand out the item numbers: making a folder cannot be done twice, works while the database is locked,
and the lock inside is let go by the system when its process dies, however it dies.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import suppress
from pathlib import Path

from workers.errors import HistoryError, disk_error

LOCK_NAME = "recording.lock"


class ItemFolders:
    """The folders below `media`, named by item number."""

    def __init__(self, media: Path) -> None:
        self._media = media
        self._locks: dict[int, int] = {}  # item number → file descriptor

    def path(self, item_id: int) -> Path:
        return self._media / f"{item_id:06d}"

    def new(self, above: int) -> int:
        """Makes and locks the folder of a new item with a number over `above`.

        Raises:
            DiskError: the disk is full, read-only or gone.
        """
        try:
            item_id = max([above, *self.numbers()]) + 1
            while True:
                with suppress(FileExistsError):  # another window took the number
                    self.path(item_id).mkdir(mode=0o700, parents=True)
                    self.lock(item_id)
                    return item_id
                item_id += 1
        except OSError as error:
            raise disk_error(error, self._media) from error

    def numbers(self) -> list[int]:
        """The items that have a folder."""
        try:
            return [int(name) for name in os.listdir(self._media) if name.isdecimal()]
        except FileNotFoundError:
            return []

    def lock(self, item_id: int) -> None:
        self._locks[item_id] = lock_file(self.path(item_id) / LOCK_NAME)

    def unlock(self, item_id: int) -> None:
        if (descriptor := self._locks.pop(item_id, None)) is not None:
            (self.path(item_id) / LOCK_NAME).unlink(missing_ok=True)
            os.close(descriptor)

    def unlock_all(self) -> None:
        for item_id in list(self._locks):
            self.unlock(item_id)

    def is_recording(self, item_id: int) -> bool:
        """Whether this or another window is recording into it now."""
        return is_locked(self.path(item_id) / LOCK_NAME)

    def remove(self, item_id: int) -> None:
        """Deletes the folder with everything inside.

        Raises:
            HistoryError: somebody is recording into it.
            DiskError: a file cannot be deleted.
        """
        if self.is_recording(item_id):
            raise HistoryError("Item {item_id} is still being recorded.", "Stop it first.", item_id=item_id)
        try:
            shutil.rmtree(self.path(item_id))
        except FileNotFoundError:
            pass
        except OSError as error:
            raise disk_error(error, self.path(item_id)) from error


def is_below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def span_below(folder: str) -> tuple[str, str]:
    """The least and the greatest text of a path below a folder: SQLite finds what is between them at once."""
    start = folder.rstrip(os.sep) + os.sep
    return start, start + "\U0010ffff"


def size_bytes(folder: Path) -> int:
    """What the files below a folder take; those that vanish meanwhile count nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += os.stat(os.path.join(place, name)).st_size
    return total


def lock_file(path: Path) -> int:
    """Makes and locks a file; the descriptor holds the lock until it is closed.

    Raises:
        BlockingIOError: somebody else holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def is_locked(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)
