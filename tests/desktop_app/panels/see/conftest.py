"""The page with a camera that follows a script and an engine that sees the mean colour."""

import pytest

from desktop_app.history.store import History
from desktop_app.main_window import MainWindow
from desktop_app.panels.see import SeePanel
from desktop_app.sessions import chat_session, lane
from desktop_app.sessions.session_state import SessionState
from tests.desktop_app.sessions.vision.conftest import ScriptedCamera
from tests.scripted_engine import scripted
from workers.engine_pool import EnginePool


@pytest.fixture
def engine() -> dict:
    """The options of the engine that looks and answers."""
    return {}


@pytest.fixture
def context(context, engine, tmp_path, monkeypatch):
    context.pool = EnginePool(placement="thread")
    context.history = History(tmp_path / "history")
    for module in (lane, chat_session):
        monkeypatch.setattr(module, "vision_spec", lambda settings, catalogue, task: scripted(task, **engine))
    return context


@pytest.fixture
def session(context):
    return context.sessions.vision


@pytest.fixture
def panel(qtbot, context, monkeypatch):
    monkeypatch.setattr(context.sessions.vision, "watch_cameras", lambda: None)
    panel = SeePanel(context)
    panel.resize(960, 640)
    panel.show()
    yield panel
    with qtbot.waitSignal(context.closed, timeout=20_000):  # as the window does: the page goes last
        context.close()
    panel.close()
    panel.deleteLater()


@pytest.fixture
def camera(qtbot, session) -> ScriptedCamera:
    """One that runs."""
    camera = ScriptedCamera()
    session.start(camera)
    qtbot.waitUntil(lambda: session.state is SessionState.RUNNING, timeout=20_000)
    return camera


@pytest.fixture
def window(qtbot, context):
    """The whole window, with the page open."""
    window = MainWindow(context)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.show_panel("see")
    yield window
    with qtbot.waitSignal(context.closed, timeout=20_000):
        window.close()
    window.deleteLater()
