import gc

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainterPath, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from desktop_app.canvas.document import Document
from desktop_app.canvas.layers import Layer
from desktop_app.canvas.pictures import image_of
from desktop_app.canvas.strokes import StrokePoint
from desktop_app.canvas.tools import Tool
from desktop_app.canvas.view import CanvasView
from tests.desktop_app.canvas.pens import (
    ERASER,
    LEFT,
    MOVE,
    NONE,
    PRESS,
    RELEASE,
    RIGHT,
    mouse,
    mouse_drag,
    pen,
    pen_stroke,
    pixels,
)
from workers.engines.sketch.layout import Layout
from workers.results import Control


def lines(view) -> np.ndarray:
    """How much ink of the line art is where, (height, width)."""
    return pixels(view.document.snapshot().image(Layer.LINE_ART))[:, :, 3]


def steps(view) -> int:
    return len(view.document.undo_stack.done)


def settle(view) -> None:
    QApplication.sendPostedEvents()
    QApplication.processEvents()


class Painted(QObject):
    """Counts the pixels that a widget is asked to paint."""

    def __init__(self, widget) -> None:
        super().__init__(widget)
        self.areas: list[QRect] = []
        widget.installEventFilter(self)

    def eventFilter(self, _watched, event) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.areas.extend(event.region())
        return False

    @property
    def n_pixels(self) -> int:
        return sum(area.width() * area.height() for area in self.areas)


def test_pressure_becomes_width(view):
    view.box.choose(line_art_width_px=40.0, smoothing=0.0)

    pen_stroke(view, [(x, 100, x / 300) for x in range(10, 291, 5)])

    widths = (lines(view) > 127).sum(axis=0)
    for x in (60, 150, 240):
        assert widths[x] == pytest.approx(40 * (0.15 + 0.85 * x / 300), abs=1.5)


def test_pressure_becomes_opacity_where_that_is_chosen(view):
    view.box.choose(line_art_width_px=20.0, smoothing=0.0, pressure_to_width=False, pressure_to_opacity=True)

    pen_stroke(view, [(x, 100, 0.5) for x in range(10, 291, 5)])

    assert lines(view)[100, 150] == 128


def test_mouse_draws_with_one_width(view):
    view.box.choose(line_art_width_px=10.0, smoothing=0.0)

    mouse_drag(view, [(20, 100), (60, 100), (280, 100)])

    assert set((lines(view) > 127).sum(axis=0)[30:270]) == {10}
    assert steps(view) == 1


def test_events_out_of_order_draw_no_zigzag(view):
    view.box.choose(line_art_width_px=4.0, smoothing=0.0)
    pen(view, PRESS, 50, 100, time_ms=1000)
    pen(view, MOVE, 100, 100, time_ms=1020)
    pen(view, MOVE, 75, 20, time_ms=1010)  # was overtaken
    pen(view, MOVE, 150, 100, time_ms=1030)
    pen(view, RELEASE, 150, 100, time_ms=1040)

    assert not lines(view)[:90].any()
    assert lines(view)[100, 145] == 255


def test_clock_that_jumps_back_does_not_stop_the_ink(view):
    pen(view, PRESS, 50, 100, time_ms=900_000)
    pen(view, MOVE, 150, 100, time_ms=5)
    pen(view, MOVE, 250, 100, time_ms=10)
    pen(view, RELEASE, 250, 100, time_ms=15)

    assert lines(view)[100, 240] > 0


def test_equal_timestamps_draw_all_the_same(view):
    view.box.choose(smoothing=1.0)
    for x in range(20, 280, 20):
        pen(view, PRESS if x == 20 else MOVE, x, 100, time_ms=7)
    pen(view, RELEASE, 260, 100, time_ms=7)

    assert (lines(view)[95:105, 30:255].max(axis=0) > 127).all()


def test_move_and_release_without_a_press_draw_nothing(view):
    pen(view, MOVE, 50, 50)
    pen(view, RELEASE, 60, 60)

    assert steps(view) == 0


def test_lost_release_ends_the_stroke_at_the_next_hover(view):
    pen(view, PRESS, 50, 50)
    pen(view, MOVE, 90, 50)
    pen(view, MOVE, 250, 150, buttons=NONE)  # came back into reach, and hovers

    assert steps(view) == 1
    assert not view.document.is_stroking
    assert not lines(view)[100:].any()


