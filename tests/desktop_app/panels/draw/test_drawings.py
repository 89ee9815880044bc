import pytest
from PySide6.QtCore import Qt

from desktop_app.panels.draw.drawings import DrawingsDialog


@pytest.fixture
def dialog(qtbot, panel, session, draw):
    """Over a page with a blank canvas and a drawing of before."""
    draw()
    session.drawing.new()
    qtbot.waitUntil(lambda: session.drawing._autosave is not None)
    panel.show_drawings()
    (dialog,) = panel.findChildren(DrawingsDialog)
    qtbot.waitUntil(lambda: dialog.list.count() == 1 and dialog._job.isFinished())
    return dialog


def test_drawing_of_before_is_opened_with_enter(qtbot, panel, dialog, session):
    assert session.document.is_blank

    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: not session.document.is_blank)
    assert not panel.findChildren(DrawingsDialog)


def test_drawing_of_before_is_deleted_after_a_question(qtbot, context, dialog):
    qtbot.keyClick(dialog.list, Qt.Key.Key_Delete)
    assert dialog.question.isVisible()
    dialog.keep.click()
    assert dialog.list.count() == 1
    dialog.ask.click()

    dialog.remove.click()

    qtbot.waitUntil(lambda: dialog.list.count() == 0)
    assert "no drawing but the one on the canvas" in dialog.text.text()
    assert not dialog.open_button.isEnabled()
    assert len(list(context.paths.drawings_dir.glob("*/drawing.journal"))) == 1
    dialog.reject()
