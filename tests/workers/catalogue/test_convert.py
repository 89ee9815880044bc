"""Conversion of CTranslate2 Whispers: small ones in every number format, made here, and the real multilingual base."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from workers.catalogue.catalogue import Catalogue, ModelStatus
from workers.catalogue.convert import convert, read_variables, transformers_weights
from workers.errors import Cancelled, DiskError, ModelBroken, UsageError

D, VOCAB = 64, 60


def silent(fraction: float, message: str) -> None: ...


def variables() -> dict[str, np.ndarray]:
    """The float32 arrays of a Whisper with one layer, under CTranslate2's names."""
    random = np.random.default_rng(0)

    def array(*shape: int) -> np.ndarray:
        return random.normal(0, 0.1, shape).astype(np.float32)

    made = {
        "encoder/conv1/weight": array(D, 80, 3), "encoder/conv1/bias": array(D),
        "encoder/conv2/weight": array(D, D, 3), "encoder/conv2/bias": array(D),
        "encoder/position_encodings/encodings": array(50, D),
        "decoder/position_encodings/encodings": array(40, D),
        "decoder/embeddings/weight": array(VOCAB, D),
        "decoder/scale_embeddings": np.array(0, np.int8),
    }  # fmt: skip
    for stack in ("encoder", "decoder"):
        made |= {f"{stack}/layer_norm/gamma": array(D), f"{stack}/layer_norm/beta": array(D)}
        layer = f"{stack}/layer_0"
        linear = {"self_attention/linear_0": 3 * D, "self_attention/linear_1": D}
        if stack == "decoder":
            linear |= {"attention/linear_0": D, "attention/linear_1": 2 * D, "attention/linear_2": D}
        norms = ["self_attention/layer_norm", "ffn/layer_norm"] + ["attention/layer_norm"] * (stack == "decoder")
        for name, rows in linear.items():
            made |= {f"{layer}/{name}/weight": array(rows, D), f"{layer}/{name}/bias": array(rows)}
        for name in norms:
            made |= {f"{layer}/{name}/gamma": array(D), f"{layer}/{name}/beta": array(D)}
        made |= {f"{layer}/ffn/linear_0/weight": array(96, D), f"{layer}/ffn/linear_0/bias": array(96)}
        made |= {f"{layer}/ffn/linear_1/weight": array(D, 96), f"{layer}/ffn/linear_1/bias": array(D)}
    return made


def stored(arrays: dict[str, np.ndarray], form: str) -> list[tuple[str, int, np.ndarray]]:
    """Each array as CTranslate2 stores it in this form, with the number of its type."""
    rows: list[tuple[str, int, np.ndarray]] = []
    for name, array in arrays.items():
        if array.dtype == np.int8:
            rows.append((name, 1, array))
        elif form == "int8" and name.endswith("weight") and "conv" not in name:
            scale = 127 / np.abs(array).max(1)
            rows += [(f"{name}_scale", 0, scale), (name, 1, np.round(array * scale[:, None]).astype(np.int8))]
        elif form == "float16":
            rows.append((name, 4, array.astype(np.float16)))
        elif form == "bfloat16":
            rows.append((name, 5, (array.view(np.uint32) >> 16).astype(np.uint16)))
        else:
            rows.append((name, 0, array))
    return rows


def write_whisper(folder: Path, form: str) -> Path:
    """A CTranslate2 folder; the layout is that of ctranslate2's `ModelSpec.save`, binary version 6."""

    def text(string: str) -> bytes:
        return struct.pack("<H", len(string) + 1) + string.encode() + b"\0"

    rows = stored(variables(), form)
    parts = [struct.pack("<I", 6), text("WhisperSpec"), struct.pack("<II", 3, len(rows))]
    for name, kind, array in rows:
        parts += [text(name), struct.pack("<B", array.ndim), struct.pack(f"<{array.ndim}I", *array.shape)]
        parts += [struct.pack("<BI", kind, array.nbytes), array.tobytes()]
    folder.mkdir()
    (folder / "model.bin").write_bytes(b"".join(parts) + struct.pack("<I", 0))
    (folder / "config.json").write_text(
        json.dumps({"alignment_heads": [[0, 0]], "lang_ids": [52], "suppress_ids": [1], "suppress_ids_begin": [2]})
    )
    names = ["endoftext", "startoftranscript", "en", "translate", "transcribe", "startofprev", "notimestamps"]
    tokens = [{"id": 50 + number, "content": f"<|{name}|>"} for number, name in enumerate(names)]
    (folder / "tokenizer.json").write_text(json.dumps({"added_tokens": tokens}))
    return folder


