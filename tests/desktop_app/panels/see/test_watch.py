import dataclasses

import pytest
from PySide6.QtCore import Qt

from desktop_app.sessions import standing_watch
from desktop_app.sessions.session_state import SessionState
from tests.desktop_app.sessions.vision.conftest import looked_at, standing  # noqa: F401
from tests.scripted_engine import scripted

RED, GREEN = (200, 0, 0), (0, 200, 0)


@pytest.fixture
def watch(panel, standing):  # noqa: F811
    panel.show_tab(panel.watch)
    return panel.watch


def enter(qtbot, watch, text: str):
    watch.field.setText(text)
    qtbot.keyClick(watch.field, Qt.Key.Key_Return)
    return watch.cards[-1]


def test_before_the_first_thing_it_says_what_this_is(watch):
    assert watch.stack.currentWidget() is watch.empty
    assert watch.add_button.toolTip() == "Name a thing first"


def test_a_thing_that_is_entered_is_looked_for_at_once(qtbot, watch, session, camera):
    card = enter(qtbot, watch, " a dog ")

    assert watch.field.text() == ""
    assert card.text.text() == "a dog"
    assert card.switch.isChecked()
    qtbot.waitUntil(lambda: watch.status.text() == "Watching", timeout=20_000)


def test_what_was_seen_stands_on_its_card_with_the_picture(qtbot, watch, session, camera, messages):
    card = enter(qtbot, watch, "0 200 0")
    card.hits.setValue(1)
    looked_at(qtbot, session, camera, RED, 1)
    assert card.status.text() == "0%  ·  0 of 5 looks"
    assert card.picture is None

    looked_at(qtbot, session, camera, GREEN, 1)

    assert card.status.text().startswith("Seen ")
    assert tuple(card.picture.frame.pixels[0, 0]) == GREEN
    assert messages[-1].sentence == "Seen: 0 200 0"


def test_a_sighting_leads_to_its_snapshot_which_is_not_told_of_again(qtbot, watch, session, camera, context, messages):
    enter(qtbot, watch, "0 200 0").hits.setValue(1)

    with qtbot.waitSignal(session.snapshot_taken, timeout=20_000) as taken:
        looked_at(qtbot, session, camera, GREEN, 1)
    with qtbot.waitSignal(context.item_requested) as requested:
        qtbot.mouseClick(watch.cards[0].show_button, Qt.MouseButton.LeftButton)

    assert requested.args == taken.args
    assert "The picture is in the history." not in [message.sentence for message in messages]
    context.items_deleted.emit(frozenset(taken.args))
    assert not watch.cards[0].show_button.isVisibleTo(watch.cards[0])


def test_it_is_paused_and_looked_for_again(qtbot, watch, session, camera):
    card = enter(qtbot, watch, "a dog")

    card.switch.click()
    assert not session.standing.questions[0].is_on
    assert card.status.text() == "Paused"
    card.switch.click()

    assert session.standing.questions[0].is_on


def test_the_numbers_of_a_question_are_changed_in_place(qtbot, watch, context):
    card = enter(qtbot, watch, "a dog")
    card.options_button.click()
    assert card.options.isVisible()

    card.hits.setValue(8)
    card.cool_down.setValue(10)

    (question,) = context.settings.see.standing_questions
    assert (question.hits, question.looks, question.cool_down_s) == (8, 8, 10.0)
    assert card.looks.value() == 8


def test_it_is_removed(qtbot, watch, session):
    card = enter(qtbot, watch, "a dog")

    qtbot.mouseClick(card.remove_button, Qt.MouseButton.LeftButton)

    assert session.standing.questions == []
    assert watch.cards == []
    assert watch.stack.currentWidget() is watch.empty


def test_after_a_failure_it_is_tried_again(qtbot, watch, session, camera, engine):
    engine["load"] = "missing"
    enter(qtbot, watch, "a dog")
    qtbot.waitUntil(watch.retry.isVisible, timeout=20_000)
    assert watch.status.text() == "Stopped by an error"

    engine["load"] = "well"
    qtbot.mouseClick(watch.retry, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: session.standing.state is SessionState.RUNNING, timeout=20_000)
    assert not watch.retry.isVisible()


def test_a_server_that_judges_is_named(qtbot, watch, session, camera, context, monkeypatch):
    context.change_setting("see.ask_model", "server")
    context.change_setting("see.engine_options", {"server": {"address": "http://box.lan:11434/v1"}})
    judge = dataclasses.replace(scripted("ask"), model_id="server")
    monkeypatch.setattr(standing_watch, "judge_spec", lambda *_: judge)

    enter(qtbot, watch, "a dog")

    qtbot.waitUntil(lambda: watch.status.text() == "Watching; pictures go to box.lan", timeout=20_000)
