import gc
from itertools import pairwise

import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage

from desktop_app.canvas.document import Document
from desktop_app.canvas.layers import Layer, Reference
from desktop_app.canvas.strokes import StrokePoint, StrokeStyle
from desktop_app.canvas.tiles import PIXELS, TILE_BYTES, TILE_PX, Tile, TiledImage
from desktop_app.canvas.undo import Step, TileChange, UndoStack


@pytest.fixture
def document(qapp) -> Document:
    document = Document(QSize(256, 256))
    for number in range(50):
        stroke = document.begin_stroke(StrokeStyle())
        stroke.add(StrokePoint(5 * number, 5 * number))
        stroke.finish()
    return document


def blank() -> QImage:
    image = QImage(TILE_PX, TILE_PX, PIXELS)
    image.fill(0)
    return image


def n_tiles() -> int:
    gc.collect()
    return sum(type(thing) is Tile for thing in gc.get_objects())  # isinstance asks what warns


def test_thousand_undos_and_redos_keep_nothing(document):
    def back_and_forth(times: int) -> None:
        for _ in range(times):
            document.undo()
            document.redo()

    back_and_forth(10)
    tiles = n_tiles()
    steps = len(document.undo_stack.done)
    back_and_forth(1000)

    assert n_tiles() == tiles
    assert (len(document.undo_stack.done), len(document.undo_stack.undone)) == (steps, 0)


def test_oldest_steps_are_forgotten_when_memory_is_used_up_and_the_drawing_stays(document):
    before = document.snapshot().line_picture()
    document.undo_stack.limit_bytes = 0

    stroke = document.begin_stroke(StrokeStyle())
    stroke.add(StrokePoint(200, 20))
    stroke.finish()

    assert len(document.undo_stack.done) == 1
    document.undo()
    assert document.snapshot().line_picture() == before
    assert not document.can_undo


def test_steps_within_the_limit_are_kept():
    stack = UndoStack(limit_bytes=10 * TILE_BYTES)
    for _ in range(1000):
        stack.push(Step())

    assert len(stack.done) == 1000


def test_picture_below_that_is_moved_often_is_counted_once(document):
    picture = QImage(500, 500, PIXELS)
    document.undo_stack.limit_bytes = 60 * TILE_BYTES + 3 * picture.sizeInBytes()
    document.set_reference(picture)
    for number in range(10):
        document.move_reference(QRectF(number, 0, 100, 100))
        document.settle_reference()
        stroke = document.begin_stroke(StrokeStyle())
        stroke.add(StrokePoint(5, 5 * number))
        stroke.finish()

    assert len(document.undo_stack.done) == 50 + 1 + 20


def test_pictures_below_are_forgotten_with_the_last_step_that_has_them(qapp):
    stack = UndoStack()
    pictures = [QImage(100, 100, PIXELS) for _ in range(5)]
    stack.limit_bytes = 4 * pictures[0].sizeInBytes()
    references = [Reference(picture, QRectF()) for picture in pictures]
    for before, after in pairwise([None, *references]):
        stack.push(Step(reference=(before, after)))

    assert [id(step.reference[1]) for step in stack.done] == [id(reference) for reference in references[3:]]


def test_what_cannot_shrink_any_more_is_counted_once(qapp, monkeypatch):
    counted = []
    n_bytes = Step.n_bytes.fget
    monkeypatch.setattr(Step, "n_bytes", property(lambda step: counted.append(step) or n_bytes(step)))
    stack = UndoStack(limit_bytes=20 * TILE_BYTES)
    tiles = [Tile(blank()) for _ in range(200)]
    for before, after in pairwise(tiles):
        stack.push(Step((TileChange(Layer.LINE_ART, (0, 0), before, after),)))
        before.packed()  # nobody shows it any more

    assert len(stack.done) == 199
    assert all(counted.count(step) <= 4 for step in stack.done)


def test_new_step_takes_the_place_of_what_was_undone(document):
    document.undo()
    document.undo()

    document.begin_stroke(StrokeStyle()).add(StrokePoint(9, 200))
    document.finish_stroke()

    assert not document.can_redo
    assert len(document.undo_stack.done) == 49


def test_packed_tile_gives_its_pixels_back_and_takes_little_room(qapp):
    image = TiledImage()
    image.open((0, 0)).setPixel(3, 4, 0xFF123456)
    ((_, _, tile),) = image.seal()
    assert tile.n_bytes == TILE_BYTES

    image.put((0, 0), None)
    packed = tile.packed()

    assert tile.n_bytes == len(packed) < TILE_BYTES / 50
    assert Tile.from_packed(packed).image().pixel(3, 4) == 0xFF123456


@pytest.mark.parametrize("damage", [b"", b"no tile", "short", "long"])
def test_bytes_that_are_no_tile_are_refused(qapp, damage):
    import zlib

    sizes = {"short": TILE_BYTES - 1, "long": TILE_BYTES + 1}
    with pytest.raises(ValueError, match="no tile"):
        Tile.from_packed(zlib.compress(bytes(sizes[damage])) if damage in sizes else damage).image()
