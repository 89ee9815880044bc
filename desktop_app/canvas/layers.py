"""The layers of a drawing, from the bottom: a reference picture, colour, line art."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage


class Layer(StrEnum):
    """What is drawn where: lines tell a model the shapes, colours the colours, a reference what to look at."""

    REFERENCE = "reference"
    COLOR = "color"
    LINE_ART = "line_art"


DRAWN_LAYERS = (Layer.COLOR, Layer.LINE_ART)
"""Those that are drawn on, from the bottom; the reference is one picture that lies below them."""


@dataclass(frozen=True, eq=False)
class Reference:
    """A picture and where on the canvas it lies; it may reach beyond the edges.

    Attributes:
        is_map: it is what a model would be shown of another picture: how near things are, a skeleton, coloured areas.
    """

    image: QImage
    rect: QRectF
    is_map: bool = False


def fitted(image: QSize, canvas: QSize) -> QRectF:
    """Where a picture lies when all of it is to be seen, in the middle and as large as fits."""
    return _centered(image, canvas, Qt.AspectRatioMode.KeepAspectRatio)


def covering(image: QSize, canvas: QSize) -> QRectF:
    """Where a picture lies when it is to cover the canvas, in the middle: where a model draws what is on the canvas."""
    return _centered(image, canvas, Qt.AspectRatioMode.KeepAspectRatioByExpanding)


def _centered(image: QSize, canvas: QSize, mode: Qt.AspectRatioMode) -> QRectF:
    size = QSizeF(image).scaled(QSizeF(canvas), mode)
    rect = QRectF(0.0, 0.0, size.width(), size.height())
    rect.moveCenter(QRectF(0.0, 0.0, canvas.width(), canvas.height()).center())
    return rect
