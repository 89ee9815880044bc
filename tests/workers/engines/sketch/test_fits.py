"""Whether a LoRA or a ControlNet was made for a model is read from the head of its file, whatever is in there."""

import contextlib
import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.engines.sketch import fits
from workers.engines.sketch.fits import check_lora, family_id, family_name, lora_file, lora_widths, words_width
from workers.errors import EngineError, ModelBroken

SD15 = {"cross_attention_dim": 768}
BLOCK = "down_blocks.0.attentions.0.transformer_blocks.0"


def write(file, tensors, junk=b""):
    head = json.dumps(
        {name: {"dtype": "F16", "shape": shape, "data_offsets": [0, 0]} for name, shape in tensors.items()}
        | {"__metadata__": {"ss_tag": "x"}}
    ).encode()
    file.write_bytes(struct.pack("<Q", len(head)) + head + junk)
    return file


@pytest.mark.parametrize(
    "name",
    [
        f"unet.{BLOCK}.attn2.to_k.lora_A.weight",
        f"unet.{BLOCK}.attn2.to_k.lora_A.default.weight",
        f"unet.{BLOCK}.attn2.to_k.lora.down.weight",
        f"unet.{BLOCK}.attn2.processor.to_k_lora.down.weight",
        f"lora_unet_{BLOCK.replace('.', '_')}_attn2_to_k.lora_down.weight",
    ],
)
@pytest.mark.parametrize("width", [768, 1024, 2048])
def test_a_lora_of_any_program_tells_its_family(name, width, tmp_path):
    file = write(tmp_path / "lora.safetensors", {name: [4, width], name.replace("attn2", "attn1"): [4, 320]})

    assert lora_widths("mine", file) == {width}
    if width == 768:
        check_lora("mine", file, SD15)
    else:
        with pytest.raises(EngineError, match=f"'mine' was made for {family_name(width)}"):
            check_lora("mine", file, SD15)


def test_a_lora_that_leaves_the_words_alone_may_be_tried(tmp_path):
    check_lora("mine", write(tmp_path / "lora.safetensors", {"unet.conv_in.lora_A.weight": [4, 4, 3, 3]}), SD15)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\0", struct.pack("<Q", 2**63), struct.pack("<Q", 50) + b"{}", struct.pack("<Q", 2) + b"[]",
        struct.pack("<Q", 4) + b"null", struct.pack("<Q", 9) + b'{"a": 17}', struct.pack("<Q", 6) + b'"\xff\xfe"{',
        struct.pack("<Q", 300_000) + b"[" * 300_000,
    ],
)  # fmt: skip
def test_a_file_that_is_no_lora_is_told(content, tmp_path):
    (tmp_path / "lora.safetensors").write_bytes(content)

    with pytest.raises(ModelBroken, match="'mine' cannot be read"):
        lora_widths("mine", tmp_path / "lora.safetensors")


@given(st.binary(max_size=300))
def test_no_bytes_do_any_harm(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "any.safetensors"
    file.write_bytes(struct.pack("<Q", len(content)) + content)

    with contextlib.suppress(ModelBroken):
        assert isinstance(lora_widths("mine", file), set)


def test_a_lora_is_one_file(tmp_path):
    with pytest.raises(ModelBroken, match="there are 0"):
        lora_file("mine", tmp_path)
    (tmp_path / "a.safetensors").touch()
    assert lora_file("mine", tmp_path) == lora_file("mine", tmp_path / "a.safetensors") == tmp_path / "a.safetensors"
    (tmp_path / "b.safetensors").touch()
    with pytest.raises(ModelBroken, match="there are 2"):
        lora_file("mine", tmp_path)


def test_families_have_names():
    assert [family_id(width) for width in (768, 1024, 2048, 128)] == ["sd15", "sd21", "sdxl", "width-128"]
    assert words_width({"cross_attention_dim": [1280, 1280]}) == 1280
    assert words_width({}) == 0


def test_head_of_a_lora_is_read_again_only_when_the_file_is_another(tmp_path, monkeypatch):
    file, read, tensors = tmp_path / "ink.safetensors", [], fits._tensors
    monkeypatch.setattr(fits, "_tensors", lambda model, file: read.append(file) or tensors(model, file))
    write(file, {f"{BLOCK}.attn2.to_k.lora_A.weight": [4, 768]})
    assert lora_widths("ink", file) == lora_widths("ink", file) == {768}
    assert len(read) == 1

    write(file, {f"{BLOCK}.attn2.to_k.lora_A.weight": [4, 2048]})

    assert lora_widths("ink", file) == {2048}
