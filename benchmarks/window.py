"""What the window costs: how soon it is visible, how smooth it stays while a model loads and transcribes.

Every figure is compared with an empty PySide6 window in the same run. Needs no display (offscreen), takes one if given.

    python -m benchmarks.window [--out benchmarks/out/window.json] [--model whisper-base]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = [ROOT / "assets" / "samples" / "speech.flac"]
STARTS = 7
HEARTBEAT_MS = 5
EMPTY_S = 20.0

# An event posted while the window paints is the first thing to come once it has been painted and flushed.
SHOWN = """
import time
from PySide6.QtCore import QCoreApplication, QEvent, Qt
class Shown:
    is_shown = False
    def paintEvent(self, event):
        super().paintEvent(event)
        if not self.is_shown:
            self.is_shown = True
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), Qt.EventPriority.HighEventPriority.value)
    def customEvent(self, event):
        print(time.monotonic(), flush=True)
        self.close()
"""
EMPTY_WINDOW = (
    SHOWN
    + """
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(Shown, QMainWindow): pass
app = QApplication([])
window = Window()
window.resize(1180, 760)
window.show()
app.exec()
"""
)
OUR_WINDOW = (
    SHOWN
    + """
from desktop_app import app, main_window
class Window(Shown, main_window.MainWindow): pass
app.MainWindow = Window
app.main(["sensorium"])
"""
)


def start_seconds(script: str, home: Path) -> float:
    """From the start of the process to the first paint."""
    environment = os.environ | {"SENSORIUM_HOME": str(home)}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment, cwd=ROOT
    )
    return float(done.stdout.split()[0]) - began


def measure_start() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as home:
        start_seconds(OUR_WINDOW, Path(home))  # bytecode and disk caches
        start_seconds(EMPTY_WINDOW, Path(home))
        pairs = [
            (start_seconds(EMPTY_WINDOW, Path(home)), start_seconds(OUR_WINDOW, Path(home))) for _ in range(STARTS)
        ]
    empty, ours = statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs)
    return {
        "empty_s": round(empty, 3),
        "ours_s": round(ours, 3),
        "ratio": round(statistics.median(p[1] / p[0] for p in pairs), 2),
    }


class Heartbeat:
    """How late a timer of `HEARTBEAT_MS` fires, in ms: what every key press and frame waits as well."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.delays_ms: list[float] = []
        self._last = 0.0
        self._timer = QTimer(interval=HEARTBEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> list[float]:
        self._timer.stop()
        return self.delays_ms

    def _beat(self) -> None:
        now = time.perf_counter()
        self.delays_ms.append(max(0.0, (now - self._last) * 1000 - HEARTBEAT_MS))
        self._last = now


def quantile(values: list[float], fraction: float) -> float:
    return sorted(values)[min(len(values) - 1, int(fraction * len(values)))]


def measure_empty_window() -> list[float]:
    """The heartbeat of an empty window. Runs in a process of its own."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    app = QApplication([])
    window = QMainWindow()
    window.resize(1180, 760)
    window.show()
    heartbeat = Heartbeat()
    heartbeat.start()
    QTimer.singleShot(int(EMPTY_S * 1000), app.quit)
    app.exec()
    return heartbeat.stop()


def measure_our_window(model_id: str) -> tuple[list[float], dict[str, Any]]:
    """The heartbeat of the window from Start (the model loads) to the last word, and what the history has then.

    In a process of its own.
    """
    from PySide6.QtCore import QTimer

    from desktop_app import app as window_app
    from desktop_app import theme
    from desktop_app.context import AppContext
    from desktop_app.main_window import MainWindow
    from desktop_app.paths import Paths
    from desktop_app.settings import Settings
    from workers.results import Commit, Word
    from workers.sources.media_file import MediaFile

    committed: list[Word] = []
    kept: list[Word] = []

    def note(result: object) -> None:
        if isinstance(result, Commit):
            committed.extend(result.words)

    with tempfile.TemporaryDirectory() as home:
        paths = Paths.below(Path(home))
        settings = Settings.load(paths.settings_file)
        settings.hear.model = model_id
        settings.models.folder = str(Paths.of_user().models_dir)
        app = window_app.create_application(["sensorium"])
        theme.install(app, "light")
        context = AppContext(paths, settings)
        context.closed.connect(app.quit)
        window = MainWindow(context)
        window.show()
        window.show_panel("hear")
        heartbeat = Heartbeat()
        speech = context.sessions.speech
        started = []

        def start() -> None:
            if not started:
                started.append(True)
                heartbeat.start()
                speech.start(sources=[MediaFile(SAMPLES[0], track="me", pace=1.0)])

        def finished(item_id: int) -> None:
            heartbeat.stop()
            history = context.wait_for_history()
            assert history is not None
            history.flush()
            kept.extend(word for segment in history.segments(item_id) for word in segment.words)
            QTimer.singleShot(0, window.close)

        context.history_changed.connect(lambda: QTimer.singleShot(1000, start))
        speech.result_ready.connect(note)
        speech.finished.connect(finished)
        QTimer.singleShot(0, window.start_services)
        with window_app.GarbageCollector(app):
            app.exec()
    return heartbeat.delays_ms, {"committed_words": len(committed), "kept_words": len(kept), "same": committed == kept}


def measure_heartbeat(model_id: str) -> dict[str, Any]:
    """An empty window, ours, and an empty one again, so that a machine that changes its speed is noticed."""

    def child(what: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.window", "--only", what, "--model", model_id],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
        return json.loads(done.stdout.splitlines()[-1])

    empty, (ours, history), empty_again = child("empty"), child("ours"), child("empty")
    both = empty + empty_again
    return {
        "model": model_id,
        "empty_p99_ms": round(quantile(both, 0.99), 2),
        "empty_max_ms": round(max(both), 1),
        "ours_p99_ms": round(quantile(ours, 0.99), 2),
        "ours_max_ms": round(max(ours), 1),
        "ours_max_at_s": round(
            sum(ours[: ours.index(max(ours))]) / 1000 + ours.index(max(ours)) * HEARTBEAT_MS / 1000, 1
        ),
        "over_20_ms": sum(delay > 20 for delay in ours),
        "beats": len(ours),
        "history": history,
    }


def table(result: dict[str, Any]) -> str:
    """The measures as a Markdown table for the README."""
    start, beat = result["start"], result["heartbeat"]
    return "\n".join(
        [
            "| measure | must | empty window | Sensorium |",
            "|---|---|---|---|",
            f"| window visible after start, median of {STARTS} | 3 x empty | {start['empty_s']:.2f} s "
            f"| {start['ours_s']:.2f} s ({start['ratio']:.1f} x) |",
            f"| event loop late by, p99, while {beat['model']} loads and transcribes | empty + 6 ms "
            f"| {beat['empty_p99_ms']:.1f} ms | {beat['ours_p99_ms']:.1f} ms |",
            f"| the same, at most | 40 ms | {beat['empty_max_ms']:.0f} ms | {beat['ours_max_ms']:.0f} ms |",
            f"| committed words that the history lacks or changes, of {beat['history']['committed_words']} | 0 | "
            f"| {0 if beat['history']['same'] else beat['history']} |",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "out" / "window.json")
    parser.add_argument("--model", default="whisper-base")
    parser.add_argument("--only", choices=["empty", "ours"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if arguments.only:
        print(json.dumps(measure_empty_window() if arguments.only == "empty" else measure_our_window(arguments.model)))
        return
    result = {
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {platform.platform()}",
        "python": platform.python_version(),
        "start": measure_start(),
        "heartbeat": measure_heartbeat(arguments.model),
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(result, indent=2) + "\n")
    print(table(result))


if __name__ == "__main__":
    main()
