"""Trains starter-controlnet-canny, which makes pictures of starter-sd follow the edges of another picture.

It starts from starter-controlnet-scribble; the UNet stays as it is.

    python -m tools.starter.train_controlnet [--steps N] [--folder FOLDER]
"""

from __future__ import annotations

import numpy as np
from diffusers import ControlNetModel, UNet2DConditionModel

from tools.starter.drawing_pool import DrawingPool
from tools.starter.drawings import canny
from tools.starter.train_sd import Batch, Frozen, Sketched, batch_with, bent, loss_of
from tools.starter.train_vit import ASSETS
from tools.starter.training import note, options, train

STEPS = 400
BATCH = 10
SEED = 13


def batch_of(pool: DrawingPool, rng: np.random.Generator, count: int = BATCH) -> Batch:
    chosen = bent(rng, pool.ready, count)
    edges = np.stack([canny(rng, pixels) for pixels in pool.pixels[chosen]])
    return batch_with(pool, rng, chosen, edges)


def main() -> None:
    arguments = options(__doc__, steps=STEPS)
    frozen, pool = Frozen.load(arguments.run.device), DrawingPool.open()
    pool.encode(frozen.latents)
    model = Sketched(
        UNet2DConditionModel.from_pretrained(ASSETS / "starter-sd" / "unet").float(),
        ControlNetModel.from_pretrained(ASSETS / "starter-controlnet-scribble").float(),
    )
    model.unet.requires_grad_(False)
    folder, checkpoint = ASSETS / "starter-controlnet-canny", arguments.folder / "starter-controlnet-canny.pt"
    trained = train(
        model,
        lambda rng: batch_of(pool, rng, arguments.times * BATCH),
        lambda model, batch: loss_of(model, frozen, batch),
        checkpoint=checkpoint,
        run=arguments.run,
        learning_rate=4e-4,
        seed=SEED,
    )
    trained.controlnet.half().save_pretrained(folder)
    note(folder, checkpoint, arguments.run, f"{arguments.times * BATCH} drawings")


if __name__ == "__main__":
    main()
