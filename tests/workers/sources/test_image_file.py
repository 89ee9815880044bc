"""Pictures as people have them, sound and broken, all made here."""

import io
import os
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workers.errors import SourceError, SourceUnreachable
from workers.sources.image_file import LONGEST_PX, decode_image, read_image

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def halves(mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right, 60 x 40."""
    picture = Image.new("RGB", (60, 40), BLUE)
    picture.paste(RED, (0, 0, 30, 40))
    return picture.convert(mode)


def saved(picture: Image.Image, path: Path, **options) -> Path:
    picture.save(path, **options)
    return path


def is_close(colour, expected) -> bool:
    return bool(np.abs(np.asarray(colour, int) - expected).max() < 30)


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "bmp", "tiff", "gif", "avif"])
def test_every_common_kind_is_read(tmp_path, suffix):
    frame = read_image(saved(halves(), tmp_path / f"halves.{suffix}"))

    assert frame.shape == (40, 60, 3)
    assert frame.dtype == np.uint8
    assert is_close(frame[20, 5], RED)
    assert is_close(frame[20, 55], BLUE)


@pytest.mark.parametrize(("mode", "suffix"), [("CMYK", "jpg"), ("P", "png"), ("P", "gif"), ("CMYK", "tiff")])
def test_other_colours_become_rgb(tmp_path, mode, suffix):
    frame = read_image(saved(halves(mode), tmp_path / f"halves.{suffix}"))

    assert is_close(frame[20, 5], RED)
    assert is_close(frame[20, 55], BLUE)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16"])
def test_gray_becomes_rgb(tmp_path, mode):
    gray = Image.linear_gradient("L")  # black above, white below
    picture = Image.fromarray(np.asarray(gray, np.uint16) * 257) if mode == "I;16" else gray.convert(mode)

    frame = read_image(saved(picture, tmp_path / "gray.png"))

    assert is_close(frame[:9].mean((0, 1)), (0, 0, 0))
    assert is_close(frame[-9:].mean((0, 1)), WHITE)
    assert mode == "1" or is_close(frame[128].mean(0), (128, 128, 128))


@pytest.mark.parametrize("mode", ["RGBA", "P"])
def test_what_is_transparent_becomes_white(tmp_path, mode):
    picture = halves("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 30, 40))

    frame = read_image(saved(picture.convert(mode), tmp_path / "half.png"))

    assert is_close(frame[20, 5], WHITE)
    assert is_close(frame[20, 55], BLUE)


@pytest.mark.parametrize(("turn", "red_at"), [(1, (20, 5)), (3, (20, 55)), (6, (5, 20)), (8, (55, 20)), (2, (20, 55))])
def test_the_camera_says_which_side_is_up(tmp_path, turn, red_at):
    exif = Image.Exif()
    exif[0x0112] = turn

    frame = read_image(saved(halves(), tmp_path / "turned.jpg", exif=exif))

    assert is_close(frame[red_at], RED)


@pytest.mark.parametrize("suffix", ["gif", "webp", "png"])
def test_an_animation_is_its_first_picture(tmp_path, suffix):
    more = [Image.new("RGB", (60, 40), WHITE)] * 3

    frame = read_image(saved(halves(), tmp_path / f"moving.{suffix}", save_all=True, append_images=more))

    assert is_close(frame[20, 5], RED)


def test_a_large_photograph_is_made_smaller(tmp_path):
    frame = read_image(saved(Image.new("RGB", (9000, 6000), RED), tmp_path / "large.jpg"))

    assert frame.shape == (2731, LONGEST_PX, 3)


@pytest.mark.parametrize("name", ["halves.jpg", "halves.png"])
def test_picture_is_as_small_as_it_is_wanted(tmp_path, name):
    path = saved(halves().resize((900, 600)), tmp_path / name)

    frame = read_image(path, longest_px=300)

    assert frame.shape == (200, 300, 3)
    assert is_close(frame[100, 20], RED)
    assert is_close(frame[5, 5], RED)


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_a_bomb_is_refused_before_it_is_decoded(tmp_path, suffix):
    path = saved(Image.new("1", (20_000, 20_000)).convert("L"), tmp_path / f"bomb.{suffix}")

    with pytest.raises(SourceError, match=r"too large: 20,000 x 20,000 pixels\. Make it smaller") as caught:
        read_image(path)
    assert caught.value.exit_code == 3


def test_a_thread_of_pixels_is_refused(tmp_path):
    with pytest.raises(SourceError, match="too narrow: 1 x 4,000 pixels"):
        read_image(saved(Image.new("L", (1, 4000)), tmp_path / "narrow.png"))


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "webp", "tiff", "bmp"])
def test_broken_pictures_are_told_or_shown_but_never_crash(tmp_path, suffix):
    whole = saved(Image.effect_noise((64, 64), 90).convert("RGB"), tmp_path / f"whole.{suffix}").read_bytes()
    random = np.random.default_rng(0)
    told = 0
    for number in range(120):
        broken = bytearray(whole)
        if number % 2:
            del broken[int(random.integers(1, len(broken))) :]
        for place in random.integers(0, len(broken), 8):
            broken[place] = random.integers(256)
        try:
            frame = decode_image(io.BytesIO(broken), "broken")
        except SourceError:
            told += 1
        else:
            assert frame.shape[2] == 3
    assert told > 20


def test_a_jpeg_that_is_cut_short_is_told(tmp_path):
    path = saved(halves().resize((600, 400)), tmp_path / "cut.jpg")
    path.write_bytes(path.read_bytes()[:2000])

    with pytest.raises(SourceError, match=r"cut\.jpg is damaged or cut short\. Get it again"):
        read_image(path)


def test_what_is_no_picture_is_told(tmp_path):
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    for name, sentence in [
        ("empty.png", "is empty"),
        ("text.png", "not a picture that can be read"),
        ("phone.heic", "HEIC picture, which cannot be read here. Save it as JPEG"),
        ("absent.png", "does not exist"),
        (".", "is a folder"),
    ]:
        with pytest.raises(SourceError, match=sentence):
            read_image(tmp_path / name)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(13, "no"), "may not be read"),
        (OSError(5, "Input/output error"), "cannot be read: Input/output"),
    ],
)
def test_a_file_that_the_system_refuses_is_told(tmp_path, monkeypatch, error, sentence):
    def refuse(*_):
        raise error

    path = saved(halves(), tmp_path / "private.png")
    monkeypatch.setattr(Path, "open", refuse)

    with pytest.raises(SourceUnreachable, match=sentence):
        read_image(path)


def test_a_disk_that_fails_in_the_middle_of_a_picture_is_no_damage(tmp_path, monkeypatch):
    class FailingDisk(io.BytesIO):
        def read(self, size=-1):
            if self.tell() > 1000:
                raise OSError(5, "Input/output error")
            return super().read(size)

    content = saved(Image.effect_noise((600, 400), 90), tmp_path / "disk.png").read_bytes()
    monkeypatch.setattr(Path, "open", lambda *_: FailingDisk(content))

    with pytest.raises(SourceUnreachable, match="cannot be read: Input/output"):
        read_image(tmp_path / "disk.png")


def test_a_pipe_is_read_to_its_end(tmp_path):
    content = saved(halves(), tmp_path / "halves.png").read_bytes()
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=[content])
    writer.start()

    assert read_image(tmp_path / "pipe").shape == (40, 60, 3)
    writer.join()
