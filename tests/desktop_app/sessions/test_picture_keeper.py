import contextlib
import errno
import sqlite3
from collections.abc import Iterator

import numpy as np
import pytest

from desktop_app.history import pictures
from desktop_app.history.records import Remark
from desktop_app.history.store import History
from desktop_app.sessions import picture_keeper
from desktop_app.sessions.picture_keeper import PictureKeeper
from workers.results import GeneratedImage, SketchRequest


def picture(seed: int) -> GeneratedImage:
    request = SketchRequest("a cat", model="scripted", seed=seed)
    return GeneratedImage(np.zeros((64, 64, 3), np.uint8), request, 0.5)


@contextlib.contextmanager
def taking_no_writes(context) -> Iterator[None]:
    """The history, which another program holds."""
    with contextlib.closing(sqlite3.connect(context.paths.history_dir / "history.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield


def test_no_thread_waits_for_a_history_that_takes_no_writes(context, qtbot):
    context.history = History(context.paths.history_dir)
    keeper, kept = PictureKeeper(context), []

    with taking_no_writes(context):
        for seed in range(3):
            keeper.keep(picture(seed), kept.append)
        qtbot.waitUntil(lambda: not context._jobs)
        assert kept == []
    qtbot.waitUntil(lambda: len(kept) == 3)

    assert {item.id for item in context.history.items(kind="picture")} == set(kept)


@pytest.fixture
def keep(context, qtbot):
    """Keeps a picture and waits until all is settled; gives its number in the history."""
    context.history = History(context.paths.history_dir)
    keeper, kept = PictureKeeper(context), []

    def keep(drawing: int | None = None) -> int | None:
        count = len(kept) + (drawing is None or context.settings.draw.keep != "ordered")
        keeper.keep(picture(count), kept.append, drawing=drawing)
        qtbot.waitUntil(lambda: len(kept) == count and not context._jobs, timeout=20_000)
        return kept[-1] if kept else None

    return keep


def in_history(context) -> set[int]:
    return {item.id for item in context.history.items()}


def test_every_picture_at_rest_stays_at_first(context, keep):
    first, second = keep(1), keep(1)

    assert in_history(context) == {first, second}


def test_last_picture_at_rest_takes_the_place_of_the_one_before(context, keep):
    context.change_setting("draw.keep", "last")
    deleted = []
    context.items_deleted.connect(deleted.append)
    first, second = keep(1), keep(1)
    other = keep(2)

    assert in_history(context) == {second, other}
    assert deleted == [{first}]


def test_picture_at_rest_before_one_that_is_ordered_stays(context, keep):
    context.change_setting("draw.keep", "last")
    before, ordered, after = keep(1), keep(), keep(1)

    assert in_history(context) == {before, ordered, after}


@pytest.mark.parametrize("what", ["pinned", "named", "asked about"])
def test_picture_at_rest_that_was_used_stays(context, keep, what):
    context.change_setting("draw.keep", "last")
    first = keep(1)
    if what == "asked about":
        context.history.add_remark(first, Remark("answer", "a cat")).result()
    else:
        context.history.update_item(first, **({"is_pinned": True} if what == "pinned" else {"title": "cat"})).result()

    second = keep(1)

    assert in_history(context) == {first, second}


@pytest.mark.parametrize(("choice", "count"), [("all", 3), ("ordered", 1)])
def test_pictures_are_kept_as_chosen(context, keep, choice, count):
    context.change_setting("draw.keep", choice)

    for drawing in (1, 1, None):
        keep(drawing)

    assert len(in_history(context)) == count


def test_picture_that_is_deleted_while_it_is_written_does_not_stay(context, qtbot):
    context.change_setting("draw.keep", "last")
    context.history = History(context.paths.history_dir)
    keeper, kept, deleted = PictureKeeper(context), [], []
    context.items_deleted.connect(deleted.append)
    keeper.keep(picture(0), kept.append, drawing=1)
    qtbot.waitUntil(lambda: len(kept) == 1)

    with taking_no_writes(context):
        second = picture(1)
        keeper.keep(second, kept.append, drawing=1)
        keeper.forget(second)
    qtbot.waitUntil(lambda: bool(deleted) and not context._jobs, timeout=20_000)

    assert in_history(context) == set(kept)  # whose place nothing took


def test_picture_that_is_deleted_while_it_waits_for_a_full_disk_never_comes(context, qtbot, monkeypatch):
    monkeypatch.setattr(picture_keeper, "RETRY_S", 0.05)
    context.history = History(context.paths.history_dir)
    keeper, kept = PictureKeeper(context), []
    first, second, third = (picture(seed) for seed in range(3))

    def on_a_full_disk(path, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(pictures, "_write_whole", on_a_full_disk)
        with qtbot.waitSignal(keeper.failed):
            keeper.keep(first, kept.append)
        keeper.keep(second, kept.append)
        with qtbot.waitSignal(keeper.given_up):
            for image in (first, second):
                qtbot.waitUntil(lambda image=image: image in keeper._waiting)
                keeper.forget(image)
    keeper.keep(third, kept.append)
    qtbot.waitUntil(lambda: len(kept) == 1, timeout=20_000)

    assert in_history(context) == set(kept)
