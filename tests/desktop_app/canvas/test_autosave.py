import errno
import os
import random
import shutil
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainterPath

from desktop_app.canvas import autosave, journal
from desktop_app.canvas.autosave import Autosave, Place, take_place
from desktop_app.canvas.document import Document
from desktop_app.canvas.journal import Encoder
from desktop_app.canvas.layers import Layer
from desktop_app.canvas.strokes import StrokePoint, StrokeStyle
from tests import small_disk
from tests.desktop_app.canvas.pens import pixels
from workers.errors import DiskError

ROOT = Path(__file__).resolve().parents[3]


def draw(document: Document, x: float, y: float = 50.0, **style) -> None:
    stroke = document.begin_stroke(StrokeStyle(**style))
    stroke.add(StrokePoint(x, y))
    stroke.add(StrokePoint(x + 30, y + 10, 1.0, 10.0))
    stroke.finish()


def content(document: Document) -> list[bytes]:
    snapshot = document.snapshot()
    return [pixels(snapshot.image(layer)).tobytes() for layer in Layer]


@pytest.fixture
def opened(qapp, tmp_path):
    """Opens drawings as windows do, and closes what a test leaves open."""
    open_now: list[Autosave] = []

    def open_drawing(folder: Path = tmp_path) -> tuple[Document, Autosave]:
        document = Document(QSize(300, 200))
        saving = Autosave(document, take_place(folder))
        open_now.append(saving)
        return document, saving

    def close(saving: Autosave) -> None:
        open_now.remove(saving)
        saving.close()

    open_drawing.close = close
    yield open_drawing
    for saving in open_now:
        saving.close()


def test_nothing_is_written_while_it_rests_and_all_of_it_afterwards(opened, tmp_path):
    document, saving = opened()
    draw(document, 10)
    before = content(document)
    saving.rest()
    draw(document, 100)
    document.set_visible(Layer.COLOR, False)
    (folder,) = tmp_path.glob("*-*")

    assert take_place(tmp_path).folder != folder  # no other window gets it meanwhile
    kept = journal.read((folder / "drawing.journal").read_bytes())
    assert len(kept.done) == 1
    saving.go_on()
    draw(document, 200)
    opened.close(saving)

    again, _ = opened()
    assert content(again) == content(document) != before
    assert again.hidden == {Layer.COLOR}


def test_what_is_drawn_while_it_rests_is_not_on_the_disk_and_what_was_there_before_is(opened):
    document, saving = opened()
    draw(document, 20)
    saving.rest()
    assert saving.flush()

    draw(document, 60)
    assert not saving.flush()
    document.undo()
    assert not saving.flush()  # what was undone is not there
    saving.go_on()

    assert saving.flush()


def test_drawing_that_was_emptied_while_it_rested_is_on_the_disk_as_it_was(opened, tmp_path):
    document, saving = opened()
    draw(document, 10)
    before = content(document)
    saving.rest()
    document.undo()
    opened.close(saving)

    again, _ = opened()

    assert content(again) == before


def test_next_start_gives_the_drawing_and_what_can_be_undone_back(opened):
    document, saving = opened()
    states = []
    for number in range(4):
        draw(document, 40 * number, layer=Layer.COLOR if number % 2 else Layer.LINE_ART)
        states.append(content(document))
    document.undo()
    document.set_visible(Layer.COLOR, False)
    opened.close(saving)

    document, _ = opened()

    assert content(document) == states[2]
    assert document.hidden == {Layer.COLOR}
    document.redo()
    assert content(document) == states[3]
    for state in (states[2], states[1], states[0]):
        document.undo()
        assert content(document) == state
    document.undo()
    assert not document.can_undo


def test_reference_and_size_come_back_too(opened):
    document, saving = opened()
    image = QImage(20, 10, QImage.Format.Format_RGB32)
    image.fill(QColor("#cc3300"))
    document.set_reference(image)
    document.resize(QSize(100, 100))
    document.move_reference(QRectF(5, 6, 40, 20))
    document.settle_reference()
    document.set_reference_is_map(True)
    document.set_reference_opacity(0.25)
    before = content(document)
    opened.close(saving)

    document, _ = opened()

    assert document.size == QSize(100, 100)
    assert document.reference.rect == QRectF(5, 6, 40, 20)
    assert document.reference.is_map
    assert document.reference_opacity == 0.25
    assert content(document) == before
    document.undo()
    assert document.reference.rect == QRectF(5, 6, 40, 20)
    assert not document.reference.is_map
    document.undo()
    document.undo()
    assert document.size == QSize(300, 200)


