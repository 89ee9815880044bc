import math

import numpy as np
import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainterPath

from desktop_app.canvas.document import Document
from desktop_app.canvas.ink import InkMask
from desktop_app.canvas.layers import Layer
from desktop_app.canvas.strokes import StrokePoint, StrokeStyle
from tests.desktop_app.canvas.pens import pixels


def ink(points, **style) -> np.ndarray:
    """How much ink a stroke leaves on 300 x 200 pixels."""
    document = Document(QSize(300, 200))
    stroke = document.begin_stroke(StrokeStyle(**style))
    for point in points:
        stroke.add(StrokePoint(*point))
    stroke.finish()
    return pixels(document.snapshot().image(Layer.LINE_ART))[:, :, 3].astype(int)


def test_tap_is_a_round_dot(qapp):
    dot = ink([(150, 100)], width_px=20)

    assert dot.sum() / 255 == pytest.approx(math.pi * 10**2, rel=0.02)
    assert np.array_equal(dot[85:115, 135:165], dot[85:115, 135:165].T)


def test_edge_is_soft_by_a_pixel_however_often_it_is_drawn_over(qapp):
    slowly = ink([(50 + step / 10, 100.0, 1.0, step) for step in range(2000)], width_px=21, smoothing=0)

    column = slowly[:, 150]
    assert sorted(set(column)) == [0, 128, 255]


def test_thinnest_line_is_not_broken(qapp):
    line = ink([(20, 20.0), (280, 180.3)], width_px=0.5, smoothing=0)

    assert (line[:, 25:275].sum(axis=0) > 100).all()


def test_curve_has_no_corner_where_points_are_far_apart(qapp):
    ring = ink(
        [(150 + 80 * math.cos(turn), 100 + 80 * math.sin(turn)) for turn in np.arange(0, 2 * math.pi, 0.5)],
        width_px=4,
        smoothing=0,
    )

    rows, columns = np.nonzero(ring > 200)
    radii = np.hypot(columns + 0.5 - 150, rows + 0.5 - 100)
    is_curve = np.arctan2(rows - 100, columns - 150) > 0.3  # not the straight ends
    assert radii[is_curve].min() > 80 * math.cos(0.25) - 4  # chords of the polygon come as near as that
    assert np.ptp(radii[is_curve]) < 6


@pytest.mark.parametrize("smoothing", [0.0, 0.3, 1.0])
def test_ink_ends_where_the_pen_was_lifted(qapp, smoothing):
    points = [(20 + 10 * step, 100, 1.0, 8 * step) for step in range(27)]

    line = ink(points, width_px=4, smoothing=smoothing)

    assert line[100, 278] == 255


def test_smoothing_steadies_a_trembling_hand(qapp):
    tremble = [(20 + step, 100 + 6 * math.sin(step * 1.2), 1.0, 8 * step) for step in range(260)]

    heights = [
        np.ptp(np.nonzero(ink(tremble, width_px=3, smoothing=amount)[:, 60:240] > 127)[0]) for amount in (0, 0.3, 1)
    ]

    assert heights[0] > heights[1] > heights[2]


def test_smoothed_ink_does_not_lag_behind_a_fast_hand(qapp):
    document = Document(QSize(2048, 64))
    stroke = document.begin_stroke(StrokeStyle(width_px=4))
    for step in range(150):
        stroke.add(StrokePoint(10 + 13 * step, 32, 1.0, 8 * step))  # 1,600 px a second
    inked = pixels(document.snapshot().image(Layer.LINE_ART))[32, :, 3]
    stroke.cancel()

    newest = 10 + 13 * 149
    assert newest - np.nonzero(inked)[0].max() < 20  # 12 ms, less than a frame


def test_zoomed_hand_is_smoothed_by_what_it_did_on_the_screen(qapp):
    def path(zoom: float) -> np.ndarray:
        points = [((20 + 2 * step) / zoom, (100 + 3 * (-1) ** step) / zoom, 1.0, 16 * step) for step in range(130)]
        from desktop_app.canvas.strokes import _Smoother

        smoother = _Smoother(0.5, zoom)
        return np.array([smoother.smoothed(StrokePoint(*point)) for point in points]) * zoom

    assert np.allclose(path(1.0), path(4.0))


def test_fast_line_gets_thinner_with_the_taper(qapp):
    points = [(20 + 20 * step, 100, 1.0, 8 * step) for step in range(14)]

    widths = (ink(points, width_px=20, smoothing=0, speed_taper=True) > 127).sum(axis=0)

    assert widths[260] < 0.75 * widths[20]


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_point_that_is_nowhere_is_left_out(qapp, bad):
    line = ink([(20, 100), (bad, 100), (100, 100, bad), (280, 100)], smoothing=0)

    assert line[100, 150] == 255


def test_stroke_far_beyond_the_canvas_costs_nothing_and_harms_nothing(qapp):
    line = ink([(-1e7, -1e7), (150, 100), (1e7, 1e7)], width_px=10, smoothing=0)

    assert line.any()


def test_line_inks_exactly_the_area_that_it_names(qapp):
    mask = InkMask(QSize(100, 100))

    (area,) = mask.add_line(np.array([(20.3, 30.7, 5.0, 1.0), (60.1, 33.0, 2.0, 1.0)]))

    rows, columns = np.nonzero(mask.amount[:100, :100])
    assert area.contains(QRect(columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1))
    mask.clear(area)
    assert not mask.amount.any()


@pytest.mark.parametrize("width_px", [3, 40])
def test_points_that_come_at_once_give_the_same_ink_as_one_by_one(qapp, width_px):
    points = [
        StrokePoint(150 + 120 * math.sin(step / 7), 100 + 80 * math.cos(step / 5), 0.5 + 0.4 * math.sin(step), 5 * step)
        for step in range(100)
    ]
    pictures = []
    for size in (1, 7, 100):
        document = Document(QSize(300, 200))
        stroke = document.begin_stroke(StrokeStyle(width_px=width_px, pressure_to_opacity=True, opacity=0.7))
        for start in range(0, 100, size):
            stroke.add(*points[start : start + size])
        stroke.finish()
        pictures.append(document.snapshot().line_picture())

    assert pictures[0] == pictures[1] == pictures[2]


def test_long_line_touches_less_than_what_it_goes_around(qapp):
    mask = InkMask(QSize(1000, 1000))
    turns = np.linspace(0, 6, 60)
    dabs = np.stack([500 + 400 * np.cos(turns), 500 + 400 * np.sin(turns), 0 * turns + 3, 0 * turns + 1], axis=1)

    areas = mask.add_line(dabs)

    assert sum(area.width() * area.height() for area in areas) < 0.25 * 800 * 800
    for area in areas:
        mask.clear(area)
    assert not mask.amount.any()


def test_shape_is_inked_within_its_area(qapp):
    mask = InkMask(QSize(100, 100))
    path = QPainterPath()
    path.addEllipse(20, 20, 60, 40)

    area = mask.add_path(path, 7.0, is_filled=False)

    assert mask.amount[40, 20] == 255
    assert mask.amount[40, 50] == 0
    mask.clear(area)
    assert not mask.amount.any()
