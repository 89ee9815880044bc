"""The real window for a benchmark: it lives while something is waited for, and closes as it does for its user."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_S = 300.0  # for a model to load on a busy machine


class LiveWindow:
    """The window with one page open, below a home of its own."""

    def __init__(self, home: Path, page: str) -> None:
        from desktop_app import app as window_app
        from desktop_app import theme
        from desktop_app.context import AppContext
        from desktop_app.main_window import MainWindow
        from desktop_app.paths import Paths
        from desktop_app.settings import Settings

        self.app = window_app.create_application(["sensorium"])
        theme.install(self.app, "light")
        paths = Paths.below(home)
        self.context = AppContext(paths, Settings.load(paths.settings_file))
        self.window = MainWindow(self.context)
        self.window.show()
        self.window.show_panel(page)
        self.page = self.window.page(page)

    def until(self, is_true: Callable[[], bool], limit_s: float = PATIENCE_S) -> None:
        """Lets the window live until something is true.

        Raises:
            TimeoutError: it does not come true.
        """
        from PySide6.QtCore import QEventLoop, QTimer

        loop, timer = QEventLoop(), QTimer(interval=2)
        ends_s = time.monotonic() + limit_s
        timer.timeout.connect(lambda: loop.quit() if is_true() or time.monotonic() > ends_s else None)
        timer.start()
        loop.exec()
        timer.stop()
        if not is_true():
            raise TimeoutError(f"not true after {limit_s} s")

    def let_go_by(self, seconds: float) -> None:
        ends_s = time.monotonic() + seconds
        self.until(lambda: time.monotonic() >= ends_s)

    def memory_mb(self) -> float:
        """Of the window and everything it started; shared pages are counted once."""
        import psutil

        processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
        return float(sum(process.memory_full_info().pss for process in processes)) / 1e6

    def close(self) -> None:
        self.context.closed.connect(self.app.quit)
        self.window.close()
        self.app.exec()


@contextmanager
def living(window: LiveWindow) -> Iterator[LiveWindow]:
    """The window with cycles collected as in the app; closed afterwards."""
    from desktop_app import app as window_app

    with window_app.GarbageCollector(window.app):
        yield window
        window.close()
