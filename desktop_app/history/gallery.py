"""Pictures in folders of the user's own, and where every picture lies in the space of a model. No Qt."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_app.history.folders import span_below
from desktop_app.history.records import Kind, PictureFile, PictureFolder

if TYPE_CHECKING:
    import sqlite3

    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]  # (n, width), each of length 1

ROWS_AT_ONCE = 4096


@dataclass(frozen=True)
class Among:
    """Which pictures are looked through.

    Attributes:
        kind: items of this one alone, where files of the user's own are pictures; None for all.
        is_pinned: pinned items alone.
        since: what was made from then on; None for any time.
    """

    kind: Kind | None = None
    is_pinned: bool = False
    since: datetime | None = None

    @property
    def has_files(self) -> bool:
        return self.kind in (None, "picture") and not self.is_pinned


EVERYTHING = Among()


@dataclass(frozen=True)
class FoundFile:
    """A file as it lies in its folder: what is found again with the same size and time has not changed."""

    path: str
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True)
class KnownFile:
    """A file as it was entered; `is_done` when it has a vector in the space asked for, or cannot have one."""

    id: int
    found: FoundFile
    is_done: bool


@dataclass(frozen=True)
class Lacking:
    """A picture without a vector: of an item, or a file of the user's own."""

    path: Path
    item_id: int | None = None
    file_id: int | None = None


@dataclass(frozen=True, eq=False)
class Stored:
    """Vectors as they lie in the database, oldest first; of `item_ids` and `file_ids` one is 0 in each row."""

    ids: NDArray[np.int64]
    item_ids: NDArray[np.int64]
    file_ids: NDArray[np.int64]
    vectors: Vectors


