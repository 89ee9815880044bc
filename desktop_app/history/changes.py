"""Everything that writes into the history: one function a verb, each run inside the writer's transaction. No Qt.

The values of a change are plain JSON, so that one that cannot be written now can wait in a journal on disk.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desktop_app.history import pictures
from desktop_app.history.folders import ItemFolders, is_below, span_below
from desktop_app.history.records import Recovered, RecoveredTrack
from desktop_app.history.search import fold
from workers.errors import DiskError, HistoryError, SourceError
from workers.results import SAMPLE_RATE_HZ

Words = list[dict[str, Any]]


@dataclass(frozen=True)
class Change:
    """What to do, by the name of a function of this module, with which values."""

    verb: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Target:
    """Where to do it: private items live in a database without folders."""

    connection: sqlite3.Connection
    root: Path | None
    folders: ItemFolders | None


def apply(target: Target, change: Change) -> Any:
    """Does what the change says; the caller owns the transaction."""
    return VERBS[change.verb](target, **change.values)


# ── recording ────────────────────────────────────────────────────────────────────────────────────────────────────────


def begin(target: Target, *, item_id: int, **columns: Any) -> int:
    names = ", ".join(["id", *columns])
    marks = ", ".join("?" * (len(columns) + 1))
    target.connection.execute(f"INSERT INTO items ({names}) VALUES ({marks})", [item_id, *columns.values()])
    return item_id


def append_words(
    target: Target, *, item_id: int, track: str, words: Words, language: str, ends_segment: bool
) -> int | None:
    """Adds to the track's open segment, or opens one; another language opens a new one, too."""
    connection = target.connection
    is_open = "item_id = ? AND track = ? AND is_open"
    row = connection.execute(f"SELECT * FROM segments WHERE {is_open}", (item_id, track)).fetchone()
    if row and words and language and row["language"] not in ("", language):
        connection.execute(f"UPDATE segments SET is_open = 0 WHERE {is_open}", (item_id, track))
        row = None
    if not row:
        return _insert_segment(target, item_id, track, words, language, is_open=not ends_segment) if words else None
    words = json.loads(row["words"]) + words
    text = _text(words)
    connection.execute(
        "UPDATE segments SET words = ?, original_text = ?, folded = ?, end_s = ?, language = ?, is_open = ?"
        " WHERE id = ?",
        (_json(words), text, fold(text), words[-1]["end_s"], row["language"] or language, not ends_segment, row["id"]),
    )
    return int(row["id"])


def set_emotion(
    target: Target, *, item_id: int, track: str, start_s: float, end_s: float, scores: list[tuple[str, float]]
) -> None:
    """Notes how a stretch sounds with the segments that begin in it: two where the language changed."""
    target.connection.execute(
        "UPDATE segments SET emotion = ? WHERE item_id = ? AND track = ? AND start_s >= ? AND start_s < ?",
        (_json(scores), item_id, track, start_s, end_s),
    )


def add_segment(target: Target, *, item_id: int, track: str, words: Words, language: str) -> int:
    return _insert_segment(target, item_id, track, words, language, is_open=False)


def add_media(target: Target, *, item_id: int, path: str, **columns: Any) -> None:
    names = ", ".join(["item_id", "path", *columns])
    marks = ", ".join("?" * (len(columns) + 2))
    target.connection.execute(
        f"INSERT OR REPLACE INTO media ({names}) VALUES ({marks})", [item_id, path, *columns.values()]
    )


def add_seen(
    target: Target, *, item_id: int, item: dict[str, Any], files: list[dict[str, Any]], lines: list[dict[str, Any]]
) -> int:
    """Enters a snapshot or a picture whose files are on the disk already."""
    begin(target, item_id=item_id, **item)
    for file in files:
        add_media(target, item_id=item_id, **file)
    for line in lines:
        _insert_line(target, item_id, **line)
    if target.folders:
        target.folders.unlock(item_id)
    return item_id


def add_remark(target: Target, *, item_id: int, said_at: float, lines: list[dict[str, Any]]) -> int:
    """Adds what was said about a picture, a question before its answer; the number of the last line."""
    row = target.connection.execute("SELECT created_at FROM items WHERE id = ?", (item_id,)).fetchone()
    start_s = said_at - row["created_at"] if row else 0.0
    return [_insert_line(target, item_id, **line | {"start_s": start_s}) for line in lines][-1]


