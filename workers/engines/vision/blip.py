"""BLIP: says what a picture shows, answers a question about it in a few words, or judges whether a text fits it.

Paper: Li et al. 2022, "BLIP: Bootstrapping Language-Image Pre-training for Unified Vision-Language Understanding and
Generation", arXiv 2201.12086.
Weights: Salesforce BLIP (BSD-3-Clause), the starters of this project (MIT). Each kind of weights does one of the three.

Tokens come one by one from a greedy loop that gives the tokens of transformers' `generate`, and can be stopped between
any two. What was seen of a picture is kept, so that a second question about it costs no second look.
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
from workers.engines.devices import DeviceChoice, torch_device
from workers.engines.measured import prepare_torch
from workers.engines.transformers_models import config_of, load_errors, load_model, run_errors, wrong_task
from workers.errors import Cancelled, ModelBroken, SourceError, UsageError
from workers.results import (
    Answer,
    AnswerToken,
    Caption,
    Frame,
    ImageRequest,
    MatchScores,
    Sight,
    Verdict,
    VisionTask,
)

log = logging.getLogger(__name__)

TASK_OF: dict[str, VisionTask] = {
    "BlipForConditionalGeneration": "caption",
    "BlipForQuestionAnswering": "ask",
    "BlipForImageTextRetrieval": "match",
}


class BlipOptions(EngineOptions):
    device: DeviceChoice = Field("auto", title="Device", description="Where to compute: a GPU if there is one.")
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        "auto", title="Number format", description="Automatic is the fastest; a processor is tried out once."
    )


class Blip:
    """Answers "caption", "ask" and "judge" about one image, or "match", as its weights can.

    It remembers no earlier question.
    """

    info: ClassVar[EngineInfo] = EngineInfo(
        name="blip",
        title="BLIP",
        tasks=("ask", "caption", "match"),
        options=BlipOptions,
        needs=("torch", "transformers"),
        judges=True,
    )

    def __init__(self, model: Path, options: BlipOptions) -> None:
        self._folder = model
        self._options = options
        self._model: Any = None
        self._last_look: tuple[Frame, Any] | None = None
        self.device = ""

    def load(self, on_progress: OnProgress) -> None:
        on_progress(0.0, "Loading BLIP")
        started = time.perf_counter()
        with load_errors(self._folder):
            device = self.device = torch_device(self._options.device)
            architecture = self._architecture()
            self._model = load_model(
                architecture, self._folder, device=device, dtype=prepare_torch(device, self._options.dtype)
            )
            from transformers import AutoImageProcessor, AutoTokenizer

            self._pictures = AutoImageProcessor.from_pretrained(self._folder, local_files_only=True)
            self._tokenizer = AutoTokenizer.from_pretrained(self._folder, local_files_only=True)
        self._task = TASK_OF[architecture]
        self._text = self._model.config.text_config
        size = self._pictures.size
        self._size_px = {"width_px": size["width"], "height_px": size["height"]}
        on_progress(1.0, "BLIP is ready")
        log.info("loaded %s on %s in %.1f s", self._folder.name, device, time.perf_counter() - started)

    def unload(self) -> None:
        self._model = None
        self._last_look = None

    def run(
        self, request: ImageRequest, cancelled: Callable[[], bool]
    ) -> Iterator[AnswerToken | Answer | Verdict | Caption | MatchScores]:
        if self._task != ("ask" if request.task == "judge" else request.task):
            raise wrong_task(self._folder, self._task, request.task)
        if request.task == "ask":
            yield from self._answer(request, cancelled)
            return
        if cancelled():
            raise Cancelled
        if request.task == "judge":
            yield self._judge(request)
            return
        for image in request.images:
            if cancelled():
                raise Cancelled
            if request.task == "caption":
                yield self._caption(image, request, cancelled)
            else:
                yield self._match(image, request.texts)

    def _answer(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[AnswerToken | Answer]:
        started = time.perf_counter()
        image = _only_image(request)
        question = self._question(image, request.question)
        tokens: list[int] = []
        shown, first_s, n_tokens = "", 0.0, 0
        for token in self._tokens([self._model.decoder_start_token_id], question, request.max_new_tokens, cancelled):
            n_tokens += 1
            first_s = first_s or time.perf_counter() - started
            if token is None:
                break
            tokens.append(token)
            text = self._written(tokens)
            if text != shown and not text.endswith("'"):  # the next token decides how an apostrophe is written
                yield AnswerToken(text[len(shown) :])
                shown = text
        text = self._written(tokens)
        if text != shown:
            yield AnswerToken(text[len(shown) :])
        yield Answer(
            text=text,
            n_tokens=n_tokens,
            time_to_first_token_s=first_s,
            tokens_per_s=n_tokens / (time.perf_counter() - started),
            model=self._folder.name,
            sights=(Sight(**self._size_px),),
        )

    def _judge(self, request: ImageRequest) -> Verdict:
        """Both answers ranked by their likelihood, as the paper does with closed questions."""
        import torch

        question = self._question(_only_image(request), request.question)
        likelihoods = []
        with run_errors(self._folder), torch.inference_mode():
            for answer in ("no", "yes"):
                _, *tokens = self._encoded(answer)  # [SEP] included: "no" is not the beginning of "nothing"
                given = torch.tensor([[self._model.decoder_start_token_id, *tokens[:-1]]], device=question.device)
                logits = self._model.text_decoder(
                    input_ids=given, encoder_hidden_states=question, encoder_attention_mask=_all_of(question)
                ).logits
                chances = logits[0].float().log_softmax(-1)  # (tokens, vocabulary)
                likelihoods.append(sum(chances[place, token] for place, token in enumerate(tokens)))
            return Verdict(float(torch.stack(likelihoods).softmax(0)[1]))

    def _caption(self, image: Frame, request: ImageRequest, cancelled: Callable[[], bool]) -> Caption:
        start = [self._text.bos_token_id]
        if request.prefix.strip():
            _, *prefix, _ = self._encoded(request.prefix)  # between [CLS] and [SEP]
            start += prefix
        tokens = self._tokens(start, self._seen(image), request.max_new_tokens, cancelled)
        return Caption(self._written([*start[1:], *(token for token in tokens if token is not None)]))

    def _match(self, image: Frame, texts: tuple[str, ...]) -> MatchScores:
        import torch

        if not texts:
            raise UsageError("There is no text to compare the picture with.")
        for text in texts:
            self._encoded(text)
        with run_errors(self._folder), torch.inference_mode():
            seen = self._seen(image).expand(len(texts), -1, -1)
            inputs = self._tokenizer(list(texts), padding=True, return_tensors="pt").to(seen.device)
            hidden = self._model.text_encoder(
                input_ids=inputs.input_ids,
                attention_mask=inputs.attention_mask,
                encoder_hidden_states=seen,
                encoder_attention_mask=_all_of(seen),
            ).last_hidden_state
            chances = self._model.itm_head(hidden[:, 0]).float().softmax(-1)[:, 1]  # no match, match
            return MatchScores(tuple(float(chance) for chance in chances))

    def _seen(self, image: Frame) -> Any:
        """The tokens of the picture, (1, patches + 1, width); the newest picture's are kept."""
        import torch

        if self._last_look is not None and np.array_equal(self._last_look[0], image):
            return self._last_look[1]
        with run_errors(self._folder), torch.inference_mode():
            inputs = self._pictures(images=image, return_tensors="pt", input_data_format="channels_last")
            pixels = inputs.pixel_values.to(self._model.device, self._model.dtype)
            seen = self._model.vision_model(pixel_values=pixels).last_hidden_state
        self._last_look = image, seen
        return seen

    def _question(self, image: Frame, question: str) -> Any:
        """The tokens of the question in the light of the picture, (1, tokens, width)."""
        import torch

        seen = self._seen(image)
        with run_errors(self._folder), torch.inference_mode():
            tokens = torch.tensor([self._encoded(question)], device=seen.device)
            return self._model.text_encoder(
                input_ids=tokens,
                attention_mask=torch.ones_like(tokens),
                encoder_hidden_states=seen,
                encoder_attention_mask=_all_of(seen),
            ).last_hidden_state

    def _tokens(
        self, start: list[int], states: Any, max_new_tokens: int, cancelled: Callable[[], bool]
    ) -> Iterator[int | None]:
        """The most probable tokens after `start`, and None when the model ends the text itself.

        Args:
            start: token numbers.
            states: what the decoder attends to, (1, n, width).

        Raises:
            Cancelled: within one token.
        """
        import torch

        given, memory = start, None
        for _ in range(min(max_new_tokens, self._text.max_position_embeddings - len(start))):
            if cancelled():
                raise Cancelled
            with run_errors(self._folder), torch.inference_mode():
                output = self._model.text_decoder(
                    input_ids=torch.tensor([given], device=states.device),
                    encoder_hidden_states=states,
                    encoder_attention_mask=_all_of(states),
                    past_key_values=memory,
                    use_cache=True,
                    logits_to_keep=1,
                )
                token = int(output.logits[0, -1].argmax())
            if token == self._text.sep_token_id:
                yield None
                return
            yield token
            given, memory = [token], output.past_key_values

    def _encoded(self, text: str) -> list[int]:
        """The tokens of a text, [CLS] and [SEP] included.

        Raises:
            SourceError: it is longer than what the model reads.
        """
        tokens: list[int] = self._tokenizer(text).input_ids
        most = min(self._text.max_position_embeddings, self._tokenizer.model_max_length)
        if len(tokens) > most:
            raise SourceError(
                "'{text}…' is too long: it has {count} tokens, and the model reads {most}.",
                hint="Say it in fewer words.",
                text=text[:40],
                count=len(tokens),
                most=most,
            )
        return tokens

    def _written(self, tokens: list[int]) -> str:
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True))

    def _architecture(self) -> str:
        """The class of the weights, as the configuration says it."""
        architecture = str((config_of(self._folder).get("architectures") or [""])[0])
        if self._folder.is_dir() and architecture not in TASK_OF:
            raise ModelBroken(
                "The model in '{folder}' is not a BLIP that the app can use.",
                hint="It can use: {kinds}.",
                folder=self._folder,
                kinds=", ".join(TASK_OF),
            )
        return architecture


def _only_image(request: ImageRequest) -> Frame:
    """The picture that the question is about: the newest of the chat.

    Raises:
        UsageError: there is none, there are several, or nothing is asked.
    """
    if len(request.images) > 1 or not request.every_image:
        raise UsageError("BLIP answers about one picture, not {count}.", count=len(request.images))
    if not request.question.strip():
        raise UsageError("There is no question.", hint="Ask one about the picture.")
    return request.every_image[-1]


def _all_of(states: Any) -> Any:
    """The mask that hides none of the states."""
    import torch

    return torch.ones(states.shape[:-1], dtype=torch.long, device=states.device)
