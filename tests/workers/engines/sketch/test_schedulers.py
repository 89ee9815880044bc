"""Every scheduler goes its way in any number of steps, from any noise that a model was trained with."""

import inspect
from pathlib import Path

import pytest
import torch
from diffusers import DDIMScheduler

from workers.engines.sketch.denoising import Beginning, Denoising
from workers.engines.sketch.prompts import Words
from workers.engines.sketch.schedulers import MOST_STEPS, SCHEDULERS, can_draw, check_scheduler, make_scheduler
from workers.errors import UsageError

OWN = {
    "Stable Diffusion's": DDIMScheduler(
        beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, clip_sample=False, steps_offset=1
    ),
    "one that was rescaled": DDIMScheduler(
        beta_schedule="squaredcos_cap_v2",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        rescale_betas_zero_snr=True,
        clip_sample=False,
        steps_offset=1,
    ),
    "the starter's": DDIMScheduler.from_pretrained(
        Path(__file__).parents[4] / "assets" / "starter" / "starter-sd" / "scheduler"
    ),
}
FITTING = [(name, own) for own in OWN for name in ("", *SCHEDULERS) if (name, own) != ("heun", "the starter's")]


class Guess(torch.nn.Module):
    """In place of a UNet: what it predicts hardly depends on what it sees."""

    config = type("Config", (), {"time_cond_proj_dim": None})

    def forward(self, sample, t, **_):
        return (0.1 * sample,)


def drawing(name: str, own: DDIMScheduler, steps: int, strength: float | None = None) -> Denoising:
    beginning = None if strength is None else Beginning(torch.ones(1, 4, 8, 8), strength)
    return Denoising(
        Guess(),
        make_scheduler(name, own, steps),
        torch.Generator().manual_seed(0),
        shape=(1, 4, 8, 8),
        words=Words(torch.zeros(1, 3, 8)),
        negative=None,
        guidance_scale=1.0,
        steps=steps,
        eta=0.0,
        factor=8,
        beginning=beginning,
    )


@pytest.mark.parametrize("steps", [1, 2, 3, 8, 51, MOST_STEPS])
@pytest.mark.parametrize(("name", "own"), FITTING)
def test_any_number_of_steps_comes_to_an_end(name, own, steps):
    made = drawing(name, OWN[own], steps)

    for _ in range(made.of):
        made.step()

    assert made.of == (2 * steps - 1 if name == "heun" else steps)
    assert torch.isfinite(made.latents).all()
    assert torch.isfinite(made.x0).all()


@pytest.mark.parametrize("name", SCHEDULERS)
def test_it_is_known_which_take_fresh_noise(name):
    scheduler = make_scheduler(name, OWN["Stable Diffusion's"], 4)

    assert SCHEDULERS[name].takes_eta is ("eta" in inspect.signature(scheduler.step).parameters)


@pytest.mark.parametrize("strength", [0.01, 0.3, 0.75, 1.0])
@pytest.mark.parametrize(("name", "own"), FITTING)
def test_from_a_picture_the_same_share_of_the_steps_is_done(name, own, strength):
    made = drawing(name, OWN[own], 8, strength)

    for _ in range(made.of):
        made.step()

    wanted = max(1, int(8 * strength))
    assert made.of == (2 * wanted - 1 if name == "heun" else wanted)
    assert torch.isfinite(made.latents).all()


@pytest.mark.parametrize("own", OWN)
@pytest.mark.parametrize("name", ["", *SCHEDULERS])
def test_it_is_known_which_can_draw_with_a_model(name, own):
    made = drawing(name, OWN[own], 4)

    for _ in range(made.of):
        made.step()

    assert can_draw(name, OWN[own].config) is bool(torch.isfinite(made.latents).all())


def test_one_that_cannot_draw_with_the_model_is_told():
    check_scheduler("heun", OWN["Stable Diffusion's"].config)
    with pytest.raises(UsageError, match=r"'heun' cannot draw with this model"):
        check_scheduler("heun", OWN["the starter's"].config)


def test_an_unknown_name_is_told_with_those_that_there_are():
    check_scheduler("")
    for name in SCHEDULERS:
        check_scheduler(name)
    with pytest.raises(UsageError, match=r"'plms'.*ddim, .*tcd"):
        check_scheduler("plms")
