"""Starts the window: the application object, theme, language, log, signals, and a clean end at any moment."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from types import TracebackType

from PySide6.QtCore import (
    QEvent,
    QMessageLogContext,
    QObject,
    QSocketNotifier,
    Qt,
    QTimer,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app import __version__, i18n, theme
from desktop_app import log as app_log
from desktop_app.context import AppContext
from desktop_app.main_window import MainWindow
from desktop_app.paths import Paths
from desktop_app.remote import listening
from desktop_app.settings import Settings

log = logging.getLogger(__name__)
qt_log = logging.getLogger("qt")

COLLECT_EVERY_MS = 1_000
QT_NOISE = (
    "propagateSizeHints",  # of the offscreen platform, at every resize
    "OpenType support missing",  # of each font in turn, wherever the names of the spoken languages are shown
)


def main(arguments: list[str] | None = None) -> int:
    """Opens the window and returns the exit code when it is closed."""
    app = create_application(arguments or sys.argv[:1])
    paths = Paths.of_user()
    app_log.set_up(paths.log_file)
    qInstallMessageHandler(on_qt_message)
    settings = Settings.load(paths.settings_file)
    i18n.install(settings.general.language)
    theme.install(app, settings.general.theme, reduce_motion=settings.general.reduce_motion)

    context = AppContext(paths, settings)
    context.closed.connect(app.quit)
    with quit_on_signals(context.close), unexpected_errors_shown(context):
        window = MainWindow(context)
        first_paint = FirstPaint(window)
        first_paint.is_over.connect(window.start_services)
        window.show()
        log.info("Sensorium %s started", __version__)
        with GarbageCollector(app), listening(paths.socket_file, window.verbs):
            code = app.exec()
    log.info("Sensorium ended")
    qInstallMessageHandler(None)
    app_log.tear_down()
    return code


def create_application(arguments: list[str]) -> QApplication:
    """The application object with its name and icon, able to start whatever opencv did to the environment."""
    if "cv2" in os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH", ""):
        del os.environ["QT_QPA_PLATFORM_PLUGIN_PATH"]  # opencv's Qt 5 plugins would abort ours
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    QApplication.setApplicationName("sensorium")
    QApplication.setApplicationDisplayName("Sensorium")
    QApplication.setApplicationVersion(__version__)
    QApplication.setDesktopFileName("sensorium")
    app = QApplication(arguments)
    app.setWindowIcon(theme.app_icon())
    app.setQuitOnLastWindowClosed(False)  # the context says when everything has been saved
    return app


class FirstPaint(QObject):
    """Tells once that a window has been painted: what is slow to start waits for it.

    Signals:
        is_over(): in the event loop, after the paint.
    """

    is_over = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self.is_over.emit)
        return False


@contextlib.contextmanager
def quit_on_signals(close: Callable[[], None]) -> Iterator[None]:
    """Calls `close` in the event loop on Ctrl-C, a polite kill, and when the terminal is closed (but for `nohup`).

    Python runs a signal's handler only between bytecodes, and the event loop runs none while idle: a byte on a socket
    wakes it.
    """
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    is_left_behind = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    numbers = (signal.SIGINT, signal.SIGTERM, *(() if is_left_behind else (signal.SIGHUP,)))
    handlers_before = [signal.signal(number, lambda *_: None) for number in numbers]
    wakeup_before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)

    def on_signal() -> None:
        reader.recv(64)
        close()

    notifier.activated.connect(on_signal)
    try:
        yield
    finally:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(wakeup_before)
        for number, handler in zip(numbers, handlers_before, strict=True):
            signal.signal(number, handler)
        reader.close()
        writer.close()


@contextlib.contextmanager
def unexpected_errors_shown(context: AppContext) -> Iterator[None]:
    """Logs what nobody caught, in any thread, shows it as unexpected, and keeps running."""
    hooks = sys.excepthook, threading.excepthook
    relay = _ErrorRelay(context)

    def on_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            context.close()
        else:
            relay.show(error.with_traceback(trace))

    def on_thread_error(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            relay.show(arguments.exc_value)

    sys.excepthook, threading.excepthook = on_error, on_thread_error
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = hooks


class _ErrorRelay(QObject):
    """Takes an error from any thread to the window's."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context

    def show(self, error: BaseException) -> None:
        QTimer.singleShot(0, self, lambda: self._context.show_error(error))


class GarbageCollector(QObject):
    """Collects cycles in the window's thread only, while it is idle.

    Python collects in whichever thread allocates; a widget in a cycle would then be destroyed in a worker's
    thread, which Qt does not survive. What start-up made is frozen, so that a collection takes about a millisecond.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        self._is_frozen = False
        self._timer = QTimer(self, interval=COLLECT_EVERY_MS)
        self._timer.timeout.connect(self.collect)

    def __enter__(self) -> GarbageCollector:
        gc.disable()
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()

    def collect(self) -> None:
        """Collects the oldest generation that is due; the first time it freezes what there is instead."""
        if not self._is_frozen:
            gc.freeze()  # without collecting: that would hold up the window for 60 ms
            self._is_frozen = True
        collect_due_cycles()


def collect_due_cycles() -> None:
    """Collects the oldest generation that is due, in this thread."""
    for generation, (count, threshold) in reversed(
        list(enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)))
    ):
        if count > threshold:
            gc.collect(generation)
            return


def on_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    if any(noise in text for noise in QT_NOISE):
        return
    level = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
    }.get(kind, logging.ERROR)
    qt_log.log(level, "%s", text)


if __name__ == "__main__":
    sys.exit(main())
