"""What an engine is: options, `load`, one verb, `unload`. No Qt, no app.

An engine lives in one file, imports its heavy libraries inside `load`, and is found by `registry`. The same object
runs in a process of its own (`engine_process`) or in the caller's thread; nobody who asks it can tell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict

Task = Literal[
    "speech", "emotion", "label", "caption", "ask", "match", "sketch",
    "control", "lora", "vae",  # what stands by a model that draws
    "depth", "pose", "seg",  # what makes controls of pictures
]  # fmt: skip
OnProgress = Callable[[float, str], None]


class EngineOptions(BaseModel):
    """Base of every engine's options: each field has a title and a description, which the form shows."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class EngineInfo:
    """What the engine list, the options form and the command line show.

    Attributes:
        name: as typed on the command line, such as "faster-whisper".
        tasks: all that it does with one kind of weights or another.
        needs_model: False where the model is elsewhere, and no folder is read.
        has_memory: whether an answer heeds the questions and answers before it.
        takes_several_images: whether one question can be about more than one picture.
        has_classes: whether it labels with the classes that it was trained on, and not with labels that are asked for.
        judges: whether a model for the task "ask" also does "judge".
    """

    name: str
    title: str
    tasks: tuple[Task, ...]
    options: type[EngineOptions]
    needs_model: bool = True
    has_memory: bool = False
    takes_several_images: bool = False
    has_classes: bool = False
    judges: bool = False


class Engine(Protocol):
    """Loads a model and answers requests, one at a time, always from the same thread.

    `load` may set an attribute `device`, "cpu" or "cuda", which the status bar shows.
    """

    info: ClassVar[EngineInfo]

    def __init__(self, model: Path, options: Any) -> None:
        """Keeps what to load; nothing is read yet. `model` is a folder, or a file for single-file models."""

    def load(self, on_progress: OnProgress) -> None:
        """Reads the model into memory.

        Raises:
            ModelMissing, ModelBroken, PackageMissing, OutOfMemory.
        """

    def run(self, request: Any, cancelled: Callable[[], bool]) -> Iterator[Any]:
        """Yields `Progress` and results; checks `cancelled` at least once a step and raises `Cancelled`."""

    def unload(self) -> None:
        """Lets go of the model's memory."""


@dataclass(frozen=True)
class EngineSpec:
    """Which engine to start with which model and options: the key of the pool, and all the child process is told.

    Attributes:
        factory: "package.module:Class" of the engine.
        options_json: the options as canonical JSON, so that equal options are equal keys.
    """

    factory: str
    model_id: str
    model_path: str
    options_json: str = "{}"

    @property
    def engine(self) -> str:
        """The engine in a word, such as "faster-whisper": its module says it."""
        return self.factory.partition(":")[0].rpartition(".")[2].replace("_", "-")

    @classmethod
    def of(
        cls, engine: type[Engine], model_id: str, model_path: Path, options: EngineOptions | None = None
    ) -> EngineSpec:
        """The spec of an engine class with a model."""
        values = (options or engine.info.options()).model_dump(mode="json")
        return cls(
            factory=f"{engine.__module__}:{engine.__qualname__}",
            model_id=model_id,
            model_path=str(model_path),
            options_json=json.dumps(values, sort_keys=True),
        )
