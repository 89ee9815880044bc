"""Turns a CTranslate2 Whisper into the files of transformers' WhisperForConditionalGeneration. No Qt, no torch.

CTranslate2 keeps the query, key and value matrices of self-attention in one (and key and value of cross-attention),
under names of its own, as int8 with a scale per row, float16, bfloat16 or float32. Split and renamed they are the
published weights again. Its config.json has the alignment heads and the suppressed tokens; the rest of Whisper's
configuration follows from the shapes and the vocabulary.
"""

from __future__ import annotations

import json
import math
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from workers.cancel import never
from workers.catalogue.job import run_job, serve
from workers.engines.base import OnProgress
from workers.errors import AppError, ModelBroken, disk_error

Array = NDArray[Any]

BINARY_VERSION = 6
DTYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16, 5: np.uint16}  # 5: bfloat16's bits
BFLOAT16 = 5
HEAD_SIZE = 64  # in every Whisper
LAYER_PARTS = {
    "self_attention/layer_norm": "self_attn_layer_norm",
    "self_attention/linear_1": "self_attn.out_proj",
    "attention/layer_norm": "encoder_attn_layer_norm",
    "attention/linear_0": "encoder_attn.q_proj",
    "attention/linear_2": "encoder_attn.out_proj",
    "ffn/layer_norm": "final_layer_norm",
    "ffn/linear_0": "fc1",
    "ffn/linear_1": "fc2",
}
FUSED = {
    "self_attention/linear_0": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "attention/linear_1": ("encoder_attn.k_proj", "encoder_attn.v_proj"),
}


def convert(source: Path, target: Path, on_progress: OnProgress, cancelled: Callable[[], bool] = never) -> None:
    """Writes the CTranslate2 Whisper of `source` to the folder `target`, in a process of its own; all of it or nothing.

    Raises:
        ModelBroken: `source` is no Whisper, or cut short.
        DiskError, Cancelled.
    """
    making = target.with_name(f"{target.name}.part")
    try:
        run_job(__name__, {"source": str(source), "making": str(making)}, on_progress, cancelled)
        shutil.rmtree(target, ignore_errors=True)
        making.rename(target)
    except OSError as error:
        raise disk_error(error, target) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


# ── in the child process ─────────────────────────────────────────────────────────────────────────────────────────────


def _work(job: dict[str, Any], on_progress: OnProgress) -> None:
    source, making = Path(job["source"]), Path(job["making"])
    try:
        on_progress(0.0, "read")
        variables = read_variables(source / "model.bin")
        config = json.loads((source / "config.json").read_text("utf-8"))
        on_progress(0.4, "rename")
        weights = transformers_weights(variables)
        on_progress(0.7, "write")
        _write(making, source, weights, config)
    except AppError:
        raise
    except (struct.error, LookupError, ValueError, EOFError) as error:
        raise ModelBroken(
            "The model in '{folder}' cannot be converted: {reason}.",
            hint="Verify it on the Models page, or download it again.",
            folder=source,
            reason=str(error) or type(error).__name__,
        ) from error
    except OSError as error:
        raise disk_error(error, making) from error


def read_variables(path: Path) -> dict[str, Array]:
    """The arrays of a CTranslate2 file by name, in the shapes that it has them; integers with their scale applied.

    Raises:
        ModelBroken: it is no CTranslate2 Whisper of the binary version that is read here.
        EOFError, struct.error: it is cut short.
    """
    arrays: dict[str, Array] = {}
    with path.open("rb") as file:
        (version,) = struct.unpack("<I", file.read(4))
        if version != BINARY_VERSION or _text(file) != "WhisperSpec":
            raise ModelBroken(
                "'{path}' is not a CTranslate2 Whisper of binary version {version}.", path=path, version=BINARY_VERSION
            )
        _revision, count = struct.unpack("<II", file.read(8))
        for _ in range(count):
            name, rank = _text(file), file.read(1)[0]
            shape = struct.unpack(f"<{rank}I", file.read(4 * rank))
            kind, size = struct.unpack("<BI", file.read(5))
            content = file.read(size)
            if len(content) < size:
                raise EOFError("the file is cut short")
            array = np.frombuffer(content, DTYPES[kind]).reshape(shape)
            if kind == BFLOAT16:
                array = (array.astype(np.uint32) << 16).view(np.float32)
            arrays[name] = array
    scales = {name for name in arrays if name.endswith("_scale")}
    for scale in scales:
        name = scale.removesuffix("_scale")
        rows = arrays[scale].astype(np.float32).reshape(-1, *[1] * (arrays[name].ndim - 1))
        arrays[name] = (arrays[name].astype(np.float32) / rows).astype(np.float16)  # int8 has less than 11 bits
    return {name: array for name, array in arrays.items() if name not in scales}


def _text(file: BinaryIO) -> str:
    (length,) = struct.unpack("<H", file.read(2))
    return file.read(length)[:-1].decode()  # it ends with NUL


