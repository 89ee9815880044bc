"""The last seconds of sound as bars that scroll from right to left; two tracks are drawn one above the other."""

from __future__ import annotations

import math
from collections import deque

import numpy as np
from PySide6.QtCore import QLineF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.theme import color, theme
from desktop_app.widgets.transcript_view import TRACK_TONES
from workers.results import Levels

BAR_PX, GAP_PX = 3, 2
COLUMNS_PER_BAR = 3  # of 20 ms each: one bar is 60 ms, a window of 800 px shows 10 s
MAX_BARS = 800  # a 4000 px wide window


class Waveform(QWidget):
    """Shows `Levels` as they come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: dict[str, deque[float]] = {}
        self._pending: dict[str, list[float]] = {}
        self._is_active = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Waveform"))
        self.setToolTip(self.tr("What is heard now"))
        theme().changed.connect(self.update)

    def reset(self, tracks: tuple[str, ...]) -> None:
        """Starts empty, with one lane a track."""
        self._bars = {track: deque(maxlen=MAX_BARS) for track in tracks}
        self._pending = {track: [] for track in tracks}
        self.update()

    def set_active(self, is_active: bool) -> None:
        """Bars are coloured while sound is taken in and grey while it is not."""
        self._is_active = is_active
        self.update()

    def add(self, levels: Levels) -> None:
        """Appends the newest columns of a track."""
        if levels.track not in self._bars:
            return
        pending = self._pending[levels.track]
        pending.extend(np.abs(levels.peaks).max(axis=1).tolist())
        if len(pending) < COLUMNS_PER_BAR:
            return  # nothing new to see
        while len(pending) >= COLUMNS_PER_BAR:
            self._bars[levels.track].append(_shown(max(pending[:COLUMNS_PER_BAR])))
            del pending[:COLUMNS_PER_BAR]
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 44)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            lanes = list(self._bars.items()) or [("", deque())]
            lane_height = self.height() / len(lanes)
            step = BAR_PX + GAP_PX
            for lane, (track, bars) in enumerate(lanes):
                middle = lane_height * (lane + 0.5)
                reach = lane_height / 2 - BAR_PX
                count = min(len(bars), self.width() // step)
                right = self.width() - BAR_PX
                newest = zip(range(right, right - count * step, -step), reversed(bars), strict=False)
                lines = [QLineF(x, middle - reach * bar, x, middle + reach * bar) for x, bar in newest]
                tone = TRACK_TONES.get(track, "accent") if self._is_active else "border_strong"
                painter.setPen(QPen(color(tone), BAR_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                painter.drawLines(lines)
                end = self.width() - BAR_PX - count * step
                if end > step:  # nothing was heard yet: a row of dots
                    painter.setPen(QPen(color("border"), BAR_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                    painter.drawLines([QLineF(x, middle, x + 0.01, middle) for x in range(end, 0, -step)])


def _shown(peak: float) -> float:
    """Height in [0, 1] of a peak: by decibels, since quiet speech is 20 dB below a shout and should be seen as well."""
    return min(1.0, max(0.02, (20 * math.log10(max(peak, 1e-4)) + 50) / 50))
