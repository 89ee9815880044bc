"""The part of the demonstration that draws: the pen replays sketches on the canvas, and pictures follow it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.canvas.replay import Replay
from desktop_app.canvas.strokes import RecordedSketch, read_sketches
from desktop_app.main_window import MainWindow
from desktop_app.paths import ASSETS_DIR
from desktop_app.sessions.sketch_session import Made

SAMPLE = ASSETS_DIR / "samples" / "sketch.json"
PACE = 1.5  # of the hand that drew them
VARIATIONS = 4
LOOKED_AT_MS = 800


class Drawing(QObject):
    """Draws one sketch after the other, says what each should be, and makes variations of the last one.

    Signals:
        done(): all steps were taken, or one failed.

    Attributes:
        said: what came of it, in lines for the terminal.
        error: why it ended early; empty when it did not.
    """

    done = Signal()

    def __init__(self, window: MainWindow, take_picture: Callable[[str], None]) -> None:
        super().__init__()
        self._window, self._picture = window, take_picture
        self._context = window.context
        self._session = window.context.sessions.sketch
        self._sketches = [*read_sketches(SAMPLE)]
        self._replay: Replay | None = None
        self._pen_lifted_s: float | None = None
        self._drawn = ""
        self.said: list[str] = []
        self.error = ""

    def start(self) -> None:
        self._session.failed.connect(self._on_failed)
        self._session.picture_ready.connect(self._on_picture)
        self._context.change_setting("draw.has_final", False)
        self._context.change_setting("draw.variations", VARIATIONS)
        self._session.drawing.opened.connect(lambda: QTimer.singleShot(LOOKED_AT_MS, self, self._begin))
        self._window.show_panel("draw")

    def _begin(self) -> None:
        self._picture("draw-empty")
        self._session.set_live(True)
        self._draw(self._sketches.pop(0))

    def _draw(self, sketch: RecordedSketch) -> None:
        self._drawn, self._pen_lifted_s = sketch.title, None
        self._session.document.clear()
        self._context.change_setting("draw.prompt", sketch.title)
        self._replay = Replay(self._session.document, sketch, pace=PACE, parent=self)
        self._replay.finished.connect(self._on_drawn)
        self._replay.start()

    def _on_drawn(self) -> None:
        self._pen_lifted_s = time.monotonic()

    def _on_picture(self, made: Made) -> None:
        if self._pen_lifted_s is None or made.revision < self._session.revision or self._session.results:
            return
        seconds = time.monotonic() - self._pen_lifted_s
        self._pen_lifted_s = None
        self.said.append(f"Drawn: {self._drawn}; the picture of it was there {seconds:.1f} s after the pen was lifted")
        QTimer.singleShot(LOOKED_AT_MS, self, self._go_on)

    def _go_on(self) -> None:
        if self._sketches:
            self._draw(self._sketches.pop(0))
            return
        self._session.results_changed.connect(self._on_results)
        self._session.vary(VARIATIONS)

    def _on_results(self) -> None:
        if len(self._session.results) == VARIATIONS:
            QTimer.singleShot(LOOKED_AT_MS, self, self._end)

    def _on_failed(self, error: Exception) -> None:
        self.error = str(error)
        self.done.emit()

    def _end(self) -> None:
        self._picture("draw-variations")
        self._session.set_live(False)
        self.said.append(f"Made {VARIATIONS} variations of it")
        self.done.emit()
