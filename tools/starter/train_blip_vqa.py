"""Trains starter-blip-vqa, which answers questions about a picture: a BlipForQuestionAnswering of 2.4 M parameters.

Its picture tower starts from starter-vit. Several questions are asked about each picture of a batch.

    python -m tools.starter.train_blip_vqa [--steps N] [--folder FOLDER]
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import (
    BertTokenizer,
    BlipConfig,
    BlipForQuestionAnswering,
    BlipImageProcessor,
    BlipProcessor,
    ViTForImageClassification,
)

from tools.starter.pool import WORK_DIR, Pool, things_of
from tools.starter.scenes import SIZE_PX, render
from tools.starter.texts import ABOUTS, Question, question
from tools.starter.tokenizer import blip_tokenizer
from tools.starter.tower import into_blip
from tools.starter.train_vit import ASSETS, TOWER, as_input, jittered
from tools.starter.training import options, train

STEPS = 6000
PICTURES = 48  # of a batch
QUESTIONS = 4  # about each
SEED = 3
TEXT = {"hidden_size": 128, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 384}
MOST_TOKENS = 40  # of a question
MOST_ANSWER_TOKENS = 6
MEASURED_QUESTIONS = 500


def text_config(tokenizer: BertTokenizer) -> dict[str, int | str]:
    """What the texts of a BLIP are made of. Its answers start with [CLS], as the tokenizer's own labels do."""
    return TEXT | {
        "vocab_size": len(tokenizer),
        "encoder_hidden_size": TOWER["hidden_size"],
        "max_position_embeddings": MOST_TOKENS,
        "bos_token_id": tokenizer.cls_token_id,
        "eos_token_id": tokenizer.sep_token_id,
        "sep_token_id": tokenizer.sep_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }


def new_model(tokenizer: BertTokenizer) -> BlipForQuestionAnswering:
    return BlipForQuestionAnswering(
        BlipConfig(
            text_config=text_config(tokenizer),
            vision_config=TOWER | {"hidden_act": "gelu", "attention_dropout": 0.0},
            projection_dim=TOWER["hidden_size"],
        )
    )


def loss_of(model: BlipForQuestionAnswering, pool: Pool, tokenizer: BertTokenizer, rng: np.random.Generator) -> Tensor:
    chosen = np.sort(rng.integers(pool.ready, size=PICTURES))
    scenes = [things_of(row) for row in np.array(pool.rows[chosen])]
    asked = [question(rng, things) for things in scenes for _ in range(QUESTIONS)]
    pixels = jittered(as_input(pool.pixels[chosen]), rng)
    return answering_loss(model, tokenizer, pixels, [q.text for q in asked], [q.answer for q in asked])


def answering_loss(
    model: BlipForQuestionAnswering, tokenizer: BertTokenizer, pixels: Tensor, asked: list[str], right: list[str]
) -> Tensor:
    """The cross-entropy of the right answers: as many questions for each picture, one picture's together."""
    questions = tokenizer(asked, padding=True, return_tensors="pt")
    answers = tokenizer(right, padding=True, return_tensors="pt")
    seen = model.vision_model(pixel_values=pixels.bfloat16()).last_hidden_state
    seen = seen.repeat_interleave(len(asked) // len(pixels), dim=0)
    understood = model.text_encoder(
        input_ids=questions.input_ids,
        attention_mask=questions.attention_mask,
        encoder_hidden_states=seen,
        encoder_attention_mask=torch.ones(seen.shape[:-1], dtype=torch.long),
    )[0]
    logits = model.text_decoder(
        input_ids=answers.input_ids,
        attention_mask=answers.attention_mask,
        encoder_hidden_states=understood,
        # as `generate` does, which lets an answer attend to the padding of its question, too
        encoder_attention_mask=torch.ones_like(questions.attention_mask),
    ).logits
    targets = answers.input_ids[:, 1:].masked_fill(answers.attention_mask[:, 1:] == 0, -100)
    return torch.nn.functional.cross_entropy(logits[:, :-1].float().flatten(0, 1), targets.flatten())


# ── what is measured ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Exam:
    """Questions, each about the picture (height, width, 3) with the same index."""

    pixels: NDArray[np.uint8]
    questions: list[Question]


def held_out_exam(count: int, seed: int) -> Exam:
    """Held-out scenes of one to five things with a question each, as many about each of `ABOUTS`."""
    rng = np.random.default_rng(seed)
    pixels, questions = [], []
    while len(questions) < count:
        scene = render(rng, "held_out")
        about = ABOUTS[len(questions) % len(ABOUTS)]
        asked = question(rng, scene.things, about)
        if asked.about == about:
            pixels.append(scene.pixels)
            questions.append(asked)
    return Exam(np.stack(pixels), questions)


def answers_of(
    model: BlipForQuestionAnswering, tokenizer: BertTokenizer, pixels: NDArray[np.uint8], texts: list[str]
) -> list[str]:
    tokens = tokenizer(texts, padding=True, return_tensors="pt")
    found = model.generate(
        input_ids=tokens.input_ids,
        attention_mask=tokens.attention_mask,
        pixel_values=as_input(pixels),
        max_new_tokens=MOST_ANSWER_TOKENS,
        num_beams=1,
        do_sample=False,
    )
    return tokenizer.batch_decode(found, skip_special_tokens=True)


def exact_matches(model: BlipForQuestionAnswering, tokenizer: BertTokenizer, exam: Exam) -> dict[str, float]:
    """The share of exact answers in all, and about each of `ABOUTS`."""
    right: dict[str, list[bool]] = defaultdict(list)
    for first in range(0, len(exam.questions), 100):
        asked = exam.questions[first : first + 100]
        pixels = exam.pixels[first : first + 100]
        for q, answer in zip(asked, answers_of(model, tokenizer, pixels, [q.text for q in asked]), strict=True):
            right[q.about].append(answer == q.answer)
            right["all"].append(answer == q.answer)
    return {about: float(np.mean(right[about])) for about in ("all", *ABOUTS)}


def main() -> None:
    arguments = options(__doc__, steps=STEPS)
    torch.manual_seed(SEED)
    pool = Pool.open(WORK_DIR / "pool")
    folder = ASSETS / "starter-blip-vqa"
    tokenizer = blip_tokenizer(folder, length=MOST_TOKENS)
    model = new_model(tokenizer)
    into_blip(ViTForImageClassification.from_pretrained(ASSETS / "starter-vit").float(), model.vision_model)
    exam = held_out_exam(MEASURED_QUESTIONS, seed=79)

    def measure(model: BlipForQuestionAnswering) -> str:
        shares = exact_matches(model, tokenizer, exam)
        return "exact match " + ", ".join(f"{about} {share:.3f}" for about, share in shares.items())

    trained = train(
        model,
        lambda model, rng: loss_of(model, pool, tokenizer, rng),
        checkpoint=arguments.folder / "starter-blip-vqa.pt",
        steps=arguments.steps,
        learning_rate=1e-3,
        seed=SEED,
        slow=("vision_model.",),
        slow_share=0.3,
        measure=measure,
        measure_every=500,
    )
    trained.half().save_pretrained(folder)
    save_processor(folder, tokenizer)


def save_processor(folder: Path, tokenizer: BertTokenizer) -> None:
    size = {"height": SIZE_PX, "width": SIZE_PX}
    pictures = BlipImageProcessor(size=size, image_mean=[0.5] * 3, image_std=[0.5] * 3)
    BlipProcessor(pictures, tokenizer).save_pretrained(folder)


if __name__ == "__main__":
    main()
