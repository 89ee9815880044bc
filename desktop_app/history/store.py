"""The history: everything said, seen and drawn, safe from the moment it is given. No Qt.

    history/
      history.db (+ -wal, -shm)      items, segments with words, edits, media, the search index, the gallery
      media/000012/me.flac           files of item 12; recording.lock while a window records into it
      media/000013/snapshot.jpg      what was seen, and thumbnail.jpg; picture.png for what was drawn
      journal/*.jsonl                changes that a locked or full disk did not take yet

Writes go through one thread (`writer`) and return a future; reads are direct and never wait for a writer.
"""

from __future__ import annotations

import itertools
import json
import logging
import math
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_app.files import write_file
from desktop_app.history import changes, database, export, pictures, search
from desktop_app.history.changes import Change, Target
from desktop_app.history.export import ExportOptions
from desktop_app.history.folders import ItemFolders, size_bytes
from desktop_app.history.gallery import Gallery
from desktop_app.history.markdown import to_markdown
from desktop_app.history.records import Edit, Hit, Item, Kind, Media, Recovered, Remark, StoredSegment, Totals
from desktop_app.history.retention import RetentionPolicy
from desktop_app.history.subtitles import timed_words
from desktop_app.history.writer import Writer
from workers.errors import AppError, HistoryError, HistoryLocked, ItemMissing
from workers.results import Segment, Word

if TYPE_CHECKING:
    from workers.results import Frame

log = logging.getLogger(__name__)

PRIVATE_FROM = 1 << 40
"""Private items and their segments have numbers from here on."""

PREVIEW_CHARS = 200
CLOSE_TIMEOUT_S = 5.0


class _Memory:
    """Where private items live: a database for one thread at a time, which holds the lock."""

    def __init__(self) -> None:
        self.target = Target(database.open_memory(), None, None)
        self.lock = threading.RLock()
        self.ids = itertools.count(PRIVATE_FROM)
        self.target.connection.execute("INSERT INTO sqlite_sequence VALUES ('segments', ?)", (PRIVATE_FROM,))