def transformers_weights(variables: dict[str, Array]) -> dict[str, Array]:
    """The same weights under transformers' names and in its shapes: a fused (3 n, width) matrix is three of (n, width).

    Args:
        variables: by CTranslate2's names, as `read_variables` gives them.
    """
    weights: dict[str, Array] = {}
    for name, array in variables.items():
        stack, _, rest = name.partition("/")
        if rest.startswith("layer_") and not rest.startswith("layer_norm"):
            layer, _, rest = rest.removeprefix("layer_").partition("/")
            part, _, leaf = rest.rpartition("/")
            prefix = f"model.{stack}.layers.{layer}"
            leaf = {"gamma": "weight", "beta": "bias"}.get(leaf, leaf)
            if part in FUSED:
                for target, piece in zip(FUSED[part], np.split(array, len(FUSED[part])), strict=True):
                    if not (target.endswith("k_proj") and leaf == "bias"):  # Whisper's keys have no bias
                        weights[f"{prefix}.{target}.{leaf}"] = np.ascontiguousarray(piece)
            elif part in LAYER_PARTS:
                weights[f"{prefix}.{LAYER_PARTS[part]}.{leaf}"] = array
            continue
        match rest.split("/"):
            case ["embeddings", "weight"]:
                weights["model.decoder.embed_tokens.weight"] = array
            case ["position_encodings", "encodings"]:
                weights[f"model.{stack}.embed_positions.weight"] = array
            case ["layer_norm", leaf]:
                weights[f"model.{stack}.layer_norm.{'weight' if leaf == 'gamma' else 'bias'}"] = array
            case ["conv1" | "conv2" as part, leaf]:
                weights[f"model.{stack}.{part}.{leaf}"] = array
    return weights


def _write(making: Path, source: Path, weights: dict[str, Array], ct2_config: dict[str, Any]) -> None:
    from safetensors.numpy import save_file

    tokenizer = json.loads((source / "tokenizer.json").read_text("utf-8"))
    ids = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    save_file(weights, making / "model.safetensors", {"format": "pt"})
    shutil.copyfile(source / "tokenizer.json", making / "tokenizer.json")
    files = {
        "config.json": _model_config(weights, ids),
        "generation_config.json": _generation_config(ct2_config, ids),
        "preprocessor_config.json": {
            "feature_extractor_type": "WhisperFeatureExtractor",
            "feature_size": weights["model.encoder.conv1.weight"].shape[1],
            "sampling_rate": 16_000,
            "hop_length": 160,
            "n_fft": 400,
            "chunk_length": 30,
        },
        "tokenizer_config.json": {"tokenizer_class": "WhisperTokenizer", "eos_token": "<|endoftext|>"},
    }
    for name, content in files.items():
        (making / name).write_text(json.dumps(content, indent=2), "utf-8")


def _model_config(weights: dict[str, Array], ids: dict[str, int]) -> dict[str, Any]:
    vocab_size, d_model = weights["model.decoder.embed_tokens.weight"].shape
    config: dict[str, Any] = {
        "architectures": ["WhisperForConditionalGeneration"],
        "model_type": "whisper",
        "dtype": str(weights["model.encoder.conv1.weight"].dtype),
        "vocab_size": vocab_size,
        "d_model": d_model,
        "num_mel_bins": weights["model.encoder.conv1.weight"].shape[1],
        "max_source_positions": len(weights["model.encoder.embed_positions.weight"]),
        "max_target_positions": len(weights["model.decoder.embed_positions.weight"]),
        "decoder_start_token_id": ids["<|startoftranscript|>"],
    }
    for stack in ("encoder", "decoder"):
        layers = sum(name.startswith(f"model.{stack}.layers.") and name.endswith("fc1.bias") for name in weights)
        config |= {
            f"{stack}_layers": layers,
            f"{stack}_attention_heads": math.ceil(d_model / HEAD_SIZE),
            f"{stack}_ffn_dim": len(weights[f"model.{stack}.layers.0.fc1.bias"]),
        }
    return config | dict.fromkeys(("bos_token_id", "eos_token_id", "pad_token_id"), ids["<|endoftext|>"])


def _generation_config(ct2_config: dict[str, Any], ids: dict[str, int]) -> dict[str, Any]:
    language_ids = set(ct2_config["lang_ids"])
    is_multilingual = ids["<|endoftext|>"] != 50_256  # the English vocabulary has one token less before it
    config: dict[str, Any] = {
        "alignment_heads": ct2_config["alignment_heads"],
        "suppress_tokens": ct2_config["suppress_ids"],
        "begin_suppress_tokens": ct2_config["suppress_ids_begin"],
        "decoder_start_token_id": ids["<|startoftranscript|>"],
        "no_timestamps_token_id": ids["<|notimestamps|>"],
        "prev_sot_token_id": ids["<|startofprev|>"],
        "is_multilingual": is_multilingual,
        "max_length": 448,
    }
    if is_multilingual:
        config["lang_to_id"] = {token: number for token, number in ids.items() if number in language_ids}
        config["task_to_id"] = {task: ids[f"<|{task}|>"] for task in ("transcribe", "translate")}
    return config | dict.fromkeys(("bos_token_id", "eos_token_id", "pad_token_id"), ids["<|endoftext|>"])


if __name__ == "__main__":
    serve(_work)
