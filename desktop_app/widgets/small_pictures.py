"""Small pictures for a list, read in the background when they are first painted, the newest wish first."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QImage

from desktop_app.context import AppContext
from desktop_app.jobs import Job
from desktop_app.widgets.frame_view import image_of

log = logging.getLogger(__name__)

KEPT = 600  # of 43 KB each
MOST_WISHES = 120  # what was scrolled away long ago is not read any more

Key = tuple[Path, datetime]


class SmallPictures(QObject):
    """Squares cut from the middle of pictures.

    Signals:
        came(): there is another one to paint.
    """

    came = Signal()

    _read = Signal(object, QImage)

    def __init__(self, context: AppContext, side_px: int) -> None:
        super().__init__()
        self._context = context
        self._side_px = side_px
        self._images: OrderedDict[Key, QImage] = OrderedDict()
        self._lock = threading.Lock()  # of the wishes
        self._wishes: list[Key] = []  # the last one is the newest
        self._asked: set[Key] = set()  # wishes, and what is being read
        self._job: Job | None = None
        self._read.connect(self._on_read)

    def get(self, path: Path, when: datetime) -> QImage | None:
        """The picture in a file that was changed then; None until it was read, and a null one where it cannot be."""
        key = path, when
        image = self._images.get(key)
        if image is not None:
            self._images.move_to_end(key)
            return image
        with self._lock:
            if key in self._wishes:
                self._wishes.remove(key)
                self._wishes.append(key)
            elif key not in self._asked:
                self._asked.add(key)
                self._wishes.append(key)
                self._asked -= set(self._wishes[:-MOST_WISHES])
                del self._wishes[:-MOST_WISHES]
        self._read_more()
        return None

    def _read_more(self) -> None:
        if self._job is None and self._wishes and not self._context.is_closing:
            self._job = self._context.run(self._read_wishes, on_ended=self._on_ended)

    def _read_wishes(self, job: Job) -> None:
        while not job.cancelled():
            with self._lock:
                if not self._wishes:
                    return
                key = self._wishes.pop()
            self._read.emit(key, _square(key[0], self._side_px))

    def _on_read(self, key: Key, image: QImage) -> None:
        self._asked.discard(key)
        self._images[key] = image
        while len(self._images) > KEPT:
            self._images.popitem(last=False)
        self.came.emit()

    def _on_ended(self) -> None:
        self._job = None
        self._read_more()  # one may have come just before the job ended


def _square(path: Path, side_px: int) -> QImage:
    from workers.errors import SourceError
    from workers.sources.image_file import read_image

    try:
        image = image_of(read_image(path, longest_px=4 * side_px))
    except SourceError as error:
        log.info("no small picture: %s", error)
        return QImage()
    side = min(image.width(), image.height())
    middle = QRect((image.width() - side) // 2, (image.height() - side) // 2, side, side)
    return image.copy(middle).scaled(
        side_px, side_px, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
