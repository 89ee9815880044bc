import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QImage

from desktop_app.widgets.question_field import LINES_SHOWN, QuestionField


@pytest.fixture
def field(qtbot):
    field = QuestionField("Ask")
    qtbot.addWidget(field)
    field.resize(240, field.height())
    field.show()
    return field


def test_enter_sends_without_space_around_it_and_leaves_the_text(qtbot, field):
    field.setPlainText("  what is this?  ")

    with qtbot.waitSignal(field.sent) as sent:
        qtbot.keyClick(field, Qt.Key.Key_Return)

    assert sent.args == ["what is this?"]
    assert field.toPlainText() == "  what is this?  "


def test_enter_without_a_question_sends_nothing(qtbot, field):
    field.setPlainText("   ")

    with qtbot.assertNotEmitted(field.sent):
        qtbot.keyClick(field, Qt.Key.Key_Return)


def test_shift_enter_begins_a_new_line(qtbot, field):
    qtbot.keyClicks(field, "a")
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(field, "b")

    assert field.document().blockCount() + field.document().firstBlock().layout().lineCount() > 2


def test_up_brings_back_what_was_asked_and_down_what_was_being_written(qtbot, field):
    field.remember("first?")
    field.remember("second?")
    qtbot.keyClicks(field, "third")

    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.toPlainText() == "second?"
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.toPlainText() == "first?"
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Down)

    assert field.toPlainText() == "third"


def test_a_question_that_is_asked_twice_is_remembered_once(qtbot, field):
    for question in ("one?", "two?", "one?"):
        field.remember(question)

    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_Up)

    assert field.toPlainText() == "two?"


def test_it_grows_with_the_question_up_to_some_lines(field):
    one_line = field.height()

    field.setPlainText("word " * 30)
    several = field.height()
    field.setPlainText("word " * 2000)

    assert one_line < several
    assert field.height() <= LINES_SHOWN * field.fontMetrics().lineSpacing() + 24


@pytest.mark.parametrize("kind", ["image", "file"])
def test_a_picture_that_is_pasted_goes_to_the_page(qtbot, field, kind):
    data = QMimeData()
    if kind == "image":
        data.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    else:
        data.setUrls([QUrl.fromLocalFile("/tmp/a.png")])

    with qtbot.waitSignal(field.picture_pasted):
        field.insertFromMimeData(data)

    assert field.toPlainText() == ""


def test_text_that_is_pasted_stays_text(field):
    data = QMimeData()
    data.setText("what is 这个? 🐸")

    field.insertFromMimeData(data)

    assert field.toPlainText() == "what is 这个? 🐸"
