"""Models that draw and their companions: told by their folders, found for one another, downloaded without waste."""

import json
import struct
from pathlib import Path

import pytest

from tests.workers.catalogue.conftest import TABLE, LoopbackHub
from workers.catalogue.catalogue import Catalogue, ModelStatus
from workers.catalogue.drawing import files_of_drawing
from workers.errors import EngineError, ModelBroken, ModelMissing
from workers.pictures import picture_of
from workers.results import TINY_VAE, Control, Lora, SketchRequest

import numpy as np  # isort: skip

DRAWN = picture_of(np.zeros((4, 4, 3), np.uint8))


def write(folder: Path, **files: object) -> Path:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_json", ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return folder


def lora_bytes(width: int) -> bytes:
    name = "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.lora_A.weight"
    head = json.dumps({name: {"dtype": "F16", "shape": [4, width], "data_offsets": [0, 8 * width]}}).encode()
    return struct.pack("<Q", len(head)) + head + bytes(8 * width)


def base(folder: Path, width: int = 768) -> Path:
    return write(
        folder,
        model_index_json={"_class_name": "StableDiffusionPipeline"},
        unet__config_json={"cross_attention_dim": width},
    )


def controlnet(folder: Path, **config: object) -> Path:
    return write(folder, config_json={"_class_name": "ControlNetModel", "cross_attention_dim": 768} | config)


def tiny_vae(folder: Path) -> Path:
    return write(folder, config_json={"_class_name": "AutoencoderTiny"})


def lora(folder: Path, width: int = 768) -> Path:
    folder.mkdir(parents=True)
    (folder / "style.safetensors").write_bytes(lora_bytes(width))
    return folder


@pytest.fixture
def models(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "models")


@pytest.mark.parametrize(
    ("make", "task", "family", "controls"),
    [
        (base, "sketch", "sd15", ()),
        (lambda folder: base(folder, 2048), "sketch", "sdxl", ()),
        (lambda folder: base(folder, 128), "sketch", "width-128", ()),
        (lambda folder: controlnet(folder / "control_v11p_sd15_scribble"), "control", "sd15", ("scribble",)),
        (lambda folder: controlnet(folder / "canny", cross_attention_dim=2048), "control", "sdxl", ("canny",)),
        (
            lambda folder: controlnet(folder / "all", num_control_type=6),
            "control",
            "sd15",
            ("scribble", "softedge", "canny", "depth", "pose", "seg"),
        ),
        (tiny_vae, "vae", "sd15", ()),
        (lora, "lora", "sd15", ()),
        (lambda folder: lora(folder, 2048), "lora", "sdxl", ()),
    ],
)
def test_a_folder_is_told_by_its_configuration(make, task, family, controls, models, tmp_path):
    folder = make(tmp_path / "mine")

    entry = models.add_folder(folder)

    assert (entry.task, entry.family, entry.controls) == (task, family, controls)
    assert entry.engines == ("stable-diffusion",)
    assert models.locate(entry.id) == folder


def test_a_lora_may_be_one_file_among_others(models, tmp_path):
    file = lora(tmp_path / "styles") / "style.safetensors"
    (file.parent / "another.safetensors").write_bytes(lora_bytes(2048))

    entry = models.add_folder(file)

    assert (entry.id, entry.task, entry.family, entry.title) == ("style", "lora", "sd15", "style (LoRA)")
    assert models.status(entry.id) is ModelStatus.INSTALLED
    assert models.located(SketchRequest(loras=(Lora(entry.id),), model="stable-diffusion-v1-5")).folders[
        entry.id
    ] == str(file)
    models.remove(entry.id)
    assert file.exists()
    assert models.entry(str(file)).family == "sd15"  # as it is named on the command line


def test_a_lora_whose_file_is_gone_is_told(models, tmp_path):
    file = lora(tmp_path / "styles") / "style.safetensors"
    entry = models.add_folder(file)
    file.unlink()

    assert models.status(entry.id) is ModelStatus.ABSENT
    with pytest.raises(ModelMissing, match="is gone"):
        models.locate(entry.id)


