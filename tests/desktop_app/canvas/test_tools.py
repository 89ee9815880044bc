"""What each tool does with a mouse, and fingers with any."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QEventPoint,
    QImage,
    QInputDevice,
    QPainter,
    QPainterPath,
    QPointingDevice,
    QTouchEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_app.canvas.layers import Layer
from desktop_app.canvas.tools import Tool
from tests.desktop_app.canvas.pens import MOVE, NONE, PRESS, RELEASE, mouse, mouse_drag, pen, pen_stroke, pixels

NO_KEY, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PICKING = {"alt": Qt.KeyboardModifier.AltModifier, "ctrl": Qt.KeyboardModifier.ControlModifier}


def ink(view, layer: Layer = Layer.LINE_ART) -> np.ndarray:
    return pixels(view.document.snapshot().image(layer))[:, :, 3]


def extent(inked: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(inked > 127)
    return columns.min(), rows.min(), columns.max(), rows.max()


@pytest.fixture
def fat(view):
    view.box.choose(line_art_width_px=4.0, smoothing=0.0)
    return view


def test_line_is_straight_whatever_way_the_mouse_took(fat):
    fat.box.choose(tool=Tool.LINE)

    mouse_drag(fat, [(20, 100), (100, 10), (150, 190), (280, 100)])

    assert extent(ink(fat)) == (18, 98, 281, 101)
    assert len(fat.document.undo_stack.done) == 1


def test_line_with_shift_takes_a_round_angle(fat):
    fat.box.choose(tool=Tool.LINE)

    mouse_drag(fat, [(20, 100), (200, 112)], modifiers=SHIFT)

    assert extent(ink(fat))[1::2] == (98, 101)


def test_brush_with_shift_draws_straight(fat):
    mouse_drag(fat, [(20, 50), (20, 180), (280, 50)], modifiers=SHIFT)

    assert not ink(fat)[60:].any()


@pytest.mark.parametrize("tool", [Tool.RECTANGLE, Tool.ELLIPSE])
def test_shape_between_two_corners_in_any_direction(fat, tool):
    fat.box.choose(tool=tool)

    mouse_drag(fat, [(200, 150), (50, 60), (100, 50)])

    assert extent(ink(fat)) == (98, 48, 201, 151)
    assert ink(fat)[100, 150] == 0


def test_shape_with_shift_is_as_high_as_wide(fat):
    fat.box.choose(tool=Tool.RECTANGLE)

    mouse_drag(fat, [(50, 50), (150, 70)], modifiers=SHIFT)

    assert extent(ink(fat)) == (48, 48, 151, 151)


def test_filled_shape_has_an_inside(fat):
    fat.box.choose(tool=Tool.ELLIPSE, fills_shapes=True)

    mouse_drag(fat, [(50, 50), (150, 150)])

    assert ink(fat)[100, 100] == 255
    assert ink(fat)[55, 55] == 0


def test_see_through_shape_is_so_where_outline_and_inside_meet_too(fat):
    fat.box.choose(tool=Tool.RECTANGLE, fills_shapes=True, opacity=0.5, line_art_width_px=20.0)

    mouse_drag(fat, [(50, 50), (150, 150)])

    assert set(np.unique(ink(fat)[45:155, 45:155])) == {128}


def test_shape_that_is_taken_back_leaves_what_was_below(fat):
    mouse_drag(fat, [(20, 100), (280, 100)])
    before = ink(fat)
    fat.box.choose(tool=Tool.RECTANGLE, fills_shapes=True)
    mouse(fat, QEvent.Type.MouseButtonPress, 50, 50)
    mouse(fat, QEvent.Type.MouseMove, 150, 150)

    QTest.keyClick(fat, Qt.Key.Key_Escape)

    assert np.array_equal(ink(fat), before)


def test_fill_colours_inside_a_shape(fat):
    fat.box.choose(tool=Tool.RECTANGLE)
    mouse_drag(fat, [(50, 50), (150, 150)])
    fat.box.choose(tool=Tool.FILL)

    mouse_drag(fat, [(100, 100)])

    filled = ink(fat, Layer.COLOR)
    assert filled[100, 100] == 255
    assert filled[100, 200] == 0
    assert fat.box.choices.recent_colors[0] == fat.box.choices.color_colors[0]


@pytest.mark.parametrize("by", ["tool", *PICKING])
def test_eyedropper_takes_the_colour_below_it(fat, by):
    fat.box.choose(layer=Layer.COLOR, color_colors=("#3366cc", "#ffffff"), color_width_px=60.0)
    mouse_drag(fat, [(100, 100), (110, 100)])
    fat.box.choose(color_colors=("#000000", "#ffffff"))
    if by == "tool":
        fat.box.choose(tool=Tool.EYEDROPPER)

    mouse_drag(fat, [(20, 20), (105, 100)], modifiers=PICKING.get(by, Qt.KeyboardModifier.NoModifier))

    assert fat.box.color.name() == "#3366cc"
    assert len(fat.document.undo_stack.done) == 1


@pytest.mark.parametrize(("at", "color"), [(40, "#ff0000"), (200, "#00ff00"), (105, "#000000")])
def test_eyedropper_takes_the_colour_of_the_picture_that_is_drawn_on(fat, at, color):
    mouse_drag(fat, [(100, 100), (110, 100)])
    picture = QImage(300, 600, QImage.Format.Format_RGB32)  # of another shape: its middle third is seen
    picture.fill(QColor("#0000ff"))
    with QPainter(picture) as painter:
        painter.fillRect(0, 200, 150, 200, QColor("#ff0000"))
        painter.fillRect(150, 200, 150, 200, QColor("#00ff00"))
    fat.set_underlay(picture)

    mouse_drag(fat, [(at, 100)], modifiers=Qt.KeyboardModifier.ControlModifier)

    assert fat.box.color.name() == color


@pytest.fixture
def blue(fat):
    """A canvas that is blue but for its last column, seen at 1000 %."""
    edit = fat.document.begin_edit(Layer.COLOR, QColor("#3366cc"))
    path = QPainterPath()
    path.addRect(0, 0, 299, 200)
    edit.set_path(path, 0.0, is_filled=True)
    edit.commit()
    fat.zoom_to(10.0, QPointF(300, 100))
    return fat


def click(view, canvas_x: float, canvas_y: float) -> None:
    at = view.to_widget(QPointF(canvas_x, canvas_y))
    mouse_drag(view, [(at.x(), at.y())])


def test_eyedropper_takes_the_pixel_that_it_points_at_wherever_in_it(blue):
    blue.box.choose(tool=Tool.EYEDROPPER)

    click(blue, 298.7, 100.3)

    assert blue.box.color.name() == "#3366cc"


def test_fill_begins_in_the_pixel_that_it_points_at_wherever_in_it(blue):
    blue.box.choose(tool=Tool.FILL, layer=Layer.COLOR, color_colors=("#ff0000", "#ffffff"))

    click(blue, 299.7, 100.3)

    assert [blue.document.color_at(QPoint(x, 100)).name() for x in (290, 299)] == ["#3366cc", "#ff0000"]


def test_button_of_the_pen_picks_a_colour(fat):
    mouse_drag(fat, [(100, 100), (110, 100)])
    fat.box.set_color(QColor("#ff0000"))

    right = Qt.MouseButton.RightButton
    pen(fat, PRESS, 105, 100, button=right, buttons=right)
    pen(fat, RELEASE, 105, 100, button=right)

    assert fat.box.color.name() == "#000000"


@pytest.fixture
def with_picture(fat):
    image = QImage(100, 50, QImage.Format.Format_RGB32)
    image.fill(QColor("#88aa88"))
    fat.document.set_reference(image, QRectF(50, 50, 100, 50))
    fat.box.choose(tool=Tool.MOVE)
    return fat


def test_move_drags_the_picture_below_and_is_one_step(with_picture):
    mouse_drag(with_picture, [(100, 75), (110, 90), (130, 95)])

    assert with_picture.document.reference.rect == QRectF(80, 70, 100, 50)
    with_picture.document.undo()
    assert with_picture.document.reference.rect == QRectF(50, 50, 100, 50)


@pytest.mark.parametrize(
    ("corner", "to", "rect"),
    [
        ((150, 100), (250, 150), (50, 50, 200, 100)),
        ((50, 50), (100, 75), (100, 75, 50, 25)),
        ((150, 50), (250, 0), (50, 0, 200, 100)),
        ((50, 100), (-50, 150), (-50, 50, 200, 100)),
        ((150, 100), (0, 0), (50, 50, 16, 8)),  # not through the other corner
    ],
)
def test_corner_of_the_picture_below_scales_it(with_picture, corner, to, rect):
    mouse_drag(with_picture, [corner, to])

    assert with_picture.document.reference.rect == QRectF(*rect)


def test_move_without_a_picture_does_nothing(fat):
    fat.box.choose(tool=Tool.MOVE)

    mouse_drag(fat, [(100, 75), (130, 95)])

    assert not fat.document.can_undo


def test_lasso_selects_what_it_goes_around(fat):
    fat.box.choose(tool=Tool.SELECT_LASSO)
    turns = [math.radians(degrees) for degrees in range(0, 360, 5)]

    mouse_drag(fat, [(150 + 50 * math.cos(turn), 100 + 50 * math.sin(turn)) for turn in turns])

    mask = fat.document.snapshot().selection_mask()
    assert mask.pixelColor(150, 100).red() == 255
    assert mask.pixelColor(190, 60).red() == 0
    assert len(fat.document.undo_stack.done) == 0


def test_selection_that_is_taken_back_gives_the_one_before(fat):
    fat.box.choose(tool=Tool.SELECT_RECTANGLE)
    mouse_drag(fat, [(10, 10), (60, 60)])
    mouse(fat, QEvent.Type.MouseButtonPress, 100, 100)
    mouse(fat, QEvent.Type.MouseMove, 200, 150)

    QTest.keyClick(fat, Qt.Key.Key_Escape)

    assert fat.document.selection.boundingRect() == QRectF(10, 10, 50, 50)


def is_selected(view, *places: tuple[int, int]) -> list[bool]:
    mask = view.document.snapshot().selection_mask()
    return [view.document.selection is not None and mask.pixelColor(*at).red() == 255 for at in places]


@pytest.mark.parametrize(
    ("modifiers", "expected"),
    [(NO_KEY, [False, True, True]), (SHIFT, [True, True, True]), (ALT, [True, False, False])],
    ids=["alone", "shift", "alt"],
)
@pytest.mark.parametrize("tool", [Tool.SELECT_RECTANGLE, Tool.SELECT_LASSO])
def test_selecting_with_shift_adds_and_with_alt_takes_away(fat, tool, modifiers, expected):
    fat.box.choose(tool=Tool.SELECT_RECTANGLE)
    mouse_drag(fat, [(20, 20), (120, 120)])
    fat.box.choose(tool=tool)

    mouse_drag(fat, [(80, 80), (160, 80), (80, 160), (160, 160)], modifiers=modifiers)

    assert is_selected(fat, (40, 40), (90, 84), (136, 84)) == expected
    assert not fat.document.undo_stack.done


def test_click_with_shift_or_alt_keeps_what_is_selected_and_alt_alone_selects_nothing(fat):
    fat.box.choose(tool=Tool.SELECT_RECTANGLE)
    mouse_drag(fat, [(20, 20), (120, 120)], modifiers=ALT)
    assert fat.document.selection is None
    mouse_drag(fat, [(20, 20), (120, 120)], modifiers=SHIFT)

    for modifiers in (SHIFT, ALT):
        mouse_drag(fat, [(60, 60)], modifiers=modifiers)

    assert is_selected(fat, (60, 60), (140, 140)) == [True, False]


def test_what_is_not_selected_is_selected_instead(fat):
    fat.document.invert_selection()
    assert is_selected(fat, (60, 60), (140, 140)) == [True, True]
    fat.box.choose(tool=Tool.SELECT_RECTANGLE)
    mouse_drag(fat, [(20, 20), (120, 120)])

    fat.document.invert_selection()
    assert is_selected(fat, (60, 60), (140, 140)) == [False, True]
    fat.document.select_all()
    fat.document.invert_selection()

    assert fat.document.selection is None


# ── fingers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_screens = {
    kind: QPointingDevice(
        "touch",
        910 + number,
        kind,
        QPointingDevice.PointerType.Finger,
        QInputDevice.Capability.Position,
        10,
        0,
    )
    for number, kind in enumerate((QInputDevice.DeviceType.TouchScreen, QInputDevice.DeviceType.TouchPad))
}


class Fingers:
    """Fingers on a widget."""

    def __init__(self, view) -> None:
        self._view = view
        self._device = QTest.createTouchDevice()

    def down(self, *places: tuple[float, float]) -> None:
        self._send("press", places)

    def move(self, *places: tuple[float, float]) -> None:
        self._send("move", places)

    def up(self, *places: tuple[float, float]) -> None:
        self._send("release", places)

    def _send(self, verb: str, places) -> None:
        sequence = QTest.touchEvent(self._view, self._device, False)
        for number, place in enumerate(places):
            getattr(sequence, verb)(number, QPoint(*map(int, place)), self._view)
        sequence.commit()


@pytest.fixture
def fingers(fat) -> Fingers:
    fat.window().activateWindow()
    return Fingers(fat)


def test_one_finger_draws(fat, fingers):
    fingers.down((50, 100))
    fingers.move((150, 100))
    fingers.move((250, 100))
    fingers.up((250, 100))

    assert ink(fat)[100, 60:240].min() == 255
    assert len(fat.document.undo_stack.done) == 1


def test_one_finger_pans_where_that_is_chosen(fat, fingers):
    fat.box.choose(finger="pan")
    before = fat.to_canvas(QPointF(0, 0))

    fingers.down((100, 100))
    fingers.move((120, 110))
    fingers.up((120, 110))

    assert (fat.to_canvas(QPointF(0, 0)) - before).toPoint() == QPoint(-20, -10)
    assert not fat.document.can_undo


def test_two_fingers_zoom_and_turn_and_take_back_what_the_first_began(fat, fingers):
    fingers.down((100, 100))
    fingers.move((110, 100))
    sequence = QTest.touchEvent(fat, fingers._device, False)
    sequence.move(0, QPoint(110, 100), fat)
    sequence.press(1, QPoint(210, 100), fat)
    sequence.commit()
    held = fat.to_canvas(QPointF(160, 100))
    fingers.move((160, 0), (160, 200))
    fingers.up((160, 0), (160, 200))

    assert not fat.document.can_undo
    assert not ink(fat).any()
    assert fat.zoom == pytest.approx(2.0, rel=0.02)
    assert fat.angle == pytest.approx(90, abs=1)
    assert (fat.to_canvas(QPointF(160, 100)) - held).manhattanLength() < 2


def test_hand_that_lies_down_while_the_pen_draws_is_ignored(fat, fingers):
    pen(fat, PRESS, 20, 20)
    fingers.down((150, 150))
    fingers.move((250, 150))
    fingers.up((250, 150))
    pen(fat, RELEASE, 20, 20)

    assert not ink(fat)[100:].any()
    assert len(fat.document.undo_stack.done) == 1


def test_hand_that_lay_down_before_the_pen_leaves_no_ink(fat, fingers):
    fingers.down((150, 150))
    fingers.move((250, 150))
    pen(fat, MOVE, 20, 20, buttons=NONE)
    pen_stroke(fat, [(20, 20), (200, 20)])
    fingers.up((250, 150))

    assert not ink(fat)[100:].any()
    assert len(fat.document.undo_stack.done) == 1


def test_finger_that_is_lifted_while_the_pen_is_near_keeps_nobody_from_drawing(fat, fingers):
    fingers.down((150, 150))
    pen(fat, MOVE, 20, 20, buttons=NONE)
    fingers.up((150, 150))

    mouse_drag(fat, [(50, 50), (250, 50)])

    assert ink(fat)[50, 150] == 255


def test_two_fingers_that_were_lifted_while_the_pen_was_near_begin_anew(fat, fingers, monkeypatch):
    fingers.down((100, 100), (150, 100))
    pen(fat, MOVE, 20, 20, buttons=NONE)
    fingers.up((100, 100), (150, 100))
    monkeypatch.setattr("desktop_app.canvas.view.PALM_S", 0.0)

    fingers.down((50, 100), (250, 100))
    fingers.move((50, 100), (250, 100))

    assert fat.zoom == 1.0


def test_touchpad_draws_nothing(fat):
    pad = _screens[QInputDevice.DeviceType.TouchPad]
    point = QEventPoint(1, QEventPoint.State.Pressed, QPointF(50, 50), QPointF(50, 50))
    event = QTouchEvent(QEvent.Type.TouchBegin, pad, Qt.KeyboardModifier.NoModifier, [point])

    QApplication.sendEvent(fat, event)

    assert not fat.document.can_undo


def test_pen_after_a_finger_draws_as_ever(fat, fingers):
    fingers.down((50, 100))
    fingers.up((50, 100))

    pen_stroke(fat, [(100, 50), (200, 50)])

    assert ink(fat)[50, 150] == 255


def test_lasso_that_leaves_the_canvas_ends_at_its_edge_and_has_no_holes(fat):
    fat.box.choose(tool=Tool.SELECT_LASSO)
    mouse_drag(fat, [(100, 50), (900, 50), (900, 150), (50, 150), (50, 30), (250, 30), (250, 100), (100, 100)])

    mask = fat.document.snapshot().selection_mask()
    assert fat.document.selection.boundingRect().right() <= 300
    assert mask.pixelColor(200, 75).red() == 255  # it was gone around twice


def test_outline_leaves_the_tiles_inside_it_alone(fat):
    fat.box.choose(tool=Tool.RECTANGLE)
    fat.document.resize(fat.document.size * 3)
    fat.zoom_to(1.0)
    changed = []
    fat.document.changed.connect(changed.append)

    mouse_drag(fat, [(5, 5), (295, 195)])
    mouse_drag(fat, [(5, 5), (295, 195), (8, 8)])

    (step, again) = fat.document.undo_stack.done[-2:]
    assert 0 < len(again.tiles) < len(step.tiles)
    assert all(area.width() <= 128 for area in changed)
