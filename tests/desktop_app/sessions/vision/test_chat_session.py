import threading

import pytest
from PIL import Image

from desktop_app.sessions import chat_session
from desktop_app.sessions.chat import TurnState
from desktop_app.sessions.session_state import SessionState
from tests.desktop_app.sessions.vision.conftest import GREEN, RED, answered, colour_of
from tests.scripted_engine import scripted
from workers.results import Progress, Region


@pytest.mark.parametrize("placement", ["thread", "process"], indirect=True)
def test_an_answer_is_about_the_frame_of_the_moment_and_says_how_it_came(qtbot, session, camera):
    camera.show(GREEN)
    turn = session.chat.ask("  What colour? ")
    camera.show(RED)
    answered(qtbot, turn)

    assert (turn.question, turn.answer, turn.state) == ("What colour?", "What colour? 0 200 0", TurnState.DONE)
    assert (turn.model_id, turn.resolution, turn.tokens_per_s) == ("ask", (32, 24), 100.0)
    assert turn.time_to_first_token_s > 0
    assert 0 <= turn.frame_age_s < turn.time_to_first_token_s + 1


def test_words_are_told_while_they_come(qtbot, session, camera, engine):
    engine.update(latency_s=0.05, tokens=3)
    texts: list = []
    session.chat.turn_changed.connect(lambda turn: texts.append(turn.answer))

    answered(qtbot, session.chat.ask("What?"))

    assert "What? 200 0 0" in texts
    assert texts[-1] == "What? 200 0 0 more more more"


@pytest.mark.parametrize("placement", ["thread", "process"], indirect=True)
def test_a_stopped_answer_keeps_its_words_and_the_next_needs_no_load(qtbot, context, session, camera, engine):
    engine.update(latency_s=0.05, tokens=1000)
    turn = session.chat.ask("What?")
    qtbot.waitUntil(lambda: bool(turn.answer), timeout=20_000)
    (loaded,) = context.pool.loaded()

    session.chat.stop_answer()
    assert turn.state is TurnState.STOPPED
    assert turn.answer.startswith("What?")
    qtbot.waitUntil(lambda: not session._workers)
    following = session.chat.ask("And?")
    qtbot.waitUntil(lambda: bool(following.answer), timeout=20_000)

    assert [engine.pid for engine in context.pool.loaded()] == [loaded.pid]
    assert turn.answer.startswith("What?")


def test_a_new_question_ends_the_answer_before(qtbot, session, camera, engine):
    engine.update(latency_s=0.02, tokens=20)
    first = session.chat.ask("What?")
    qtbot.waitUntil(lambda: bool(first.answer))

    second = session.chat.ask("And?")
    answered(qtbot, second)

    assert (first.state, second.state) == (TurnState.STOPPED, TurnState.DONE)
    assert "And?" not in first.answer
    assert second.answer.startswith("And?")


def test_a_follow_up_is_about_the_very_same_frame(qtbot, session, camera):
    first = session.chat.ask("What?")
    answered(qtbot, first)
    camera.show(GREEN)

    second = session.chat.ask("And?", same_frame=True)
    answered(qtbot, second)

    assert second.frames[0] is first.frames[0]
    assert second.answer == "And? 200 0 0"


def test_several_frames_can_be_asked_about(qtbot, session, camera):
    session.chat.add_frame()
    camera.show(GREEN)
    session.chat.add_frame()
    session.chat.add_frame()
    session.chat.remove_frame(2)
    camera.show(RED)

    turn = session.chat.ask("What?")
    answered(qtbot, turn)

    assert [colour_of(frame) for frame in turn.frames] == [RED, GREEN]
    assert list(session.chat.pending_frames) == []


def test_a_question_is_about_the_region(qtbot, session, camera):
    session.set_region(Region(0, 0, 0.5, 0.5))

    assert session.chat.ask("What?").resolution == (16, 12)


def test_lanes_rest_while_a_question_is_answered(qtbot, session, camera, engine):
    engine.update(latency_s=0.02, tokens=10)
    session.caption.set_on(True)
    qtbot.waitUntil(lambda: session.caption.state is SessionState.RUNNING)

    turn = session.chat.ask("What?")
    assert session.caption.state is SessionState.PAUSED
    answered(qtbot, turn)

    assert session.caption.state is SessionState.RUNNING


def test_a_question_without_a_picture_is_told(context, session):
    assert session.chat.ask("What?") is None
    assert context.messages[0].sentence == "There is nothing to ask about yet."


def test_an_answer_that_was_cut_off_is_told(qtbot, context, session, camera):
    context.change_setting("see.max_new_tokens", 2)

    turn = session.chat.ask("What?")
    answered(qtbot, turn)

    assert turn.is_cut_off


def test_a_new_chat_forgets(qtbot, session, camera):
    answered(qtbot, session.chat.ask("What?"))
    session.chat.add_frame()

    session.chat.new_chat()

    assert (list(session.chat.turns), list(session.chat.pending_frames)) == ([], [])


def test_a_new_chat_gives_the_one_before_back_until_the_next_question(qtbot, context, session, camera):
    withdrawn: list = []
    context.message_withdrawn.connect(withdrawn.append)
    turn = session.chat.ask("What?")
    answered(qtbot, turn)
    session.chat.add_frame()
    session.chat.new_chat()
    message = context.messages[-1]
    assert (message.sentence, message.action[0]) == ("The chat was put away.", "Bring it back")

    message.action[1]()
    assert (list(session.chat.turns), len(session.chat.pending_frames)) == ([turn], 1)

    session.chat.new_chat()
    withdrawn.clear()
    answered(qtbot, session.chat.ask("And now?"))
    assert message.topic in withdrawn


