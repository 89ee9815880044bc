"""Trains starter-blip-caption, which says what is in a picture: a BlipForConditionalGeneration of 1.7 M parameters.

Its words start as those of starter-blip-vqa do (`blip.start`), its picture tower from the one of that model, which
already knows where things are.

    python -m tools.starter.train_blip_caption [--steps N] [--folder FOLDER]
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from transformers import BertTokenizer, BlipForConditionalGeneration

from tools.starter.blip import BlipWithPatchHeads, config, save_processor, start, trained_vit
from tools.starter.pool import WORK_DIR, Pool, things_of
from tools.starter.scenes import Thing, render
from tools.starter.texts import plain_caption, things_said
from tools.starter.tokenizer import Tokens, blip_tokenizer
from tools.starter.train_vit import ASSETS, PatchTargets, as_input, jittered, patch_targets
from tools.starter.training import dtype_of, note, options, train

STEPS = 6500
BATCH = 48
SEED = 4
MOST_TOKENS = 64  # of a caption: five things with colours and places are about 45
PROMPT = "a photo of "  # which a user may give; a quarter of the captions start with it
CROWDED = 4  # things in a scene, at least
MEASURED_SCENES = 300


def new_model(tokenizer: BertTokenizer) -> BlipForConditionalGeneration:
    return BlipForConditionalGeneration(config(tokenizer, length=MOST_TOKENS))


def chosen_scenes(pool: Pool, rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Half of them from all scenes, half from those of four and five things, where most mistakes are made."""
    crowded = np.flatnonzero(pool.rows["count"][: pool.ready] >= CROWDED)
    anyone = rng.integers(pool.ready, size=count - count // 2)
    return np.sort(np.concatenate([anyone, rng.choice(crowded, size=count // 2)]))


class Batch(NamedTuple):
    """Pictures (n, 3, SIZE_PX, SIZE_PX) with what is to be said of each."""

    pixels: Tensor
    patches: PatchTargets
    captions: Tokens


def batch_of(pool: Pool, tokenizer: BertTokenizer, rng: np.random.Generator, count: int = BATCH) -> Batch:
    chosen = chosen_scenes(pool, rng, count)
    rows = np.array(pool.rows[chosen])
    texts = [plain_caption(things_of(row)) for row in rows]
    texts = [
        PROMPT + text if prompted else text for text, prompted in zip(texts, rng.random(count) < 0.25, strict=True)
    ]
    pixels = jittered(as_input(pool.pixels[chosen]), rng)
    return Batch(pixels, patch_targets(rows), Tokens.of(tokenizer, texts))


def loss_of(model: BlipWithPatchHeads, batch: Batch) -> Tensor:
    captions = batch.captions
    seen = model.blip.vision_model(pixel_values=batch.pixels.to(dtype_of(model))).last_hidden_state
    logits = model.blip.text_decoder(
        input_ids=captions.ids,
        attention_mask=captions.mask,
        encoder_hidden_states=seen,
        encoder_attention_mask=torch.ones(seen.shape[:-1], dtype=torch.long, device=seen.device),
    ).logits
    targets = captions.ids[:, 1:].masked_fill(captions.mask[:, 1:] == 0, -100)
    saying = functional.cross_entropy(logits[:, :-1].float().flatten(0, 1), targets.flatten())
    return saying + 0.3 * model.patch_loss(seen, batch.patches)


# ── what is measured ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class CaptionScore:
    """How well captions say what is there: F1 over the things, and how often the colour of a thing found is right."""

    object_f1: float
    colours_right: float


def score(captions: list[str], scenes: list[tuple[Thing, ...]]) -> CaptionScore:
    found = said = there = coloured = right = 0
    for text, things in zip(captions, scenes, strict=True):
        spoken = things_said(text)
        names, truth = Counter(name for name, _ in spoken), Counter(thing.name for thing in things)
        found += (names & truth).total()
        said, there = said + names.total(), there + truth.total()
        colours = Counter(spoken)
        wanted = Counter((thing.name, thing.colour) for thing in things if thing.colour and thing.name in names)
        coloured += wanted.total()
        right += (colours & wanted).total()
    return CaptionScore(2 * found / max(1, said + there), right / max(1, coloured))


def captions_of(model: BlipForConditionalGeneration, tokenizer: BertTokenizer, pixels: NDArray[np.uint8]) -> list[str]:
    found = model.generate(pixel_values=as_input(pixels), max_new_tokens=MOST_TOKENS - 2, num_beams=1, do_sample=False)
    return tokenizer.batch_decode(found, skip_special_tokens=True)


def main() -> None:
    arguments = options(__doc__, steps=STEPS)
    torch.manual_seed(SEED)
    pool = Pool.open(WORK_DIR / "pool")
    folder = ASSETS / "starter-blip-caption"
    tokenizer = blip_tokenizer(folder, length=MOST_TOKENS)
    model = BlipWithPatchHeads(new_model(tokenizer))
    start(model, trained_vit(arguments.folder), tokenizer, reader=model.blip.text_decoder.bert)
    answering = torch.load(arguments.folder / "starter-blip-vqa.pt", weights_only=True, map_location="cpu")["average"]
    seeing = {name: weight for name, weight in answering.items() if name.startswith(("blip.vision_model.", "patch_"))}
    model.load_state_dict(seeing, strict=False)
    rng = np.random.default_rng(80)
    scenes = [render(rng, "held_out") for _ in range(MEASURED_SCENES)]

    def measure(model: BlipWithPatchHeads) -> str:
        captions = captions_of(model.blip, tokenizer, np.stack([scene.pixels for scene in scenes]))
        return str(score(captions, [scene.things for scene in scenes]))

    checkpoint = arguments.folder / "starter-blip-caption.pt"
    trained = train(
        model,
        lambda rng: batch_of(pool, tokenizer, rng, arguments.times * BATCH),
        loss_of,
        checkpoint=checkpoint,
        run=arguments.run,
        learning_rate=1e-3,
        seed=SEED,
        slow=("blip.vision_model.",),
        slow_share=0.5,
        measure=measure,
        measure_every=500,
    )
    trained.blip.half().save_pretrained(folder)
    note(folder, checkpoint, arguments.run, f"{arguments.times * BATCH} scenes")
    save_processor(folder, tokenizer)


if __name__ == "__main__":
    main()