class History:
    """Keeps items in a folder; safe to use from any thread, and from several windows at once.

    Private items live in memory only, under the same methods, and are not listed. Without a folder, all items are
    private: for a start where the history cannot be opened.

    Args:
        on_problem: told when changes cannot be written now and wait, from the writer's thread.
        memory_of: goes on with the private items of this one, whose place it takes: what was said until it could be
            opened.

    Attributes:
        on_picture_added: told, from any thread, when this window has kept a snapshot or a drawn picture.

    Raises:
        HistoryTooNew, HistoryLocked, HistoryError, DiskError: it cannot be opened; it is left as it is.
    """

    def __init__(
        self,
        folder: Path | None,
        *,
        on_problem: Callable[[AppError], None] = lambda problem: None,
        memory_of: History | None = None,
    ) -> None:
        self._folder = folder
        if folder:
            self._path = folder / "history.db"
            self._folders = ItemFolders(folder / "media")
            self._connection = database.open_database(self._path)
            target = Target(self._connection, folder, self._folders)
            self._writer = Writer(target, self._path, on_problem, first=[Change("adopt_orphans", {})])
            self._writer.has_tried.wait()  # so that `unfinished` sees what crashed windows left
        self._memory: _Memory = memory_of._memory if memory_of is not None else _Memory()
        self.on_picture_added: Callable[[], None] = lambda: None
        self.gallery = Gallery(self._submit, self._reading, folder)

    def close(self, timeout_s: float = CLOSE_TIMEOUT_S) -> None:
        """Writes what was given; what cannot be written in time waits in the journal for the next start."""
        with self._memory.lock:
            self._memory.target.connection.close()
        if self._folder:
            self._writer.close(timeout_s)
            self._connection.close()
            self._folders.unlock_all()

    def flush(self, timeout_s: float = CLOSE_TIMEOUT_S) -> bool:
        """Waits until everything given so far is in the database; False when that did not come about in time."""
        if not self._folder:
            return True
        try:
            self._writer.submit(Change("nothing", {})).result(timeout_s)
        except TimeoutError:
            return False
        return True

    # ── recording ────────────────────────────────────────────────────────────────────────────────────────────────────

    def begin(
        self,
        *,
        kind: Kind = "speech",
        title: str = "",
        source: str = "",
        engine: str = "",
        model_id: str = "",
        language: str = "",
        tracks: Sequence[str] = (),
        is_private: bool = False,
    ) -> Future[int]:
        """Opens an item that this window records into until `finish`; the future is done at once.

        The number comes from the item's folder, so that a locked database does not keep anybody from speaking.

        Raises (from the future):
            DiskError: the item's folder cannot be made.
        """
        columns = {"kind": kind, "title": _storable(title), "source": _storable(source)}
        columns |= {"engine": engine, "model_id": model_id}
        columns |= {"language": language, "tracks": json.dumps(list(tracks)), "state": "recording"}
        begun: Future[int] = Future()
        try:
            item_id = self._new_id(is_private=is_private)
        except AppError as error:
            begun.set_exception(error)
        else:
            self._submit("begin", item_id=item_id, created_at=time.time(), **columns)
            begun.set_result(item_id)
        return begun

    def media_path(self, item_id: int, name: str) -> Path:
        """Where a file of the item belongs: recordings are `<track>.flac`.

        Raises:
            HistoryError: a private item keeps nothing on disk.
        """
        if item_id >= PRIVATE_FROM:
            raise HistoryError("A private item keeps nothing on disk.")
        return self._folders.path(item_id) / name

    def append_words(
        self, item_id: int, track: str, words: Sequence[Word], *, language: str = "", ends_segment: bool = False
    ) -> Future[int | None]:
        """Adds committed words to the track's open segment; the future gives its number, None while there is none."""
        return self._submit(
            "append_words",
            item_id=item_id,
            track=track,
            words=_plain(words),
            language=language,
            ends_segment=ends_segment,
        )

    def set_emotion(
        self, item_id: int, track: str, start_s: float, end_s: float, scores: Sequence[tuple[str, float]]
    ) -> Future[None]:
        """Notes how what was said from `start_s` to `end_s` sounds: labels with probabilities, best first."""
        return self._submit(
            "set_emotion", item_id=item_id, track=track, start_s=start_s, end_s=end_s, scores=list(scores)
        )

    def add_segment(self, item_id: int, segment: Segment) -> Future[int]:
        """Adds a whole segment, as files are transcribed."""
        return self._submit(
            "add_segment",
            item_id=item_id,
            track=segment.track,
            words=_plain(segment.words),
            language=segment.language,
        )

    def finish(self, item_id: int, duration_s: float, *, keep_audio: bool = True) -> Future[None]:
        """Closes the item; its recordings must be closed already, and are deleted unless `keep_audio`."""
        return self._submit("finish", item_id=item_id, duration_s=duration_s, keep_audio=keep_audio)

    def release(self, item_id: int) -> None:
        """Stops recording into an item that is not complete: `unfinished` offers it from now on."""
        if item_id < PRIVATE_FROM:
            self._folders.unlock(item_id)

    # ── pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def add_snapshot(
        self,
        picture: Frame | bytes,
        *,
        remarks: Sequence[Remark] = (),
        title: str = "",
        source: str = "",
        details: Mapping[str, Any] | None = None,
        is_private: bool = False,
    ) -> Future[int]:
        """Keeps a picture that was seen, and what was said about it so far; the future gives the item's number.

        The picture is on the disk when this returns, some 50 ms later: not for the window's thread. A private one
        keeps what was said and no picture.

        Args:
            picture: pixels, or the bytes of a file with a picture.
            source: the camera, file or screen, in words.
            details: plain JSON.

        Raises (from the future):
            SourceError: the bytes are no picture.
            DiskError: the picture cannot be written.
        """
        item = {"title": title, "source": source, "engine": "", "model_id": ""}
        return self._add_seen("snapshot", picture, item, remarks=remarks, details=details, is_private=is_private)

    def add_picture(
        self,
        picture: Frame | bytes,
        *,
        prompt: str = "",
        title: str = "",
        engine: str = "",
        model_id: str = "",
        details: Mapping[str, Any] | None = None,
        is_private: bool = False,
    ) -> Future[int]:
        """Keeps a picture that was drawn, with the words and everything else (`details`) that made it.

        As `add_snapshot`, in every other respect.
        """
        item = {"title": title, "source": "", "engine": engine, "model_id": model_id}
        return self._add_seen("picture", picture, item, prompt=prompt, details=details, is_private=is_private)

    def add_remark(self, item_id: int, remark: Remark) -> Future[int]:
        """Adds what was said about a picture; the future gives the remark's number."""
        said_at = time.time() if remark.said_at is None else remark.said_at.timestamp()
        return self._submit("add_remark", item_id=item_id, said_at=said_at, lines=_lines(remark))

    def rate_remark(self, remark_id: int, rating: int) -> Future[None]:
        """Notes whether a remark was good (1), bad (-1) or neither (0).

        Raises (from the future):
            HistoryError: there is none with this number.
        """
        return self._submit("rate_remark", segment_id=remark_id, rating=rating)

    # ── after a crash ────────────────────────────────────────────────────────────────────────────────────────────────

    def unfinished(self) -> list[Item]:
        """Items that were being recorded when their window died, oldest first; not those recorded now."""
        with self._reading() as connection:
            rows = connection.execute("SELECT * FROM items WHERE state = 'recording' ORDER BY id").fetchall()
            return [self._item(connection, row) for row in rows if not self._is_recording(row["id"])]

    def recover(self, item_id: int) -> Future[Recovered]:
        """Makes whole what a crash left, and tells up to where its text goes.

        Raises (from the future):
            HistoryError: it is being recorded right now.
        """
        if self._is_recording(item_id):
            refused: Future[Recovered] = Future()
            refused.set_exception(_still_recorded(item_id))
            return refused
        return self._submit("recover", item_id=item_id)

    # ── what a person does ───────────────────────────────────────────────────────────────────────────────────────────

    def update_item(
        self, item_id: int, *, title: str | None = None, language: str | None = None, is_pinned: bool | None = None
    ) -> Future[None]:
        """Changes what is given."""
        columns = {"title": title, "language": language, "is_pinned": is_pinned}
        return self._submit(
            "update_item", item_id=item_id, **{name: value for name, value in columns.items() if value is not None}
        )

    def edit_segment(self, segment_id: int, text: str) -> Future[None]:
        """Keeps a person's text beside the engine's."""
        return self._submit("edit_segment", segment_id=segment_id, text=text, edited_at=time.time())

    def undo_edit(self, segment_id: int) -> Future[str]:
        """Goes back by one edit, at last to the engine's text; gives the text that then holds."""
        return self._submit("undo_edit", segment_id=segment_id)

    def delete(self, item_id: int) -> Future[None]:
        """Deletes an item with its words, their index entries and its files; nothing of it can be read from the disk.

        Raises (from the future):
            HistoryError: it is being recorded.
        """
        return self._submit("delete", item_id=item_id)

    def apply_retention(self, policy: RetentionPolicy) -> Future[int]:
        """Deletes what has had its time; how many items."""
        older_than = None if policy.keep_days is None else time.time() - policy.keep_days * 86_400
        return self._submit("apply_retention", older_than=older_than, keep_audio=policy.keep_audio)

    def export(self, item_id: int, path: Path, options: ExportOptions | None = None) -> None:
        """Writes an item as its file's name says: .txt, .srt, .vtt, .md or .json.

        A picture goes into a folder beside its .md, which is called as the .md is; with the suffix of the picture,
        it is written as it is.

        Raises:
            UsageError: the name says something else, or a picture of a transcript.
            ItemMissing: there is no such item.
            DiskError: the file cannot be written.
        """
        options = options or ExportOptions()
        format_name = export.format_of(path, export.ITEM_FORMATS)
        item, segments = self.item(item_id), self.segments(item_id)
        text: str | bytes
        match format_name:
            case "txt":
                text = export.to_txt(segments, options)
            case "srt":
                text = export.to_srt(segments, options)
            case "vtt":
                text = export.to_vtt(segments, options)
            case "md":
                picture = export.copy_picture(item, path) if item.picture else ""
                text = to_markdown(item, segments, self.remarks(item_id), options, picture)
            case "json":
                text = export.to_json(item, segments, {segment.id: self.edits(segment.id) for segment in segments})
            case _:
                text = export.picture_of(item, path)
        write_file(path, text)

    def import_json(self, path: Path) -> Future[int]:
        """Adds an item that was exported as JSON.

        Raises:
            SourceError: the file is something else.
            DiskError: the item's folder cannot be made.
        """
        exported = export.read_json(path)
        item = exported.model_dump(mode="json", exclude={"format", "version", "segments", "picture"})
        item |= {
            "state": "finished",
            "created_at": exported.created_at.timestamp(),
            "tracks": json.dumps(exported.tracks),
            "details": json.dumps(exported.details),
        }
        segments = []
        for segment in exported.segments:
            edits = [{"text": edit.text, "edited_at": edit.edited_at.timestamp()} for edit in segment.edits]
            segments.append(segment.model_dump(exclude={"text", "edited_text", "edits"}) | {"edits": edits})
        item_id = self._new_id(is_private=False)
        files = self._write_picture(item_id, exported.kind, exported.picture) if exported.picture else []
        return self._submit("import_item", item_id=item_id, item=item, segments=segments, files=files)

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def items(
        self,
        query: str = "",
        *,
        kind: Kind | None = None,
        is_file: bool | None = None,
        is_pinned: bool = False,
        since: datetime | None = None,
        pinned_first: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Item]:
        """Items, newest first.

        Args:
            query: each of its words is in the title or the text.
            kind: this one alone; None for all.
            is_file: what was transcribed from a file alone, or what was not; None for both.
            is_pinned: pinned ones alone.
            since: from then on; None for any time.
            pinned_first: pinned ones before all others.
            limit, offset: at most so many, after so many.
        """
        condition, values = _matching(query, kind)
        condition = f"({condition}) AND is_pinned >= ? AND created_at >= ?"
        values += [is_pinned, since.timestamp() if since else -math.inf]
        if is_file is not None:
            condition += f" AND tracks {'=' if is_file else '!='} ?"
            values.append(json.dumps(["file"]))
        order = "is_pinned DESC, created_at DESC, id DESC" if pinned_first else "created_at DESC, id DESC"
        with self._reading() as connection:
            rows = connection.execute(
                f"SELECT * FROM items WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?",
                [*values, -1 if limit is None else limit, offset],
            ).fetchall()
            return [self._item(connection, row) for row in rows]

    def count(self, query: str = "", *, kind: Kind | None = None) -> int:
        """How many items `items` gives without a limit."""
        condition, values = _matching(query, kind)
        with self._reading() as connection:
            return int(connection.execute(f"SELECT count(*) FROM items WHERE {condition}", values).fetchone()[0])

    def item(self, item_id: int) -> Item:
        """One item.

        Raises:
            ItemMissing: there is none.
        """
        with self._reading(item_id) as connection:
            is_number = abs(item_id) < 1 << 63  # SQLite has no larger ones
            row = is_number and connection.execute("SELECT * FROM items WHERE id = ?", (item_id,)).fetchone()
            if not row:
                hint = "`sensorium history list` shows those that there are."
                raise ItemMissing("The history has no item {item_id}.", hint, item_id=item_id)
            return self._item(connection, row)

    def segments(self, item_id: int) -> list[StoredSegment]:
        """The transcript of an item in the order in which it was said."""
        with self._reading(item_id) as connection:
            rows = connection.execute("SELECT * FROM segments WHERE item_id = ? ORDER BY start_s, id", (item_id,))
            return [_segment(row) for row in rows]

    def remarks(self, item_id: int) -> list[Remark]:
        """What was said about a picture, in that order; a text that somebody corrected is the corrected one."""
        created_at = self.item(item_id).created_at.timestamp()
        with self._reading(item_id) as connection:
            rows = connection.execute(
                "SELECT id, track, start_s, text, details FROM segments WHERE item_id = ? ORDER BY start_s, id",
                (item_id,),
            ).fetchall()
        remarks, question = [], ""
        for row in rows:
            if row["track"] == "question":
                question = row["text"]
            elif row["track"] in ("labels", "caption", "answer"):
                remarks.append(_remark(row, created_at, question if row["track"] == "answer" else ""))
        return remarks

    def edits(self, segment_id: int) -> list[Edit]:
        """The corrections of a segment, oldest first."""
        with self._reading(segment_id) as connection:
            rows = connection.execute("SELECT * FROM edits WHERE segment_id = ? ORDER BY id", (segment_id,))
            return [Edit(_time(row["edited_at"]), row["text"]) for row in rows]

    def media(self, item_id: int) -> list[Media]:
        """The files of an item."""
        with self._reading(item_id) as connection:
            return [
                Media(
                    row["role"], self._path.parent / row["path"], row["track"], row["sample_rate_hz"], row["duration_s"]
                )
                for row in connection.execute("SELECT * FROM media WHERE item_id = ? ORDER BY path", (item_id,))
            ]

    def search(self, query: str, *, kind: Kind | None = None, limit: int = 100) -> list[Hit]:
        """Segments in which all words of the query occur, newest item first, in the order in which they were said.

        Of an item that has the words, but in no segment all of them, the first segment with each.
        """
        terms = search.terms_of(query)
        if not terms:
            return []
        condition, values = search.condition(terms)
        with self._reading() as connection:
            rows = connection.execute(
                f"""
                SELECT segments.*, items.kind, items.title, items.created_at
                FROM segments JOIN items ON items.id = segments.item_id
                WHERE {condition} AND (items.kind = ? OR ? IS NULL)
                ORDER BY items.created_at DESC, items.id DESC, segments.start_s LIMIT ?
                """,
                [*values, kind, kind, limit],
            ).fetchall()
            if len(terms) > 1 and len(rows) < limit:
                rows += _lines_with_some(connection, query, kind, {row["item_id"] for row in rows}, limit)
                rows.sort(key=lambda row: (-row["created_at"], -row["item_id"], row["start_s"]))
        return [_hit(row, terms) for row in rows[:limit]]

    def totals(self) -> Totals:
        """How much there is, and what it takes on disk."""
        with self._reading() as connection:
            counts = connection.execute("SELECT kind, count(*) AS n, sum(duration_s) AS s FROM items GROUP BY kind")
            rows = counts.fetchall()
        return Totals(
            n_items={row["kind"]: row["n"] for row in rows},
            duration_s=sum(row["s"] for row in rows),
            size_bytes=size_bytes(self._folder) if self._folder else 0,
        )

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _new_id(self, *, is_private: bool) -> int:
        if is_private or not self._folder:
            return next(self._memory.ids)
        try:
            with self._reading() as connection:
                row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'items'").fetchone()
        except HistoryLocked:
            row = None  # the folders of the items that there are, are enough
        return self._folders.new(above=row["seq"] if row else 0)

    def _add_seen(
        self,
        kind: Kind,
        picture: Frame | bytes,
        columns: dict[str, str],
        *,
        details: Mapping[str, Any] | None,
        is_private: bool,
        remarks: Sequence[Remark] = (),
        prompt: str = "",
    ) -> Future[int]:
        created_at = time.time()
        item = {name: _storable(value) for name, value in columns.items()} | {
            "kind": kind, "state": "finished", "language": "", "tracks": "[]", "created_at": created_at,
            "details": json.dumps(dict(details or {})),
        }  # fmt: skip
        lines = [_line("prompt", prompt)] if prompt else []
        for remark in remarks:
            said_at = created_at if remark.said_at is None else remark.said_at.timestamp()
            lines += [line | {"start_s": said_at - created_at} for line in _lines(remark)]
        files: list[dict[str, Any]] = []
        try:
            item_id = self._new_id(is_private=is_private)
            if item_id < PRIVATE_FROM:
                files = self._write_picture(item_id, kind, picture)
        except AppError as error:
            failed: Future[int] = Future()
            failed.set_exception(error)
            return failed
        added = self._submit("add_seen", item_id=item_id, item=item, files=files, lines=lines)
        added.add_done_callback(lambda _: self.on_picture_added())
        return added

    def _write_picture(self, item_id: int, kind: Kind, picture: Frame | bytes) -> list[dict[str, Any]]:
        """Writes the picture of a new item, or leaves nothing of it; its rows of the table `media`."""
        try:
            path = pictures.write(self._folders.path(item_id), kind, picture)
        except BaseException:
            self._folders.unlock(item_id)
            self._folders.remove(item_id)
            raise
        return pictures.files_of(path, self._path.parent)

    def _submit(self, verb: str, **values: Any) -> Future[Any]:
        number = values.get("item_id", values.get("segment_id", 0))
        if self._folder and number < PRIVATE_FROM:
            return self._writer.submit(Change(verb, values))
        done: Future[Any] = Future()
        with self._memory.lock:
            try:
                done.set_result(changes.apply(self._memory.target, Change(verb, values)))
            except HistoryError as error:
                done.set_exception(error)
        return done

    @contextmanager
    def _reading(self, number: int = 0) -> Iterator[sqlite3.Connection]:
        if self._folder and number < PRIVATE_FROM:
            with database.reading(self._path) as connection:
                yield connection
        else:
            with self._memory.lock:
                yield self._memory.target.connection

    def _is_recording(self, item_id: int) -> bool:
        return bool(self._folder) and self._folders.is_recording(item_id)

    def _item(self, connection: sqlite3.Connection, row: sqlite3.Row) -> Item:
        beginning = connection.execute(
            "SELECT text FROM segments WHERE item_id = ? AND text != ''"
            " ORDER BY track != 'caption', start_s, id LIMIT 3",
            (row["id"],),
        )
        is_seen = row["kind"] in pictures.KINDS
        files = {}
        if is_seen:
            media = connection.execute("SELECT role, path FROM media WHERE item_id = ?", (row["id"],))
            files = {file["role"]: self._path.parent / file["path"] for file in media}
        is_kept = self._folder and row["id"] < PRIVATE_FROM
        return Item(
            id=row["id"],
            kind=row["kind"],
            state=row["state"],
            title=row["title"],
            source=row["source"],
            engine=row["engine"],
            model_id=row["model_id"],
            language=row["language"],
            tracks=tuple(json.loads(row["tracks"])),
            created_at=_time(row["created_at"]),
            duration_s=row["duration_s"],
            is_pinned=bool(row["is_pinned"]),
            preview=_beginning((". " if is_seen else " ").join(segment["text"] for segment in beginning)),
            size_bytes=size_bytes(self._folders.path(row["id"])) if is_kept else 0,
            picture=files.get("picture"),
            thumbnail=files.get("thumbnail"),
            details=json.loads(row["details"]),
        )


