from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.widgets.title_field import TitleField


def picture_of(field: TitleField) -> bytes:
    image = field.grab().toImage()
    return bytes(image.constBits())


def test_long_title_ends_with_dots_until_the_keys_are_on_it(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    title, short, other = TitleField(), TitleField(), TitleField()
    layout = QVBoxLayout(window)
    for field in (title, short, other):
        field.setFixedWidth(200)
        layout.addWidget(field)
    with qtbot.waitExposed(window):
        window.show()
    other.setFocus()
    title.setText("A meeting about everything that nobody else wanted to talk about")
    title.setCursorPosition(0)
    short.setText(title.shown_text)
    short.setCursorPosition(0)

    assert title.shown_text.startswith("A meeting")
    assert title.shown_text.endswith("…")
    assert picture_of(title) == picture_of(short)  # what Qt paints where the dots belong to the text
    title.setFocus()
    qtbot.waitUntil(title.hasFocus)
    assert title.text().endswith("talk about")
    assert picture_of(title) != picture_of(short)


def test_escape_and_an_empty_title_bring_back_what_stood_there(qtbot):
    field = TitleField()
    qtbot.addWidget(field)
    finished = []
    field.editingFinished.connect(lambda: finished.append(field.text()))
    with qtbot.waitActive(field):
        field.show()
        field.activateWindow()
    field.setText("Council")
    field.clearFocus()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)

    qtbot.keyClicks(field, " meeting")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "Council"
    field.clear()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert finished[-1] == "Council"
    qtbot.keyClicks(field, " meeting")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    field.selectAll()
    qtbot.keyClicks(field, "x")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "Council meeting"
