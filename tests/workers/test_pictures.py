"""Pixels survive the way into a picture and back; what is no picture is told."""

import io
import pickle
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from workers.engine_process import pickled, unpickled
from workers.errors import SourceError
from workers.pictures import frame_of, picture_of, pixels_of, quick_picture_of, rgba_of
from workers.results import Control, Lora, Picture, SketchRequest

NOISE = np.random.default_rng(0).integers(0, 256, (20, 30, 4), dtype=np.uint8)


@pytest.mark.parametrize("pixels", [NOISE, NOISE[..., :3], NOISE[..., 0]], ids=["rgba", "rgb", "grey"])
def test_pixels_come_back_as_they_were(pixels):
    back = rgba_of(picture_of(np.ascontiguousarray(pixels)))

    assert back.shape == (20, 30, 4)
    np.testing.assert_array_equal(back[..., 0], pixels[..., 0] if pixels.ndim == 3 else pixels)


@pytest.mark.parametrize("pixels", [NOISE[..., :3], NOISE[..., 0], NOISE[..., 2::-1]], ids=["rgb", "grey", "bgr"])
def test_pixels_of_a_drawing_come_back_as_they_were(pixels):
    picture = quick_picture_of(pixels)

    np.testing.assert_array_equal(frame_of(picture), pixels if pixels.ndim == 3 else np.stack([pixels] * 3, axis=2))
    assert pixels_of(picture).shape == ((20, 30, 4) if pixels.ndim == 3 else (20, 30))


def test_drawing_takes_no_more_room_than_in_the_usual_way():
    paper = Image.new("L", (512, 512), 255)
    ImageDraw.Draw(paper).ellipse((60, 90, 400, 480), outline=0, width=8)
    pixels = np.asarray(paper)

    assert len(quick_picture_of(pixels).png) <= len(picture_of(pixels).png)


def test_grey_with_a_transparent_value_is_no_grey():
    file = io.BytesIO()
    Image.fromarray(NOISE[..., 0]).save(file, "PNG", transparency=7)

    assert pixels_of(Picture(file.getvalue())).shape == (20, 30, 4)


def test_what_is_transparent_becomes_white():
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[0, 0] = 10, 20, 30, 255
    pixels[0, 1] = 0, 0, 0, 51

    frame = frame_of(picture_of(pixels))

    assert frame[0, 0].tolist() == [10, 20, 30]
    assert frame[0, 1].tolist() == [204, 204, 204]
    assert frame[3, 3].tolist() == [255, 255, 255]


def test_sixteen_bits_a_pixel_are_read_as_eight():
    file = io.BytesIO()
    Image.fromarray(np.array([[0, 0x8080, 0xFFFF]], np.uint16)).save(file, "PNG")

    assert frame_of(Picture(file.getvalue()))[0, :, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize("cut", [0, 10, 60, 1500])
def test_a_broken_picture_is_told(cut):
    png = picture_of(NOISE).png

    with pytest.raises(SourceError, match="damaged"):
        rgba_of(Picture(png[:cut]))


def test_another_kind_of_file_is_told():
    file = io.BytesIO()
    Image.fromarray(NOISE[..., :3]).save(file, "JPEG")

    with pytest.raises(SourceError, match="damaged"):
        rgba_of(Picture(file.getvalue()))


def test_a_picture_too_large_is_told_before_it_is_unpacked():
    file = io.BytesIO()
    Image.new("1", (8193, 8192)).save(file, "PNG")

    with pytest.raises(SourceError, match="8193 x 8192"):
        rgba_of(Picture(file.getvalue()))


def test_requests_with_the_same_pictures_are_equal_and_go_in_a_set():
    control = Control("scribble", picture_of(NOISE), "starter-controlnet-scribble")
    request = SketchRequest(prompt="a boat", controls=(control,), loras=(Lora("lcm"),))
    same = replace(request, controls=(replace(control, image=picture_of(NOISE.copy())),))
    other = replace(request, controls=(replace(control, image=picture_of(NOISE[:10])),))

    assert request == same
    assert len({request, same, other}) == 2


def test_what_does_not_change_the_picture_does_not_change_the_request():
    request = SketchRequest(prompt="a boat")

    assert request == replace(request, has_previews=False, folders={"starter-sd": "/somewhere"})


def test_a_request_crosses_to_an_engine_whole():
    request = SketchRequest(prompt="a boat", init_image=picture_of(NOISE), folders={"a": "b"})

    crossed = unpickled(pickled(request))

    assert crossed == request
    assert crossed.init_image.png == request.init_image.png
    assert crossed.folders == {"a": "b"}
    assert pickle.loads(pickle.dumps(request.init_image)) == request.init_image
