"""What the history gives back: items, their segments and media, search hits. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from workers.results import LabelScores, Word

Kind = Literal["speech", "snapshot", "picture", "answer"]
State = Literal["recording", "finished", "recovered"]
"""`recording` until `finish`; `recovered` after a crash, until the rest of its audio is transcribed."""

RemarkKind = Literal["labels", "caption", "answer"]

SURE_FROM = 0.2
"""Labels with a lower score are not what a picture shows: a search for them does not find it."""


@dataclass(frozen=True)
class Item:
    """One recording, transcribed file, snapshot, picture or answer.

    Attributes:
        title: empty until somebody names it; the window then shows the time.
        source: a device, a file or a camera, in words.
        language: as chosen, or what was heard most.
        preview: how its text begins.
        size_bytes: what it takes on disk beside its text.
        picture: the file of a snapshot or a picture; None for the other kinds, and for private ones.
        thumbnail: the same in small.
        details: what only one kind has, such as everything that made a picture.
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
    picture: Path | None = None
    thumbnail: Path | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredSegment:
    """One line of a transcript as it is kept: what the engine heard, and what a person made of it.

    Attributes:
        words: the engine's, with times; they belong to `original_text`.
        is_open: words are still being added.
        emotion: how it sounds, labels with probabilities, best first; empty where nobody asked.
        details: of a remark about a picture.
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
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.original_text if self.edited_text is None else self.edited_text


@dataclass(frozen=True)
class Remark:
    """What a model said about a picture.

    Attributes:
        text: the caption, the answer, or the labels that fit, best first.
        question: what was answered.
        scores: all labels with their numbers, best first; `none_score` is what the background got.
        size_px: width and height of what was looked at; (0, 0) where nobody knows.
        rating: 1 for a good one, -1 for a bad one, 0 for nobody said.
        said_at: None for now.
        id: how the history calls it.
    """

    kind: RemarkKind
    text: str
    question: str = ""
    model_id: str = ""
    scores: tuple[tuple[str, float], ...] = ()
    none_score: float = 0.0
    time_to_first_token_s: float = 0.0
    tokens_per_s: float = 0.0
    size_px: tuple[int, int] = (0, 0)
    rating: int = 0
    said_at: datetime | None = None
    id: int = 0

    @classmethod
    def of_labels(cls, labels: LabelScores, model_id: str) -> Remark:
        """The labels of a picture; its text has those that are likely, none where the background is likelier."""
        likely = [label for label, score in labels.scores if score >= max(SURE_FROM, labels.none_score)]
        return cls("labels", ", ".join(likely), model_id=model_id, scores=labels.scores, none_score=labels.none_score)


@dataclass(frozen=True)
class Edit:
    """One correction of a segment, oldest first: `text` is what it became."""

    edited_at: datetime
    text: str


@dataclass(frozen=True)
class Media:
    """A file that belongs to an item: `path` is absolute, `role` is "audio", "picture" or "thumbnail"."""

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
    language: str
    created_at: datetime


@dataclass(frozen=True)
class Totals:
    """How much the history holds."""

    n_items: dict[str, int]
    duration_s: float
    size_bytes: int


@dataclass(frozen=True)
class PictureFolder:
    """A folder of the user's own whose pictures can be found."""

    path: Path
    n_files: int
    n_problems: int


@dataclass(frozen=True)
class PictureFile:
    """A picture in such a folder, as it was when it was looked at; `problem` says why it could not be read."""

    id: int
    path: Path
    size_bytes: int
    modified_at: datetime
    problem: str = ""
