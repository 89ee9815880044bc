"""Tiny models of the real classes with random weights, saved in the folders' real layout, and pictures to draw from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from workers.engines.base import EngineSpec
from workers.engines.sketch.stable_diffusion import StableDiffusion, StableDiffusionOptions
from workers.pictures import picture_of
from workers.results import TINY_VAE, Control, ControlKind, GeneratedImage, Picture, SketchRequest

TOKENIZER = Path(__file__).parents[4] / "assets" / "starter" / "starter-clip"
SIZE_PX = 64
FACTOR = 4
WIDTHS = {"sd15": 24, "sd21": 32, "sdxl": 48}  # of the words' features, as small as the rest


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)  # threads that wait for one another by spinning are slow on a busy machine
    yield
    torch.set_num_threads(before)


def lively(model, seed: int = 0):
    """Weights so large that words, controls and steps make a difference."""
    import torch

    torch.manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() > 1:
                weight.normal_(0, 1.2 / weight[0].numel() ** 0.5)
            elif "bias" in name:
                weight.normal_(0, 0.05)
    return model.eval()


def text_encoder(width: int, *, has_projection: bool = False):
    import transformers

    tokenizer = transformers.CLIPTokenizer.from_pretrained(TOKENIZER)
    config = transformers.CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=tokenizer.model_max_length,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        projection_dim=width,
    )
    kind = transformers.CLIPTextModelWithProjection if has_projection else transformers.CLIPTextModel
    return lively(kind(config)), tokenizer


def unet(width: int, *, is_xl: bool = False):
    from diffusers import UNet2DConditionModel

    xl = {
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 8,
        "projection_class_embeddings_input_dim": 24 + 6 * 8,
    }
    return lively(
        UNet2DConditionModel(
            sample_size=SIZE_PX // FACTOR,
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
            block_out_channels=(16, 32),
            layers_per_block=1,
            cross_attention_dim=width,
            attention_head_dim=8,
            norm_num_groups=8,
            **(xl if is_xl else {}),
        )
    )


def full_vae():
    from diffusers import AutoencoderKL

    return lively(
        AutoencoderKL(
            down_block_types=("DownEncoderBlock2D",) * 3,
            up_block_types=("UpDecoderBlock2D",) * 3,
            block_out_channels=(8, 8, 16),
            latent_channels=4,
            norm_num_groups=4,
            scaling_factor=0.5,
        )
    )


def tiny_vae():
    from diffusers import AutoencoderTiny

    vae = AutoencoderTiny(
        encoder_block_out_channels=(8, 8, 8),
        decoder_block_out_channels=(8, 8, 8),
        num_encoder_blocks=(1, 1, 1),
        num_decoder_blocks=(1, 1, 1),
    )
    return lively(vae, 3)


def save_base(
    folder: Path,
    family: str = "sd15",
    *,
    prediction_type: str = "epsilon",
    has_tiny_vae: bool = False,
    ends_in_noise: bool = False,
) -> Path:
    import diffusers

    is_xl = family == "sdxl"
    width = WIDTHS[family]
    encoder, tokenizer = text_encoder(24 if is_xl else width)
    vae = tiny_vae() if has_tiny_vae else full_vae()
    parts = {
        "vae": vae,
        "unet": unet(width, is_xl=is_xl),
        "text_encoder": encoder,
        "tokenizer": tokenizer,
        "scheduler": diffusers.DDIMScheduler(
            beta_schedule="scaled_linear",
            beta_start=0.00085,
            beta_end=0.012,
            clip_sample=False,
            steps_offset=1,
            prediction_type=prediction_type,
            trained_betas=[*np.linspace(0.001, 0.012, 999).tolist(), 1.0] if ends_in_noise else None,
        ),
    }
    if is_xl:
        parts["text_encoder_2"], parts["tokenizer_2"] = text_encoder(24, has_projection=True)
        diffusers.StableDiffusionXLPipeline(**parts, add_watermarker=False).save_pretrained(folder)
    else:
        pipeline = diffusers.StableDiffusionPipeline(
            **parts, safety_checker=None, feature_extractor=None, requires_safety_checker=False
        )
        pipeline.save_pretrained(folder)
    return folder


def save_controlnet(folder: Path, family: str = "sd15", *, seed: int = 1) -> Path:
    from diffusers import ControlNetModel

    net = ControlNetModel.from_unet(
        unet(WIDTHS[family], is_xl=family == "sdxl"), conditioning_embedding_out_channels=(8, 16, 24)
    )
    lively(net, seed).save_pretrained(folder)
    return folder


def save_union(folder: Path) -> Path:
    from diffusers import ControlNetUnionModel

    made = unet(WIDTHS["sdxl"], is_xl=True)
    names = ("down_block_types", "block_out_channels", "layers_per_block", "cross_attention_dim", "attention_head_dim")
    names += ("norm_num_groups", "addition_embed_type", "addition_time_embed_dim")
    names += ("projection_class_embeddings_input_dim",)
    net = ControlNetUnionModel(
        **{name: made.config[name] for name in names},
        conditioning_embedding_out_channels=(8, 16, 24),
        num_control_type=6,
        num_trans_channel=16,
        num_trans_head=2,
        num_proj_channel=16,
    )
    lively(net, 2).save_pretrained(folder)
    return folder


def save_tiny_vae(folder: Path) -> Path:
    tiny_vae().save_pretrained(folder)
    return folder


def save_lora(folder: Path, family: str = "sd15", *, seed: int = 4, style: str = "peft") -> Path:
    """A LoRA on what the UNet makes of words, with the names that diffusers or other tools give to its tensors."""
    import torch
    from safetensors.torch import save_file

    generator = torch.Generator().manual_seed(seed)
    tensors = {}
    for name, module in unet(WIDTHS[family], is_xl=family == "sdxl").named_modules():
        if name.endswith(("attn2.to_k", "attn2.to_v")):
            down = torch.randn(2, module.in_features, generator=generator)
            up = torch.randn(module.out_features, 2, generator=generator)
            if style == "peft":
                tensors |= {f"unet.{name}.lora_A.weight": down, f"unet.{name}.lora_B.weight": up}
            else:
                flat = "lora_unet_" + name.replace(".", "_")
                tensors |= {f"{flat}.lora_down.weight": down, f"{flat}.lora_up.weight": up}
                tensors[f"{flat}.alpha"] = torch.tensor(2.0)
    folder.mkdir()
    save_file(tensors, folder / "pytorch_lora_weights.safetensors")
    return folder


def save_torn_lora(folder: Path) -> Path:
    """A LoRA whose first half fits, and the other, on how the words are read, does not."""
    import torch
    from safetensors.torch import load_file, save_file

    file = save_lora(folder) / "pytorch_lora_weights.safetensors"
    place = "text_encoder.text_model.encoder.layers.0.self_attn.q_proj"
    words = {f"{place}.lora_A.weight": torch.ones(2, 7), f"{place}.lora_B.weight": torch.ones(7, 2)}
    save_file(load_file(file) | words, file)
    return folder


def save_strange_lora(folder: Path, name: str) -> Path:
    """A LoRA for a part that no model here has."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir()
    tensors = {f"{name}.lora_A.weight": torch.ones(2, 8), f"{name}.lora_B.weight": torch.ones(8, 2)}
    save_file(tensors, folder / "pytorch_lora_weights.safetensors")
    return folder


