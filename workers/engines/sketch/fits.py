"""Whether a ControlNet or a LoRA was made for a model, told by their files' heads before anything is loaded. No Qt.

A Stable Diffusion attends to the words' features, 768 wide in version 1.5, 1024 in 2.1 and 2048 in XL. A ControlNet or
LoRA of another width ends in a product of matrices that do not fit, which says nothing to anybody.
"""

from __future__ import annotations

import json
import re
import struct
from functools import lru_cache
from pathlib import Path
from typing import Any

from workers.engines.transformers_models import config_of
from workers.errors import EngineError, ModelBroken, ModelMissing
from workers.results import Control, ControlKind

FAMILIES = {768: "Stable Diffusion 1.5", 1024: "Stable Diffusion 2", 2048: "Stable Diffusion XL"}
FAMILY_IDS = {768: "sd15", 1024: "sd21", 2048: "sdxl"}  # as in models.toml

UNION_MODES: dict[ControlKind, int] = {"pose": 0, "depth": 1, "scribble": 2, "softedge": 2, "canny": 3, "seg": 5}
"""Which number a ControlNet for several kinds gives to each, as its card says."""

MOST_HEADER_BYTES = 100_000_000  # as safetensors itself allows
WORDS_TO_KEYS = re.compile(r"attn2[._](?:processor\.)?to_k(?:_lora)?\.(?:lora[._])?(?:A|down)(?:\.\w+)?\.weight$")


def family_name(width: int) -> str:
    """What the models that attend to features of this width are called."""
    return FAMILIES.get(width, f"a model of its own kind ({width})")


def family_id(width: int) -> str:
    """What `models.toml` calls them."""
    return FAMILY_IDS.get(width, f"width-{width}")


def words_width(config: dict[str, Any]) -> int:
    """How wide the words' features are that a UNet or a ControlNet attends to."""
    width = config.get("cross_attention_dim", 0)
    return int(width if isinstance(width, int) else width[0])


def is_controlnet(config: dict[str, Any]) -> bool:
    """Whether a configuration is that of a ControlNet, for one kind of control or for several."""
    return str(config.get("_class_name")).startswith(("ControlNetModel", "ControlNetUnionModel"))


def is_union(config: dict[str, Any]) -> bool:
    """Whether a ControlNet is for several kinds of controls."""
    return "num_control_type" in config


def folder_of(model: str, folders: Any) -> Path:
    """Where a model of a request lies.

    Raises:
        ModelMissing: nobody said where, or nothing is there.
    """
    path = Path(folders.get(model, ""))
    if not folders.get(model) or not path.exists():
        raise ModelMissing(
            "The model '{id}' is not installed.",
            hint="Download it on the Models page or with `sensorium models download {id}`.",
            id=model,
        )
    return path


def check_control(control: Control, folder: Path, unet: dict[str, Any]) -> None:
    """Lets a ControlNet pass that was made for the model with this UNet, and for this kind of control.

    Raises:
        ModelBroken: it is no ControlNet.
        EngineError: it was made for another family, or knows no such control.
    """
    config = config_of(folder)
    if not is_controlnet(config):
        raise ModelBroken(
            "The model in '{folder}' is no ControlNet.", hint="Choose one for this kind of control.", folder=folder
        )
    if words_width(config) != words_width(unet):
        raise EngineError(
            "The ControlNet '{control}' was made for {its}, and the model that draws is {own}.",
            hint="Choose a ControlNet for {own}, or another model.",
            control=control.model,
            its=family_name(words_width(config)),
            own=family_name(words_width(unet)),
        )
    if config.get("block_out_channels") != unet.get("block_out_channels"):
        raise EngineError(
            "The ControlNet '{control}' was made for a model of another size.",
            hint="Choose another ControlNet, or another model.",
            control=control.model,
        )


def check_lora(model: str, file: Path, unet: dict[str, Any]) -> None:
    """Lets a LoRA pass that was made for the model with this UNet.

    Raises:
        ModelBroken: it is no LoRA.
        EngineError: it was made for another family.
    """
    widths = lora_widths(model, file)
    if widths and widths != {words_width(unet)}:
        raise EngineError(
            "The LoRA '{lora}' was made for {its}, and the model that draws is {own}.",
            hint="Choose a LoRA for {own}, or another model.",
            lora=model,
            its=family_name(max(widths)),
            own=family_name(words_width(unet)),
        )


def lora_file(model: str, path: Path) -> Path:
    """The one file with the weights of a LoRA.

    Raises:
        ModelBroken: there is none, or more than one.
    """
    files = [path] if path.is_file() else sorted(path.glob("*.safetensors"))
    if len(files) != 1:
        raise ModelBroken(
            "The LoRA '{lora}' should be one .safetensors file, and there are {count} in '{folder}'.",
            hint="Leave the one that you want there.",
            lora=model,
            count=len(files),
            folder=path,
        )
    return files[0]


def lora_widths(model: str, file: Path) -> frozenset[int]:
    """How wide the words' features are that a LoRA changes the reading of; none where it leaves that alone.

    Raises:
        ModelBroken: it has no readable head.
    """
    try:
        stat = file.stat()
    except OSError as error:
        raise _unreadable(model) from error
    return _widths(model, file, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=64)
def _widths(model: str, file: Path, _changed_ns: int, _size: int) -> frozenset[int]:
    """Kept as long as the file is the same: each picture is looked at, and a head may have thousands of lines."""
    return frozenset(shape[-1] for name, shape in _tensors(model, file).items() if WORDS_TO_KEYS.search(name) and shape)


def _tensors(model: str, file: Path) -> dict[str, tuple[int, ...]]:
    """The names and shapes in a safetensors file.

    Raises:
        ModelBroken: it has no readable head.
    """
    try:
        with file.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            if length > MOST_HEADER_BYTES:
                raise ValueError("the head is too long")
            text = stream.read(length)
            if len(text) < length:
                raise ValueError("the head is cut short")
            head = json.loads(text)
        return {name: tuple(entry["shape"]) for name, entry in head.items() if name != "__metadata__"}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, struct.error) as error:
        raise _unreadable(model) from error


def _unreadable(model: str) -> ModelBroken:
    return ModelBroken("The LoRA '{lora}' cannot be read.", hint="Remove it and download it again.", lora=model)