def finish(target: Target, *, item_id: int, duration_s: float, keep_audio: bool) -> None:
    _close(target, item_id, "finished", duration_s)
    if target.folders:
        target.folders.unlock(item_id)
    if keep_audio:
        _register_audio(target, item_id)
    else:
        _remove_audio(target, item_id)


# ── after a crash ────────────────────────────────────────────────────────────────────────────────────────────────────


def recover(target: Target, *, item_id: int) -> Recovered:
    """Makes the audio whole and says how far the text goes."""
    tracks = _register_audio(target, item_id)
    (text_until_s,) = target.connection.execute(
        "SELECT coalesce(max(end_s), 0) FROM segments WHERE item_id = ?", (item_id,)
    ).fetchone()
    duration_s = max([text_until_s, *(track.duration_s for track in tracks)])
    _close(target, item_id, "recovered", duration_s)
    title, language, created_at = target.connection.execute(
        "SELECT title, language, created_at FROM items WHERE id = ?", (item_id,)
    ).fetchone()
    when = datetime.fromtimestamp(created_at, UTC).astimezone()
    return Recovered(item_id, duration_s, tuple(tracks), title, language, when)


def adopt_orphans(target: Target) -> None:
    """Gives a row to recordings and pictures that have none: their program died before it could write one."""
    assert target.folders
    assert target.root
    known = {row["id"] for row in target.connection.execute("SELECT id FROM items")}
    columns = dict.fromkeys(("title", "source", "engine", "model_id", "language"), "")
    for item_id in target.folders.numbers():
        if item_id in known or target.folders.is_recording(item_id):
            continue
        folder = target.folders.path(item_id)
        pictures.remove_unfinished(folder)
        if audio := sorted(folder.glob("*.flac")):
            columns |= {"kind": "speech", "state": "recording", "tracks": _json([path.stem for path in audio])}
            begin(target, item_id=item_id, created_at=audio[0].stat().st_mtime, **columns)
        elif picture := pictures.find(folder):
            columns |= {"kind": picture.stem, "state": "finished", "tracks": "[]"}
            item = columns | {"created_at": picture.stat().st_mtime}
            add_seen(target, item_id=item_id, item=item, files=pictures.files_of(picture, target.root), lines=[])


# ── what a person does ───────────────────────────────────────────────────────────────────────────────────────────────


def update_item(target: Target, *, item_id: int, **columns: Any) -> None:
    assignments = ", ".join(f"{name} = ?" for name in columns)
    target.connection.execute(f"UPDATE items SET {assignments} WHERE id = ?", [*columns.values(), item_id])


def rate_remark(target: Target, *, segment_id: int, rating: int) -> None:
    changed = target.connection.execute(
        "UPDATE segments SET details = json_set(details, '$.rating', ?) WHERE id = ?", (rating, segment_id)
    )
    if not changed.rowcount:
        raise HistoryError("The history has no segment {segment_id}.", segment_id=segment_id)


def edit_segment(target: Target, *, segment_id: int, text: str, edited_at: float) -> None:
    """Puts a text beside the engine's; the segment is closed, so that later words do not mix with it."""
    _set_edited(target, segment_id, text)
    target.connection.execute(
        "INSERT INTO edits (segment_id, edited_at, text) VALUES (?, ?, ?)", (segment_id, edited_at, text)
    )


def undo_edit(target: Target, *, segment_id: int) -> str:
    """Goes back by one edit; the text that it leaves."""
    connection = target.connection
    connection.execute("DELETE FROM edits WHERE id = (SELECT max(id) FROM edits WHERE segment_id = ?)", (segment_id,))
    row = connection.execute(
        "SELECT text FROM edits WHERE segment_id = ? ORDER BY id DESC LIMIT 1", (segment_id,)
    ).fetchone()
    _set_edited(target, segment_id, row["text"] if row else None)
    (text,) = connection.execute("SELECT text FROM segments WHERE id = ?", (segment_id,)).fetchone()
    return str(text)


def delete(target: Target, *, item_id: int) -> None:
    """Deletes an item with its words, their index entries and its files."""
    if target.folders:
        target.folders.remove(item_id)
    target.connection.execute("DELETE FROM items WHERE id = ?", (item_id,))


