"""A drawing as a file that only grows: every change is a record, and what is damaged costs no more than itself.

    file    = HEADER, records
    record  = MARK, kind (1 byte), length (4), CRC-32 of kind and payload (4), payload
    TILE, PICTURE: number (8) and bytes; STEP, LAYERS, STROKE: JSON; POINTS: four floats of 8 bytes each a point

Tiles and pictures come before the step that names them. The first step is what the drawing began with.
"""

from __future__ import annotations

import json
import logging
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any
from weakref import WeakKeyDictionary

from pydantic import ValidationError
from PySide6.QtCore import QByteArray, QDataStream, QIODevice, QRectF, QSize
from PySide6.QtGui import QImage, QPainterPath

from desktop_app.canvas.layers import DRAWN_LAYERS, Layer, Reference
from desktop_app.canvas.snapshot import png_bytes
from desktop_app.canvas.strokes import RecordedStroke, StrokePoint, StrokeStyle
from desktop_app.canvas.tiles import Key, Tile
from desktop_app.canvas.undo import Step, TileChange

log = logging.getLogger(__name__)

HEADER = b"Sensorium drawing 1\n"
_MARK = b"\xd7\x5e\xa1\x09"
_HEAD = struct.Struct("<4sBII")
_NUMBER = struct.Struct("<Q")
_POINT = struct.Struct("<4d")


class Kind(IntEnum):
    TILE = 1
    PICTURE = 2
    STEP = 3
    UNDO = 4
    REDO = 5
    LAYERS = 6
    STROKE = 7
    POINTS = 8
    CANCEL = 9


@dataclass
class Contents:
    """What outlives the app: the drawing, what can be undone, and the stroke in progress.

    Attributes:
        stroke_clip: what the ink of that stroke stays within.
    """

    size: QSize
    tiles: dict[tuple[Layer, Key], Tile] = field(default_factory=dict)
    reference: Reference | None = None
    hidden: frozenset[Layer] = frozenset()
    reference_opacity: float = 0.5
    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)
    stroke: RecordedStroke | None = None
    stroke_clip: QPainterPath | None = None

    @property
    def is_blank(self) -> bool:
        """Whether nothing was ever drawn."""
        return not (self.tiles or self.reference or self.done or self.undone or self.stroke)

    def beginning(self) -> Step:
        """What leads from nothing to the state before the oldest step."""
        size, reference, tiles = self.size, self.reference, dict(self.tiles)
        for step in reversed(self.done):
            if step.size is not None:
                size = step.size[0]
            if step.reference is not None:
                reference = step.reference[0]
            for change in step.tiles:
                tiles.pop((change.layer, change.key), None)
                if change.before is not None:
                    tiles[change.layer, change.key] = change.before
        changes = tuple(TileChange(layer, key, None, tile) for (layer, key), tile in tiles.items())
        return Step(changes, (QSize(0, 0), size), (None, reference) if reference is not None else None)

    def apply(self, step: Step, *, forwards: bool = True) -> None:
        if step.size is not None:
            self.size = step.size[forwards]
        if step.reference is not None:
            self.reference = step.reference[forwards]
        for change in step.tiles:
            tile = change.after if forwards else change.before
            if tile is None:
                self.tiles.pop((change.layer, change.key), None)
            else:
                self.tiles[change.layer, change.key] = tile


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Encoder:
    """Turns changes into records. Tiles keep their numbers; `known` are those that a file has, and is added to."""

    def __init__(self) -> None:
        self._numbers: WeakKeyDictionary[Tile, int] = WeakKeyDictionary()
        self._pictures: dict[int, tuple[int, QImage]] = {}  # by id; the picture is kept so that the id stays its own
        self._last_number = 0

    def whole(self, contents: Contents, known: set[int]) -> Iterator[bytes]:
        """All of a drawing, a record or some at a time; pictures that it does not name are let go of."""
        beginning = contents.beginning()
        named = {key for step in (beginning, *contents.done, *contents.undone) for key in step.pictures}
        self._pictures = {key: held for key, held in self._pictures.items() if key in named}
        yield from self._step_parts(beginning, known)
        yield self.layers(contents.hidden, contents.reference_opacity)
        for step in (*contents.done, *reversed(contents.undone)):
            yield from self._step_parts(step, known)
        yield record(Kind.UNDO) * len(contents.undone)
        if contents.stroke is not None:
            style = self.stroke(contents.stroke.style, contents.stroke_clip)
            yield style + self.points(contents.stroke.points)

    def step(self, step: Step, known: set[int]) -> bytes:
        return b"".join(self._step_parts(step, known))

    def _step_parts(self, step: Step, known: set[int]) -> Iterator[bytes]:
        changes = []
        for change in step.tiles:
            numbers: list[int | None] = []
            for tile in (change.before, change.after):
                number = self._number(tile) if tile is not None else None
                numbers.append(number)
                if tile is not None and number not in known:
                    assert number is not None
                    known.add(number)
                    yield record(Kind.TILE, _NUMBER.pack(number) + tile.packed())
            changes.append([change.layer, *change.key, *numbers])
        body: dict[str, Any] = {"tiles": changes}
        if step.size is not None:
            body["size"] = [[size.width(), size.height()] for size in step.size]
        if step.reference is not None:
            body["reference"] = []
            for reference in step.reference:
                if reference is None:
                    body["reference"].append(None)
                    continue
                number = self._picture_number(reference.image)
                if number not in known:
                    known.add(number)
                    yield record(Kind.PICTURE, _NUMBER.pack(number) + png_bytes(reference.image))
                rect = reference.rect
                placed = [number, rect.x(), rect.y(), rect.width(), rect.height()]
                body["reference"].append([*placed, 1] if reference.is_map else placed)
        yield record(Kind.STEP, json.dumps(body).encode())

    def layers(self, hidden: frozenset[Layer], reference_opacity: float) -> bytes:
        body = {"hidden": sorted(hidden), "reference_opacity": reference_opacity}
        return record(Kind.LAYERS, json.dumps(body).encode())

    def stroke(self, style: StrokeStyle, clip: QPainterPath | None) -> bytes:
        body = style.model_dump(mode="json")
        return record(Kind.STROKE, json.dumps(body | {"clip": _packed(clip)} if clip is not None else body).encode())

    def points(self, points: Sequence[StrokePoint]) -> bytes:
        return record(Kind.POINTS, b"".join(_POINT.pack(*point) for point in points))

    def _number(self, tile: Tile) -> int:
        if tile not in self._numbers:
            self._last_number += 1
            self._numbers[tile] = self._last_number
        return self._numbers[tile]

    def _picture_number(self, image: QImage) -> int:
        if id(image) not in self._pictures:
            self._last_number += 1
            self._pictures[id(image)] = self._last_number, image
        return self._pictures[id(image)][0]


