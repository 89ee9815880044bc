"""What drawing costs the window: from the pen to the screen, the event loop meanwhile, memory over undo and redo.

Every figure stands beside that of an empty widget, which paints a dot where the pen is, in the same run. Offscreen
where there is no display.

    python -m benchmarks.canvas [--out benchmarks/out/canvas.json] [--strokes 10000] [--side 2048] [--wait-s 600]
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import platform
import random
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from benchmarks.calm import wait_for_calm
from benchmarks.window import Heartbeat, quantile

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

ROOT = Path(__file__).resolve().parent.parent
PEN_HZ = 240
STROKE_POINTS = 60
BLOCK_S = 6.0
BLOCKS = 3  # of each kind, one after the other in turns: a machine that changes its speed is noticed
UNDO_TIMES = 1000
WIDGET_PX = (900, 700)


class Pen:
    """A pen that draws loops on a widget, and how long each of its events took to the end of its painting.

    The widget tells `painted` at the end of its paintEvent.
    """

    def __init__(self, widget: QWidget, seed: int) -> None:
        from PySide6.QtCore import Qt, QTimer
        from PySide6.QtGui import QInputDevice, QPointingDevice

        self.latencies_ms: list[float] = []
        self._widget = widget
        self._random = random.Random(seed)
        self._waiting: list[float] = []
        self._counts = True
        self._number = 0
        self._device = QPointingDevice(
            "benchmark",
            1,
            QInputDevice.DeviceType.Stylus,
            QPointingDevice.PointerType.Pen,
            QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
            1,
            3,
        )
        self._timer = QTimer(interval=round(1000 / PEN_HZ), timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._send)

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        """Lifts the pen; the rest of its stroke comes all at once and does not count."""
        self._timer.stop()
        self._waiting.clear()
        self._counts = False
        while self._number % STROKE_POINTS:
            self._send()

    def painted(self) -> None:
        now = time.perf_counter()
        self.latencies_ms += [(now - sent) * 1000 for sent in self._waiting]
        self._waiting.clear()

    def _send(self) -> None:
        from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
        from PySide6.QtGui import QTabletEvent

        step = self._number % STROKE_POINTS
        if step == 0:
            size = min(self._widget.width(), self._widget.height())
            self._center = self._random.uniform(0.3, 0.7) * size, self._random.uniform(0.3, 0.7) * size
            self._radius = self._random.uniform(0.08, 0.28) * size
        turn = 2 * math.pi * step / STROKE_POINTS * 1.3
        place = QPointF(
            self._center[0] + self._radius * math.cos(turn), self._center[1] + self._radius * math.sin(1.7 * turn)
        )
        kind = {0: QEvent.Type.TabletPress, STROKE_POINTS - 1: QEvent.Type.TabletRelease}.get(
            step, QEvent.Type.TabletMove
        )
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        is_up = kind == QEvent.Type.TabletRelease
        pressure = 0.0 if is_up else 0.3 + 0.6 * math.sin(math.pi * step / STROKE_POINTS)
        event = QTabletEvent(
            kind,
            self._device,
            place,
            place,
            pressure,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            Qt.KeyboardModifier.NoModifier,
            none if kind == QEvent.Type.TabletMove else left,
            none if is_up else left,
        )
        event.setTimestamp(time.monotonic_ns() // 1_000_000)
        self._number += 1
        if self._counts:
            self._waiting.append(time.perf_counter())
        QCoreApplication.postEvent(self._widget, event)


def empty_widget() -> Any:
    """A widget that does no more than any must: a dot where the pen is."""
    from PySide6.QtCore import QRect, QSize, Qt
    from PySide6.QtGui import QPainter, QPaintEvent, QTabletEvent
    from PySide6.QtWidgets import QWidget

    class Empty(QWidget):
        pen: Pen | None = None
        dot = QRect()

        def tabletEvent(self, event: QTabletEvent) -> None:
            event.accept()
            self.dot = QRect(event.position().toPoint(), QSize(6, 6))
            self.update(self.dot)

        def paintEvent(self, _event: QPaintEvent) -> None:
            painter = QPainter(self)
            painter.fillRect(self.dot, Qt.GlobalColor.black)
            painter.end()
            if self.pen is not None:
                self.pen.painted()

    widget = Empty()
    widget.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
    widget.resize(*WIDGET_PX)
    return widget


def canvas_widget(side_px: int) -> Any:
    """The canvas, which tells its `pen` when it has been painted."""
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QPaintEvent

    from desktop_app.canvas.document import Document
    from desktop_app.canvas.view import CanvasView

    class Canvas(CanvasView):
        pen: Pen | None = None

        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            if self.pen is not None:
                self.pen.painted()

    canvas = Canvas(Document(QSize(side_px, side_px)))
    canvas.resize(*WIDGET_PX)
    return canvas


@dataclass
class Block:
    """What was seen while somebody drew."""

    ink_ms: list[float] = field(default_factory=list)
    loop_delay_ms: list[float] = field(default_factory=list)
    cpu_s: float = 0.0  # of the window's thread

    def add(self, other: Block) -> None:
        self.ink_ms += other.ink_ms
        self.loop_delay_ms += other.loop_delay_ms
        self.cpu_s += other.cpu_s


def draw_for(widget: Any, seconds: float, seed: int) -> Block:
    """Draws on a widget for a while, and shows it only then."""
    from PySide6.QtCore import QEventLoop, QTimer

    widget.show()
    pen, heartbeat, loop = Pen(widget, seed), Heartbeat(), QEventLoop()
    QTimer.singleShot(300, loop.quit)  # it is painted for the first time
    loop.exec()
    gc.collect()  # as in the app: not while somebody draws
    gc.disable()
    widget.pen = pen
    pen.start()
    heartbeat.start()
    began_s = time.thread_time()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()
    cpu_s = time.thread_time() - began_s
    delays = heartbeat.stop()
    pen.stop()
    QTimer.singleShot(100, loop.quit)
    loop.exec()
    widget.pen = None
    widget.hide()
    gc.enable()
    return Block(pen.latencies_ms, delays, cpu_s)


def draw_strokes(document: Any, count: int) -> None:
    """Draws many short strokes all over a document, as fast as it goes."""
    from desktop_app.canvas.strokes import StrokePoint, StrokeStyle

    chance = random.Random(3)
    for number in range(count):
        stroke = document.begin_stroke(StrokeStyle(layer="color" if number % 2 else "line_art", width_px=6))
        x, y = chance.uniform(0, document.size.width()), chance.uniform(0, document.size.height())
        for step in range(4):
            stroke.add(StrokePoint(x + 9 * step, y + chance.uniform(-9, 9), 0.8, 8.0 * step))
        stroke.finish()


def measure(side_px: int, n_strokes: int) -> dict[str, Any]:
    from desktop_app import app as window_app
    from desktop_app import theme
    from desktop_app.canvas.autosave import Autosave, take_place

    application = window_app.create_application(["benchmark"])
    theme.install(application, "light")
    widgets = {"empty": empty_widget(), "few": canvas_widget(side_px), "many": canvas_widget(side_px)}
    blocks = {kind: Block() for kind in widgets}
    with tempfile.TemporaryDirectory() as folder:
        saving = [Autosave(widgets[kind].document, take_place(Path(folder))) for kind in ("few", "many")]
        for kind, count in (("few", n_strokes // 10), ("many", n_strokes)):
            draw_strokes(widgets[kind].document, count)
        for one in saving:
            one.flush()
        for number in range(BLOCKS):
            for kind, widget in widgets.items():
                blocks[kind].add(draw_for(widget, BLOCK_S, number))
        document = widgets["many"].document
        memory = measure_undo(document)
        for one in saving:
            one.close()
    few, many = blocks["few"], blocks["many"]
    return {
        "side_px": side_px,
        "strokes": {"few": n_strokes // 10, "many": n_strokes},
        "ink_ms": {kind: summary(block.ink_ms) for kind, block in blocks.items()},
        "ink_p95_many_to_few": round(quantile(many.ink_ms, 0.95) / quantile(few.ink_ms, 0.95), 2),
        "loop_delay_ms": {kind: summary(block.loop_delay_ms) for kind, block in blocks.items()},
        "cpu_ms_per_event": {kind: round(block.cpu_s * 1000 / len(block.ink_ms), 3) for kind, block in blocks.items()},
        "memory": memory,
        "undo_steps_kept": len(document.undo_stack.done),
    }


def summary(values: list[float]) -> dict[str, float]:
    return {
        "n": len(values),
        "p50": round(quantile(values, 0.5), 2),
        "p95": round(quantile(values, 0.95), 2),
        "p99": round(quantile(values, 0.99), 2),
        "max": round(max(values), 1),
    }


def measure_undo(document: Any) -> dict[str, Any]:
    """Resident memory while the last hundred strokes are taken back and done again, over and over."""
    from PySide6.QtCore import QCoreApplication

    process = psutil.Process()

    def there_and_back(times: int) -> float:
        for _ in range(times // 200):
            for act in (document.undo, document.redo):
                for _ in range(100):
                    act()
                QCoreApplication.processEvents()
        gc.collect()
        return process.memory_info().rss / 1e6

    before = document.snapshot().line_picture()
    there_and_back(UNDO_TIMES)  # caches fill
    sizes = [there_and_back(UNDO_TIMES) for _ in range(5)]
    return {
        "rss_mb": [round(size, 1) for size in sizes],
        "mb_per_1000": round((sizes[-1] - sizes[0]) / (len(sizes) - 1), 2),
        "same_bytes": before == document.snapshot().line_picture(),
    }


def table(result: dict[str, Any]) -> str:
    """The measures as a Markdown table for the README."""
    ink, loop, cpu = result["ink_ms"], result["loop_delay_ms"], result["cpu_ms_per_event"]
    side, strokes = result["side_px"], result["strokes"]
    rows = [
        (f"ink: pen event to painted, p95, {side} x {side}", "16 ms", [f"{ink[kind]['p95']:.1f} ms" for kind in ink]),
        ("processor a pen event, painting included", "no growth", [f"{cpu[kind]:.2f} ms" for kind in cpu]),
        ("event loop late by, p99, while drawing", "empty + 6 ms", [f"{loop[kind]['p99']:.1f} ms" for kind in loop]),
        ("the same, at most", "40 ms", [f"{loop[kind]['max']:.0f} ms" for kind in loop]),
        ("memory per 1,000 undo and redo", "~0", ["", "", f"{result['memory']['mb_per_1000']:+.2f} MB"]),
    ]
    head = f"| measure | must | empty widget | {strokes['few']:,} strokes | {strokes['many']:,} strokes |"
    lines = [f"| {name} | {must} | {' | '.join(values)} |" for name, must, values in rows]
    return "\n".join([head, "|---|---|---|---|---|", *lines])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "out" / "canvas.json")
    parser.add_argument("--strokes", type=int, default=10_000)
    parser.add_argument("--side", type=int, default=2048)
    parser.add_argument("--wait-s", type=float, default=600.0, help="for others to leave the machine alone, at most")
    arguments = parser.parse_args()
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    result = {
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {platform.platform()}",
        "python": platform.python_version(),
        "load_before": round(wait_for_calm(arguments.wait_s), 2),
        **measure(arguments.side, arguments.strokes),
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(result, indent=2) + "\n")
    print(table(result))


if __name__ == "__main__":
    main()
