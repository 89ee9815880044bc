"""The small tokenizers of the starter models, trained on their own texts: byte-pair, and word pieces for BLIP."""

from __future__ import annotations

import json
import string
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from torch import Tensor
from transformers import BertTokenizer, CLIPTokenizer, LlamaTokenizer

from tools.starter.sentences import every_sentence_word
from tools.starter.texts import every_word

CLIP_LENGTH = 48  # of the longest text: five things with colours and places, about 40 words
VOCABULARY = 1000  # at most; enough that every word of the world is one token
USER, ASSISTANT, IMAGE = "<|user|>", "<|assistant|>", "<image>"  # who speaks in LLaVA's conversations, and of what
REPEATS = 3  # of the texts, so that every word is frequent enough to be merged


class Tokens(NamedTuple):
    """Of texts, padded to one length: (n, length) each."""

    ids: Tensor
    mask: Tensor

    @classmethod
    def of(cls, tokenizer: BertTokenizer | CLIPTokenizer, texts: list[str]) -> Tokens:
        tokens = tokenizer(texts, padding=True, return_tensors="pt")
        return cls(tokens.input_ids, tokens.attention_mask)


def clip_tokenizer(folder: Path) -> CLIPTokenizer:
    """A CLIPTokenizer that knows every word as one token and spells the rest; made in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>", unk_token="<|endoftext|>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.ByteLevel(False)])
    letters = [*string.ascii_lowercase, *string.digits, *string.punctuation]
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        initial_alphabet=letters,
        end_of_word_suffix="</w>",
        special_tokens=[letter + "</w>" for letter in letters],  # a letter that ends a word is a token, too
        show_progress=False,
    )
    tokenizer.train_from_iterator(every_word() * REPEATS, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    vocabulary = {"<|endoftext|>": 0, "<|startoftext|>": 1}
    for token in sorted(model["vocab"], key=model["vocab"].get):
        vocabulary[token] = len(vocabulary)
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    merges = [" ".join(pair) if isinstance(pair, list) else pair for pair in model["merges"]]
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")
    return CLIPTokenizer(
        str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=CLIP_LENGTH, pad_token="<|endoftext|>"
    )


def blip_tokenizer(folder: Path, *, length: int, texts: Sequence[str] = ()) -> BertTokenizer:
    """A BertTokenizer that knows every word as one token and spells the rest; made in `folder`.

    Args:
        folder: where its vocabulary goes.
        length: in tokens, of the longest text that its model reads.
        texts: where the words come from; from the world where there are none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    words: dict[str, None] = {}
    splitter = pre_tokenizers.BertPreTokenizer()
    for text in texts or every_word():
        words.update(dict.fromkeys(word for word, _ in splitter.pre_tokenize_str(text.lower())))
    letters = [*string.ascii_lowercase, *string.digits, *string.punctuation]
    spelled = dict.fromkeys([*letters, *(f"##{letter}" for letter in letters)])
    special = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    vocabulary = list(dict.fromkeys([*special, *spelled, *words]))
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    return BertTokenizer(str(folder / "vocab.txt"), do_lower_case=True, model_max_length=length)


def llava_tokenizer() -> LlamaTokenizer:
    """A LlamaTokenizer that knows every word as one token, with a capital where a sentence may start with it.

    Other words are spelled, in bytes where it has not even their letters.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation("isolated")]
    )
    letters = [*string.ascii_letters, *string.digits, *string.punctuation, "▁"]
    trainer = trainers.BpeTrainer(vocab_size=2 * VOCABULARY, initial_alphabet=letters, show_progress=False)
    tokenizer.train_from_iterator([*every_word(), *every_sentence_word()] * REPEATS, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    special = ["<pad>", "<s>", "</s>", "<unk>", USER, ASSISTANT, IMAGE, *(f"<0x{byte:02X}>" for byte in range(256))]
    tokens = [*special, *sorted(model["vocab"], key=model["vocab"].get)]
    return LlamaTokenizer(
        vocab={token: i for i, token in enumerate(dict.fromkeys(tokens))},
        merges=[tuple(merge) for merge in model["merges"]],
        pad_token="<pad>",
        additional_special_tokens=[USER, ASSISTANT, IMAGE],
        add_bos_token=False,  # the chat template writes it
        padding_side="left",  # said again, because it is saved only so
    )