def _matching(query: str, kind: Kind | None) -> tuple[str, list[Any]]:
    """SQL that is true for the items of a kind that hold each word of the query in their title or a segment."""
    terms = search.terms_of(query)
    conditions = ["(items.kind = ? OR ? IS NULL)"]
    values: list[Any] = [kind, kind]
    # One word is quickest by reading its lines; of several, some are in so many lines that each item is asked instead.
    in_text = "items.id IN (SELECT item_id FROM segments WHERE {})"
    if len(terms) > 1:
        in_text = "EXISTS (SELECT 1 FROM segments WHERE item_id = items.id AND {})"
    for term in terms:
        in_segment, term_values = search.condition([term])
        conditions.append(f"(instr(fold(items.title), ?) OR {in_text.format(in_segment)})")
        values += [term, *term_values]
    return " AND ".join(conditions), values


def _lines_with_some(
    connection: sqlite3.Connection, query: str, kind: Kind | None, without: Collection[int], limit: int
) -> list[sqlite3.Row]:
    """The first segment with each word, of the newest items that have all words, `without` those of these numbers."""
    in_item, values = _matching(query, kind)
    items = connection.execute(
        f"""
        SELECT id FROM items WHERE id NOT IN (SELECT value FROM json_each(?)) AND {in_item}
        ORDER BY created_at DESC, id DESC LIMIT ?
        """,
        [json.dumps(list(without)), *values, limit],
    )
    item_ids = json.dumps([row["id"] for row in items])
    lines: dict[int, sqlite3.Row] = {}
    for term in search.terms_of(query):
        in_segment, values = search.condition([term])
        found = connection.execute(
            f"""
            SELECT segments.*, items.kind, items.title, items.created_at
            FROM json_each(?) JOIN items ON items.id = value JOIN segments ON segments.id =
                (SELECT id FROM segments WHERE item_id = value AND {in_segment} ORDER BY start_s LIMIT 1)
            """,
            [item_ids, *values],
        )
        lines.update((row["id"], row) for row in found)
    return list(lines.values())


