import numpy as np
import pytest
import torch

from tests.tools.starter.test_texts import CAR, CAT, PANTS
from tools.starter import train_blip_caption, train_blip_vqa, train_clip
from tools.starter.pool import ROW, Pool, row_of, things_of
from tools.starter.scenes import GRID, SIZE_PX, Scene
from tools.starter.tokenizer import blip_tokenizer, clip_tokenizer
from tools.starter.tower import into_blip, into_clip
from tools.starter.train_vit import VitWithPatchHeads, patch_targets, scene_targets
from tools.starter.training import count_parameters
from tools.starter.world import COLOURS, NAMES


@pytest.fixture(scope="module")
def vit():
    torch.manual_seed(0)
    model = VitWithPatchHeads().eval()
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):  # zero at first, so that a forgotten one would not be noticed
            torch.nn.init.normal_(parameter, std=0.1)
    return model


@pytest.fixture(scope="module")
def pixels():
    return torch.rand(3, 3, SIZE_PX, SIZE_PX, generator=torch.Generator().manual_seed(1)) * 2 - 1


@pytest.fixture
def row():
    slots = np.zeros((GRID, GRID), np.uint8)
    slots[0, 0], slots[7, 3] = 1, 2
    return row_of(Scene(np.zeros((SIZE_PX, SIZE_PX, 3), np.uint8), (CAT, PANTS), slots, "plain"))


@torch.inference_mode()
def test_a_tower_does_the_same_in_blip(vit, pixels, tmp_path):
    blip = train_blip_vqa.new_model(blip_tokenizer(tmp_path, length=40)).eval()
    into_blip(vit.vit, blip.vision_model)

    seen = blip.vision_model(pixel_values=pixels).last_hidden_state

    torch.testing.assert_close(seen, vit.vit.vit(pixel_values=pixels).last_hidden_state, atol=1e-3, rtol=1e-3)


@torch.inference_mode()
def test_a_tower_does_the_same_in_clip_but_for_its_first_norm(vit, pixels, tmp_path):
    whole = train_clip.new_model(clip_tokenizer(tmp_path)).eval()
    into_clip(vit.vit, whole, pixels)
    clip = whole.vision_model
    tokens = clip.embeddings(pixels)

    torch.testing.assert_close(tokens, vit.vit.vit.embeddings(pixels), atol=1e-5, rtol=1e-5)
    seen = clip.post_layernorm(clip.encoder(inputs_embeds=tokens).last_hidden_state)
    torch.testing.assert_close(seen, vit.vit.vit(pixel_values=pixels).last_hidden_state, atol=1e-3, rtol=1e-3)


def test_models_are_as_small_as_they_must_be(vit, tmp_path):
    blip = blip_tokenizer(tmp_path, length=40)

    assert count_parameters(vit.vit) <= 1_000_000
    assert count_parameters(train_clip.new_model(clip_tokenizer(tmp_path))) <= 2_500_000
    assert count_parameters(train_blip_vqa.new_model(blip)) <= 3_000_000
    assert count_parameters(train_blip_caption.new_model(blip)) <= 3_000_000


def test_a_scene_comes_back_from_its_row(row):
    back = things_of(row)

    assert [(thing.name, thing.colour, thing.place) for thing in back] == [
        ("cat", "red", "top left"),
        ("pants", "green", "bottom"),
    ]


def test_patches_are_taught_what_is_in_them(row):
    names, colours = patch_targets(np.array([row], ROW))

    assert names[0, 0] == NAMES.index("cat")
    assert colours[0, 0] == COLOURS.index("red")
    assert names[0, 7 * GRID + 3] == NAMES.index("pants")
    assert (names == len(NAMES)).sum() == (colours == -1).sum() == GRID * GRID - 2


def test_scenes_share_their_probability(row):
    (targets,) = scene_targets(np.array([row], ROW))

    assert targets.sum() == 1
    assert targets[NAMES.index("cat")] == targets[NAMES.index("pants")] == 0.5


def test_a_pool_is_filled_and_read_again(tmp_path, monkeypatch):
    made = []

    def render(rng):
        made.append(rng)
        return Scene(np.full((SIZE_PX, SIZE_PX, 3), len(made), np.uint8), (CAR,), np.ones((GRID, GRID), np.uint8), "")

    monkeypatch.setattr("tools.starter.pool.render", render)
    monkeypatch.setattr("tools.starter.pool.BATCH", 2)
    Pool.open(tmp_path, scenes=5).fill()
    pool = Pool.open(tmp_path, scenes=5)
    pool.fill()

    assert pool.ready == len(made) == 5
    assert [int(picture[0, 0, 0]) for picture in pool.pixels] == [1, 2, 3, 4, 5]
    assert things_of(pool.rows[4])[0].name == "car"


def test_captions_are_scored_by_things_and_colours():
    scenes = [(CAT, CAR)]

    perfect = train_blip_caption.score(["a red cat in the top left and a blue car on the right"], scenes)
    half = train_blip_caption.score(["a green cat and a dog"], scenes)

    assert (perfect.object_f1, perfect.colours_right) == (1, 1)
    assert (half.object_f1, half.colours_right) == (0.5, 0)
