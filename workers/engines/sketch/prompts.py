"""Prompts to what a Stable Diffusion attends to, with one text encoder (1.5, 2) or two (XL). No Qt.

A text encoder of CLIP reads 77 tokens. What is longer is read in several parts, whose features follow each other, as
other tools do it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workers.errors import UsageError

MOST_LETTERS = 10_000


@dataclass(frozen=True, eq=False)
class Words:
    """What a prompt says: features, (1, tokens, width), and for XL also the sense of it all, (1, width)."""

    features: Any
    pooled: Any = None


def check_prompt(text: str) -> None:
    """Lets a prompt pass that is not too long.

    Raises:
        UsageError: it is.
    """
    if len(text) > MOST_LETTERS:
        raise UsageError(
            "The prompt has {count} letters; at most {most} are read.",
            hint="Say it in fewer words.",
            count=len(text),
            most=MOST_LETTERS,
        )


class PromptReader:
    """Reads prompts with the tokenizers and text encoders of a model, in the same order."""

    def __init__(self, tokenizers: Sequence[Any], encoders: Sequence[Any]) -> None:
        self._pairs = list(zip(tokenizers, encoders, strict=True))
        self._is_xl = len(self._pairs) == 2

    def parts(self, text: str) -> int:
        """In how many parts the prompt is read."""
        return max(len(_parts(text, tokenizer, encoder)) for tokenizer, encoder in self._pairs)

    def read(self, text: str, parts: int, device: str) -> Words:
        """The features of a prompt, filled up with silence to so many parts."""
        import torch

        features, pooled = [], None
        for tokenizer, encoder in self._pairs:
            ids = _padded(_parts(text, tokenizer, encoder), parts, tokenizer, encoder)
            outputs = [encoder(torch.tensor([part], device=device), output_hidden_states=self._is_xl) for part in ids]
            if self._is_xl:
                features.append(torch.cat([output.hidden_states[-2] for output in outputs], dim=1))
                pooled = outputs[0][0]  # of the last encoder, which has a projection
            else:
                features.append(torch.cat([output[0] for output in outputs], dim=1))
        return Words(torch.cat(features, dim=-1), pooled)


def nothing_like(words: Words) -> Words:
    """What an XL was trained with in place of an empty negative prompt: zeros."""
    import torch

    return Words(torch.zeros_like(words.features), torch.zeros_like(words.pooled))


def _parts(text: str, tokenizer: Any, encoder: Any) -> list[list[int]]:
    """The tokens of a text in pieces that the encoder can read, without their marks; one empty piece for no text."""
    ids = tokenizer(text, add_special_tokens=False).input_ids
    room = _length(tokenizer, encoder) - 2
    return [ids[first : first + room] for first in range(0, len(ids), room)] or [[]]


def _padded(parts: list[list[int]], count: int, tokenizer: Any, encoder: Any) -> list[list[int]]:
    length = _length(tokenizer, encoder)
    filled = []
    for part in [*parts, *[[]] * (count - len(parts))]:
        ids = [tokenizer.bos_token_id, *part, tokenizer.eos_token_id]
        filled.append(ids + [tokenizer.pad_token_id] * (length - len(ids)))
    return filled


def _length(tokenizer: Any, encoder: Any) -> int:
    return int(min(tokenizer.model_max_length, encoder.config.max_position_embeddings))