def test_second_press_without_a_release_begins_another_stroke(view):
    pen(view, PRESS, 50, 50)
    pen(view, PRESS, 200, 150)
    pen(view, RELEASE, 200, 150)

    assert steps(view) == 2


def test_mouse_is_ignored_while_the_pen_draws(view):
    pen(view, PRESS, 50, 50)
    mouse_drag(view, [(200, 150), (250, 150)])
    pen(view, MOVE, 90, 50)
    pen(view, RELEASE, 90, 50)

    assert steps(view) == 1
    assert not lines(view)[100:].any()


def test_pen_ends_what_the_mouse_draws(view):
    mouse(view, QEvent.Type.MouseButtonPress, 20, 20)
    mouse(view, QEvent.Type.MouseMove, 60, 20)
    pen_stroke(view, [(50, 150), (90, 150)])
    mouse(view, QEvent.Type.MouseMove, 250, 20)

    assert steps(view) == 2
    assert not lines(view)[:50, 100:].any()


@pytest.mark.parametrize("by", ["pen", "button"])
def test_other_end_of_the_pen_and_right_button_erase(view, by):
    view.box.choose(line_art_width_px=10.0, eraser_width_px=30.0)
    mouse_drag(view, [(20, 100), (280, 100)])

    if by == "pen":
        pen_stroke(view, [(150, 80), (150, 120)], end=ERASER)
    else:
        mouse_drag(view, [(150, 80), (150, 120)], RIGHT)

    assert lines(view)[100, 150] == 0
    assert lines(view)[100, 50] == 255


def test_close_in_the_middle_of_a_stroke_keeps_its_ink(view):
    pen(view, PRESS, 50, 50)
    pen(view, MOVE, 120, 50)

    view.close()

    assert not view.document.is_stroking
    assert steps(view) == 1
    assert lines(view)[50, 115] > 0


def test_escape_takes_a_stroke_back(view, qtbot):
    mouse(view, QEvent.Type.MouseButtonPress, 20, 20)
    mouse(view, QEvent.Type.MouseMove, 60, 20)

    qtbot.keyClick(view, Qt.Key.Key_Escape)

    assert steps(view) == 0
    assert not lines(view).any()


def test_ink_follows_the_canvas_where_it_is_zoomed_turned_and_moved(view):
    view.box.choose(line_art_width_px=6.0, smoothing=0.0)
    view.zoom_to(3.0)
    view.turn_by(30)
    view.pan_by(QPointF(17, -9))
    places = [view.to_canvas(QPointF(x, 100)) for x in (60, 240)]

    mouse_drag(view, [(60, 100), (240, 100)])

    for place in places:
        assert lines(view)[int(place.y()), int(place.x())] > 200


