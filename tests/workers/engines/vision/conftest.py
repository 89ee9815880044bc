"""The starters, and tiny models of the real classes with real processors, saved to disk.

The pictures are `render(default_rng((77, n)), "held_out", count=1, size_px=256)` of `tools.starter.scenes` for n from 0
to 7: the first ones, whether a model knows them or not. The things are from Noto Color Emoji (SIL OFL 1.1).
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workers.engines.base import Engine
from workers.engines.registry import engines
from workers.results import Frame

ASSETS = Path(__file__).parents[4] / "assets"
STARTERS = ASSETS / "starter"
PICTURES = Path(__file__).parent / "pictures"
THINGS = ("frog", "carrot", "orange", "grapes", "basketball", "boat", "light bulb", "phone")
SIZE_PX = 32
TOWER = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "patch_size": 8,
    "image_size": SIZE_PX,
}  # fmt: skip
TEXT = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
WORDS = ["what", "is", "this", "the", "red", "cat", "dog", "on", "left", "in", "picture", "of", "two", "photo", "?"]


def picture(name: str) -> Frame:
    return np.asarray(Image.open(PICTURES / f"{name.replace(' ', '-')}.jpg"))


@pytest.fixture(scope="session")
def pictures() -> tuple[Frame, ...]:
    """One of each of `THINGS`, (256, 256, 3)."""
    return tuple(picture(name) for name in THINGS)


@pytest.fixture(autouse=True)
def _one_thread():
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)  # threads that wait for one another by spinning are slow on a busy machine
    yield
    torch.set_num_threads(before)


def lively(model) -> None:
    """Weights so large that pictures and words make a difference, which those of a fresh model hardly do."""
    import torch

    torch.manual_seed(0)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() > 1:
                weight.normal_(0, 0.3)
            elif "bias" in name and "logit" not in name:
                weight.normal_(0, 0.1)


def save_siglip(folder: Path) -> Path:
    from transformers import SiglipConfig, SiglipImageProcessor, SiglipModel, SiglipProcessor
    from transformers.models.siglip2.tokenization_siglip2 import Siglip2Tokenizer

    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", *(f"<0x{number:02X}>" for number in range(256))]
    vocabulary = {token: number for number, token in enumerate([*special, "▁", *"abcdefghijklmnopqrstuvwxyz"])}
    tokenizer = Siglip2Tokenizer(vocab=vocabulary, merges=[])
    text = TEXT | {"vocab_size": len(vocabulary), "max_position_embeddings": 64, "projection_size": 32}
    model = SiglipModel(SiglipConfig(text_config=text, vision_config=TOWER))
    lively(model)
    model.save_pretrained(folder)
    pictures = SiglipImageProcessor(size={"height": SIZE_PX, "width": SIZE_PX})
    SiglipProcessor(pictures, tokenizer).save_pretrained(folder)
    return folder


def save_blip(folder: Path, architecture: str) -> Path:
    import transformers

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[DEC]"]
    letters = "abcdefghijklmnopqrstuvwxyz"
    folder.mkdir()
    vocabulary = [*special, *letters, *(f"##{letter}" for letter in letters), *WORDS]
    (folder / "vocab.txt").write_text("\n".join(sorted(vocabulary, key=lambda word: (word not in special, word))))
    tokenizer = transformers.BertTokenizer(str(folder / "vocab.txt"), model_max_length=48, bos_token="[DEC]")
    ids = {
        "bos_token_id": tokenizer.convert_tokens_to_ids("[DEC]"),
        "eos_token_id": tokenizer.sep_token_id,
        "sep_token_id": tokenizer.sep_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    text = TEXT | ids | {"vocab_size": len(tokenizer), "encoder_hidden_size": 32, "max_position_embeddings": 48}
    config = transformers.BlipConfig(text_config=text, vision_config=TOWER, image_text_hidden_size=32)
    model = getattr(transformers, architecture)(config)
    lively(model)
    model.save_pretrained(folder)
    pictures = transformers.BlipImageProcessor(size={"height": SIZE_PX, "width": SIZE_PX})
    transformers.BlipProcessor(pictures, tokenizer).save_pretrained(folder)
    return folder


def save_chat(folder: Path, kind: str) -> Path:
    from tests.workers.engines.vision import tiny_chats

    return getattr(tiny_chats, f"save_{kind}")(folder)


MODELS: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "starter-vit": ("vit", lambda _: STARTERS / "starter-vit"),
    "starter-clip": ("clip", lambda _: STARTERS / "starter-clip"),
    "starter-blip-caption": ("blip", lambda _: STARTERS / "starter-blip-caption"),
    "starter-blip-vqa": ("blip", lambda _: STARTERS / "starter-blip-vqa"),
    "tiny-siglip": ("clip", save_siglip),
    "tiny-blip-caption": ("blip", lambda folder: save_blip(folder, "BlipForConditionalGeneration")),
    "tiny-blip-vqa": ("blip", lambda folder: save_blip(folder, "BlipForQuestionAnswering")),
    "tiny-blip-itm": ("blip", lambda folder: save_blip(folder, "BlipForImageTextRetrieval")),
    "tiny-blip2": ("blip2", lambda folder: save_chat(folder, "blip2")),
    "tiny-llava": ("llava", lambda folder: save_chat(folder, "llava")),
    "tiny-idefics": ("idefics", lambda folder: save_chat(folder, "idefics")),
    "tiny-idefics2": ("idefics", lambda folder: save_chat(folder, "idefics2")),
    "tiny-idefics3": ("idefics", lambda folder: save_chat(folder, "smolvlm")),
    "tiny-smolvlm": ("chat-vlm", lambda folder: save_chat(folder, "smolvlm")),
    "tiny-smolvlm2": ("chat-vlm", lambda folder: save_chat(folder, "smolvlm2")),
}
"""Each model of these tests: its engine, and what makes its folder."""

if (STARTERS / "starter-llava").is_dir():  # `make starter` makes it
    MODELS["starter-llava"] = "llava", lambda _: STARTERS / "starter-llava"


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of one of `MODELS`, made when first asked for."""
    made: dict[str, Path] = {}

    def folder(name: str) -> Path:
        if name not in made:
            made[name] = MODELS[name][1](tmp_path_factory.mktemp("models") / name)
        return made[name]

    return folder


def loaded(name: str, folder: Path, **options: object) -> Engine:
    """A tiny model of `MODELS`, in the engine that it is for."""
    engine = engines()[MODELS[name][0]]
    made = engine(folder, engine.info.options(dtype="float32", **options))
    made.load(lambda *_: None)
    return made
