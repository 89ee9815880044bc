"""Writes an item as text, subtitles or JSON, and reads the JSON again. No Qt."""

from __future__ import annotations

import html
import os
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from desktop_app.history.records import Edit, Item, Kind, StoredSegment
from desktop_app.history.subtitles import Cue, build_cues
from workers.errors import DiskError, SourceError, UsageError, disk_error
from workers.results import Word

FORMATS = ("txt", "srt", "vtt", "json")

_LIKE_A_TAG_OR_TIME = re.compile(r"(?<=[<{])(?=\S)|(?<=--)(?=>)|(?<=\d:)(?=\d+:\d+[,.])")


@dataclass(frozen=True)
class ExportOptions:
    """How a transcript is written.

    Attributes:
        with_times: a text file starts each line with its time.
        with_tracks: lines say who speaks, where there is more than one track.
        with_word_times: VTT marks when each word is said, as karaoke does.
        labels: names of the tracks; the others are capitalised.
    """

    with_times: bool = False
    with_tracks: bool = True
    with_word_times: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)

    def label(self, track: str) -> str:
        return self.labels.get(track, track.capitalize())


def to_txt(segments: Sequence[StoredSegment], options: ExportOptions) -> str:
    """One line a segment."""
    lines = []
    for segment in segments:
        time = f"[{_clock(int(segment.start_s + 0.5), '.')[:8]}] " if options.with_times else ""
        label = f"{options.label(segment.track)}: " if _shows_tracks(segments, options) else ""
        lines.append(time + label + segment.text)
    return "\n".join(lines) + "\n" * bool(lines)


def to_srt(segments: Sequence[StoredSegment], options: ExportOptions) -> str:
    """SubRip. What a player could take for a tag or a time is parted by an invisible word joiner."""
    labels = None
    if _shows_tracks(segments, options):
        labels = {segment.track: options.label(segment.track) + ":" for segment in segments}
    blocks = []
    for number, cue in enumerate(build_cues(segments, labels=labels), 1):
        text = _LIKE_A_TAG_OR_TIME.sub("\u2060", cue.text)
        blocks.append(f"{number}\n{_clock(cue.start_s, ',')} --> {_clock(cue.end_s, ',')}\n{text}\n")
    return "\n".join(blocks)


def to_vtt(segments: Sequence[StoredSegment], options: ExportOptions) -> str:
    """WebVTT, with voices where there is more than one track."""
    blocks = ["WEBVTT\n"]
    for cue in build_cues(segments):
        text = _karaoke(cue) if options.with_word_times else html.escape(cue.text, quote=False)
        if _shows_tracks(segments, options):
            text = f"<v {html.escape(options.label(cue.track), quote=False)}>{text}"
        blocks.append(f"{_clock(cue.start_s, '.')} --> {_clock(cue.end_s, '.')}\n{text}\n")
    return "\n".join(blocks)


class ExportedSegment(BaseModel):
    """A segment with everything that is known of it."""

    track: str
    start_s: float
    end_s: float
    text: str
    original_text: str
    edited_text: str | None
    language: str
    words: list[Word]
    edits: list[Edit]
    emotion: list[tuple[str, float]] = []


class ExportedItem(BaseModel):
    """What a JSON file holds: an item whose numbers, files and size stay behind."""

    format: Literal["sensorium-item"] = "sensorium-item"
    version: Literal[1] = 1
    kind: Kind
    title: str
    source: str
    engine: str
    model_id: str
    language: str
    tracks: list[str]
    created_at: datetime
    duration_s: float
    is_pinned: bool
    segments: list[ExportedSegment]


def to_json(item: Item, segments: Sequence[StoredSegment], edits: Mapping[int, list[Edit]]) -> str:
    """Everything, without loss: `read_json` gives it back."""
    exported = ExportedItem.model_validate(
        {name: getattr(item, name) for name in ExportedItem.model_fields if hasattr(item, name)}
        | {
            "tracks": list(item.tracks),
            "segments": [
                {name: getattr(segment, name) for name in ExportedSegment.model_fields if name != "edits"}
                | {
                    "words": list(segment.words),
                    "edits": edits.get(segment.id, []),
                    "emotion": list(segment.emotion),
                }
                for segment in segments
            ],
        }
    )
    return exported.model_dump_json(indent=2) + "\n"


def read_json(path: Path) -> ExportedItem:
    """An exported item.

    Raises:
        SourceError: it cannot be read, or is something else.
    """
    try:
        return ExportedItem.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise SourceError("'{name}' is not a transcript that Sensorium exported.", name=path.name) from error


def format_of(path: Path) -> str:
    """Which format a file's name asks for.

    Raises:
        UsageError: none that we write.
    """
    name = path.suffix.lower().removeprefix(".")
    if name not in FORMATS:
        raise UsageError(
            "'{name}' does not say which format to write.", "End it with .txt, .srt, .vtt or .json.", name=path.name
        )
    return name


def check_target(path: Path) -> None:
    """Makes sure that `write_file` can write there, before there is anything to write.

    Raises:
        UsageError: the name says no format, or is a folder's.
        DiskError: no file can be made there.
    """
    format_of(path)
    try:
        if path.is_dir():
            raise UsageError("'{path}' is a folder.", "Give the name of a file.", path=path)
        if not path.parent.is_dir():
            raise DiskError("The folder '{folder}' does not exist.", "Make it first.", folder=path.parent)
        beside = _beside(path)
        beside.touch()
        beside.unlink()
    except OSError as error:
        raise disk_error(error, path) from error


def write_file(path: Path, text: str) -> None:
    """Writes a file whole or not at all.

    Raises:
        DiskError: the disk is full, read-only or gone.
    """
    beside = _beside(path)
    try:
        try:
            beside.write_text(text, "utf-8", newline="\n")
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise disk_error(error, path) from error


def _beside(path: Path) -> Path:
    """Where a file is written before it gets its name; part of a long name, so that this one is not too long."""
    return path.with_name(f".{path.name[:40]}.{os.getpid()}-{threading.get_ident()}")


def _shows_tracks(segments: Sequence[StoredSegment], options: ExportOptions) -> bool:
    return options.with_tracks and len({segment.track for segment in segments}) > 1


def _karaoke(cue: Cue) -> str:
    lines = []
    for line in cue.lines:
        words = [html.escape(word.text, quote=False) for word in line]
        # A time tag must lie inside its cue and after the one before.
        tags = [f"<{_clock(word.start_s, '.')}>" if cue.start_s < word.start_s < cue.end_s else "" for word in line]
        lines.append("".join(tag + word for tag, word in zip(tags, words, strict=True)).strip())
    return "\n".join(lines)


def _clock(seconds: float, point: str) -> str:
    milliseconds = max(0, round(seconds * 1000))
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"
