from dataclasses import replace

import numpy as np
import pytest

from desktop_app.sessions.session_state import SessionState
from tests.desktop_app.sessions.vision.conftest import ScriptedCamera, answered, until
from workers.results import Region
from workers.sources.image_file import read_image


def test_a_snapshot_is_whole_and_has_what_was_said_about_it(qtbot, context, session, camera, history):
    session.set_region(Region(0, 0, 0.5, 0.5))
    session.caption.set_on(True)
    qtbot.waitUntil(lambda: session.caption.newest is not None)
    turn = session.chat.ask("What?")
    answered(qtbot, turn)

    with qtbot.waitSignal(session.snapshot_taken) as taken:
        session.snapshot()

    (item_id,) = taken.args
    item = history.item(item_id)
    assert (item.kind, item.source) == ("snapshot", "Camera")
    assert read_image(item.picture).shape == (24, 32, 3)
    assert [(remark.kind, remark.text) for remark in history.remarks(item_id)] == [
        ("caption", "200 0 0"),
        ("answer", "What? 200 0 0"),
    ]


def test_an_answer_that_comes_after_the_snapshot_joins_it_with_its_rating(qtbot, session, camera, history):
    with qtbot.waitSignal(session.snapshot_taken) as taken:
        session.snapshot()

    turn = session.chat.ask("What?")
    answered(qtbot, turn)
    qtbot.waitUntil(lambda: bool(turn.remark_ids))
    session.chat.rate(turn, 1)
    history.flush()

    (remark,) = history.remarks(taken.args[0])
    assert (remark.question, remark.text, remark.rating) == ("What?", "What? 200 0 0", 1)
    assert (remark.model_id, remark.size_px) == ("ask", (32, 24))


def test_an_answer_about_a_snapshot_that_was_deleted_is_kept_nowhere(qtbot, context, session, camera, history):
    with qtbot.waitSignal(session.snapshot_taken) as taken:
        session.snapshot()
    context.items_deleted.emit(frozenset(taken.args))
    history.delete(*taken.args).result()

    answered(qtbot, session.chat.ask("What?"))
    qtbot.waitUntil(lambda: not context._jobs)

    assert context.messages == []
    assert session.snapshot_of(session.newest_frame) is None


def test_private_mode_keeps_nothing(qtbot, context, session, camera, history):
    context.change_setting("history.is_private", True)

    session.snapshot()

    assert "Private mode keeps nothing" in context.messages[-1].sentence
    assert history.count() == 0


def test_a_chat_is_exported(qtbot, context, session, camera, tmp_path):
    answered(qtbot, session.chat.ask("What?"))

    session.chat.export_chat(tmp_path / "chat.md")
    qtbot.waitUntil(lambda: bool(context.messages))

    assert "What? 200 0 0" in (tmp_path / "chat.md").read_text()


@pytest.mark.parametrize(("age_s", "said"), [(60.0, []), (-60.0, []), (3.0, ["200 0 0"])])
def test_a_frozen_picture_is_kept_without_what_was_said_about_another(qtbot, session, camera, history, age_s, said):
    session.caption.set_on(True)
    session.freeze()
    qtbot.waitUntil(lambda: session.caption.newest is not None)
    session.caption.mailbox.pause()
    frame = session.newest_frame
    session.caption.newest = replace(session.caption.newest, frame=replace(frame, captured_s=frame.captured_s - age_s))

    with qtbot.waitSignal(session.snapshot_taken) as taken:
        session.snapshot()

    assert [remark.text for remark in history.remarks(taken.args[0])] == said


def kept(qtbot, history, count: int = 1) -> list[int]:
    """What is in the history, newest first, when so many are."""
    qtbot.waitUntil(lambda: history.count() == count, timeout=20_000)
    return [item.id for item in history.items()]


def test_answers_about_a_picture_are_kept_with_it_once(qtbot, context, session, camera, history):
    session.set_region(Region(0, 0, 0.5, 1))
    turns = [session.chat.ask("What?")]
    answered(qtbot, turns[0])
    turns.append(session.chat.ask("What\nelse?", same_frame=True))
    answered(qtbot, turns[1])
    qtbot.waitUntil(lambda: all(turn.remark_ids for turn in turns), timeout=20_000)

    (item_id,) = kept(qtbot, history)
    item = history.item(item_id)
    assert (item.title, item.source) == ("What?", "Camera")
    assert read_image(item.picture).shape == (24, 16, 3)
    assert [remark.question for remark in history.remarks(item_id)] == ["What?", "What\nelse?"]


