"""Pictures of any shape are fitted in: whole, in the middle, never stretched."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.workers.engines.sketch.conftest import boat
from workers.engines.sketch.layout import Layout, check_size
from workers.errors import UsageError

SIDES = st.integers(1, 90)


@given(
    SIDES, SIDES, st.integers(32, 90), st.integers(32, 90), st.sampled_from([4, 8]), st.sampled_from(["black", "edge"])
)
def test_what_is_placed_has_the_computed_size_and_comes_back_as_asked(
    own_width, own_height, width, height, factor, fill
):
    layout = Layout(width, height, factor)

    placed = layout.place(np.full((own_height, own_width, 3), 200, np.uint8), fill=fill)

    assert placed.shape == (*layout.computed_size, 3)
    assert all(side % factor == 0 for side in layout.computed_size)
    assert layout.crop(placed).shape == (height, width, 3)
    assert (placed == 200).all() if fill == "edge" else placed.max() == 200


def test_a_picture_of_the_size_asked_for_is_left_as_it_is():
    pixels = np.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=np.uint8)

    np.testing.assert_array_equal(Layout(96, 64, 8).place(pixels, fill="black"), pixels)


def test_a_circle_stays_a_circle():
    y, x = np.mgrid[:100, :100]
    circle = np.where((x - 50) ** 2 + (y - 50) ** 2 < 40**2, 255, 0).astype(np.uint8)[..., None].repeat(3, axis=2)

    placed = Layout(200, 100, 8).place(circle, fill="black")[:100]

    rows, columns = np.nonzero(placed[..., 0] > 127)
    assert abs(np.ptp(rows) - np.ptp(columns)) <= 1
    assert columns.mean() == pytest.approx(99.5, abs=1)


def test_thin_lines_stay_light_when_they_are_made_much_smaller():
    lines = 255 - np.asarray(boat(768).resize((768, 768)))

    small = Layout(96, 96, 4).place(lines, fill="black", are_lines=True)
    grey = np.asarray(Image.fromarray(lines).resize((96, 96), Image.Resampling.LANCZOS))

    assert np.percentile(small[small > 32], 75) > 240
    assert small.max() > grey.max() - 1
    assert small[0, 0].tolist() == [0, 0, 0]


def test_nothing_stays_nothing():
    empty = np.zeros((500, 500, 3), np.uint8)

    assert Layout(96, 96, 4).place(empty, fill="black", are_lines=True).max() == 0


def test_colours_of_classes_are_not_mixed():
    classes = np.random.default_rng(0).choice([0, 120, 255], (90, 90, 1)).repeat(3, axis=2).astype(np.uint8)

    placed = Layout(64, 64, 8).place(classes, fill="black", has_classes=True)

    assert set(np.unique(placed)) == {0, 120, 255}


@pytest.mark.parametrize("size", [(32, 32), (4096, 32), (2048, 2048), (1024, 4096)])
def test_these_sizes_can_be_drawn(size):
    check_size(*size)


@pytest.mark.parametrize("size", [(1, 1), (31, 512), (0, 0), (-5, 64), (8192, 8192), (4097, 64), (2049, 2048)])
def test_these_cannot(size):
    with pytest.raises(UsageError, match=f"{size[0]} x {size[1]} pixels is too"):
        check_size(*size)
