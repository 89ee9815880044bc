import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from desktop_app.widgets.frame_view import FrameView, image_of
from workers.results import Region, VideoFrame

RED, GREEN, BLUE, WHITE = (200, 0, 0), (0, 200, 0), (0, 0, 200), (255, 255, 255)
NO_KEY, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


def frame(number: int = 1, colour=RED, size=(400, 300)) -> VideoFrame:
    return VideoFrame(np.full((size[1], size[0], 3), colour, np.uint8), number, time.monotonic())


class Source:
    """Whatever the test puts here is the newest."""

    def __init__(self, newest: VideoFrame | None) -> None:
        self.newest = newest


@pytest.fixture
def source() -> Source:
    return Source(frame())


@pytest.fixture
def view(qtbot, source):
    view = FrameView()
    qtbot.addWidget(view)
    view.follow(lambda: source.newest)
    view.resize(400, 400)  # the picture leaves 50 px above and below
    view.show()
    return view


def colour_at(view: FrameView, x: int, y: int) -> tuple[int, int, int]:
    return view.grab().toImage().pixelColor(x, y).toTuple()[:3]


def drag(qtbot, view, start, end, modifier=NO_KEY) -> None:
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, modifier, QPoint(*start))
    qtbot.mouseMove(view, QPoint((start[0] + end[0]) // 2, (start[1] + end[1]) // 2))
    qtbot.mouseMove(view, QPoint(*end))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, modifier, QPoint(*end))


def wheel(view, at: QPointF, notches: int) -> None:
    angle = QPoint(0, 120 * notches)
    no_button = Qt.MouseButton.NoButton
    phase = Qt.ScrollPhase.NoScrollPhase
    QApplication.sendEvent(view, QWheelEvent(at, at, QPoint(), angle, no_button, NO_KEY, phase, False))


def test_image_has_the_colours_of_rows_that_are_not_a_multiple_of_four():
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[0, 0], pixels[0, 1], pixels[1, 2] = RED, GREEN, BLUE

    image = image_of(pixels[:, :, :])

    assert [image.pixelColor(x, y).toTuple()[:3] for x, y in ((0, 0), (1, 0), (2, 1))] == [RED, GREEN, BLUE]


def test_image_of_a_cropped_picture_shows_the_crop():
    pixels = np.zeros((10, 10, 3), np.uint8)
    pixels[4:, 6:] = GREEN

    image = image_of(pixels[4:, 6:])

    assert (image.width(), image.height()) == (4, 6)
    assert image.pixelColor(3, 5).toTuple()[:3] == GREEN


def test_the_newest_picture_is_painted_by_the_view_itself(qtbot, view, source):
    assert colour_at(view, 200, 200) == RED

    source.newest = frame(2, GREEN)

    qtbot.waitUntil(lambda: view.frame is source.newest)
    assert colour_at(view, 200, 200) == GREEN


def test_the_picture_is_fitted_into_the_middle(view):
    assert colour_at(view, 200, 20) != RED
    assert colour_at(view, 200, 60) == RED
    assert view.picture_rect.getRect() == (0, 50, 400, 300)


def test_the_picture_goes_when_the_source_has_none(qtbot, view, source):
    source.newest = None

    qtbot.waitUntil(lambda: view.frame is None)

    assert colour_at(view, 200, 200) != RED


def test_pictures_are_counted_when_painted_and_when_skipped(qtbot, view, source):
    qtbot.waitUntil(lambda: view.painted_fps > 0)

    source.newest = frame(5)
    qtbot.waitUntil(lambda: view.skipped == 3)
    source.newest = frame(1)  # of another source

    qtbot.waitUntil(lambda: view.skipped == 0)
    assert 0 <= view.age_s < 5


def test_the_wheel_zooms_and_leaves_what_is_under_the_pointer(view):
    at = QPointF(100, 125)
    before = view._in_picture(at)

    wheel(view, at, 3)

    assert view.scale == pytest.approx(1.2**3)
    after = view._in_picture(at)
    assert (after.x(), after.y()) == (pytest.approx(before.x(), abs=0.01), pytest.approx(before.y(), abs=0.01))


def test_a_double_click_fits_again(qtbot, view):
    view.zoom_to(8.0)

    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(50, 60))

    assert (view.zoom, view.scale) == ("fit", 1.0)


