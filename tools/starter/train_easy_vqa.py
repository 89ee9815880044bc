"""Trains the model of starter-blip-vqa on easy-vqa (64 px shapes; PyPI, MIT), to compare. It is not shipped.

pip install easy-vqa && python -m tools.starter.train_easy_vqa [--steps N] [--folder FOLDER]
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from transformers import BertTokenizer, BlipForQuestionAnswering, ViTForImageClassification

from tools.starter.blip import save_processor
from tools.starter.pool import WORK_DIR
from tools.starter.tokenizer import Tokens, blip_tokenizer
from tools.starter.tower import into_blip
from tools.starter.train_blip_vqa import MOST_TOKENS, PICTURES, QUESTIONS, answering_loss, new_model
from tools.starter.train_vit import ASSETS, as_input, jittered
from tools.starter.training import dtype_of, options, train

STEPS = 1500
SEED = 5


@dataclass(frozen=True)
class Split:
    """Pictures (n, 64, 64, 3), and what is asked about each, with the right answers."""

    pixels: NDArray[np.uint8]
    questions: list[list[str]]
    answers: list[list[str]]


def load(name: Literal["train", "test"]) -> Split:
    """A split as the package has it. Raises ImportError where easy-vqa is not installed."""
    package = find_spec("easy_vqa")
    if package is None or package.origin is None:
        raise ImportError("easy-vqa is not installed: pip install easy-vqa")
    folder = Path(package.origin).parent / "data" / name
    asked: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for question, answer, picture in json.loads((folder / "questions.json").read_text()):
        asked[picture].append((question, answer))
    files = [folder / "images" / f"{picture}.png" for picture in asked]
    return Split(
        np.stack([np.asarray(Image.open(file).convert("RGB")) for file in files]),
        [[question for question, _ in pairs] for pairs in asked.values()],
        [[answer for _, answer in pairs] for pairs in asked.values()],
    )


class Batch(NamedTuple):
    """Pictures (n, 3, 64, 64), and as many questions about each, one picture's together."""

    pixels: Tensor
    questions: Tokens
    answers: Tokens


def batch_of(split: Split, tokenizer: BertTokenizer, rng: np.random.Generator, count: int = PICTURES) -> Batch:
    chosen = rng.integers(len(split.pixels), size=count)
    pairs = [(i, int(rng.integers(len(split.questions[i])))) for i in chosen for _ in range(QUESTIONS)]
    asked, right = [split.questions[i][k] for i, k in pairs], [split.answers[i][k] for i, k in pairs]
    pixels = jittered(as_input(split.pixels[chosen]), rng)
    return Batch(pixels, Tokens.of(tokenizer, asked), Tokens.of(tokenizer, right))


def loss_of(model: BlipForQuestionAnswering, batch: Batch) -> Tensor:
    seen = model.vision_model(batch.pixels.to(dtype_of(model))).last_hidden_state
    return answering_loss(model, seen, batch.questions, batch.answers)


def main() -> None:
    arguments = options(__doc__, steps=STEPS)
    torch.manual_seed(SEED)
    split = load("train")
    folder = WORK_DIR / "easy-vqa"
    texts = [text for texts in (*split.questions, *split.answers) for text in texts]
    tokenizer = blip_tokenizer(folder, length=MOST_TOKENS, texts=texts)
    model = new_model(tokenizer)
    into_blip(ViTForImageClassification.from_pretrained(ASSETS / "starter-vit").float(), model.vision_model)
    trained = train(
        model,
        lambda rng: batch_of(split, tokenizer, rng, arguments.times * PICTURES),
        loss_of,
        checkpoint=arguments.folder / "easy-vqa.pt",
        run=arguments.run,
        learning_rate=1e-3,
        seed=SEED,
        slow=("vision_model.",),
        slow_share=0.3,
    )
    trained.half().save_pretrained(folder)
    save_processor(folder, tokenizer)


if __name__ == "__main__":
    main()