def test_drawing_that_was_never_drawn_on_leaves_nothing(opened, tmp_path):
    _, saving = opened()
    opened.close(saving)

    assert list(tmp_path.iterdir()) == []


def test_two_windows_have_a_drawing_each_and_find_it_again(opened):
    first, saving_first = opened()
    second, saving_second = opened()
    draw(first, 10)
    draw(second, 200)
    contents = content(first), content(second)
    assert saving_first.folder != saving_second.folder
    opened.close(saving_first)
    opened.close(saving_second)

    newest, _ = opened()
    other, _ = opened()

    assert {tuple(content(newest)), tuple(content(other))} == set(map(tuple, contents))


def test_drawing_that_was_drawn_on_last_comes_first(opened):
    older, saving_older = opened()
    newer, saving_newer = opened()
    draw(newer, 200)
    opened.close(saving_newer)
    draw(older, 10)
    before = content(older)
    opened.close(saving_older)
    os.utime(saving_newer.folder / "drawing.journal", (1, 1))

    assert content(opened()[0]) == before


def test_cancelled_stroke_does_not_come_back(opened):
    document, saving = opened()
    draw(document, 10)
    stroke = document.begin_stroke(StrokeStyle())
    stroke.add(StrokePoint(200, 100))
    stroke.cancel()
    assert saving.flush()
    contents = autosave.journal.read((saving.folder / "drawing.journal").read_bytes())

    assert contents.stroke is None
    assert len(contents.done) == 1


def test_file_that_grew_is_written_anew_and_loses_nothing(opened, monkeypatch, qtbot):
    monkeypatch.setattr(autosave, "COMPACT_FROM_BYTES", 20_000)
    monkeypatch.setattr(autosave, "RETRY_S", 0.0)
    document, saving = opened()
    document.undo_stack.limit_bytes = 0
    file = saving.folder / "drawing.journal"
    for number in range(30):
        draw(document, 5 * number, 5 * number % 150, width_px=20)
    saving.flush()
    grown = file.stat().st_size

    def is_small() -> bool:
        draw(document, 100)
        return saving.flush() and file.stat().st_size < grown

    qtbot.waitUntil(is_small)

    before = content(document)
    opened.close(saving)
    assert content(opened()[0]) == before


def test_picture_that_undo_has_forgotten_is_let_go_of_when_the_file_is_written_anew(document):
    encoder, known = Encoder(), set()
    document.undo_stack.limit_bytes = 0
    picture = QImage(50, 50, QImage.Format.Format_RGB32)
    gone = weakref.ref(picture)
    document.set_reference(picture)
    del picture
    encoder.step(document.undo_stack.done[-1], known)
    document.set_reference(None)
    draw(document, 50)

    list(encoder.whole(document.contents(), known))

    assert gone() is None


def test_what_is_drawn_while_the_whole_is_written_is_in_both_files(opened, monkeypatch):
    document, saving = opened()
    draw(document, 10)
    assert saving.flush()
    has_begun, is_drawn = threading.Event(), threading.Event()
    whole, old_file = journal.Encoder.whole, []

    def interrupted(*arguments):
        parts = whole(*arguments)
        yield next(parts)
        has_begun.set()
        assert is_drawn.wait(30)
        yield from parts
        old_file.append(journal.read((saving.folder / "drawing.journal").read_bytes()))

    monkeypatch.setattr(journal.Encoder, "whole", interrupted)
    saving._write_whole()
    assert has_begun.wait(30)
    draw(document, 100)
    is_drawn.set()
    before = content(document)
    opened.close(saving)

    assert [len(contents.done) for contents in old_file] == [2]
    assert content(opened()[0]) == before


def test_what_is_taken_back_while_a_new_file_fails_is_taken_back_once(opened, monkeypatch):
    document, saving = opened()
    for x in (10, 60, 110):
        draw(document, x)
    assert saving.flush()
    has_begun, is_undone = threading.Event(), threading.Event()
    whole = journal.Encoder.whole

    def no_room(*arguments):
        yield next(whole(*arguments))
        has_begun.set()
        assert is_undone.wait(30)
        yield b""
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(journal.Encoder, "whole", no_room)
    saving._write_whole()
    assert has_begun.wait(30)
    document.undo()
    is_undone.set()
    assert saving.flush()

    written = journal.read((saving.folder / "drawing.journal").read_bytes())
    assert (len(written.done), len(written.undone)) == (2, 1)


