"""Shows what the app does without a microphone, a camera or a display: the real window hears, sees and draws.

The window is drawn where nobody sees it, so that it takes no key from what the user does meanwhile. It leaves
screenshots of every page, the transcript in every format, and a summary on the terminal.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from desktop_app import app as window_app
from desktop_app import i18n, theme
from desktop_app import log as app_log
from desktop_app.context import AppContext
from desktop_app.demo_draw import Drawing
from desktop_app.demo_see import Seeing
from desktop_app.main_window import MainWindow
from desktop_app.paths import ASSETS_DIR, Paths
from desktop_app.settings import Settings
from workers.errors import AppError, UsageError, disk_error
from workers.results import Commit, Partial
from workers.sources.media_file import MediaFile, duration_s

SAMPLE = ASSETS_DIR / "samples" / "speech.flac"
TIME_LIMIT_S = 600
MID_SENTENCE_S = 6.0  # when the picture of words that are not certain yet is taken
FORMATS = ("txt", "srt", "vtt", "json")


def main(folder: Path) -> int:
    """Runs the demonstration into `folder`; 0 when words were heard and kept, a picture was seen and one drawn.

    Raises:
        UsageError: the folder is a file.
        DiskError: it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        home = Path(tempfile.mkdtemp(prefix=".home-", dir=folder))  # the user's own history stays as it is
    except (FileExistsError, NotADirectoryError) as error:
        raise UsageError("'{path}' is not a folder.", hint="Choose another --output.", path=folder) from error
    except OSError as error:
        raise disk_error(error, folder / "transcript.txt" if folder.is_dir() else folder) from error
    try:
        return _demonstrate(folder, Paths.below(home))
    finally:
        shutil.rmtree(home)


def _demonstrate(folder: Path, paths: Paths) -> int:
    if sys.platform == "linux":  # elsewhere the offscreen platform has no fonts
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    users = Paths.of_user()
    user_settings = Settings.load(users.settings_file)
    settings = Settings.load(paths.settings_file)
    settings.models.folder = user_settings.models.folder or str(users.models_dir)
    settings.general.language = "en"  # as the sample speaks

    app = window_app.create_application(["sensorium"])
    app_log.set_up(paths.log_file)
    qInstallMessageHandler(window_app.on_qt_message)
    i18n.install(settings.general.language)
    theme.install(app, "light")
    context = AppContext(paths, settings)
    context.closed.connect(app.quit)
    with window_app.quit_on_signals(context.close), window_app.unexpected_errors_shown(context):
        window = MainWindow(context)
        demonstration = Demonstration(window, folder)
        window.setWindowFlags(
            window.windowFlags() | Qt.WindowType.WindowTransparentForInput | Qt.WindowType.WindowDoesNotAcceptFocus
        )
        window.show()
        app.exec()
    qInstallMessageHandler(None)
    app_log.tear_down()
    shutil.copy(paths.log_file, folder)
    demonstration.print_summary()
    return demonstration.exit_code


class Demonstration(QObject):
    """Listens to a speech, looks at a picture, draws sketches, takes the pictures and closes the window."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        super().__init__()
        self._window, self._context, self._folder = window, window.context, folder
        self._words: list[str] = []
        self._first_text_s: float | None = None
        self._started_s = 0.0
        self._error = ""
        self._pictures: list[str] = []
        self._seeing = Seeing(window, self._picture)
        self._seeing.done.connect(self._on_seen)
        self._drawing = Drawing(window, self._picture)
        self._drawing.done.connect(self._on_drawn)
        self._speech = self._context.sessions.speech
        self._speech.result_ready.connect(self._on_result)
        self._speech.finished.connect(self._on_finished)
        self._speech.failed.connect(self._on_failed)
        self._context.history_changed.connect(self._start)
        QTimer.singleShot(0, window.start_services)
        QTimer.singleShot(TIME_LIMIT_S * 1000, self, self._on_time_limit)

    @property
    def exit_code(self) -> int:
        return 0 if self._words and self._seeing.said and self._drawing.said and not self._error else 1

    def _start(self) -> None:
        if self._started_s:
            return
        length_s = duration_s(SAMPLE) or 0.0
        print(f"Playing {SAMPLE.name} ({length_s:.0f} s) to the window, at the pace of speech ...")  # noqa: T201
        self._window.show_panel("hear")
        self._picture("hear-empty")
        self._started_s = time.monotonic()
        self._speech.start([MediaFile(SAMPLE, track="me", pace=1.0)], source_name=SAMPLE.name)

    def _on_result(self, result: object) -> None:
        if isinstance(result, Partial | Commit) and result.words and self._first_text_s is None:
            self._first_text_s = time.monotonic() - self._started_s
        if isinstance(result, Commit):
            self._words += [word.text for word in result.words]
            print("".join(word.text for word in result.words), end="", flush=True)  # noqa: T201
        is_mid_sentence = isinstance(result, Partial) and result.words and self._speech.elapsed_s > MID_SENTENCE_S
        if is_mid_sentence and "hear-listening" not in self._pictures:
            QTimer.singleShot(100, self, lambda: self._picture("hear-listening"))
            self._pictures.append("hear-listening")

    def _on_failed(self, error: Exception) -> None:
        self._error = str(error)

    def _on_finished(self, item_id: object) -> None:
        print(flush=True)  # noqa: T201
        if isinstance(item_id, int) and self._context.history is not None:
            self._context.history.flush()  # what was said last is written in the background
            for suffix in FORMATS:
                try:
                    self._context.history.export(item_id, self._folder / f"transcript.{suffix}")
                except AppError as error:
                    self._error = str(error)
        elif not self._error:
            self._error = "Nothing was kept in the history."
        QTimer.singleShot(500, self, self._see)

    def _see(self) -> None:
        self._picture("hear")
        print("Looking at the sample picture ...", flush=True)  # noqa: T201
        self._seeing.start()

    def _on_seen(self) -> None:
        self._error = self._error or self._seeing.error
        print("Drawing the sample sketches ...", flush=True)  # noqa: T201
        QTimer.singleShot(0, self, self._drawing.start)

    def _on_drawn(self) -> None:
        self._error = self._error or self._drawing.error
        QTimer.singleShot(0, self, self._take_pictures)

    def _take_pictures(self) -> None:
        for choice in ("light", "dark"):
            theme.theme().apply(choice)
            for panel_id in self._window.panels:
                self._window.show_panel(panel_id)
                settle()
                self._picture(f"{panel_id}-{choice}")
        self._window.close()

    def _on_time_limit(self) -> None:
        self._error = f"The demonstration was not done after {TIME_LIMIT_S} s."
        self._window.close()

    def _picture(self, name: str) -> None:
        self._window.grab().save(str(self._folder / f"{name}.png"))

    def print_summary(self) -> None:
        print()  # noqa: T201
        if self._error:
            print(f"It did not go well: {self._error}", file=sys.stderr)  # noqa: T201
        first = f"{self._first_text_s:.1f} s" if self._first_text_s is not None else "never"
        print(f"Words heard: {len(self._words)}; first text after {first}, the loading of the model included.")  # noqa: T201
        for line in (*self._seeing.said, *self._drawing.said):
            print(line)  # noqa: T201
        print(f"Transcript, pictures of every page and the log are in {self._folder.resolve()}")  # noqa: T201


def settle(rounds: int = 20) -> None:
    """Lets the window lay itself out and paint."""
    for _ in range(rounds):
        QApplication.processEvents()
        time.sleep(0.01)
