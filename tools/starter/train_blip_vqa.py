"""Trains starter-blip-vqa, which answers questions about a picture: a BlipForQuestionAnswering of 2.4 M parameters.

Its picture tower starts from starter-vit, and words start where the tower has what they name (`blip.start`), so that a
question finds its thing from the first step. While it learns to answer, every patch goes on learning what is in it,
and where it is itself: starter-vit forgets that, and "where" was not learned without. Several questions are asked
about each picture of a batch.

    python -m tools.starter.train_blip_vqa [--steps N] [--folder FOLDER]
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from transformers import BertTokenizer, BlipForQuestionAnswering

from tools.starter.blip import BlipWithPatchHeads, config, save_processor, start, trained_vit
from tools.starter.pool import WORK_DIR, Pool, things_of
from tools.starter.scenes import render
from tools.starter.texts import ABOUTS, Question, question
from tools.starter.tokenizer import Tokens, blip_tokenizer
from tools.starter.train_vit import ASSETS, PatchTargets, as_input, jittered, patch_targets
from tools.starter.training import dtype_of, note, options, train

STEPS = 5000
PICTURES = 48  # of a batch
QUESTIONS = 4  # about each
SHARES = (0.24, 0.32, 0.12, 0.18, 0.14)  # of `ABOUTS`: "where" is learned last, and a third of it is "center"
SEED = 3
MOST_TOKENS = 40  # of a question
MOST_ANSWER_TOKENS = 6
MEASURED_QUESTIONS = 500


def new_model(tokenizer: BertTokenizer) -> BlipForQuestionAnswering:
    return BlipForQuestionAnswering(config(tokenizer, length=MOST_TOKENS))


class Batch(NamedTuple):
    """Pictures (n, 3, SIZE_PX, SIZE_PX), and as many questions about each, one picture's together."""

    pixels: Tensor
    patches: PatchTargets
    questions: Tokens
    answers: Tokens


def batch_of(pool: Pool, tokenizer: BertTokenizer, rng: np.random.Generator, count: int = PICTURES) -> Batch:
    chosen = np.sort(rng.integers(pool.ready, size=count))
    rows = np.array(pool.rows[chosen])
    scenes = [things_of(row) for row in rows]
    abouts = rng.choice(ABOUTS, p=SHARES, size=(len(scenes), QUESTIONS))
    asked = [question(rng, things, str(about)) for things, row in zip(scenes, abouts, strict=True) for about in row]
    return Batch(
        jittered(as_input(pool.pixels[chosen]), rng),
        patch_targets(rows),
        Tokens.of(tokenizer, [q.text for q in asked]),
        Tokens.of(tokenizer, [q.answer for q in asked]),
    )


def loss_of(model: BlipWithPatchHeads, batch: Batch) -> Tensor:
    seen = model.blip.vision_model(pixel_values=batch.pixels.to(dtype_of(model))).last_hidden_state
    return answering_loss(model.blip, seen, batch.questions, batch.answers) + 0.3 * model.patch_loss(
        seen, batch.patches
    )


def answering_loss(model: BlipForQuestionAnswering, seen: Tensor, questions: Tokens, answers: Tokens) -> Tensor:
    """The cross-entropy of the right answers: as many questions for each picture seen, one picture's together."""
    seen = seen.repeat_interleave(len(questions.ids) // len(seen), dim=0)
    understood = model.text_encoder(
        input_ids=questions.ids,
        attention_mask=questions.mask,
        encoder_hidden_states=seen,
        encoder_attention_mask=torch.ones(seen.shape[:-1], dtype=torch.long, device=seen.device),
    )[0]
    logits = model.text_decoder(
        input_ids=answers.ids,
        attention_mask=answers.mask,
        encoder_hidden_states=understood,
        # as `generate` does, which lets an answer attend to the padding of its question, too
        encoder_attention_mask=torch.ones_like(questions.mask),
    ).logits
    targets = answers.ids[:, 1:].masked_fill(answers.mask[:, 1:] == 0, -100)
    return functional.cross_entropy(logits[:, :-1].float().flatten(0, 1), targets.flatten())


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
    model = BlipWithPatchHeads(new_model(tokenizer))
    start(model, trained_vit(arguments.folder), tokenizer, reader=model.blip.text_encoder)
    exam = held_out_exam(MEASURED_QUESTIONS, seed=79)

    def measure(model: BlipWithPatchHeads) -> str:
        shares = exact_matches(model.blip, tokenizer, exam)
        return "exact match " + ", ".join(f"{about} {share:.3f}" for about, share in shares.items())

    checkpoint = arguments.folder / "starter-blip-vqa.pt"
    trained = train(
        model,
        lambda rng: batch_of(pool, tokenizer, rng, arguments.times * PICTURES),
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
    note(folder, checkpoint, arguments.run, f"{arguments.times * PICTURES} scenes")
    save_processor(folder, tokenizer)


if __name__ == "__main__":
    main()
