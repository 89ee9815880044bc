"""Trains starter-sd, which makes pictures, and starter-controlnet-scribble, which makes them follow a sketch: together.

The text tower is that of starter-clip, as it is. Drawings that are bent in any way are learned with their sketch, posed
ones without: so the UNet alone has one good picture to make of each thing, and gets all else from the sketch.

    python -m tools.starter.train_sd [--steps N] [--folder FOLDER]
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from diffusers import AutoencoderTiny, ControlNetModel, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPModel, CLIPTextModel, CLIPTokenizer

from tools.starter.drawing_pool import POSED_EVERY, DrawingPool
from tools.starter.drawings import SIZE_PX
from tools.starter.train_clip import NAME_TEXTS
from tools.starter.train_vit import ASSETS, as_input
from tools.starter.training import dtype_of, note, options, train

VAE = ASSETS / "starter-sd" / "vae"
LATENT_PX = 32  # of a side
STEPS = 5000
BATCH = 10
ALONE = 2  # of a batch, learned without a sketch
SEED = 12
SHARES = (0.4, 0.1, 0.1)  # of the second looks, those at the last `FEW_STEPS`; the rest goes to all timesteps alike
MENDED = 4  # of a batch, looked at a second time
OWN_SHARE = 0.8  # of the second looks, those at what the model made itself
LOOKED_AT = 4  # of those, compared in their looks and in what is seen in them
LOOKS_WEIGHT = 4.0
SENSE_WEIGHT = 0.05
SILENT_SHARE = 0.12  # of the prompts left out, so that guidance works
FEW_STEPS = (999, 749, 499, 249)  # the timesteps of four steps
SIZES = (40, 64, 112, 144)


@dataclass(frozen=True)
class Frozen:
    """What the diffusion learns between: texts and latents."""

    tokenizer: CLIPTokenizer
    clip: CLIPModel  # reads the texts, and sees what the latents look like
    vae: AutoencoderTiny
    scheduler: DDIMScheduler
    known: dict[str, Tensor] = field(default_factory=dict)  # texts that were read already

    @classmethod
    def load(cls, device: torch.device) -> Frozen:
        return cls.around(AutoencoderTiny.from_pretrained(VAE).float().eval().to(device))

    @classmethod
    def around(cls, vae: AutoencoderTiny) -> Frozen:
        """With the two towers of starter-clip, on the same device."""
        folder = ASSETS / "starter-clip"
        clip = CLIPModel.from_pretrained(folder).float().eval().requires_grad_(False).to(vae.device)
        tokenizer = CLIPTokenizer.from_pretrained(folder)
        return cls(tokenizer, clip, vae.requires_grad_(False), new_scheduler())

    @property
    def device(self) -> torch.device:
        return self.vae.device

    @property
    def text_encoder(self) -> CLIPTextModel:
        return self.clip.text_model

    @torch.no_grad()
    def texts(self, prompts: list[str]) -> Tensor:
        """What the tower says of each token: (n, tokens, width)."""
        if unknown := sorted(set(prompts) - set(self.known)):
            tokens = self.tokenizer(unknown, padding="max_length", truncation=True, return_tensors="pt")
            self.known.update(
                zip(unknown, self.text_encoder(tokens.input_ids.to(self.device)).last_hidden_state, strict=True)
            )
        return torch.stack([self.known[prompt] for prompt in prompts])

    @torch.no_grad()
    def latents(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Of pictures (n, height, width, 3): (n, 4, LATENT_PX, LATENT_PX) with unit variance."""
        shown = as_input(torch.from_numpy(pixels).to(self.device))
        return (self.vae.encoder(shown) * self.vae.config.scaling_factor).cpu().numpy()

    @cached_property
    @torch.no_grad()
    def names(self) -> Tensor:
        """What the text tower says of the name of each thing, with length 1: (things, width)."""
        tokens = self.tokenizer(NAME_TEXTS, padding=True, return_tensors="pt").to(self.device)
        return functional.normalize(self.clip.get_text_features(**tokens).pooler_output, dim=-1)

    def unlikeness(self, latents: Tensor, pixels: Tensor, cut: tuple[int, int, int]) -> tuple[Tensor, Tensor]:
        """How unlike what latents stand for looks to pictures (n, 3, height, width), and what else is seen in it.

        For the looks, what the picture tower makes of each patch is compared layer by layer, as in
        https://arxiv.org/abs/1801.03924, of the same `cut` (left, top, side) of both. For what is seen, the chances of
        the names: their cross entropy with those of the pictures.
        """
        left, top, side = cut
        both = torch.cat([self.vae.decoder(latents / self.vae.config.scaling_factor), pixels])
        both = both[..., top : top + side, left : left + side]
        size = self.clip.config.vision_config.image_size
        reduced = functional.interpolate(both, (size, size), mode="bilinear", antialias=True)
        seen = self.clip.vision_model(reduced, output_hidden_states=True)
        whole = functional.normalize(self.clip.visual_projection(seen.pooler_output), dim=-1)
        made, right = zip(*(state.chunk(2) for state in (*seen.hidden_states[1:], whole)), strict=True)
        looks = torch.stack(
            [1 - functional.cosine_similarity(a, b.detach(), dim=-1).mean() for a, b in zip(made, right, strict=True)]
        ).mean()
        chances, right_chances = (self.clip.logit_scale.exp() * whole @ self.names.T).chunk(2)
        return looks, functional.cross_entropy(chances, right_chances.detach().softmax(dim=-1))


