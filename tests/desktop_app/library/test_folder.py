"""Which pictures there are below a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop_app.library.folder import FolderWalk
from workers.errors import Cancelled, SourceError


def names(folder: Path) -> list[str]:
    return [str(Path(file.path).relative_to(folder)) for file in FolderWalk(folder)]


def make(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)


def test_pictures_are_found_in_the_order_of_their_names(tmp_path: Path) -> None:
    make(tmp_path, "b.JPG", "a.png", "notes.txt", "2024/c.webp", "2023/sea/d.tiff", "no suffix", "2023/e.mp4")

    assert names(tmp_path) == ["a.png", "b.JPG", "2023/sea/d.tiff", "2024/c.webp"]


def test_what_is_hidden_is_left_out(tmp_path: Path) -> None:
    make(tmp_path, ".thumbnails/a.png", ".b.png", "c.png")

    assert names(tmp_path) == ["c.png"]


def test_file_is_told_with_its_size_and_time(tmp_path: Path) -> None:
    make(tmp_path, "a.png")
    os.utime(tmp_path / "a.png", ns=(5, 1_700_000_000_123_456_789))

    (file,) = FolderWalk(tmp_path)

    assert (file.path, file.size_bytes, file.mtime_ns) == (str(tmp_path / "a.png"), 5, 1_700_000_000_123_456_789)


def test_links_in_a_circle_end_and_a_picture_comes_once(tmp_path: Path) -> None:
    make(tmp_path, "real/a.png", "elsewhere/b.png")
    folder = tmp_path / "real"
    (folder / "loop").symlink_to(folder)
    (folder / "up").symlink_to(tmp_path)
    (folder / "z.png").symlink_to(folder / "a.png")
    (folder / "circle.png").symlink_to(folder / "circle.png")
    (folder / "broken.png").symlink_to(folder / "nowhere.png")

    walk = FolderWalk(folder)

    assert [Path(file.path).name for file in walk] == ["a.png", "b.png"]


def test_folder_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.png", "locked/b.png")
    scandir = os.scandir

    def refuse(path: str):
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)  # root may read everything
    walk = FolderWalk(tmp_path)

    assert [Path(file.path).name for file in walk] == ["a.png"]
    assert walk.unreadable == [str(tmp_path / "locked")]


def test_name_that_is_no_text_is_told(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/\xff.png", "wb"):
        pass

    walk = FolderWalk(tmp_path)

    assert list(walk) == []
    assert len(walk.unreadable) == 1


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    make(tmp_path, "a.png")

    with pytest.raises(SourceError, match="is not a folder"):
        names(tmp_path / "a.png")
    with pytest.raises(SourceError, match="does not exist"):
        names(tmp_path / "nowhere")


def test_walk_can_be_cancelled(tmp_path: Path) -> None:
    make(tmp_path, "a.png")

    with pytest.raises(Cancelled):
        list(FolderWalk(tmp_path, cancelled=lambda: True))
