"""What the chat models of transformers share: a memory of the chat, and answers that come token by token. No Qt.

    request ─▶ prompt: the chat in the model's own template
            ─▶ Remembered: what of it was read before; only the rest is read, only new pictures are looked at
            ─▶ Generation: the tokens of transformers' greedy `generate`, each as soon as it is there
            ─▶ Writing: what each token adds to the text
            ─▶ AnswerToken, AnswerToken, …, Answer

Many questions, each about a picture of its own, are answered some at a time: `Rows`.

torch is imported when something is called.
"""

from __future__ import annotations

import importlib.util
import logging
import math
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Literal, TypeAlias

import numpy as np
from PIL import Image
from pydantic import Field

from workers.engines.base import EngineOptions
from workers.engines.devices import DeviceChoice, torch_device
from workers.engines.measured import prepare_torch
from workers.engines.transformers_models import config_of, load_model, run_errors, wrong_task
from workers.errors import (
    Cancelled,
    EngineError,
    ModelBroken,
    OutOfMemory,
    PackageMissing,
    SourceError,
    UsageError,
)
from workers.results import Answer, AnswerToken, Frame, ImageRequest, Sight, Verdict

log = logging.getLogger(__name__)

# Without one of each transformers goes on with no words, or with nothing that begins and ends a text.
TOKENIZER_FILES = (("tokenizer_config.json",), ("tokenizer.json", "tokenizer.model", "vocab.json"))
AnswerOne: TypeAlias = Callable[[ImageRequest, Callable[[], bool]], Iterator[AnswerToken | Answer]]
Read: TypeAlias = Callable[[ImageRequest], tuple[dict[str, Any], tuple[Sight, ...]]]
"""Gives what a model is given of a question, and how it sees its pictures."""
NumberFormat = Literal["auto", "float32", "float16", "bfloat16"]
FEW_BITS_PACKAGE = "bitsandbytes"
BESIDE_WEIGHTS = 1.2  # times the weights: what is computed, and what is remembered of a chat
FIXED_TOKENS = 2048  # of a compiled model's memory, which grows, and is compiled again, for longer chats
AT_ONCE, AT_ONCE_OF_LARGE = 8, 4  # questions side by side; beside large weights there is less room
LARGE = 2_000_000_000  # weights
BROKEN = "\N{REPLACEMENT CHARACTER}"  # what a tokenizer writes for bytes that are no character, or not yet


class ChatOptions(EngineOptions):
    """What all engines offer that run a chat model."""

    device: DeviceChoice = Field("auto", title="Device", description="Where to compute: a GPU if there is one.")
    dtype: NumberFormat = Field(
        "auto", title="Number format", description="Automatic is the fastest; a processor is tried out once."
    )
    weights: Literal["auto", "full", "8-bit", "4-bit"] = Field(
        "auto",
        title="Weights",
        description="Fewer bits take less of a GPU's memory. Automatic takes 4 where the model would not fit.",
        json_schema_extra={"labels": {"full": "As they are", "8-bit": "8 bits", "4-bit": "4 bits"}},
    )
    threads: int = Field(
        0,
        ge=0,
        le=256,
        title="Threads",
        description="Of the processor; how many are fastest is tried out once.",
        json_schema_extra={"special": "Automatic"},
    )
    at_once: int = Field(
        0,
        ge=0,
        le=64,
        title="Questions at once",
        description="How many of a table are answered side by side: more are faster, and take more memory.",
        json_schema_extra={"special": "Automatic"},
    )
    is_spread: bool = Field(
        False,
        title="Larger than memory",
        description="Spreads a model that does not fit over GPU, memory and disk. Answers take many times as long.",
    )
    is_compiled: bool = Field(
        False,
        title="Compile",
        description="On a GPU words come faster after a slow first answer; each question reads the whole chat again.",
    )


class TiledChatOptions(ChatOptions):
    small_text: bool = Field(
        False,
        title="Read small text",
        description="Looks at a picture in pieces, enlarged: it sees more and takes several times as long.",
    )