def test_disk_that_turns_read_only_is_told_and_nothing_waits_for_it(opened, monkeypatch, qtbot):
    document, saving = opened()
    draw(document, 10)
    assert saving.flush()
    told = []
    saving.failed.connect(told.append)

    def dead(*_arguments, **_options):
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as disk:
        disk.setattr(autosave._File, "append", dead)
        disk.setattr(autosave._File, "sync", dead)
        disk.setattr(Path, "unlink", dead)
        saving._write_whole()
        draw(document, 100)
        assert not saving.flush()
        qtbot.waitUntil(lambda: len(told) == 1)
    saving._write_whole()

    assert saving.flush()


def test_last_error_is_that_of_one_more_attempt(opened, monkeypatch):
    document, saving = opened()
    assert saving.last_error() is None
    append = autosave._File.append

    def refuse(_file, _data) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(autosave._File, "append", refuse)
    draw(document, 10)

    assert "full" in str(saving.last_error())
    monkeypatch.setattr(autosave._File, "append", append)
    assert saving.last_error() is None
    assert len(journal.read((saving.folder / "drawing.journal").read_bytes()).done) == 1


def test_stroke_in_progress_is_in_the_file_that_is_written_anew(opened):
    document, saving = opened()
    stroke = document.begin_stroke(StrokeStyle())
    stroke.add(StrokePoint(10, 50))
    stroke.add(StrokePoint(40, 60))
    saving._write_whole()
    stroke.add(StrokePoint(70, 50))
    assert saving.flush()
    written = journal.read((saving.folder / "drawing.journal").read_bytes())

    assert [point.x for point in written.stroke.points] == [10, 40, 70]


@pytest.mark.parametrize("is_written_anew", [False, True])
def test_stroke_in_progress_stays_within_what_was_selected_when_it_comes_back(opened, is_written_anew):
    document, saving = opened()
    lasso = QPainterPath(QPointF(60, 20))
    lasso.cubicTo(200, 20, 220, 180, 90, 160)
    document.set_selection(lasso)
    stroke = document.begin_stroke(StrokeStyle(width_px=80, pressure_to_width=False))
    stroke.add(StrokePoint(10, 50))
    document.set_selection(None)  # which is too late for this one
    stroke.add(StrokePoint(250, 120, 1.0, 10.0))
    if is_written_anew:
        saving._write_whole()
    saving.flush()

    again = Document()
    again.restore(journal.read((saving.folder / "drawing.journal").read_bytes()))

    stroke.finish()
    assert content(again) == content(document)
    assert again.selection is None


def test_file_goes_on_when_a_new_one_beside_it_finds_no_room(opened, monkeypatch):
    document, saving = opened()
    draw(document, 10)
    assert saving.flush()
    append = autosave._File.append

    def no_room(file, data):
        if file.path.suffix == ".new":
            raise OSError(errno.ENOSPC, "No space left on device")
        append(file, data)

    monkeypatch.setattr(autosave._File, "append", no_room)
    saving._write_whole()
    draw(document, 100)
    assert saving.flush()
    before = content(document)
    opened.close(saving)
    monkeypatch.undo()

    assert content(opened()[0]) == before


def test_change_that_finds_no_room_leaves_no_part_of_itself(tmp_path):
    file = autosave._File(tmp_path / "drawing.journal")
    file.append(b"whole")

    with small_disk.files_end_at(10), pytest.raises(OSError, match="large"):
        file.append(b"too long for it")
    file.append(b", and the next")
    file.close()

    assert file.path.read_bytes() == b"whole, and the next"


@pytest.mark.parametrize("cut", [1, 7, 100, 1000])
def test_file_that_was_cut_short_gives_what_came_before(opened, cut):
    document, saving = opened()
    states = [content(document)]
    for number in range(6):
        draw(document, 40 * number)
        states.append(content(document))
    opened.close(saving)
    file = saving.folder / "drawing.journal"
    file.write_bytes(file.read_bytes()[:-cut])

    document, _ = opened()

    assert content(document) in states[1:]  # of a step that was cut off, the points are there


def test_damage_in_the_middle_costs_what_was_there_only(opened):
    document, saving = opened()
    for number in range(8):
        draw(document, 36 * number, 20 * number)
    opened.close(saving)
    file = saving.folder / "drawing.journal"
    data = bytearray(file.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 40] = random.Random(1).randbytes(40)
    file.write_bytes(data)

    recovered, _ = opened()

    inked = pixels(recovered.snapshot().image(Layer.LINE_ART))[:, :, 3]
    for number in (0, 1, 6, 7):  # not those that were hit, perhaps
        assert inked[20 * number + 5, 36 * number + 15] > 0


