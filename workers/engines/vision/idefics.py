"""IDEFICS 1, 2 and 3: chats in which pictures and words take turns.

Papers: Laurençon et al. 2023, "OBELICS", arXiv 2306.16527; 2024, "What matters when building vision-language models?",
arXiv 2405.02246; 2024, "Building and better understanding vision-language models", arXiv 2408.12637.
Weights: HuggingFaceM4/idefics-9b-instruct (LLaMA's non-commercial licence), HuggingFaceM4/idefics2-8b (Apache-2.0).

The first one is a model of its own kind: it has no template for chats, reads a picture beside its words and not among
them, and so needs what it saw of every picture for as long as the chat goes on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from PIL import Image

from workers.engines.base import EngineInfo, OnProgress
from workers.engines.chat_models import (
    ChatModel,
    Generation,
    Remembered,
    TiledChatOptions,
    check_length,
    check_question,
    load_chat_model,
    n_alike,
    one_by_one,
    plain,
    take_tiles,
    verdict,
    written,
)
from workers.engines.transformers_models import config_of, load_errors, run_errors, wrong_task
from workers.errors import ModelBroken
from workers.results import Answer, AnswerToken, Frame, ImageRequest, Sight, Verdict

log = logging.getLogger(__name__)

FIRST = "IdeficsForVisionText2Text"
ARCHITECTURES = (FIRST, "Idefics2ForConditionalGeneration", "Idefics3ForConditionalGeneration")
END_OF_UTTERANCE = "<end_of_utterance>"
NEVER_WRITTEN = ("<image>", "<fake_token_around_image>")


class Idefics:
    """Answers "ask" and "judge"; pictures may join with any question."""

    info: ClassVar[EngineInfo] = EngineInfo(
        name="idefics",
        title="IDEFICS (chat about several pictures)",
        tasks=("ask",),
        options=TiledChatOptions,
        has_memory=True,
        takes_several_images=True,
        judges=True,
    )

    def __init__(self, model: Path, options: TiledChatOptions) -> None:
        self._folder = model
        self._options = options
        self._chat: ChatModel | FirstIdefics | None = None
        self.device = ""

    def load(self, on_progress: OnProgress) -> None:
        on_progress(0.0, "Loading IDEFICS")
        started = time.perf_counter()
        with load_errors(self._folder):
            architecture = str((config_of(self._folder).get("architectures") or [""])[0])
            if self._folder.is_dir() and architecture not in ARCHITECTURES:
                raise ModelBroken(
                    "The model in '{folder}' is not an IDEFICS.",
                    hint="Choose a model of the engine 'idefics'.",
                    folder=self._folder,
                )
            model, self.device = load_chat_model(architecture, self._folder, self._options)
            from transformers import AutoProcessor

            processor = AutoProcessor.from_pretrained(self._folder, local_files_only=True)
        if architecture == FIRST:
            self._chat = FirstIdefics(self._folder, model, processor)
        else:
            take_tiles(processor.image_processor, self._options)
            self._chat = ChatModel(self._folder, model, processor, self._options, follows_mask=True)
        on_progress(1.0, "IDEFICS is ready")
        log.info("loaded %s on %s in %.1f s", self._folder.name, self.device, time.perf_counter() - started)

    def unload(self) -> None:
        self._chat = None

    def run(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[AnswerToken | Answer | Verdict]:
        assert self._chat is not None, "load comes first"
        yield from self._chat.run(request, cancelled)


class FirstIdefics:
    """A loaded IDEFICS 1 with its processor, in the form of its chats that it was instructed with."""

    def __init__(self, folder: Path, model: Any, processor: Any) -> None:
        self._folder = folder
        self._model = model
        self._processor = processor
        self._tokenizer = processor.tokenizer
        side_px = processor.image_processor.image_size
        self._sight = Sight(side_px, side_px)
        self._remembered: Remembered | None = None
        self._looks: list[tuple[Frame, Any]] = []  # with what was seen, (1, tokens, width)

    def run(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[AnswerToken | Answer | Verdict]:
        """Answers "ask" and "judge".

        Raises:
            UsageError, SourceError, EngineError, Cancelled.
        """
        if request.task not in ("ask", "judge"):
            raise wrong_task(self._folder, "ask", request.task)
        if request.task == "ask" and request.questions:
            yield from one_by_one(self._answer, request.rows, cancelled)
        elif request.task == "ask":
            yield from self._answer(request, cancelled)
        else:
            inputs = self._inputs(request, request.question, 1)
            yield verdict(self._model, inputs, self._tokenizer, cancelled, self._folder)

    def _answer(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[AnswerToken | Answer]:
        started_s = time.perf_counter()
        images = request.every_image
        inputs = self._inputs(request, request.question, request.max_new_tokens)
        tokens = inputs["input_ids"][0].tolist()
        generation = Generation(
            self._model,
            inputs | self._known(tokens, images),
            max_new_tokens=request.max_new_tokens,
            cancelled=cancelled,
            folder=self._folder,
            eos_token_id=self._tokenizer.convert_tokens_to_ids([END_OF_UTTERANCE, self._tokenizer.eos_token]),
            bad_words_ids=[[number] for number in self._tokenizer.convert_tokens_to_ids(list(NEVER_WRITTEN))],
        )
        try:
            sights = (self._sight,) * len(images)
            yield from written(generation, self._tokenizer, started_s, self._folder.name, sights)
        finally:
            if generation.cache is not None:
                self._remembered = Remembered([*tokens, *generation.tokens], images, generation.cache)

    def _inputs(self, request: ImageRequest, question: str, max_new_tokens: int) -> dict[str, Any]:
        """The whole chat, with what is seen of its pictures in place of their pixels.

        Raises:
            UsageError: there is no picture or no question.
            SourceError: it is too long.
        """
        check_question(request)
        chat: list[str | Image.Image] = []
        for turn in request.history:
            chat += self._turn(turn.question, turn.images)
            chat[-1] = f"{chat[-1]} {plain(turn.answer, self._tokenizer)}{END_OF_UTTERANCE}\n"
        chat += self._turn(question, request.images)
        inputs = self._processor(text=chat, add_end_of_utterance_token=False, return_tensors="pt")
        check_length(self._model, inputs.input_ids[0], max_new_tokens)
        inputs = dict(inputs.to(self._model.device, self._model.dtype))
        return inputs | {"image_hidden_states": self._seen(inputs.pop("pixel_values")[0], request.every_image)}

    def _turn(self, question: str, images: Sequence[Frame]) -> list[str | Image.Image]:
        """A question and the beginning of its answer. The processor takes a text without a space for an address."""
        pictures = [Image.fromarray(image) for image in images]
        return [f"User: {plain(question, self._tokenizer)}", *pictures, f"{END_OF_UTTERANCE}\nAssistant:"]

    def _seen(self, pixels: Any, images: Sequence[Frame]) -> Any:
        """What is seen of all pictures, (1, pictures, tokens, width); those of the chat so far are known."""
        import torch

        n_same = n_alike(images, [image for image, _ in self._looks], np.array_equal)
        self._looks = self._looks[:n_same]
        with run_errors(self._folder), torch.inference_mode():
            for image, one in zip(images[n_same:], pixels[n_same:], strict=True):
                seen = self._model.model.vision_model(pixel_values=one[None]).last_hidden_state
                if self._model.config.use_resampler:
                    seen = self._model.model.perceiver_resampler(seen)
                self._looks.append((image, seen))
            return torch.stack([seen for _, seen in self._looks], 1)

    def _known(self, tokens: list[int], images: Sequence[Frame]) -> dict[str, Any]:
        """What is remembered of the beginning of the chat, for `generate`."""
        remembered, self._remembered = self._remembered, None
        if remembered is None:
            return {}
        n_known = remembered.n_known(tokens)
        n_same = n_alike(images, remembered.images, np.array_equal)
        places = [n for n, token in enumerate(tokens) if token == self._processor.image_token_id]
        if n_same < len(places):  # the same token stands for every picture
            n_known = min(n_known, places[n_same])
        if not n_known:
            return {}
        remembered.forget_after(n_known)
        return {"past_key_values": remembered.cache}
