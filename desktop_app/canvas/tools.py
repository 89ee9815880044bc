"""The tools: what is chosen (size, colours, layer), and what each one does from press to release."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainterPath, QPolygonF

from desktop_app.canvas.document import Document, Edit
from desktop_app.canvas.layers import Layer
from desktop_app.canvas.strokes import LARGEST_PX, Stroke, StrokePoint, StrokeStyle

WIDTHS_PX = (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 50, 64, 80, 100, 130, 160, 200, 250, 300)
RECENT_COLORS = 12
ANGLE_STEP_DEGREES = 15  # of lines that are drawn with Shift
HANDLE_PX = 12.0  # how near a corner of the reference is taken hold of, on the screen
LEAST_REFERENCE_PX = 8.0


class Tool(StrEnum):
    BRUSH = "brush"
    ERASER = "eraser"
    LINE = "line"
    RECTANGLE = "rectangle"
    ELLIPSE = "ellipse"
    FILL = "fill"
    EYEDROPPER = "eyedropper"
    MOVE = "move"
    SELECT_RECTANGLE = "select_rectangle"
    SELECT_LASSO = "select_lasso"
    PAN = "pan"


INKING = frozenset({Tool.BRUSH, Tool.ERASER, Tool.LINE, Tool.RECTANGLE, Tool.ELLIPSE})
"""Tools that have a width."""

SELECTING = frozenset({Tool.SELECT_RECTANGLE, Tool.SELECT_LASSO})


class ToolChoices(BaseModel):
    """What is chosen, as it is kept from one start to the next.

    Lines and colours are drawn with a width and two colours of their own each.
    """

    model_config = ConfigDict(frozen=True)

    tool: Tool = Tool.BRUSH
    layer: Literal[Layer.LINE_ART, Layer.COLOR] = Layer.LINE_ART
    line_art_width_px: float = Field(5.0, ge=1.0, le=LARGEST_PX)
    color_width_px: float = Field(40.0, ge=1.0, le=LARGEST_PX)
    eraser_width_px: float = Field(32.0, ge=1.0, le=LARGEST_PX)
    line_art_colors: tuple[str, str] = ("#000000", "#ffffff")
    color_colors: tuple[str, str] = ("#e0782f", "#3f7fd0")
    recent_colors: tuple[str, ...] = ()
    opacity: float = Field(1.0, ge=0.05, le=1.0)
    pressure_to_width: bool = True
    pressure_to_opacity: bool = False
    speed_taper: bool = False
    smoothing: float = Field(0.3, ge=0.0, le=1.0)
    tolerance: float = Field(0.25, ge=0.0, le=1.0)
    fills_shapes: bool = False
    finger: Literal["draw", "pan"] = "draw"


class ToolBox(QObject):
    """The choices in force; the canvas and its toolbar share one.

    Signals:
        changed(): something else is chosen.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choices = ToolChoices()

    def choose(self, **choices: object) -> None:
        """Changes some choices, by the names of `ToolChoices`.

        Raises:
            ValidationError: a value does not fit.
        """
        chosen = ToolChoices.model_validate(self.choices.model_dump() | choices)
        if chosen != self.choices:
            self.choices = chosen
            self.changed.emit()

    def state(self) -> str:
        """The choices in words for `restore`."""
        return self.choices.model_dump_json()

    def restore(self, state: str) -> None:
        """Takes choices back; what does not fit leaves them as they are."""
        try:
            self.choices = ToolChoices.model_validate_json(state)
        except ValidationError:
            return
        self.changed.emit()

    @property
    def tool(self) -> Tool:
        return self.choices.tool

    @property
    def target(self) -> Layer:
        """The layer that the tool in hand changes: a fill always colours."""
        return Layer.COLOR if self.tool is Tool.FILL else self.choices.layer

    @property
    def width_px(self) -> float:
        return float(getattr(self.choices, self._width_name))

    def set_width(self, width_px: float) -> None:
        self.choose(**{self._width_name: min(max(width_px, 1.0), LARGEST_PX)})

    def step_width(self, steps: int) -> None:
        """The next larger or smaller width of a series whose steps grow."""
        here = self.width_px
        for _ in range(abs(steps)):
            others = [width for width in WIDTHS_PX if (width > here if steps > 0 else width < here)]
            here = (others[0] if steps > 0 else others[-1]) if others else here
        self.set_width(here)

    @property
    def _width_name(self) -> str:
        if self.tool is Tool.ERASER:
            return "eraser_width_px"
        return "line_art_width_px" if self.choices.layer is Layer.LINE_ART else "color_width_px"

    @property
    def colors(self) -> tuple[str, str]:
        """The colour in hand and the other one, of the layer that the tool changes."""
        return self.choices.line_art_colors if self.target is Layer.LINE_ART else self.choices.color_colors

    @property
    def color(self) -> QColor:
        return QColor(self.colors[0])

    def set_color(self, color: QColor) -> None:
        self._set_colors(color.name(), self.colors[1])

    def swap_colors(self) -> None:
        self._set_colors(self.colors[1], self.colors[0])

    def reset_colors(self) -> None:
        """Black, and white behind it."""
        self._set_colors("#000000", "#ffffff")

    def note_color(self) -> None:
        """Remembers the colour in hand as one that was used."""
        used = self.color.name()
        if self.choices.recent_colors[:1] != (used,):
            others = [color for color in self.choices.recent_colors if color != used]
            self.choose(recent_colors=(used, *others)[:RECENT_COLORS])

    def _set_colors(self, *colors: str) -> None:
        self.choose(**{"line_art_colors" if self.target is Layer.LINE_ART else "color_colors": colors})

    def style(self, zoom: float, *, erases: bool = False) -> StrokeStyle:
        """How a stroke begun now looks."""
        choices = self.choices
        return StrokeStyle(
            layer=choices.layer,
            color=self.color.name(),
            width_px=choices.eraser_width_px if erases else self.width_px,
            opacity=1.0 if erases else choices.opacity,
            erases=erases,
            pressure_to_width=choices.pressure_to_width,
            pressure_to_opacity=choices.pressure_to_opacity and not erases,
            speed_taper=choices.speed_taper and not erases,
            smoothing=choices.smoothing,
            zoom=zoom,
        )


