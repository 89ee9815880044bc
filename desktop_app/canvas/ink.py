"""Wet ink: how much of it lies where, while a stroke or a shape is being drawn."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

MOST_AT_ONCE = 40_000  # pixels times lines: more are inked line by line

Dabs = NDArray[np.float64]


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

    def has_ink(self, area: QRect) -> bool:
        return bool(self.amount[area.top() : area.bottom() + 1, area.left() : area.right() + 1].any())

    def clear(self, area: QRect) -> None:
        if not area.isEmpty():
            self.amount[area.top() : area.bottom() + 1, area.left() : area.right() + 1] = 0

    def add_line(self, dabs: Dabs) -> list[QRect]:
        """Inks lines with round ends from dab to dab, radius and strength going along; gives the areas they touched.

        Args:
            dabs: (n, 4): x, y, radius, strength in [0, 1]; one alone is a dot.
        """
        area = self._area_of(dabs)
        n_lines = max(1, len(dabs) - 1)
        if n_lines == 1 or n_lines * area.width() * area.height() <= MOST_AT_ONCE:
            self._ink(dabs[:n_lines], dabs[-n_lines:], area)
            return [area]
        middle = n_lines // 2  # a long line goes through much that it does not touch
        return self.add_line(dabs[: middle + 1]) + self.add_line(dabs[middle:])

    def _area_of(self, dabs: Dabs) -> QRect:
        reach = dabs[:, 2:3] + 1
        left, top = np.floor((dabs[:, :2] - reach).min(axis=0)).tolist()
        right, bottom = np.ceil((dabs[:, :2] + reach).max(axis=0)).tolist()
        bounds = self.bounds
        left, top = max(left, 0), max(top, 0)
        right, bottom = min(right, bounds.width()), min(bottom, bounds.height())
        return (
            QRect(int(left), int(top), int(right - left), int(bottom - top))
            if left < right and top < bottom
            else QRect()
        )

    def _ink(self, starts: Dabs, ends: Dabs, area: QRect) -> None:
        """Inks lines, all of them over a whole area: that takes numpy twenty calls, however many they are."""
        if area.isEmpty():
            return
        columns, rows = slice(area.left(), area.right() + 1), slice(area.top(), area.bottom() + 1)
        x0, y0, radius0, strength0 = starts.T.astype(np.float32)[:, :, None, None]  # (n, 1, 1) each
        dx, dy, widening, strengthening = (ends - starts).T.astype(np.float32)[:, :, None, None]
        length2 = dx * dx + dy * dy
        from_x, from_y = self._x[columns] - x0, self._y[rows] - y0  # (n, 1, width), (n, height, 1)
        nearness = np.float32(1) / np.maximum(length2, np.float32(1e-6))
        along = from_x * (dx * nearness) + from_y * (dy * nearness)  # (n, height, width)
        np.maximum(along, 0.0, out=along)
        np.minimum(along, 1.0, out=along)  # where on the line the nearest point of it is
        distance = along * -dx
        distance += from_x
        distance *= distance
        off_y = along * -dy
        off_y += from_y
        off_y *= off_y
        distance += off_y
        np.sqrt(distance, out=distance)
        strength: NDArray[np.float32] = strength0 * np.float32(255)
        if strengthening.any():
            strength = along * (strengthening * np.float32(255)) + strength
        along *= widening
        along += radius0 + np.float32(0.5)
        along -= distance  # over the edge it falls from 1 to 0 within a pixel
        np.maximum(along, 0.0, out=along)
        np.minimum(along, 1.0, out=along)
        along *= strength
        along += np.float32(0.5)
        amount = along.astype(np.uint8)
        inked = self.amount[rows, columns]
        np.maximum(inked, amount[0] if len(amount) == 1 else amount.max(axis=0), out=inked)

    def add_path(self, path: QPainterPath, width_px: float, *, is_filled: bool) -> QRect:
        """Inks the outline of a shape, if it has a width, and its inside; gives the area that it touched."""
        reach = math.ceil(width_px / 2 + 1)
        area = path.boundingRect().toAlignedRect().adjusted(-reach, -reach, reach, reach) & self.bounds
        with QPainter(self._gray) as painter:
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
                if width_px > 0
                else Qt.PenStyle.NoPen
            )
            painter.setBrush(Qt.GlobalColor.white if is_filled else Qt.BrushStyle.NoBrush)
            painter.drawPath(path)
        return area

    def add_pixels(self, amount: NDArray[np.uint8], area: QRect) -> None:
        """Inks the pixels of an area by its own amounts, (height, width)."""
        inked = self.amount[area.top() : area.bottom() + 1, area.left() : area.right() + 1]
        np.maximum(inked, amount, out=inked)
