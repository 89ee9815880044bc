"""Strokes: from the points of a pen or mouse to ink, with pressure, smoothing and curves between the points."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from desktop_app.canvas.ink import Dabs
from desktop_app.canvas.layers import Layer

if TYPE_CHECKING:
    from PySide6.QtGui import QPainterPath

    from desktop_app.canvas.document import Document, Edit

LARGEST_PX = 300.0
THINNEST = 0.15  # of the width, without any pressure
SPACING = 0.06  # of the radius: points closer than that change nothing to be seen
LATE_MS = 100  # a point that claims to be older than the last one by less was overtaken: the pen is elsewhere already
FASTEST_PX_S = 3000.0  # where the speed taper is at its thinnest
FLATNESS_PX = 0.2  # how far a curve may be off, drawn as lines


class StrokePoint(NamedTuple):
    """Where the pen was, in pixels of the canvas, how hard it pressed in [0, 1], and when."""

    x: float
    y: float
    pressure: float = 1.0
    time_ms: float = 0.0


class StrokeStyle(BaseModel):
    """All that makes a stroke what it is, besides its points.

    Attributes:
        zoom: pixels of the screen per pixel of the canvas while it was drawn; smoothing goes by what the hand did.
    """

    model_config = ConfigDict(frozen=True)

    layer: Layer = Layer.LINE_ART
    color: str = "#000000"
    width_px: float = Field(6.0, gt=0.0, le=LARGEST_PX)
    opacity: float = Field(1.0, ge=0.0, le=1.0)
    erases: bool = False
    pressure_to_width: bool = True
    pressure_to_opacity: bool = False
    speed_taper: bool = False
    smoothing: float = Field(0.3, ge=0.0, le=1.0)
    zoom: float = Field(1.0, gt=0.0)


class Stroke:
    """A stroke being drawn: points become ink at once. Made by `Document.begin_stroke`.

    The curve goes through the middles between the points, so that it has no corners; `finish` draws the last half.
    """

    def __init__(self, edit: Edit, style: StrokeStyle, on_point: Callable[[StrokePoint], None]) -> None:
        self.style = style
        self._edit = edit
        self._on_point = on_point
        self._smoother = _Smoother(style.smoothing, style.zoom)
        self._last: StrokePoint | None = None  # as it came
        self._inked: _Dab | None = None  # the newest point that was not too close to the one before
        self._end: _Dab | None = None  # how far the ink goes
        self._skipped: _Dab | None = None
        self._speed_px_s = 0.0

    @property
    def is_open(self) -> bool:
        return self._edit.is_open

    @property
    def clip(self) -> QPainterPath | None:
        """What its ink stays within."""
        return self._edit.clip

    def add(self, *points: StrokePoint) -> None:
        """Draws on to a point, or through some at once, which costs little more than one and gives the same ink."""
        lines = [line for point in points for line in self._follow(point)]
        if lines:
            self._edit.ink_line(np.concatenate([lines[0], *(line[1:] for line in lines[1:])]))

    def finish(self) -> None:
        """Draws the rest up to where the pen was lifted, and makes it one step to undo."""
        if not self.is_open:
            return
        if self._last is not None and self._inked is not None and self._end is not None:
            newest = self._skipped or self._inked
            lifted = newest._replace(x=self._last.x, y=self._last.y)
            self._edit.ink_line(_curve(self._end, self._inked, lifted))
        self._edit.commit()

    def _follow(self, point: StrokePoint) -> list[Dabs]:
        """The line to a point, from where the last one ended; nothing where the point adds nothing to be seen."""
        if not self.is_open or not all(map(math.isfinite, point)) or self._is_late(point):
            return []
        self._on_point(point)
        dab = self._dab(point)
        self._last = point
        if self._inked is None or self._end is None:
            self._inked = self._end = dab
            return [np.array([dab])]
        moved = math.hypot(dab.x - self._inked.x, dab.y - self._inked.y)
        if moved < max(0.4, SPACING * dab.radius) and abs(dab.radius - self._inked.radius) < 0.25:
            self._skipped = dab
            return []
        self._skipped = None
        middle = self._inked.middle(dab)
        line = _curve(self._end, self._inked, middle)
        self._inked, self._end = dab, middle
        return [line]

    def cancel(self) -> None:
        """Takes the ink away again."""
        self._edit.cancel()

    def _is_late(self, point: StrokePoint) -> bool:
        return self._last is not None and 0 < self._last.time_ms - point.time_ms < LATE_MS

    def _dab(self, point: StrokePoint) -> _Dab:
        style = self.style
        pressure = min(max(point.pressure, 0.0), 1.0)
        share = THINNEST + (1 - THINNEST) * pressure if style.pressure_to_width else 1.0
        if style.speed_taper:
            share *= self._taper(point)
        x, y = self._smoother.smoothed(point)
        strength = pressure if style.pressure_to_opacity else 1.0
        return _Dab(x, y, max(0.25, style.width_px / 2 * share), strength)

    def _taper(self, point: StrokePoint) -> float:
        if self._last is not None:
            seconds = max(1.0, point.time_ms - self._last.time_ms) / 1000
            speed = math.hypot(point.x - self._last.x, point.y - self._last.y) * self.style.zoom / seconds
            self._speed_px_s += 0.2 * (speed - self._speed_px_s)
        return 1 - 0.7 * min(1.0, self._speed_px_s / FASTEST_PX_S)


class _Dab(NamedTuple):
    """One place of a stroke: how wide, and how strong its ink."""

    x: float
    y: float
    radius: float
    strength: float

    def middle(self, other: _Dab) -> _Dab:
        return _Dab(*((mine + its) / 2 for mine, its in zip(self, other, strict=True)))


def _curve(start: _Dab, bend: _Dab, end: _Dab) -> Dabs:
    """A quadratic curve from one place to another that bends towards a third, as lines."""
    off = math.hypot(start.x - 2 * bend.x + end.x, start.y - 2 * bend.y + end.y)
    n_lines = min(32, max(1, math.ceil(math.sqrt(off / (4 * FLATNESS_PX)))))
    line: Dabs = _curve_shares(n_lines) @ np.array((start, bend, end))
    return line


@cache
def _curve_shares(n_lines: int) -> NDArray[np.float64]:
    """What start, bend and end have in each corner of a curve that is drawn as lines, (n_lines + 1, 3)."""
    at = np.linspace(0, 1, n_lines + 1)
    return np.stack([(1 - at) ** 2, 2 * at * (1 - at), at**2], axis=1)


class _Smoother:
    """A low-pass filter that opens with speed: it steadies a slow hand and does not lag behind a fast one.

    The "1 euro filter" (Casiez, Roussel, Vogel: CHI 2012), fed with pixels of the screen.
    """

    def __init__(self, amount: float, zoom: float) -> None:
        self._is_on = amount > 0
        self._zoom = zoom
        self._slow_hz = 12.0 * (1 - amount) + 1.5
        self._open_per_px = 0.06 * (1 - amount) + 0.006  # Hz for each pixel a second
        self._speed_x = self._speed_y = 0.0
        self._raw: StrokePoint | None = None
        self._x = self._y = 0.0

    def smoothed(self, point: StrokePoint) -> tuple[float, float]:
        if not self._is_on:
            return point.x, point.y
        if self._raw is None:
            self._x, self._y = point.x, point.y
        else:
            seconds = min(max(point.time_ms - self._raw.time_ms, 1.0), 100.0) / 1000
            share = _share(1.0, seconds)  # speed is smoothed by 1 Hz
            self._speed_x += share * ((point.x - self._raw.x) / seconds - self._speed_x)
            self._speed_y += share * ((point.y - self._raw.y) / seconds - self._speed_y)
            speed = math.hypot(self._speed_x, self._speed_y) * self._zoom
            share = _share(self._slow_hz + self._open_per_px * speed, seconds)
            self._x += share * (point.x - self._x)
            self._y += share * (point.y - self._y)
        self._raw = point
        return self._x, self._y


def _share(cutoff_hz: float, seconds: float) -> float:
    """How much of a step a low-pass filter takes."""
    turn = 2 * math.pi * cutoff_hz * seconds
    return turn / (turn + 1)


class RecordedStroke(BaseModel):
    """A stroke as it was drawn once: its style and its points, `(x, y, pressure, time_ms)` each."""

    model_config = ConfigDict(frozen=True)

    style: StrokeStyle = StrokeStyle()
    points: tuple[StrokePoint, ...]


class RecordedSketch(BaseModel):
    """A drawing as strokes, in pixels of a canvas of `width` x `height`."""

    model_config = ConfigDict(frozen=True)

    title: str = ""
    width: int = Field(ge=1)
    height: int = Field(ge=1)
    strokes: tuple[RecordedStroke, ...]


def read_sketches(path: Path) -> list[RecordedSketch]:
    """The sketches in a JSON file.

    Raises:
        ValidationError: the file is not what it should be.
        OSError: it cannot be read.
    """
    return list(_Sketches.model_validate_json(path.read_bytes()).sketches)


class _Sketches(BaseModel):
    sketches: tuple[RecordedSketch, ...]


def replay(document: Document, strokes: Iterable[RecordedStroke]) -> None:
    """Draws recorded strokes at once, one step to undo each."""
    for recorded in strokes:
        stroke = document.begin_stroke(recorded.style)
        stroke.add(*recorded.points)
        stroke.finish()
