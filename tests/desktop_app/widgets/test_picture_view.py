import pytest
from PySide6.QtCore import QKeyCombination, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QShortcut

from desktop_app.widgets.picture_view import PictureView
from tests.desktop_app.widgets.test_frame_view import drag, wheel

SIDE_PX = 200
RED, BLUE = 0xFFC80000, 0xFF0000C8
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT, KEYPAD = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier


def picture(width: int = 100, height: int = 100, color: int = RED) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(color)
    return image


@pytest.fixture
def view(qtbot):
    view = PictureView()
    qtbot.addWidget(view)
    view.show_image(picture())
    view.resize(SIDE_PX, SIDE_PX)
    view.show()
    return view


def test_wheel_zooms_and_leaves_what_is_under_the_pointer(view):
    at = QPointF(40, 50)
    before = view._in_picture(at)

    wheel(view, at, 3)

    after = view._in_picture(at)
    assert view.scale == pytest.approx(2 * 1.2**3)
    assert (after.x(), after.y()) == (pytest.approx(before.x(), abs=0.01), pytest.approx(before.y(), abs=0.01))


def test_double_click_shows_the_pixels_and_fits_again(qtbot, view):
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert view.scale == 1.0

    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))

    assert (view.zoom, view.scale) == ("fit", 2.0)


def test_drag_moves_what_is_larger_than_its_place_and_takes_away_what_is_not(qtbot, view):
    view.zoom_to(4.0)
    before = view.picture_rect.topLeft()

    with qtbot.assertNotEmitted(view.drag_started):
        drag(qtbot, view, (100, 100), (120, 130))

    assert view.picture_rect.topLeft() - before == QPointF(20, 30)
    view.set_zoom("fit")
    with qtbot.waitSignal(view.drag_started):
        drag(qtbot, view, (100, 100), (120, 130))


def test_picture_of_the_same_shape_keeps_what_is_seen_and_another_fits(view):
    view.zoom_to(4.0, QPointF(50, 50))
    before = view.picture_rect

    view.show_image(picture(200, 200))  # made twice as large

    assert view.picture_rect == before
    view.show_image(picture(100, 50))
    assert view.zoom == "fit"


def test_both_pictures_are_zoomed_and_the_line_stays_in_sight(qtbot, view):
    view.compare_with(picture(50, 50, BLUE))
    view.zoom_to(20.0, QPointF(0, 0))

    shown = view.grab().toImage()

    assert (shown.pixel(20, 20), shown.pixel(180, 20)) == (BLUE, RED)
    drag(qtbot, view, (100, 60), (160, 60))  # at the line
    assert view.grab().toImage().pixel(140, 20) == BLUE
    before = view.picture_rect.left()
    drag(qtbot, view, (60, 60), (40, 60))  # beside it
    assert view.picture_rect.left() == pytest.approx(before - 20)


def test_keys_zoom_and_move(qtbot, view):
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.scale == pytest.approx(2.4)
    before = view.picture_rect.left()

    qtbot.keyClick(view, Qt.Key.Key_Right)

    assert view.picture_rect.left() < before
    qtbot.keyClick(view, Qt.Key.Key_1)
    assert view.scale == 1.0
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert view.zoom == "fit"


@pytest.mark.parametrize(
    ("key", "modifiers"), [(Qt.Key.Key_1, CONTROL), (Qt.Key.Key_Left, ALT), (Qt.Key.Key_1, CONTROL | SHIFT)]
)
def test_keys_of_the_window_stay_its_own(qtbot, view, key, modifiers):
    shortcut = QShortcut(QKeyCombination(modifiers, key), view)
    view.setFocus()

    with qtbot.waitSignal(shortcut.activated):
        qtbot.keyClick(view, key, modifiers)

    assert view.zoom == "fit"


@pytest.mark.parametrize("modifiers", [KEYPAD, SHIFT, CONTROL, CONTROL | SHIFT])
def test_larger_is_there_with_the_keys_of_the_other_views_and_of_any_keyboard(qtbot, view, modifiers):
    view.setFocus()

    qtbot.keyClick(view, Qt.Key.Key_Plus, modifiers)

    assert view.scale == pytest.approx(2.4)
