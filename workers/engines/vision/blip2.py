"""BLIP-2: answers questions about one picture, by a language model that was taught to see.

Paper: Li et al. 2023, "BLIP-2: Bootstrapping Language-Image Pre-training with Frozen Image Encoders and Large Language
Models", arXiv 2301.12597.
Weights: Salesforce/blip2-opt-2.7b (MIT).

A picture becomes 32 vectors before the words. They are kept, and so is what the language model has read: a further
question about the picture costs no second look.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from PIL import Image

from workers.engines.base import EngineInfo, OnProgress
from workers.engines.chat_models import (
    ChatOptions,
    Generation,
    Remembered,
    Rows,
    check_length,
    check_question,
    compiled,
    load_chat_model,
    plain,
    verdict,
    written,
)
from workers.engines.transformers_models import config_of, load_errors, run_errors, wrong_task
from workers.errors import ModelBroken, UsageError
from workers.results import Answer, AnswerToken, Frame, ImageRequest, Sight, Turn, Verdict

log = logging.getLogger(__name__)

ARCHITECTURE = "Blip2ForConditionalGeneration"


class Blip2:
    """Answers "ask" and "judge" about one picture; it heeds what was asked about this one before."""

    info: ClassVar[EngineInfo] = EngineInfo(
        name="blip2",
        title="BLIP-2",
        tasks=("ask",),
        options=ChatOptions,
        has_memory=True,
        judges=True,
    )

    def __init__(self, model: Path, options: ChatOptions) -> None:
        self._folder = model
        self._options = options
        self._model: Any = None
        self._rows: Any = None
        self._look: tuple[Frame, Any] | None = None  # with what was seen, (1, query tokens, width)
        self._remembered: Remembered | None = None
        self.device = ""

    def load(self, on_progress: OnProgress) -> None:
        on_progress(0.0, "Loading BLIP-2")
        started = time.perf_counter()
        with load_errors(self._folder):
            config = config_of(self._folder)
            if self._folder.is_dir() and not (
                ARCHITECTURE in config.get("architectures", ()) and config.get("use_decoder_only_language_model", True)
            ):
                raise ModelBroken(
                    "The model in '{folder}' is not a BLIP-2 that the app can use.",
                    hint="It can use those with OPT, such as blip2-opt-2.7b.",
                    folder=self._folder,
                )
            self._model, self.device = load_chat_model(ARCHITECTURE, self._folder, self._options)
            from transformers import Blip2Processor

            self._processor = Blip2Processor.from_pretrained(self._folder, local_files_only=True)
        language_model, tokenizer = self._model.language_model, self._processor.tokenizer
        self._how = compiled(language_model, self._options)
        self._rows = Rows(
            self._folder, language_model, tokenizer, at_once=self._options.at_once, complete=self._looked_at
        )
        size = self._processor.image_processor.size
        self._sight = Sight(size["width"], size["height"])
        on_progress(1.0, "BLIP-2 is ready")
        log.info("loaded %s on %s in %.1f s", self._folder.name, self.device, time.perf_counter() - started)

    def unload(self) -> None:
        self._model = self._rows = self._look = self._remembered = None

    def run(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[AnswerToken | Answer | Verdict]:
        if request.task not in ("ask", "judge"):
            raise wrong_task(self._folder, "ask", request.task)
        if request.task == "ask" and request.questions:
            yield from self._rows.answers(request.rows, self._row, self._answer, cancelled)
        elif request.task == "ask":
            yield from self._answer(request, cancelled)
        else:
            inputs = self._inputs(request, 1)
            yield verdict(self._model.language_model, inputs, self._processor.tokenizer, cancelled, self._folder)

    def _answer(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[AnswerToken | Answer]:
        started_s = time.perf_counter()
        inputs = self._inputs(request, request.max_new_tokens)
        image = request.every_image[-1]
        tokens = inputs["input_ids"][0].tolist()
        generation = Generation(
            self._model.language_model,
            inputs | self._known(tokens, image),
            max_new_tokens=request.max_new_tokens,
            cancelled=cancelled,
            folder=self._folder,
            **self._how,
        )
        try:
            yield from written(generation, self._processor.tokenizer, started_s, self._folder.name, (self._sight,))
        finally:
            if generation.cache is not None and not self._how:
                self._remembered = Remembered([*tokens, *generation.tokens], (image,), generation.cache)

    def _inputs(self, request: ImageRequest, max_new_tokens: int) -> dict[str, Any]:
        """The vectors of the picture and then of the words, for the language model.

        Raises:
            UsageError, SourceError.
        """
        inputs = self._read(request, max_new_tokens)
        image = request.every_image[-1]
        if self._look is None or not np.array_equal(self._look[0], image):
            self._look = image, self._seen(inputs["pixel_values"])
        return self._worded(inputs, self._look[1])

    def _read(self, request: ImageRequest, max_new_tokens: int) -> dict[str, Any]:
        """What the processor makes of the picture and the words, on the model's device.

        Raises:
            UsageError: there is no question, or not one picture.
            SourceError: the words are too many.
        """
        check_question(request)
        if len(request.images) > 1:
            raise UsageError("BLIP-2 answers about one picture, not {count}.", count=len(request.images))
        asked = [*_turns_about(request), Turn(request.question, "")]
        texts = [f"Question: {plain(turn.question, self._processor.tokenizer)} Answer: {turn.answer}" for turn in asked]
        image = Image.fromarray(request.every_image[-1])
        inputs = self._processor(images=image, text=". ".join(texts).rstrip(), return_tensors="pt")
        check_length(self._model, inputs.input_ids[0], max_new_tokens)
        return dict(inputs.to(self._model.device, self._model.dtype))

    def _row(self, request: ImageRequest) -> tuple[dict[str, Any], tuple[Sight, ...]]:
        return self._read(request, request.max_new_tokens), (self._sight,)

    def _looked_at(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """What the language model is given of several questions, each about a picture of its own."""
        return self._worded(inputs, self._seen(inputs["pixel_values"]))

    def _seen(self, pixels: Any) -> Any:
        """What is seen of each picture, (pictures, query tokens, width)."""
        import torch

        with run_errors(self._folder), torch.inference_mode():
            return self._model.get_image_features(pixels, return_dict=True).pooler_output

    def _worded(self, inputs: dict[str, Any], seen: Any) -> dict[str, Any]:
        """The vectors of each picture in their places among those of its words."""
        import torch

        ids = inputs["input_ids"]
        with run_errors(self._folder), torch.inference_mode():
            words = self._model.get_input_embeddings()(ids)
            places = (ids == self._model.config.image_token_id)[..., None]
            embeds = words.masked_scatter(places, seen.to(words.dtype))
        return {"inputs_embeds": embeds, "input_ids": ids, "attention_mask": inputs["attention_mask"]}

    def _known(self, tokens: list[int], image: Frame) -> dict[str, Any]:
        """What is remembered of this picture and the words after it, for `generate`."""
        remembered, self._remembered = self._remembered, None
        if remembered is None or not np.array_equal(remembered.images[0], image):
            return {}
        remembered.forget_after(remembered.n_known(tokens))
        return {"past_key_values": remembered.cache}


def _turns_about(request: ImageRequest) -> list[Turn]:
    """What was asked about the newest picture before."""
    if request.images:
        return []
    with_images = [n for n, turn in enumerate(request.history) if turn.images]
    return list(request.history[with_images[-1] :])