MODELS: dict[str, Callable[[Path], Path]] = {
    "sd15": save_base,
    "sd15-v": lambda folder: save_base(folder, prediction_type="v_prediction"),
    "sd15-noise": lambda folder: save_base(folder, prediction_type="v_prediction", ends_in_noise=True),
    "sd15-tiny": lambda folder: save_base(folder, has_tiny_vae=True),
    "sd21": lambda folder: save_base(folder, "sd21"),
    "sdxl": lambda folder: save_base(folder, "sdxl"),
    "scribble": save_controlnet,
    "canny": lambda folder: save_controlnet(folder, seed=5),
    "depth": lambda folder: save_controlnet(folder, seed=6),
    "pose": lambda folder: save_controlnet(folder, seed=7),
    "scribble-sd21": lambda folder: save_controlnet(folder, "sd21"),
    "scribble-sdxl": lambda folder: save_controlnet(folder, "sdxl"),
    "union": save_union,
    TINY_VAE: save_tiny_vae,
    "lora": save_lora,
    "lora-2": lambda folder: save_lora(folder, seed=8),
    "lora-kohya": lambda folder: save_lora(folder, style="kohya"),
    "lora-torn": save_torn_lora,
    "lora-of-a-transformer": lambda folder: save_strange_lora(folder, "transformer.blocks.0.attn.to_q"),
    "lora-of-other-layers": lambda folder: save_strange_lora(folder, "unet.joint_blocks.0.attn.qkv"),
    "lora-sd21": lambda folder: save_lora(folder, "sd21"),
    "lora-sdxl": lambda folder: save_lora(folder, "sdxl"),
}


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of one of `MODELS`, made when first asked for."""
    made: dict[str, Path] = {}

    def folder(name: str) -> Path:
        if name not in made:
            made[name] = MODELS[name](tmp_path_factory.mktemp("models") / name)
        return made[name]

    return folder


class Draws:
    """A loaded engine of one of `MODELS`, and requests whose models lie where they are."""

    def __init__(self, name: str, model_folder: Callable[[str], Path]) -> None:
        self._folder = model_folder
        self.engine = StableDiffusion(model_folder(name), StableDiffusionOptions())
        self.engine.load(lambda *_: None)

    @property
    def base(self):
        return self.engine._loaded

    def placed(self, request: SketchRequest, *others: str) -> SketchRequest:
        names = {part.model for part in (*request.controls, *request.loras)} | set(others)
        names |= {TINY_VAE} if request.vae == "tiny" else set()
        return replace(request, folders=dict(request.folders) | {name: str(self._folder(name)) for name in names})

    def results(self, request: SketchRequest, cancelled=lambda: False) -> list:
        return list(self.engine.run(self.placed(request), cancelled))

    def draw(self, request: SketchRequest) -> GeneratedImage:
        return self.results(request)[-1]


@pytest.fixture(scope="session")
def draws(model_folder) -> Callable[[str], Draws]:
    """An engine that all tests share: what one did before must not matter to the next."""
    made: dict[str, Draws] = {}

    def shared(name: str = "sd15") -> Draws:
        if name not in made:
            made[name] = Draws(name, model_folder)
        return made[name]

    return shared


@pytest.fixture
def fresh(model_folder) -> Iterator[Draws]:
    """An engine of one's own, to count its work and to break it."""
    made = Draws("sd15", model_folder)
    yield made
    made.engine.unload()


