"""Files from other versions of the app, and files that are none."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from desktop_app.history import migrations
from desktop_app.history.records import Remark
from desktop_app.history.store import History
from workers.errors import DiskError, HistoryError, HistoryTooNew

NEXT = ("ALTER TABLE items ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'",)


BEFORE_THE_GALLERY = ("DROP TABLE embeddings", "DROP TABLE picture_files", "DROP TABLE picture_folders")
BEFORE_REMARKS = (*BEFORE_THE_GALLERY, "ALTER TABLE segments DROP COLUMN details")
BEFORE_EMOTION = (*BEFORE_REMARKS, "ALTER TABLE segments DROP COLUMN emotion")


def make_older(folder: Path, statements: tuple[str, ...], version: int) -> None:
    with closing(sqlite3.connect(folder / "history.db")) as connection:
        for statement in (*statements, f"PRAGMA user_version = {version}"):
            connection.execute(statement)


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_newer_history_is_refused_and_left_as_it_is(folder: Path) -> None:
    folder.mkdir()
    path = folder / "history.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE future (what)")
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()

    with pytest.raises(HistoryTooNew) as caught:
        History(folder)

    assert caught.value.sentence == f"The history '{path}' was written by a newer version of Sensorium."
    assert path.read_bytes() == before
    assert sorted(file.name for file in folder.iterdir()) == ["history.db"]


def test_migration_keeps_the_content_and_copies_the_file_first(
    folder: Path, history: History, say: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    item_id = say("from long ago")
    history.close()
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, NEXT))

    migrated = History(folder)

    assert version(folder / "history.db") == len(migrations.MIGRATIONS)
    assert migrated.item(item_id).preview == "from long ago"
    (backup,) = migrations.backups(folder / "history.db")
    assert version(backup) == len(migrations.MIGRATIONS) - 1
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT text FROM segments").fetchall() == [("from long ago",)]
    migrated.delete(item_id).result()
    assert not backup.exists()  # it held what was deleted
    migrated.close()


def test_history_of_the_first_version_is_read(folder: Path, history: History, say: Callable[..., int]) -> None:
    item_id = say("from long ago")
    history.close()
    make_older(folder, BEFORE_EMOTION, version=1)

    migrated = History(folder)

    assert [(segment.text, segment.emotion) for segment in migrated.segments(item_id)] == [("from long ago", ())]
    migrated.close()


def test_history_from_before_there_were_pictures_takes_some(
    folder: Path, history: History, say: Callable[..., int]
) -> None:
    item_id = say("from long ago")
    history.close()
    make_older(folder, BEFORE_REMARKS, version=2)

    migrated = History(folder)
    migrated.add_snapshot(np.zeros((8, 8, 3), np.uint8), remarks=[Remark("caption", "a black square")]).result()

    assert [item.preview for item in migrated.items()] == ["a black square", "from long ago"]
    assert migrated.item(item_id).preview == "from long ago"
    migrated.close()


def test_history_from_before_the_gallery_gets_one(folder: Path, history: History) -> None:
    item_id = history.add_snapshot(np.zeros((8, 8, 3), np.uint8)).result()
    history.close()
    make_older(folder, BEFORE_THE_GALLERY, version=3)

    migrated = History(folder)

    assert [lacking.item_id for lacking in migrated.gallery.lacking("clip")] == [item_id]
    migrated.close()


def test_migration_that_fails_changes_nothing(
    folder: Path, history: History, say: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    item_id = say("safe")
    history.close()
    with monkeypatch.context() as broken:
        broken.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, (*NEXT, "NONSENSE")))
        with pytest.raises(HistoryError):
            History(folder)

    again = History(folder)

    assert version(folder / "history.db") == len(migrations.MIGRATIONS)
    assert again.item(item_id).preview == "safe"
    again.close()


def test_damaged_history_is_refused_with_a_sentence_and_left_as_it_is(folder: Path) -> None:
    folder.mkdir()
    (folder / "history.db").write_bytes(b"this is no database, " * 1000)

    with pytest.raises(HistoryError, match=r"is damaged.*Move it away"):
        History(folder)

    assert (folder / "history.db").read_bytes() == b"this is no database, " * 1000


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(DiskError):
        History(tmp_path / "file" / "history")
