"""LLaVA: a chat about pictures, whose patches a language model reads like words.

Papers: Liu et al. 2023, "Visual Instruction Tuning", arXiv 2304.08485; "Improved Baselines with Visual Instruction
Tuning", arXiv 2310.03744.
Weights: llava-hf/llava-1.5-7b-hf (the community licence of Llama 2), the starter of this project (MIT).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

from workers.engines.base import EngineInfo, OnProgress
from workers.engines.chat_models import ChatModel, ChatOptions, load_chat_model
from workers.engines.transformers_models import config_of, load_errors
from workers.errors import ModelBroken
from workers.results import Answer, AnswerToken, ImageRequest, Verdict

log = logging.getLogger(__name__)

ARCHITECTURE = "LlavaForConditionalGeneration"


class Llava:
    """Answers "ask" and "judge"; a picture may join with any question."""

    info: ClassVar[EngineInfo] = EngineInfo(
        name="llava",
        title="LLaVA (chat)",
        tasks=("ask",),
        options=ChatOptions,
        has_memory=True,
        takes_several_images=True,
        judges=True,
    )

    def __init__(self, model: Path, options: ChatOptions) -> None:
        self._folder = model
        self._options = options
        self._chat: ChatModel | None = None
        self.device = ""

    def load(self, on_progress: OnProgress) -> None:
        on_progress(0.0, "Loading LLaVA")
        started = time.perf_counter()
        with load_errors(self._folder):
            if self._folder.is_dir() and ARCHITECTURE not in config_of(self._folder).get("architectures", ()):
                raise ModelBroken(
                    "The model in '{folder}' is not a LLaVA.",
                    hint="Choose a model of the engine 'llava'.",
                    folder=self._folder,
                )
            model, self.device = load_chat_model(ARCHITECTURE, self._folder, self._options)
            from transformers import LlavaProcessor

            processor = LlavaProcessor.from_pretrained(self._folder, local_files_only=True)
        self._chat = ChatModel(self._folder, model, processor, self._options, follows_mask=True)
        on_progress(1.0, "LLaVA is ready")
        log.info("loaded %s on %s in %.1f s", self._folder.name, self.device, time.perf_counter() - started)

    def unload(self) -> None:
        self._chat = None

    def run(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[AnswerToken | Answer | Verdict]:
        assert self._chat is not None, "load comes first"
        yield from self._chat.run(request, cancelled)