@dataclass(frozen=True)
class Pointer:
    """Where the pen, the mouse or a finger is, in pixels of the canvas."""

    position: QPointF
    pressure: float = 1.0
    time_ms: float = 0.0
    shift: bool = False
    alt: bool = False

    @property
    def point(self) -> StrokePoint:
        return StrokePoint(self.position.x(), self.position.y(), self.pressure, self.time_ms)

    @property
    def pixel(self) -> QPoint:
        """Which of the canvas it points at."""
        return QPoint(math.floor(self.position.x()), math.floor(self.position.y()))


class Drag(Protocol):
    """What a tool does from press to release."""

    def move(self, pointers: Sequence[Pointer]) -> None:
        """Goes on over some places, the newest last."""

    def end(self) -> None: ...

    def cancel(self) -> None: ...


def begin_drag(
    tool: Tool,
    document: Document,
    box: ToolBox,
    pointer: Pointer,
    zoom: float,
    color_at: Callable[[QPoint], QColor | None],
) -> Drag | None:
    """What begins when the pointer is pressed down; None when it was done at once, or there is nothing to do.

    Args:
        color_at: the colour that is seen at a pixel of the canvas; None beside it.
    """
    match tool:
        case Tool.BRUSH | Tool.ERASER:
            erases = tool is Tool.ERASER
            if not erases:
                box.note_color()
            if pointer.shift:
                return _ShapeDrag(Tool.LINE, document, box, pointer, erases=erases)
            return _StrokeDrag(document.begin_stroke(box.style(zoom, erases=erases)), pointer)
        case Tool.LINE | Tool.RECTANGLE | Tool.ELLIPSE:
            box.note_color()
            return _ShapeDrag(tool, document, box, pointer)
        case Tool.FILL:
            box.note_color()
            document.fill(pointer.pixel, box.color, tolerance=box.choices.tolerance, opacity=box.choices.opacity)
        case Tool.EYEDROPPER:
            return _PickDrag(color_at, box, pointer)
        case Tool.MOVE if document.reference is not None:
            return _MoveDrag(document, pointer, HANDLE_PX / zoom)
        case Tool.SELECT_RECTANGLE | Tool.SELECT_LASSO:
            return _SelectDrag(document, pointer, is_lasso=tool is Tool.SELECT_LASSO)
    return None


class _StrokeDrag:
    def __init__(self, stroke: Stroke, pointer: Pointer) -> None:
        self._stroke = stroke
        stroke.add(pointer.point)

    def move(self, pointers: Sequence[Pointer]) -> None:
        self._stroke.add(*(pointer.point for pointer in pointers))

    def end(self) -> None:
        self._stroke.finish()

    def cancel(self) -> None:
        self._stroke.cancel()


