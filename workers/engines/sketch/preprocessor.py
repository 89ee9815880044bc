"""Pictures to depth, poses and areas, as ControlNets for these were trained, with models that estimate them.

Depth: any of transformers' depth estimators, such as Depth Anything V2 small (Apache-2.0), Yang et al. 2024, arXiv
2406.09414. Pose: ViTPose (Apache-2.0), Xu et al. 2022, arXiv 2204.12484, drawn as OpenPose draws it; it sees one person
who fills the picture. Areas: any semantic segmentation with the 150 classes of ADE20K, such as UperNet (MIT), Xiao et
al. 2018, arXiv 1807.10221. Lines need no model: `line_maps`.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from workers.engines.base import EngineInfo, EngineOptions, OnProgress
from workers.engines.devices import DeviceChoice, torch_device, torch_dtype
from workers.engines.transformers_models import config_of, load_errors, load_model, run_errors
from workers.errors import Cancelled, EngineError, ModelBroken
from workers.pictures import frame_of
from workers.results import ControlKind, ControlMap, ControlRequest, Frame

log = logging.getLogger(__name__)

KIND_OF_ENDING: dict[str, tuple[ControlKind, str]] = {
    "ForDepthEstimation": ("depth", "AutoModelForDepthEstimation"),
    "VitPoseForPoseEstimation": ("pose", "VitPoseForPoseEstimation"),
    "ForSemanticSegmentation": ("seg", "AutoModelForSemanticSegmentation"),
}
"""By how the name of its class ends: what a model estimates, and the class of transformers that loads it."""

METRIC = {"zoedepth", "depth_pro"}  # they say how far, in metres, where others say how near

ADE_PALETTE = bytes.fromhex(
    "787878b4787806e6e650323204c8037878508c8c8ccc05ffe6e6e604fa07e005ffebff0796053d78784608ff33ff06528fff8cccff04"
    "ff3307cc46030066c83de6faff06330b66ffff0747ff09e00907e6dcdcdcff095c7009ff08ffd607ffe0ffb8060aff47ff290a07ffff"
    "e0ff086608ffff3d06ffc207ff7a0800ff14ff0829ff05990633ffeb0cffa0961400a3ff8c8c8cfa0a0f14ff001fff00ff1f00ffe000"
    "99ff000000ffff470000ebff00adff1f00ff0bc8c8ff520000fff5003dff00ff7000ff85ff0000ffa300ff6600c2ff00008fff33ff00"
    "0052ff00ff2900ffad0a00ffadff0000ff99ff5c00ff00ffff00f5ff0066ffad00ff0014ffb8b8001fff00ff3d0047ffff00cc00ffc2"
    "00ff52000aff0070ff3300ff00c2ff007aff00ffa3ff990000ff0aff70008fff005200ffa3ff00ffeb0008b8aa8500ff00ff5cb800ff"
    "ff001f00b8ff00d6ffff00705cff0000e0ff70e0ff46b8a0a300ff9900ff47ff00ff00a3ffcc00ff008f00ffeb85ff00ff00ebf500ff"
    "ff007afff5000abed4d6ff0000ccff1400ffffff000099ff0029ff00ffcc2900ff29ff00ad00ff00f5ff4700ff7a00ff00ffb8005cff"
    "b8ff000085ffffd60019c2c266ff005c00ff"
)

# OpenPose's 18 points, by COCO's 17: the neck is the middle of the shoulders.
NECK = -1
COCO_OF_OPENPOSE = (0, NECK, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3)
LIMBS = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13), (1, 0),
    (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
COLOURS = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0), (0, 255, 0), (0, 255, 85),
    (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255), (0, 0, 255), (85, 0, 255), (170, 0, 255), (255, 0, 255),
    (255, 0, 170), (255, 0, 85),
)  # fmt: skip
POSE_MARGIN = 1.25  # how much larger than a person what ViTPose was trained on is
LEAST_CONFIDENCE = 0.3  # of a point that is drawn
LIMB_SHARE = 4 / 512  # half the width of a limb, of the picture's short side
LIMB_LIGHT = 0.6  # limbs are darker than the points that they join


class PreprocessorOptions(EngineOptions):
    device: DeviceChoice = Field("auto", title="Device", description="Where to compute: a GPU if there is one.")
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        "auto", title="Number format", description="float16 is fastest on a GPU, float32 on a processor."
    )


class Preprocessor:
    """Answers a ControlRequest of the one kind that its model estimates with a ControlMap."""

    info: ClassVar[EngineInfo] = EngineInfo(
        name="preprocessor",
        title="Depth, poses and areas",
        tasks=("depth", "pose", "seg"),
        options=PreprocessorOptions,
    )

    def __init__(self, model: Path, options: PreprocessorOptions) -> None:
        self._folder = model
        self._options = options
        self._model: Any = None
        self.device = ""

    def load(self, on_progress: OnProgress) -> None:
        on_progress(0.0, "Loading an estimator")
        started = time.perf_counter()
        with load_errors(self._folder):
            device = self.device = torch_device(self._options.device)
            self._dtype = torch_dtype(device, self._options.dtype)
            self._kind, class_name = self._what_it_is()
            self._model = load_model(class_name, self._folder, device=device, dtype=self._dtype)
            from transformers import AutoImageProcessor

            self._pictures = AutoImageProcessor.from_pretrained(self._folder, local_files_only=True)
        on_progress(1.0, "The estimator is ready")
        log.info("loaded %s on %s in %.1f s", self._folder.name, device, time.perf_counter() - started)

    def unload(self) -> None:
        self._model = None

    def run(self, request: ControlRequest, cancelled: Callable[[], bool]) -> Iterator[ControlMap]:
        import torch

        if request.kind != self._kind:
            raise EngineError(
                "The model in '{folder}' estimates '{kind}', not '{wanted}'.",
                hint="Choose another model.",
                folder=self._folder,
                kind=self._kind,
                wanted=request.kind,
            )
        image = frame_of(request.image)
        if cancelled():
            raise Cancelled
        with run_errors(self._folder), torch.inference_mode():
            match self._kind:
                case "depth":
                    pixels = self._depth(image)
                case "pose":
                    pixels = self._pose(image)
                case _:
                    pixels = self._areas(image)
        if cancelled():
            raise Cancelled
        yield ControlMap(request.kind, pixels)

    def _what_it_is(self) -> tuple[ControlKind, str]:
        architecture = str((config_of(self._folder).get("architectures") or [""])[0])
        for ending, kind in KIND_OF_ENDING.items():
            if architecture.endswith(ending):
                return kind
        if self._folder.is_dir():
            raise ModelBroken(
                "The model in '{folder}' estimates neither depth, nor poses, nor areas.",
                hint="Choose another model.",
                folder=self._folder,
            )
        return "depth", KIND_OF_ENDING["ForDepthEstimation"][1]  # it is missing, which loading tells

    def _inputs(self, image: Frame, **options: Any) -> Any:
        inputs = self._pictures(images=image, return_tensors="pt", input_data_format="channels_last", **options)
        return inputs.to(self._model.device, self._dtype)

    def _depth(self, image: Frame) -> Frame:
        """Near is white and far is black, (H, W, 3)."""
        import torch

        predicted = self._model(**self._inputs(image)).predicted_depth[:, None].float()  # (1, 1, h, w)
        depth = torch.nn.functional.interpolate(predicted, size=image.shape[:2], mode="bicubic", align_corners=False)
        values = depth[0, 0].cpu().numpy()
        config = self._model.config
        if config.model_type in METRIC or getattr(config, "depth_estimation_type", "") == "metric":
            values = -values
        spread = max(float(values.max() - values.min()), 1e-6)
        grey = np.rint((values - values.min()) / spread * 255).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=2)

    def _pose(self, image: Frame) -> Frame:
        """A skeleton in OpenPose's colours on black, (H, W, 3)."""
        import cv2
        import torch

        height, width = self._pictures.size["height"], self._pictures.size["width"]
        # The whole picture, in the middle of what the model sees, with the margin that it was trained with.
        scale = min(width / image.shape[1], height / image.shape[0]) / POSE_MARGIN
        to_input = np.array(
            [[scale, 0, (width - image.shape[1] * scale) / 2], [0, scale, (height - image.shape[0] * scale) / 2]]
        )
        seen = np.asarray(cv2.warpAffine(image, to_input, (width, height), flags=cv2.INTER_LINEAR), np.float32) / 255
        seen = (seen - np.float32(self._pictures.image_mean)) / np.float32(self._pictures.image_std)
        pixels = torch.from_numpy(seen.transpose(2, 0, 1)[None].copy()).to(self._model.device, self._dtype)
        heatmaps = self._model(pixel_values=pixels).heatmaps[0].float().cpu().numpy()  # (17, h, w)
        rows, columns = np.divmod(heatmaps.reshape(len(heatmaps), -1).argmax(1), heatmaps.shape[2])
        cell = np.array([width / heatmaps.shape[2], height / heatmaps.shape[1]])
        places = (np.stack([columns, rows], axis=1) + 0.5) * cell  # in pixels of what the model sees
        places = (places - to_input[:, 2]) / scale
        return draw_pose([(places, heatmaps.max(axis=(1, 2)))], image.shape[:2])

    def _areas(self, image: Frame) -> Frame:
        """Each class in its colour of ADE20K, (H, W, 3)."""
        import torch

        logits = self._model(**self._inputs(image)).logits.float()  # (1, classes, h, w)
        logits = torch.nn.functional.interpolate(logits, size=image.shape[:2], mode="bilinear", align_corners=False)
        return ade_colours(logits[0].argmax(0).cpu().numpy())