def _packed(path: QPainterPath) -> str:
    data = QByteArray()
    QDataStream(data, QIODevice.OpenModeFlag.WriteOnly) << path
    return bytes(data.toBase64().data()).decode()


def _path(packed: str | None) -> QPainterPath | None:
    if packed is None:
        return None
    path = QPainterPath()
    QDataStream(QByteArray.fromBase64(packed.encode())) >> path
    return path


def record(kind: Kind, payload: bytes = b"") -> bytes:
    return _HEAD.pack(_MARK, kind, len(payload), zlib.crc32(payload, kind)) + payload


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def read(data: bytes) -> Contents | None:
    """The drawing in a file, as far as it can be read; None when there is none."""
    contents: Contents | None = None
    tiles: dict[int, Tile] = {}
    pictures: dict[int, QImage] = {}
    style: StrokeStyle | None = None
    clip: QPainterPath | None = None
    points: list[StrokePoint] = []
    for kind, payload in _records(data):
        try:
            match kind:
                case Kind.TILE:
                    tiles[_NUMBER.unpack_from(payload)[0]] = Tile.from_packed(payload[_NUMBER.size :])
                case Kind.PICTURE:
                    pictures[_NUMBER.unpack_from(payload)[0]] = QImage.fromData(payload[_NUMBER.size :])
                case Kind.STEP if contents is not None:
                    style = None  # the stroke is dry
                    step = _step(json.loads(payload), tiles, pictures)
                    contents.apply(step)
                    contents.done.append(step)
                    contents.undone.clear()
                case Kind.STEP:
                    step = _step(json.loads(payload), tiles, pictures)
                    if step.size is not None:
                        contents = Contents(step.size[1])
                        contents.apply(step)
                case Kind.UNDO if contents is not None and contents.done:
                    contents.undone.append(contents.done.pop())
                    contents.apply(contents.undone[-1], forwards=False)
                case Kind.REDO if contents is not None and contents.undone:
                    contents.done.append(contents.undone.pop())
                    contents.apply(contents.done[-1])
                case Kind.LAYERS if contents is not None:
                    body = json.loads(payload)
                    contents.hidden = frozenset(map(Layer, body["hidden"]))
                    contents.reference_opacity = float(body["reference_opacity"])
                case Kind.STROKE:
                    body = json.loads(payload)
                    clip = _path(body.pop("clip", None))
                    style, points = StrokeStyle.model_validate(body), []
                case Kind.POINTS:
                    points += [StrokePoint(*values) for values in _POINT.iter_unpack(payload)]
                case Kind.CANCEL:
                    style = None
        except (ValueError, KeyError, TypeError, struct.error, ValidationError):
            log.warning("a record of the drawing cannot be read", exc_info=True)
    if contents is not None and style is not None and points:
        contents.stroke, contents.stroke_clip = RecordedStroke(style=style, points=tuple(points)), clip
    return contents


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The whole records; damaged bytes are skipped up to the next mark."""
    position = skipped = 0
    while (position := data.find(_MARK, position)) >= 0 and position + _HEAD.size <= len(data):
        _, kind, length, checksum = _HEAD.unpack_from(data, position)
        payload = data[position + _HEAD.size : position + _HEAD.size + length]
        if len(payload) == length and zlib.crc32(payload, kind) == checksum:
            position += _HEAD.size + length
            yield kind, payload
        else:
            position += 1
            skipped += 1
    if skipped:
        log.warning("%d places of the drawing are damaged", skipped)


def _step(body: dict[str, Any], tiles: dict[int, Tile], pictures: dict[int, QImage]) -> Step:
    """A step; what it says about tiles and pictures that were lost is left out."""
    changes = []
    for layer, column, row, before, after in body["tiles"]:
        if Layer(layer) in DRAWN_LAYERS and all(number is None or number in tiles for number in (before, after)):
            key = int(column), int(row)
            changes.append(TileChange(Layer(layer), key, tiles.get(before), tiles.get(after)))
    size = body.get("size")
    references = body.get("reference")
    return Step(
        tuple(changes),
        (QSize(*size[0]), QSize(*size[1])) if size else None,
        (_reference(references[0], pictures), _reference(references[1], pictures)) if references else None,
    )


def _reference(values: list[float] | None, pictures: dict[int, QImage]) -> Reference | None:
    image = pictures.get(int(values[0])) if values else None
    if not values or image is None or image.isNull():
        return None
    return Reference(image, QRectF(*values[1:5]), is_map=bool(values[5:]))
