import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QRectF, QSize, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QPainterPath
from PySide6.QtWidgets import QApplication, QFileDialog

from desktop_app.canvas.document import Drawing
from desktop_app.canvas.files import CanvasFiles
from desktop_app.canvas.journal import Contents
from desktop_app.canvas.layers import Layer
from desktop_app.canvas.strokes import StrokePoint, StrokeStyle


@pytest.fixture
def files(view, context) -> CanvasFiles:
    return CanvasFiles(view, context)


def drop(view, data: QMimeData) -> bool:
    """Whether the view took it."""
    copy = Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, data, left, none)
    enter.ignore()
    QApplication.sendEvent(view, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(view, QDropEvent(QPoint(5, 5), copy, data, left, none))
    return True


def of_files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def picture(color: str = "#cc3300") -> QImage:
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    return image


def test_dropped_picture_becomes_the_reference(files, view, qtbot, tmp_path):
    Image.new("RGB", (30, 20), (1, 2, 3)).save(tmp_path / "a.png")

    with qtbot.waitSignal(view.document.layers_changed):
        assert drop(view, of_files(tmp_path / "a.png"))

    assert view.document.reference.image.pixelColor(3, 3).getRgb() == (1, 2, 3, 255)


def test_dropped_picture_that_cannot_be_read_is_told_in_a_sentence(files, view, qtbot, tmp_path, messages, context):
    (tmp_path / "a.png").write_bytes(b"no picture")

    with qtbot.waitSignal(context.message_posted):
        drop(view, of_files(tmp_path / "a.png"))

    assert "is not a picture" in messages[0].sentence
    assert view.document.reference is None


def test_page_may_say_what_becomes_of_dropped_files(files, view, tmp_path):
    taken = []
    files.on_files = taken.append

    drop(view, of_files(tmp_path / "a.png", tmp_path / "b.png"))

    assert taken == [[tmp_path / "a.png", tmp_path / "b.png"]]


def test_picture_dragged_over_from_this_window_is_the_picture_and_not_its_file(files, view, tmp_path, monkeypatch):
    taken = []
    files.on_files = taken.append
    data = of_files(tmp_path / "a.png")
    data.setImageData(picture("#0044cc"))
    drop(view, data)
    assert (len(taken), view.document.reference) == (1, None)

    monkeypatch.setattr(QDropEvent, "source", lambda _event: view)
    drop(view, data)

    assert len(taken) == 1
    assert view.document.reference.image.pixelColor(1, 1).name() == "#0044cc"


def test_text_is_not_taken(view, files):
    data = QMimeData()
    data.setText("hello")

    assert not drop(view, data)


def test_pasted_picture_becomes_the_reference_and_none_is_told(files, view, messages):
    QGuiApplication.clipboard().setImage(picture())
    files.paste_action.trigger()
    assert view.document.reference.image.pixelColor(1, 1).name() == "#cc3300"
    QGuiApplication.clipboard().setText("text")

    files.paste_action.trigger()

    assert "no picture" in messages[0].sentence


def test_frame_of_a_camera_becomes_the_reference(files, view):
    files.place_below(np.full((480, 640, 3), (10, 20, 30), np.uint8))

    assert view.document.reference.image.size() == QSize(640, 480)
    assert view.document.reference.image.pixelColor(0, 0).getRgb() == (10, 20, 30, 255)


def test_huge_picture_of_the_clipboard_is_made_smaller(files, view):
    files.place_below(QImage(9000, 3000, QImage.Format.Format_RGB32))

    assert view.document.reference.image.size() == QSize(4096, 1365)


def test_copy_puts_what_is_seen_into_the_clipboard(files, view, qtbot):
    stroke = view.document.begin_stroke(StrokeStyle(width_px=30, color="#0044cc"))
    stroke.add(StrokePoint(100, 100))
    stroke.finish()
    QGuiApplication.clipboard().clear()

    with qtbot.waitSignal(QGuiApplication.clipboard().dataChanged):
        files.copy()

    assert QGuiApplication.clipboard().image().pixelColor(100, 100).name() == "#0044cc"


def test_copy_takes_what_is_selected_alone(files, view, qtbot):
    view.document.paint_image(picture(), Layer.COLOR, QRectF(view.document.rect))
    round_part = QPainterPath()
    round_part.addEllipse(100, 50, 60, 40)
    view.document.set_selection(round_part)
    QGuiApplication.clipboard().clear()

    with qtbot.waitSignal(QGuiApplication.clipboard().dataChanged):
        files.copy()

    image = QGuiApplication.clipboard().image()
    assert image.size() == QSize(60, 40)
    assert image.pixelColor(30, 20).getRgb() == (0xCC, 0x33, 0x00, 255)
    assert image.pixelColor(0, 0).alpha() == 0


def test_saved_drawing_is_opened_again_as_one_step(files, view, qtbot, tmp_path):
    view.document.set_reference(picture())
    files.save(tmp_path / "a.ora")
    qtbot.waitUntil((tmp_path / "a.ora").exists)
    view.document.clear()
    steps = len(view.document.undo_stack.done)

    with qtbot.waitSignal(view.document.history_changed):
        files.take([tmp_path / "a.ora"])

    assert not view.document.is_empty(Layer.REFERENCE)
    assert len(view.document.undo_stack.done) == steps + 1


@pytest.fixture
def asked(monkeypatch):
    """What the dialogs for files were asked; each answers with `asked.answer`."""
    asked = SimpleNamespace(answer="", titles=[], names=[], kinds=[])

    def dialog(_parent, title, name, kinds):
        asked.titles.append(title)
        asked.names.append(name)
        asked.kinds.append(kinds)
        return asked.answer, kinds

    def save_dialog(_context, _parent, title, name, suffix, *, others=()):
        dialog(None, title, name, (suffix, *others))
        return Path(asked.answer) if asked.answer else None

    monkeypatch.setattr(QFileDialog, "getOpenFileName", dialog)
    monkeypatch.setattr("desktop_app.canvas.files.ask_where_to_save", save_dialog)
    return asked


def test_picture_and_drawing_that_are_asked_for_are_opened(files, view, asked, qtbot, tmp_path):
    picture().save(str(tmp_path / "photo.png"))
    asked.answer = str(tmp_path / "photo.png")
    with qtbot.waitSignal(view.document.layers_changed, timeout=20_000):
        files.import_action.trigger()
    assert view.document.reference is not None
    asked.answer = str(tmp_path / "mine.ora")
    files.save_action.trigger()
    qtbot.waitUntil((tmp_path / "mine.ora").is_file, timeout=20_000)
    view.document.clear()

    with qtbot.waitSignal(view.document.step_done, timeout=20_000):
        files.open_action.trigger()

    assert view.document.reference is not None
    assert asked.titles == ["Place a picture below", "Save the drawing", "Open a drawing"]
    assert ["*.png" in asked.kinds[0], *("ora" in kinds for kinds in asked.kinds[1:])] == [True] * 3
    assert asked.names == ["", "drawing", ""]


@pytest.mark.parametrize(
    ("answer", "mode"),
    [("out.jpg", "RGB"), ("out.png", "RGB"), ("lines.png", "RGBA")],
)
def test_picture_is_exported_where_somebody_says(context, files, view, asked, messages, qtbot, tmp_path, answer, mode):
    context.settings.draw.prompt = "a red cat"
    edit = view.document.begin_edit(Layer.LINE_ART, QColor("black"))
    path = QPainterPath()
    path.addRect(4, 4, 20, 20)
    edit.set_path(path, 3.0)
    edit.commit()
    asked.answer = str(tmp_path / answer)
    action = files.export_lines_action if answer.startswith("lines") else files.export_action

    action.trigger()

    qtbot.waitUntil(lambda: bool(messages), timeout=20_000)
    assert messages[0].sentence == f"Saved as {answer}."
    with Image.open(tmp_path / answer) as opened:
        assert (opened.size, opened.mode) == ((view.document.size.width(), view.document.size.height()), mode)
        assert opened.convert("L").getextrema()[0] < 50
    assert asked.names == ["a red cat"]


def test_nothing_happens_where_nobody_chose_a_file(files, view, asked, context, messages, tmp_path):
    for action in (files.import_action, files.open_action, files.save_action, files.export_action):
        action.trigger()

    assert len(asked.titles) == 4
    assert context._jobs == set()
    assert view.document.is_blank
    assert messages == []


def test_export_that_fails_is_told(files, context, messages, qtbot, tmp_path):
    with qtbot.waitSignal(context.message_posted):
        files.export(tmp_path / "nowhere" / "a.png")

    assert "is gone" in messages[0].sentence


def ink(view) -> None:
    edit = view.document.begin_edit(Layer.LINE_ART, QColor("black"))
    path = QPainterPath()
    path.addRect(4, 4, 20, 20)
    edit.set_path(path, 3.0)
    edit.commit()


@pytest.fixture
def save(files, asked, messages, qtbot):
    """Does as Ctrl+S does, and waits until that is told."""

    def save(action=files.save_action) -> None:
        messages.clear()
        action.trigger()
        qtbot.waitUntil(lambda: bool(messages), timeout=20_000)

    return save


def test_drawing_is_saved_again_where_it_was(files, view, asked, save, tmp_path):
    ink(view)
    asked.answer = str(tmp_path / "mine.ora")
    save()
    before = (tmp_path / "mine.ora").read_bytes()
    view.document.set_reference(picture())
    asked.answer = str(tmp_path / "other.ora")

    save()

    assert len(asked.titles) == 1
    assert (tmp_path / "mine.ora").read_bytes() != before
    save(files.save_as_action)
    save()
    assert len(asked.titles) == 2
    assert (tmp_path / "other.ora").is_file()


@pytest.mark.parametrize("begins", ["emptied", "layer emptied", "erased", "taken back", "opened", "restored"])
def test_another_drawing_is_not_saved_over_the_one_before(view, asked, save, tmp_path, begins):
    ink(view)
    asked.answer = str(tmp_path / "mine.ora")
    save()
    saved = (tmp_path / "mine.ora").read_bytes()
    match begins:
        case "emptied":
            view.document.clear()
        case "layer emptied":
            view.document.clear_selected(Layer.LINE_ART)
        case "erased":
            edit = view.document.begin_edit(Layer.LINE_ART, QColor("black"), erases=True)
            path = QPainterPath()
            path.addRect(QRectF(view.document.rect))
            edit.set_path(path, 0.0, is_filled=True)
            edit.commit()
            assert view.document.is_blank
        case "taken back":
            view.document.undo()
        case "opened":
            view.document.replace(Drawing(view.document.size, {}))
        case "restored":
            view.document.restore(Contents(QSize(64, 64)))
    view.document.set_reference(picture())
    asked.answer = str(tmp_path / "other.ora")

    save()

    assert (tmp_path / "mine.ora").read_bytes() == saved
    assert (tmp_path / "other.ora").is_file()


def test_undo_brings_back_where_a_drawing_was_saved(view, asked, save, tmp_path):
    ink(view)
    asked.answer = str(tmp_path / "mine.ora")
    save()
    view.document.clear()
    ink(view)
    asked.answer = str(tmp_path / "other.ora")
    save()
    view.document.undo()
    view.document.undo()
    asked.answer = ""

    save()

    assert len(asked.titles) == 2
    with zipfile.ZipFile(tmp_path / "mine.ora") as one:
        assert one.testzip() is None
    view.document.resize(QSize(32, 32))
    save()
    assert len(asked.titles) == 2


def test_drawing_of_an_earlier_start_is_not_saved_over_the_one_that_came_after_it(view, asked, save, tmp_path):
    ink(view)
    view.document.clear()
    view.document.set_reference(picture())
    view.document.restore(view.document.contents())  # as at the next start
    asked.answer = str(tmp_path / "mine.ora")
    save()
    saved = (tmp_path / "mine.ora").read_bytes()
    view.document.undo()
    view.document.undo()
    asked.answer = str(tmp_path / "other.ora")

    save()

    assert (tmp_path / "mine.ora").read_bytes() == saved
    view.document.redo()
    view.document.redo()
    save()
    assert len(asked.titles) == 2