def test_zoom_keeps_what_is_under_the_pointer(view):
    at = QPointF(70, 40)
    before = view.to_canvas(at)
    for delta in (120, 120, -120, 360):
        wheel = QWheelEvent(
            at,
            at,
            QPoint(),
            QPoint(0, delta),
            NONE,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(view, wheel)

        assert (view.to_canvas(at) - before).manhattanLength() < 1.5
    assert view.zoom > 1.5


def test_space_pans_instead_of_drawing(view, qtbot):
    before = view.to_canvas(QPointF(0, 0))
    qtbot.keyPress(view, Qt.Key.Key_Space)
    mouse_drag(view, [(100, 100), (130, 110)])
    qtbot.keyRelease(view, Qt.Key.Key_Space)

    assert (view.to_canvas(QPointF(0, 0)) - before).toPoint() == QPoint(-30, -10)
    assert steps(view) == 0


def test_paint_after_a_stroke_is_about_as_large_as_its_ink(make_view):
    view = make_view(Document(QSize(1024, 1024)))
    view.box.choose(line_art_width_px=8.0)
    settle(view)
    painted = Painted(view)

    pen(view, PRESS, 500, 500)
    pen(view, MOVE, 530, 500, time_ms=5)
    settle(view)

    assert 0 < painted.n_pixels < 80 * 40
    pen(view, RELEASE, 530, 500, time_ms=9)


@pytest.mark.slow
def test_paint_does_not_grow_with_the_number_of_strokes(make_view):
    view = make_view(Document(QSize(600, 400)))
    painted = Painted(view)

    def painted_by_a_stroke() -> tuple[int, int]:
        pen(view, MOVE, 50, 200, buttons=NONE)
        settle(view)
        painted.areas.clear()
        for number in range(20):
            pen(view, MOVE if number else PRESS, 50 + 10 * number, 200, time_ms=5 * number)
            settle(view)
        pen(view, RELEASE, 240, 200, time_ms=200)
        settle(view)
        return len(painted.areas), painted.n_pixels

    painted_by_a_stroke()
    first = painted_by_a_stroke()
    for number in range(10_000):
        stroke = view.document.begin_stroke(view.box.style(1.0))
        stroke.add(StrokePoint(number % 600, number * 7 % 400))
        stroke.finish()

    assert painted_by_a_stroke() == first
    assert len(view._flat._stale) == 0


def test_screen_shows_the_drawing_pixel_for_pixel_at_100_percent(view):
    view.box.choose(layer=Layer.COLOR, color_colors=("#3366cc", "#ffffff"), color_width_px=30.0)
    mouse_drag(view, [(50, 50), (200, 150)])
    view._point_at(None)

    shown = pixels(view.grab().toImage())[5:195, 5:295]

    assert np.array_equal(shown, pixels(view.document.snapshot().flattened())[5:195, 5:295])


def test_an_underlay_lies_below_the_drawing_and_is_no_part_of_it(view):
    picture = QImage(30, 20, QImage.Format.Format_RGB32)
    picture.fill(QColor("#ff0000"))
    mouse_drag(view, [(20, 100), (280, 100)])
    view._point_at(None)
    drawn = view.document.snapshot().flattened()

    view.set_underlay(picture)
    shown = view.grab().toImage()
    view.set_underlay(None)
    after = view.grab().toImage()

    line, paper = (view.to_widget(QPointF(150, y)).toPoint() for y in (100, 40))
    assert [shown.pixelColor(at).name() for at in (line, paper)] == ["#000000", "#ff0000"]
    assert [after.pixelColor(at).name() for at in (line, paper)] == ["#000000", "#ffffff"]
    assert view.document.snapshot().flattened() == drawn


@pytest.mark.parametrize(("size", "canvas"), [((768, 512), (512, 512)), ((256, 256), (384, 256))])
def test_an_underlay_of_another_shape_lies_where_what_is_drawn_is_in_it(make_view, size, canvas):
    view = make_view(Document(QSize(*canvas)))
    edit = view.document.begin_edit(Layer.LINE_ART, QColor("black"))
    square = QPainterPath()
    square.addRect(340, 40, 24, 24)
    edit.set_path(square, 0.0, is_filled=True)
    edit.commit()
    lines = view.document.snapshot().line_picture()
    seen_by_the_model = Layout(*size, factor=8).place_control(Control("scribble", lines, "lines"))

    view.set_underlay(image_of(np.dstack([seen_by_the_model] * 3)))
    view.document.set_visible(Layer.LINE_ART, False)
    shown = view.grab().toImage()

    corners = (view.to_widget(QPointF(340 + at, 40 + at)).toPoint() for at in (-3, 3, 20, 27))
    assert [shown.pixelColor(at).red() > 127 for at in corners] == [False, True, True, False]


def test_small_canvas_is_fitted_large_and_a_large_one_small(make_view):
    assert make_view(Document(QSize(96, 96))).size() == QSize(96, 96)
    view = make_view(Document(QSize(2048, 2048)))
    view.resize(400, 300)

    view.fit()

    assert view.zoom == pytest.approx((300 - 32) / 2048)


def test_stroke_goes_straight_on_when_something_comes_above_the_canvas(qtbot):
    """A message took the pen's place from under it: the line had a bend."""
    window, above, view = QWidget(), QWidget(), CanvasView(Document(QSize(300, 200)))
    qtbot.addWidget(window)
    above.setFixedHeight(40)
    above.hide()
    column = QVBoxLayout(window)
    column.addWidget(above)
    column.addWidget(view)
    window.resize(500, 300)
    window.show()
    qtbot.waitExposed(window)
    view.box.choose(line_art_width_px=3.0, smoothing=0.0)
    start = view.to_widget(QPointF(100, 100))
    before, zoom = view.mapTo(window, QPoint()), view.zoom

    pen(view, PRESS, start.x(), start.y())
    above.show()
    qtbot.waitUntil(lambda: view.mapTo(window, QPoint()) != before)
    moved = view.mapTo(window, QPoint()) - before
    pen(view, MOVE, start.x() - moved.x() + 90 * zoom, start.y() - moved.y(), buttons=LEFT)
    pen(view, RELEASE, start.x() - moved.x() + 90 * zoom, start.y() - moved.y(), 0.0)

    rows, columns = np.nonzero(lines(view) > 127)
    assert rows.max() - rows.min() < 5
    assert columns.max() - columns.min() == pytest.approx(93, abs=2)
    assert view.zoom < zoom  # all of it is shown again when the pen is lifted


def test_pen_takes_the_keys_from_a_text_field(qtbot):
    """Ctrl+Z and the letters of the tools went on to the words that were typed last."""
    window, prompt, view = QWidget(), QLineEdit(), CanvasView(Document(QSize(300, 200)))
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    column.addWidget(prompt)
    column.addWidget(view)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    prompt.setFocus()

    pen_stroke(view, [(20, 20), (40, 40)])

    assert window.focusWidget() is view


def test_thin_line_is_not_broken_where_the_canvas_is_shown_small(make_view):
    view = make_view(Document(QSize(2048, 2048)))
    view.box.choose(line_art_width_px=3.0)
    view.resize(256, 256)
    view.fit()
    stroke = view.document.begin_stroke(view.box.style(1.0))
    for x in range(0, 2048, 64):
        stroke.add(StrokePoint(x, 300 + x / 3, 1.0, x))
    stroke.finish()

    shown = pixels(view.grab().toImage())[:, 24:230, 0]

    darkest = shown[20:].min(axis=0)
    assert darkest.max() < 200
    assert darkest.max() - darkest.min() < 90


def test_ants_march_only_while_something_is_selected(view, qtbot):
    path = QPainterPath()
    path.addRect(20, 20, 100, 60)
    view.document.set_selection(path)
    offset = view._ants_offset
    qtbot.waitUntil(lambda: view._ants_offset != offset)

    view.document.set_selection(None)

    assert not view._ants_timer.isActive()


def test_view_that_is_gone_leaves_the_document_usable(make_view, document, qtbot):
    view = make_view(document)
    view.close()
    view.deleteLater()
    qtbot.waitUntil(lambda: not QApplication.topLevelWidgets())
    del view
    gc.collect()

    document.begin_stroke(make_view(document).box.style(1.0)).finish()


def test_tool_of_selection_selects(view):
    view.box.choose(tool=Tool.SELECT_RECTANGLE)
    mouse_drag(view, [(20, 30), (100, 90)])

    assert view.document.selection.boundingRect().toRect() == QRect(20, 30, 80, 60)
    mouse_drag(view, [(5, 5), (5, 5)])
    assert view.document.selection is None


def test_points_of_the_pen_are_not_thrown_together(qapp):
    assert not QApplication.testAttribute(Qt.ApplicationAttribute.AA_CompressTabletEvents)


def test_pen_that_leaves_the_reach_of_the_tablet_keeps_its_ink(view):
    pen(view, PRESS, 50, 50)
    pen(view, MOVE, 90, 50)
    pen(QApplication.instance(), QEvent.Type.TabletLeaveProximity, 90, 50, buttons=NONE)
    pen(QApplication.instance(), QEvent.Type.TabletEnterProximity, 250, 150, buttons=NONE)
    pen_stroke(view, [(250, 150), (260, 150)])

    assert steps(view) == 2
    assert lines(view)[50, 85] > 0
    assert not lines(view)[60:140].any()  # and no line between the two


def test_eraser_at_the_right_button_shows_its_own_width(view):
    view.box.choose(line_art_width_px=10.0, eraser_width_px=60.0)
    mouse(view, QEvent.Type.MouseButtonPress, 100, 100, RIGHT)
    assert view._cursor_radius() == 30

    mouse(view, QEvent.Type.MouseButtonRelease, 100, 100, RIGHT)

    assert view._cursor_radius() == 5


def test_other_end_of_the_pen_shows_the_eraser_before_it_touches(view):
    view.box.choose(tool=Tool.FILL, eraser_width_px=60.0)
    pen(view, MOVE, 100, 100, end=ERASER)
    assert view._cursor_radius() == 30
    assert view.cursor().shape() == Qt.CursorShape.BlankCursor

    pen(view, MOVE, 100, 100)

    assert view._cursor_radius() is None
    assert view.cursor().shape() == Qt.CursorShape.CrossCursor
