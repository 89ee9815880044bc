"""Trains the autoencoder of starter-sd, between pictures of 256 px and latents of 32 x 32: an AutoencoderTiny.

It starts as what makes each 8 x 8 pixels one colour, and learns the rest: from chance, it would take long to find the
colours. It learns on quarters of drawings, which costs a quarter each and teaches as much. The encoder is done early;
then the decoder learns on alone, while `train_sd` can already learn to make the latents.

    python -m tools.starter.train_autoencoder [--steps N] [--folder FOLDER]
"""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import Tensor, nn
from torch.nn import functional

from tools.starter.drawing_pool import DrawingPool
from tools.starter.drawings import SIZE_PX
from tools.starter.train_vit import ASSETS, as_input
from tools.starter.training import dtype_of, options, train

LATENT_CHANNELS = 4
ENCODER_STEPS = 800
STEPS = 2500  # of the decoder alone, after these
BATCH = 32
CUT_PX = SIZE_PX // 2
WIDTH = 32  # of the layers
CUTS = 4  # of each drawing
SEED = 11
ENCODER_SHARE = 0.4  # of the time, where that is limited
NOISE = 0.06  # on the latents in training: what the diffusion makes is never exact
MEASURED = 64


# Of red, green and blue in 0..1: brightness and two differences of colours, with a spread of about one in drawings.
COLOURS_TO_LATENTS = torch.tensor([[1.5, 1.5, 1.5], [3.2, 0.0, -3.2], [2.5, -5.0, 2.5]])
MEAN_BRIGHTNESS = 0.78


def new_model() -> AutoencoderTiny:
    """Of 0.5 M parameters. Most of its work is at half the size or less: convolutions at full size cost the most."""
    model = AutoencoderTiny(
        encoder_block_out_channels=(WIDTH,) * 4,
        decoder_block_out_channels=(WIDTH,) * 4,
        num_encoder_blocks=(0, 1, 3, 3),
        num_decoder_blocks=(4, 4, 1, 0),
        latent_channels=LATENT_CHANNELS,
    )
    for name, parameter in model.named_parameters():
        if name.endswith(("conv.4.weight", "conv.4.bias")):
            nn.init.zeros_(parameter)  # a block does nothing at first
    with torch.no_grad():
        start_with_colours(model)
    return model


def start_with_colours(model: AutoencoderTiny) -> None:
    """The first three channels of every layer carry the mean colour of what they cover, and three latents encode it."""
    encoder = [layer for layer in model.encoder.layers if isinstance(layer, nn.Conv2d)]
    decoder = [layer for layer in model.decoder.layers if isinstance(layer, nn.Conv2d)]
    for layer in (*encoder[:-1], *decoder[1:]):
        layer.weight[:3] = 0
        for colour in range(3):
            if layer.stride == (2, 2):
                layer.weight[colour, colour, 1:, 1:] = 1 / 4
            else:
                layer.weight[colour, colour, 1, 1] = 1
        if layer.bias is not None:
            layer.bias[:3] = 0
    encoder[-1].weight[:3] = 0
    encoder[-1].weight[:3, :3, 1, 1] = COLOURS_TO_LATENTS
    encoder[-1].bias[:3] = torch.tensor([-3 * 1.5 * MEAN_BRIGHTNESS, 0.0, 0.0])
    decoder[0].weight[:3] = 0
    decoder[0].weight[:3, :3, 1, 1] = COLOURS_TO_LATENTS.inverse()
    decoder[0].bias[:3] = MEAN_BRIGHTNESS


def batch_of(pool: DrawingPool, rng: np.random.Generator, count: int = BATCH) -> Tensor:
    """Cuts of drawings: (count, CUT_PX, CUT_PX, 3)."""
    whole = pool.pixels[rng.integers(pool.ready, size=count // CUTS)]
    cuts = [whole[:, y : y + CUT_PX, x : x + CUT_PX] for x, y in rng.integers(SIZE_PX - CUT_PX + 1, size=(CUTS, 2))]
    return torch.from_numpy(np.concatenate(cuts))


def loss_of(model: AutoencoderTiny, cuts: Tensor) -> Tensor:
    seen = as_input(cuts)
    latents = model.encoder(seen.to(dtype_of(model)))
    made = model.decoder(latents + NOISE * torch.randn_like(latents)).float()
    by_pixel = functional.l1_loss(made, seen)
    by_edge = sum(functional.l1_loss(made.diff(dim=axis), seen.diff(dim=axis)) for axis in (2, 3))
    spread = latents.float().transpose(0, 1).flatten(1)  # (channels, n)
    unit = spread.mean(dim=1).square().mean() + spread.std(dim=1).log().square().mean()
    return by_pixel + by_edge + 0.02 * unit


@torch.inference_mode()
def measure(model: AutoencoderTiny, pool: DrawingPool) -> str:
    seen = as_input(pool.pixels[:MEASURED])
    latents = model.encoder(seen)
    error = functional.mse_loss(model.decoder(latents).clamp(-1, 1), seen)
    noise_db = float(10 * torch.log10(4 / error))
    return f"PSNR {noise_db:.1f} dB, latents {float(latents.mean()):+.2f} +- {float(latents.std()):.2f}"


def main() -> None:
    arguments = options(__doc__, steps=STEPS)
    torch.manual_seed(SEED)
    pool, folder = DrawingPool.open(), ASSETS / "starter-sd" / "vae"
    whole = train(
        new_model(),
        lambda rng: batch_of(pool, rng, arguments.times * BATCH),
        loss_of,
        checkpoint=arguments.folder / "starter-sd-encoder.pt",
        run=replace(
            arguments.run, steps=min(ENCODER_STEPS, arguments.steps), seconds=ENCODER_SHARE * arguments.run.seconds
        ),
        learning_rate=2e-3,
        seed=SEED,
        measure=lambda model: measure(model, pool),
        measure_every=40,
    )
    with torch.inference_mode():
        latents = whole.encoder(as_input(pool.pixels[: 4 * MEASURED]))
    whole.register_to_config(scaling_factor=round(1 / float(latents.std()), 4))
    copy.deepcopy(whole).half().save_pretrained(folder)
    pool.is_encoded[:] = False  # what is there was encoded by another one
    whole.encoder.requires_grad_(False)
    trained = train(
        whole,
        lambda rng: batch_of(pool, rng, arguments.times * BATCH),
        loss_of,
        checkpoint=arguments.folder / "starter-sd-decoder.pt",
        run=replace(arguments.run, seconds=(1 - ENCODER_SHARE) * arguments.run.seconds),
        learning_rate=1.5e-3,
        seed=SEED + 1,
        measure=lambda model: measure(model, pool),
        measure_every=250,
    )
    trained.half().save_pretrained(folder)


if __name__ == "__main__":
    main()
