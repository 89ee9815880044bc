import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage

from desktop_app.canvas import openraster
from desktop_app.canvas.document import Document
from desktop_app.canvas.layers import Layer
from desktop_app.canvas.openraster import read_ora, write_ora
from desktop_app.canvas.snapshot import png_bytes
from desktop_app.canvas.strokes import StrokePoint, StrokeStyle
from tests.desktop_app.canvas.pens import pixels
from workers.errors import DiskError, SourceError


@pytest.fixture
def drawn(document) -> Document:
    for layer in (Layer.LINE_ART, Layer.COLOR):
        stroke = document.begin_stroke(StrokeStyle(layer=layer, color="#cc4400", width_px=30, opacity=0.6))
        stroke.add(StrokePoint(20, 30))
        stroke.add(StrokePoint(280, 150))
        stroke.finish()
    image = QImage(50, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("#0044cc"))
    document.set_reference(image, QRectF(-10, 20.5, 100, 80))
    document.set_reference_is_map(True)
    document.set_reference_opacity(0.3)
    document.set_visible(Layer.COLOR, False)
    return document


def png(width: int, height: int) -> bytes:
    file = BytesIO()
    Image.new("RGBA", (width, height), "red").save(file, "PNG")
    return file.getvalue()


def archive(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries.items():
            file.writestr(name, data)
    return path


def test_drawing_comes_back_as_it_was_written(drawn, tmp_path):
    write_ora(drawn.snapshot(), tmp_path / "cat.ora")
    again = Document()
    again.replace(read_ora(tmp_path / "cat.ora"))

    assert again.size == drawn.size
    assert again.hidden == {Layer.COLOR}
    assert again.reference_opacity == 0.3
    assert again.reference.is_map
    assert again.reference.rect == QRectF(-10, 20.5, 100, 80)
    assert again.reference.image.size() == QSize(50, 40)
    for layer in Layer:
        before, after = (pixels(document.snapshot().image(layer)).astype(int) for document in (drawn, again))
        assert abs(before - after).max() <= 1  # PNG keeps colours apart from how solid they are
    again.undo()
    assert again.size == QSize(512, 512)


def test_other_programs_find_the_layers_and_the_whole(drawn, tmp_path):
    write_ora(drawn.snapshot(), tmp_path / "cat.ora")

    with zipfile.ZipFile(tmp_path / "cat.ora") as file:
        first = file.infolist()[0]
        merged = np.asarray(Image.open(BytesIO(file.read("mergedimage.png"))).convert("RGB"))
        stack = file.read("stack.xml").decode()

    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert stack.index("Line art") < stack.index("Colour") < stack.index("Reference")  # the uppermost first
    assert np.array_equal(merged, pixels(drawn.snapshot().flattened())[:, :, 2::-1])


def test_drawing_of_another_program_becomes_colour(qapp, tmp_path):
    path = archive(
        tmp_path / "other.ora",
        {
            "mimetype": b"image/openraster",
            "stack.xml": b'<image w="3000" h="1500"><stack><layer name="x" src="data/0.png"/></stack></image>',
            "mergedimage.png": png(3000, 1500),
        },
    )

    drawing = read_ora(path)

    assert drawing.size == QSize(2048, 1024)
    assert drawing.images[Layer.COLOR].size() == QSize(2048, 1024)


@pytest.fixture
def saved_anew(drawn, tmp_path) -> Callable[..., Path]:
    """The drawing as another program writes it: layers cut to what is on them, under names of files of its own."""

    def save(more: str = "", colour: str = "") -> Path:
        snapshot, entries, layers = drawn.snapshot(), {"mergedimage.png": png(300, 200)}, []
        for number, layer in enumerate((Layer.LINE_ART, Layer.COLOR, Layer.REFERENCE)):
            image = snapshot.image(layer)
            alpha = pixels(image)[:, :, 3]
            rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
            left, top = int(columns[0]), int(rows[0])
            cut = image.copy(left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1)
            entries[f"data/layer{number}.png"] = png_bytes(cut)
            name, how = openraster.NAMES[layer], {Layer.COLOR: colour, Layer.REFERENCE: 'opacity="0.4"'}.get(layer, "")
            layers.append(f'<layer name="{name}" src="data/layer{number}.png" x="{left}" y="{top}" {how}/>')
        stack = f'<image w="300" h="200"><stack>{more}{"".join(layers)}</stack></image>'
        return archive(tmp_path / "anew.ora", {"stack.xml": stack.encode(), **entries})

    return save


def test_layers_are_known_again_after_another_program_saved_them(drawn, saved_anew):
    again = Document()
    again.replace(read_ora(saved_anew()))

    for layer in (Layer.LINE_ART, Layer.COLOR):
        before, after = (pixels(document.snapshot().image(layer)).astype(int) for document in (drawn, again))
        assert np.abs(before - after).max() <= 2  # files are not premultiplied
    assert again.reference.rect == QRectF(0, 21, 90, 80)  # what was on the canvas of it
    assert again.reference_opacity == 0.4


@pytest.mark.parametrize(
    ("more", "colour"),
    [
        ('<layer name="Paint layer 1" src="data/layer0.png"/>', ""),
        ("<stack/>", ""),
        ("", 'composite-op="svg:multiply"'),
        ("", 'opacity="0.5"'),
    ],
)
def test_drawing_that_has_more_than_our_layers_loses_nothing(saved_anew, more, colour):
    drawing = read_ora(saved_anew(more, colour))

    assert list(drawing.images) == [Layer.COLOR]
    assert drawing.images[Layer.COLOR].pixelColor(0, 0).getRgb() == (255, 0, 0, 255)  # the whole


STACK = b'<image w="10" h="10"><stack><layer src="data/color.png"/></stack></image>'


@pytest.mark.parametrize(
    "entries",
    [
        {},
        {"stack.xml": b"<image"},
        {"stack.xml": b"<image/>", "mergedimage.png": png(3, 3)},
        {"stack.xml": b'<image w="x" h="1"/>'},
        {"stack.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><image w="1" h="1"/>'},
        {"stack.xml": STACK},
        {"stack.xml": STACK, "data/color.png": b"no picture"},
        {"stack.xml": STACK, "data/color.png": png(300, 300)[:200]},
    ],
)
def test_file_that_is_broken_is_refused_with_a_sentence(qapp, tmp_path, entries):
    with pytest.raises(SourceError, match=r"broken.ora is no drawing that can be read."):
        read_ora(archive(tmp_path / "broken.ora", entries))


def test_file_that_is_no_archive_or_not_there_is_refused(qapp, tmp_path):
    (tmp_path / "a.ora").write_bytes(b"text")
    with pytest.raises(SourceError, match="no drawing"):
        read_ora(tmp_path / "a.ora")
    with pytest.raises(SourceError, match="does not exist"):
        read_ora(tmp_path / "b.ora")


def test_picture_that_would_fill_the_memory_is_refused_unread(qapp, tmp_path):
    with pytest.raises(SourceError, match=r"too large: 5,000 x 5,000"):
        read_ora(archive(tmp_path / "a.ora", {"stack.xml": STACK, "data/color.png": png(5000, 5000)}))


def test_entry_that_never_ends_is_refused(qapp, tmp_path, monkeypatch):
    monkeypatch.setattr(openraster, "LARGEST_ENTRY_BYTES", 1_000_000)
    with pytest.raises(SourceError, match="no drawing"):
        read_ora(archive(tmp_path / "a.ora", {"stack.xml": bytes(5_000_000)}))


def test_layer_of_another_size_than_the_canvas_is_cut_to_it(qapp, tmp_path):
    path = archive(tmp_path / "a.ora", {"stack.xml": STACK, "data/color.png": png(300, 300)})
    document = Document()

    document.replace(read_ora(path))

    assert document.size == QSize(10, 10)
    assert document.snapshot().image(Layer.COLOR).size() == QSize(10, 10)


def test_folder_that_is_not_there_is_told_with_a_sentence(drawn, tmp_path):
    with pytest.raises(DiskError, match="is gone"):
        write_ora(drawn.snapshot(), tmp_path / "nowhere" / "a.ora")