class _ShapeDrag:
    """A line, rectangle or ellipse between two corners; with Shift at a round angle, a square, a circle."""

    def __init__(self, tool: Tool, document: Document, box: ToolBox, pointer: Pointer, *, erases: bool = False) -> None:
        self._tool = tool
        self._start = pointer.position
        self._width_px = box.choices.eraser_width_px if erases else box.width_px
        self._is_filled = box.choices.fills_shapes and tool is not Tool.LINE
        opacity = 1.0 if erases else box.choices.opacity
        self._edit: Edit = document.begin_edit(box.choices.layer, box.color, opacity, erases=erases)

    def move(self, pointers: Sequence[Pointer]) -> None:
        end = self._end(pointers[-1])
        path = QPainterPath(self._start)
        rect = QRectF(self._start, end).normalized()
        if self._tool is Tool.LINE:
            path.lineTo(end)
        elif self._tool is Tool.RECTANGLE:
            path.addRect(rect)
        else:
            path.addEllipse(rect)
        self._edit.set_path(path, self._width_px, is_filled=self._is_filled)

    def end(self) -> None:
        self._edit.commit()

    def cancel(self) -> None:
        self._edit.cancel()

    def _end(self, pointer: Pointer) -> QPointF:
        offset = pointer.position - self._start
        if not pointer.shift:
            return pointer.position
        if self._tool is Tool.LINE:
            step = math.radians(ANGLE_STEP_DEGREES)
            angle = round(math.atan2(offset.y(), offset.x()) / step) * step
            length = math.hypot(offset.x(), offset.y())
            return self._start + QPointF(math.cos(angle), math.sin(angle)) * length
        side = max(abs(offset.x()), abs(offset.y()))
        return self._start + QPointF(math.copysign(side, offset.x()), math.copysign(side, offset.y()))


class _PickDrag:
    def __init__(self, color_at: Callable[[QPoint], QColor | None], box: ToolBox, pointer: Pointer) -> None:
        self._color_at, self._box = color_at, box
        self.move([pointer])

    def move(self, pointers: Sequence[Pointer]) -> None:
        color = self._color_at(pointers[-1].pixel)
        if color is not None:
            self._box.set_color(color)

    def end(self) -> None: ...

    def cancel(self) -> None: ...


class _MoveDrag:
    """Moves the reference, or scales it by the corner that was taken hold of."""

    def __init__(self, document: Document, pointer: Pointer, reach_px: float) -> None:
        reference = document.reference
        assert reference is not None
        self._document = document
        self._rect = reference.rect
        self._start = pointer.position
        corners = [self._rect.topLeft(), self._rect.topRight(), self._rect.bottomRight(), self._rect.bottomLeft()]
        near = [number for number in range(4) if (corners[number] - pointer.position).manhattanLength() <= 2 * reach_px]
        self._corner = corners[near[0]] if near else None
        self._opposite = corners[near[0] - 2] if near else QPointF()

    def move(self, pointers: Sequence[Pointer]) -> None:
        offset = pointers[-1].position - self._start
        if self._corner is None:
            self._document.move_reference(self._rect.translated(offset))
            return
        along = self._corner - self._opposite
        wanted = self._corner + offset - self._opposite
        scale = QPointF.dotProduct(along, wanted) / QPointF.dotProduct(along, along)
        least = LEAST_REFERENCE_PX / min(self._rect.width(), self._rect.height())
        moved = self._opposite + along * max(scale, least)
        self._document.move_reference(QRectF(self._opposite, moved).normalized())

    def end(self) -> None:
        self._document.settle_reference()

    def cancel(self) -> None:
        self._document.move_reference(self._rect)
        self._document.settle_reference()


class _SelectDrag:
    """Selects a rectangle or what a line goes around; a click selects nothing.

    Begun with Shift it adds to what is selected, with Alt it takes away from it.
    """

    def __init__(self, document: Document, pointer: Pointer, *, is_lasso: bool) -> None:
        self._document = document
        self._before = document.selection
        self._kept = self._before if pointer.shift or pointer.alt else None
        self._takes_away = pointer.alt
        self._path = QPainterPath()
        self._points = [self._on_canvas(pointer.position)]
        self._is_lasso = is_lasso
        if not (pointer.shift or pointer.alt):
            document.set_selection(None)

    def move(self, pointers: Sequence[Pointer]) -> None:
        places = [self._on_canvas(pointer.position) for pointer in pointers]
        path = QPainterPath()
        if self._is_lasso:
            self._points += places
            path.setFillRule(Qt.FillRule.WindingFill)  # where it crosses itself there is no hole
            path.addPolygon(QPolygonF(self._points))
            path.closeSubpath()
        else:
            path.addRect(QRectF(self._points[0], places[-1]).normalized())
        self._path = path
        if self._kept is not None:  # both outlines: joining those of long lines at every move would take too long
            path = QPainterPath(self._kept)
            path.addPath(self._path)
        if self._kept is not None or not self._takes_away:
            self._document.set_selection(path)

    def end(self) -> None:
        if self._kept is not None and not self._path.isEmpty():
            joined = self._kept.subtracted(self._path) if self._takes_away else self._kept.united(self._path)
            self._document.set_selection(joined)

    def cancel(self) -> None:
        self._document.set_selection(self._before)

    def _on_canvas(self, place: QPointF) -> QPointF:
        size = self._document.size
        return QPointF(min(max(place.x(), 0.0), size.width()), min(max(place.y(), 0.0), size.height()))