class Sketched(nn.Module):
    """A UNet, and the ControlNet that steers it in the first pictures of a batch."""

    def __init__(self, unet: UNet2DConditionModel, controlnet: ControlNetModel) -> None:
        super().__init__()
        self.unet, self.controlnet = unet, controlnet

    def forward(self, noisy: Tensor, timesteps: Tensor, texts: Tensor, sketches: Tensor) -> Tensor:
        """What the UNet predicts for `noisy` (n, 4, 32, 32); `sketches` (m, 3, 256, 256) are of the first m of them."""
        m = len(sketches)
        if not m:
            return self.unet(noisy, timesteps, texts).sample
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
    """Of 5.4 M parameters, most of them where the picture is 8 x 8 or 4 x 4 and they cost little.

    The sense of the words is added to the time, which scales and shifts every layer: things and colours are learned
    many times faster so than by attention.
    """
    return UNet2DConditionModel(
        sample_size=LATENT_PX,
        block_out_channels=SIZES,
        layers_per_block=1,
        down_block_types=("DownBlock2D",) * len(SIZES),
        up_block_types=("UpBlock2D",) * len(SIZES),
        norm_num_groups=8,
        attention_head_dim=4,  # as diffusers calls the number of heads
        cross_attention_dim=128,
        addition_embed_type="text",
        addition_embed_type_num_heads=8,
        time_embedding_dim=256,
        resnet_time_scale_shift="scale_shift",
    )


def new_controlnet() -> ControlNetModel:
    """Of 2.2 M parameters, for any UNet of `new_unet`."""
    controlnet = ControlNetModel(
        block_out_channels=SIZES,
        layers_per_block=1,
        down_block_types=("DownBlock2D",) * len(SIZES),
        norm_num_groups=8,
        attention_head_dim=4,
        cross_attention_dim=128,
        conditioning_embedding_out_channels=(8, 16, 32, 48),
    )
    nn.init.kaiming_normal_(controlnet.controlnet_cond_embedding.conv_out.weight)  # at zero it would learn late
    return controlnet


def new_scheduler() -> DDIMScheduler:
    """Starts from noise alone, of which little is left after the first of a few trailing steps.

    Words and a sketch say nearly all of a picture: the first step makes it, the others mend it. The shares of noise
    before four steps are 1, 0.46, 0.12 and 0.03; usual schedules, with 0.9 and 0.7, would have it guessed anew.
    """
    u = np.linspace(0, 1, 1001)
    shares = np.cos(np.pi / 2 * (0.01 + 0.05 * u + 0.94 * u**4.5)) ** 2  # of the picture
    return DDIMScheduler(
        trained_betas=np.round(1 - shares[1:] / shares[:-1], 8).tolist(),
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        rescale_betas_zero_snr=True,
        clip_sample=False,
        steps_offset=1,
    )


def as_control(sketches: Tensor) -> Tensor:
    """Sketches (n, height, width) as a ControlNet reads them: (n, 3, height, width) in 0..1."""
    return sketches.float().div(255)[:, None].expand(-1, 3, -1, -1)


def chosen_timesteps(rng: np.random.Generator, count: int) -> Tensor:
    """The timesteps of second looks."""
    steps = [*FEW_STEPS[1:], *rng.integers(1, 999, size=count)]
    shares = [*SHARES, *[(1 - sum(SHARES)) / count] * count]
    return torch.from_numpy(rng.choice(steps, size=count, p=shares))


