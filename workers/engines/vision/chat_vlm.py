"""Any chat model that transformers can load as "image, text to text": SmolVLM, Idefics3, LLaVA-NeXT and the like.

Report: Marafioti et al. 2025, "SmolVLM: Redefining small and efficient multimodal models", arXiv 2504.05299.
Weights: HuggingFaceTB/SmolVLM-256M-Instruct and SmolVLM-Instruct (Apache-2.0).

A frame of a webcam is one tile, unless small text is to be read: such models enlarge a picture and cut it into a dozen
tiles, each of which costs as much as the whole.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

from workers.engines.base import EngineInfo, OnProgress
from workers.engines.chat_models import ChatModel, TiledChatOptions, load_chat_model, take_tiles
from workers.engines.transformers_models import config_of, load_errors
from workers.results import Answer, AnswerToken, ImageRequest, Verdict

log = logging.getLogger(__name__)

FOLLOW_MASK = {"idefics2", "idefics3", "llava", "smolvlm"}  # others count positions or mask in ways of their own
PROCESSORS = {"smolvlm": "Idefics3Processor"}  # the same for pictures; its own wants torchvision, for videos


class ChatVlm:
    """Answers "ask" and "judge"; a picture may join with any question."""

    info: ClassVar[EngineInfo] = EngineInfo(
        name="chat-vlm",
        title="SmolVLM and other chats about pictures",
        tasks=("ask",),
        options=TiledChatOptions,
        has_memory=True,
        takes_several_images=True,
        judges=True,
    )

    def __init__(self, model: Path, options: TiledChatOptions) -> None:
        self._folder = model
        self._options = options
        self._chat: ChatModel | None = None
        self.device = ""

    def load(self, on_progress: OnProgress) -> None:
        on_progress(0.0, "Loading the chat model")
        started = time.perf_counter()
        with load_errors(self._folder):
            kind = config_of(self._folder).get("model_type", "")
            model, self.device = load_chat_model("AutoModelForImageTextToText", self._folder, self._options)
            import transformers

            processor_class = getattr(transformers, PROCESSORS.get(kind, "AutoProcessor"))
            processor = processor_class.from_pretrained(self._folder, local_files_only=True)
            take_tiles(processor.image_processor, self._options)
        self._chat = ChatModel(self._folder, model, processor, self._options, follows_mask=kind in FOLLOW_MASK)
        on_progress(1.0, "The chat model is ready")
        log.info("loaded %s on %s in %.1f s", self._folder.name, self.device, time.perf_counter() - started)

    def unload(self) -> None:
        self._chat = None

    def run(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[AnswerToken | Answer | Verdict]:
        assert self._chat is not None, "load comes first"
        yield from self._chat.run(request, cancelled)
