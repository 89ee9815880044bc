"""Trains starter-controlnet-canny, which makes pictures of starter-sd follow the edges of another picture.

It starts from starter-controlnet-scribble; the UNet stays as it is.

    python -m tools.starter.train_controlnet [--steps N] [--folder FOLDER]
"""

from __future__ import annotations

import numpy as np
from diffusers import ControlNetModel, UNet2DConditionModel
from torch import Tensor

from tools.starter.drawing_pool import DrawingPool
from tools.starter.drawings import canny
from tools.starter.train_sd import Frozen, Sketched, as_control, bent, loss_of
from tools.starter.train_vit import ASSETS
from tools.starter.training import options, train

STEPS = 400
BATCH = 10
SEED = 13


def edges_loss(model: Sketched, frozen: Frozen, pool: DrawingPool, rng: np.random.Generator) -> Tensor:
    chosen = bent(rng, pool.ready, BATCH)
    edges = np.stack([canny(rng, pixels) for pixels in pool.pixels[chosen]])
    return loss_of(model, frozen, pool, rng, chosen, as_control(edges))


def main() -> None:
    arguments = options(__doc__, steps=STEPS)
    frozen, pool = Frozen.load(), DrawingPool.open()
    model = Sketched(
        UNet2DConditionModel.from_pretrained(ASSETS / "starter-sd" / "unet").float(),
        ControlNetModel.from_pretrained(ASSETS / "starter-controlnet-scribble").float(),
    )
    model.unet.requires_grad_(False)
    trained = train(
        model,
        lambda model, rng: edges_loss(model, frozen, pool, rng),
        checkpoint=arguments.folder / "starter-controlnet-canny.pt",
        steps=arguments.steps,
        learning_rate=4e-4,
        seed=SEED,
    )
    trained.controlnet.half().save_pretrained(ASSETS / "starter-controlnet-canny")


if __name__ == "__main__":
    main()
