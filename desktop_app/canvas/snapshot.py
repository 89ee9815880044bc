"""The drawing as it was at one revision, for other threads: what a model is given, what is saved and exported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter, QPainterPath

from desktop_app.canvas.layers import DRAWN_LAYERS, Layer, Reference
from desktop_app.canvas.tiles import PIXELS, Key, tile_rect
from workers.pictures import quick_picture_of
from workers.results import Picture

SOFT_PART = 64  # of the shorter side of the canvas is the border within which a part goes over into its picture
PNG_QUALITY = 80  # of Qt, that is zlib's level 1 of 9: half the time for a tenth more bytes


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Taking one costs the window a fraction of a millisecond; the pictures are made by whoever asks, in any thread.

    Attributes:
        tiles: of each layer that is drawn on; what is not there is transparent.
        hidden: layers that are not seen; their pictures can be had all the same.
        selection: what is selected, in pixels of the canvas; None when nothing is.
    """

    revision: int
    size: QSize
    tiles: Mapping[Layer, Mapping[Key, QImage]]
    hidden: frozenset[Layer]
    reference: Reference | None
    reference_opacity: float
    selection: QPainterPath | None

    def is_empty(self, layer: Layer) -> bool:
        """Whether nothing is on the layer."""
        return self.reference is None if layer is Layer.REFERENCE else not self.tiles[layer]

    def image(self, layer: Layer, *, is_smooth: bool = True) -> QImage:
        """One layer, transparent where nothing is; the reference without its opacity.

        Args:
            is_smooth: a reference is scaled smoothly; else no colour of it is mixed with another one.
        """
        image = self._blank(Qt.GlobalColor.transparent)
        with QPainter(image) as painter:
            self._paint(painter, layer, is_smooth=is_smooth)
        return image

    def flattened(
        self, layers: tuple[Layer, ...] | None = None, background: QColor | Qt.GlobalColor = Qt.GlobalColor.white
    ) -> QImage:
        """Layers over each other, from the bottom; all that are seen, the reference with its opacity, unless told."""
        image = self._blank(background)
        with QPainter(image) as painter:
            for layer in Layer if layers is None else layers:
                if layers is None:
                    if layer in self.hidden:
                        continue
                    painter.setOpacity(self.reference_opacity if layer is Layer.REFERENCE else 1.0)
                self._paint(painter, layer)
        return image

    def line_art(self) -> QImage:
        """The lines on white: a scribble for a model."""
        return self.flattened((Layer.LINE_ART,))

    def line_picture(self) -> Picture:
        """Lines on white; black ones as one channel: it takes a third of the time to read them again."""
        return _opaque_picture(self.line_art())

    def color_picture(self) -> Picture:
        """The colours on white, with no lines: where a picture starts from."""
        return _opaque_picture(self.flattened((Layer.COLOR,)))

    def selection_mask(self) -> QImage:
        """White where something is selected, black elsewhere; all white when nothing is."""
        mask = QImage(self.size, QImage.Format.Format_Grayscale8)
        mask.fill(Qt.GlobalColor.white if self.selection is None else Qt.GlobalColor.black)
        if self.selection is not None:
            with QPainter(mask) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.fillPath(self.selection, Qt.GlobalColor.white)
        return mask

    def selection_picture(self) -> Picture:
        """As `selection_mask`, with a border that is soft on its inside."""
        mask = self.selection_mask()
        rows = np.frombuffer(mask.constBits(), np.uint8).reshape(mask.height(), mask.bytesPerLine())
        return quick_picture_of(_softened(rows[:, : mask.width()] > 127))

    def _blank(self, color: QColor | Qt.GlobalColor) -> QImage:
        image = QImage(self.size, PIXELS)
        image.fill(color)
        return image

    def _paint(self, painter: QPainter, layer: Layer, *, is_smooth: bool = True) -> None:
        if layer in DRAWN_LAYERS:
            for key, image in self.tiles[layer].items():
                painter.drawImage(tile_rect(key).topLeft(), image)
        elif self.reference is not None:
            paint_reference(painter, self.reference, is_smooth=is_smooth)


def paint_reference(painter: QPainter, reference: Reference, *, is_smooth: bool = True) -> None:
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
    painter.drawImage(reference.rect, reference.image)


def _opaque_picture(image: QImage) -> Picture:
    """Of an image on white, as the layers are painted."""
    bgra = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return quick_picture_of(bgra[..., 0] if image.allGray() else bgra[..., 2::-1])


def _softened(inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """255 well inside of what is selected, less towards its border, 0 outside; what is thin is 255 in the middle."""
    depth, deepest = np.zeros(inside.shape, np.uint16), max(1, min(inside.shape) // SOFT_PART)
    while inside.any() and depth.max(initial=0) < deepest:
        depth += inside
        wider = np.pad(inside, 1, mode="edge")  # the canvas ends there, and not what is selected
        inside = inside & wider[:-2, 1:-1] & wider[2:, 1:-1] & wider[1:-1, :-2] & wider[1:-1, 2:]
    return np.asarray(depth * 255 // max(1, depth.max(initial=0)), np.uint8)


def png_bytes(image: QImage) -> bytes:
    """The picture as a PNG file; equal pictures give equal bytes."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    writer.setQuality(PNG_QUALITY)
    writer.write(image)
    return bytes(buffer.data().data())
