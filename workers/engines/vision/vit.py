"""Which of the classes that it was trained on a picture shows: ViT, and other image classifiers of transformers.

Paper: Dosovitskiy et al. 2020, "An Image is Worth 16x16 Words", arXiv 2010.11929.
Weights: google/vit-base-patch16-224 (Apache-2.0, the 1,000 classes of ImageNet), the starter of this project (MIT).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from workers.engines.base import EngineInfo, EngineOptions, OnProgress
from workers.engines.devices import DeviceChoice, torch_device
from workers.engines.measured import prepare_torch
from workers.engines.transformers_models import load_errors, load_model, run_errors
from workers.errors import Cancelled
from workers.results import Frame, ImageRequest, LabelScores

log = logging.getLogger(__name__)

AT_ONCE = 16  # pictures; between such lots a request can be cancelled


class VitOptions(EngineOptions):
    device: DeviceChoice = Field("auto", title="Device", description="Where to compute: a GPU if there is one.")
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        "auto", title="Number format", description="Automatic is the fastest; a processor is tried out once."
    )


class Vit:
    """Answers "label" with a LabelScores for each image; the labels are its own."""

    info: ClassVar[EngineInfo] = EngineInfo(
        name="vit",
        title="ViT (labels of its own)",
        tasks=("label",),
        options=VitOptions,
        has_classes=True,
    )

    def __init__(self, model: Path, options: VitOptions) -> None:
        self._folder = model
        self._options = options
        self._model: Any = None
        self.device = ""

    def load(self, on_progress: OnProgress) -> None:
        on_progress(0.0, "Loading ViT")
        started = time.perf_counter()
        with load_errors(self._folder):
            device = self.device = torch_device(self._options.device)
            self._model = load_model(
                "AutoModelForImageClassification",
                self._folder,
                device=device,
                dtype=prepare_torch(device, self._options.dtype),
            )
            from transformers import AutoImageProcessor

            self._pictures = AutoImageProcessor.from_pretrained(self._folder, local_files_only=True)
        on_progress(1.0, "ViT is ready")
        log.info("loaded %s on %s in %.1f s", self._folder.name, device, time.perf_counter() - started)

    def unload(self) -> None:
        self._model = None

    def run(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[LabelScores]:
        labels = self._model.config.id2label
        for first in range(0, len(request.images), AT_ONCE):
            if cancelled():
                raise Cancelled
            for chances in self._chances(request.images[first : first + AT_ONCE]):
                scores = [(labels[number], chance) for number, chance in enumerate(chances)]
                yield LabelScores(tuple(sorted(scores, key=lambda score: -score[1])[: request.top_k]))

    def _chances(self, images: Sequence[Frame]) -> list[list[float]]:
        """For each image the probability of each class."""
        import torch

        with run_errors(self._folder), torch.inference_mode():
            inputs = self._pictures(images=list(images), return_tensors="pt", input_data_format="channels_last")
            logits = self._model(**inputs.to(self._model.device, self._model.dtype)).logits  # (images, classes)
            chances: list[list[float]] = logits.float().softmax(-1).tolist()
            return chances
