from PySide6.QtGui import QImage

from desktop_app import theme
from desktop_app.widgets.elided_combo import ElidedCombo


def picture(combo: ElidedCombo, text: str):
    combo.clear()
    combo.addItem(text)
    return combo.grab().toImage()


def test_a_long_choice_ends_with_dots_and_a_short_one_is_whole(qtbot):
    combo = ElidedCombo("Source", "What to listen to")
    qtbot.addWidget(combo)
    combo.resize(130, 32)
    combo.show()

    assert picture(combo, "Microphone of the room, left") == picture(combo, "Microphone of the room, right")
    assert picture(combo, "Left") != picture(combo, "Lefu")


def test_the_open_list_is_as_wide_as_its_longest_choice(qtbot):
    combo = ElidedCombo("Source", "What to listen to")
    qtbot.addWidget(combo)
    combo.addItem("A microphone whose name is much longer than the box")
    combo.resize(100, 32)
    combo.show()

    combo.showPopup()

    assert combo.view().width() > 200
    combo.hidePopup()


def test_the_open_list_shows_every_choice_whole_and_hides_none_behind_an_arrow(qtbot, qapp):
    theme.install(qapp, "dark")
    combo = ElidedCombo("Source", "What to listen to")
    qtbot.addWidget(combo)
    combo.addItems(["Default microphone", "USB Audio"])
    combo.insertSeparator(2)
    combo.addItem("Transcribe files…")
    combo.resize(200, 32)
    combo.show()

    combo.showPopup()
    view = combo.view()
    last = view.visualRect(combo.model().index(combo.count() - 1, 0))
    margins = view.window().height() - view.viewport().height()
    combo.hidePopup()

    assert view.verticalScrollBar().maximum() == 0
    assert last.bottom() < view.viewport().height()
    assert last.height() >= 28
    assert margins == 2  # one frame of one pixel


def test_a_choice_that_cannot_be_made_is_faint(qtbot, qapp):
    theme.install(qapp, "light")
    combo = ElidedCombo("Sampler", "How steps follow each other")
    qtbot.addWidget(combo)
    combo.addItems(["another", "heun", "heun"])
    combo.model().item(2).setEnabled(False)
    combo.show()

    combo.showPopup()
    view = combo.view()
    rows = [view.viewport().grab(view.visualRect(combo.model().index(row, 0))).toImage() for row in (1, 2)]
    combo.hidePopup()

    can_be, cannot_be = (darkest(row) for row in rows)
    assert cannot_be > can_be + 50


def darkest(image: QImage) -> int:
    return min(image.pixelColor(x, y).lightness() for x in range(image.width()) for y in range(image.height()))
