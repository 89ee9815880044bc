import numpy as np

from desktop_app.sessions.chat import TurnState
from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.voice_question import VoiceState
from tests.desktop_app.sessions.vision.conftest import GREEN, ScriptedMicrophone, answered
from tests.scripted_engine import scripted
from workers.errors import DeviceError
from workers.results import Commit


def test_a_spoken_question_is_about_the_frame_of_the_key_going_down(qtbot, context, session, camera, spoken, speech):
    frame = session.newest_frame
    session.chat.begin_voice(ScriptedMicrophone(speech))
    camera.show(GREEN)
    qtbot.waitUntil(lambda: session.chat.voice.state is VoiceState.LISTENING, timeout=20_000)
    with qtbot.waitSignal(session.chat.turn_added, timeout=20_000) as added:
        session.chat.end_voice()
    (turn,) = added.args
    answered(qtbot, turn)

    assert turn.question.startswith("What is it?")
    assert turn.is_spoken
    assert turn.frames == (frame,)
    assert turn.answer.endswith(" 200 0 0")
    assert spoken[-1] == (turn.answer, True)
    assert turn.frame_age_s < turn.asked_s - frame.captured_s  # of the key going down, not up
    assert session.chat.voice.state is VoiceState.IDLE


def test_a_recording_that_runs_is_not_disturbed(qtbot, context, session, camera, spoken, speech):
    heard: list = []
    hear = context.sessions.speech
    hear.result_ready.connect(heard.append)
    recorded = ScriptedMicrophone(speech)
    hear.start([recorded], scripted("ears", words=(" What", " is", " it?")))
    qtbot.waitUntil(lambda: hear.state is SessionState.RUNNING, timeout=20_000)

    session.chat.begin_voice(ScriptedMicrophone(speech))
    qtbot.waitUntil(lambda: session.chat.voice.state is VoiceState.LISTENING, timeout=20_000)
    with qtbot.waitSignal(session.chat.turn_added, timeout=20_000) as added:
        session.chat.end_voice()
    assert hear.state is SessionState.RUNNING
    with qtbot.waitSignal(hear.finished, timeout=20_000):
        hear.stop()
    answered(qtbot, added.args[0])

    said = "".join(result.text for result in heard if isinstance(result, Commit))
    assert said.strip() == added.args[0].question
    assert len(context.pool.loaded()) == 2  # the ears of both, and the engine that answers


def test_typed_questions_are_answered_in_silence_unless_all_are_read(qtbot, context, session, camera, spoken):
    answered(qtbot, session.chat.ask("What?"))
    assert spoken == []

    context.change_setting("see.speak_answers", "all")
    answered(qtbot, session.chat.ask("What?"))
    assert spoken[-1] == ("What? 200 0 0", True)


def test_silence_is_no_question(qtbot, context, session, camera, spoken):
    session.chat.begin_voice(ScriptedMicrophone(np.zeros(16_000, np.float32)))
    qtbot.waitUntil(lambda: session.chat.voice.state is VoiceState.LISTENING, timeout=20_000)
    session.chat.end_voice()
    qtbot.waitUntil(lambda: session.chat.voice.state is VoiceState.IDLE, timeout=20_000)

    assert context.messages[-1].sentence == "Nothing was heard."
    assert list(session.chat.turns) == []


def test_a_key_that_was_only_touched_asks_nothing(qtbot, context, session, camera, spoken):
    session.chat.begin_voice(ScriptedMicrophone(np.zeros(16_000, np.float32)))
    session.chat.end_voice()

    assert session.chat.voice.state is VoiceState.IDLE
    assert context.messages[-1].sentence == "Hold the key until you have spoken."


def test_a_microphone_that_is_not_there_is_told(qtbot, context, session, camera, spoken):
    error = DeviceError("No microphone was found.")
    session.chat.begin_voice(ScriptedMicrophone(np.zeros(1, np.float32), error=error))
    qtbot.waitUntil(lambda: session.chat.voice.state is VoiceState.IDLE, timeout=20_000)

    assert context.messages[-1].sentence == "No microphone was found."


def test_the_key_going_down_ends_the_answer_and_its_voice(qtbot, session, camera, spoken, engine, monkeypatch):
    engine.update(latency_s=0.02, tokens=100)
    turn = session.chat.ask("What?")
    qtbot.waitUntil(lambda: bool(turn.answer))
    silenced: list = []
    monkeypatch.setattr(session.chat.speaker, "stop", lambda: silenced.append(True))

    session.chat.begin_voice(ScriptedMicrophone(np.zeros(1, np.float32)))

    assert (turn.state, silenced) == (TurnState.STOPPED, [True])
    session.chat.voice.cancel()


def test_quitting_while_somebody_speaks_is_clean(qtbot, context, session, camera, spoken, speech):
    session.chat.begin_voice(ScriptedMicrophone(speech))
    qtbot.waitUntil(lambda: session.chat.voice.state is VoiceState.LISTENING, timeout=20_000)

    with qtbot.waitSignal(context.closed, timeout=20_000):
        context.close()