def take_tiles(pictures: Any, options: TiledChatOptions) -> None:
    """Makes an image processor take one tile of a picture, or all that it was made for."""
    if options.small_text:
        return
    for way_to_split in ("do_image_splitting", "crop_to_patches", "do_pan_and_scan"):
        if hasattr(pictures, way_to_split):
            setattr(pictures, way_to_split, False)
    if hasattr(pictures, "max_image_size"):  # of a tile; larger only to be cut, it would be made small again
        pictures.size = pictures.max_image_size


def load_chat_model(architecture: str, folder: Path, options: ChatOptions) -> tuple[Any, str]:
    """The model as the options want it, and the device that it is on.

    Raises:
        EngineError: few bits without a GPU, or any of `load_model`.
    """
    device = torch_device(options.device)
    dtype = prepare_torch(device, _number_format(folder, device, options.dtype), options.threads)
    placement: dict[str, Any] = {}
    bits = options.weights
    if bits == "auto":
        bits = "full" if device == "cpu" or options.is_spread or _fits(folder, dtype) else "4-bit"
    if bits != "full":
        placement = {"quantization_config": _few_bits(bits, device, dtype), "device_map": {"": 0}}
    elif options.is_spread:
        placement = {"device_map": "auto"}
    model = load_model(architecture, folder, device=device, dtype=dtype, **placement)
    for names in TOKENIZER_FILES:
        if not any((folder / name).is_file() for name in names):
            raise ModelBroken("The model in '{folder}' lacks its file '{name}'.", folder=folder, name=names[0])
    return model, device


def _number_format(folder: Path, device: str, choice: NumberFormat) -> NumberFormat:
    """What is chosen; on a GPU that can, bfloat16 for a model that was trained in it: in float16 it may overflow."""
    import torch

    if choice == "auto" and device == "cuda" and _kept_as(folder) == "bfloat16":
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else choice
    return choice


def _kept_as(folder: Path) -> str:
    """The number format of a model's weights in its folder, as its configuration says it."""
    config = config_of(folder)
    return str(config.get("dtype") or config.get("torch_dtype") or "float32")


def _fits(folder: Path, dtype: Any) -> bool:
    """Whether the GPU has room for the weights in this format, or they cannot be made smaller here."""
    import torch

    if importlib.util.find_spec(FEW_BITS_PACKAGE) is None:
        return True
    kept_as = getattr(torch, _kept_as(folder))
    size = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    free, _ = torch.cuda.mem_get_info()
    return bool(BESIDE_WEIGHTS * size * dtype.itemsize / kept_as.itemsize <= free)


def _few_bits(bits: Literal["8-bit", "4-bit"], device: str, dtype: Any) -> Any:
    if device != "cuda":
        raise EngineError(
            "Weights of {bits} need an NVIDIA GPU.",
            hint="Choose other weights in the options of the engine.",
            bits=bits.replace("-bit", " bits"),
        )
    if importlib.util.find_spec(FEW_BITS_PACKAGE) is None:
        raise PackageMissing(
            "Weights of {bits} need the Python package '{name}'.",
            hint="Install it with `pip install {name}`, or choose other weights in the options of the engine.",
            bits=bits.replace("-bit", " bits"),
            name=FEW_BITS_PACKAGE,
        )
    from transformers import BitsAndBytesConfig

    if bits == "8-bit":
        return BitsAndBytesConfig(load_in_8bit=True)
    return BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=dtype
    )


def compiled(model: Any, options: ChatOptions) -> dict[str, Any]:
    """How `generate` keeps what it reads where it shall be compiled, and the model can be.

    transformers compiles by itself what writes into memory of a fixed size, on a GPU. Not with CUDA graphs: those
    belong to one thread, and each answer has its own.
    """
    from transformers import CompileConfig

    if not (options.is_compiled and model._can_compile_fullgraph):
        return {}
    config = CompileConfig(mode="default") if model.device.type == "cuda" else None
    return {"cache_implementation": "static", "max_cache_len": FIXED_TOKENS, "compile_config": config}


