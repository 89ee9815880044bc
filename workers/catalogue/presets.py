"""How to draw with a model on a machine: steps, size and what else makes pictures quick or good. No Qt."""

from __future__ import annotations

import math
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from workers.catalogue.catalogue import Catalogue
from workers.catalogue.entries import MachineClass, machine_class
from workers.engines.base import Task
from workers.engines.devices import Machine
from workers.results import Control, ControlKind, Lora, Picture, SketchRequest

PRESETS_FILE = Path(__file__).with_name("presets.toml")

SIDE_STEP_PX = 8
MOST_SHAPE = 4.0  # how many times one side may be the other: models draw longer pictures badly

Purpose = Literal["live", "final"]


class Preset(BaseModel):
    """One way to draw; `presets.toml` explains the fields, which are named as those of a SketchRequest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    purpose: Purpose
    family: str
    proposed_for: tuple[MachineClass, ...]
    loras: dict[str, float] = {}
    vae: Literal["full", "tiny"] = "full"
    scheduler: str = ""
    width: int
    height: int
    num_inference_steps: int
    guidance_scale: float
    conditioning_scale: float = 1.0
    control_end: float = 1.0

    def request(self, model_id: str, prompt: str = "", *, controls: tuple[Control, ...] = ()) -> SketchRequest:
        """A request for a picture drawn this way."""
        return SketchRequest(
            prompt=prompt,
            model=model_id,
            width=self.width,
            height=self.height,
            num_inference_steps=self.num_inference_steps,
            guidance_scale=self.guidance_scale,
            scheduler=self.scheduler,
            controls=controls,
            loras=tuple(Lora(lora, scale) for lora, scale in self.loras.items()),
            vae=self.vae,
        )

    def size_for(self, width: int, height: int) -> tuple[int, int]:
        """(width, height) of a picture of a drawing of this size: of its shape, and of as many pixels as suit."""
        shape = min(max(width / height, 1 / MOST_SHAPE), MOST_SHAPE)
        side = math.sqrt(self.width * self.height * shape)
        return round(side / SIDE_STEP_PX) * SIDE_STEP_PX, round(side / shape / SIDE_STEP_PX) * SIDE_STEP_PX

    def control(self, kind: ControlKind, image: Picture, model_id: str) -> Control:
        """A control that acts as strongly and as long as suits this way of drawing."""
        return Control(kind, image, model_id, self.conditioning_scale, end=self.control_end)


@cache
def presets() -> tuple[Preset, ...]:
    """Every preset, in the order in which they are preferred."""
    return tuple(Preset(**table) for table in tomllib.loads(PRESETS_FILE.read_text("utf-8"))["preset"])


def presets_for(catalogue: Catalogue, model_id: str, purpose: Purpose, machine: Machine) -> list[Preset]:
    """The presets that can be used with a model as it is installed here, the one that suits the machine best first.

    Raises:
        ModelMissing, ModelBroken: there is no such model.
    """
    family = catalogue.entry(model_id).family
    kind = machine_class(machine)

    def installed(task: Task) -> set[str]:
        entries = catalogue.companions(model_id, task)
        return {entry.id for entry in entries if catalogue.is_installed(entry)}

    loras, has_tiny_vae = installed("lora"), bool(installed("vae"))
    usable = [
        preset
        for preset in presets()
        if preset.purpose == purpose
        and preset.family in (family, "")
        and loras.issuperset(preset.loras)
        and (preset.vae == "full" or has_tiny_vae)
    ]
    return sorted(usable, key=lambda preset: (preset.family == "", kind not in preset.proposed_for))
