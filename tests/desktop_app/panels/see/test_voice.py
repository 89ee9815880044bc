import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMenu

from desktop_app.sessions.voice_question import VoiceState
from tests.desktop_app.sessions.vision.conftest import ScriptedMicrophone, speech, spoken  # noqa: F401


@pytest.fixture
def microphone(session, spoken, monkeypatch):  # noqa: F811
    """Says nothing but what the test gives it."""
    microphone = ScriptedMicrophone(np.zeros(16_000, np.float32))
    monkeypatch.setattr(session.chat.voice, "_microphone", lambda: microphone)
    return microphone


def until(qtbot, session, state: VoiceState) -> None:
    qtbot.waitUntil(lambda: session.chat.voice.state is state, timeout=20_000)


def test_a_question_is_spoken_while_the_button_is_held(qtbot, panel, session, camera, microphone, speech):  # noqa: F811
    microphone._samples = speech
    qtbot.mousePress(panel.ask.voice_button, Qt.MouseButton.LeftButton)
    until(qtbot, session, VoiceState.LISTENING)
    assert panel.ask.voice_row.isVisible()
    assert panel.ask.stack.isVisible()

    with qtbot.waitSignal(session.chat.turn_added, timeout=20_000) as added:
        qtbot.mouseRelease(panel.ask.voice_button, Qt.MouseButton.LeftButton)

    assert added.args[0].question.startswith("What is it?")
    assert not panel.ask.voice_row.isVisible()
    qtbot.waitUntil(lambda: added.args[0].state.is_over, timeout=20_000)
    assert panel.ask.chat.cards[0].question.text().startswith("What is it?")


def test_the_key_is_held_wherever_the_focus_is(qtbot, window, session, camera, microphone):
    panel = window.page("see")
    panel.labels.field.setFocus()

    qtbot.keyPress(window, Qt.Key.Key_F8)
    until(qtbot, session, VoiceState.LISTENING)
    QApplication.sendEvent(window, QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_F8, Qt.KeyboardModifier.NoModifier))

    assert session.chat.voice.state is VoiceState.TRANSCRIBING
    until(qtbot, session, VoiceState.IDLE)


def test_a_key_that_repeats_does_not_end_the_question(qtbot, window, session, camera, microphone):
    qtbot.keyPress(window, Qt.Key.Key_F8)
    until(qtbot, session, VoiceState.LISTENING)

    repeated = QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_F8, Qt.KeyboardModifier.NoModifier, "", True)
    QApplication.sendEvent(window, repeated)

    assert session.chat.voice.state is VoiceState.LISTENING
    session.chat.voice.cancel()


def test_escape_forgets_what_is_being_spoken(qtbot, window, session, camera, microphone):
    window.page("see").ask.field.setFocus()
    qtbot.keyPress(window, Qt.Key.Key_F8)
    until(qtbot, session, VoiceState.LISTENING)

    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)

    assert session.chat.voice.state is VoiceState.IDLE
    assert not session.chat.turns


def test_without_a_picture_nothing_is_listened_to(panel, session, microphone, messages):
    assert panel.ask.voice_button.toolTip() == "There is no picture yet"

    panel.ask.begin_voice()

    assert session.chat.voice.state is VoiceState.IDLE
    assert messages[-1].sentence == "There is nothing to ask about yet."


def test_which_answers_are_read_aloud_is_chosen_in_place(panel, context):
    assert panel.ask.aloud_button.toolTip() == "Read answers aloud: To spoken questions"
    panel.ask.aloud_button.click()
    menu = panel.ask.findChild(QMenu)

    {action.text(): action for action in menu.actions()}["None of them"].trigger()

    assert context.settings.see.speak_answers == "none"
    assert panel.ask.aloud_button.toolTip() == "Read answers aloud: None of them"
    menu.close()


def test_a_voice_that_reads_is_stopped_like_an_answer(qtbot, window, session, camera, monkeypatch):
    panel = window.page("see")
    stopped = []
    monkeypatch.setattr(session.chat.speaker, "_is_speaking", True)
    monkeypatch.setattr(session.chat.speaker, "stop", lambda: stopped.append(True))
    session.chat.speaker.speaking_changed.emit(True)
    assert panel.ask.stop_button.isVisible()

    panel.ask.field.setFocus()
    qtbot.keyClick(panel.ask.field, Qt.Key.Key_Escape)

    assert stopped