def _segment(row: sqlite3.Row) -> StoredSegment:
    return StoredSegment(
        id=row["id"],
        item_id=row["item_id"],
        track=row["track"],
        start_s=row["start_s"],
        end_s=row["end_s"],
        original_text=row["original_text"],
        edited_text=row["edited_text"],
        language=row["language"],
        words=tuple(Word(**word) for word in json.loads(row["words"])),
        is_open=bool(row["is_open"]),
        emotion=tuple((label, score) for label, score in json.loads(row["emotion"])),
        details=json.loads(row["details"]),
    )


def _lines(remark: Remark) -> list[dict[str, Any]]:
    """A remark as segments: what was asked, and what was said with all that is known of it."""
    details = {
        "model_id": remark.model_id,
        "scores": remark.scores,
        "none_score": remark.none_score,
        "time_to_first_token_s": remark.time_to_first_token_s,
        "tokens_per_s": remark.tokens_per_s,
        "size_px": remark.size_px,
        "rating": remark.rating,
    }
    asked = [_line("question", remark.question)] if remark.question else []
    return [*asked, _line(remark.kind, remark.text) | {"details": details}]


def _line(track: str, text: str) -> dict[str, Any]:
    return {"track": track, "original_text": _storable(text.strip()), "start_s": 0.0}


