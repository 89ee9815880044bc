from itertools import pairwise

import cv2
import numpy as np
import pytest

from benchmarks.edges import f1
from tests.tools.starter.conftest import needs_font
from tools.starter.drawing_pool import LATENT_SHAPE, POSED_EVERY, DrawingPool
from tools.starter.drawings import SIZE_PX, canny, draw, ink, prompt

pytestmark = needs_font


def rng(seed=0):
    return np.random.default_rng(seed)


def edges(pixels):
    return cv2.Canny(pixels, 60, 150) > 0


def extent(mask):
    rows, columns = np.nonzero(mask)
    return float(rows.min() + rows.max()) / 2, float(columns.min() + columns.max()) / 2


def test_the_same_seed_draws_the_same():
    first, second = draw(rng(4)), draw(rng(4))

    assert np.array_equal(first.pixels, second.pixels)
    assert np.array_equal(first.sketch, second.sketch)
    assert first.prompt == second.prompt


def test_a_careful_sketch_lies_on_the_edges_and_a_quick_one_near_them():
    careful = [f1(edges(d.pixels), d.sketch > 128) for d in (draw(rng(i), roughness=0) for i in range(20))]
    quick = [f1(edges(d.pixels), d.sketch > 128) for d in (draw(rng(i), roughness=8) for i in range(20))]

    assert np.mean(careful) > 0.75
    assert np.mean(quick) < np.mean(careful) - 0.1


def test_a_sketch_of_another_drawing_does_not_lie_on_its_edges():
    drawings = [draw(rng(i), roughness=0) for i in range(20)]

    found = [f1(edges(a.pixels), b.sketch > 128) for a, b in pairwise(drawings)]

    assert np.mean(found) < 0.45


def test_a_posed_thing_is_large_and_in_the_middle():
    for i in range(20):
        row, column = extent(draw(rng(i), is_posed=True, roughness=0).sketch > 0)

        assert abs(row - SIZE_PX / 2) < 0.15 * SIZE_PX
        assert abs(column - SIZE_PX / 2) < 0.15 * SIZE_PX


def test_a_named_thing_is_drawn_and_asked_for():
    drawing = draw(rng(1), name="scissors")

    assert drawing.name == "scissors"
    assert "scissors" in drawing.prompt


@pytest.mark.parametrize("seed", range(5))
def test_a_prompt_says_the_thing_its_colour_and_a_white_background_only_where_it_is(seed):
    asked = [prompt(rng(seed * 100 + i), "banana", "red", is_white=i % 2 == 0) for i in range(30)]

    assert all("red banana" in text for text in asked)
    assert any("white" in text for text in asked[::2])
    assert not any("white" in text for text in asked[1::2])


def test_ink_is_as_wide_as_the_pen():
    line = [np.float32([[20, SIZE_PX / 2], [SIZE_PX - 20, SIZE_PX / 2]])]

    thin, wide = (ink(line, width) for width in (2, 6))

    assert thin.shape == (SIZE_PX, SIZE_PX)
    assert 1.5 < wide.sum() / thin.sum() < 4


def test_canny_finds_edges_white_on_black():
    found = canny(rng(), draw(rng(2), roughness=0).pixels)

    assert set(np.unique(found)) == {0, 255}
    assert found.mean() < 90


def test_a_pool_has_what_was_drawn_and_every_third_is_posed(tmp_path):
    pool = DrawingPool.open(tmp_path, drawings=4)
    pool.fill(seed=9)

    again = DrawingPool.open(tmp_path, drawings=4)

    drawing = draw(np.random.default_rng((9, 3)), is_posed=3 % POSED_EVERY == 0)
    assert again.ready == 4
    assert np.array_equal(again.pixels[3], drawing.pixels)
    assert np.array_equal(again.sketches[3], drawing.sketch)
    assert again.prompts[3].decode() == drawing.prompt


def test_several_processes_draw_the_same(tmp_path):
    alone, together = (DrawingPool.open(tmp_path / name, drawings=3) for name in ("alone", "together"))

    alone.fill()
    together.fill(processes=2)

    assert together.ready == 3
    assert np.array_equal(alone.pixels, together.pixels)


def test_a_pool_encodes_each_drawing_once(tmp_path):
    pool = DrawingPool.open(tmp_path, drawings=4)
    pool.fill()
    pool.is_encoded[1] = True
    encoded = []

    def encode(pixels):
        encoded.append(len(pixels))
        return np.broadcast_to(pixels.mean(axis=(1, 2, 3))[:, None, None, None], (len(pixels), *LATENT_SHAPE))

    pool.encode(encode)
    pool.encode(encode)

    assert encoded == [3]
    assert pool.latents[1].max() == 0
    assert pool.latents[2].mean() == pytest.approx(pool.pixels[2].mean(), rel=1e-3)
