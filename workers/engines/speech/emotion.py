"""How a stretch of speech sounds: audio classification with Wav2Vec2, HuBERT or WavLM.

Paper: Yang et al. 2021, "SUPERB: Speech processing Universal PERformance Benchmark", arXiv 2105.01051.
Weights: superb/wav2vec2-base-superb-er (Apache-2.0), trained on acted English: a hint, not a judgement.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from workers.engines.base import EngineInfo, EngineOptions, OnProgress
from workers.engines.devices import DeviceChoice, torch_device, torch_dtype
from workers.engines.transformers_models import load_errors, load_model, run_errors
from workers.errors import Cancelled
from workers.results import SAMPLE_RATE_HZ, EmotionScores, SpeechRequest

log = logging.getLogger(__name__)

LEAST_SAMPLES = SAMPLE_RATE_HZ // 10  # the convolutions need 400
PLAIN_WORDS = {"neu": "neutral", "hap": "happy", "ang": "angry", "sad": "sad"}  # the labels of the SUPERB models


class EmotionOptions(EngineOptions):
    device: DeviceChoice = Field("auto", title="Device", description="Where to compute: a GPU if there is one.")
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        "auto", title="Number format", description="float16 is fastest on a GPU, float32 on a processor."
    )


class Emotion:
    """Answers a SpeechRequest with one EmotionScores."""

    info: ClassVar[EngineInfo] = EngineInfo(
        name="emotion",
        title="Emotion",
        tasks=("emotion",),
        options=EmotionOptions,
    )

    def __init__(self, model: Path, options: EmotionOptions) -> None:
        self._folder = model
        self._options = options
        self._model: Any = None
        self.device = ""

    def load(self, on_progress: OnProgress) -> None:
        on_progress(0.0, "Loading the emotion model")
        started = time.perf_counter()
        with load_errors(self._folder):
            device = self.device = torch_device(self._options.device)
            self._model = load_model(
                "AutoModelForAudioClassification",
                self._folder,
                device=device,
                dtype=torch_dtype(device, self._options.dtype),
            )
            from transformers import AutoFeatureExtractor

            self._extractor = AutoFeatureExtractor.from_pretrained(self._folder, local_files_only=True)
        on_progress(1.0, "The emotion model is ready")
        log.info("loaded %s on %s in %.1f s", self._folder.name, device, time.perf_counter() - started)

    def unload(self) -> None:
        self._model = None

    def run(self, request: SpeechRequest, cancelled: Callable[[], bool]) -> Iterator[EmotionScores]:
        import torch

        if cancelled():
            raise Cancelled
        samples = np.pad(request.samples, (0, max(0, LEAST_SAMPLES - len(request.samples))))
        with run_errors(self._folder), torch.inference_mode():
            sound = self._extractor(samples, sampling_rate=SAMPLE_RATE_HZ, return_tensors="pt").input_values
            logits = self._model(sound.to(self._model.device, self._model.dtype)).logits[0]  # (labels,)
            chances = logits.float().softmax(-1).tolist()
        labels = self._model.config.id2label
        scores = [(PLAIN_WORDS.get(labels[number], labels[number]), chance) for number, chance in enumerate(chances)]
        yield EmotionScores(tuple(sorted(scores, key=lambda score: -score[1])))