def test_fill_covers_the_place(view):
    view.set_zoom("fill")

    assert view.scale == pytest.approx(4 / 3)
    assert colour_at(view, 200, 20) == RED


def test_a_drag_marks_a_part(qtbot, view):
    with qtbot.waitSignal(view.region_changed) as changed:
        drag(qtbot, view, (100, 125), (300, 275))

    region = changed.args[0]
    assert (region.left, region.top, region.width, region.height) == pytest.approx((0.25, 0.25, 0.5, 0.5), abs=0.01)
    assert view.region == region
    assert colour_at(view, 50, 200) != RED  # what is not marked lies in the shade
    assert colour_at(view, 200, 200) == RED


def test_a_slip_of_the_mouse_marks_nothing(qtbot, view):
    drag(qtbot, view, (100, 125), (102, 126))

    assert view.region is None


def test_a_corner_is_dragged_and_the_opposite_one_stays(qtbot, view):
    view.set_region(Region(0.25, 0.25, 0.5, 0.5))

    drag(qtbot, view, (300, 275), (200, 200))

    region = view.region
    assert (region.left, region.top, region.width, region.height) == pytest.approx((0.25, 0.25, 0.25, 0.25), abs=0.01)


def test_a_marked_part_is_moved_within_the_picture(qtbot, view):
    view.set_region(Region(0.25, 0.25, 0.5, 0.5))

    drag(qtbot, view, (200, 200), (900, 900))

    assert (view.region.left, view.region.top) == pytest.approx((0.5, 0.5), abs=0.01)
    assert (view.region.width, view.region.height) == (0.5, 0.5)


def test_a_drag_moves_what_is_larger_than_its_place_and_shift_marks(qtbot, view):
    view.zoom_to(4.0)
    left = view.picture_rect.left()

    drag(qtbot, view, (200, 200), (260, 200))
    assert view.picture_rect.left() == pytest.approx(left + 60, abs=1)
    assert view.region is None
    drag(qtbot, view, (100, 100), (300, 300), SHIFT)

    assert view.region is not None


def test_keys_mark_move_size_and_take_the_mark_away(qtbot, view):
    view.mark_middle()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Down, SHIFT)

    assert view.region.left == pytest.approx(0.27)
    assert view.region.height == pytest.approx(0.52)
    with qtbot.waitSignal(view.region_changed) as changed:
        qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert changed.args == [None]


def test_keys_zoom(qtbot, view):
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.scale == pytest.approx(1.2)
    qtbot.keyClick(view, Qt.Key.Key_1)
    assert view.scale == pytest.approx(1 / view.devicePixelRatioF())
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert view.zoom == "fit"


def test_a_large_picture_that_stands_still_is_scaled_with_care(qtbot, view, source):
    pixels = np.zeros((3000, 4000, 3), np.uint8)
    pixels[::8], pixels[1::8] = WHITE, WHITE  # a quarter of the rows: grey from afar
    source.newest = VideoFrame(pixels, 2, time.monotonic())

    qtbot.waitUntil(lambda: view._sharp is not None)

    greys = [colour_at(view, 200, y)[0] for y in range(150, 160)]
    assert all(abs(grey - 64) < 40 for grey in greys)


@pytest.mark.parametrize("text", ["a frog", "a very long description " * 30, "🐸" * 200, "一只青蛙" * 80])
def test_a_caption_stays_at_the_foot_of_the_picture(view, text):
    before = view.grab().toImage()

    view.set_caption(text)

    after = view.grab().toImage()
    assert after.copy(0, 330, 400, 70) != before.copy(0, 330, 400, 70)
    assert after.copy(0, 0, 400, 330) == before.copy(0, 0, 400, 330)


def test_it_rests_while_nobody_sees_it(qtbot, view):
    assert view._timer.isActive()

    view.hide()

    assert not view._timer.isActive()
