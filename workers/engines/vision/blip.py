"""BLIP: says what a picture shows, answers a question about it in a few words, or judges whether a text fits it.

Paper: Li et al. 2022, "BLIP: Bootstrapping Language-Image Pre-training for Unified Vision-Language Understanding and
Generation", arXiv 2201.12086.
Weights: Salesforce BLIP (BSD-3-Clause), the starters of this project (MIT). Each kind of weights does one of the three.

Tokens come one by one from a greedy loop that gives the tokens of transformers' `generate`, and can be stopped between
any two. What was seen of a picture is kept, so that a second question about it costs no second look.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable, Iterator, Sequence
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

AT_ONCE = 8  # pictures in one batch: what they take of the memory stays far below the weights

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
    """Answers "caption" and "ask" about one image or many at once, "judge" about one, or "match", as its weights can.

    It remembers no earlier question.
    """

    info: ClassVar[EngineInfo] = EngineInfo(
        name="blip",
        title="BLIP",
        tasks=("ask", "caption", "match"),
        options=BlipOptions,
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
        if request.questions:
            yield from self._answers(request, cancelled)
            return
        if request.task == "ask":
            yield from self._answer(request, cancelled)
            return
        if cancelled():
            raise Cancelled
        if request.task == "judge":
            yield self._judge(request)
        elif request.task == "caption":
            for images in _lots(request.images):
                yield from self._captions(images, request, cancelled)
        else:
            for image in request.images:
                if cancelled():
                    raise Cancelled
                yield self._match(image, request.texts)

    def _answer(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[AnswerToken | Answer]:
        started = time.perf_counter()
        image = _only_image(request)
        question = self._question(image, request.question)
        tokens: list[int] = []
        shown, first_s, n_tokens, is_cut_off = "", 0.0, 0, True
        for token in self._tokens([self._model.decoder_start_token_id], question, request.max_new_tokens, cancelled):
            n_tokens += 1
            first_s = first_s or time.perf_counter() - started
            if token is None:
                is_cut_off = False
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
            is_cut_off=is_cut_off,
        )

    def _answers(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[Answer]:
        """The answer to each question about its image.

        Only questions of one length go together: transformers (5.23) drops the mask that would hide the padding of the
        shorter ones from the decoder, which then answers something else.
        """
        encoded = [self._encoded(_asked(question)) for question in request.questions]
        by_length = sorted(range(len(encoded)), key=lambda place: len(encoded[place]))
        answers: dict[int, Answer] = {}
        for _, places in itertools.groupby(by_length, key=lambda place: len(encoded[place])):
            for lot in _lots(list(places)):
                images, questions = [request.images[place] for place in lot], [encoded[place] for place in lot]
                found = self._answers_of_one_length(images, questions, request.max_new_tokens, cancelled)
                answers |= zip(lot, found, strict=True)
        yield from (answers[place] for place in range(len(encoded)))

    def _answers_of_one_length(
        self, images: list[Frame], questions: list[list[int]], max_new_tokens: int, cancelled: Callable[[], bool]
    ) -> Iterator[Answer]:
        started = time.perf_counter()
        states = self._read(self._seen_all(images), questions)
        written: list[list[int]] = [[] for _ in images]
        taken_s: list[list[float]] = [[] for _ in images]
        for tokens in self._rows([self._model.decoder_start_token_id], states, max_new_tokens, cancelled):
            for row, token in enumerate(tokens):
                if token is not None:
                    written[row].append(token)
                if len(taken_s[row]) < len(written[row]) + (token is None):  # the end that the model writes is a token
                    taken_s[row].append(time.perf_counter() - started)
        for answer, times_s in zip(written, taken_s, strict=True):
            yield Answer(
                text=self._written(answer),
                n_tokens=len(times_s),
                time_to_first_token_s=times_s[0],
                tokens_per_s=len(times_s) / times_s[-1],
                model=self._folder.name,
                sights=(Sight(**self._size_px),),
                is_cut_off=len(times_s) == len(answer),
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

    def _captions(
        self, images: Sequence[Frame], request: ImageRequest, cancelled: Callable[[], bool]
    ) -> Iterator[Caption]:
        start = [self._text.bos_token_id]
        if request.prefix.strip():
            _, *prefix, _ = self._encoded(request.prefix)  # between [CLS] and [SEP]
            start += prefix
        seen = self._seen_all(images)
        rows = zip(*self._rows(start, seen, request.max_new_tokens, cancelled), strict=True)
        for row in rows:
            yield Caption(self._written([*start[1:], *(token for token in row if token is not None)]))

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
        if self._last_look is not None and np.array_equal(self._last_look[0], image):
            return self._last_look[1]
        seen = self._looked_at([image])
        self._last_look = image, seen
        return seen

    def _seen_all(self, images: Sequence[Frame]) -> Any:
        """The tokens of each picture, (images, patches + 1, width)."""
        return self._seen(images[0]) if len(images) == 1 else self._looked_at(images)

    def _looked_at(self, images: Sequence[Frame]) -> Any:
        import torch

        with run_errors(self._folder), torch.inference_mode():
            inputs = self._pictures(images=list(images), return_tensors="pt", input_data_format="channels_last")
            pixels = inputs.pixel_values.to(self._model.device, self._model.dtype)
            return self._model.vision_model(pixel_values=pixels).last_hidden_state

    def _question(self, image: Frame, question: str) -> Any:
        """The tokens of the question in the light of the picture, (1, tokens, width)."""
        return self._read(self._seen(image), [self._encoded(question)])

    def _read(self, seen: Any, questions: list[list[int]]) -> Any:
        """The tokens of questions of one length, each in the light of its picture, (questions, tokens, width)."""
        import torch

        with run_errors(self._folder), torch.inference_mode():
            tokens = torch.tensor(questions, device=seen.device)
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
        for (token,) in self._rows(start, states, max_new_tokens, cancelled):
            yield token

    def _rows(
        self, start: list[int], states: Any, max_new_tokens: int, cancelled: Callable[[], bool]
    ) -> Iterator[list[int | None]]:
        """As `_tokens`, for several texts at once: the next token of each, and None from the end of a text on.

        Args:
            states: (texts, n, width).
        """
        import torch

        given = torch.tensor([start] * len(states), device=states.device)
        memory: Any = None
        has_ended = [False] * len(states)
        for _ in range(min(max_new_tokens, self._text.max_position_embeddings - len(start))):
            if cancelled():
                raise Cancelled
            with run_errors(self._folder), torch.inference_mode():
                output = self._model.text_decoder(
                    input_ids=given,
                    encoder_hidden_states=states,
                    encoder_attention_mask=_all_of(states),
                    past_key_values=memory,
                    use_cache=True,
                    logits_to_keep=1,
                )
                tokens = output.logits[:, -1].argmax(-1)
            found = tokens.tolist()
            has_ended = [
                ended or token == self._text.sep_token_id for ended, token in zip(has_ended, found, strict=True)
            ]
            yield [None if ended else token for ended, token in zip(has_ended, found, strict=True)]
            if all(has_ended):
                return
            given, memory = tokens[:, None], output.past_key_values

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
    _asked(request.question)
    return request.every_image[-1]


def _asked(question: str) -> str:
    """The question itself.

    Raises:
        UsageError: it is empty.
    """
    if not question.strip():
        raise UsageError("There is no question.", hint="Ask one about the picture.")
    return question


def _lots(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values, some at a time."""
    for first in range(0, len(values), AT_ONCE):
        yield values[first : first + AT_ONCE]


def _all_of(states: Any) -> Any:
    """The mask that hides none of the states."""
    import torch

    return torch.ones(states.shape[:-1], dtype=torch.long, device=states.device)
