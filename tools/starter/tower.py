"""The picture tower of one model put into another, which names and stores the same weights otherwise."""

from __future__ import annotations

import torch
from torch import Tensor
from transformers import BlipVisionModel, CLIPModel, SiglipVisionModel, ViTForImageClassification

Weights = dict[str, Tensor]


def into_clip(vit: ViTForImageClassification, clip: CLIPModel, pixels: Tensor) -> None:
    """Starts the picture tower of `clip` from `vit`.

    CLIP's patches have no bias: it goes into the positions. CLIP also normalises each token before the first layer:
    that norm starts with the mean spread of the tokens of `pixels` (n, 3, height, width), so that it changes little.
    """
    weights = vit.vit.state_dict()
    ours: Weights = {
        "embeddings.class_embedding": weights["embeddings.cls_token"][0, 0],
        "embeddings.patch_embedding.weight": weights["embeddings.patch_embeddings.projection.weight"],
        "post_layernorm.weight": weights["layernorm.weight"],
        "post_layernorm.bias": weights["layernorm.bias"],
    }
    positions = weights["embeddings.position_embeddings"][0].clone()
    positions[1:] += weights["embeddings.patch_embeddings.projection.bias"]
    ours["embeddings.position_embedding.weight"] = positions
    with torch.inference_mode():
        tokens = vit.vit.embeddings(pixels)
    ours["pre_layrnorm.weight"] = torch.full_like(weights["layernorm.bias"], float(tokens.std(dim=-1).mean()))
    ours["pre_layrnorm.bias"] = torch.full_like(weights["layernorm.bias"], float(tokens.mean()))
    names = {"o_proj": "out_proj", "attention": "self_attn", "layernorm_before": "layer_norm1"}
    names |= {"layernorm_after": "layer_norm2"}
    for name, weight in weights.items():
        if name.startswith("layers."):
            ours["encoder." + ".".join(names.get(part, part) for part in name.split("."))] = weight
    missing = set(clip.vision_model.state_dict()) - set(ours) - {"embeddings.position_ids"}
    if missing:
        raise ValueError(f"nothing starts {sorted(missing)}")
    clip.vision_model.load_state_dict(ours, strict=False)


def into_blip(vit: ViTForImageClassification, vision_model: torch.nn.Module) -> None:
    """Starts the picture tower of a BLIP from `vit`: the same function, with queries, keys and values in one matrix."""
    weights = vit.vit.state_dict()
    ours: Weights = {
        "embeddings.class_embedding": weights["embeddings.cls_token"],
        "embeddings.position_embedding": weights["embeddings.position_embeddings"],
        "embeddings.patch_embedding.weight": weights["embeddings.patch_embeddings.projection.weight"],
        "embeddings.patch_embedding.bias": weights["embeddings.patch_embeddings.projection.bias"],
        "post_layernorm.weight": weights["layernorm.weight"],
        "post_layernorm.bias": weights["layernorm.bias"],
    }
    names = {
        "attention.o_proj": "self_attn.projection",
        "layernorm_before": "layer_norm1",
        "layernorm_after": "layer_norm2",
        "mlp.fc1": "mlp.fc1",
        "mlp.fc2": "mlp.fc2",
    }
    for i in range(vit.config.num_hidden_layers):
        for kind in ("weight", "bias"):
            qkv = [weights[f"layers.{i}.attention.{part}_proj.{kind}"] for part in "qkv"]
            ours[f"encoder.layers.{i}.self_attn.qkv.{kind}"] = torch.cat(qkv)
            for theirs, name in names.items():
                ours[f"encoder.layers.{i}.{name}.{kind}"] = weights[f"layers.{i}.{theirs}.{kind}"]
    vision_model.load_state_dict(ours)


def into_siglip(blip: BlipVisionModel, siglip: SiglipVisionModel) -> None:
    """Starts the picture tower of a LLaVA from a BLIP's: the same, but for the class token that SigLIP has not."""
    weights = blip.state_dict()
    ours: Weights = {
        "embeddings.position_embedding.weight": weights["embeddings.position_embedding"][0, 1:],
        "embeddings.patch_embedding.weight": weights["embeddings.patch_embedding.weight"],
        "embeddings.patch_embedding.bias": weights["embeddings.patch_embedding.bias"],
        "post_layernorm.weight": weights["post_layernorm.weight"],
        "post_layernorm.bias": weights["post_layernorm.bias"],
    }
    for name, weight in weights.items():
        if not name.startswith("encoder."):
            continue
        if ".qkv." in name:
            for part, of_part in zip("qkv", weight.chunk(3), strict=True):
                ours[name.replace("qkv", f"{part}_proj")] = of_part
        else:
            ours[name.replace("projection", "out_proj")] = weight
    siglip.load_state_dict(ours)
