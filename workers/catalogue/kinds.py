"""What a folder or a repository holds, by its configuration: the place to add a kind of model. No Qt, no heavy library.

`drawing.py` tells those that draw.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from workers.catalogue.drawing import drawing_fields, is_weights_file, lora_fields
from workers.catalogue.entries import Format, ModelEntry
from workers.engines.base import Task
from workers.errors import ModelBroken

Kind = tuple[tuple[str, ...], Format, Task, str]  # engines, format, task, title
WHISPER_CTRANSLATE2: Kind = (("faster-whisper", "whisper"), "ctranslate2", "speech", "Whisper, CTranslate2")

BLIP_TASKS: dict[str, Task] = {
    "BlipForConditionalGeneration": "caption",
    "BlipForQuestionAnswering": "ask",
    "BlipForImageTextRetrieval": "match",
}
AUDIO_CLASSIFIERS = {"wav2vec2", "hubert", "wavlm", "unispeech-sat", "data2vec-audio", "wav2vec2-conformer"}
CHOOSE = (
    "Choose a folder with a Whisper (CTranslate2 or transformers), Wav2Vec2, CLIP, SigLIP, ViT or BLIP model, "
    "a model that chats about pictures, a Stable Diffusion, a ControlNet or a LoRA."
)


def folder_entry(folder: Path) -> ModelEntry:
    """An entry for a folder, told by its configuration and the head of its weights, or for the file of a LoRA.

    Raises:
        ModelBroken: it holds no model that the app can use.
    """
    fields = lora_fields(folder) if is_weights_file(folder) else drawing_fields(folder)
    if fields is None:
        engines, format_, task, title = _of_folder(folder)
        fields = {"engines": engines, "format": format_, "task": task, "title": title}
    name = folder.stem if is_weights_file(folder) else folder.name
    fields["title"] = f"{name} ({fields['title']})"
    model_id = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "model"
    return ModelEntry(id=model_id, source="folder", folder=str(folder), **fields)


def _of_folder(folder: Path) -> Kind:
    if (folder / "model.bin").is_file() and _ctranslate2_name(folder / "model.bin") == "WhisperSpec":
        for name in ("config.json", "tokenizer.json"):
            if not (folder / name).is_file():
                raise ModelBroken("The model in '{folder}' lacks its file '{name}'.", folder=folder, name=name)
        return WHISPER_CTRANSLATE2
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text("utf-8"))
        architecture = str((config.get("architectures") or [""])[0])
    except (OSError, ValueError, AttributeError) as error:
        raise ModelBroken(
            "'{folder}' is not the folder of a model: it has no readable config.json.",
            hint=CHOOSE,
            folder=folder,
        ) from error
    if not any(folder.glob("*.safetensors")) and not any(folder.glob("pytorch_model*.bin")):
        raise ModelBroken(
            "'{folder}' has a config.json and no weights.", hint="Copy the model's other files there.", folder=folder
        )
    return _of_config(config, architecture, folder)


def kind_of_repository(repo_id: str, config_json: str, names: Iterable[str]) -> Kind:
    """What a repository of the hub holds, told by its config.json and the names of its files.

    Raises:
        ModelBroken: nothing that the app can use, or nothing that can be told so.
    """
    try:
        config: dict[str, Any] = json.loads(config_json)
        architecture = str((config.get("architectures") or [""])[0])
    except (ValueError, AttributeError) as error:
        raise ModelBroken(
            "'{repo_id}' is not a model that can be added: it has no readable config.json.",
            hint="What draws, and its companions, can be added from a folder.",
            repo_id=repo_id,
        ) from error
    if "model.bin" in names and "alignment_heads" in config:  # as CTranslate2 writes it for a Whisper
        return WHISPER_CTRANSLATE2
    return _of_config(config, architecture, repo_id)


def _of_config(config: dict[str, Any], architecture: str, folder: Path | str) -> Kind:
    match config.get("model_type"), architecture:
        case "whisper", _:
            return ("whisper",), "transformers", "speech", "Whisper"
        case "wav2vec2", "Wav2Vec2ForCTC":
            return ("wav2vec2",), "transformers", "speech", "Wav2Vec2"
        case _, name if name.endswith("ForSequenceClassification") and config.get("model_type") in AUDIO_CLASSIFIERS:
            return ("emotion",), "transformers", "emotion", "emotion"
        case "clip" | "siglip" | "siglip2" as kind, _:
            return ("clip",), "transformers", "label", "CLIP" if kind == "clip" else "SigLIP"
        case _, name if name.endswith("ForImageClassification"):
            return ("vit",), "transformers", "label", "ViT"
        case "blip", name if name in BLIP_TASKS:
            return ("blip",), "transformers", BLIP_TASKS[name], "BLIP"
        case _, name if name.endswith("ForDepthEstimation"):
            return ("preprocessor",), "transformers", "depth", "depth"
        case "vitpose", _:
            return ("preprocessor",), "transformers", "pose", "ViTPose"
        case _, name if name.endswith("ForSemanticSegmentation"):
            return ("preprocessor",), "transformers", "seg", "segmentation"
        case "llava", "LlavaForConditionalGeneration":
            return ("llava", "chat-vlm"), "transformers", "ask", "LLaVA"
        case "blip-2", "Blip2ForConditionalGeneration":
            return ("blip2",), "transformers", "ask", "BLIP-2"
        case "idefics", "IdeficsForVisionText2Text":
            return ("idefics",), "transformers", "ask", "IDEFICS"
        case "idefics2", "Idefics2ForConditionalGeneration":
            return ("idefics", "chat-vlm"), "transformers", "ask", "IDEFICS 2"
        case "idefics3", "Idefics3ForConditionalGeneration":
            return ("chat-vlm", "idefics"), "transformers", "ask", "IDEFICS 3"
        case _, name if name.endswith("ForConditionalGeneration") and "vision_config" in config:
            return ("chat-vlm",), "transformers", "ask", "chat"
    raise ModelBroken(
        "'{folder}' holds a '{kind}', which the app cannot use.",
        hint=CHOOSE,
        folder=folder,
        kind=architecture or config.get("model_type") or "model of an unknown kind",
    )


def _ctranslate2_name(model_bin: Path) -> str:
    """What a CTranslate2 model calls itself: after its version come a length and a name that ends with NUL."""
    with model_bin.open("rb") as file:
        head = file.read(64)
    if len(head) < 6:
        return ""
    _, length = struct.unpack_from("<IH", head)
    return head[6 : 6 + length - 1].decode("ascii", "replace")