def test_a_file_of_weights_that_is_no_lora_is_refused(models, tmp_path):
    head = b'{"weight": {"dtype": "F16", "shape": [1], "data_offsets": [0, 2]}}'
    file = tmp_path / "model.safetensors"
    file.write_bytes(struct.pack("<Q", len(head)) + head + bytes(2))

    with pytest.raises(ModelBroken, match=r"model\.safetensors' is no LoRA"):
        models.add_folder(file)


@pytest.mark.parametrize("name", ["a" * 400, "\0", "~nobody-of-this-name/x", "x\0.safetensors", "/" * 500, "🐸" * 200])
def test_a_name_that_no_file_can_have_is_no_model(name, models):
    with pytest.raises((ModelMissing, ModelBroken)):
        models.entry(name)


def test_a_pipeline_of_another_kind_is_refused(models, tmp_path):
    folder = write(tmp_path / "flux", model_index_json={"_class_name": "FluxPipeline"})

    with pytest.raises(ModelBroken, match="no Stable Diffusion"):
        models.add_folder(folder)


@pytest.mark.parametrize("config", [b"", b"[]", b"{", b"\xff", b"null"])
def test_a_configuration_that_cannot_be_read_is_told(config, models, tmp_path):
    folder = write(tmp_path / "mine", config_json=config)

    with pytest.raises(ModelBroken):
        models.add_folder(folder)


def test_companions_are_those_of_the_family_and_those_for_the_kind_alone_come_first(models, tmp_path):
    mine = models.add_folder(base(tmp_path / "mine")).id
    models.add_folder(controlnet(tmp_path / "every", num_control_type=6))

    controls = models.companions(mine, "control", "scribble")

    assert [entry.id for entry in controls] == ["controlnet-scribble-sd15", "every"]
    assert {entry.family for entry in models.companions(mine, "lora")} == {"sd15"}
    assert [entry.id for entry in models.companions("stable-diffusion-xl", "vae")] == ["taesdxl"]
    assert models.companions("whisper-base", "control") == []


def test_every_companion_of_the_table_has_a_model_and_every_family_of_the_hub_what_it_needs(models):
    bases = [entry for entry in models.entries("sketch") if entry.source == "hub"]
    families = {entry.family for entry in models.entries("sketch")}

    for task in ("control", "lora", "vae"):
        for entry in models.entries(task):
            assert entry.family in families or entry.source == "bundled", entry.id
            assert bool(entry.controls) == (task == "control"), entry.id
            assert bool(entry.file) == (task == "lora"), entry.id
    for entry in bases:
        for task in ("control", "lora", "vae"):
            assert models.companions(entry.id, task), (entry.id, task)


def test_a_request_is_told_where_its_models_lie(models, tmp_path):
    drawing, style = base(tmp_path / "mine"), lora(tmp_path / "style")
    scribble, small = controlnet(tmp_path / "scribble"), tiny_vae(tmp_path / "small")
    ids = [models.add_folder(folder).id for folder in (drawing, style, scribble, small)]
    request = SketchRequest(model=ids[0], controls=(Control("scribble", DRAWN, ids[2]),), loras=(Lora(ids[1]),))

    located = models.located(request)

    assert located == request
    assert located.folders == {ids[1]: str(style), ids[2]: str(scribble), TINY_VAE: str(small)}


@pytest.mark.parametrize("kind", ["control", "lora"])
def test_a_request_with_what_was_made_for_another_model_is_refused(models, tmp_path, kind):
    drawing, net, style = base(tmp_path / "mine", width=1024), controlnet(tmp_path / "lines"), lora(tmp_path / "style")
    ids = [models.add_folder(folder).id for folder in (drawing, net, style)]
    wrong = {"control": {"controls": (Control("scribble", DRAWN, ids[1]),)}, "lora": {"loras": (Lora(ids[2]),)}}[kind]

    with pytest.raises(EngineError, match=r"was made for Stable Diffusion 1\.5, and the model .* Stable Diffusion 2\."):
        models.located(SketchRequest(model=ids[0], **wrong))


