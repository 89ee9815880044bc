import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from desktop_app.sessions.choices import split_labels

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def labels(panel, session):
    panel.show_tab(panel.labels)
    session.set_labels(["200 0 0", "0 200 0"])
    return panel.labels


def enter(qtbot, labels, text: str) -> None:
    labels.field.setText(text)
    qtbot.keyClick(labels.field, Qt.Key.Key_Return)


def test_labels_are_split_at_commas_and_lines_and_each_stands_once():
    assert split_labels(" a cat, a dog,, a cat\n一只鸟，a cup ") == ["a cat", "a dog", "一只鸟", "a cup"]


def test_labels_are_scored_live(qtbot, labels, session, camera):
    labels.head.switch.click()
    qtbot.waitUntil(lambda: labels.bars.order[0] == "200 0 0" and session.labels.newest is not None, timeout=20_000)

    camera.show((0, 200, 0))

    qtbot.waitUntil(lambda: labels.bars.order[0] == "0 200 0", timeout=20_000)


def test_a_typed_label_is_added_while_it_runs(qtbot, labels, session, context, camera):
    labels.head.switch.click()

    enter(qtbot, labels, "a cup, a cat")

    assert context.settings.see.labels == ["200 0 0", "0 200 0", "a cup", "a cat"]
    assert labels.field.text() == ""
    qtbot.waitUntil(
        lambda: session.labels.newest is not None and len(session.labels.newest.result.scores) == 4, timeout=20_000
    )


def test_a_typed_label_switches_the_labels_on(qtbot, labels, context):
    assert not labels.head.switch.isChecked()

    enter(qtbot, labels, "a cup")

    assert labels.head.switch.isChecked()
    assert context.settings.see.labels_on


def test_the_cross_of_a_bar_takes_its_label_out(labels, context):
    labels.bars.removed.emit("200 0 0")

    assert context.settings.see.labels == ["0 200 0"]


def test_without_labels_it_says_what_to_do(labels, session):
    session.set_labels([])

    assert labels.stack.currentWidget() is labels.empty
    assert labels.empty.title.text() == "No labels yet"


def test_the_language_of_the_model_is_told(qtbot, labels):
    labels.model.refresh()

    qtbot.waitUntil(lambda: "Understands English." in labels.model.toolTip(), timeout=20_000)

    assert labels.empty.text.text().endswith(" Understands English.")


def test_all_labels_are_edited_at_once_and_escape_leaves_them(qtbot, labels, context):
    labels.edit_all()
    assert labels.field.text() == "200 0 0, 0 200 0"
    labels.field.setText("nothing of this")
    qtbot.keyClick(labels.field, Qt.Key.Key_Escape)
    assert context.settings.see.labels == ["200 0 0", "0 200 0"]

    labels.edit_all()
    enter(qtbot, labels, "one, two")

    assert context.settings.see.labels == ["one", "two"]


def test_a_pasted_list_may_have_a_label_a_line(qtbot, labels, context):
    QGuiApplication.clipboard().setText("a\nb\nc")

    qtbot.keyClick(labels.field, Qt.Key.Key_V, CTRL)
    qtbot.keyClick(labels.field, Qt.Key.Key_Return)

    assert context.settings.see.labels[-3:] == ["a", "b", "c"]


def test_sets_are_saved_chosen_and_deleted(labels, session, context):
    labels.save_set("Colours")
    session.set_labels(["other"])
    labels.sets_button.click()
    menu = labels.findChild(QMenu)
    menu.actions()[0].trigger()
    assert context.settings.see.labels == ["200 0 0", "0 200 0"]

    labels.delete_set("Colours")

    assert context.settings.see.label_sets == {}
    menu.close()


def test_a_template_without_a_place_for_the_label_is_not_taken(labels, context):
    labels.template.setText("a sketch of {} | no place")
    labels.template.editingFinished.emit()
    assert context.settings.see.prompt_templates == ["a sketch of {}"]

    labels.template.setText("nothing")
    labels.template.editingFinished.emit()

    assert context.settings.see.prompt_templates == ["{}"]
    assert labels.template.text() == "{}"


def test_none_of_these_can_be_left_out(labels, context):
    assert labels.bars.order[-1] == "none of these"

    labels.background.click()

    assert context.settings.see.background is False
    assert "none of these" not in labels.bars.order


def test_a_model_with_classes_of_its_own_has_no_labels_to_edit(qtbot, labels, context):
    qtbot.waitUntil(lambda: labels.model.entry is not None, timeout=20_000)
    labels.model._on_chosen(labels.model.findData("starter-vit"))

    assert context.settings.see.label_engine == "vit"
    assert not labels.edit_row.isVisible()
    labels.options_button.click()
    assert labels.top_k.isVisible()
    assert not labels.template.isVisible()
    labels.model._on_chosen(labels.model.findData(""))

    assert context.settings.see.label_engine == "clip"
    assert labels.edit_row.isVisible()


def test_five_hundred_labels_are_taken(qtbot, labels, context):
    enter(qtbot, labels, ", ".join(f"label {number}" for number in range(500)))

    assert len(context.settings.see.labels) == 502
    assert labels.bars.verticalScrollBar().maximum() > 0
