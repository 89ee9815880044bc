"""Folders are indexed one after the other, pictures found, and new ones looked at while nothing else is going on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from desktop_app.history.store import History
from desktop_app.library import library as library_module
from desktop_app.library.found import FoundPicture
from desktop_app.sessions import library_session
from desktop_app.sessions.library_session import LibrarySession, PictureQuery
from desktop_app.sessions.session_state import SessionState
from tests.workers.engines.vision.conftest import PICTURES, picture
from workers.catalogue.catalogue import Catalogue
from workers.engine_pool import EnginePool


@pytest.fixture(autouse=True)
def _one_thread():
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)  # threads that wait for one another by spinning are slow on a busy machine
    yield
    torch.set_num_threads(before)


@pytest.fixture
def history(context, tmp_path) -> History:
    context.pool = EnginePool(placement="thread")
    context.history = History(tmp_path / "history")
    return context.history


@pytest.fixture
def library(context, history) -> LibrarySession:
    return context.sessions.library


@pytest.fixture
def album(tmp_path) -> Path:
    return Path(shutil.copytree(PICTURES, tmp_path / "album"))


def until_idle(qtbot, library) -> None:
    qtbot.waitUntil(lambda: library.state is SessionState.IDLE and library.indexing is None, timeout=60_000)


def find(qtbot, library, query: PictureQuery) -> list[FoundPicture]:
    found: list[list[FoundPicture]] = []
    library.find(query, found.append, pytest.fail, lambda progress: None)
    qtbot.waitUntil(lambda: bool(found), timeout=60_000)
    return found[0]


def test_folders_are_indexed_one_after_the_other_and_found(qtbot, context, library, album, tmp_path, messages):
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(PICTURES / "frog.jpg", other / "again.jpg")
    folders, busy = [], []
    library.indexing_changed.connect(lambda: folders.append(library.indexing and library.indexing.folder))
    context.busy_changed.connect(lambda title, progress: busy.append((title, progress is None)))

    library.index(album)
    library.index(other)
    library.index(album)
    assert library.state is SessionState.RUNNING
    until_idle(qtbot, library)

    assert list(dict.fromkeys(folders)) == [album, other, None]
    assert busy[0] == ("Looking at pictures", False)
    assert busy[-1] == ("Looking at pictures", True)
    assert [message.sentence for message in messages] == [
        "8 pictures in “album” can be found now.",
        "1 picture in “other” can be found now.",
    ]
    names = {one.file.path.name for one in find(qtbot, library, PictureQuery("a frog")) if one.file}
    assert names == {"frog.jpg", "again.jpg"}


def test_what_cannot_be_read_is_told_by_name(qtbot, library, album, messages):
    for number in range(5):
        (album / f"cut{number}.jpg").write_bytes((PICTURES / "frog.jpg").read_bytes()[:900])

    library.index(album)
    until_idle(qtbot, library)

    (message,) = messages
    assert (message.kind, message.hint) == ("warning", "Not readable: cut0.jpg, cut1.jpg, cut2.jpg and 2 more")


def test_a_folder_that_is_not_there_is_told(qtbot, library, tmp_path, messages):
    library.index(tmp_path / "nowhere")
    until_idle(qtbot, library)

    assert [message.kind for message in messages] == ["error"]
    assert "does not exist" in messages[0].sentence


def test_indexing_can_be_cancelled_and_goes_on_later(qtbot, library, history, album, messages, monkeypatch):
    monkeypatch.setattr(library_module, "AT_ONCE", 1)
    library.index(album)
    library.index(album / "another")
    qtbot.waitUntil(lambda: bool(library.indexing and library.indexing.progress and library.indexing.progress.done))

    library.cancel()
    until_idle(qtbot, library)

    assert 0 < len(history.gallery.files()) < 8
    assert messages == []
    library.index(album)
    until_idle(qtbot, library)
    assert len(history.gallery.files()) == 8


def test_a_folder_that_comes_right_after_cancelling_is_indexed(qtbot, library, history, album, monkeypatch):
    monkeypatch.setattr(library_module, "AT_ONCE", 1)
    library.index(album)
    qtbot.waitUntil(lambda: bool(library.indexing and library.indexing.progress and library.indexing.progress.done))

    library.cancel()
    library.index(album)
    until_idle(qtbot, library)

    assert len(history.gallery.files()) == 8


def test_forgotten_folder_is_not_found_any_more(qtbot, library, album):
    library.index(album)
    until_idle(qtbot, library)
    with qtbot.waitSignal(library.pictures_changed):
        library.forget(album)

    assert library.folders() == []
    assert find(qtbot, library, PictureQuery("a frog")) == []


@pytest.mark.parametrize("is_link", [False, True])
def test_folder_that_is_forgotten_while_it_is_indexed_leaves_nothing(
    qtbot, library, history, album, messages, monkeypatch, tmp_path, is_link
):
    monkeypatch.setattr(library_module, "AT_ONCE", 1)
    (tmp_path / "link").symlink_to(album)
    library.index(tmp_path / "link" if is_link else album)
    qtbot.waitUntil(lambda: bool(library.indexing and library.indexing.progress and library.indexing.progress.done))

    library.forget(album)
    until_idle(qtbot, library)
    qtbot.waitUntil(lambda: not library._context._jobs)

    assert (history.gallery.folders(), history.gallery.files(), messages) == ([], [], [])


def test_folder_that_is_forgotten_before_its_turn_is_not_indexed(qtbot, library, history, album, tmp_path, messages):
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(PICTURES / "frog.jpg", other)

    (tmp_path / "link").symlink_to(album)
    library.index(other)
    library.index(album)
    library.index(tmp_path / "link")
    library.forget(album)
    until_idle(qtbot, library)

    assert [folder.path for folder in history.gallery.folders()] == [other]
    assert [message.sentence for message in messages] == ["1 picture in “other” can be found now."]


def test_picture_finds_its_like_and_a_new_snapshot_is_looked_at_first(qtbot, library, history):
    boat = history.add_snapshot(picture("boat")).result()
    history.add_snapshot(picture("frog")).result()

    (found,) = find(qtbot, library, PictureQuery(like=PICTURES / "boat.jpg"))

    assert found.item
    assert (found.item.id, round(found.similarity)) == (boat, 1)


def test_only_the_newest_search_is_answered(qtbot, library, history):
    history.add_snapshot(picture("boat")).result()
    history.add_snapshot(picture("frog")).result()
    told: list[str] = []

    library.find(PictureQuery("a boat"), lambda found: told.append("boat"), pytest.fail, lambda progress: None)
    library.find(PictureQuery("a frog"), lambda found: told.append("frog"), pytest.fail, lambda progress: None)
    qtbot.waitUntil(lambda: bool(told), timeout=60_000)
    qtbot.waitUntil(lambda: not library._context._jobs)

    assert told == ["frog"]


def test_search_without_a_model_fails_with_its_sentence(qtbot, context, library, history, tmp_path):
    context.catalogue = Catalogue(tmp_path / "models", starters_dir=tmp_path / "none")
    errors: list[Exception] = []

    library.find(PictureQuery("a frog"), pytest.fail, errors.append, lambda progress: None)
    qtbot.waitUntil(lambda: bool(errors))

    assert "is not installed" in str(errors[0])


def test_new_snapshots_are_looked_at_while_nothing_else_is_going_on(
    qtbot, context, library, history, album, monkeypatch
):
    monkeypatch.setattr(library_session, "KEEP_UP_AFTER_MS", 0)
    library._rest_timer.setInterval(10)
    space = library_module.space_of(library._made_library().spec())

    with qtbot.waitSignal(library.pictures_changed):
        history.add_snapshot(picture("boat"))

    qtbot.waitUntil(lambda: history.gallery.extent(space)[0] == 1, timeout=60_000)
    qtbot.waitUntil(lambda: library._keep_up_job is None)


def test_another_model_looks_at_all_pictures_anew(qtbot, context, library, history):
    library._rest_timer.stop()

    context.change_setting("see.search_model", "starter-clip")

    assert library._rest_timer.isActive()
    library._rest_timer.stop()


def test_new_snapshots_wait_while_something_is_recorded(qtbot, context, library, history, monkeypatch):
    monkeypatch.setattr(type(context.sessions.speech), "state", property(lambda _: SessionState.RUNNING))
    library._rest_timer.setInterval(10)
    history.add_snapshot(picture("boat")).result()

    library._keep_up()

    assert library._keep_up_job is None
    assert library._rest_timer.isActive()
    monkeypatch.undo()
    library._rest_timer.stop()


def test_looking_gives_way_and_begins_again(qtbot, context, library, history, monkeypatch):
    monkeypatch.setattr(library_module, "AT_ONCE_BEHIND", 1)
    for _ in range(20):
        history.add_snapshot(picture("boat")).result()
    library._rest_timer.stop()
    library._keep_up()
    job = library._keep_up_job
    assert job

    monkeypatch.setattr(LibrarySession, "_others_work", property(lambda _: True))
    library._give_way()
    qtbot.waitUntil(lambda: library._keep_up_job is None, timeout=60_000)

    assert job.cancelled()
    assert library._rest_timer.isActive()
    monkeypatch.undo()
    library._rest_timer.stop()
