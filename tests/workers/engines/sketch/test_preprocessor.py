"""Depth, poses and areas with tiny models of the real classes: what they estimate is drawn as ControlNets know it."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.workers.engines.sketch.conftest import lively
from workers.engine_process import EngineThread
from workers.engines.base import EngineSpec
from workers.engines.sketch.preprocessor import ADE_PALETTE, Preprocessor, ade_colours, draw_pose
from workers.errors import Cancelled, EngineError, ModelBroken
from workers.pictures import picture_of
from workers.results import ControlRequest

NOISE = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)


def save_depth(folder: Path) -> Path:
    from transformers import DepthAnythingConfig, DepthAnythingForDepthEstimation, Dinov2Config, DPTImageProcessor

    backbone = Dinov2Config(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, image_size=28, patch_size=14,
        out_features=["stage1", "stage2"], reshape_hidden_states=False, apply_layernorm=True,
    )  # fmt: skip
    config = DepthAnythingConfig(
        backbone_config=backbone, reassemble_hidden_size=16, patch_size=14, reassemble_factors=[1, 0.5],
        neck_hidden_sizes=[8, 8], fusion_hidden_size=8, head_hidden_size=8,
    )  # fmt: skip
    lively(DepthAnythingForDepthEstimation(config)).save_pretrained(folder)
    DPTImageProcessor(size={"height": 28, "width": 28}, ensure_multiple_of=14).save_pretrained(folder)
    return folder


def save_pose(folder: Path) -> Path:
    from transformers import VitPoseBackboneConfig, VitPoseConfig, VitPoseForPoseEstimation, VitPoseImageProcessor

    backbone = VitPoseBackboneConfig(
        image_size=[32, 32], patch_size=[8, 8], hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        out_features=["stage2"],
    )  # fmt: skip
    labels = {number: f"point {number}" for number in range(17)}
    config = VitPoseConfig(backbone_config=backbone, id2label=labels, use_simple_decoder=True)
    lively(VitPoseForPoseEstimation(config)).save_pretrained(folder)
    VitPoseImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


def save_areas(folder: Path) -> Path:
    from transformers import SegformerConfig, SegformerForSemanticSegmentation, SegformerImageProcessor

    config = SegformerConfig(
        depths=[1, 1, 1, 1], hidden_sizes=[8, 8, 8, 8], num_attention_heads=[1, 1, 1, 1], decoder_hidden_size=16,
        num_labels=150,
    )  # fmt: skip
    lively(SegformerForSemanticSegmentation(config)).save_pretrained(folder)
    SegformerImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


SAVE = {"depth": save_depth, "pose": save_pose, "seg": save_areas}


@pytest.fixture(scope="module")
def estimator(tmp_path_factory):
    loaded = {}

    def make(kind: str) -> EngineThread:
        if kind not in loaded:
            folder = SAVE[kind](tmp_path_factory.mktemp("models") / kind)
            loaded[kind] = EngineThread(EngineSpec.of(Preprocessor, kind, folder))
            loaded[kind].load(lambda *_: None)
        return loaded[kind]

    return make


@pytest.mark.parametrize("size", [(40, 60), (1, 1), (300, 4)])
@pytest.mark.parametrize("kind", SAVE)
def test_a_picture_of_any_size_gives_a_map_of_its_size(kind, size, estimator):
    picture = picture_of(np.resize(NOISE, (*size, 3)))

    (found,) = estimator(kind).run(ControlRequest(kind, picture))

    assert found.kind == kind
    assert found.pixels.shape == (*size, 3)
    assert found.pixels.dtype == np.uint8


def test_the_nearest_is_white_and_the_farthest_black(estimator):
    (found,) = estimator("depth").run(ControlRequest("depth", picture_of(NOISE)))

    assert (found.pixels.min(), found.pixels.max()) == (0, 255)
    assert (found.pixels[..., 0] == found.pixels[..., 2]).all()


def test_metres_are_turned_round(estimator, monkeypatch):
    (near,) = estimator("depth").run(ControlRequest("depth", picture_of(NOISE)))
    monkeypatch.setattr(estimator("depth")._engine._model.config, "depth_estimation_type", "metric")

    (far,) = estimator("depth").run(ControlRequest("depth", picture_of(NOISE)))

    assert np.abs(near.pixels.astype(int) + far.pixels - 255).max() <= 1


def test_areas_have_colours_of_the_palette(estimator):
    (found,) = estimator("seg").run(ControlRequest("seg", picture_of(NOISE)))

    palette = {tuple(colour) for colour in np.frombuffer(ADE_PALETTE, np.uint8).reshape(-1, 3).tolist()}
    assert {tuple(colour) for colour in found.pixels.reshape(-1, 3).tolist()} <= palette


def test_the_palette_has_the_colours_of_ade20k():
    colours = ade_colours(np.array([[0, 2, 12, 149, 150]]))[0].tolist()

    assert colours == [[120, 120, 120], [6, 230, 230], [150, 5, 61], [92, 0, 255], [0, 0, 0]]  # wall, sky, person, flag


@pytest.mark.parametrize("kind", SAVE)
def test_what_was_cancelled_gives_nothing(kind, estimator):
    with pytest.raises(Cancelled):
        list(estimator(kind).run(ControlRequest(kind, picture_of(NOISE)), lambda: True))


def test_another_kind_than_its_own_is_told(estimator):
    with pytest.raises(EngineError, match="estimates 'depth', not 'pose'"):
        list(estimator("depth").run(ControlRequest("pose", picture_of(NOISE))))


def test_a_model_of_another_kind_is_told(tmp_path):
    (tmp_path / "config.json").write_text('{"architectures": ["BertModel"]}')

    with pytest.raises(ModelBroken, match="neither depth"):
        EngineThread(EngineSpec.of(Preprocessor, "bert", tmp_path)).load(lambda *_: None)


# ── the skeleton ─────────────────────────────────────────────────────────────────────────────────────────────────────

STANDING = np.array(
    [
        [50, 10], [52, 8], [48, 8], [54, 9], [46, 9], [60, 25], [40, 25], [66, 40], [34, 40], [68, 55], [32, 55],
        [56, 55], [44, 55], [56, 75], [44, 75], [56, 95], [44, 95],
    ],
    np.float32,
)  # fmt: skip


def test_a_skeleton_has_openposes_colours_at_its_points():
    pixels = draw_pose([(STANDING, np.ones(17, np.float32))], (100, 100))

    assert pixels[10, 50].tolist() == [255, 0, 0]  # the nose
    assert pixels[25, 50].tolist() == [255, 85, 0]  # the neck, between the shoulders
    assert pixels[55, 32].tolist() == [170, 255, 0]  # the right wrist
    assert pixels[55, 68].tolist() == [0, 255, 85]  # the left wrist
    assert pixels[0, 0].tolist() == [0, 0, 0]


def test_limbs_join_points_that_are_seen():
    confidences = np.ones(17, np.float32)
    whole = draw_pose([(STANDING, confidences)], (100, 100))
    confidences[10] = 0.1  # the right wrist

    without = draw_pose([(STANDING, confidences)], (100, 100))

    assert whole[48, 33].any()  # the forearm
    assert not without[48, 33].any()
    assert (whole[:, 50:] == without[:, 50:]).all()


def test_nobody_is_black():
    assert not draw_pose([], (20, 30)).any()
    assert not draw_pose([(STANDING, np.zeros(17, np.float32))], (100, 100)).any()


def test_a_point_is_drawn_where_it_is_in_the_picture(estimator, monkeypatch):
    """The picture is fitted into what the model sees with a margin, and the way back undoes that."""
    model = estimator("pose")._engine._model
    shown, size = [], (400, 300)

    def forward(pixel_values):
        shown.append(pixel_values)
        bright = pixel_values[0].mean(0)
        heat = torch.nn.functional.adaptive_max_pool2d(bright[None], (16, 16))[0]
        return type("Output", (), {"heatmaps": torch.stack([heat - heat.max() + 1] * 17)[None]})

    monkeypatch.setattr(model, "forward", forward)
    picture = np.zeros((*size, 3), np.uint8)
    picture[90:130, 190:230] = 255

    (found,) = estimator("pose").run(ControlRequest("pose", picture_of(picture)))

    assert shown[0].shape == (1, 3, 32, 32)
    y, x = np.argwhere(found.pixels.any(axis=2)).mean(axis=0)
    assert abs(y - 110) < 400 / 16
    assert abs(x - 210) < 400 / 16
