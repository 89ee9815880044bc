"""What starter-blip-vqa and starter-blip-caption share: how they start, and what their patches go on learning."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import (
    BertTokenizer,
    BlipConfig,
    BlipForConditionalGeneration,
    BlipForQuestionAnswering,
    BlipImageProcessor,
    BlipProcessor,
)

from tools.starter.scenes import GRID, SIZE_PX
from tools.starter.texts import KIND_OF
from tools.starter.tower import into_blip
from tools.starter.train_vit import TOWER, PatchTargets, VitWithPatchHeads, patch_loss
from tools.starter.world import COLOURS, NAMES

TEXT = {"hidden_size": 128, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 384}


def config(tokenizer: BertTokenizer, *, length: int) -> BlipConfig:
    """Of a BLIP with the tower of starter-vit that reads texts of `length` tokens.

    Its own texts start with [CLS], as the labels that the tokenizer gives do.
    """
    text = TEXT | {
        "vocab_size": len(tokenizer),
        "encoder_hidden_size": TOWER["hidden_size"],
        "max_position_embeddings": length,
        "bos_token_id": tokenizer.cls_token_id,
        "eos_token_id": tokenizer.sep_token_id,
        "sep_token_id": tokenizer.sep_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    return BlipConfig(
        text_config=text,
        vision_config=TOWER | {"hidden_act": "gelu", "attention_dropout": 0.0},
        projection_dim=TOWER["hidden_size"],
    )


class BlipWithPatchHeads(nn.Module):
    """A BLIP, and what says of each patch which thing, colour, row and column it is."""

    def __init__(self, blip: BlipForQuestionAnswering | BlipForConditionalGeneration) -> None:
        super().__init__()
        width = TOWER["hidden_size"]
        self.blip = blip
        self.patch_name = nn.Linear(width, len(NAMES) + 1)
        self.patch_colour = nn.Linear(width, len(COLOURS) + 1)
        self.patch_row = nn.Linear(width, GRID)
        self.patch_column = nn.Linear(width, GRID)

    def patch_loss(self, seen: Tensor, targets: PatchTargets) -> Tensor:
        """Of the tower's tokens (n, 65, width)."""
        patches = seen[:, 1:]
        at = torch.arange(GRID * GRID, device=seen.device).expand(len(seen), -1).flatten()
        by_row = functional.cross_entropy(self.patch_row(patches).float().flatten(0, 1), at // GRID)
        by_column = functional.cross_entropy(self.patch_column(patches).float().flatten(0, 1), at % GRID)
        return patch_loss(self.patch_name(patches), self.patch_colour(patches), targets) + 0.3 * (by_row + by_column)


def start(model: BlipWithPatchHeads, vit: VitWithPatchHeads, tokenizer: BertTokenizer, *, reader: nn.Module) -> None:
    """Starts the tower and the heads from `vit`, words from its heads, and attention to the picture near the identity.

    The words of a name or a colour start with the direction in which the tower has it. Queries, keys and values that
    change little then attend to the patches that show it (mimetic initialisation, https://arxiv.org/abs/2305.09828).

    Args:
        model: whose weights are chosen.
        vit: with its heads, trained.
        tokenizer: of the model.
        reader: the part of the model that attends to the picture.
    """
    into_blip(vit.vit, model.blip.vision_model)
    model.patch_name.load_state_dict(vit.patch_name.state_dict())
    model.patch_colour.load_state_dict(vit.patch_colour.state_dict())
    same = torch.eye(TOWER["hidden_size"])
    with torch.no_grad():
        for layer in reader.encoder.layer:
            attention = layer.crossattention
            for projection, share in (
                (attention.self.query, 1.2),
                (attention.self.key, 1.2),
                (attention.self.value, 0.5),
                (attention.output.dense, 0.5),
            ):
                projection.weight.add_(share * same)
        for words in (m.word_embeddings.weight for m in model.blip.modules() if hasattr(m, "word_embeddings")):
            for names, head in ((NAMES, vit.patch_name), (COLOURS, vit.patch_colour)):
                for name, direction in zip(names, functional.normalize(head.weight, dim=1), strict=False):
                    called = [name, KIND_OF[name].many, *KIND_OF[name].synonyms] if name in KIND_OF else [name]
                    for token in {t for words_of in called for t in tokenizer.tokenize(words_of)}:
                        words[tokenizer.convert_tokens_to_ids(token)] += 0.4 * direction


def trained_vit(folder: Path) -> VitWithPatchHeads:
    """starter-vit with its heads, which only the checkpoint of its training has."""
    vit = VitWithPatchHeads()
    vit.load_state_dict(torch.load(folder / "starter-vit.pt", weights_only=True, map_location="cpu")["average"])
    return vit


def save_processor(folder: Path, tokenizer: BertTokenizer) -> None:
    size = {"height": SIZE_PX, "width": SIZE_PX}
    pictures = BlipImageProcessor(size=size, image_mean=[0.5] * 3, image_std=[0.5] * 3)
    BlipProcessor(pictures, tokenizer).save_pretrained(folder)
