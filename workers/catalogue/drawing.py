"""What models that draw look like on disk and on the hub, and which of them go together. No Qt, no heavy library.

A model has a model_index.json and a folder for each of its parts, a ControlNet or a small autoencoder a config.json and
its weights, and a LoRA is one .safetensors file.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any, get_args

from workers.engines.sketch.fits import family_id, is_controlnet, is_union, lora_widths, words_width
from workers.engines.transformers_models import config_of
from workers.errors import ModelBroken
from workers.results import ControlKind

ENGINE = "stable-diffusion"
PARTS = ("unet", "vae", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "scheduler")
TEXTS = ("*.json", "*.txt")
WEIGHTS = tuple(
    f"{stem}{variant}{ending}"
    for ending in (".safetensors", ".bin")  # a pickle only where there is nothing else
    for variant in (".fp16", "")  # half the bytes, and as good
    for stem in ("diffusion_pytorch_model", "model", "pytorch_model")
)
"""Names of weights: of several in one folder the first is taken."""

KINDS_OF_NAMES: dict[str, tuple[ControlKind, ...]] = {
    "scribble": ("scribble",),
    "soft": ("softedge",),
    "hed": ("softedge", "scribble"),
    "lineart": ("scribble", "softedge", "canny"),
    "canny": ("canny",),
    "depth": ("depth",),
    "pose": ("pose",),
    "seg": ("seg",),
}


def drawing_fields(folder: Path) -> dict[str, Any] | None:
    """What an entry says about the model that draws, or the companion of one, in a folder; None for any other model.

    Raises:
        ModelBroken: it is one of another kind than the app can use.
    """
    if (folder / "model_index.json").is_file():
        unet = _config(folder / "unet")
        if not unet:
            raise ModelBroken(
                "'{folder}' holds a pipeline that is no Stable Diffusion.",
                hint="Choose a Stable Diffusion 1.5, 2 or XL for text to image.",
                folder=folder,
            )
        return _fields("sketch", "diffusers", family_id(words_width(unet)), "Stable Diffusion")
    config = _config(folder)
    if config is None:
        return None
    if is_controlnet(config):
        kinds = get_args(ControlKind) if is_union(config) else _kinds(folder.name)
        fields = _fields("control", "diffusers", family_id(words_width(config)), "ControlNet")
        return fields | {"controls": kinds}
    if config.get("_class_name") == "AutoencoderTiny":
        return _fields("vae", "diffusers", "sdxl" if "xl" in folder.name.lower() else "sd15", "small autoencoder")
    files = list(folder.glob("*.safetensors"))
    if not config and len(files) == 1 and lora_widths(folder.name, files[0]):
        return lora_fields(files[0])
    return None


def is_weights_file(path: Path) -> bool:
    """Whether a path is that of a file which may be a LoRA."""
    return path.suffix.lower() == ".safetensors" and os.path.isfile(path)


def lora_fields(file: Path) -> dict[str, Any]:
    """What an entry says about a LoRA.

    Raises:
        ModelBroken: it is none that the app can use.
    """
    widths = lora_widths(file.stem, file)
    if not widths:
        raise ModelBroken(
            "The file '{name}' is no LoRA for a model that draws.",
            hint="Choose a LoRA for Stable Diffusion 1.5, 2 or XL.",
            name=file.name,
        )
    return _fields("lora", "lora", family_id(max(widths)), "LoRA") | {"file": file.name}


def files_of_drawing(names: Iterable[str]) -> list[str]:
    """Of the files of a repository those that the engine reads: all texts, and weights once for each part."""
    folders: dict[str, list[str]] = defaultdict(list)
    names = list(names)
    for name in names:
        path = PurePosixPath(name)
        folders[str(path.parent)].append(path.name)
    if "model_index.json" in names:
        wanted = ["model_index.json"]
        parts: tuple[str, ...] = PARTS
    else:
        wanted, parts = [], (".",)
    for part in parts:
        prefix = "" if part == "." else f"{part}/"
        here = folders[part]
        texts = [name for name in here if any(fnmatch(name, pattern) for pattern in TEXTS)]
        weights = [name for name in WEIGHTS if name in here][:1]
        wanted += [prefix + name for name in (*texts, *weights)]
    return wanted


def _config(folder: Path) -> dict[str, Any] | None:
    """The configuration in a folder, nothing for none, None for one that cannot be read."""
    try:
        config = config_of(folder)
    except (OSError, ValueError):
        return None
    return config if isinstance(config, dict) else None


def _fields(task: str, format_: str, family: str, title: str) -> dict[str, Any]:
    return {"task": task, "format": format_, "family": family, "engines": (ENGINE,), "title": title}


def _kinds(name: str) -> tuple[ControlKind, ...]:
    """What a ControlNet is for, by its name; without a hint it may be anything."""
    kinds = [kind for part, kinds in KINDS_OF_NAMES.items() if part in name.lower() for kind in kinds]
    return tuple(dict.fromkeys(kinds)) or get_args(ControlKind)
