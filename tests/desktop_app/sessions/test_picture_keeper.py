import contextlib
import sqlite3

import numpy as np

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
