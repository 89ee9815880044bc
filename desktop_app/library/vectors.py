"""Every vector of one model in memory, as the history has them, and the nearest ones to a query. No Qt.

Exact: one product of all with the query, in float32. 100,000 vectors of 512 numbers take 205 MB and, on two cores,
some 30 ms. Beyond a million there is nothing better that finds the same: the exact search of usearch took 1.4 times as
long (400,000 vectors, two threads), and an approximate index misses some.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desktop_app.history.gallery import EVERYTHING, Among

if TYPE_CHECKING:
    from desktop_app.history.gallery import Gallery, Vectors

ROOM = 1.25  # for vectors to come, so that not every new one copies all


@dataclass(frozen=True)
class Near:
    """A picture near a query: of an item or a file, the other number is 0; `similarity` is the cosine."""

    item_id: int
    file_id: int
    similarity: float


class VectorIndex:
    """Finds the nearest vectors of a space; safe to use from any thread.

    What was added or deleted meanwhile, also by other windows, is heeded by each search.
    """

    def __init__(self, gallery: Gallery, space: str) -> None:
        self._gallery = gallery
        self._space = space
        self._lock = threading.Lock()
        self._ids = np.empty(0, np.int64)  # of the vectors, rising
        self._owners = np.empty((0, 2), np.int64)  # item and file
        self._room = np.empty((0, 0), np.float32)  # its first rows are the vectors

    def nearest(self, query: NDArray[np.float32], count: int, among: Among = EVERYTHING) -> tuple[list[Near], Vectors]:
        """Of some pictures those nearest to a vector, (width,) of length 1, nearest first, and their vectors.

        Of two that are equally near, the one that was added earlier comes first.
        """
        with self._lock:
            self._catch_up()
            n_rows = len(self._ids)
            if not n_rows:
                return [], np.empty((0, len(query)), np.float32)
            vectors = self._room[:n_rows]
            which = None if among == EVERYTHING else self._which(among)
            rows, similarities = nearest_rows(vectors, query, count, which)
            owners = self._owners[rows].tolist()
            near = [Near(item, file, float(s)) for (item, file), s in zip(owners, similarities, strict=True)]
            return near, vectors[rows]

    def __len__(self) -> int:
        with self._lock:
            self._catch_up()
            return len(self._ids)

    def _catch_up(self) -> None:
        count, newest_id = self._gallery.extent(self._space)
        if (count, newest_id) == (len(self._ids), self._newest_id()):
            return
        kept = np.isin(self._ids, self._gallery.vector_ids(self._space), assume_unique=True)
        if not kept.all():
            self._room[: kept.sum()] = self._room[: len(kept)][kept]
            self._ids, self._owners = self._ids[kept], self._owners[kept]
        ids, owners = [self._ids], [self._owners]
        n_rows = len(self._ids)
        for stored in self._gallery.vectors(self._space, after_id=self._newest_id()):
            end = n_rows + len(stored.ids)
            self._make_room(max(end, count), n_rows, stored.vectors.shape[1])
            self._room[n_rows:end] = stored.vectors
            ids.append(stored.ids)
            owners.append(np.stack([stored.item_ids, stored.file_ids], 1))
            n_rows = end
        self._ids, self._owners = np.concatenate(ids), np.concatenate(owners)

    def _which(self, among: Among) -> NDArray[np.bool_]:
        """Which vectors are looked through."""
        items, files = self._owners.T
        which = np.isin(items, self._gallery.item_ids(among))
        if among.has_files:
            which |= files > 0 if among.since is None else np.isin(files, self._gallery.file_ids(among.since))
        return which

    def _newest_id(self) -> int:
        return int(self._ids[-1]) if len(self._ids) else 0

    def _make_room(self, n_rows: int, n_used: int, width: int) -> None:
        if n_rows > len(self._room):
            larger = np.empty((round(n_rows * ROOM) if n_used else n_rows, width), np.float32)
            if n_used:
                larger[:n_used] = self._room[:n_used]
            self._room = larger


def nearest_rows(
    vectors: Vectors, query: NDArray[np.float32], count: int, which: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The rows with the largest dot products, and these, as sorting all would give them: equal ones in their order.

    Args:
        which: rows to choose from; None for all.
    """
    similarities = vectors @ query
    rows = np.arange(len(vectors)) if which is None else np.flatnonzero(which)
    if count < len(rows):
        least = np.partition(similarities[rows], -count)[-count]
        rows = rows[similarities[rows] >= least]  # more than `count` where some are equal
    order = np.argsort(-similarities[rows], kind="stable")[:count]
    rows = rows[order]
    return rows, similarities[rows]
