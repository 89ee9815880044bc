"""Trains starter-sd, which makes pictures, and starter-controlnet-scribble, which makes them follow a sketch: together.

The text tower is that of starter-clip, as it is. Drawings that are bent in any way are learned with their sketch, posed
ones without: so the UNet alone has one good picture to make of each thing, and gets all else from the sketch.

    python -m tools.starter.train_sd [--steps N] [--folder FOLDER]
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny, ControlNetModel, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPModel, CLIPTextModel, CLIPTokenizer

from tools.starter.drawing_pool import POSED_EVERY, DrawingPool
from tools.starter.train_vit import ASSETS, as_input
from tools.starter.training import dtype_of, options, train

VAE = ASSETS / "starter-sd" / "vae"
LATENT_PX = 24  # of a side
STEPS = 2400
BATCH = 24
SEED = 12
FEW_STEPS_SHARE = 0.6  # of the training
SILENT_SHARE = 0.12  # of the prompts left out, so that guidance works
FEW_STEPS = (999, 749, 499, 249)  # the timesteps of four steps
SIZES = (32, 48, 112, 144)


@dataclass(frozen=True)
class Frozen:
    """What the diffusion learns between: texts and latents."""

    tokenizer: CLIPTokenizer
    text_encoder: CLIPTextModel
    vae: AutoencoderTiny
    scheduler: DDIMScheduler
    known: dict[str, Tensor] = field(default_factory=dict)  # texts that were read already

    @classmethod
    def load(cls) -> Frozen:
        return cls(*cls.words(), AutoencoderTiny.from_pretrained(VAE).float().eval(), new_scheduler())

    @staticmethod
    def words() -> tuple[CLIPTokenizer, CLIPTextModel]:
        """The tokenizer and the text tower of starter-clip."""
        clip = CLIPModel.from_pretrained(ASSETS / "starter-clip").float().eval()
        return CLIPTokenizer.from_pretrained(ASSETS / "starter-clip"), clip.text_model

    @torch.no_grad()
    def texts(self, prompts: list[str]) -> Tensor:
        """What the tower says of each token: (n, tokens, width)."""
        if unknown := sorted(set(prompts) - set(self.known)):
            tokens = self.tokenizer(unknown, padding="max_length", truncation=True, return_tensors="pt")
            self.known.update(zip(unknown, self.text_encoder(tokens.input_ids).last_hidden_state, strict=True))
        return torch.stack([self.known[prompt] for prompt in prompts])

    @torch.no_grad()
    def latents(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Of pictures (n, height, width, 3): (n, 4, LATENT_PX, LATENT_PX) with unit variance."""
        return (self.vae.encoder(as_input(pixels)) * self.vae.config.scaling_factor).numpy()


class Sketched(nn.Module):
    """A UNet, and the ControlNet that steers it in the first pictures of a batch."""

    def __init__(self, unet: UNet2DConditionModel, controlnet: ControlNetModel) -> None:
        super().__init__()
        self.unet, self.controlnet = unet, controlnet

    def forward(self, noisy: Tensor, timesteps: Tensor, texts: Tensor, sketches: Tensor) -> Tensor:
        """What the UNet predicts for `noisy` (n, 4, 24, 24); `sketches` (m, 3, 96, 96) are of the first m of them."""
        m = len(sketches)
        downs, middle = self.controlnet(noisy[:m], timesteps[:m], texts[:m], sketches, return_dict=False)

        def for_all(added: Tensor) -> Tensor:
            return torch.cat([added, added.new_zeros(len(noisy) - m, *added.shape[1:])])

        return self.unet(
            noisy,
            timesteps,
            texts,
            down_block_additional_residuals=[for_all(added) for added in downs],
            mid_block_additional_residual=for_all(middle),
        ).sample


def new_unet() -> UNet2DConditionModel:
    """Of 5.4 M parameters, most of them where the picture is 6 x 6 or 3 x 3 and they cost little."""
    return UNet2DConditionModel(
        sample_size=LATENT_PX,
        block_out_channels=SIZES,
        layers_per_block=1,
        down_block_types=("DownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
        norm_num_groups=16,
        attention_head_dim=4,  # as diffusers calls the number of heads
        cross_attention_dim=128,
    )


def new_controlnet(unet: UNet2DConditionModel) -> ControlNetModel:
    """Of 2.4 M parameters."""
    controlnet = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(8, 16, 32))
    nn.init.kaiming_normal_(controlnet.controlnet_cond_embedding.conv_out.weight)  # at zero it would learn late
    return controlnet


