"""Reads what a Stable Diffusion is made of from diffusers' folders. No Qt; torch is imported when called."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workers.engines.base import OnProgress
from workers.engines.packed import pack_convolutions
from workers.engines.sketch.fits import is_union
from workers.engines.transformers_models import config_of, load_errors
from workers.errors import ModelBroken, ModelMissing

PIPELINES = {"StableDiffusionPipeline": False, "StableDiffusionXLPipeline": True}  # the class: whether it is an XL
AUTOENCODERS = ("AutoencoderKL", "AutoencoderTiny")


@dataclass(frozen=True, eq=False)
class Base:
    """The model that draws: all of it, in memory.

    Attributes:
        pipeline: diffusers' own, for what it does to several parts at once, such as loading a LoRA.
        factor: how many pixels of a side become one latent.
    """

    pipeline: Any
    is_xl: bool
    factor: int

    @property
    def unet(self) -> Any:
        return self.pipeline.unet

    @property
    def vae(self) -> Any:
        return self.pipeline.vae

    @property
    def tokenizers(self) -> list[Any]:
        return [self.pipeline.tokenizer, self.pipeline.tokenizer_2] if self.is_xl else [self.pipeline.tokenizer]

    @property
    def encoders(self) -> list[Any]:
        pipeline = self.pipeline
        return [pipeline.text_encoder, pipeline.text_encoder_2] if self.is_xl else [pipeline.text_encoder]


def load_base(folder: Path, *, device: str, dtype: Any, on_progress: OnProgress) -> Base:
    """The model in a folder of diffusers' layout.

    Raises:
        ModelMissing, ModelBroken, PackageMissing, OutOfMemory.
    """
    if not folder.is_dir():
        raise ModelMissing(
            "There is no model in '{folder}'.", hint="Choose or download one on the Models page.", folder=folder
        )
    with load_errors(folder):
        index = json.loads((folder / "model_index.json").read_text("utf-8"))
        kind = index.get("_class_name")
        if kind not in PIPELINES or config_of(folder / "unet").get("in_channels") != _latent_channels(folder):
            raise ModelBroken(
                "The model in '{folder}' is not a Stable Diffusion that the app can draw with.",
                hint="Choose a Stable Diffusion 1.5, 2 or XL for text to image.",
                folder=folder,
            )
        is_xl = PIPELINES[kind]
        import diffusers

        diffusers.utils.logging.set_verbosity_error()
        diffusers.utils.logging.disable_progress_bar()
        wanted = ["unet", "vae", "text_encoder", "tokenizer", *(["text_encoder_2", "tokenizer_2"] if is_xl else [])]
        parts: dict[str, Any] = {}
        for number, name in enumerate(wanted):
            on_progress(number / len(wanted), "Loading Stable Diffusion")
            parts[name] = _part(folder, name, index[name][1], device=device, dtype=dtype)
        name = index["scheduler"][1]
        parts["scheduler"] = getattr(diffusers, name).from_pretrained(folder / "scheduler", local_files_only=True)
        if is_xl:
            zeros = index.get("force_zeros_for_empty_prompt", True)
            pipeline = diffusers.StableDiffusionXLPipeline(
                **parts, force_zeros_for_empty_prompt=zeros, add_watermarker=False
            )
        else:
            pipeline = diffusers.StableDiffusionPipeline(
                **parts, safety_checker=None, feature_extractor=None, requires_safety_checker=False
            )
    return Base(pipeline, is_xl, factor_of(pipeline.vae))


def load_controlnet(folder: Path, *, device: str, dtype: Any) -> Any:
    """The ControlNet in a folder.

    Raises:
        ModelBroken, PackageMissing, OutOfMemory.
    """
    with load_errors(folder):
        class_name = "ControlNetUnionModel" if is_union(config_of(folder)) else "ControlNetModel"
        return _load(folder, None, class_name, device=device, dtype=dtype)


def load_tiny_vae(folder: Path, *, device: str, dtype: Any) -> Any:
    """The small autoencoder in a folder.

    Raises:
        ModelBroken, PackageMissing, OutOfMemory.
    """
    with load_errors(folder):
        return _load(folder, None, "AutoencoderTiny", device=device, dtype=dtype)


def is_tiny(vae: Any) -> bool:
    """Whether an autoencoder decodes so quickly that each step can be shown with it."""
    return type(vae).__name__ == "AutoencoderTiny"


def factor_of(vae: Any) -> int:
    """How many pixels of a side become one latent of an autoencoder."""
    return int(2 ** (len(vae.config.block_out_channels) - 1))


def _part(folder: Path, name: str, class_name: str, *, device: str, dtype: Any) -> Any:
    import torch
    import transformers

    if name.startswith("tokenizer"):
        return transformers.CLIPTokenizer.from_pretrained(folder / name, local_files_only=True)
    if name.startswith("text_encoder"):
        kind = "CLIPTextModelWithProjection" if name == "text_encoder_2" else "CLIPTextModel"
        return _load(folder / name, transformers, kind, device=device, dtype=dtype)
    if name == "vae":
        if class_name not in AUTOENCODERS:
            raise ValueError(f"its vae is an unknown {class_name}")
        is_wide = "text_encoder_2" in json.loads((folder / "model_index.json").read_text("utf-8"))
        if is_wide and dtype == torch.float16 and config_of(folder / name).get("force_upcast", True):
            dtype = torch.float32  # the XL's own one overflows in float16
        return _load(folder / name, None, class_name, device=device, dtype=dtype)
    return _load(folder / name, None, "UNet2DConditionModel", device=device, dtype=dtype)


def _load(folder: Path, library: Any, class_name: str, *, device: str, dtype: Any) -> Any:
    """A model with weights for all that it has.

    Raises:
        ValueError: some are missing.
    """
    import diffusers

    model, report = getattr(library or diffusers, class_name).from_pretrained(
        folder,
        dtype=dtype,
        variant=_variant(folder),
        local_files_only=True,
        output_loading_info=True,
    )
    absent = [*report["missing_keys"], *report["mismatched_keys"]]
    if absent:
        raise ValueError(f"weights are missing or of another shape, such as {absent[0]}")
    model = model.to(device).eval().requires_grad_(False)
    pack_convolutions(model)
    return model


def _variant(folder: Path) -> str | None:
    """The half-precision files, where a folder has no others."""
    names = [path.name for path in folder.glob("*.safetensors")] or [path.name for path in folder.glob("*.bin")]
    return "fp16" if names and all(".fp16" in name for name in names) else None


def _latent_channels(folder: Path) -> int:
    return int(config_of(folder / "vae").get("latent_channels", 4))