def apply_retention(target: Target, *, older_than: float | None, keep_audio: bool) -> int:
    """Deletes what has had its time; how many items. What is pinned stays, and audio whose text is not complete."""
    connection = target.connection
    old = []
    if older_than is not None:
        old = connection.execute(
            "SELECT id FROM items WHERE NOT is_pinned AND state != 'recording' AND created_at < ?", (older_than,)
        ).fetchall()
    for row in old:
        delete(target, item_id=row["id"])
    if not keep_audio:
        for row in connection.execute(
            "SELECT id FROM items WHERE NOT is_pinned AND state = 'finished' AND kind = 'speech'"
        ).fetchall():
            _remove_audio(target, row["id"])
    return len(old)


def import_item(
    target: Target,
    *,
    item_id: int,
    item: dict[str, Any],
    segments: list[dict[str, Any]],
    files: Sequence[dict[str, Any]] = (),
) -> int:
    """Writes an exported item anew; its files are on the disk already."""
    begin(target, item_id=item_id, **item)
    for file in files:
        add_media(target, item_id=item_id, **file)
    for segment in segments:
        columns = {name: value for name, value in segment.items() if name != "edits"}
        segment_id = _insert_segment(target, item_id, **columns, is_open=False)
        for edit in segment["edits"]:
            edit_segment(target, segment_id=segment_id, **edit)
    if target.folders:
        target.folders.unlock(item_id)
    return item_id


# ── the gallery ──────────────────────────────────────────────────────────────────────────────────────────────────────


def add_folder(target: Target, *, path: str, added_at: float) -> None:
    target.connection.execute("INSERT OR IGNORE INTO picture_folders (path, added_at) VALUES (?, ?)", (path, added_at))


def forget_folder(target: Target, *, path: str) -> int:
    """Lets go of a folder and of its files that are in no other one; how many."""
    connection = target.connection
    connection.execute("DELETE FROM picture_folders WHERE path = ?", (path,))
    below = connection.execute("SELECT id, path FROM picture_files WHERE path BETWEEN ? AND ?", span_below(path))
    others = _folders(target)
    gone = [row["id"] for row in below if not any(is_below(row["path"], other) for other in others)]
    forget_files(target, file_ids=gone)
    return len(gone)


def forget_files(target: Target, *, file_ids: list[int]) -> None:
    target.connection.executemany("DELETE FROM picture_files WHERE id = ?", [(file_id,) for file_id in file_ids])


def put_files(target: Target, *, space: str, files: list[dict[str, Any]]) -> int:
    """Enters files as they were found, each with its vector or why it has none; what was known of them goes.

    Those whose folder was forgotten meanwhile are left out; how many were entered.
    """
    folders = _folders(target)
    entered = [file for file in files if any(is_below(file["path"], folder) for folder in folders)]
    for file in entered:
        (file_id,) = target.connection.execute(
            """
            INSERT INTO picture_files (path, size_bytes, mtime_ns, problem)
            VALUES (:path, :size_bytes, :mtime_ns, :problem)
            ON CONFLICT (path) DO UPDATE
            SET size_bytes = excluded.size_bytes, mtime_ns = excluded.mtime_ns, problem = excluded.problem
            RETURNING id
            """,
            {name: file[name] for name in ("path", "size_bytes", "mtime_ns", "problem")},
        ).fetchone()
        target.connection.execute("DELETE FROM embeddings WHERE file_id = ?", (file_id,))
        if file["vector"]:
            _insert_vector(target, space, None, file_id, file["vector"])
    return len(entered)


def put_vectors(target: Target, *, space: str, vectors: list[tuple[int | None, int | None, str]]) -> None:
    """Enters vectors of items and files, unless these were deleted meanwhile; old ones of the same space go."""
    for item_id, file_id, vector in vectors:
        target.connection.execute(
            "DELETE FROM embeddings WHERE space = ? AND (item_id = ? OR file_id = ?)", (space, item_id, file_id)
        )
        table, number = ("items", item_id) if file_id is None else ("picture_files", file_id)
        if target.connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (number,)).fetchone():
            _insert_vector(target, space, item_id, file_id, vector)


def keep_only_space(target: Target, *, space: str) -> int:
    """Deletes the vectors of every other model; how many."""
    return target.connection.execute("DELETE FROM embeddings WHERE space != ?", (space,)).rowcount


def nothing(_target: Target) -> None:
    """Tells by being done that everything before it is."""


VERBS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        begin, append_words, set_emotion, add_segment, add_seen, add_remark, finish, recover, adopt_orphans,
        update_item, rate_remark, edit_segment, undo_edit, delete, apply_retention, import_item,
        add_folder, forget_folder, forget_files, put_files, put_vectors, keep_only_space, nothing,
    )
}  # fmt: skip

