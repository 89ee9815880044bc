import colorsys

import numpy as np
import pytest

from tests.tools.starter.conftest import needs_font
from tools.starter.scenes import (
    BACKGROUNDS,
    GRID,
    HELD_OUT_BACKGROUNDS,
    SIZE_PX,
    Thing,
    _hue,
    glyph,
    render,
    tinted,
)
from tools.starter.world import KINDS, NATURAL_COLOURS, TINTS, is_held_out

pytestmark = needs_font


def scenes(number, split="train", **options):
    rng = np.random.default_rng(3)
    return [render(rng, split, **options) for _ in range(number)]


def test_the_same_seed_gives_the_same_scenes():
    for first, again in zip(scenes(5), scenes(5), strict=True):
        np.testing.assert_array_equal(first.pixels, again.pixels)
        assert first.things == again.things


def test_other_seeds_give_other_scenes():
    first, second = (render(np.random.default_rng(seed)) for seed in (1, 2))

    assert (first.pixels != second.pixels).any()


def test_scenes_have_one_to_five_things_inside_the_frame():
    seen = scenes(200)

    assert {len(scene.things) for scene in seen} == {1, 2, 3, 4, 5}
    for scene in seen:
        assert scene.pixels.shape == (SIZE_PX, SIZE_PX, 3)
        for thing in scene.things:
            assert 0 <= thing.left < thing.right <= 1
            assert 0 <= thing.top < thing.bottom <= 1


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_glyph_has_a_picture(kind):
    for character in kind.glyphs:
        rgba = glyph(character)

        assert (rgba[..., 3] > 0.5).mean() > 0.08
        assert np.ptp(rgba[..., :3]) > 0.2  # the outline of a missing glyph has no colours and covers less


def test_no_two_glyphs_look_the_same():
    pictures = [glyph(character).tobytes() for kind in KINDS for character in kind.glyphs]

    assert len(set(pictures)) == len(pictures)


@pytest.mark.parametrize("count", [1, 3, 5])
def test_cells_show_things_where_their_boxes_are(count):
    for scene in scenes(30, count=count):
        for slot, thing in enumerate(scene.things, start=1):
            rows, columns = np.nonzero(scene.slots == slot)

            assert len(rows), "a thing is seen in no cell"
            assert (columns + 1 > thing.left * GRID).all()
            assert (columns < thing.right * GRID).all()
            assert (rows + 1 > thing.top * GRID).all()
            assert (rows < thing.bottom * GRID).all()


def test_a_box_holds_what_differs_from_the_background():
    inside, outside = [], []
    for scene in scenes(150, count=1):
        (thing,) = scene.things
        edges = np.abs(np.diff(scene.pixels.astype(int), axis=1)).sum(axis=-1)
        rows = slice(round(thing.top * SIZE_PX), round(thing.bottom * SIZE_PX))
        columns = slice(round(thing.left * SIZE_PX), round(thing.right * SIZE_PX))
        inside.append(edges[rows, columns].mean())
        mask = np.ones_like(edges, bool)
        mask[rows, columns] = False
        outside.append(edges[mask].mean())

    assert np.mean(np.array(inside) > np.array(outside)) > 0.8


def test_a_tint_is_the_colour_that_is_seen():
    for tint in TINTS:
        hue = (tint.first_hue + tint.last_hue) / 2
        for character in "🐈🚗🏠🎈":
            rgba = tinted(glyph(character), tint, hue)
            red, green, blue = rgba[..., :3].sum(axis=(0, 1)) / rgba[..., 3].sum()
            seen, saturation, _ = colorsys.rgb_to_hsv(red, green, blue)

            assert abs((seen * 360 - hue + 180) % 360 - 180) < 12
            assert saturation > 0.3


def test_natural_colours_fit_the_pixels():
    hues = {"red": (340, 380), "orange": (10, 48), "yellow": (30, 65), "green": (60, 175), "blue": (175, 260)}
    hues |= {"purple": (250, 310), "pink": (300, 390)}
    for character, colour in NATURAL_COLOURS.items():
        if colour in hues:
            first, last = hues[colour]
            rgba = glyph(character)
            pixels = rgba[rgba[..., 3] > 0.9][:, :3]
            hsv = np.array([colorsys.rgb_to_hsv(*pixel) for pixel in pixels[::7]])
            hue = 360 * hsv[hsv[:, 1] > 0.12, 0]
            fits = ((hue - first) % 360 <= last - first).sum() / len(hsv)

            assert fits > 0.19, f"{character} is called {colour}"


def test_training_shows_nothing_that_is_held_out():
    seen = scenes(600)

    assert {scene.background for scene in seen} <= set(BACKGROUNDS)
    tints = {tint.colour for tint in TINTS}
    natural = {(kind.name, NATURAL_COLOURS.get(character)) for kind in KINDS for character in kind.glyphs}
    for scene in seen:
        for thing in scene.things:
            if thing.colour in tints and (thing.name, thing.colour) not in natural:
                assert not is_held_out(thing.name, thing.colour)


def test_held_out_scenes_have_their_own_backgrounds_and_combinations():
    seen = scenes(200, "held_out")
    combinations = {(thing.name, thing.colour) for scene in seen for thing in scene.things if thing.colour}

    assert {scene.background for scene in seen} == set(HELD_OUT_BACKGROUNDS)
    assert sum(is_held_out(*combination) for combination in combinations) > 40


@pytest.mark.parametrize("tint", TINTS, ids=lambda tint: tint.colour)
def test_hues_of_the_splits_do_not_meet(tint):
    rng = np.random.default_rng(0)
    first, last = tint.held_out
    trained = np.array([_hue(rng, tint, "train") for _ in range(2000)])
    held_out = np.array([_hue(rng, tint, "held_out") for _ in range(2000)])

    assert not ((trained > first) & (trained < last)).any()
    assert ((held_out >= first) & (held_out <= last)).all()
    assert trained.min() < first < last < trained.max() <= tint.last_hue


def test_a_place_is_the_ninth_of_the_centre():
    assert Thing("cat", None, 0.0, 0.0, 0.2, 0.2).place == "top left"
    assert Thing("cat", None, 0.4, 0.4, 0.6, 0.6).place == "center"
    assert Thing("cat", None, 0.4, 0.7, 0.6, 1.0).place == "bottom"
    assert not Thing("cat", None, 0.2, 0.4, 0.46, 0.6).is_place_clear