class Gallery:
    """The part of the history that knows pictures; writes return futures, reads are direct."""

    def __init__(
        self,
        submit: Callable[..., Future[Any]],
        reading: Callable[[], AbstractContextManager[sqlite3.Connection]],
        root: Path | None,
    ) -> None:
        self._submit = submit
        self._reading = reading
        self._root = root

    # ── folders and files of the user's own ──────────────────────────────────────────────────────────────────────────

    def folders(self) -> list[PictureFolder]:
        """In the order of their names."""
        with self._reading() as connection:
            rows = connection.execute("SELECT * FROM picture_folders ORDER BY path").fetchall()
            counts = [
                connection.execute(
                    "SELECT count(*) AS n, sum(problem != '') AS bad FROM picture_files WHERE path BETWEEN ? AND ?",
                    span_below(row["path"]),
                ).fetchone()
                for row in rows
            ]
        return [
            PictureFolder(Path(row["path"]), count["n"], count["bad"] or 0)
            for row, count in zip(rows, counts, strict=True)
        ]

    def add_folder(self, path: Path) -> Future[None]:
        return self._submit("add_folder", path=str(path), added_at=time.time())

    def forget_folder(self, path: Path) -> Future[int]:
        """Lets go of a folder and its files, which stay where they are; how many these were."""
        return self._submit("forget_folder", path=str(path))

    def forget_files(self, file_ids: Sequence[int]) -> Future[None]:
        return self._submit("forget_files", file_ids=list(file_ids))

    def known_files(self, folder: Path, space: str) -> dict[str, KnownFile]:
        """What is known of the files below a folder, by their paths."""
        with self._reading() as connection:
            rows = connection.execute(
                """
                SELECT id, path, size_bytes, mtime_ns, problem != '' OR EXISTS (
                    SELECT 1 FROM embeddings WHERE space = ? AND file_id = picture_files.id
                ) AS is_done
                FROM picture_files WHERE path BETWEEN ? AND ?
                """,
                (space, *span_below(str(folder))),
            )
            return {
                row["path"]: KnownFile(
                    row["id"], FoundFile(row["path"], row["size_bytes"], row["mtime_ns"]), bool(row["is_done"])
                )
                for row in rows
            }

    def put_files(self, space: str, files: Iterable[tuple[FoundFile, NDArray[np.float32] | str]]) -> Future[int]:
        """Enters files, each with its vector, or with the reason why it cannot be read.

        Gives how many were entered: not those whose folder was forgotten meanwhile.
        """
        entered = []
        for found, outcome in files:
            is_problem = isinstance(outcome, str)
            entered.append(
                {
                    "path": found.path,
                    "size_bytes": found.size_bytes,
                    "mtime_ns": found.mtime_ns,
                    "problem": outcome if is_problem else "",
                    "vector": "" if is_problem else _text(outcome),
                }
            )
        return self._submit("put_files", space=space, files=entered)

    def files(self, *, limit: int | None = None) -> list[PictureFile]:
        """Those that can be read, the newest first."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT * FROM picture_files WHERE problem = '' ORDER BY mtime_ns DESC, id DESC LIMIT ?",
                (-1 if limit is None else limit,),
            )
            return [_file(row) for row in rows]

    def files_by_id(self, file_ids: Iterable[int]) -> dict[int, PictureFile]:
        """Those that there still are."""
        with self._reading() as connection:
            rows = [
                connection.execute("SELECT * FROM picture_files WHERE id = ?", (file_id,)).fetchone()
                for file_id in file_ids
            ]
        return {row["id"]: _file(row) for row in rows if row}

    def picture_of(self, item_id: int) -> Path | None:
        """The file of an item's picture."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT path FROM media WHERE item_id = ? AND role = 'picture'", (item_id,)
            ).fetchone()
        return (self._root or Path()) / row["path"] if row else None

    # ── vectors ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def lacking(self, space: str) -> list[Lacking]:
        """Pictures without a vector in this space: the newest items first, then files."""
        lacks = "NOT EXISTS (SELECT 1 FROM embeddings WHERE space = ? AND {owner})"
        with self._reading() as connection:
            items = connection.execute(
                f"""
                SELECT items.id, media.path FROM items JOIN media ON media.item_id = items.id AND role = 'picture'
                WHERE {lacks.format(owner="embeddings.item_id = items.id")} ORDER BY items.id DESC
                """,
                (space,),
            ).fetchall()
            files = connection.execute(
                f"""
                SELECT id, path FROM picture_files
                WHERE problem = '' AND {lacks.format(owner="file_id = picture_files.id")} ORDER BY id
                """,
                (space,),
            ).fetchall()
        root = self._root or Path()
        return [
            *(Lacking(root / row["path"], item_id=row["id"]) for row in items),
            *(Lacking(Path(row["path"]), file_id=row["id"]) for row in files),
        ]

    def put_vectors(self, space: str, vectors: Iterable[tuple[Lacking, NDArray[np.float32]]]) -> Future[None]:
        entered = [(lacking.item_id, lacking.file_id, _text(vector)) for lacking, vector in vectors]
        return self._submit("put_vectors", space=space, vectors=entered)

    def keep_only_space(self, space: str) -> Future[int]:
        """Deletes the vectors of every other model; how many."""
        return self._submit("keep_only_space", space=space)

    def extent(self, space: str) -> tuple[int, int]:
        """How many vectors a space has and the number of the newest: as long as both stay, so do the vectors."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT count(*) AS n, coalesce(max(id), 0) AS newest FROM embeddings WHERE space = ?", (space,)
            ).fetchone()
        return row["n"], row["newest"]

    def vector_ids(self, space: str) -> NDArray[np.int64]:
        """The numbers of the vectors of a space, lowest first."""
        return self._numbers("SELECT id FROM embeddings WHERE space = ? ORDER BY id", space)

    def item_ids(self, among: Among) -> NDArray[np.int64]:
        """The items that are looked through."""
        since = None if among.since is None else among.since.timestamp()
        return self._numbers(
            """
            SELECT id FROM items
            WHERE (kind = ? OR ? IS NULL) AND is_pinned >= ? AND (created_at >= ? OR ? IS NULL)
            """,
            *(among.kind, among.kind, among.is_pinned, since, since),
        )

    def file_ids(self, since: datetime) -> NDArray[np.int64]:
        """The files that were changed from then on."""
        return self._numbers("SELECT id FROM picture_files WHERE mtime_ns / 1e9 >= ?", since.timestamp())

    def _numbers(self, statement: str, *values: object) -> NDArray[np.int64]:
        import numpy as np

        with self._reading() as connection:
            rows = connection.execute(statement, values)
            rows.row_factory = None
            return np.fromiter((number for (number,) in rows), np.int64)

    def vectors(self, space: str, *, after_id: int = 0) -> Iterable[Stored]:
        """The vectors of a space with numbers over `after_id`, some thousand at a time."""
        import numpy as np

        with self._reading() as connection:
            rows = connection.execute(
                """
                SELECT id, coalesce(item_id, 0), coalesce(file_id, 0), vector FROM embeddings
                WHERE space = ? AND id > ? ORDER BY id
                """,
                (space, after_id),
            )
            rows.row_factory = None
            while lot := rows.fetchmany(ROWS_AT_ONCE):
                ids, item_ids, file_ids, blobs = zip(*lot, strict=True)
                vectors = np.frombuffer(b"".join(blobs), np.float32).reshape(len(lot), -1)
                yield Stored(np.array(ids), np.array(item_ids), np.array(file_ids), vectors)


def _text(vector: Any) -> str:
    """A vector as a change holds it, which may have to wait in a journal."""
    import numpy as np

    return base64.b64encode(np.asarray(vector, "<f4").tobytes()).decode()


def _file(row: sqlite3.Row) -> PictureFile:
    return PictureFile(row["id"], Path(row["path"]), row["size_bytes"], _time(row["mtime_ns"] / 1e9), row["problem"])


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone()
