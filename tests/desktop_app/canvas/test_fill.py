import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QColor

from desktop_app.canvas.document import Document
from desktop_app.canvas.fill import flood, grown
from desktop_app.canvas.layers import Layer
from desktop_app.canvas.strokes import StrokePoint, StrokeStyle
from tests.desktop_app.canvas.pens import pixels


def picture(rows: list[str]) -> np.ndarray:
    """Black where a row has '#', white elsewhere."""
    gray = np.array([[0 if letter == "#" else 255 for letter in row] for row in rows], np.uint8)
    return np.repeat(gray[:, :, None], 4, axis=2)


def shape(area: np.ndarray) -> list[str]:
    return ["".join(".*"[reached] for reached in row) for row in area.tolist()]


def simple_flood(like: np.ndarray, x: int, y: int) -> np.ndarray:
    reached, waiting = np.zeros_like(like), [(x, y)]
    while waiting:
        x, y = waiting.pop()
        if 0 <= x < like.shape[1] and 0 <= y < like.shape[0] and like[y, x] and not reached[y, x]:
            reached[y, x] = True
            waiting += [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]
    return reached


def test_flood_follows_a_winding_way_and_no_diagonal():
    area = flood(picture(["  # ", "## #", "    ", " ###", "#   "]), 0, 2, 0.0)

    assert shape(area) == ["....", "..*.", "****", "*...", "...."]


@given(arrays(bool, st.tuples(st.integers(1, 12), st.integers(1, 12))), st.data())
def test_flood_reaches_what_a_simple_one_reaches(like, data):
    y, x = data.draw(st.tuples(*(st.integers(0, side - 1) for side in like.shape)))
    image = np.where(like[:, :, None], 255, 0).astype(np.uint8).repeat(4, axis=2)

    assert np.array_equal(flood(image, x, y, 0.1), simple_flood(like == like[y, x], x, y))


def test_tolerance_is_how_far_any_channel_may_differ():
    image = np.full((1, 4, 4), 200, np.uint8)
    image[0, 1, 0], image[0, 2, 1], image[0, 3, 2] = 175, 225, 160

    assert shape(flood(image, 0, 0, 0.1)) == ["***."]
    assert shape(flood(image, 0, 0, 0.0)) == ["*..."]
    assert shape(flood(image, 0, 0, 1.0)) == ["****"]


def test_grown_area_has_a_pixel_more_on_every_side():
    area = np.zeros((4, 5), bool)
    area[1, 2] = True

    assert shape(grown(area)) == [".***.", ".***.", ".***.", "....."]


@pytest.fixture
def ring(qapp) -> Document:
    document = Document(QSize(300, 300))
    stroke = document.begin_stroke(StrokeStyle(width_px=6, smoothing=0))
    for degrees in range(0, 361, 10):
        x, y = 150 + 80 * np.cos(np.radians(degrees)), 150 + 80 * np.sin(np.radians(degrees))
        stroke.add(StrokePoint(float(x), float(y)))
    stroke.finish()
    return document


def test_fill_colours_below_the_lines_with_no_pale_seam(ring):
    lines = pixels(ring.snapshot().image(Layer.LINE_ART))

    ring.fill(QPoint(150, 150), QColor("#ff8800"))

    assert np.array_equal(pixels(ring.snapshot().image(Layer.LINE_ART)), lines)
    colors = pixels(ring.snapshot().image(Layer.COLOR))
    assert colors[150, 150].tolist() == [0, 0x88, 0xFF, 255]
    assert colors[150, 50, 3] == 0
    row = pixels(ring.snapshot().flattened())[150, 150:300, 0].astype(int)  # blue: orange has none, nor has black
    assert row[: int(np.argmax(row > 200))].max() < 100


def test_fill_is_one_step_and_beside_the_canvas_none(ring):
    ring.fill(QPoint(150, 150), QColor("red"))
    ring.fill(QPoint(-1, 500), QColor("red"))

    assert len(ring.undo_stack.done) == 2
    ring.undo()
    assert ring.is_empty(Layer.COLOR)


def test_fill_heeds_only_the_layers_that_are_seen(ring):
    ring.set_visible(Layer.LINE_ART, False)

    ring.fill(QPoint(150, 150), QColor("red"))

    assert (pixels(ring.snapshot().image(Layer.COLOR))[:, :, 3] == 255).all()


def test_fill_of_the_largest_canvas_reaches_every_pixel(qapp):
    document = Document(QSize(2048, 2048))

    document.fill(QPoint(1000, 1000), QColor("#123456"))

    assert (pixels(document.snapshot().image(Layer.COLOR)) == [0x56, 0x34, 0x12, 255]).all()
