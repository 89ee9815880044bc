"""From latents to pixels: decoded by an autoencoder, or a colour for each, which costs next to nothing. No Qt."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from workers.results import Frame

FIT_LATENTS = 24  # a side of the picture that the colours are learnt from
BLOCK_LATENTS = 4  # of one colour; the borders of its blocks show the rest of the mixtures
TRIED = 3  # the first decoding by a small autoencoder has more to prepare than the next ones
MOST_OF_A_STEP = 0.25  # that it may take in the middle of a picture


class LatentColours:
    """The linear way from latents to colours that fits a VAE best, measured once by showing it a coloured mosaic.

    Published tables of factors exist for two families; this one holds for any VAE.
    """

    def __init__(self, vae: Any, factor: int) -> None:
        """Takes one encoding of a picture of 24 latents a side."""
        import torch

        blocks = np.random.default_rng(0).random((FIT_LATENTS // BLOCK_LATENTS, FIT_LATENTS // BLOCK_LATENTS, 3))
        colours = blocks.repeat(BLOCK_LATENTS, 0).repeat(BLOCK_LATENTS, 1).astype(np.float32)  # one of each latent
        picture = torch.from_numpy(colours.repeat(factor, 0).repeat(factor, 1)).permute(2, 0, 1)[None] * 2 - 1
        encoded = vae.encode(picture.to(vae.device, vae.dtype))
        latents = encoded.latent_dist.mode() if hasattr(encoded, "latent_dist") else encoded.latents
        latents = scaled(vae, latents)
        rows = latents[0].flatten(1).T.float().cpu().numpy()  # (latents, channels)
        rows = np.hstack([rows, np.ones((len(rows), 1), np.float32)])
        self._factors = np.linalg.lstsq(rows, colours.reshape(-1, 3), rcond=None)[0]  # (channels + 1, 3)

    def frame(self, latents: Any) -> Frame:
        """(1, channels, h, w) as pixels, (h, w, 3)."""
        rows = latents[0].permute(1, 2, 0).float().cpu().numpy()
        colours = rows @ self._factors[:-1] + self._factors[-1]
        pixels: Frame = np.rint(np.clip(colours, 0, 1) * 255).astype(np.uint8)
        return pixels


class TinyPreviews:
    """Previews by a small autoencoder, while they take little beside a step; on a processor they may take as long."""

    def __init__(self) -> None:
        self._seconds: dict[tuple[int, ...], list[float]] = {}  # of latents of a shape: of the first times

    def are_quick(self, latents: Any, step_s: float) -> bool:
        """Whether latents of this shape take less than `MOST_OF_A_STEP`; True until that was tried, and on a GPU.

        There it is always little, and could not be told from the step, on which the GPU may be at work still.
        """
        tried = self._seconds.get(tuple(latents.shape), [])
        return latents.device.type != "cpu" or len(tried) < TRIED or min(tried) <= MOST_OF_A_STEP * step_s

    def frame(self, vae: Any, latents: Any) -> Frame:
        """As `decoded`."""
        started = time.perf_counter()
        pixels = decoded(vae, latents)
        tried = self._seconds.setdefault(tuple(latents.shape), [])
        tried[TRIED - 1 :] = [time.perf_counter() - started]
        return pixels


def scaled(vae: Any, latents: Any) -> Any:
    """What an autoencoder gives, as the UNet knows it."""
    config = vae.config
    mean, std = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
    if mean is None or std is None:
        return latents * config.scaling_factor
    mean, std = (latents.new_tensor(values).view(1, -1, 1, 1) for values in (mean, std))
    return (latents - mean) * config.scaling_factor / std


def unscaled(vae: Any, latents: Any) -> Any:
    """What the UNet gives, as an autoencoder knows it."""
    config = vae.config
    mean, std = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
    if mean is None or std is None:
        return latents / config.scaling_factor
    mean, std = (latents.new_tensor(values).view(1, -1, 1, 1) for values in (mean, std))
    return latents * std / config.scaling_factor + mean


def decoded(vae: Any, latents: Any) -> Frame:
    """Latents as an autoencoder decodes them, (H, W, 3); rounded as diffusers' pipelines do it."""
    import torch

    image = vae.decode(unscaled(vae, latents.to(vae.dtype)), return_dict=False)[0]
    image = (image * 0.5 + 0.5).clamp(0, 1)[0].permute(1, 2, 0).float()
    pixels: Frame = (image * 255).round().to(torch.uint8).contiguous().cpu().numpy()  # a quarter of what a GPU sends
    return pixels