def ade_colours(classes: NDArray[np.integer[Any]]) -> Frame:
    """Numbers of classes, (H, W), as the colours that a ControlNet for areas knows; what ADE20K lacks is black."""
    palette = np.frombuffer(ADE_PALETTE, np.uint8).reshape(-1, 3)
    palette = np.vstack([palette, np.zeros((1, 3), np.uint8)])
    return np.ascontiguousarray(palette[np.where(classes < len(palette), classes, -1)])


def draw_pose(
    people: list[tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]], size: tuple[int, int]
) -> Frame:
    """COCO's points of people, (17, 2) in pixels and (17,) of confidence, as skeletons on black, (H, W, 3)."""
    import cv2

    height, width = size
    limbs, points = np.zeros((height, width, 3), np.uint8), []
    half_width = max(1, round(min(size) * LIMB_SHARE))
    for places, confidences in people:
        body = _openpose(places, confidences)
        for colour, (first, second) in zip(COLOURS, LIMBS, strict=False):
            if body[first] is None or body[second] is None:
                continue
            (x1, y1), (x2, y2) = body[first], body[second]  # type: ignore[misc]
            middle = round((x1 + x2) / 2), round((y1 + y2) / 2)
            axes = round(math.hypot(x2 - x1, y2 - y1) / 2), half_width
            limb = cv2.ellipse2Poly(middle, axes, round(math.degrees(math.atan2(y2 - y1, x2 - x1))), 0, 360, 1)
            cv2.fillConvexPoly(limbs, limb, tuple(int(value * LIMB_LIGHT) for value in colour))
        points += [(colour, point) for colour, point in zip(COLOURS, body, strict=True) if point is not None]
    for colour, (x, y) in points:
        cv2.circle(limbs, (round(x), round(y)), half_width, colour, -1)
    return limbs


def _openpose(places: NDArray[np.float32], confidences: NDArray[np.float32]) -> list[tuple[float, float] | None]:
    """The 18 points of OpenPose; None for those that are not seen."""

    def point(coco: int) -> tuple[float, float] | None:
        return (float(places[coco, 0]), float(places[coco, 1])) if confidences[coco] >= LEAST_CONFIDENCE else None

    left, right = point(5), point(6)
    neck = None if left is None or right is None else ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
    return [neck if coco == NECK else point(coco) for coco in COCO_OF_OPENPOSE]
