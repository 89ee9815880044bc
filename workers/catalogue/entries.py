"""What is known of one model, and which of several suit a machine. No Qt, no heavy library."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from workers.engines.base import Task
from workers.engines.devices import Machine, machine
from workers.results import ControlKind

MODELS_FILE = Path(__file__).with_name("models.toml")

Format = Literal["ctranslate2", "transformers", "diffusers", "lora", "none"]
MachineClass = Literal["cpu", "gpu-8gb", "gpu-24gb"]

MACHINE_CLASSES: dict[MachineClass, float] = {"gpu-24gb": 22e9, "gpu-8gb": 7e9, "cpu": 0.0}
"""By GPU memory; drivers keep some of it."""


def machine_class(machine: Machine) -> MachineClass:
    """Which of the machines that models are proposed to this one is like."""
    return next(name for name, least in MACHINE_CLASSES.items() if machine.gpu_memory_bytes >= least)


class ModelEntry(BaseModel):
    """One model; `models.toml` explains the fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    task: Task
    engines: tuple[str, ...]
    format: Format
    source: Literal["package", "hub", "bundled", "folder", "server"]
    packages: tuple[str, ...] = ()
    folder: str = ""  # in site-packages, or the user's own
    joined: dict[str, tuple[str, ...]] = {}
    repo_id: str = ""
    revision: str = "main"
    licence: str = ""
    languages: tuple[str, ...] = ()
    translates: bool = True  # into English, where it knows other languages
    download_bytes: int | None = None
    memory_bytes: int | None = None
    memory_4bit_bytes: int | None = None
    needs_gpu: bool = False
    proposed_for: tuple[MachineClass, ...] = ()
    sha256: dict[str, str] = {}
    family: str = ""  # models that draw and their companions: those of one family go together
    controls: tuple[ControlKind, ...] = ()
    file: str = ""
    note: str = ""
    is_own: bool = False  # a repository that the user added

    @property
    def size_bytes(self) -> int:
        """To compare models by: in memory where that is known, else as files, 0 where nothing is."""
        return self.memory_bytes or self.download_bytes or 0


def best_first(entries: Iterable[ModelEntry]) -> list[ModelEntry]:
    """Models as they come, but those last that are too much for this machine."""
    here = machine()
    return sorted(entries, key=lambda entry: not fits(entry, here))


def fits(entry: ModelEntry, machine: Machine) -> bool:
    """Whether the model runs on the machine at a useful speed; memory that nobody measured is estimated."""
    if entry.needs_gpu and not machine.gpu_memory_bytes:
        return False
    if machine.gpu_memory_bytes and entry.memory_4bit_bytes:
        return entry.memory_4bit_bytes <= machine.gpu_memory_bytes
    needed = entry.memory_bytes or 1.3 * (entry.download_bytes or 0) + 5e8  # weights, buffers, the library itself
    return needed <= (machine.gpu_memory_bytes or machine.memory_bytes / 2)


def next_smaller(model_id: str, models_file: Path = MODELS_FILE) -> str:
    """The id of the largest known model for the same task that is smaller than this one; "" where there is none."""
    entries = [ModelEntry(**table) for table in tomllib.loads(models_file.read_text("utf-8"))["model"]]
    this = next((entry for entry in entries if entry.id == model_id), None)
    if this is None:
        return ""
    smaller = [entry for entry in entries if entry.task == this.task and 0 < entry.size_bytes < this.size_bytes]
    return max(smaller, key=lambda entry: entry.size_bytes).id if smaller else ""
