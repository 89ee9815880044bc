"""Small pictures are read in the background, the newest wish first, and once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QColor

from desktop_app.widgets import small_pictures
from desktop_app.widgets.small_pictures import SmallPictures

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def pictures(context) -> SmallPictures:
    return SmallPictures(context, 20)


def saved(folder: Path, name: str, colour: str = "red", size: tuple[int, int] = (60, 40)) -> Path:
    Image.new("RGB", size, colour).save(folder / name)
    return folder / name


def came(qtbot, pictures, path: Path, when: datetime = WHEN):
    qtbot.waitUntil(lambda: pictures.get(path, when) is not None)
    return pictures.get(path, when)


def test_picture_comes_later_as_a_square_of_its_middle(qtbot, pictures, tmp_path):
    path = tmp_path / "halves.png"
    picture = Image.new("RGB", (120, 40), "red")
    picture.paste("blue", (40, 0, 80, 40))
    picture.save(path)

    assert pictures.get(path, WHEN) is None
    image = came(qtbot, pictures, path)

    assert image.size().toTuple() == (20, 20)
    assert image.pixelColor(10, 10) == QColor("blue")


def test_changed_file_is_read_again(qtbot, pictures, tmp_path):
    path = saved(tmp_path, "a.png", "red")
    came(qtbot, pictures, path)
    saved(tmp_path, "a.png", "blue")

    later = came(qtbot, pictures, path, WHEN.replace(year=2027))

    assert later.pixelColor(5, 5) == QColor("blue")
    assert pictures.get(path, WHEN).pixelColor(5, 5) == QColor("red")


def test_file_that_cannot_be_read_is_asked_for_once(qtbot, pictures, tmp_path):
    path = tmp_path / "broken.png"
    path.write_bytes(b"no picture")

    assert came(qtbot, pictures, path).isNull()


def test_newest_wish_comes_first_and_old_ones_are_dropped(qtbot, pictures, tmp_path, monkeypatch):
    read: list[str] = []
    square = small_pictures._square
    monkeypatch.setattr(small_pictures, "_square", lambda path, side: (read.append(path.name), square(path, side))[1])
    monkeypatch.setattr(small_pictures, "MOST_WISHES", 3)
    monkeypatch.setattr(pictures, "_read_more", lambda: None)
    paths = [saved(tmp_path, f"{number}.png") for number in range(5)]
    for path in paths:
        pictures.get(path, WHEN)
    pictures.get(paths[2], WHEN)  # it was scrolled back into view
    monkeypatch.undo()
    monkeypatch.setattr(small_pictures, "_square", lambda path, side: (read.append(path.name), square(path, side))[1])

    pictures._read_more()
    qtbot.waitUntil(lambda: pictures._job is None)

    assert read == ["2.png", "4.png", "3.png"]
    came(qtbot, pictures, paths[0])  # asked for again


def test_only_some_are_kept(qtbot, pictures, tmp_path, monkeypatch):
    monkeypatch.setattr(small_pictures, "KEPT", 2)
    for number in range(4):
        came(qtbot, pictures, saved(tmp_path, f"{number}.png"))

    assert len(pictures._images) == 2
