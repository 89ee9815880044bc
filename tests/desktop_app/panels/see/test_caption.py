from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

GREEN, BLUE = (0, 200, 0), (0, 0, 200)


@pytest.fixture
def caption(panel, context):
    panel.show_tab(panel.caption)
    context.change_setting("see.caption_interval_s", 0.0)
    return panel.caption


def says(qtbot, caption, text: str) -> None:
    qtbot.waitUntil(lambda: caption.text.text() == text, timeout=20_000)


def earlier(caption) -> list[str]:
    return [caption.earlier.topLevelItem(row).text(1) for row in range(caption.earlier.topLevelItemCount())]


def test_the_picture_is_described_as_it_changes(qtbot, caption, camera):
    assert caption.text.text() == "Switch it on to read what is seen."
    caption.head.switch.click()
    says(qtbot, caption, "200 0 0")

    camera.show(GREEN)
    says(qtbot, caption, "0 200 0")
    camera.show(BLUE)
    says(qtbot, caption, "0 0 200")

    assert earlier(caption) == ["0 200 0", "200 0 0"]


def test_descriptions_are_read_by_a_screen_reader_whatever_tab_is_open(qtbot, panel, caption, camera, announced):
    caption.head.switch.click()
    says(qtbot, caption, "200 0 0")
    panel.show_tab(panel.ask)

    camera.show(GREEN)
    says(qtbot, caption, "0 200 0")

    assert announced == ["200 0 0", "0 200 0"]


def test_what_is_seen_stands_on_the_picture_while_another_tab_is_open(qtbot, panel, caption, session, camera):
    session.set_labels(["200 0 0", "0 200 0"])
    caption.head.switch.click()
    panel.labels.head.switch.click()
    panel.show_tab(panel.ask)

    qtbot.waitUntil(lambda: panel.view._caption == "200 0 0 100%  ·  200 0 0", timeout=20_000)
    assert panel.view.accessibleDescription() == "200 0 0 100%  ·  200 0 0"
    panel.labels.head.switch.click()
    caption.head.switch.click()

    assert panel.view._caption == panel.view.accessibleDescription() == ""


def test_a_beginning_is_taken_while_it_runs(qtbot, caption, camera):
    caption.head.switch.click()
    says(qtbot, caption, "200 0 0")

    caption.prefix.setText("a photo of")
    caption.prefix.editingFinished.emit()

    says(qtbot, caption, "a photo of 200 0 0")


def test_the_description_is_copied(qtbot, caption, camera, messages):
    caption.head.switch.click()
    says(qtbot, caption, "200 0 0")

    qtbot.mouseClick(caption.copy_button, Qt.MouseButton.LeftButton)

    assert QGuiApplication.clipboard().text() == "200 0 0"
    assert messages[-1].sentence == "Copied."


def test_an_earlier_description_is_copied(qtbot, caption):
    caption._remember("10:00:00", "a frog")
    caption.earlier.setCurrentItem(caption.earlier.topLevelItem(0))

    qtbot.keyClick(caption.earlier, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text() == "a frog"


def test_how_often_is_chosen_in_place(qtbot, caption, context):
    caption.options_button.click()

    caption.interval.setValue(5.0)
    caption.when.setCurrentIndex(1)
    caption.when.activated.emit(1)

    assert context.settings.see.caption_interval_s == 5.0
    assert context.settings.see.caption_when == "always"


def test_a_lane_that_failed_is_tried_again(qtbot, engine, caption, session, camera):
    engine["load"] = "missing"
    caption.head.switch.click()
    qtbot.waitUntil(caption.head.retry.isVisible, timeout=20_000)
    assert caption.head.status.text() == "Stopped by an error"

    engine["load"] = "well"
    qtbot.mouseClick(caption.head.retry, Qt.MouseButton.LeftButton)

    says(qtbot, caption, "200 0 0")
    assert not caption.head.retry.isVisible()


def test_what_is_old_says_so_on_a_live_picture_and_leaves_a_frozen_one(qtbot, panel, caption, session, camera):
    lane = session.caption
    caption.head.switch.click()
    says(qtbot, caption, "200 0 0")
    lane.mailbox.pause()

    lane.newest = replace(lane.newest, frame=replace(lane.newest.frame, captured_s=lane.newest.frame.captured_s - 63))
    panel.stage._show_caption()
    assert panel.view._caption == "200 0 0 (60 s ago)"

    session.freeze()
    qtbot.waitUntil(lambda: panel.view._caption == "", timeout=20_000)


def test_a_model_that_answers_describes_with_a_question_of_ones_own(qtbot, caption, context):
    caption.model.refresh()
    qtbot.waitUntil(lambda: caption.model.findData("starter-llava") >= 0, timeout=20_000)
    caption.options_button.click()
    assert caption.model.entry.id == "starter-blip-caption"
    assert (caption.prefix.isVisible(), caption.question.isVisible()) == (True, False)

    caption.model.setCurrentIndex(caption.model.findData("starter-llava"))
    caption.model.activated.emit(caption.model.currentIndex())
    assert (caption.prefix.isVisible(), caption.question.isVisible()) == (False, True)

    caption.question.setEditText("How many? ")
    caption.question.lineEdit().editingFinished.emit()
    assert context.settings.see.caption_question == "How many?"
    caption.question.setCurrentIndex(1)
    caption.question.activated.emit(1)
    assert context.settings.see.caption_question == "What do you see?"


def test_a_server_describes_only_where_it_was_chosen_and_is_named(qtbot, caption, context):
    caption.model.refresh()
    qtbot.waitUntil(lambda: caption.model.findData("server") >= 0, timeout=20_000)
    assert not caption.where.isVisible()

    context.change_setting("see.engine_options", {"server": {"address": "http://box.lan:11434/v1"}})
    context.change_setting("see.caption_model", "server")

    assert caption.where.isVisible()
    assert caption.where.text() == "Pictures go to box.lan."