def bent(rng: np.random.Generator, ready: int, count: int) -> NDArray[np.int64]:
    """Which drawings of a pool to learn from with a control: any but the posed ones."""
    chosen = rng.integers(ready // POSED_EVERY, size=count) * POSED_EVERY
    return chosen + rng.integers(1, POSED_EVERY, size=count)


def posed(rng: np.random.Generator, ready: int, count: int) -> NDArray[np.int64]:
    """Which drawings of a pool to learn from without a control."""
    return rng.integers(ready // POSED_EVERY, size=count) * POSED_EVERY


class Batch(NamedTuple):
    """Drawings, the first of them with sketches; what is looked at a second time; and all chance but the noise."""

    prompts: list[str]
    latents: Tensor  # (n, 4, LATENT_PX, LATENT_PX)
    sketches: Tensor  # (m, SIZE_PX, SIZE_PX) of the first m
    again: Tensor  # (k,): which are looked at a second time, those with a sketch first
    controlled_again: int  # how many of those have one
    is_own: Tensor  # (k,): whether that starts from what the model made itself
    timesteps: Tensor  # (k,) of the second looks
    pixels: Tensor  # (l, SIZE_PX, SIZE_PX, 3) of the first l that are looked at a second time
    cut: tuple[int, int, int]  # of the pictures that is compared


def batch_of(pool: DrawingPool, rng: np.random.Generator, times: int = 1) -> Batch:
    with_sketch = bent(rng, pool.ready, times * (BATCH - ALONE))
    chosen = np.concatenate([with_sketch, posed(rng, pool.ready, times * ALONE)])
    return batch_with(pool, rng, chosen, pool.sketches[with_sketch])


def batch_with(
    pool: DrawingPool, rng: np.random.Generator, chosen: NDArray[np.int64], sketches: NDArray[np.uint8]
) -> Batch:
    """A batch of some drawings of a pool, with sketches of the first of them."""
    prompts = [text.decode() if rng.random() > SILENT_SHARE else "" for text in pool.prompts[chosen]]
    count = max(1, len(chosen) * MENDED // BATCH)
    again = np.sort(rng.permutation(len(chosen))[:count])
    side = int(rng.integers(SIZE_PX * 5 // 6, SIZE_PX + 1))
    left, top = rng.integers(SIZE_PX + 1 - side, size=2)
    return Batch(
        prompts,
        torch.from_numpy(pool.latents[chosen].astype(np.float32)),
        torch.from_numpy(np.array(sketches)),
        torch.from_numpy(again),
        int((again < len(sketches)).sum()),
        torch.from_numpy(rng.random(count) < OWN_SHARE),
        chosen_timesteps(rng, count),
        torch.from_numpy(pool.pixels[chosen[again[: max(1, count * LOOKED_AT // MENDED)]]]),
        (int(left), int(top), side),
    )


def loss_of(model: Sketched, frozen: Frozen, batch: Batch) -> Tensor:
    """How far what the model makes of noise is from drawings of a pool, how unlike it looks, and both a second time.

    Words and a sketch say nearly all of a picture, so that the first of a few steps can make it whole. A model that
    has learned to remove noise from true pictures alone takes what noise is left after that for a texture. So the
    second time it mostly starts from what it made itself, with noise added: the later steps learn to mend.
    """
    dtype, latents, again = dtype_of(model), batch.latents, batch.again
    texts, controls = frozen.texts(batch.prompts).to(dtype), as_control(batch.sketches).to(dtype)
    noise = torch.randn_like(latents)
    alphas = frozen.scheduler.alphas_cumprod.to(latents.device)

    def made_of(noisy: Tensor, timesteps: Tensor, texts: Tensor, controls: Tensor) -> Tensor:
        shares = alphas[timesteps][:, None, None, None]
        velocity = model(noisy.to(dtype), timesteps, texts, controls).float()
        return shares.sqrt() * noisy - (1 - shares).sqrt() * velocity

    first = made_of(noise, again.new_full((len(latents),), FEW_STEPS[0]), texts, controls)
    begun = torch.where(batch.is_own[:, None, None, None], first[again].detach(), latents[again])
    noisy = frozen.scheduler.add_noise(begun, noise[again], batch.timesteps)
    second = made_of(noisy, batch.timesteps, texts[again], controls[again[: batch.controlled_again]])
    seen = again[: len(batch.pixels)]
    looks, sense = frozen.unlikeness(
        torch.cat([first[seen], second[: len(seen)]]), as_input(batch.pixels).repeat(2, 1, 1, 1), batch.cut
    )
    far = functional.mse_loss(first, latents) + functional.mse_loss(second, latents[again])
    return far + LOOKS_WEIGHT * looks + SENSE_WEIGHT * sense


def main() -> None:
    arguments = options(__doc__, steps=STEPS)
    torch.manual_seed(SEED)
    frozen, pool = Frozen.load(arguments.run.device), DrawingPool.open()
    pool.encode(frozen.latents)
    checkpoint = arguments.folder / "starter-sd.pt"
    trained = train(
        Sketched(new_unet(), new_controlnet()),
        lambda rng: batch_of(pool, rng, arguments.times),
        lambda model, batch: loss_of(model, frozen, batch),
        checkpoint=checkpoint,
        run=arguments.run,
        learning_rate=1e-3,
        seed=SEED,
    )
    save(trained, frozen, ASSETS)
    for folder in (ASSETS / "starter-sd", ASSETS / "starter-controlnet-scribble"):
        note(folder, checkpoint, arguments.run, f"{arguments.times * BATCH} drawings")


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
