"""Pictures of every page in every look, to be judged by eye: `python -m tests.desktop_app.screenshots FOLDER`.

Offscreen, with throw-away data; not a test, but what every change of the window is looked at with.
"""

from __future__ import annotations

import itertools
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QWidget

from tests.desktop_app.panels.draw.states import states as draw_states
from tests.desktop_app.panels.preferences_states import states as preferences_states
from tests.desktop_app.panels.see.states import states as see_states

SIZES_PX = ((1180, 760), (640, 460))
STATES: dict[str, Callable[[Any], Iterator[str | None]]] = {
    "draw": draw_states,
    "preferences": preferences_states,
    "see": see_states,
}
"""What brings a page from state to state, by its id; None while it is not there yet."""


def main(folder: Path, pages: list[str]) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["SENSORIUM_HOME"] = tempfile.mkdtemp()
    from desktop_app import app, i18n, theme
    from desktop_app import log as app_log
    from desktop_app.context import AppContext
    from desktop_app.main_window import MainWindow
    from desktop_app.paths import Paths
    from desktop_app.settings import Settings

    folder.mkdir(parents=True, exist_ok=True)
    application = app.create_application(["screenshots"])
    app_log.set_up(None)
    logging.getLogger("workers.engines").info("loaded whisper-base on cpu (int8) in 1.2 s")
    logging.getLogger("workers.live").warning("the audio of 12.5 s to 14.0 s waits: decoding took 1.8 s")
    try:
        raise OSError(28, "No space left on device")
    except OSError:
        logging.getLogger("workers.recorder").exception("the recording could not be written")
    for language, look in itertools.product(("en", "zh_CN"), ("light", "dark")):
        i18n.install(language)
        theme.install(application, look)
        context = AppContext(Paths.of_user(), Settings())
        window = MainWindow(context)
        context.open_history()
        window.show()
        for panel_id in pages or window.panels:
            window.show_panel(panel_id)
            settle(600)
            for state in STATES.get(panel_id, one_state)(window.page(panel_id)):
                for width, height in SIZES_PX if state is not None else ():
                    window.resize(width, height)
                    settle(300)
                    name = f"{panel_id}-{state}" if state else panel_id
                    window.grab().save(str(folder / f"{name}_{language}_{look}_{width}.png"))
                settle(10)
        context.closed.connect(window.deleteLater)
        window.close()
        settle(300, until=lambda context=context: context.is_closed)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    app_log.tear_down()


def one_state(_page: QWidget) -> Iterator[str | None]:
    yield ""


def settle(least_ms: int, until=lambda: True) -> None:
    """Lets the event loop run for a while, and until something is true."""
    end_s = time.monotonic() + 10
    while True:
        loop = QEventLoop()
        QTimer.singleShot(least_ms, loop.quit)
        loop.exec()
        if until() or time.monotonic() > end_s:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
