"""A picture brings back all that made it; what somebody else put there does no harm."""

import base64
import io
import json
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from workers.errors import SourceError
from workers.pictures import picture_of
from workers.png_settings import details_of, parameters_text, png_with_settings, read_settings, settings_in
from workers.results import Control, Lora, SketchRequest

PIXELS = np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3)
PICTURE = picture_of(PIXELS)
REQUEST = SketchRequest(
    prompt="a red cat, 猫 🐈",
    negative_prompt="dogs",
    model="starter-sd",
    width=96,
    height=64,
    seed=7,
    num_inference_steps=4,
    guidance_scale=2.0,
    scheduler="lcm",
    controls=(Control("scribble", PICTURE, "starter-controlnet-scribble", conditioning_scale=0.8, end=0.5),),
    init_image=PICTURE,
    strength=0.6,
    mask_image=picture_of(PIXELS[..., 0]),
    loras=(Lora("lcm", 0.9),),
    vae="tiny",
)


def png_with(**texts: str | bytes) -> bytes:
    info = PngInfo()
    for keyword, text in texts.items():
        info.add_itxt(keyword, text, zip=True)
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, "PNG", pnginfo=info)
    return file.getvalue()


def read(png: bytes) -> SketchRequest | None:
    return settings_in(io.BytesIO(png), "picture.png")


def test_picture_brings_its_request_back():
    assert read(png_with_settings(PIXELS, REQUEST)) == REQUEST


def test_pixels_are_as_they_were():
    with Image.open(io.BytesIO(png_with_settings(PIXELS, REQUEST))) as picture:
        assert np.array_equal(np.asarray(picture), PIXELS)


def test_other_tools_read_the_parameters():
    with Image.open(io.BytesIO(png_with_settings(PIXELS, REQUEST))) as picture:
        text = picture.text["parameters"]

    assert text.splitlines() == [
        "a red cat, 猫 🐈",
        "Negative prompt: dogs",
        "Steps: 4, Sampler: LCM, CFG scale: 2, Seed: 7, Size: 96x64, Model: starter-sd, Denoising strength: 0.6",
    ]


def test_parameters_of_other_tools_are_read():
    text = (
        "masterpiece, a house\nby the sea\nNegative prompt: ugly, bad\n"
        "Steps: 25, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 99, Size: 768x512, Model hash: abc, Model: other"
    )

    request = read(png_with(parameters=text))

    assert request == SketchRequest(
        prompt="masterpiece, a house\nby the sea",
        negative_prompt="ugly, bad",
        num_inference_steps=25,
        guidance_scale=6.5,
        seed=99,
        width=768,
        height=512,
        scheduler="dpmpp-2m-karras",
        model="other",
    )


def test_schedule_and_loras_of_other_tools_are_read():
    text = (
        "a house <lora:ink:0.8>, by the sea<lora:Fine Detail>, <lora:x:-1:0.5>\n"
        "Steps: 25, Sampler: DPM++ 2M, Schedule type: Karras, Seed: 99"
    )

    request = read(png_with(parameters=text))

    assert request.prompt == "a house, by the sea"
    assert request.loras == (Lora("ink", 0.8), Lora("Fine Detail", 1.0), Lora("x", -1.0))
    assert request.scheduler == "dpmpp-2m-karras"
    automatic = read(png_with(parameters=text.replace("Karras", "Automatic")))
    assert automatic.scheduler == "dpmpp-2m"


def test_other_texts_are_none_of_ours():
    assert read(png_with(Comment="hello", parameters="just words")) is None


def test_plain_picture_carries_nothing(tmp_path):
    Image.fromarray(PIXELS).save(tmp_path / "plain.png")
    Image.fromarray(PIXELS).save(tmp_path / "plain.jpg")

    assert read_settings(tmp_path / "plain.png") is None
    assert read_settings(tmp_path / "plain.jpg") is None


def test_missing_file_is_said(tmp_path):
    with pytest.raises(SourceError, match="cannot be read"):
        read_settings(tmp_path / "nothing.png")


def test_text_that_unpacks_without_end_is_refused():
    bomb = zlib.compress(b"\0" * 100_000_000, 9)
    body = b"sensorium\0\1\0\0\0" + bomb
    chunk = struct.pack(">I4s", len(body), b"iTXt") + body + struct.pack(">I", zlib.crc32(b"iTXt" + body))
    plain = png_with()

    with pytest.raises(SourceError, match="damaged"):
        read(plain[:33] + chunk + plain[33:])


@pytest.mark.parametrize(
    "change",
    [
        {"width": "wide"},
        {"width": 10**9},
        {"seed": -1},
        {"guidance_scale": True},
        {"strength": 0},
        {"controls": [{}]},
        {"controls": [{"kind": "scribble", "image": "?", "model": "", "conditioning_scale": 1, "start": 0, "end": 1}]},
        {"init_image": base64.b64encode(b"GIF89a").decode()},
        {"prompt": "x" * 1_000_000},
        {"vae": "huge"},
        {"loras": [{"model": "x", "scale": 1e9}]},
    ],
)
def test_values_that_do_not_fit_are_refused(change):
    png = png_with(sensorium=json.dumps({"version": 1, "request": change}))

    with pytest.raises(SourceError, match="damaged"):
        read(png)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"request": 3}', '{"request": {"strength": NaN}}', "[" * 100_000])
def test_what_is_no_request_is_refused(text):
    with pytest.raises(SourceError, match="damaged"):
        read(png_with(sensorium=text))


@given(st.data())
def test_damaged_file_never_raises_anything_else(data):
    png = bytearray(png_with_settings(PIXELS, REQUEST))
    for _ in range(data.draw(st.integers(1, 8))):
        png[data.draw(st.integers(8, len(png) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(png)))

    try:
        found = read(bytes(png[:cut]))
    except SourceError:
        return
    assert found is None or isinstance(found, SketchRequest)


@given(st.text(max_size=200))
def test_any_parameters_do_no_harm(text):
    try:
        found = read(png_with(parameters=text.encode("utf-8", "replace").decode()))
    except SourceError:
        return
    assert found is None or isinstance(found, SketchRequest)


def test_details_name_pictures_by_their_hash():
    details = details_of(REQUEST)

    assert details["controls"][0]["image"] == PICTURE.sha256
    assert json.loads(json.dumps(details)) == details


def test_parameters_of_a_wordless_picture_have_no_sampler():
    assert parameters_text(SketchRequest()) == "\nSteps: 20, CFG scale: 7.5, Seed: 0, Size: 512x512"
