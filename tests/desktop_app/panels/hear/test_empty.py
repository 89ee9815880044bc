import threading

from PySide6.QtCore import Qt

from desktop_app.sessions.file_queue import FileJob, FileState
from desktop_app.sessions.session_state import SessionState


def test_the_first_page_says_what_to_press(panel):
    assert panel.stack.currentWidget() is panel.empty
    assert "Press record" in panel.empty.title.text()
    assert not panel.copy_button.isEnabled()


def test_without_a_model_the_way_to_one_is_shown(qtbot, panel, context):
    panel.empty.show_models(has_model=False)

    with qtbot.waitSignal(context.panel_requested) as requested:
        qtbot.mouseClick(panel.empty.models_button, Qt.MouseButton.LeftButton)

    assert requested.args == ["models"]


def test_the_first_page_gives_way_to_the_cards_above_it(qtbot, panel, tmp_path):
    panel.resize(640, 400)
    panel.files_card.show_jobs([FileJob(tmp_path / f"{n}.wav", state=FileState.DONE) for n in range(4)])
    rows = panel.files_card._rows.values()

    qtbot.waitUntil(lambda: all(row.height() >= row.minimumSizeHint().height() > 0 for row in rows))

    assert not panel.empty.keys.isVisible()
    assert panel.empty.title.isVisible()


def test_nobody_is_invited_to_speak_before_the_microphone_is_open(qtbot, panel, context, source, monkeypatch):
    may_open = threading.Event()
    monkeypatch.setattr(source, "start", lambda *_: may_open.wait(10))
    session = context.sessions.speech
    session.start()
    assert panel.empty.title.text() == "One moment …"
    assert panel.dock.status.text() == "Connecting the sound"

    may_open.set()
    qtbot.waitUntil(lambda: session.is_open)

    assert panel.empty.title.text() == "Speak now"
    assert panel.dock.status.text() in ("Loading the model: speak already", "Listening")
    session.discard()
    qtbot.waitUntil(lambda: session.state is SessionState.IDLE)
