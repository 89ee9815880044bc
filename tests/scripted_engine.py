"""A real engine whose answers and mishaps are scripted, for every test that needs an engine but no model.

A `SpeechRequest` is answered with `options.words`, one for each 0.3 s of its samples. An `ImageRequest` is answered by
the mean colour of its last image, such as "200 0 0": the label that is it scores 1, the caption tells it, the answer
tells it after the question, the verdict is yes where the question has it. A `SketchRequest` is drawn in one colour. A
tuple is a command:

    ("echo", value)          gives the value back           ("exit", code)    ends the process
    ("bytes", n)             gives an array of n bytes       ("kill",)         ends it as the system does: SIGKILL
    ("count", n)             gives 0 ... n - 1               ("segv",)         crashes in native code
    ("wait",)                gives "waiting", then runs until it is cancelled
    ("deaf", flag)           gives "deaf", then runs until the file `flag` exists, cancelled or not; then 50 MB more
    ("frozen",)              gives "frozen", then never lets go of Python's lock
    ("print", text)          Python's and C's stdout         ("error", text)   raises EngineError
    ("log", level, text, …)  logs                            ("bug", text)     raises ValueError
    ("foreign",)             gives what may not cross        ("memory",)       raises MemoryError
    ("environment", name)    gives a variable                ("pid",)          gives the process id
    ("imported", name)       whether a module is imported
"""

from __future__ import annotations

import ctypes
import importlib
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from workers.engines.base import EngineInfo, EngineOptions, EngineSpec, OnProgress
from workers.errors import Cancelled, EngineError, ModelMissing
from workers.results import (
    SAMPLE_RATE_HZ,
    Answer,
    AnswerToken,
    Caption,
    GeneratedImage,
    Hypothesis,
    ImageRequest,
    LabelScores,
    SketchRequest,
    SpeechRequest,
    StepPreview,
    Verdict,
    Word,
)  # fmt: skip

FACTORY = "tests.scripted_engine:ScriptedEngine"
WORD_S = 0.3

log = logging.getLogger(__name__)


class QuietEngine:
    """What an engine of a test is beside its `info` and `run`: it has nothing to load."""

    def __init__(self, model: Path, options: EngineOptions) -> None:
        self.device = "cpu"

    def load(self, on_progress: OnProgress) -> None:
        on_progress(1.0, "Loaded")

    def unload(self) -> None: ...


class ScriptedOptions(EngineOptions):
    words: tuple[str, ...] = Field((" one", " two", " three", " four"), title="Words", description="What it hears.")
    load: Literal["well", "missing", "package", "memory", "exit", "wait", "deaf", "torch"] = Field(
        "well", title="Load", description="How loading goes."
    )
    load_memory_bytes: int = Field(0, title="Memory", description="What it takes when loaded.")
    latency_s: float = Field(0.0, title="Latency", description="How long a speech request takes.")
    crash_once: str = Field("", title="Crash once", description="A file: the first speech request makes it and dies.")
    bugs_at: tuple[int, ...] = Field((), title="Bugs at", description="These speech requests raise ValueError.")
    crash_always: bool = Field(False, title="Crash always", description="Dies on each speech request.")
    fails: bool = Field(False, title="Fails", description="Looks raise EngineError, but for questions.")
    tokens: int = Field(0, title="Tokens", description="How many more an answer has.")