@pytest.fixture(scope="session")
def spec_of(model_folder) -> Callable[[str], EngineSpec]:
    return lambda name: EngineSpec.of(StableDiffusion, name, model_folder(name))


def boat(size: int | tuple[int, int] = SIZE_PX) -> Image.Image:
    """A boat in black on white, (width, height)."""
    width, height = (size, size) if isinstance(size, int) else size
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    x, y, thick = width / 64, height / 64, max(1, round(min(width, height) / 32))
    pen.line([(10 * x, 40 * y), (54 * x, 40 * y), (44 * x, 54 * y), (20 * x, 54 * y), (10 * x, 40 * y)], "black", thick)
    pen.line([(32 * x, 40 * y), (32 * x, 8 * y), (50 * x, 34 * y), (32 * x, 34 * y)], "black", thick)
    return picture


SKETCH: Picture = picture_of(np.asarray(boat()))
COLOURS: Picture = picture_of(
    np.random.default_rng(3).integers(0, 256, (4, 4, 3), dtype=np.uint8).repeat(16, 0).repeat(16, 1)
)


def control(kind: ControlKind = "scribble", model: str = "", image: Picture = SKETCH, **options) -> Control:
    return Control(kind, image, model or kind, **options)


def sketch(**options) -> SketchRequest:
    """A request for a picture of a boat in four steps, without previews."""
    values = {"prompt": "a boat", "width": SIZE_PX, "height": SIZE_PX, "num_inference_steps": 4}
    return SketchRequest(**{**values, "guidance_scale": 5.0, "seed": 7, "has_previews": False, **options})
