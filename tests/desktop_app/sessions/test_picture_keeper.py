import contextlib
import sqlite3

import numpy as np
import pytest

from desktop_app.history.records import Remark
from desktop_app.history.store import History
from desktop_app.sessions.picture_keeper import PictureKeeper
from workers.results import GeneratedImage, SketchRequest


def picture(seed: int) -> GeneratedImage:
    request = SketchRequest("a cat", model="scripted", seed=seed)
    return GeneratedImage(np.zeros((64, 64, 3), np.uint8), request, 0.5)


def test_no_thread_waits_for_a_history_that_takes_no_writes(context, qtbot):
    context.history = History(context.paths.history_dir)
    keeper, kept = PictureKeeper(context), []

    with contextlib.closing(sqlite3.connect(context.paths.history_dir / "history.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
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
