from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor

from desktop_app.canvas.autosave import Autosave, new_place, place_of
from desktop_app.canvas.document import Document
from desktop_app.canvas.drawings import delete_drawing, kept_drawings
from desktop_app.canvas.layers import Layer
from desktop_app.canvas.strokes import StrokePoint, StrokeStyle
from workers.errors import UsageError


@pytest.fixture
def keep(qapp, tmp_path):
    """Leaves a drawing behind that has a dot of a colour in its middle; gives its folder."""

    def keep(color: str) -> Path:
        document = Document(QSize(300, 200))
        saving = Autosave(document, new_place(tmp_path))
        stroke = document.begin_stroke(StrokeStyle(layer=Layer.COLOR, color=color, width_px=60))
        stroke.add(StrokePoint(150, 100))
        stroke.finish()
        saving.close()
        return saving.folder

    return keep


def test_kept_drawings_are_seen_newest_first_but_for_the_one_on_the_canvas(keep, tmp_path):
    keep("#ff0000"), keep("#00ff00")
    here = keep("#0000ff")
    (tmp_path / "20260101-rubbish").mkdir()
    (tmp_path / "20260101-rubbish" / "drawing.journal").write_bytes(b"no drawing")

    found = list(kept_drawings(tmp_path, 90, but=here))

    assert [kept.picture.size() for kept in found] == [QSize(90, 60)] * 2
    assert [kept.picture.pixelColor(45, 30).name() for kept in found] == ["#00ff00", "#ff0000"]
    assert found[0].picture.pixelColor(5, 5) == QColor("white")


def test_deleted_drawing_is_gone(keep, tmp_path):
    folder = keep("#ff0000")

    delete_drawing(folder)

    assert not list(tmp_path.iterdir())


def test_drawing_that_another_window_has_open_is_neither_opened_nor_deleted(keep, tmp_path):
    folder = keep("#ff0000")
    theirs = place_of(folder)

    with pytest.raises(UsageError, match="another window"):
        place_of(folder)
    with pytest.raises(UsageError, match="another window"):
        delete_drawing(folder)

    theirs.let_go()
    assert len(list(kept_drawings(tmp_path, 90))) == 1