class ScriptedEngine:
    info: ClassVar[EngineInfo] = EngineInfo(
        "scripted", "Scripted", ("speech", "label", "caption", "ask"), ScriptedOptions
    )

    def __init__(self, model: Path, options: ScriptedOptions) -> None:
        self._model = model
        self._options = options
        self._memory = b""
        self._n_heard = 0
        self.device = "cpu"

    def load(self, on_progress: OnProgress) -> None:
        on_progress(0.0, "Loading")
        match self._options.load:
            case "missing":
                raise ModelMissing("The model '{model}' is not installed.", hint="Download it.", model=self._model)
            case "package":
                importlib.import_module("torchaudiox")
            case "torch":
                importlib.import_module("torch")
            case "exit":
                os._exit(7)
            case "memory":
                raise MemoryError
            case "wait":
                while True:
                    on_progress(0.5, "Waiting")
                    time.sleep(0.01)
            case "deaf":
                while True:
                    time.sleep(0.01)
        self._memory = b"x" * self._options.load_memory_bytes
        on_progress(1.0, "Loaded")

    def run(self, request: Any, cancelled: Callable[[], bool]) -> Iterator[Any]:
        if isinstance(request, SpeechRequest):
            yield self._hear(request)
        elif isinstance(request, ImageRequest):
            yield from self._look(request, cancelled)
        elif isinstance(request, SketchRequest):
            yield from self._draw(request, cancelled)
        else:
            yield from _obey(request, cancelled)

    def unload(self) -> None:
        self._memory = b""

    def _look(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[Any]:
        """Each token of an answer takes the latency; any other result does once."""
        colour = " ".join(str(round(mean)) for mean in request.every_image[-1].mean((0, 1)))
        texts = [f"{request.question}", *(f" {part}" for part in colour.split()), *[" more"] * self._options.tokens]
        if request.task == "ask":
            for number, text in enumerate(texts):
                time.sleep(self._options.latency_s)
                if cancelled():
                    raise Cancelled
                if number == 1:
                    self._crash_if_told()
                yield AnswerToken(text)
            yield Answer("".join(texts), len(texts), 0.01, 100.0, is_cut_off=len(texts) > request.max_new_tokens)
            return
        self._crash_if_told()
        if self._options.fails:
            raise EngineError("The script fails.")
        time.sleep(self._options.latency_s)
        if cancelled():
            raise Cancelled
        if request.task == "judge":
            yield Verdict(float(colour in request.question))
        elif request.task == "caption":
            yield Caption(f"{request.prefix} {colour}".strip())
        else:
            scores = sorted(
                ((label, float(label == colour)) for label in request.candidate_labels), key=lambda s: -s[1]
            )
            yield LabelScores(tuple(scores), 0.0)

    def _draw(self, request: SketchRequest, cancelled: Callable[[], bool]) -> Iterator[Any]:
        """A picture whose red is the seed and whose green counts the controls; each step takes the latency."""
        pixels = np.zeros((request.height, request.width, 3), np.uint8)
        pixels[...] = request.seed % 256, len(request.controls), 0
        for step in range(1, request.num_inference_steps + 1):
            time.sleep(self._options.latency_s)
            if cancelled():
                raise Cancelled
            self._crash_if_told()
            if request.has_previews:
                yield StepPreview(pixels[::2, ::2], step, request.num_inference_steps, 0.1)
        yield GeneratedImage(pixels, request, 0.5, request.num_inference_steps)

    def _crash_if_told(self) -> None:
        if self._options.crash_always:
            os._exit(9)
        if self._options.crash_once and not Path(self._options.crash_once).exists():
            Path(self._options.crash_once).touch()
            os.kill(os.getpid(), signal.SIGKILL)

    def _hear(self, request: SpeechRequest) -> Hypothesis:
        self._crash_if_told()
        self._n_heard += 1
        if self._n_heard in self._options.bugs_at:
            raise ValueError(self._n_heard)
        time.sleep(self._options.latency_s)
        count = min(len(self._options.words), int(len(request.samples) / SAMPLE_RATE_HZ / WORD_S))
        words = (
            Word(text, position * WORD_S, (position + 1) * WORD_S, 0.9)
            for position, text in enumerate(self._options.words[:count])
        )
        return Hypothesis(tuple(words), language="en", language_probability=1.0, decode_s=self._options.latency_s)


def _obey(command: tuple[Any, ...], cancelled: Callable[[], bool]) -> Iterator[Any]:
    match command:
        case ("echo", value):
            yield value
        case ("bytes", int(count)):
            yield np.zeros(count, np.uint8)
        case ("count", int(count)):
            yield from range(count)
        case ("wait",):
            yield "waiting"
            while not cancelled():
                time.sleep(0.002)
            raise Cancelled
        case ("deaf", str(flag)):
            yield "deaf"
            while not Path(flag).exists():
                time.sleep(0.002)
            yield np.zeros(50_000_000, np.uint8)
        case ("frozen",):
            yield "frozen"
            ctypes.PyDLL(None).sleep(3600)
        case ("exit", int(code)):
            os._exit(code)
        case ("kill",):
            os.kill(os.getpid(), signal.SIGKILL)
        case ("segv",):
            ctypes.string_at(0)
        case ("print", str(text)):
            print(text)  # noqa: T201 - the point of it
            os.write(1, f"{text} from C\n".encode())
        case ("log", int(level), str(text), *values):
            log.log(level, text, *values)
        case ("error", str(text)):
            raise EngineError("The {engine} says: {text}", hint="Ask {engine} again.", engine="script", text=text)
        case ("bug", str(text)):
            raise ValueError(text)
        case ("memory",):
            raise MemoryError
        case ("foreign",):
            yield Fraction(1, 3)
        case ("environment", str(name)):
            yield os.environ.get(name)
        case ("imported", str(name)):
            yield name in sys.modules
        case ("pid",):
            yield os.getpid()
        case _:
            raise ValueError(command)


def scripted(model_id: str = "scripted", model_path: Path = Path("nowhere"), **options: Any) -> EngineSpec:
    """The spec of a scripted engine."""
    return EngineSpec.of(ScriptedEngine, model_id, model_path, ScriptedOptions(**options))