@pytest.mark.parametrize("rubbish", [b"", b"no drawing", bytes(5000), autosave.journal.HEADER])
def test_file_that_is_no_drawing_is_left_alone(opened, tmp_path, rubbish):
    folder = tmp_path / "20200101-000000-1"
    folder.mkdir()
    (folder / "drawing.journal").write_bytes(rubbish)

    document, saving = opened()

    assert saving.folder != folder
    assert (folder / "drawing.journal").read_bytes() == rubbish
    assert document.is_empty(Layer.LINE_ART)


def test_full_disk_is_told_once_and_the_drawing_is_written_when_there_is_room(opened, tmp_path, qtbot, monkeypatch):
    monkeypatch.setattr(autosave, "RETRY_S", 0.05)
    with small_disk.mounted(tmp_path, "64k") as disk:
        document, saving = opened(disk)
        told = []
        saving.failed.connect(told.append)
        draw(document, 10)
        assert saving.flush()
        image = QImage(300, 200, QImage.Format.Format_RGB32)
        for position in range(60_000):
            image.setPixel(position % 300, position // 300, random.Random(position).getrandbits(24))
        document.paint_image(image, Layer.COLOR)
        qtbot.waitUntil(lambda: bool(told))
        draw(document, 100)
        qtbot.wait(200)  # it is tried again meanwhile
        assert [type(error) for error in told] == [DiskError]
        assert "full" in told[0].sentence

        with qtbot.waitSignal(saving.recovered):
            small_disk.resize(disk, "8m")
        draw(document, 200)
        before = content(document)
        opened.close(saving)

        again, saving = opened(disk)
        assert content(again) == before
        opened.close(saving)


def test_folder_that_was_taken_away_is_made_again(opened, qtbot, monkeypatch):
    monkeypatch.setattr(autosave, "RETRY_S", 0.0)
    document, saving = opened()
    draw(document, 10)
    saving.flush()
    shutil.rmtree(saving.folder)

    with qtbot.waitSignal(saving.recovered):
        saving.flush()

    assert autosave.journal.read((saving.folder / "drawing.journal").read_bytes()) is not None


def test_place_that_cannot_be_made_is_told_with_a_sentence(tmp_path):
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(DiskError):
        take_place(tmp_path / "file")


DRAWS_UNTIL_KILLED = """
import sys
from itertools import count
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QSize, QTimer
from desktop_app.canvas.autosave import Autosave, take_place
from desktop_app.canvas.document import Document
from desktop_app.canvas.strokes import StrokePoint, StrokeStyle

app = QCoreApplication([])
document = Document(QSize(400, 200))
saving = Autosave(document, take_place(Path(sys.argv[1])))
stroke = document.begin_stroke(StrokeStyle(width_px=4, smoothing=0))
stroke.add(StrokePoint(10, 50))
stroke.add(StrokePoint(90, 50, 1.0, 10.0))
stroke.finish()
stroke, steps = document.begin_stroke(StrokeStyle(width_px=4, smoothing=0)), count()

def draw():
    step = next(steps)
    stroke.add(StrokePoint(2 * step + 10, 100, 1.0, 5.0 * step))
    print(step, flush=True)

timer = QTimer(interval=5)
timer.timeout.connect(draw)
timer.start()
app.exec()
"""


def test_killed_in_the_middle_of_a_stroke_it_comes_back_but_for_half_a_second(opened, tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", DRAWS_UNTIL_KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        for line in process.stdout:
            if int(line) == 130:
                process.kill()
    kept = int(line) - 100  # of 5 ms each, and as many rounds of the event loop

    document, _ = opened()

    inked = pixels(document.snapshot().image(Layer.LINE_ART))[:, :, 3]
    assert inked[50, 10:90].min() > 127
    assert inked[100, 10 : 2 * kept + 10].min() > 127
    assert len(document.undo_stack.done) == 2


def test_place_of_a_killed_window_is_free(tmp_path, qapp):
    place = take_place(tmp_path)
    assert isinstance(place, Place)
    os.close(place.lock)
    (place.folder / "drawing.journal").write_bytes(
        autosave.journal.HEADER
        + autosave.journal.Encoder().step(autosave.journal.Contents(QSize(9, 8)).beginning(), set())
    )

    again = take_place(tmp_path)
    os.close(again.lock)

    assert again.folder == place.folder
    assert again.contents.size == QSize(9, 8)
