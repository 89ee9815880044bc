"""The drawn layers as one picture, as large as the screen needs it, and drawn anew only where something changed."""

from __future__ import annotations

import functools
import math

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from desktop_app.canvas.document import Document
from desktop_app.canvas.tiles import PIXELS

MOST_STALE = 128  # areas that are kept apart


class Flat:
    """Colours and lines over each other on nothing, halved until they are at most twice as large as on the screen.

    Without the halving, thin lines would break where the canvas is shown small.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._halvings = 0
        self._image = QImage()
        self._stale: list[QRect] = []
        self.reset()

    @property
    def image(self) -> QImage:
        return self._image

    @property
    def source(self) -> QRectF:
        """What of `image` is the canvas."""
        scale = 2**self._halvings
        return QRectF(0, 0, self._document.size.width() / scale, self._document.size.height() / scale)

    def reset(self) -> None:
        """Starts anew, after the canvas got another size."""
        scale = 2**self._halvings
        size = self._document.size
        self._image = QImage(math.ceil(size.width() / scale), math.ceil(size.height() / scale), PIXELS)
        self._stale = [self._document.rect]

    def set_scale(self, scale: float) -> None:
        """Says how many pixels of the screen a pixel of the canvas has."""
        halvings = max(0, math.ceil(math.log2(1 / scale)) - 1)
        if halvings != self._halvings:
            self._halvings = halvings
            self.reset()

    def mark(self, area: QRect) -> None:
        """Says that these pixels of the canvas are different now."""
        if len(self._stale) >= MOST_STALE:  # nobody looks
            self._stale = [functools.reduce(QRect.united, self._stale)]
        self._stale.append(area)

    def refresh(self) -> None:
        """Draws what was marked since the last time."""
        if not self._stale:
            return
        with QPainter(self._image) as painter:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            for rect in self._stale:
                self._draw(painter, rect)
        self._stale.clear()

    def _draw(self, painter: QPainter, rect: QRect) -> None:
        scale = 2**self._halvings
        left, top = rect.left() // scale, rect.top() // scale
        size = QSize(rect.right() // scale - left + 1, rect.bottom() // scale - top + 1)
        image = QImage(size * scale, PIXELS)
        image.fill(Qt.GlobalColor.transparent)
        corner = QPoint(left * scale, top * scale)
        with QPainter(image) as layers:
            layers.translate(-corner)
            self._document.paint(layers, QRect(corner, size * scale) & self._document.rect)
        for _ in range(self._halvings):
            image = image.scaled(
                image.size() / 2, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        painter.drawImage(QPoint(left, top), image)
