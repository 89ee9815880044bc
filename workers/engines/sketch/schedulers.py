"""The ways from noise to a picture, by name: how many steps, how large, and what noise is added. No heavy import.

Papers: DDIM, arXiv 2010.02502; Euler and Heun, arXiv 2206.00364; DPM++, arXiv 2211.01095; UniPC, arXiv 2302.04867;
LCM, arXiv 2310.04378; TCD, arXiv 2402.19159.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workers.errors import UsageError

MOST_STEPS = 500  # with nearly as many as a model was trained in, some would begin before its first one


@dataclass(frozen=True)
class Scheduler:
    """One of diffusers' schedulers.

    Attributes:
        title: what pictures' `parameters` call it, as other tools do.
        settings: what differs from the model's own configuration.
        takes_eta: whether each step adds as much fresh noise as it is told to.
        begins_in_noise: whether it can begin where nothing but noise is left; Heun's first step would have no end.
    """

    title: str
    class_name: str
    settings: dict[str, Any] = field(default_factory=dict)
    takes_eta: bool = False
    begins_in_noise: bool = True


SCHEDULERS = {
    "ddim": Scheduler("DDIM", "DDIMScheduler", takes_eta=True),
    "ddim-trailing": Scheduler("DDIM trailing", "DDIMScheduler", {"timestep_spacing": "trailing"}, takes_eta=True),
    "euler": Scheduler("Euler", "EulerDiscreteScheduler"),
    "euler-a": Scheduler("Euler a", "EulerAncestralDiscreteScheduler"),
    "euler-trailing": Scheduler("Euler trailing", "EulerDiscreteScheduler", {"timestep_spacing": "trailing"}),
    "heun": Scheduler("Heun", "HeunDiscreteScheduler", begins_in_noise=False),
    "dpmpp-2m": Scheduler("DPM++ 2M", "DPMSolverMultistepScheduler"),
    "dpmpp-2m-karras": Scheduler("DPM++ 2M Karras", "DPMSolverMultistepScheduler", {"use_karras_sigmas": True}),
    "dpmpp-2m-sde-karras": Scheduler(
        "DPM++ 2M SDE Karras",
        "DPMSolverMultistepScheduler",
        {"use_karras_sigmas": True, "algorithm_type": "sde-dpmsolver++"},
    ),
    "unipc": Scheduler("UniPC", "UniPCMultistepScheduler"),
    "lcm": Scheduler("LCM", "LCMScheduler"),
    "tcd": Scheduler("TCD", "TCDScheduler", takes_eta=True),
}


def can_draw(name: str, own: Mapping[str, Any]) -> bool:
    """Whether a scheduler can draw with a model, by the configuration of the model's own one."""
    ends_in_noise = 1.0 in (own.get("trained_betas") or ())
    return not name or SCHEDULERS[name].begins_in_noise or not ends_in_noise


def check_scheduler(name: str, own: Mapping[str, Any] | None = None) -> None:
    """Lets a known name pass, and "", which is the model's own.

    Args:
        own: the configuration of the model's own one, where the model is known.

    Raises:
        UsageError: there is none of this name, or it cannot draw with the model.
    """
    if name and name not in SCHEDULERS:
        raise UsageError(
            "There is no scheduler '{name}'.",
            hint="Choose one of: {names}.",
            name=name,
            names=", ".join(SCHEDULERS),
        )
    if own is not None and not can_draw(name, own):
        raise UsageError(
            "The sampler '{name}' cannot draw with this model.", hint="Choose another one, such as 'ddim'.", name=name
        )


def make_scheduler(name: str, own: Any, steps: int) -> Any:
    """A fresh scheduler of this name for so many steps of the model whose own one is `own`. Imports diffusers."""
    import diffusers

    kind, settings = type(own), {}
    if name:
        kind, settings = getattr(diffusers, SCHEDULERS[name].class_name), SCHEDULERS[name].settings
    scheduler = kind.from_config(own.config, **settings)
    most = scheduler.config.get("original_inference_steps")  # LCM's and TCD's: theirs are taken out of so many
    if most is not None and steps > most:
        scheduler = kind.from_config(own.config, **settings, original_inference_steps=steps)
    return scheduler
