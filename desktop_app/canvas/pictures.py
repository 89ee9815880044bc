"""Pictures in and out of a drawing: files, frames of a camera, exports. For any thread."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QBrush, QImage, QImageWriter, QPainter

from desktop_app.canvas.layers import Layer
from desktop_app.canvas.snapshot import Snapshot, png_bytes
from desktop_app.files import write_file
from workers.errors import UsageError
from workers.results import Frame

JPEG_QUALITY = 92

Part = Literal["all", "line_art"]
Background = Literal["white", "transparent"]


def image_of(frame: Frame) -> QImage:
    """A frame, (height, width, 3) RGB, as a picture of its own."""
    frame = np.ascontiguousarray(frame)
    height, width, _ = frame.shape
    return QImage(frame.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def frame_of(image: QImage) -> Frame:
    """A picture as a frame, (height, width, 3) RGB; see-through parts become white."""
    if image.hasAlphaChannel():
        paper = QImage(image.size(), QImage.Format.Format_RGB32)
        paper.fill(Qt.GlobalColor.white)
        with QPainter(paper) as painter:
            painter.drawImage(0, 0, image)
        image = paper
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def read_picture(path: Path) -> QImage:
    """The picture in a file, upright and not larger than `image_file.LONGEST_PX`.

    Raises:
        SourceError: the file cannot be read as a picture, or it is too large.
    """
    from workers.sources.image_file import read_image

    return image_of(read_image(path))


def exported(snapshot: Snapshot, part: Part = "all", background: Background = "white") -> QImage:
    """All that is seen of a drawing, or its lines alone, on white or on nothing."""
    layers = (Layer.LINE_ART,) if part == "line_art" else None
    color = Qt.GlobalColor.white if background == "white" else Qt.GlobalColor.transparent
    image = snapshot.flattened(layers, color)
    return image.convertToFormat(QImage.Format.Format_RGB32) if background == "white" else image


def selected_of(snapshot: Snapshot) -> QImage:
    """What is selected of all that is seen, with nothing around it; all of it where nothing is selected."""
    image, path = exported(snapshot), snapshot.selection
    if path is None:
        return image
    area = path.boundingRect().toAlignedRect() & image.rect()
    part = QImage(area.size(), QImage.Format.Format_ARGB32_Premultiplied)
    part.fill(Qt.GlobalColor.transparent)
    with QPainter(part) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-area.topLeft())
        painter.fillPath(path, QBrush(image))
    return part


def export(snapshot: Snapshot, path: Path, part: Part = "all", background: Background = "white") -> None:
    """Writes a drawing as PNG or JPEG, by the name of the file.

    Raises:
        UsageError: the name ends otherwise, or a JPEG is to be see-through.
        DiskError: the file cannot be written.
    """
    kind = path.suffix.lower()
    if kind == ".png":
        write_file(path, png_bytes(exported(snapshot, part, background)))
    elif kind in (".jpg", ".jpeg"):
        if background == "transparent":
            raise UsageError("A JPEG cannot be see-through.", "Choose a PNG, or white paper.")
        write_file(path, _jpeg_bytes(exported(snapshot, part)))
    else:
        raise UsageError("'{name}' is no picture that can be written.", "Let it end in .png or .jpg.", name=path.name)


def _jpeg_bytes(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"jpeg"))
    writer.setQuality(JPEG_QUALITY)
    writer.write(image)
    return bytes(buffer.data().data())
