"""Writes an item as text, subtitles or JSON, and reads the JSON again. No Qt."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Base64Bytes, BaseModel, ValidationError

from desktop_app.files import beside, write_file
from desktop_app.history.records import Edit, Item, Kind, StoredSegment
from desktop_app.history.subtitles import Cue, build_cues
from workers.errors import DiskError, SourceError, UsageError, disk_error
from workers.results import Word

FORMATS = ("txt", "srt", "vtt", "json")
"""Of transcripts."""

ITEM_FORMATS = (*FORMATS, "md", "png", "jpg", "jpeg", "gif", "webp")
"""Of any item; a picture goes out in its own."""

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
        time = f"[{clock(int(segment.start_s + 0.5), '.')[:8]}] " if options.with_times else ""
        label = f"{options.label(segment.track)}: " if shows_tracks(segments, options) else ""
        lines.append(time + label + segment.text)
    return "\n".join(lines) + "\n" * bool(lines)


def to_srt(segments: Sequence[StoredSegment], options: ExportOptions) -> str:
    """SubRip. What a player could take for a tag or a time is parted by an invisible word joiner."""
    labels = None
    if shows_tracks(segments, options):
        labels = {segment.track: options.label(segment.track) + ":" for segment in segments}
    blocks = []
    for number, cue in enumerate(build_cues(segments, labels=labels), 1):
        text = _LIKE_A_TAG_OR_TIME.sub("\u2060", cue.text)
        blocks.append(f"{number}\n{clock(cue.start_s, ',')} --> {clock(cue.end_s, ',')}\n{text}\n")
    return "\n".join(blocks)


def to_vtt(segments: Sequence[StoredSegment], options: ExportOptions) -> str:
    """WebVTT, with voices where there is more than one track."""
    blocks = ["WEBVTT\n"]
    for cue in build_cues(segments):
        text = _karaoke(cue) if options.with_word_times else html.escape(cue.text, quote=False)
        if shows_tracks(segments, options):
            text = f"<v {html.escape(options.label(cue.track), quote=False)}>{text}"
        blocks.append(f"{clock(cue.start_s, '.')} --> {clock(cue.end_s, '.')}\n{text}\n")
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
    details: dict[str, Any] = {}


class ExportedItem(BaseModel):
    """What a JSON file holds: an item whose numbers, sound and size stay behind."""

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
    details: dict[str, Any] = {}
    segments: list[ExportedSegment]
    picture: Base64Bytes = b""


def to_json(item: Item, segments: Sequence[StoredSegment], edits: Mapping[int, list[Edit]]) -> str:
    """Everything, without loss: `read_json` gives it back."""
    exported = ExportedItem.model_validate(
        {name: getattr(item, name) for name in ExportedItem.model_fields if hasattr(item, name)}
        | {
            "tracks": list(item.tracks),
            "picture": base64.b64encode(_picture_bytes(item)) if item.picture else b"",
            "segments": [
                {name: getattr(segment, name) for name in ExportedSegment.model_fields if name != "edits"}
                | {
                    "words": list(segment.words),
                    "edits": edits.get(segment.id, []),
                    "emotion": list(segment.emotion),
                    "details": dict(segment.details),
                }
                for segment in segments
            ],
        }
    )
    return exported.model_dump_json(indent=2) + "\n"


def picture_of(item: Item, path: Path) -> bytes:
    """The picture of an item as it is.

    Raises:
        UsageError: it has none, or its name ends otherwise than `path`.
        SourceError: it cannot be read.
    """
    if item.picture is None:
        raise UsageError("Item {item_id} has no picture.", "End the name with .md, .txt or .json.", item_id=item.id)
    if item.picture.suffix != path.suffix.lower().replace(".jpeg", ".jpg"):
        raise UsageError(
            "The picture of item {item_id} is no '{suffix}'.",
            "End the name with {right}.",
            item_id=item.id,
            suffix=path.suffix,
            right=item.picture.suffix,
        )
    return _picture_bytes(item)


def copy_picture(item: Item, page: Path) -> str:
    """Puts the picture of an item into a folder beside a page; its place as seen from there.

    Raises:
        SourceError: it cannot be read.
        DiskError: it cannot be written.
    """
    assert item.picture is not None
    data = _picture_bytes(item)
    place = page.with_suffix("") / f"picture{item.picture.suffix}"
    try:
        place.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise disk_error(error, place) from error
    write_file(place, data)
    return f"{place.parent.name}/{place.name}"


def read_json(path: Path) -> ExportedItem:
    """An exported item.

    Raises:
        SourceError: it cannot be read, or is something else.
    """
    try:
        return ExportedItem.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise SourceError("'{name}' is not a transcript that Sensorium exported.", name=path.name) from error


def format_of(path: Path, formats: Sequence[str] = FORMATS) -> str:
    """Which format a file's name asks for.

    Raises:
        UsageError: none of `formats`.
    """
    name = path.suffix.lower().removeprefix(".")
    if name not in formats:
        raise UsageError(
            "'{name}' does not say which format to write.",
            "End it with .txt, .srt, .vtt or .json." if formats is FORMATS else "End it with .md, .txt or .json.",
            name=path.name,
        )
    return name


def check_target(path: Path, formats: Sequence[str] = FORMATS) -> None:
    """Makes sure that `write_file` can write there, before there is anything to write.

    Raises:
        UsageError: the name says no format, or is a folder's.
        DiskError: no file can be made there.
    """
    format_of(path, formats)
    try:
        if path.is_dir():
            raise UsageError("'{path}' is a folder.", "Give the name of a file.", path=path)
        if not path.parent.is_dir():
            raise DiskError("The folder '{folder}' does not exist.", "Make it first.", folder=path.parent)
        unfinished = beside(path)
        unfinished.touch()
        unfinished.unlink()
    except OSError as error:
        raise disk_error(error, path) from error


def _picture_bytes(item: Item) -> bytes:
    assert item.picture is not None
    try:
        return item.picture.read_bytes()
    except OSError as error:
        raise SourceError(
            "The picture of item {item_id} cannot be read: {reason}.", item_id=item.id, reason=error.strerror
        ) from error


def shows_tracks(segments: Sequence[StoredSegment], options: ExportOptions) -> bool:
    return options.with_tracks and len({segment.track for segment in segments}) > 1


def _karaoke(cue: Cue) -> str:
    lines = []
    for line in cue.lines:
        words = [html.escape(word.text, quote=False) for word in line]
        # A time tag must lie inside its cue and after the one before.
        tags = [f"<{clock(word.start_s, '.')}>" if cue.start_s < word.start_s < cue.end_s else "" for word in line]
        lines.append("".join(tag + word for tag, word in zip(tags, words, strict=True)).strip())
    return "\n".join(lines)


def clock(seconds: float, point: str) -> str:
    milliseconds = max(0, round(seconds * 1000))
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"