@pytest.mark.parametrize(
    ("form", "exact"), [("float32", 0), ("float16", 0.0005), ("bfloat16", 0.008), ("int8", 0.0035)]
)
def test_fused_matrices_are_split_and_every_number_format_is_read(tmp_path: Path, form: str, exact: float):
    folder = write_whisper(tmp_path / "ct2", form)

    weights = transformers_weights(read_variables(folder / "model.bin"))

    source = variables()
    fused = source["decoder/layer_0/self_attention/linear_0/weight"]
    both = source["decoder/layer_0/attention/linear_1/weight"]
    prefix = "model.decoder.layers.0"
    for name, expected in {
        f"{prefix}.self_attn.q_proj.weight": fused[:D],
        f"{prefix}.self_attn.k_proj.weight": fused[D : 2 * D],
        f"{prefix}.self_attn.v_proj.weight": fused[2 * D :],
        f"{prefix}.encoder_attn.k_proj.weight": both[:D],
        f"{prefix}.encoder_attn.v_proj.weight": both[D:],
        "model.encoder.conv1.weight": source["encoder/conv1/weight"],
        "model.decoder.layer_norm.weight": source["decoder/layer_norm/gamma"],
    }.items():
        assert weights[name] == pytest.approx(expected, abs=exact), name
    assert not any(name.endswith("k_proj.bias") for name in weights)


def test_transformers_finds_every_weight_where_it_expects_it(tmp_path: Path):
    from transformers import WhisperForConditionalGeneration

    target = tmp_path / "converted"
    convert(write_whisper(tmp_path / "ct2", "float32"), target, silent)

    model, report = WhisperForConditionalGeneration.from_pretrained(target, output_loading_info=True)

    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    assert model.config.encoder_attention_heads == D // 64
    assert model.generation_config.alignment_heads == [[0, 0]]
    assert model.generation_config.no_timestamps_token_id == 56


@pytest.mark.parametrize("keep", [3, 40, 5_000])
def test_a_file_that_is_cut_short_is_broken_and_leaves_nothing(tmp_path: Path, keep: int):
    folder = write_whisper(tmp_path / "ct2", "float16")
    (folder / "model.bin").write_bytes((folder / "model.bin").read_bytes()[:keep])

    with pytest.raises(ModelBroken, match="cannot be converted"):
        convert(folder, tmp_path / "converted", silent)

    assert [path.name for path in tmp_path.iterdir()] == ["ct2"]


def test_another_kind_of_model_is_refused(tmp_path: Path):
    folder = write_whisper(tmp_path / "ct2", "float32")
    content = (folder / "model.bin").read_bytes()
    (folder / "model.bin").write_bytes(content.replace(b"WhisperSpec", b"WhimperSpec", 1))

    with pytest.raises(ModelBroken, match="not a CTranslate2 Whisper"):
        convert(folder, tmp_path / "converted", silent)


def test_a_cancelled_conversion_leaves_nothing(tmp_path: Path):
    folder = write_whisper(tmp_path / "ct2", "float32")

    with pytest.raises(Cancelled):
        convert(folder, tmp_path / "converted", silent, lambda: True)

    assert [path.name for path in tmp_path.iterdir()] == ["ct2"]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path):
    folder = write_whisper(tmp_path / "ct2", "float32")
    (tmp_path / "file").touch()

    with pytest.raises(DiskError):
        convert(folder, tmp_path / "file" / "converted", silent)


def test_the_real_base_is_converted_once_and_known_afterwards(tmp_path: Path):
    catalogue = Catalogue(tmp_path)

    folder = catalogue.convert("whisper-base", silent)

    assert catalogue.spec("whisper", "whisper-base").model_path == str(folder)
    assert catalogue.status("whisper-base") is ModelStatus.INSTALLED
    generation = json.loads((folder / "generation_config.json").read_text())
    assert generation["lang_to_id"]["<|de|>"] == 50_261
    assert generation["task_to_id"] == {"transcribe": 50_359, "translate": 50_358}


def test_a_transformers_model_needs_no_conversion(tmp_path: Path):
    with pytest.raises(UsageError, match="needs no conversion"):
        Catalogue(tmp_path).convert("openai-whisper-tiny", silent)
