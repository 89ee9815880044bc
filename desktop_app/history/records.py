"""What the history gives back: items, their segments and media, search hits. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from workers.results import Word

Kind = Literal["speech", "snapshot", "picture", "answer"]
State = Literal["recording", "finished", "recovered"]
"""`recording` until `finish`; `recovered` after a crash, until the rest of its audio is transcribed."""

UNSURE_BELOW = 0.5
"""Words with a lower probability are marked for the reader."""


@dataclass(frozen=True)
class Item:
    """One recording, transcribed file, snapshot, picture or answer.

    Attributes:
        title: empty until somebody names it; the window then shows the time.
        source: a device, a file or a camera, in words.
        language: as chosen, or what was heard most.
        preview: how its text begins.
        size_bytes: what it takes on disk beside its text.
    """

    id: int
    kind: Kind
    state: State
    title: str
    source: str
    engine: str
    model_id: str
    language: str
    tracks: tuple[str, ...]
    created_at: datetime
    duration_s: float
    is_pinned: bool
    preview: str = ""
    size_bytes: int = 0


@dataclass(frozen=True)
class StoredSegment:
    """One line of a transcript as it is kept: what the engine heard, and what a person made of it.

    Attributes:
        words: the engine's, with times; they belong to `original_text`.
        is_open: words are still being added.
        emotion: how it sounds, labels with probabilities, best first; empty where nobody asked.
    """

    id: int
    item_id: int
    track: str
    start_s: float
    end_s: float
    original_text: str
    edited_text: str | None
    language: str
    words: tuple[Word, ...]
    is_open: bool = False
    emotion: tuple[tuple[str, float], ...] = ()

    @property
    def text(self) -> str:
        return self.original_text if self.edited_text is None else self.edited_text


@dataclass(frozen=True)
class Edit:
    """One correction of a segment, oldest first: `text` is what it became."""

    edited_at: datetime
    text: str


@dataclass(frozen=True)
class Media:
    """A file that belongs to an item: `path` is absolute, `role` is "audio" for what was recorded."""

    role: str
    path: Path
    track: str = ""
    sample_rate_hz: int = 0
    duration_s: float = 0.0


@dataclass(frozen=True)
class Hit:
    """A place where a search was found.

    Attributes:
        time_s: when the first word found was said.
        matches: where the words found stand in `snippet`, as (start, end).
        score: higher is better; 0 for searches too short to rank.
    """

    item_id: int
    segment_id: int
    kind: Kind
    title: str
    created_at: datetime
    track: str
    time_s: float
    snippet: str
    matches: tuple[tuple[int, int], ...]
    score: float


@dataclass(frozen=True)
class RecoveredTrack:
    """The audio of a track after a crash; text exists up to `text_until_s`."""

    track: str
    path: Path
    duration_s: float
    text_until_s: float


@dataclass(frozen=True)
class Recovered:
    """What a crash left of an item."""

    item_id: int
    duration_s: float
    tracks: tuple[RecoveredTrack, ...]
    title: str
    created_at: datetime


@dataclass(frozen=True)
class Totals:
    """How much the history holds."""

    n_items: dict[str, int]
    duration_s: float
    size_bytes: int