def new_scheduler() -> DDIMScheduler:
    """Starts from noise alone (zero terminal SNR), so that a few trailing steps are enough."""
    return DDIMScheduler(
        beta_schedule="squaredcos_cap_v2",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        rescale_betas_zero_snr=True,
        clip_sample=False,
        steps_offset=1,
    )


def as_control(sketches: NDArray[np.uint8]) -> Tensor:
    """Sketches (n, height, width) as a ControlNet reads them: (n, 3, height, width) in 0..1."""
    return torch.from_numpy(np.array(sketches)).float().div(255)[:, None].expand(-1, 3, -1, -1)


def chosen_timesteps(rng: np.random.Generator, count: int) -> Tensor:
    few = rng.choice(FEW_STEPS, size=count)
    return torch.from_numpy(np.where(rng.random(count) < FEW_STEPS_SHARE, few, rng.integers(1000, size=count)))


def bent(rng: np.random.Generator, ready: int, count: int) -> NDArray[np.int64]:
    """Which drawings of a pool to learn from with a control: any but the posed ones."""
    chosen = rng.integers(ready // POSED_EVERY, size=count) * POSED_EVERY
    return chosen + rng.integers(1, POSED_EVERY, size=count)


def posed(rng: np.random.Generator, ready: int, count: int) -> NDArray[np.int64]:
    """Which drawings of a pool to learn from without a control."""
    return rng.integers(ready // POSED_EVERY, size=count) * POSED_EVERY


def sketches_loss(model: Sketched, frozen: Frozen, pool: DrawingPool, rng: np.random.Generator) -> Tensor:
    with_sketch = bent(rng, pool.ready, BATCH - BATCH // POSED_EVERY)
    chosen = np.concatenate([with_sketch, posed(rng, pool.ready, BATCH // POSED_EVERY)])
    return loss_of(model, frozen, pool, rng, chosen, as_control(pool.sketches[with_sketch]))


def loss_of(
    model: Sketched,
    frozen: Frozen,
    pool: DrawingPool,
    rng: np.random.Generator,
    chosen: NDArray[np.int64],
    controls: Tensor,
) -> Tensor:
    """How badly the model predicts the velocity of drawings of a pool; `controls` are of the first of them."""
    prompts = [text.decode() if rng.random() > SILENT_SHARE else "" for text in pool.prompts[chosen]]
    latents = torch.from_numpy(pool.encoded(chosen, frozen.latents))
    timesteps = chosen_timesteps(rng, len(chosen))
    noise = torch.randn_like(latents)
    noisy = frozen.scheduler.add_noise(latents, noise, timesteps)
    dtype = dtype_of(model)
    found = model(noisy.to(dtype), timesteps, frozen.texts(prompts).to(dtype), controls.to(dtype))
    return functional.mse_loss(found.float(), frozen.scheduler.get_velocity(latents, noise, timesteps))


def main() -> None:
    arguments = options(__doc__, steps=STEPS)
    torch.manual_seed(SEED)
    frozen, pool = Frozen.load(), DrawingPool.open()
    unet = new_unet()
    trained = train(
        Sketched(unet, new_controlnet(unet)),
        lambda model, rng: sketches_loss(model, frozen, pool, rng),
        checkpoint=arguments.folder / "starter-sd.pt",
        steps=arguments.steps,
        learning_rate=1e-3,
        seed=SEED,
    )
    save(trained, frozen, ASSETS)


def save(trained: Sketched, frozen: Frozen, assets: Path) -> None:
    """Makes the folders starter-sd and starter-controlnet-scribble; the first has its autoencoder already."""
    pipeline = StableDiffusionPipeline(
        vae=AutoencoderTiny.from_pretrained(assets / "starter-sd" / "vae"),
        text_encoder=frozen.text_encoder,
        tokenizer=frozen.tokenizer,
        unet=trained.unet,
        scheduler=frozen.scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.to(dtype=torch.float16).save_pretrained(assets / "starter-sd")
    trained.controlnet.half().save_pretrained(assets / "starter-controlnet-scribble")


if __name__ == "__main__":
    main()