ERASING = {"delete", "apply_retention", "forget_folder", "forget_files"}
"""Verbs after which nothing of what they deleted may be left in the file; they give 0 where there was nothing."""


# ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _folders(target: Target) -> list[str]:
    return [row["path"] for row in target.connection.execute("SELECT path FROM picture_folders")]


def _insert_vector(target: Target, space: str, item_id: int | None, file_id: int | None, vector: str) -> None:
    target.connection.execute(
        "INSERT INTO embeddings (space, item_id, file_id, vector) VALUES (?, ?, ?, ?)",
        (space, item_id, file_id, base64.b64decode(vector)),
    )


def _insert_line(target: Target, item_id: int, *, start_s: float, **columns: Any) -> int:
    """A segment without sound."""
    return _insert_segment(
        target, item_id, words=[], language="", is_open=False, start_s=start_s, end_s=start_s, **columns
    )


def _insert_segment(
    target: Target,
    item_id: int,
    track: str,
    words: Words,
    language: str,
    *,
    is_open: bool,
    original_text: str | None = None,
    start_s: float | None = None,
    end_s: float | None = None,
    emotion: Sequence[Sequence[Any]] = (),
    details: dict[str, Any] | None = None,
) -> int:
    text = _text(words) if original_text is None else original_text
    start_s = words[0]["start_s"] if start_s is None else start_s
    end_s = words[-1]["end_s"] if end_s is None else end_s
    try:
        cursor = target.connection.execute(
            "INSERT INTO segments"
            " (item_id, track, start_s, end_s, original_text, folded, language, words, is_open, emotion, details)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                item_id, track, start_s, end_s, text, fold(text), language, _json(words), is_open, _json(emotion),
                _json(details or {}),
            ),
        )  # fmt: skip
    except sqlite3.IntegrityError as error:
        raise HistoryError("The history has no item {item_id}.", item_id=item_id) from error
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _close(target: Target, item_id: int, state: str, duration_s: float) -> None:
    target.connection.execute("UPDATE segments SET is_open = 0 WHERE item_id = ? AND is_open", (item_id,))
    target.connection.execute(
        """
        UPDATE items SET state = ?, duration_s = ?, language = coalesce(nullif(language, ''), (
            SELECT language FROM segments WHERE item_id = items.id
            GROUP BY language ORDER BY sum(end_s - start_s) DESC LIMIT 1
        ), '') WHERE id = ?
        """,
        (state, duration_s, item_id),
    )


def _register_audio(target: Target, item_id: int) -> list[RecoveredTrack]:
    """Enters the recordings in the item's folder, made whole where a crash cut them off."""
    from workers.recorder import recover_flac  # numpy: not for those who only read

    tracks = []
    if target.folders and target.root:
        for path in sorted(target.folders.path(item_id).glob("*.flac")):
            try:
                duration_s = recover_flac(path)
            except (SourceError, DiskError):
                continue  # cut off before its first sound, or on a disk that fails: there as it is
            add_media(
                target,
                item_id=item_id,
                path=str(path.relative_to(target.root)),
                role="audio",
                track=path.stem,
                sample_rate_hz=SAMPLE_RATE_HZ,
                duration_s=duration_s,
            )
            (text_until_s,) = target.connection.execute(
                "SELECT coalesce(max(end_s), 0) FROM segments WHERE item_id = ? AND track = ?", (item_id, path.stem)
            ).fetchone()
            tracks.append(RecoveredTrack(path.stem, path, duration_s, text_until_s))
    return tracks


def _remove_audio(target: Target, item_id: int) -> None:
    if target.folders:
        for path in target.folders.path(item_id).glob("*.flac"):
            path.unlink()
    target.connection.execute("DELETE FROM media WHERE item_id = ? AND role = 'audio'", (item_id,))


def _set_edited(target: Target, segment_id: int, text: str | None) -> None:
    row = target.connection.execute("SELECT original_text FROM segments WHERE id = ?", (segment_id,)).fetchone()
    if not row:
        raise HistoryError("The history has no segment {segment_id}.", segment_id=segment_id)
    folded = fold(row["original_text"] if text is None else text)
    target.connection.execute(
        "UPDATE segments SET edited_text = ?, folded = ?, is_open = 0 WHERE id = ?", (text, folded, segment_id)
    )


def _text(words: Words) -> str:
    return "".join(word["text"] for word in words).strip()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