def _remark(row: sqlite3.Row, created_at: float, question: str) -> Remark:
    details = json.loads(row["details"])
    scores = tuple((label, score) for label, score in details.pop("scores", ()))
    size_px = tuple(details.pop("size_px", (0, 0)))
    said_at = _time(created_at + row["start_s"])
    return Remark(
        row["track"], row["text"], question, scores=scores, size_px=size_px, said_at=said_at, id=row["id"], **details
    )


def _hit(row: sqlite3.Row, terms: list[str]) -> Hit:
    segment = _segment(row)
    matches = search.find(segment.text, terms)
    snippet, shown = search.snippet(segment.text, matches)
    position, time_s = 0, segment.start_s
    for word in timed_words(segment):
        position += len(word.text)
        time_s = word.start_s
        if matches and position > matches[0][0]:
            break
    return Hit(
        item_id=segment.item_id,
        segment_id=segment.id,
        kind=row["kind"],
        title=row["title"],
        created_at=_time(row["created_at"]),
        track=segment.track,
        time_s=time_s,
        snippet=snippet,
        matches=shown,
        score=sum(end - start for start, end in matches) / max(1, len(segment.text)),
    )


def _beginning(text: str) -> str:
    return text if len(text) <= PREVIEW_CHARS else text[: PREVIEW_CHARS - 1].rstrip() + "…"


def _plain(words: Sequence[Word]) -> list[dict[str, Any]]:
    return [asdict(word) | {"text": _storable(word.text)} for word in words]


def _storable(text: str) -> str:
    """A lone surrogate cannot be stored, and one odd letter must not cost the sentence."""
    return text.encode("utf-8", "replace").decode()


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone()


def _still_recorded(item_id: int) -> HistoryError:
    return HistoryError("Item {item_id} is still being recorded.", "Stop it first.", item_id=item_id)
