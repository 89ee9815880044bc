"""The nearest vectors are those that sorting all of them gives, whatever was added and deleted meanwhile."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.history.gallery import Among, FoundFile, Lacking
from desktop_app.history.store import History
from desktop_app.library.vectors import VectorIndex, nearest_rows

WIDTH = 16


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    history = History(tmp_path / "history")
    history.gallery.add_folder(Path("/"))
    yield history
    history.close()


def unit(rng: np.random.Generator, count: int, width: int = WIDTH) -> np.ndarray:
    vectors = rng.normal(size=(count, width)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def put(history: History, vectors: np.ndarray, first: int = 1) -> None:
    """Files with the numbers from `first` on, where nothing was deleted."""
    files = [(FoundFile(f"/{first + row}.jpg", 1, 1), vector) for row, vector in enumerate(vectors)]
    history.gallery.put_files("clip", files).result()


@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 1000), st.booleans(), st.sampled_from([None, 0.1, 0.5]))
def test_ranking_is_that_of_brute_force(
    n_vectors: int, count: int, seed: int, has_equal_ones: bool, share: float | None
) -> None:
    rng = np.random.default_rng(seed)
    vectors, query = unit(rng, n_vectors, width=4), unit(rng, 1, width=4)[0]
    if has_equal_ones:
        vectors = vectors[rng.integers(0, 1 + n_vectors // 5, n_vectors)]

    which = None if share is None else rng.random(n_vectors) < share

    rows, similarities = nearest_rows(vectors, query, count, which)

    all_of_them = vectors @ query
    among = [row for row in range(n_vectors) if which is None or which[row]]
    assert rows.tolist() == sorted(among, key=lambda row: (-all_of_them[row], row))[:count]
    assert np.array_equal(similarities, all_of_them[rows])


def test_index_finds_what_the_history_holds(history: History) -> None:
    vectors = unit(np.random.default_rng(0), 50)
    put(history, vectors)
    index = VectorIndex(history.gallery, "clip")

    near, found = index.nearest(vectors[7], 3)

    assert (near[0].file_id, near[0].item_id) == (8, 0)
    assert near[0].similarity == pytest.approx(1)
    assert np.array_equal(found[0], vectors[7])
    assert len(index) == 50
    assert [one.file_id for one in VectorIndex(history.gallery, "another").nearest(vectors[7], 3)[0]] == []


@pytest.mark.parametrize(
    ("among", "expected"),
    [
        (Among("snapshot"), {"old snapshot", "pinned snapshot"}),
        (Among("picture"), {"picture", "old file", "new file"}),
        (Among(is_pinned=True), {"pinned snapshot"}),
        (Among(since=datetime(2020, 1, 1, tzinfo=UTC)), {"pinned snapshot", "picture", "new file"}),
        (Among("picture", since=datetime(2020, 1, 1, tzinfo=UTC)), {"picture", "new file"}),
        (Among("speech"), set()),
    ],
)
def test_some_pictures_are_ranked_as_if_there_were_no_others(
    history: History, among: Among, expected: set[str]
) -> None:
    names = ["old snapshot", "pinned snapshot", "picture", "old file", "new file"]
    vectors = dict(zip(names, unit(np.random.default_rng(2), len(names)), strict=True))
    owners = {}
    for name in names[:2]:
        owners[history.add_snapshot(np.zeros((8, 8, 3), np.uint8)).result(), 0] = name
    owners[history.add_picture(np.zeros((8, 8, 3), np.uint8)).result(), 0] = "picture"
    items = {name: item_id for (item_id, _), name in owners.items()}
    history.update_item(items["pinned snapshot"], is_pinned=True).result()
    with sqlite3.connect(history._path) as connection:
        connection.execute("UPDATE items SET created_at = 0 WHERE id = ?", [items["old snapshot"]])
    history.gallery.put_vectors("clip", [(Lacking(Path(), item_id=items[name]), vectors[name]) for name in items])
    for number, name in enumerate(names[3:], 1):
        found = FoundFile(f"/{name}.jpg", 1, 1 if "old" in name else time.time_ns())
        history.gallery.put_files("clip", [(found, vectors[name])]).result()
        owners[0, number] = name
    query = unit(np.random.default_rng(3), 1)[0]

    near, _ = VectorIndex(history.gallery, "clip").nearest(query, 2, among)

    best = sorted(expected, key=lambda name: -float(vectors[name] @ query))
    assert [owners[one.item_id, one.file_id] for one in near] == best[:2]


def test_index_follows_what_another_window_adds_and_deletes(history: History, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    vectors = unit(rng, 40)
    put(history, vectors[:20])
    index = VectorIndex(history.gallery, "clip")
    index.nearest(vectors[0], 1)
    other = History(tmp_path / "history")

    put(other, vectors[20:30], first=21)
    other.gallery.forget_files([1, 5, 30]).result()
    put(other, vectors[30:], first=31)

    gone = {1, 5, 30}
    left = [number for number in range(1, 41) if number not in gone]
    query = unit(rng, 1)[0]
    expected = sorted(left, key=lambda number: -float(vectors[number - 1] @ query))
    assert [one.file_id for one in index.nearest(query, 100)[0]] == expected
    other.close()


def test_index_follows_when_as_many_come_as_go(history: History) -> None:
    vectors = unit(np.random.default_rng(2), 4)
    put(history, vectors[:3])
    index = VectorIndex(history.gallery, "clip")
    index.nearest(vectors[0], 1)

    history.gallery.forget_files([3])
    put(history, vectors[3:], first=4)

    assert {one.file_id for one in index.nearest(vectors[0], 9)[0]} == {1, 2, 4}


def test_index_is_empty_when_all_is_gone(history: History) -> None:
    put(history, unit(np.random.default_rng(3), 2))
    index = VectorIndex(history.gallery, "clip")
    assert len(index) == 2

    history.gallery.forget_files([1, 2]).result()

    assert len(index) == 0
