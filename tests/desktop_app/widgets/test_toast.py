import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QEnterEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QPushButton, QVBoxLayout

from desktop_app import theme
from desktop_app.context import Message
from desktop_app.widgets.toast import MAX_WIDTH_PX, SHOWN_LONGER_MS, SHOWN_MS, Toast

LONG = "A sentence that goes on for longer than any line of a notice has room for, and then for some more. " * 2


@pytest.fixture
def content(qtbot) -> QFrame:
    """A page with a field and, at its foot, a button."""
    content = QFrame()
    qtbot.addWidget(content)
    content.page = QFrame()
    content.field, content.foot = QLineEdit(), QPushButton("Record")
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(content.page)
    inner = QVBoxLayout(content.page)
    inner.addWidget(content.field)
    inner.addStretch()
    inner.addWidget(content.foot)
    content.resize(640, 400)
    content.show()
    content.activateWindow()
    qtbot.waitUntil(content.isActiveWindow)
    return content


@pytest.fixture
def toast(content) -> Toast:
    toast = Toast(content)
    toast.lie_over(content.page, (content.foot,))
    return toast


def mouse_over(toast: Toast, is_over: bool) -> None:
    point = QPointF(2, 2)
    QApplication.sendEvent(toast, QEnterEvent(point, point, point) if is_over else QEvent(QEvent.Type.Leave))


def test_notice_lies_in_the_middle_above_the_foot_of_the_page(toast, content, qtbot):
    toast.post(Message("info", "Copied."))
    assert toast.isVisible()
    assert toast.width() < MAX_WIDTH_PX / 2
    assert abs(toast.geometry().center().x() - content.rect().center().x()) <= 1
    assert toast.geometry().bottom() == content.foot.y() - theme.SPACE_S - 1

    content.resize(500, 300)
    qtbot.waitUntil(lambda: abs(toast.geometry().center().x() - content.rect().center().x()) <= 1)
    assert toast.geometry().bottom() == content.foot.y() - theme.SPACE_S - 1
    content.foot.hide()

    assert toast.geometry().bottom() == content.height() - theme.SPACE_L - 1


@pytest.mark.parametrize("sentence", ["Copied.", "Nothing was heard.", "已复制。"])
@pytest.mark.parametrize("more", [{}, {"action": ("Show", lambda: None)}])
def test_short_notice_stands_in_one_line(toast, sentence, more):
    toast.post(Message("info", sentence, **more))

    assert toast._sentence.height() < 2 * toast._sentence.fontMetrics().height()


@pytest.mark.parametrize("sentence", [LONG, f"Saved as {'long_name' * 20}.png."])
@pytest.mark.parametrize("width", [900, 400])
def test_long_text_wraps_and_all_of_it_is_shown(toast, content, width, sentence):
    content.resize(width, 400)
    toast.post(Message("info", sentence, "A hint.", action=("Show", lambda: None)))
    text = toast._sentence

    assert toast.width() == min(MAX_WIDTH_PX, width - 2 * theme.SPACE_L)
    assert content.rect().contains(toast.geometry())
    needed = text.fontMetrics().boundingRect(text.rect(), int(Qt.TextFlag.TextWordWrap), text.text())
    assert needed.width() <= text.width()
    assert needed.height() <= text.height()
    assert toast.accessibleName() == sentence


def test_notice_goes_by_itself_and_later_when_there_is_more_to_it(toast, qtbot):
    toast.post(Message("info", "Copied."))
    assert toast._timer.interval() == SHOWN_MS
    for more in ({"hint": "Paste it."}, {"action": ("Show", lambda: None)}):
        toast.post(Message("info", "Copied.", **more))
        assert toast._timer.interval() == SHOWN_LONGER_MS

    toast._timer.start(0)
    qtbot.waitUntil(toast.isHidden)

    assert toast.message is None
    assert not toast._timer.isActive()


def test_notice_stays_while_the_mouse_is_over_it(toast, qtbot, monkeypatch):
    toast.post(Message("info", "Copied."))
    monkeypatch.setattr(QCursor, "pos", lambda: toast.mapToGlobal(QPoint(2, 2)))
    mouse_over(toast, True)
    toast._timer.setInterval(0)
    for _ in range(2):
        with qtbot.waitSignal(toast._timer.timeout):
            pass
    assert toast.isVisible()

    mouse_over(toast, False)

    qtbot.waitUntil(toast.isHidden)


def test_notice_that_appears_below_a_mouse_at_rest_goes_all_the_same(toast, qtbot, monkeypatch):
    monkeypatch.setattr(QCursor, "pos", lambda: QPoint(300, 200))
    toast.post(Message("info", "Copied."))
    mouse_over(toast, True)

    toast._timer.setInterval(0)

    qtbot.waitUntil(toast.isHidden)


def test_notice_stays_while_the_keys_are_in_it_and_never_takes_them(toast, content, qtbot):
    content.field.setFocus()
    toast.post(Message("info", "Kept.", action=("Show", lambda: None)))
    assert QApplication.focusWidget() is content.field
    qtbot.mouseClick(toast._sentence, Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is content.field
    mouse_over(toast, False)

    toast._action.setFocus(Qt.FocusReason.TabFocusReason)
    toast._timer.setInterval(0)
    with qtbot.waitSignal(toast._timer.timeout):
        pass
    assert toast.isVisible()
    content.field.setFocus()

    qtbot.waitUntil(toast.isHidden)


def test_newest_notice_takes_the_place_of_the_one_before(toast):
    for sentence in ("Copied.", "Saved.", "Saved."):
        toast.post(Message("info", sentence))
    assert toast.message.sentence == "Saved."

    toast.post(Message("info", "The cat is there.", topic="cat"))
    toast.withdraw("dog")
    assert toast.isVisible()
    toast.withdraw("cat")

    assert toast.isHidden()


def test_notice_that_is_told_again_stays_for_longer(toast):
    toast.post(Message("info", "Copied."))
    toast._timer.stop()

    toast.post(Message("info", "Copied."))

    assert toast._timer.isActive()


def test_notice_is_read_to_whoever_cannot_see_it(toast, announced):
    toast.post(Message("info", "Saved.", "It is in the history."))

    assert announced == ["Saved. It is in the history."]


def test_action_of_a_notice_runs_once_and_dismisses(toast, qtbot):
    done = []
    toast.post(Message("info", "Kept.", action=("Show", lambda: done.append(1))))

    qtbot.mouseClick(toast._action, Qt.MouseButton.LeftButton)

    assert done == [1]
    assert toast.isHidden()
