"""The page with a source that follows a script and an engine that hears sixty words."""

import pytest

from desktop_app.history.store import History
from desktop_app.main_window import MainWindow
from desktop_app.panels.hear import HearPanel
from desktop_app.sessions import file_queue, speech_session
from tests.desktop_app.sessions.test_speech_session import ScriptedSource, speech  # noqa: F401
from tests.scripted_engine import scripted
from workers.engine_pool import EnginePool
from workers.results import Word

WORDS = tuple(f" word{number}" for number in range(60))


def words(text: str, start_s: float = 0.0, probability: float = 0.9) -> tuple[Word, ...]:
    return tuple(
        Word(f" {part}", start_s + 0.4 * position, start_s + 0.4 * position + 0.3, probability)
        for position, part in enumerate(text.split())
    )


@pytest.fixture
def context(context, tmp_path, monkeypatch):
    context.pool = EnginePool(placement="thread")
    context.history = History(tmp_path / "history")
    spec = scripted(words=WORDS)
    monkeypatch.setattr(speech_session, "speech_spec", lambda *_: spec)
    monkeypatch.setattr(file_queue, "speech_spec", lambda *_: spec)
    return context


@pytest.fixture
def source(context, monkeypatch):
    source = ScriptedSource()
    monkeypatch.setattr(context.sessions.speech, "_chosen_sources", lambda: [source])
    monkeypatch.setattr(context.sessions.speech, "watch_devices", lambda: None)
    monkeypatch.setattr(context.sessions.speech._notifier, "show", lambda title, text: None)
    return source


@pytest.fixture
def panel(qtbot, context, source):
    panel = HearPanel(context)
    panel.resize(900, 640)
    panel.show()
    yield panel
    with qtbot.waitSignal(context.closed, timeout=20_000):  # as the window does: the page goes last
        context.close()
    panel.close()
    panel.deleteLater()


@pytest.fixture
def window(qtbot, context, source):
    """The whole window, with the page open."""
    window = MainWindow(context)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.show_panel("hear")
    yield window
    with qtbot.waitSignal(context.closed, timeout=20_000):
        window.close()
    window.deleteLater()


def text(panel: HearPanel) -> str:
    return panel.pane.view.toPlainText()
