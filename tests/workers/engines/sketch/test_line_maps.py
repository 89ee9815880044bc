"""Lines are light on black whatever they were drawn with, on whatever, in whatever light."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from tests.workers.engines.sketch.conftest import boat
from workers.engines.sketch.line_maps import has_dark_ink, is_drawing, line_map, lines_on_black

SIZE = (240, 200)
LINES = np.asarray(boat(SIZE))[..., 0] < 128  # (H, W): where the ink is
rng = np.random.default_rng(1)


def opaque(pixels) -> np.ndarray:
    pixels = np.asarray(pixels, np.uint8)
    pixels = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)
    return np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])


def see_through(ink: int) -> np.ndarray:
    return np.dstack([np.full((*LINES.shape, 3), ink, np.uint8), np.where(LINES, 255, 0).astype(np.uint8)])


def on_paper(*, ink: float = 40, light: float = 0.5, noise: float = 4) -> np.ndarray:
    """A photograph of a drawing: paper in a light that fades towards a corner, with grain and soft lines."""
    height, width = LINES.shape
    fade = 1 - light * (np.linspace(0, 1, height)[:, None] + np.linspace(0, 1, width)) / 2
    soft = np.asarray(Image.fromarray(np.where(LINES, 255, 0).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.7)))
    paper = (225 - (225 - ink) * (soft / 255)) * fade
    return opaque(np.clip(paper + rng.normal(0, noise, paper.shape), 0, 255))


DRAWINGS = {
    "black on white": opaque(np.where(LINES, 0, 255)),
    "white on black": opaque(np.where(LINES, 255, 0)),
    "blue on yellow": opaque(np.where(LINES[..., None], [30, 40, 160], [250, 240, 170])),
    "pencil on white": opaque(np.where(LINES, 150, 250)),
    "chalk on a blackboard": opaque(np.where(LINES, 210, 45) + rng.normal(0, 3, LINES.shape)),
    "black on nothing": see_through(0),
    "white on nothing": see_through(255),
    "on paper": on_paper(),
    "on paper in a bad light": on_paper(light=0.7, noise=7),
    "on paper, inverted": np.dstack([255 - on_paper()[..., :3], np.full(LINES.shape, 255, np.uint8)]),
    "in faint pencil": on_paper(ink=150, light=0.3),
}


def agreement(lines: np.ndarray) -> float:
    """How well lines cover what was drawn and nothing else, from 0 to 1."""
    found = lines[..., 0] > 127
    return (found & LINES).sum() / (found | LINES).sum()


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_scribble_is_the_lines_that_were_drawn(name):
    lines = line_map("scribble", DRAWINGS[name])

    assert agreement(lines) > 0.7
    assert set(np.unique(lines)) == {0, 255}
    assert lines[:10].max() == 0


@pytest.mark.parametrize("kind", ["softedge", "canny"])
@pytest.mark.parametrize("name", DRAWINGS)
def test_of_a_drawing_every_kind_of_line_is_its_lines(kind, name):
    assert agreement(line_map(kind, DRAWINGS[name])) > 0.6


@pytest.mark.parametrize("name", DRAWINGS)
def test_as_they_are_drawn_lines_are_lighter_than_their_ground(name):
    lines = lines_on_black(DRAWINGS[name]).mean(axis=2)

    assert lines[LINES].mean() > lines[~LINES].mean() + 50


@pytest.mark.parametrize("name", DRAWINGS)
def test_what_was_turned_once_stays_as_it_is(name):
    once = lines_on_black(DRAWINGS[name])

    np.testing.assert_array_equal(lines_on_black(opaque(once)), once)
    scribble = line_map("scribble", DRAWINGS[name])
    np.testing.assert_array_equal(lines_on_black(opaque(scribble)), scribble)


@pytest.mark.parametrize("name", ["black on white", "white on black", "pencil on white", "on paper"])
@pytest.mark.parametrize("times", [1, 6], ids=["small", "large"])
def test_grey_lines_are_the_same_as_one_channel(name, times):
    rgba = DRAWINGS[name].repeat(times, 0).repeat(times, 1)
    grey = np.ascontiguousarray(rgba[..., 0])

    np.testing.assert_array_equal(lines_on_black(grey), lines_on_black(opaque(grey))[..., 0])
    assert has_dark_ink(grey) == (name != "white on black")


@pytest.mark.parametrize(("grey", "is_paper"), [(255, True), (250, True), (0, False), (10, False)])
def test_nothing_drawn_gives_black(grey, is_paper):
    empty = opaque(np.full((50, 60), grey))

    assert has_dark_ink(empty[..., 0]) == is_paper
    for kind in ("scribble", "softedge", "canny"):
        assert line_map(kind, empty).max() == 0
    assert lines_on_black(empty).max() <= 10


def test_a_sheet_of_nothing_at_all_gives_black():
    assert line_map("scribble", np.zeros((50, 60, 4), np.uint8)).max() == 0
    assert lines_on_black(np.zeros((50, 60, 4), np.uint8)).max() == 0


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (3, 2), (2000, 10)])
def test_a_picture_of_any_size_has_lines_of_its_size(size):
    picture = rng.integers(0, 256, (*size, 4), dtype=np.uint8)

    for kind in ("scribble", "softedge", "canny"):
        assert line_map(kind, picture).shape == (*size, 3)
    assert lines_on_black(picture).shape == (*size, 3)


def test_specks_are_left_out():
    dusty = DRAWINGS["black on white"].copy()
    places = rng.integers(5, 60, (12, 2))
    dusty[places[:, 0], places[:, 1], :3] = 0

    lines = line_map("scribble", dusty)

    assert not lines[places[:, 0], places[:, 1]].any()


# ── photographs ──────────────────────────────────────────────────────────────────────────────────────────────────────


def scene() -> np.ndarray:
    """Something like a photograph: a disc with shades and texture before a background with others."""
    height, width = 200, 240
    y, x = np.mgrid[:height, :width]
    background = 80 + 30 * np.sin(x / 30) + 10 * np.cos(y / 17)
    disc = 190 + 20 * np.sin((x + y) / 12)
    inside = (x - 120) ** 2 + (y - 100) ** 2 < 60**2
    picture = np.where(inside, disc, background) + rng.normal(0, 1.5, (height, width))
    return opaque(np.clip(picture, 0, 255))


def test_a_photograph_is_told_from_a_drawing():
    assert not is_drawing(scene()[..., 0])
    assert is_drawing(np.asarray(boat(SIZE))[..., 0])


@pytest.mark.parametrize("kind", ["scribble", "softedge", "canny"])
def test_of_a_photograph_the_outlines_are_found(kind):
    lines = line_map(kind, scene())[..., 0]
    y, x = np.mgrid[:200, :240]
    distance = np.abs(np.hypot(x - 120, y - 100) - 60)

    assert lines[distance < 2].mean() > 2 * lines[distance > 10].mean()
