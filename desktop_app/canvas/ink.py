"""Wet ink: how much of it lies where, while a stroke or a shape is being drawn."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen


class InkMask:
    """Ink of one colour over the whole canvas, from 0 to 255 a pixel.

    Where a stroke crosses itself the stronger ink holds, so that see-through ink does not darken at its joints, and an
    edge that is drawn over again stays as soft as it was.
    """

    def __init__(self, size: QSize) -> None:
        self.bounds = QRect(0, 0, size.width(), size.height())
        self._gray = QImage(size, QImage.Format.Format_Grayscale8)
        self._gray.fill(0)
        stride = self._gray.bytesPerLine()
        self.amount: NDArray[np.uint8] = np.frombuffer(self._gray.bits(), np.uint8).reshape(size.height(), stride)
        self._x = np.arange(size.width(), dtype=np.float32) + 0.5
        self._y = (np.arange(size.height(), dtype=np.float32) + 0.5)[:, None]
        self._color: tuple[QColor, float] | None = None
        # The same bytes once more, as a picture: each amount of ink is a colour of its table.
        self._colored = QImage(
            self._gray.constBits(), size.width(), size.height(), stride, QImage.Format.Format_Indexed8
        )

    def set_color(self, color: QColor, opacity: float) -> None:
        if (color, opacity) != self._color:
            self._color = QColor(color), opacity
            hue = color.rgb() & 0xFFFFFF
            self._colored.setColorTable([round(amount * opacity) << 24 | hue for amount in range(256)])

    def paint(self, painter: QPainter, at: QPoint, area: QRect) -> None:
        """Draws the ink of an area in its colour, the area's corner at a point."""
        painter.drawImage(at, self._colored, area)

    def clear(self, area: QRect) -> None:
        if not area.isEmpty():
            self.amount[area.top() : area.bottom() + 1, area.left() : area.right() + 1] = 0

    def add_line(
        self,
        x0: float,
        y0: float,
        radius0: float,
        strength0: float,
        x1: float,
        y1: float,
        radius1: float,
        strength1: float,
    ) -> QRect:
        """Inks a line with round ends, radius and strength going from one to the other; gives the area it touched."""
        left = math.floor(min(x0 - radius0, x1 - radius1) - 1)
        top = math.floor(min(y0 - radius0, y1 - radius1) - 1)
        right = math.ceil(max(x0 + radius0, x1 + radius1) + 1)
        bottom = math.ceil(max(y0 + radius0, y1 + radius1) + 1)
        area = QRect(left, top, right - left, bottom - top) & self.bounds
        if area.isEmpty():
            return area
        columns = slice(area.left(), area.right() + 1)
        rows = slice(area.top(), area.bottom() + 1)
        from_x, from_y = self._x[columns] - np.float32(x0), self._y[rows] - np.float32(y0)
        dx, dy = x1 - x0, y1 - y0
        length2 = dx * dx + dy * dy
        if length2 > 1e-6:
            along = from_x * np.float32(dx / length2) + from_y * np.float32(dy / length2)
            np.clip(along, 0.0, 1.0, out=along)  # how far along the line the nearest point of it is
            distance = from_x - along * np.float32(dx)
            off_y = from_y - along * np.float32(dy)
            distance *= distance
            off_y *= off_y
            distance += off_y
            strength = (
                along * np.float32(strength1 - strength0) + np.float32(strength0)
                if strength0 != strength1
                else strength1
            )
            along *= np.float32(radius1 - radius0)
            along += np.float32(radius0 + 0.5)
        else:
            distance = from_x * from_x + from_y * from_y
            along = np.full_like(distance, max(radius0, radius1) + 0.5)
            strength = strength1
        np.sqrt(distance, out=distance)
        along -= distance  # over the edge it falls from 1 to 0 within a pixel
        np.clip(along, 0.0, 1.0, out=along)
        along *= strength * np.float32(255)
        along += np.float32(0.5)
        inked = self.amount[rows, columns]
        np.maximum(inked, along.astype(np.uint8), out=inked)
        return area

    def add_path(self, path: QPainterPath, width_px: float, *, is_filled: bool) -> QRect:
        """Inks the outline of a shape, and its inside; gives the area that it touched."""
        reach = math.ceil(width_px / 2 + 1)
        area = path.boundingRect().toAlignedRect().adjusted(-reach, -reach, reach, reach) & self.bounds
        painter = QPainter(self._gray)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(area)
        painter.setPen(
            QPen(
                Qt.GlobalColor.white,
                width_px,
                Qt.PenStyle.SolidLine,
                Qt.PenCapStyle.RoundCap,
                Qt.PenJoinStyle.RoundJoin,
            )
        )
        painter.setBrush(Qt.GlobalColor.white if is_filled else Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        painter.end()
        return area

    def add_pixels(self, amount: NDArray[np.uint8], area: QRect) -> None:
        """Inks the pixels of an area by its own amounts, (height, width)."""
        inked = self.amount[area.top() : area.bottom() + 1, area.left() : area.right() + 1]
        np.maximum(inked, amount, out=inked)
