"""One picture on its way from noise: the loop of diffusers' pipelines, step by step, with what they do not save. No Qt.

The same request gives the same pixels as the pipelines, and in less time: a ControlNet is not run before its start and
after its end, where the pipelines run it and multiply what it says by nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workers.engines.sketch.prompts import Words


@dataclass(frozen=True, eq=False)
class ActiveControl:
    """A ControlNet and what it is shown.

    Attributes:
        image: (1, 3, H, W) in [0, 1].
        mode: the number of its kind in a ControlNet for several kinds, None in any other.
    """

    net: Any
    image: Any
    scale: float
    start: float
    end: float
    mode: int | None = None


@dataclass(frozen=True, eq=False)
class Beginning:
    """The picture to begin with, (1, channels, h, w), and where it is made anew: all of it, or where `mask` is 1."""

    latents: Any
    strength: float
    mask: Any = None  # (1, 1, h, w)


class Denoising:
    """Turns noise to latents. `step` does one of `of` steps; `latents` are finished after the last.

    Args:
        shape: of the latents, (1, channels, h, w).
        negative: what guidance leads away from; None without guidance.
    """

    def __init__(
        self,
        unet: Any,
        scheduler: Any,
        generator: Any,
        *,
        shape: tuple[int, ...],
        words: Words,
        negative: Words | None,
        guidance_scale: float,
        steps: int,
        eta: float,
        factor: int,
        controls: Sequence[ActiveControl] = (),
        beginning: Beginning | None = None,
    ) -> None:
        import torch
        from diffusers.utils.torch_utils import randn_tensor

        self.n_unet_calls = 0
        self.n_controlnet_calls = 0
        self._newest: tuple[Any, Any, Any] | None = None  # what the UNet saw, predicted, and when
        self._unet = unet
        self._scheduler = scheduler
        self._guidance_scale = guidance_scale
        self.is_guided = negative is not None
        self._beginning = beginning
        self._step = 0
        device, dtype = words.features.device, words.features.dtype
        self._features = words.features if negative is None else torch.cat([negative.features, words.features])
        self._added = _added(words, negative, (shape[2] * factor, shape[3] * factor))
        self._guidance_embedding = _guidance_embedding(unet, guidance_scale, device, dtype)

        scheduler.set_timesteps(steps, device=device)
        first = 0
        if beginning is not None:
            # At least one step: with few steps and little strength there would be none.
            first = max(0, steps - max(1, min(int(steps * beginning.strength), steps))) * scheduler.order
        self._timesteps = scheduler.timesteps[first:]
        if hasattr(scheduler, "set_begin_index"):  # those that count their steps would else look for the first
            scheduler.set_begin_index(first)
        self.of = len(self._timesteps)

        self._noise = randn_tensor(shape, generator=generator, device=torch.device(device), dtype=dtype)
        is_from_noise = beginning is None or (beginning.mask is not None and beginning.strength == 1.0)
        if is_from_noise:
            self.latents = self._noise * scheduler.init_noise_sigma
        else:
            assert beginning is not None
            self.latents = scheduler.add_noise(beginning.latents, self._noise, self._timesteps[:1])
        accepted = inspect.signature(scheduler.step).parameters
        self._step_options = {
            name: value for name, value in (("eta", eta), ("generator", generator)) if name in accepted
        }
        self._controls = [(control, _steps_of(control, self.of)) for control in controls]

    @property
    def done(self) -> int:
        return self._step

    def n_controls(self, step: int) -> int:
        """How many ControlNets act in a step."""
        return len(_nets(self._acting(step)))

    def step(self) -> None:
        """Does the next step."""
        import torch

        number, t = self._step, self._timesteps[self._step]
        given = torch.cat([self.latents] * 2) if self.is_guided else self.latents
        given = self._scheduler.scale_model_input(given, t)
        down, middle = self._control(given, t, number)
        self.n_unet_calls += 1
        predicted = self._unet(
            given,
            t,
            encoder_hidden_states=self._features,
            timestep_cond=self._guidance_embedding,
            down_block_additional_residuals=down,
            mid_block_additional_residual=middle,
            added_cond_kwargs=self._added,
            return_dict=False,
        )[0]
        if self.is_guided:
            without, with_words = predicted.chunk(2)
            predicted = without + self._guidance_scale * (with_words - without)
        self._newest = given[-1:], predicted, t
        self.latents = self._scheduler.step(predicted, t, self.latents, **self._step_options, return_dict=False)[0]
        self._step += 1
        self._keep_unmasked()

    @property
    def x0(self) -> Any:
        """What the picture seems to become, known after the first step."""
        assert self._newest is not None, "a step comes first"
        return self.latents if self._step == self.of else self._expected(*self._newest)

    def _control(self, given: Any, t: Any, step: int) -> tuple[list[Any] | None, Any]:
        """What the ControlNets that act in this step add to the UNet, summed as diffusers sums it."""
        down, middle = None, None
        for controls in _nets(self._acting(step)):
            net, images = controls[0].net, [control.image.expand(len(given), -1, -1, -1) for control in controls]
            options: dict[str, Any] = {"conditioning_scale": controls[0].scale, "controlnet_cond": images[0]}
            if controls[0].mode is not None:
                modes = [control.mode for control in controls]
                types = given.new_zeros(len(given), net.config.num_control_type)
                types[:, modes] = 1
                options = {
                    "conditioning_scale": [control.scale for control in controls],
                    "controlnet_cond": images,
                    "control_type": types,
                    "control_type_idx": modes,
                }
            self.n_controlnet_calls += 1
            more, more_middle = net(
                given,
                t,
                encoder_hidden_states=self._features,
                added_cond_kwargs=self._added,
                return_dict=False,
                **options,
            )
            down = list(more) if down is None else [one + other for one, other in zip(down, more, strict=True)]
            middle = more_middle if middle is None else middle + more_middle
        return down, middle

    def _acting(self, step: int) -> list[ActiveControl]:
        return [control for control, steps in self._controls if step in steps]

    def _expected(self, given: Any, predicted: Any, t: Any) -> Any:
        """The latents without noise that a prediction amounts to; `given` is what the UNet saw."""
        alphas = self._scheduler.alphas_cumprod
        signal = alphas[min(len(alphas) - 1, max(0, round(float(t))))].to(given)
        match self._scheduler.config.prediction_type:
            case "v_prediction":
                return signal.sqrt() * given - (1 - signal).sqrt() * predicted
            case "sample":
                return predicted
            case _:
                return (given - (1 - signal).sqrt() * predicted) / signal.sqrt()

    def _keep_unmasked(self) -> None:
        """Puts back what is not made anew, as noisy as the rest is now."""
        if self._beginning is None or self._beginning.mask is None:
            return
        kept, mask = self._beginning.latents, self._beginning.mask
        if self._step < self.of:
            kept = self._scheduler.add_noise(kept, self._noise, self._timesteps[self._step : self._step + 1])
        self.latents = (1 - mask) * kept + mask * self.latents


def _steps_of(control: ActiveControl, of: int) -> range:
    """The steps in which a control acts: those that lie between its start and its end as a whole.

    Where none does, as with few steps, it acts in one all the same: else it would silently be off.
    """
    if control.scale == 0 or control.start >= control.end:
        return range(0)
    steps = [i for i in range(of) if not (i / of < control.start or (i + 1) / of > control.end)]
    if not steps:
        steps = [min(of - 1, int(control.start * of))]
    return range(steps[0], steps[-1] + 1)


def _nets(controls: Sequence[ActiveControl]) -> list[list[ActiveControl]]:
    """The controls by network: one for several kinds is run once for all of them, any other once for each."""
    groups: dict[Any, list[ActiveControl]] = {}
    for number, control in enumerate(controls):
        groups.setdefault(number if control.mode is None else id(control.net), []).append(control)
    return list(groups.values())


def _added(words: Words, negative: Words | None, size: tuple[int, int]) -> dict[str, Any] | None:
    """What an XL is told besides: the sense of the words, and that the picture is whole and (height, width) large."""
    import torch

    if words.pooled is None:
        return None
    pooled = words.pooled if negative is None else torch.cat([negative.pooled, words.pooled])
    ids = pooled.new_tensor([[*size, 0, 0, *size]]).repeat(len(pooled), 1)
    return {"text_embeds": pooled, "time_ids": ids}


def _guidance_embedding(unet: Any, guidance_scale: float, device: Any, dtype: Any) -> Any:
    """Guidance as the models that were distilled with it want it told; None for all others. arXiv 2310.04378."""
    import torch

    width = unet.config.time_cond_proj_dim
    if width is None:
        return None
    half = width // 2
    rates = torch.exp(torch.arange(half, dtype=torch.float32) * -(torch.log(torch.tensor(10000.0)) / (half - 1)))
    angles = torch.tensor([[(guidance_scale - 1) * 1000.0]]) * rates
    embedding = torch.cat([angles.sin(), angles.cos()], dim=1)
    return torch.nn.functional.pad(embedding, (0, width % 2)).to(device, dtype)