def test_a_picture_that_was_kept_with_an_answer_is_not_kept_twice(qtbot, session, camera, history):
    session.caption.set_on(True)
    qtbot.waitUntil(lambda: session.caption.newest is not None)
    answered(qtbot, session.chat.ask("What?"))
    kept(qtbot, history)
    qtbot.waitUntil(lambda: session.snapshot_of(session.newest_frame) is not None, timeout=20_000)

    with qtbot.waitSignal(session.snapshot_taken) as taken:
        session.snapshot()

    assert kept(qtbot, history) == taken.args
    assert [remark.kind for remark in history.remarks(taken.args[0])] == ["answer", "caption"]


@pytest.mark.parametrize("setting", ["see.keep_answers", "history.is_private"])
def test_answers_are_not_kept_where_that_is_not_wanted(qtbot, context, session, camera, history, setting):
    context.change_setting(setting, setting != "see.keep_answers")

    answered(qtbot, session.chat.ask("What?"))
    qtbot.waitUntil(lambda: not context._jobs)

    assert history.count() == 0


@pytest.mark.parametrize("is_turned", [False, True])
def test_answers_about_a_picture_of_the_history_join_it(qtbot, context, session, history, is_turned):
    item_id = history.add_picture(np.full((24, 32, 3), (200, 0, 0), np.uint8)).result()
    session.open_file(history.item(item_id).picture, item_id=item_id)
    until(qtbot, session, SessionState.RUNNING)
    context.change_setting("see.mirror", is_turned)

    turn = session.chat.ask("What?")
    answered(qtbot, turn)
    qtbot.waitUntil(lambda: bool(turn.remark_ids), timeout=20_000)

    assert kept(qtbot, history) == [item_id]
    assert [remark.question for remark in history.remarks(item_id)] == ["What?"]


def test_picture_of_the_history_is_not_kept_twice(qtbot, session, history):
    item_id = history.add_snapshot(np.full((24, 32, 3), (200, 0, 0), np.uint8)).result()
    session.open_file(history.item(item_id).picture, item_id=item_id)
    until(qtbot, session, SessionState.RUNNING)

    with qtbot.waitSignal(session.snapshot_taken) as taken:
        session.snapshot()

    assert taken.args == kept(qtbot, history) == [item_id]


@pytest.mark.parametrize("other", [Region(0.5, 0, 0.5, 1), None])
def test_answers_about_another_part_are_kept_with_a_picture_of_that_part(qtbot, session, camera, history, other):
    session.freeze()
    for n_kept, (question, region) in enumerate([("Left?", Region(0, 0, 0.25, 1)), ("Other?", other)], start=1):
        session.set_region(region)
        answered(qtbot, session.chat.ask(question))
        kept(qtbot, history, n_kept)
        qtbot.waitUntil(lambda: not session._keeping)

    second, first = kept(qtbot, history, 2)
    assert [read_image(history.item(item_id).picture).shape[1] for item_id in (first, second)] == [
        8,
        16 if other else 32,
    ]
    assert [[said.question for said in history.remarks(item_id)] for item_id in (first, second)] == [
        ["Left?"],
        ["Other?"],
    ]


def test_an_answer_about_several_pictures_is_kept_with_each(qtbot, session, camera, history):
    session.chat.add_frame()
    answered(qtbot, session.chat.ask("What?"))
    kept(qtbot, history)
    qtbot.waitUntil(lambda: not session._keeping)
    session.chat.add_frame()
    camera.show((0, 200, 0))
    session.chat.add_frame()

    turn = session.chat.ask("Which?")
    answered(qtbot, turn)
    qtbot.waitUntil(lambda: len(turn.remark_ids) == 2, timeout=20_000)

    second, first = kept(qtbot, history, 2)
    assert [said.question for said in history.remarks(first)] == ["What?", "Which?"]
    assert [said.question for said in history.remarks(second)] == ["Which?"]


def test_what_was_asked_in_private_mode_is_kept_nowhere_when_it_was_left(
    qtbot, context, session, camera, history, engine
):
    engine.update(latency_s=0.02, tokens=5)
    session.freeze()
    context.change_setting("history.is_private", True)
    turn = session.chat.ask("What?")
    context.change_setting("history.is_private", False)
    answered(qtbot, turn)
    qtbot.waitUntil(lambda: not context._jobs)
    assert history.count() == 0

    with qtbot.waitSignal(session.snapshot_taken) as taken:
        session.snapshot()

    assert turn.answer
    assert history.remarks(taken.args[0]) == []


@pytest.mark.parametrize("is_another", [True, False])
def test_a_picture_is_kept_with_the_name_of_what_was_looked_at_when_it_was_asked_about(
    qtbot, session, camera, history, engine, is_another
):
    engine.update(latency_s=0.02, tokens=5)
    turn = session.chat.ask("What?")
    if is_another:
        session.start(ScriptedCamera("Other"))
    else:
        session.stop()
    answered(qtbot, turn)

    (item_id,) = kept(qtbot, history)
    assert history.item(item_id).source == "Camera"
