"""Trains starter-vit, which says what is in a picture: a ViTForImageClassification of 0.9 M parameters.

Besides the class token, which names what is in the scene, every patch learns what thing and which colour is in it. That
teaches many times more per picture, and makes the tower a good start for starter-clip and starter-blip-vqa. The two
heads for that are not shipped.

    python -m tools.starter.train_vit [--steps N] [--folder FOLDER]
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessor

from tools.starter.pool import NO_COLOUR, WORK_DIR, Pool
from tools.starter.scenes import GRID, SIZE_PX, render
from tools.starter.training import dtype_of, note, options, train
from tools.starter.world import COLOURS, NAMES

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "starter"
TOWER = {
    "image_size": SIZE_PX,
    "patch_size": SIZE_PX // GRID,
    "hidden_size": 128,
    "num_hidden_layers": 5,
    "num_attention_heads": 4,
    "intermediate_size": 384,
}
STEPS = 8000
BATCH = 64
SEED = 1
MEASURED_SCENES = 400


class VitWithPatchHeads(nn.Module):
    """The classifier, and what names the thing and the colour in each patch."""

    def __init__(self) -> None:
        super().__init__()
        labels = dict(enumerate(NAMES))
        self.vit = ViTForImageClassification(
            ViTConfig(
                **TOWER,
                id2label=labels,
                label2id={name: i for i, name in labels.items()},
                hidden_dropout_prob=0.0,
                attention_probs_dropout_prob=0.0,
                attn_implementation="eager",  # 1.7 times as fast here: the fused one is slow backwards at 65 tokens
            )
        )
        self.patch_name = nn.Linear(TOWER["hidden_size"], len(NAMES) + 1)
        self.patch_colour = nn.Linear(TOWER["hidden_size"], len(COLOURS) + 1)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of the scene (n, names), and of each patch: names and background (n, 64, names + 1), colours."""
        tokens = self.vit.vit(pixel_values=pixels).last_hidden_state
        return self.vit.classifier(tokens[:, 0]), self.patch_name(tokens[:, 1:]), self.patch_colour(tokens[:, 1:])


def as_input(pixels: NDArray[np.uint8] | Tensor) -> Tensor:
    """Pictures (n, height, width, 3) as the processors give them: (n, 3, height, width) in -1..1."""
    pictures = pixels if isinstance(pixels, Tensor) else torch.from_numpy(np.ascontiguousarray(pixels))
    return (pictures.permute(0, 3, 1, 2).float() / 127.5 - 1).contiguous()


def jittered(pixels: Tensor, rng: np.random.Generator) -> Tensor:
    """Pictures in a slightly different light, so that a pool can be read more than once."""
    gain = torch.from_numpy(rng.uniform(0.88, 1.12, size=(len(pixels), 3, 1, 1)).astype(np.float32))
    lift = torch.from_numpy(rng.normal(0, 0.05, size=(len(pixels), 1, 1, 1)).astype(np.float32))
    return (pixels * gain + lift).clamp(-1, 1)


class PatchTargets(NamedTuple):
    """For each patch (n, 64) the index of the name, len(NAMES) for background, and of the colour, -1 where none is."""

    names: Tensor
    colours: Tensor


def patch_targets(rows: NDArray[np.void]) -> PatchTargets:
    slots = rows["slots"].reshape(len(rows), -1).astype(np.int64)
    at = np.maximum(slots - 1, 0)
    names = np.where(slots > 0, np.take_along_axis(rows["name"].astype(np.int64), at, axis=1), len(NAMES))
    colours = np.take_along_axis(rows["colour"].astype(np.int64), at, axis=1)
    colours = np.where((slots > 0) & (colours != NO_COLOUR), colours, -1)
    return PatchTargets(torch.from_numpy(names), torch.from_numpy(colours))


def scene_targets(rows: NDArray[np.void]) -> Tensor:
    """For each scene (n, names) the share of each name among the things in it."""
    targets = np.zeros((len(rows), len(NAMES)), np.float32)
    for i, row in enumerate(rows):
        np.add.at(targets[i], row["name"][: row["count"]], 1 / int(row["count"]))
    return torch.from_numpy(targets)


def patch_loss(names: Tensor, colours: Tensor, targets: PatchTargets) -> Tensor:
    """How badly the heads name what is in the patches (logits (n, 64, names + 1) and (n, 64, colours + 1))."""
    weights = torch.ones(len(NAMES) + 1, device=names.device)
    weights[-1] = 0.3  # most patches show the background
    by_name = functional.cross_entropy(names.float().flatten(0, 1), targets.names.flatten(), weights)
    by_colour = functional.cross_entropy(colours.float().flatten(0, 1), targets.colours.flatten(), ignore_index=-1)
    return by_name + 0.5 * by_colour


class Batch(NamedTuple):
    pixels: Tensor  # (n, 3, SIZE_PX, SIZE_PX)
    scenes: Tensor  # as `scene_targets`
    patches: PatchTargets


def batch_of(pool: Pool, rng: np.random.Generator, count: int = BATCH) -> Batch:
    chosen = np.sort(rng.integers(pool.ready, size=count))
    rows = np.array(pool.rows[chosen])
    return Batch(jittered(as_input(pool.pixels[chosen]), rng), scene_targets(rows), patch_targets(rows))


def loss_of(model: VitWithPatchHeads, batch: Batch) -> Tensor:
    scene, names, colours = model(batch.pixels.to(dtype_of(model)))
    return functional.cross_entropy(scene.float(), batch.scenes) + patch_loss(names, colours, batch.patches)


@torch.inference_mode()
def top_1(model: VitWithPatchHeads, pixels: NDArray[np.uint8], names: NDArray[np.int64]) -> float:
    found = model(as_input(pixels))[0].argmax(dim=1).numpy()
    return float((found == names).mean())


def held_out_things(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Held-out scenes of one thing, and which it is."""
    rng = np.random.default_rng(seed)
    scenes = [render(rng, "held_out", count=1) for _ in range(count)]
    return np.stack([s.pixels for s in scenes]), np.array([NAMES.index(s.things[0].name) for s in scenes])


def main() -> None:
    arguments = options(__doc__, steps=STEPS)
    torch.manual_seed(SEED)
    pool = Pool.open(WORK_DIR / "pool")
    pixels, names = held_out_things(MEASURED_SCENES, seed=77)
    checkpoint = arguments.folder / "starter-vit.pt"
    trained = train(
        VitWithPatchHeads(),
        lambda rng: batch_of(pool, rng, arguments.times * BATCH),
        loss_of,
        checkpoint=checkpoint,
        run=arguments.run,
        learning_rate=1.2e-3,
        seed=SEED,
        measure=lambda model: f"top-1 {top_1(model, pixels, names):.3f} of held-out single things",
    )
    folder = ASSETS / "starter-vit"
    trained.vit.half().save_pretrained(folder)
    note(folder, checkpoint, arguments.run, f"{arguments.times * BATCH} scenes")
    size = {"height": SIZE_PX, "width": SIZE_PX}
    ViTImageProcessor(size=size, image_mean=[0.5] * 3, image_std=[0.5] * 3).save_pretrained(folder)


if __name__ == "__main__":
    main()
