"""How loud it is now, on a scale of decibels: grey, good, too loud."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.theme import color, theme
from workers.results import Levels

FLOOR_DBFS = -60.0
LOUD_DBFS = -3.0  # peaks above it are about to be clipped
N_STEPS = 12
HOLD_MS = 1200


class LevelMeter(QWidget):
    """A row of steps that light up with the loudness of all tracks together; the loudest one stays for a moment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._levels: dict[str, float] = {}
        self._hold_dbfs = FLOOR_DBFS
        self._held = QElapsedTimer()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Level"))
        theme().changed.connect(self.update)
        self.reset()

    def reset(self) -> None:
        """Shows silence."""
        self._levels.clear()
        self._hold_dbfs = FLOOR_DBFS
        self.setToolTip(self.tr("How loud it is. Speech is best between a half and three quarters."))
        self.update()

    def add(self, levels: Levels) -> None:
        """Shows the newest loudness of a track."""
        peak = float(abs(levels.peaks).max()) if len(levels.peaks) else 0.0
        if peak >= 10 ** (LOUD_DBFS / 20):
            self.setToolTip(self.tr("Too loud: move away from the microphone, or turn its level down."))
        self._levels[levels.track] = levels.rms_dbfs
        loudest = self.dbfs
        if loudest >= self._hold_dbfs or not self._held.isValid() or self._held.elapsed() > HOLD_MS:
            self._hold_dbfs = loudest
            self._held.restart()
        self.update()

    @property
    def dbfs(self) -> float:
        """RMS of the loudest track, `FLOOR_DBFS` at least."""
        return max([FLOOR_DBFS, *self._levels.values()])

    def sizeHint(self) -> QSize:
        return QSize(N_STEPS * 7, 16)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            lit, held = _steps(self.dbfs), _steps(self._hold_dbfs)
            for step in range(N_STEPS):
                tone = "danger" if step >= N_STEPS - 1 else "warning" if step >= N_STEPS - 3 else "success"
                is_on = step < lit or (step == held - 1 and held > 0)
                painter.setBrush(color(tone if is_on else "border"))
                painter.drawRoundedRect(QRectF(step * 7, 1, 4, self.height() - 2), 2, 2)


def _steps(dbfs: float) -> int:
    return round(N_STEPS * min(1.0, max(0.0, (dbfs - FLOOR_DBFS) / (-6.0 - FLOOR_DBFS))))
