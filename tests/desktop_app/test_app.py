import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType

from desktop_app import app as window_app

HEAVY = ("torch", "transformers", "diffusers", "ctranslate2", "faster_whisper", "cv2")


def run_app(code: str, **environment: str) -> subprocess.CompletedProcess:
    """Runs Python code in a process with the window's surroundings."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


START = """
    import os, signal, sys, threading
    from PySide6.QtCore import QTimer
    from desktop_app import app
    from desktop_app.main_window import MainWindow

    show = MainWindow.start_services
    def started(window):
        show(window)
        QTimer.singleShot(50, lambda: act(window))
    MainWindow.start_services = started
"""


def test_window_opens_and_closes_without_heavy_imports_or_leftovers():
    done = run_app(
        START
        + f"""
    def act(window):
        window.close()
    code = app.main(["sensorium"])
    print(code, [name for name in {HEAVY!r} if name in sys.modules])
    print([thread.name for thread in threading.enumerate() if not thread.daemon][1:])
    """
    )

    assert done.stdout.splitlines() == ["0 []", "[]"], done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=["SIGINT", "SIGTERM", "SIGHUP"])
def test_signal_ends_the_app_cleanly(number, home):
    done = run_app(
        START
        + f"""
    def act(window):
        window.context.change_setting("general.theme", "dark")
        os.kill(os.getpid(), {int(number)})
    signal.signal({int(number)}, signal.SIG_DFL)  # whoever runs the tests may ignore it, as nohup does
    sys.exit(app.main(["sensorium"]))
    """
    )

    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert 'theme = "dark"' in (home / "config" / "settings.toml").read_text()


def test_error_nobody_caught_is_shown_and_the_app_goes_on():
    done = run_app(
        START
        + """
    def act(window):
        QTimer.singleShot(0, lambda: 1 / 0)
        threading.Thread(target=lambda: [].pop()).start()
        QTimer.singleShot(200, lambda: check(window))
    def check(window):
        print(window.banner.message.sentence, len(window.banner._queue))
        window.close()
    sys.exit(app.main(["sensorium"]))
    """
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == "Something unexpected happened. 1\n"
    assert "ZeroDivisionError" in done.stderr
    assert "IndexError" in done.stderr


def test_plugins_of_opencv_do_not_hinder_the_start(tmp_path):
    done = run_app(
        START
        + """
    def act(window):
        window.close()
    sys.exit(app.main(["sensorium"]))
    """,
        QT_QPA_PLATFORM_PLUGIN_PATH=str(tmp_path / "site-packages" / "cv2" / "qt" / "plugins"),
    )

    assert done.returncode == 0, done.stderr


def test_broken_settings_file_is_told_in_the_window(home):
    (home / "config").mkdir()
    (home / "config" / "settings.toml").write_text('[general]\ntheme = "purple"\n')
    done = run_app(
        START
        + """
    def act(window):
        print(window.banner.message.kind, window.banner.message.sentence)
        window.close()
    sys.exit(app.main(["sensorium"]))
    """
    )

    assert done.stdout == "warning Some settings did not fit and got their defaults: general.theme.\n", done.stderr


@pytest.fixture
def collecting_anywhere() -> Iterator[None]:
    """As Python does, and as no other test does."""
    gc.enable()
    yield
    gc.disable()


def test_garbage_is_collected_in_the_windows_thread_only(qapp, collecting_anywhere):
    seen = []
    gc.callbacks.append(lambda phase, _info: seen.append(threading.current_thread()))
    parent = QObject()
    try:
        with window_app.GarbageCollector(parent) as collector:
            collector.collect()
            seen.clear()
            kept: list[list] = []
            thread = threading.Thread(target=lambda: kept.extend([] for _ in range(50_000)))
            thread.start()
            thread.join()
            assert seen == []

            collector.collect()
            assert set(seen) == {threading.main_thread()}
    finally:
        gc.callbacks.pop()
    assert gc.isenabled()


def test_log_leaves_out_what_qt_says_about_every_font(caplog):
    caplog.set_level("DEBUG", logger="qt")
    said = (
        'OpenType support missing for "Noto Sans CJK SC", script 16',
        "QPainter::begin: Paint device returned engine == 0",
    )

    for text in said:
        window_app.on_qt_message(QtMsgType.QtInfoMsg, QMessageLogContext(), text)

    assert caplog.messages == [said[1]]
