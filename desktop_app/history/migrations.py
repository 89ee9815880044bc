"""Numbered steps from an empty file to today's tables; `PRAGMA user_version` tells how many were done. No Qt.

A step that was released is never changed: add another one.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from workers.errors import HistoryTooNew

Statements = tuple[str, ...]

M001_INITIAL: Statements = (
    """
    CREATE TABLE items (
        id INTEGER PRIMARY KEY AUTOINCREMENT,      -- never used twice, also after a delete
        kind TEXT NOT NULL,                        -- speech, snapshot, picture, answer
        state TEXT NOT NULL,                       -- recording, finished, recovered
        title TEXT NOT NULL,
        source TEXT NOT NULL,
        engine TEXT NOT NULL,
        model_id TEXT NOT NULL,
        language TEXT NOT NULL,
        tracks TEXT NOT NULL,                      -- JSON: ["me", "computer"]
        created_at REAL NOT NULL,                  -- seconds since 1970
        duration_s REAL NOT NULL DEFAULT 0,
        is_pinned INTEGER NOT NULL DEFAULT 0,
        details TEXT NOT NULL DEFAULT '{}'         -- JSON: what only one kind has, such as a prompt or a seed
    )
    """,
    "CREATE INDEX items_by_time ON items (created_at)",
    """
    CREATE TABLE segments (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        item_id INTEGER NOT NULL REFERENCES items ON DELETE CASCADE,
        track TEXT NOT NULL,
        start_s REAL NOT NULL,
        end_s REAL NOT NULL,
        original_text TEXT NOT NULL,               -- the engine's, for ever
        edited_text TEXT,                          -- a person's, if any
        text TEXT NOT NULL GENERATED ALWAYS AS (coalesce(edited_text, original_text)) VIRTUAL,
        folded TEXT NOT NULL,                      -- `text` as the search compares it: search.fold
        language TEXT NOT NULL,
        words TEXT NOT NULL,                       -- JSON: [{"text", "start_s", "end_s", "probability"}]
        is_open INTEGER NOT NULL DEFAULT 0         -- words are still being added
    )
    """,
    "CREATE INDEX segments_by_time ON segments (item_id, start_s)",
    "CREATE INDEX segments_open ON segments (item_id, track) WHERE is_open",
    """
    CREATE TABLE edits (
        id INTEGER PRIMARY KEY,
        segment_id INTEGER NOT NULL REFERENCES segments ON DELETE CASCADE,
        edited_at REAL NOT NULL,
        text TEXT NOT NULL
    )
    """,
    "CREATE INDEX edits_by_segment ON edits (segment_id)",
    """
    CREATE TABLE media (
        id INTEGER PRIMARY KEY,
        item_id INTEGER NOT NULL REFERENCES items ON DELETE CASCADE,
        role TEXT NOT NULL,
        path TEXT NOT NULL,                        -- relative to the history's folder
        track TEXT NOT NULL DEFAULT '',
        sample_rate_hz INTEGER NOT NULL DEFAULT 0,
        duration_s REAL NOT NULL DEFAULT 0,
        UNIQUE (item_id, path)
    )
    """,
    # Three letters make an entry, so that parts of words and texts without spaces are found.
    """
    CREATE VIRTUAL TABLE segments_index
    USING fts5 (folded, content = 'segments', content_rowid = 'id', tokenize = 'trigram')
    """,
    """
    CREATE TRIGGER segments_added AFTER INSERT ON segments BEGIN
        INSERT INTO segments_index (rowid, folded) VALUES (new.id, new.folded);
    END
    """,
    """
    CREATE TRIGGER segments_removed AFTER DELETE ON segments BEGIN
        INSERT INTO segments_index (segments_index, rowid, folded) VALUES ('delete', old.id, old.folded);
    END
    """,
    """
    CREATE TRIGGER segments_changed AFTER UPDATE OF folded ON segments BEGIN
        INSERT INTO segments_index (segments_index, rowid, folded) VALUES ('delete', old.id, old.folded);
        INSERT INTO segments_index (rowid, folded) VALUES (new.id, new.folded);
    END
    """,
    "CREATE TABLE applied_journals (name TEXT PRIMARY KEY)",
)

# JSON: [["happy", 0.7], ...], best first; empty where nobody asked how it sounds.
M002_EMOTION: Statements = ("ALTER TABLE segments ADD COLUMN emotion TEXT NOT NULL DEFAULT '[]'",)

# JSON: what a remark about a picture has beside its text, such as its model, scores and rating.
M003_REMARKS: Statements = ("ALTER TABLE segments ADD COLUMN details TEXT NOT NULL DEFAULT '{}'",)

M004_GALLERY: Statements = (
    "CREATE TABLE picture_folders (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, added_at REAL NOT NULL)",
    """
    CREATE TABLE picture_files (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        path TEXT NOT NULL UNIQUE,                 -- absolute: a file of the user's own, never touched
        size_bytes INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        problem TEXT NOT NULL DEFAULT ''           -- why it could not be read; not tried again before it changes
    )
    """,
    """
    CREATE TABLE embeddings (
        id INTEGER PRIMARY KEY AUTOINCREMENT,      -- a vector that changes is another one, with a higher number
        space TEXT NOT NULL,                       -- the model with its weights: those of two cannot be compared
        item_id INTEGER REFERENCES items ON DELETE CASCADE,
        file_id INTEGER REFERENCES picture_files ON DELETE CASCADE,
        vector BLOB NOT NULL,                      -- float32, of length 1
        UNIQUE (space, item_id),
        UNIQUE (space, file_id),
        CHECK ((item_id IS NULL) != (file_id IS NULL))
    )
    """,
    "CREATE INDEX embeddings_by_space ON embeddings (space)",
    "CREATE INDEX embeddings_by_item ON embeddings (item_id)",
    "CREATE INDEX embeddings_by_file ON embeddings (file_id)",
)

MIGRATIONS: tuple[Statements, ...] = (M001_INITIAL, M002_EMOTION, M003_REMARKS, M004_GALLERY)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Brings the tables up to date, all or nothing; an older file is copied first.

    Raises:
        HistoryTooNew: a newer version of the app wrote the file; it is left as it is.
    """
    version = version_of(connection, path)
    if version == len(MIGRATIONS):
        return
    if version:
        with closing(sqlite3.connect(path.with_name(f"{path.stem}-version-{version}.backup"))) as copy:
            connection.backup(copy)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statements in MIGRATIONS[version_of(connection, path) :]:  # another window may have been first
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """How many steps the file has had.

    Raises:
        HistoryTooNew: more than are known.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise HistoryTooNew(
            "The history '{path}' was written by a newer version of Sensorium.",
            "Install the newer version again; the history was left as it is.",
            path=path,
        )
    return version


def backups(path: Path) -> list[Path]:
    """The copies that were made before the tables changed."""
    return list(path.parent.glob(f"{path.stem}-version-*.backup"))