@pytest.mark.parametrize("placement", ["process"], indirect=True)
def test_an_engine_killed_mid_answer_is_asked_again(qtbot, context, session, camera, engine, tmp_path):
    engine["crash_once"] = str(tmp_path / "crashed")
    turn = session.chat.ask("What?")
    answered(qtbot, turn)

    assert (tmp_path / "crashed").exists()
    assert (turn.state, turn.answer) == (TurnState.DONE, "What? 200 0 0")
    assert any("ended by the system" in message.sentence for message in context.messages)


@pytest.mark.parametrize("placement", ["process"], indirect=True)
def test_an_engine_that_always_dies_fails_the_question_and_the_picture_goes_on(qtbot, session, camera, engine):
    engine["crash_always"] = True
    turn = session.chat.ask("What?")
    answered(qtbot, turn)

    assert turn.state is TurnState.FAILED
    assert session.state is SessionState.RUNNING


def test_the_next_question_takes_away_why_there_was_no_answer(qtbot, context, session, camera, engine):
    engine["load"] = "missing"
    answered(qtbot, session.chat.ask("What?"))
    engine["load"] = "well"

    with qtbot.waitSignal(context.message_withdrawn) as withdrawn:
        turn = session.chat.ask("What?")
    answered(qtbot, turn)

    assert turn.state is TurnState.DONE
    assert withdrawn.args == [context.messages[0].topic]


@pytest.mark.parametrize("placement", ["thread", "process"], indirect=True)
def test_quitting_while_answering_is_clean(qtbot, context, session, camera, engine):
    engine.update(latency_s=0.05, tokens=1000)
    session.labels.set_on(True)
    turn = session.chat.ask("What?")
    qtbot.waitUntil(lambda: bool(turn.answer), timeout=20_000)

    with qtbot.waitSignal(context.closed, timeout=20_000):
        context.close()

    assert (turn.state, session.state) == (TurnState.STOPPED, SessionState.IDLE)


@pytest.mark.parametrize("placement", ["process"], indirect=True)
def test_a_model_that_was_loaded_ahead_answers_without_another_load(qtbot, context, session, camera):
    progress: list = []
    session.chat.load_progress.connect(progress.append)
    session.chat.prepare_answers()
    session.chat.prepare_answers()
    qtbot.waitUntil(lambda: progress[-1:] == [None], timeout=20_000)
    (loaded,) = context.pool.loaded()

    answered(qtbot, session.chat.ask("What?"))

    assert [engine.pid for engine in context.pool.loaded()] == [loaded.pid]
    assert any(isinstance(step, Progress) for step in progress)


@pytest.mark.parametrize("placement", ["process"], indirect=True)
def test_a_model_that_is_chosen_while_another_loads_ahead_is_loaded_in_its_place(qtbot, context, session, engine):
    progress: list = []
    session.chat.load_progress.connect(progress.append)
    engine["load"] = "wait"
    session.chat.prepare_answers()
    qtbot.waitUntil(lambda: bool(progress), timeout=20_000)
    (given_up,) = session._workers
    engine["load"] = "well"

    context.change_setting("see.ask_model", "another")
    given_up.report_progress(0.9, "Too late")
    assert progress[-1] is None

    chosen = scripted("ask", **engine)
    qtbot.waitUntil(
        lambda: [(loaded.spec, loaded.users) for loaded in context.pool.loaded()] == [(chosen, 0)], timeout=20_000
    )


@pytest.mark.parametrize("begin", [lambda chat: chat.prepare_answers(), lambda chat: chat.ask("What?")])
def test_a_model_that_was_still_looked_up_when_another_was_chosen_answers_no_later_question(
    qtbot, context, session, camera, monkeypatch, begin
):
    is_looked_up, may_be_found = threading.Event(), threading.Event()

    def look_up(settings, _catalogue, _task):
        model_id = settings.see.ask_model or "first"
        if model_id == "first":
            is_looked_up.set()
            may_be_found.wait()
        return scripted(model_id)

    monkeypatch.setattr(chat_session, "vision_spec", look_up)
    begin(session.chat)
    is_looked_up.wait()
    context.change_setting("see.ask_model", "second")
    may_be_found.set()
    qtbot.waitUntil(lambda: not context._jobs and not session._workers, timeout=20_000)
    turn = session.chat.ask("And?")
    answered(qtbot, turn)

    assert turn.model_id == "second"


@pytest.mark.parametrize("placement", ["process"], indirect=True)
def test_quitting_while_the_model_loads_is_clean(qtbot, context, session, camera, engine):
    engine["load"] = "deaf"
    session.chat.ask("What?")
    qtbot.waitUntil(lambda: bool(context.pool.loaded()), timeout=20_000)

    with qtbot.waitSignal(context.closed, timeout=20_000):
        context.close()


def test_of_many_pictures_the_first_join_the_question_and_the_unreadable_are_told_once(
    qtbot, context, session, tmp_path
):
    paths = [tmp_path / f"{number}.png" for number in range(20)]
    for path in paths[3:]:
        Image.new("RGB", (4, 3)).save(path)

    session.add_pictures(paths)
    qtbot.waitUntil(lambda: bool(session.chat.pending_frames), timeout=20_000)
    qtbot.waitUntil(lambda: not context._jobs)

    assert len(session.chat.pending_frames) == 13
    assert [message.sentence for message in context.messages] == [
        "The next question is about the first 16 of 20 pictures.",
        "3 of 16 pictures cannot be read.",
    ]
