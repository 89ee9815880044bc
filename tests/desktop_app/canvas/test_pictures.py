import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QColor, QImage

from desktop_app.canvas.layers import Layer
from desktop_app.canvas.pictures import export, exported, frame_of, image_of, read_picture
from desktop_app.canvas.strokes import StrokePoint, StrokeStyle
from tests import small_disk
from workers.errors import DiskError, SourceError, UsageError


@pytest.fixture
def drawn(document):
    for layer, x in ((Layer.LINE_ART, 50), (Layer.COLOR, 150)):
        stroke = document.begin_stroke(StrokeStyle(layer=layer, color="#cc4400", width_px=30))
        stroke.add(StrokePoint(x, 100))
        stroke.finish()
    return document


def test_frame_becomes_a_picture_and_comes_back():
    frame = np.random.default_rng(0).integers(0, 256, (7, 5, 3), np.uint8)

    image = image_of(frame[:, ::-1])
    expected = frame[:, ::-1].copy()
    frame[:] = 0

    assert np.array_equal(frame_of(image), expected)


def test_see_through_picture_becomes_a_frame_on_white():
    image = QImage(2, 1, QImage.Format.Format_ARGB32)
    image.setPixelColor(0, 0, QColor(0, 0, 0, 0))
    image.setPixelColor(1, 0, QColor(0, 0, 0, 255))

    assert frame_of(image).tolist() == [[[255, 255, 255], [0, 0, 0]]]


@pytest.mark.parametrize(
    ("name", "part", "background", "at_line", "at_color", "elsewhere"),
    [
        ("a.png", "all", "white", (204, 68, 0, 255), (204, 68, 0, 255), (255, 255, 255, 255)),
        ("a.png", "line_art", "white", (204, 68, 0, 255), (255, 255, 255, 255), (255, 255, 255, 255)),
        ("a.png", "line_art", "transparent", (204, 68, 0, 255), (0, 0, 0, 0), (0, 0, 0, 0)),
        ("a.PNG", "all", "transparent", (204, 68, 0, 255), (204, 68, 0, 255), (0, 0, 0, 0)),
    ],
)
def test_export_writes_what_was_asked_for(drawn, tmp_path, name, part, background, at_line, at_color, elsewhere):
    export(drawn.snapshot(), tmp_path / name, part, background)

    picture = Image.open(tmp_path / name).convert("RGBA")
    assert [picture.getpixel(place) for place in ((50, 100), (150, 100), (5, 5))] == [at_line, at_color, elsewhere]


def test_jpeg_is_as_seen(drawn, tmp_path):
    export(drawn.snapshot(), tmp_path / "a.jpg")

    picture = Image.open(tmp_path / "a.jpg")
    assert picture.format == "JPEG"
    assert np.abs(np.asarray(picture.convert("RGB"))[100, 150].astype(int) - (204, 68, 0)).max() < 12


@pytest.mark.parametrize(("name", "background"), [("a.gif", "white"), ("a", "white"), ("a.jpg", "transparent")])
def test_name_that_cannot_be_written_is_refused(drawn, tmp_path, name, background):
    with pytest.raises(UsageError):
        export(drawn.snapshot(), tmp_path / name, "all", background)
    assert list(tmp_path.iterdir()) == []


def test_full_disk_leaves_the_file_that_was_there(drawn, tmp_path):
    with small_disk.mounted(tmp_path, "8k") as disk:
        (disk / "a.png").write_bytes(b"old")
        drawn.paint_image(image_of(np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)), Layer.COLOR)

        with pytest.raises(DiskError, match="full"):
            export(drawn.snapshot(), disk / "a.png")

        assert (disk / "a.png").read_bytes() == b"old"
        assert len(list(disk.iterdir())) == 1


def test_export_is_made_of_what_is_seen_only(drawn):
    drawn.set_visible(Layer.COLOR, False)

    assert exported(drawn.snapshot()).pixelColor(150, 100).name() == "#ffffff"


def test_picture_of_a_file_is_read_and_what_is_none_is_refused(tmp_path):
    Image.new("RGB", (30, 20), (1, 2, 3)).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"text")

    assert read_picture(tmp_path / "a.png").pixelColor(4, 4).getRgb() == (1, 2, 3, 255)
    with pytest.raises(SourceError):
        read_picture(tmp_path / "b.png")