class ChatModel:
    """A loaded model with its processor, which holds the template of its chats.

    Args:
        model: of transformers, with `generate`.
        follows_mask: whether what it makes of a token follows from the tokens before it that are not masked: then it
            gives the very same tokens where it reads on from where it stopped, and where others are read beside it.
        options: how much is answered side by side, where it follows the mask, and whether it is compiled.
    """

    def __init__(self, folder: Path, model: Any, processor: Any, options: ChatOptions, *, follows_mask: bool) -> None:
        """Raises ModelBroken where there is no template."""
        if not processor.chat_template:
            raise ModelBroken(
                "The model in '{folder}' has no template for chats.",
                hint="Choose one whose name ends with Instruct or Chat.",
                folder=folder,
            )
        self._folder = folder
        self._model = model
        self._processor = processor
        self._how = compiled(model, options)
        self._can_resume = follows_mask and not self._how  # memory of a fixed size cannot be taken back
        self._rows = Rows(folder, model, processor.tokenizer, at_once=options.at_once) if follows_mask else None
        self._remembered: Remembered | None = None
        self._sights: list[tuple[Frame, Sight]] = []

    def run(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[AnswerToken | Answer | Verdict]:
        """Answers "ask" and "judge".

        Raises:
            UsageError, SourceError, EngineError, Cancelled.
        """
        if request.task == "ask" and request.questions:
            yield from self._answers(request.rows, cancelled)
        elif request.task == "ask":
            yield from self._answer(request, cancelled)
        elif request.task == "judge":
            yield self._judge(request, cancelled)
        else:
            raise wrong_task(self._folder, "ask", request.task)

    def _answers(self, rows: Sequence[ImageRequest], cancelled: Callable[[], bool]) -> Iterator[Answer]:
        if self._rows is None:
            return one_by_one(self._answer, rows, cancelled)
        return self._rows.answers(rows, self._read, self._answer if self._can_resume else None, cancelled)

    def _read(self, request: ImageRequest) -> tuple[dict[str, Any], tuple[Sight, ...]]:
        """What the model is given of a chat, and how it sees its pictures."""
        images = request.every_image
        inputs = self._inputs(self._chat(request, request.question), images)
        check_length(self._model, inputs.input_ids[0], request.max_new_tokens)
        return dict(inputs), self._seen(inputs, images)

    def _answer(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[AnswerToken | Answer]:
        started_s = time.perf_counter()
        images = request.every_image
        inputs, sights = self._read(request)
        tokens = inputs["input_ids"][0].tolist()
        generation = Generation(
            self._model,
            self._unread(inputs, tokens, images),
            max_new_tokens=request.max_new_tokens,
            cancelled=cancelled,
            folder=self._folder,
            **self._how,
        )
        try:
            yield from written(generation, self._processor.tokenizer, started_s, self._folder.name, sights)
        finally:
            if self._can_resume and generation.cache is not None:
                self._remembered = Remembered([*tokens, *generation.tokens], images, generation.cache)

    def _judge(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Verdict:
        """What is remembered of the chat stays."""
        inputs = self._inputs(self._chat(request, request.question), request.every_image)
        check_length(self._model, inputs.input_ids[0], 1)
        return verdict(self._model, inputs, self._processor.tokenizer, cancelled, self._folder)

    def _chat(self, request: ImageRequest, question: str) -> list[dict[str, Any]]:
        """The messages of the chat, pictures before the words that they came with.

        Raises:
            UsageError: there is no picture or no question.
        """
        check_question(request)
        messages = []
        for turn in request.history:
            messages.append(self._message("user", turn.question, turn.images))
            messages.append(self._message("assistant", turn.answer))
        return [*messages, self._message("user", question, request.images)]

    def _message(self, role: str, text: str, images: Sequence[Frame] = ()) -> dict[str, Any]:
        pictures = [{"type": "image", "image": Image.fromarray(image)} for image in images]
        return {"role": role, "content": [*pictures, {"type": "text", "text": plain(text, self._processor.tokenizer)}]}

    def _inputs(self, messages: list[dict[str, Any]], images: Sequence[Frame]) -> Any:
        """What the processor makes of messages with these pictures, on the model's device."""
        inputs = self._processor.apply_chat_template(
            messages,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
        )
        return inputs.to(self._model.device, self._model.dtype)  # only what is floating point changes its dtype

    def _unread(self, inputs: dict[str, Any], tokens: list[int], images: tuple[Frame, ...]) -> dict[str, Any]:
        """The inputs for `generate`, without the pictures that are remembered and with what is remembered."""
        remembered, self._remembered = self._remembered, None
        if remembered is None:
            return inputs
        n_same = n_alike(images, remembered.images, np.array_equal)
        fresh: dict[str, Any] = {}
        n_fresh_places = 0
        if joined := images[n_same:]:
            fresh = dict(self._inputs([self._message("user", "", joined)], joined))
            n_fresh_places = self._places(fresh["input_ids"][0].tolist()).size
        places = self._places(tokens)
        old, new = np.split(places, [places.size - n_fresh_places])
        n_known = remembered.n_known(tokens)
        if new.size:
            n_known = min(n_known, int(new[0]))
        if not old.size or n_known <= old[-1]:  # a picture that was seen before must be seen again
            return inputs
        remembered.forget_after(n_known)
        fresh |= {"input_ids": inputs["input_ids"], "attention_mask": inputs["attention_mask"]}
        return fresh | {"past_key_values": remembered.cache}

    def _places(self, tokens: list[int]) -> np.ndarray[Any, Any]:
        """Where in the text pictures stand: one place for each of their tokens."""
        return np.flatnonzero(np.array(tokens) == self._processor.image_token_id)

    def _seen(self, inputs: Any, images: tuple[Frame, ...]) -> tuple[Sight, ...]:
        """How the model sees each picture; those of the chat so far are known."""
        n_same = n_alike(images, [image for image, _ in self._sights], np.array_equal)
        known = self._sights[:n_same]
        for image in images[n_same:]:
            if len(images) == 1:
                pixels = inputs
            else:
                pixels = self._processor.image_processor(images=[Image.fromarray(image)], return_tensors="pt")
            *pieces, _, height_px, width_px = pixels["pixel_values"].shape  # (…, 3, H, W)
            known.append((image, Sight(width_px, height_px, math.prod(pieces))))
        self._sights = known
        return tuple(sight for _, sight in known)


@dataclass
class Remembered:
    """What a model has read and written last: the tokens, the pictures among them, and its keys and values for both."""

    tokens: list[int]
    images: Sequence[Frame]
    cache: Any

    def n_known(self, tokens: Sequence[int]) -> int:
        """How many tokens at the beginning need not be read again; the last one always is, for what follows it."""
        n_read = min(self.cache.get_seq_length(), len(tokens) - 1)
        if any(layer.is_sliding and n_read >= layer.sliding_window for layer in self.cache.layers):
            return 0  # what fell out of a window cannot be gone back to
        return n_alike(self.tokens[:n_read], tokens, int.__eq__)

    def forget_after(self, n_tokens: int) -> None:
        self.cache.crop(n_tokens - self.cache.get_seq_length())


class Generation:
    """The tokens that transformers' `generate` picks greedily, each as soon as it is there.

    `generate` runs in a thread: it gives tokens to a callback, and stops when the callback says so.

    Attributes:
        tokens: all that came so far.
        cache: the keys and values when it has ended, also by `cancelled`; None after an error.
    """

    def __init__(
        self,
        model: Any,
        inputs: dict[str, Any],
        *,
        max_new_tokens: int,
        cancelled: Callable[[], bool],
        folder: Path,
        **options: Any,
    ) -> None:
        self.tokens: list[int] = []
        self.cache: Any = None
        self._model = model
        self._options = {
            **inputs, "do_sample": False, "num_beams": 1, "max_new_tokens": max_new_tokens,
            "return_dict_in_generate": True, **options,
        }  # fmt: skip
        self._cancelled = cancelled
        self._ends = ends_of(model) if "eos_token_id" not in options else set(options["eos_token_id"])
        self._is_left = threading.Event()
        self._arrived: SimpleQueue[int | None] = SimpleQueue()
        self._folder = folder

    def __iter__(self) -> Generator[int]:
        """Raises Cancelled within one token; OutOfMemory."""
        if self._cancelled():
            raise Cancelled
        with ThreadPoolExecutor(1, "generate") as thread:
            running: Future[Any] = thread.submit(self._generate)
            running.add_done_callback(lambda _: self._arrived.put(None))
            try:
                for token in iter(self._arrived.get, None):
                    self.tokens.append(token)
                    yield token
            finally:
                self._is_left.set()
                if running.exception() is None:
                    self.cache = running.result().past_key_values
        running.result()
        if self._cancelled():
            raise Cancelled

    @property
    def is_cut_off(self) -> bool:
        """Whether the last token is none that ends an answer."""
        return not self._ends.intersection(self.tokens[-1:])

    def _generate(self) -> Any:
        import torch

        with run_errors(self._folder), torch.inference_mode():
            return self._model.generate(**self._options, stopping_criteria=[self._take])

    def _take(self, tokens: Any, scores: Any, **_: Any) -> Any:
        """Called after each token with all of them, (1, n); whether to stop."""
        import torch

        self._arrived.put(int(tokens[0, -1]))
        return torch.full((1,), self._is_left.is_set() or self._cancelled(), device=tokens.device)


class Rows:
    """Answers questions of which each is about a picture of its own: some at a time, side by side in one batch.

    On a processor a picture costs more than what is said about it: where several in a row are about one picture, they
    are answered one by one, and the picture is read once.

    Args:
        model: of transformers, with `generate`, which gives the same tokens for a text that begins with masked ones.
        at_once: how many at a time; 0 for what suits its size. Where memory runs out it is halved.
        complete: what the model is given for the inputs of some questions.
    """

    def __init__(
        self,
        folder: Path,
        model: Any,
        tokenizer: Any,
        *,
        at_once: int,
        complete: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    ) -> None:
        self._folder = folder
        self._model = model
        self._tokenizer = tokenizer
        self._complete = complete
        self._at_once = at_once or (AT_ONCE if model.num_parameters() < LARGE else AT_ONCE_OF_LARGE)
        self._ends = ends_of(model)
        self._padding = 0 if tokenizer.pad_token_id is None else tokenizer.pad_token_id

    def answers(
        self, requests: Sequence[ImageRequest], read: Read, read_on: AnswerOne | None, cancelled: Callable[[], bool]
    ) -> Iterator[Answer]:
        """The answer to each, in their order.

        Args:
            read_on: answers a question and reads on from the one before; None where the model cannot.

        Raises:
            Cancelled: within one token; OutOfMemory; what `read` raises.
        """
        if read_on is None or self._model.device.type != "cpu":
            yield from self._side_by_side(requests, read, cancelled)
            return
        alike = [np.array_equal(one.images[0], other.images[0]) for one, other in pairwise(requests)]
        is_repeated = [before or after for before, after in zip([False, *alike], [*alike, False], strict=True)]
        for shares_picture, group in groupby(zip(is_repeated, requests, strict=True), lambda one: one[0]):
            lot = [request for _, request in group]
            if shares_picture:
                yield from one_by_one(read_on, lot, cancelled)
            else:
                yield from self._side_by_side(lot, read, cancelled)

    def _side_by_side(
        self, requests: Sequence[ImageRequest], read: Read, cancelled: Callable[[], bool]
    ) -> Iterator[Answer]:
        while requests:
            lot, requests = requests[: self._at_once], requests[self._at_once :]
            started_s = time.perf_counter()
            inputs, sights = zip(*map(read, lot), strict=True)
            by_shape: dict[Any, list[int]] = {}  # pictures of one shape go together
            for place, one in enumerate(inputs):
                by_shape.setdefault(one["pixel_values"].shape, []).append(place)
            answers: dict[int, Answer] = {}
            for places in by_shape.values():
                written = self._written([inputs[place] for place in places], lot[0].max_new_tokens, cancelled)
                for place, (tokens, times_s) in zip(places, written, strict=True):
                    writing = Writing(self._tokenizer)
                    for token in tokens:
                        writing.add(token)
                    first_s, took_s = times_s[0] - started_s, times_s[-1] - started_s
                    answers[place] = Answer(
                        writing.text,
                        len(tokens),
                        first_s,
                        len(tokens) / took_s,
                        self._folder.name,
                        sights[place],
                        is_cut_off=tokens[-1] not in self._ends,
                    )
            yield from (answers[place] for place in range(len(lot)))

    def _written(
        self, inputs: list[dict[str, Any]], max_new_tokens: int, cancelled: Callable[[], bool]
    ) -> list[tuple[list[int], list[float]]]:
        """The tokens of each, the one that ends it included, with when each was there."""
        try:
            return self._generated(inputs, max_new_tokens, cancelled)
        except OutOfMemory:
            if len(inputs) == 1:
                raise
            self._at_once = half = (len(inputs) + 1) // 2
            log.warning("%s has memory for %d questions at once at most", self._folder.name, half)
        some, others = inputs[:half], inputs[half:]
        return self._written(some, max_new_tokens, cancelled) + self._written(others, max_new_tokens, cancelled)

    def _generated(
        self, inputs: list[dict[str, Any]], max_new_tokens: int, cancelled: Callable[[], bool]
    ) -> list[tuple[list[int], list[float]]]:
        import torch

        steps: list[tuple[list[int], float]] = []

        def take(tokens: Any, scores: Any, **_: Any) -> Any:
            steps.append((tokens[:, -1].tolist(), time.perf_counter()))
            return torch.full((len(tokens),), cancelled(), device=tokens.device)

        if cancelled():
            raise Cancelled
        with run_errors(self._folder), torch.inference_mode():
            self._model.generate(
                **self._complete(self._beside(inputs)), do_sample=False, num_beams=1, max_new_tokens=max_new_tokens,
                pad_token_id=self._padding, stopping_criteria=[take],
            )  # fmt: skip
        if cancelled():
            raise Cancelled
        found = []
        for row in range(len(inputs)):
            tokens = [tokens[row] for tokens, _ in steps]
            length = next((n for n, token in enumerate(tokens, 1) if token in self._ends), len(tokens))
            found.append((tokens[:length], [at_s for _, at_s in steps[:length]]))
        return found

    def _beside(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        """The inputs of all as those of one batch: shorter texts begin with tokens that are masked."""
        import torch

        longest = max(one["input_ids"].shape[1] for one in inputs)
        before = {"input_ids": self._padding, "attention_mask": 0}

        def padded(name: str, values: Any) -> Any:
            if name not in before:
                return values
            return torch.nn.functional.pad(values, (longest - values.shape[1], 0), value=before[name])

        return {name: torch.cat([padded(name, one[name]) for one in inputs]) for name in inputs[0]}


class Writing:
    """Turns tokens into text as they come: never a broken character, nothing taken back, no white space around."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._tokens: list[int] = []
        self.text = ""

    def add(self, token: int) -> str:
        """What the token adds to the text: nothing, where it is a part of a character."""
        self._tokens.append(token)
        written = self._tokenizer.decode(
            self._tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )  # cleaning up would change what is shown already
        if written.endswith(BROKEN):
            return ""
        written = written.replace(BROKEN, "").strip()
        if not written.startswith(self.text):  # bytes before it that were characters; they are again with the next ones
            return ""
        added = written[len(self.text) :]
        self.text = written
        return str(added)


def ends_of(model: Any) -> set[int]:
    """The tokens that end an answer."""
    ends = model.generation_config.eos_token_id
    return set(ends if isinstance(ends, list) else [ends])


def written(
    generation: Generation, tokenizer: Any, started_s: float, model: str, sights: tuple[Sight, ...]
) -> Iterator[AnswerToken | Answer]:
    """The answer that the tokens of a generation make.

    Args:
        started_s: when the question was taken, by `perf_counter`.
        model: its name.
        sights: how it saw the pictures.
    """
    writing, n_tokens, first_s = Writing(tokenizer), 0, 0.0
    for token in generation:
        n_tokens += 1
        first_s = first_s or time.perf_counter() - started_s
        if added := writing.add(token):
            yield AnswerToken(added)
    tokens_per_s = n_tokens / (time.perf_counter() - started_s)
    yield Answer(writing.text, n_tokens, first_s, tokens_per_s, model, sights, generation.is_cut_off)


def one_by_one(answer: AnswerOne, rows: Sequence[ImageRequest], cancelled: Callable[[], bool]) -> Iterator[Answer]:
    """The answer to each, without its tokens."""
    for row in rows:
        yield from (result for result in answer(row, cancelled) if isinstance(result, Answer))


def verdict(model: Any, inputs: dict[str, Any], tokenizer: Any, cancelled: Callable[[], bool], folder: Path) -> Verdict:
    """What the model would begin to answer: the probability of all ways to write yes, among those and those of no.

    Raises:
        Cancelled: before it began.
        OutOfMemory: `run_errors` says so.
    """
    import torch

    if cancelled():
        raise Cancelled
    with run_errors(folder), torch.inference_mode():
        output = model.generate(
            **inputs, do_sample=False, num_beams=1, max_new_tokens=1, return_dict_in_generate=True, output_logits=True
        )
        logits = output.logits[0][0].float()
        yes, no = (logits[_spelled(word, tokenizer)].logsumexp(0) for word in ("yes", "no"))
        return Verdict(float((yes - no).sigmoid()))


def _spelled(word: str, tokenizer: Any) -> list[int]:
    """The tokens that are the whole word, as a text begins with it; a piece of one could begin another word."""
    spellings = [before + spelled for before in ("", " ") for spelled in (word, word.capitalize(), word.upper())]
    encoded = [tokenizer(spelling, add_special_tokens=False).input_ids for spelling in spellings]
    return sorted({tokens[0] for tokens in encoded if len(tokens) == 1})


def check_question(request: ImageRequest) -> None:
    """Raises UsageError."""
    if not request.every_image:
        raise UsageError("There is no picture to ask about.")
    if not request.question.strip():
        raise UsageError("There is no question.", hint="Ask one about the picture.")


def check_length(model: Any, tokens: Sequence[int], max_new_tokens: int) -> None:
    """Raises SourceError."""
    most = model.config.get_text_config().max_position_embeddings
    if len(tokens) + max_new_tokens > most:
        raise SourceError(
            "The chat is too long: with the answer it has {count} tokens, and the model reads {most}.",
            hint="Ask in fewer words, or start a new chat.",
            count=len(tokens) + max_new_tokens,
            most=most,
        )


def plain(text: str, tokenizer: Any) -> str:
    """The text with a space in whatever would steer the model or stand for a picture."""
    added = [token.content for token in tokenizer.added_tokens_decoder.values() if token.special]
    for token in [*tokenizer.all_special_tokens, *added]:
        text = text.replace(token, f"{token[0]} {token[1:]}")
    return text


def n_alike(some: Sequence[Any], others: Sequence[Any], are_equal: Callable[[Any, Any], bool]) -> int:
    """How many at the beginning are the same."""
    pairs = zip(some, others, strict=False)
    return next((n for n, pair in enumerate(pairs) if not are_equal(*pair)), min(len(some), len(others)))
