"""Draws recorded strokes again at the pace of the hand that drew them: for demonstrations and benchmarks."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QElapsedTimer, QObject, QSize, Qt, QTimer, Signal

from desktop_app.canvas.document import Document
from desktop_app.canvas.strokes import RecordedSketch, RecordedStroke, StrokePoint

TICK_MS = 4


def scaled(sketch: RecordedSketch, size: QSize) -> RecordedSketch:
    """The sketch as large as fits a canvas, in the middle of it; its lines as wide for their canvas as before."""
    scale = min(size.width() / sketch.width, size.height() / sketch.height)
    left, top = (size.width() - scale * sketch.width) / 2, (size.height() - scale * sketch.height) / 2
    strokes = tuple(
        RecordedStroke(
            style=stroke.style.model_copy(update={"width_px": stroke.style.width_px * scale}),
            points=tuple(point._replace(x=left + scale * point.x, y=top + scale * point.y) for point in stroke.points),
        )
        for stroke in sketch.strokes
    )
    return RecordedSketch(title=sketch.title, width=size.width(), height=size.height(), strokes=strokes)


class Replay(QObject):
    """Draws a sketch on a document, each point when its time has come.

    Signals:
        finished(): the last stroke was finished.
    """

    finished = Signal()

    def __init__(
        self, document: Document, sketch: RecordedSketch, *, pace: float = 1.0, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._pace = pace
        self._events = _events(scaled(sketch, document.size))
        self._next = next(self._events, None)
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)

    def start(self) -> None:
        self._clock.start()
        self._timer.start()

    def stop(self) -> None:
        """Leaves off; the stroke that is being drawn stays as far as it came."""
        self._timer.stop()
        self._document.finish_stroke()

    def _on_tick(self) -> None:
        now_ms = self._clock.nsecsElapsed() / 1e6 * self._pace
        while self._next is not None and self._next[1].time_ms <= now_ms:
            stroke, point, is_first, is_last = self._next
            if is_first:
                self._document.begin_stroke(stroke.style)
            if self._document.stroke is not None:
                self._document.stroke.add(point)
            if is_last:
                self._document.finish_stroke()
            self._next = next(self._events, None)
        if self._next is None:
            self._timer.stop()
            self.finished.emit()


def _events(sketch: RecordedSketch) -> Iterator[tuple[RecordedStroke, StrokePoint, bool, bool]]:
    """Every point, and whether it begins or ends its stroke."""
    for stroke in sketch.strokes:
        for number, point in enumerate(stroke.points):
            yield stroke, point, number == 0, number == len(stroke.points) - 1