def test_a_request_for_what_is_not_installed_says_how_to_get_it(models, tmp_path):
    mine = models.add_folder(base(tmp_path / "mine")).id
    request = SketchRequest(model=mine, controls=(Control("canny", DRAWN, "controlnet-canny-sd15"),))

    with pytest.raises(ModelMissing, match="models download controlnet-canny-sd15"):
        models.located(request)


# ── what is downloaded ───────────────────────────────────────────────────────────────────────────────────────────────

SD15 = [
    "README.md", "model_index.json", "v1-5-pruned.safetensors", "v1-5-pruned.ckpt",
    "feature_extractor/preprocessor_config.json",
    "safety_checker/config.json", "safety_checker/model.safetensors", "scheduler/scheduler_config.json",
    "text_encoder/config.json", "text_encoder/model.fp16.safetensors", "text_encoder/model.safetensors",
    "text_encoder/pytorch_model.bin", "tokenizer/merges.txt", "tokenizer/vocab.json", "unet/config.json",
    "unet/diffusion_pytorch_model.bin", "unet/diffusion_pytorch_model.fp16.safetensors",
    "unet/diffusion_pytorch_model.non_ema.safetensors", "unet/diffusion_pytorch_model.safetensors", "vae/config.json",
    "vae/diffusion_pytorch_model.safetensors",
]  # fmt: skip


def test_of_a_model_each_part_is_brought_once_in_half_precision_where_there_is_one():
    assert sorted(files_of_drawing(SD15)) == [
        "model_index.json", "scheduler/scheduler_config.json", "text_encoder/config.json",
        "text_encoder/model.fp16.safetensors", "tokenizer/merges.txt", "tokenizer/vocab.json", "unet/config.json",
        "unet/diffusion_pytorch_model.fp16.safetensors", "vae/config.json", "vae/diffusion_pytorch_model.safetensors",
    ]  # fmt: skip


def test_of_a_controlnet_the_weights_are_brought_once():
    names = ["config.json", "diffusion_pytorch_model.bin", "diffusion_pytorch_model.safetensors", "images/input.png"]

    assert files_of_drawing([*names, "diffusion_pytorch_model_promax.safetensors", "config_promax.json"]) == [
        "config.json", "config_promax.json", "diffusion_pytorch_model.safetensors",
    ]  # fmt: skip
    assert files_of_drawing([*names[:2], "README.md"]) == ["config.json", "diffusion_pytorch_model.bin"]


def catalogue_of(tmp_path: Path, **changes: str) -> Catalogue:
    lines = [line for line in TABLE.splitlines() if line.partition(" ")[0] not in changes]
    (tmp_path / "models.toml").write_text(
        "\n".join([*lines, *(f'{key} = "{value}"' for key, value in changes.items())])
    )
    return Catalogue(tmp_path / "models", tmp_path / "models.toml")


def test_a_model_in_folders_comes_whole(hub: LoopbackHub, tmp_path):
    hub.files = {name: name.encode() for name in SD15} | {
        "model_index.json": b"{}",
        "unet/config.json": b'{"cross_attention_dim": 768}',
    }
    models = catalogue_of(tmp_path, format="diffusers", task="sketch")

    folder = models.download("tiny-whisper", lambda *_: None)

    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*.*")) == sorted(files_of_drawing(SD15))
    assert models.status("tiny-whisper") is ModelStatus.INSTALLED
    assert models.verify("tiny-whisper") == 10
    (folder / "unet" / "config.json").write_text("{}")
    with pytest.raises(ModelBroken, match=r"unet/config\.json"):
        models.locate("tiny-whisper")


def test_of_many_loras_one_is_brought(hub: LoopbackHub, tmp_path):
    hub.files = {"a.safetensors": b"a" * 99, "b.safetensors": b"b" * 99, "README.md": b""}
    models = catalogue_of(tmp_path, format="lora", task="lora", file="b.safetensors")

    folder = models.download("tiny-whisper", lambda *_: None)

    assert [path.name for path in folder.iterdir()] == ["b.safetensors"]
