"""Trains starter-clip, which says how well a text fits a picture: a CLIPModel of 1.5 M parameters.

Its picture tower starts from starter-vit. Texts that are true of several pictures of a batch count as right for each of
them; and every picture is also held against the names of all things, as zero-shot classification does.

    python -m tools.starter.train_clip [--steps N] [--folder FOLDER]
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from transformers import (
    CLIPConfig,
    CLIPImageProcessor,
    CLIPModel,
    CLIPProcessor,
    CLIPTokenizer,
    ViTForImageClassification,
)

from tools.starter.pool import WORK_DIR, Pool, things_of
from tools.starter.scenes import SIZE_PX, render
from tools.starter.texts import KIND_OF, caption, claims_of
from tools.starter.tokenizer import CLIP_LENGTH, Tokens, clip_tokenizer
from tools.starter.tower import into_clip
from tools.starter.train_vit import ASSETS, TOWER, as_input, held_out_things, jittered, scene_targets
from tools.starter.training import dtype_of, note, options, train
from tools.starter.world import NAMES

STEPS = 4000
BATCH = 96
SEED = 2
TEXT = {"hidden_size": 128, "num_hidden_layers": 4, "num_attention_heads": 4, "intermediate_size": 384}
WIDTH = 128  # of the space that pictures and texts share
MOST_SCALE = 4.6052  # of the logits, as its logarithm: 100, as in the paper
NAME_TEXTS = [f"a photo of {KIND_OF[name].singular}" for name in NAMES]
MEASURED_SCENES = 500


def new_model(tokenizer: CLIPTokenizer) -> CLIPModel:
    ids = {
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    text = TEXT | ids | {"vocab_size": len(tokenizer), "max_position_embeddings": CLIP_LENGTH, "hidden_act": "gelu"}
    return CLIPModel(
        CLIPConfig(
            text_config=text | {"projection_dim": WIDTH},
            vision_config=TOWER | {"hidden_act": "gelu", "projection_dim": WIDTH},
            projection_dim=WIDTH,
            attn_implementation="eager",
        )
    )


def pictures_embedded(model: CLIPModel, pixels: Tensor) -> Tensor:
    """Unit vectors (n, WIDTH)."""
    pooled = model.vision_model(pixel_values=pixels).pooler_output
    return functional.normalize(model.visual_projection(pooled).float(), dim=-1)


def texts_embedded(model: CLIPModel, texts: Tokens) -> Tensor:
    """Unit vectors (n, WIDTH)."""
    pooled = model.text_model(input_ids=texts.ids, attention_mask=texts.mask).pooler_output
    return functional.normalize(model.text_projection(pooled).float(), dim=-1)


class Batch(NamedTuple):
    """Pictures (n, 3, SIZE_PX, SIZE_PX), as many texts, and which text is true of which picture."""

    pixels: Tensor
    texts: Tokens
    fits: Tensor  # (pictures, texts): 1 or 0
    names: Tokens  # of all things
    scenes: Tensor  # (pictures, names): as `scene_targets`


def batch_of(
    pool: Pool, tokenizer: CLIPTokenizer, names: Tokens, rng: np.random.Generator, count: int = BATCH
) -> Batch:
    chosen = np.sort(rng.integers(pool.ready, size=count))
    rows = np.array(pool.rows[chosen])
    scenes = [things_of(row) for row in rows]
    is_full = rng.random(count) < 0.75
    captions = [caption(rng, things, is_full=bool(full)) for things, full in zip(scenes, is_full, strict=True)]
    full_claims = [claims_of(things, is_full=True) for things in scenes]
    name_claims = [claims_of(things, is_full=False) for things in scenes]
    fits = torch.tensor(
        [[caption.claims in claims for caption in captions] for claims in zip(full_claims, name_claims, strict=True)]
    ).float()
    texts = Tokens.of(tokenizer, [caption.text for caption in captions])
    return Batch(jittered(as_input(pool.pixels[chosen]), rng), texts, fits, names, scene_targets(rows))


def loss_of(model: CLIPModel, batch: Batch) -> Tensor:
    pictures = pictures_embedded(model, batch.pixels.to(dtype_of(model)))
    texts = texts_embedded(model, batch.texts)
    with torch.no_grad():
        model.logit_scale.clamp_(max=MOST_SCALE)
    scale, fits = model.logit_scale.float().exp(), batch.fits
    logits = scale * pictures @ texts.T
    by_picture = functional.cross_entropy(logits, fits / fits.sum(dim=1, keepdim=True))
    by_text = functional.cross_entropy(logits.T, (fits / fits.sum(dim=0, keepdim=True)).T)
    named = functional.cross_entropy(scale * pictures @ texts_embedded(model, batch.names).T, batch.scenes)
    return by_picture + by_text + 0.5 * named


# ── what is measured ─────────────────────────────────────────────────────────────────────────────────────────────────


@torch.inference_mode()
def zero_shot_top_1(model: CLIPModel, names: Tokens, pixels: NDArray[np.uint8], truth: NDArray[np.int64]) -> float:
    found = pictures_embedded(model, as_input(pixels)) @ texts_embedded(model, names).T
    return float((found.argmax(dim=1).numpy() == truth).mean())


@torch.inference_mode()
def recall_at_1(model: CLIPModel, texts: Tokens, claims: list[tuple[str, ...]], pixels: NDArray[np.uint8]) -> float:
    """How often a caption finds its scene first; a scene of which the caption is just as true counts as found."""
    found = texts_embedded(model, texts) @ pictures_embedded(model, as_input(pixels)).T
    return float(np.mean([claims[int(i)] == own for i, own in zip(found.argmax(dim=1), claims, strict=True)]))


def held_out_captions(count: int, seed: int) -> tuple[NDArray[np.uint8], list[str], list[tuple[str, ...]]]:
    """Held-out scenes of one to five things, their full captions, and what these claim."""
    rng = np.random.default_rng(seed)
    scenes = [render(rng, "held_out") for _ in range(count)]
    captions = [caption(rng, scene.things, is_full=True) for scene in scenes]
    return np.stack([s.pixels for s in scenes]), [c.text for c in captions], [c.claims for c in captions]


def main() -> None:
    arguments = options(__doc__, steps=STEPS)
    torch.manual_seed(SEED)
    pool = Pool.open(WORK_DIR / "pool")
    folder = ASSETS / "starter-clip"
    tokenizer = clip_tokenizer(folder)
    model = new_model(tokenizer)
    into_clip(
        ViTForImageClassification.from_pretrained(ASSETS / "starter-vit").float(), model, as_input(pool.pixels[:256])
    )
    names = Tokens.of(tokenizer, NAME_TEXTS)
    single = held_out_things(MEASURED_SCENES, seed=77)
    pixels, texts, claims = held_out_captions(MEASURED_SCENES, seed=78)
    captions = Tokens.of(tokenizer, texts)

    def measure(model: CLIPModel) -> str:
        recall = recall_at_1(model, captions, claims, pixels)
        return f"zero-shot {zero_shot_top_1(model, names, *single):.3f}, recall@1 {recall:.3f} of held-out scenes"

    checkpoint = arguments.folder / "starter-clip.pt"
    trained = train(
        model,
        lambda rng: batch_of(pool, tokenizer, names, rng, arguments.times * BATCH),
        loss_of,
        checkpoint=checkpoint,
        run=arguments.run,
        learning_rate=1e-3,
        seed=SEED,
        slow=("vision_model.",),
        slow_share=0.4,
        measure=measure,
        measure_every=500,
    )
    trained.half().save_pretrained(folder)
    note(folder, checkpoint, arguments.run, f"{arguments.times * BATCH} scenes")
    save_processor(folder, tokenizer)


def save_processor(folder: Path, tokenizer: CLIPTokenizer) -> None:
    size = {"height": SIZE_PX, "width": SIZE_PX}
    pictures = CLIPImageProcessor(
        size=size, do_center_crop=False, image_mean=[0.5] * 3, image_std=[0.5] * 3, resample=3
    )
    CLIPProcessor(pictures, tokenizer).save_pretrained(folder)


if __name__ == "__main__":
    main()
