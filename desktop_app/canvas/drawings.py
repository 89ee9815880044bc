"""The drawings that the autosave keeps: how each looks, and how one is deleted. For any thread."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from desktop_app.canvas import journal
from desktop_app.canvas.autosave import lock_drawing
from desktop_app.canvas.journal import Contents
from desktop_app.canvas.layers import DRAWN_LAYERS
from desktop_app.canvas.snapshot import Snapshot
from workers.errors import disk_error


@dataclass(frozen=True, eq=False)
class KeptDrawing:
    """A drawing on the disk.

    Attributes:
        changed_s: when it was drawn on last, in seconds of the clock.
        picture: what is seen of it, on white.
    """

    folder: Path
    changed_s: float
    picture: QImage


def kept_drawings(drawings: Path, side_px: int, *, but: Path | None = None) -> Iterator[KeptDrawing]:
    """Those that can be read, newest first, each when it was read; their pictures not larger than a side.

    Args:
        but: the folder of the one that is on the canvas.
    """
    files = {}
    for file in drawings.glob("*-*/drawing.journal"):
        with suppress(OSError):  # deleted meanwhile
            files[file] = file.stat().st_mtime
    for file in sorted(files, key=files.__getitem__, reverse=True):
        with suppress(OSError):
            if file.parent != but and (contents := journal.read(file.read_bytes())) is not None:
                yield KeptDrawing(file.parent, files[file], _picture_of(contents, side_px))


def delete_drawing(folder: Path) -> None:
    """Deletes a drawing for good.

    Raises:
        UsageError: another window has it open.
        DiskError: it cannot be deleted.
    """
    lock = lock_drawing(folder)
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise disk_error(error, folder) from error
    finally:
        os.close(lock)


def _picture_of(contents: Contents, side_px: int) -> QImage:
    snapshot = Snapshot(
        revision=0,
        size=contents.size,
        tiles={
            layer: {key: tile.image() for (at, key), tile in contents.tiles.items() if at is layer}
            for layer in DRAWN_LAYERS
        },
        hidden=contents.hidden,
        reference=contents.reference,
        reference_opacity=contents.reference_opacity,
        selection=None,
    )
    return snapshot.flattened().scaled(
        QSize(side_px, side_px), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
