"""The drawing: layers, their pixels, what can be undone, and a number for each state that a picture is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from desktop_app.canvas.fill import flood, grown
from desktop_app.canvas.ink import Dabs, InkMask
from desktop_app.canvas.journal import Contents
from desktop_app.canvas.layers import DRAWN_LAYERS, Layer, Reference, fitted
from desktop_app.canvas.snapshot import Snapshot, paint_reference
from desktop_app.canvas.strokes import Stroke, StrokeStyle, replay
from desktop_app.canvas.tiles import PIXELS, Key, Tile, TiledImage, keys_in, tile_of, tile_rect
from desktop_app.canvas.undo import Step, TileChange, UndoStack
from workers.errors import UsageError

LARGEST_SIDE_PX = 2048
DEFAULT_SIZE = QSize(512, 512)


@dataclass(frozen=True, eq=False)
class Drawing:
    """All that a drawing consists of, as pictures: what is opened from a file."""

    size: QSize
    images: Mapping[Layer, QImage]  # of the layers that are drawn on; one that is absent is empty
    reference: Reference | None = None
    reference_opacity: float = 0.5
    hidden: frozenset[Layer] = frozenset()


class Document(QObject):
    """A drawing that needs no widget; only the window's thread may touch it, others are given a `snapshot`.

    `revision` grows with every change of what is drawn: each piece of a stroke, undo, a hidden layer. The reference
    does not count: whoever makes something of it follows `layers_changed`.
    `number` is another one where another drawing was begun: the canvas was emptied, in whichever way, or `replace` or
    `restore` put one there. Undo brings the number back, too; of steps that `restore` brought, each has one of its own.

    Signals:
        revision_changed(int): the drawing is new, in the middle of a stroke too.
        stroke_began(): ink follows, of a stroke or of a shape that is being drawn.
        point_added(StrokePoint): of `stroke`, as it came.
        stroke_ended(): the ink is dry, or was taken back; comes after its last revision.
        step_done(Step): something that can be undone was done.
        undone(), redone(): the newest step was taken back, or done again.
        changed(QRect): these pixels of the drawn layers are different.
        layers_changed(): which layers are seen, or the reference, is different.
        history_changed(): what can be undone or done again is different.
        selection_changed()
        size_changed(QSize)
    """

    revision_changed = Signal(int)
    stroke_began = Signal()
    point_added = Signal(object)
    stroke_ended = Signal()
    step_done = Signal(object)
    undone = Signal()
    redone = Signal()
    changed = Signal(QRect)
    layers_changed = Signal()
    history_changed = Signal()
    selection_changed = Signal()
    size_changed = Signal(QSize)

    def __init__(self, size: QSize = DEFAULT_SIZE, parent: QObject | None = None) -> None:
        super().__init__(parent)
        check_size(size)
        self.size = QSize(size)
        self.revision = 0
        self.number = 0
        self._last_number = 0
        self._was_blank = True  # before the step that comes next
        self.undo_stack = UndoStack()
        self.stroke: Stroke | None = None
        self._images = {layer: TiledImage() for layer in DRAWN_LAYERS}
        self._hidden: frozenset[Layer] = frozenset()
        self._reference: Reference | None = None
        self._reference_before: Reference | None = None  # while it is being moved
        self._is_moving = False
        self._reference_opacity = 0.5
        self._selection: QPainterPath | None = None
        self._mask: InkMask | None = None  # made at the first stroke
        self._edit: Edit | None = None

    @property
    def rect(self) -> QRect:
        return QRect(QPoint(0, 0), self.size)

    def is_empty(self, layer: Layer) -> bool:
        return self._reference is None if layer is Layer.REFERENCE else self._images[layer].is_empty

    @property
    def is_blank(self) -> bool:
        """Nothing is on any layer."""
        return all(self.is_empty(layer) for layer in Layer)

    def paint(self, painter: QPainter, area: QRect) -> None:
        """Draws an area of what is seen of the drawn layers, in pixels of the canvas."""
        for layer, image in self._images.items():
            if layer not in self._hidden:
                image.paint(painter, area)

    def color_at(self, at: QPoint, paint_below: Callable[[QPainter], None] | None = None) -> QColor | None:
        """The colour that is seen at a pixel, on white paper; None beside the canvas.

        Args:
            paint_below: draws what is seen below the drawing and is no part of it, in pixels of the canvas.
        """
        if not self.rect.contains(at):
            return None
        pixel = QImage(1, 1, PIXELS)
        pixel.fill(Qt.GlobalColor.white)
        with QPainter(pixel) as painter:
            painter.translate(-at)
            if paint_below is not None:
                paint_below(painter)
            if self._reference is not None and self.is_visible(Layer.REFERENCE):
                painter.setOpacity(self._reference_opacity)
                paint_reference(painter, self._reference)
                painter.setOpacity(1.0)
            self.paint(painter, QRect(at, QSize(1, 1)))
        return pixel.pixelColor(0, 0)

    # ── for other threads ────────────────────────────────────────────────────────────────────────────────────────────

    def snapshot(self) -> Snapshot:
        """The drawing as it is at this moment, in the middle of a stroke too; a fraction of a millisecond."""
        return Snapshot(
            revision=self.revision,
            size=QSize(self.size),
            tiles={layer: image.images() for layer, image in self._images.items()},
            hidden=self._hidden,
            reference=self._reference,
            reference_opacity=self._reference_opacity,
            selection=QPainterPath(self._selection) if self._selection is not None else None,
        )

    def contents(self) -> Contents:
        """Everything that outlives the app, but the stroke that is being drawn."""
        return Contents(
            size=QSize(self.size),
            tiles={(layer, key): tile for layer, image in self._images.items() for key, tile in image.tiles.items()},
            reference=self._reference,
            hidden=self._hidden,
            reference_opacity=self._reference_opacity,
            done=list(self.undo_stack.done),
            undone=list(self.undo_stack.undone),
        )

    def restore(self, contents: Contents) -> None:
        """Takes a drawing back with all that can be undone; a stroke that was cut off is drawn as far as it came."""
        self.finish_stroke()
        self.set_selection(None)
        self._is_moving = False
        self._set_size(contents.size)
        for layer in DRAWN_LAYERS:
            self._replace(layer, {key: tile for (at, key), tile in contents.tiles.items() if at is layer})
        self._reference = contents.reference
        self._hidden = contents.hidden
        self._reference_opacity = contents.reference_opacity
        self._was_blank = self.is_blank
        self.undo_stack.take(*self._numbered(contents.done, contents.undone))
        self.changed.emit(self.rect)
        self.layers_changed.emit()
        self.history_changed.emit()
        self._new_revision()
        if contents.stroke is not None:
            self._selection = contents.stroke_clip
            replay(self, [contents.stroke])
            self._selection = None

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def is_stroking(self) -> bool:
        """Whether ink is wet: of a stroke or of a shape."""
        return self._edit is not None

    def begin_stroke(self, style: StrokeStyle) -> Stroke:
        """A stroke to `add` points to and to `finish`; one that is still open is finished first."""
        self.finish_stroke()
        edit = Edit(self, style.layer, QColor(style.color), style.opacity, erases=style.erases)
        self.stroke = Stroke(edit, style, self.point_added.emit)
        self._begin(edit)
        return self.stroke

    def begin_edit(self, layer: Layer, color: QColor, opacity: float = 1.0, *, erases: bool = False) -> Edit:
        """Ink in a shape of one's own, to be committed or cancelled; a stroke that is still open is finished first."""
        self.finish_stroke()
        edit = Edit(self, layer, color, opacity, erases=erases)
        self._begin(edit)
        return edit

    def finish_stroke(self) -> None:
        """Ends what is being drawn as if the pen had been lifted; nothing happens when nothing is."""
        if self.stroke is not None:
            self.stroke.finish()
        elif self._edit is not None:
            self._edit.commit()

    def fill(self, at: QPoint, color: QColor, *, tolerance: float = 0.25, opacity: float = 1.0) -> None:
        """Colours the area around a pixel, as far as what is seen of the lines and colours is alike.

        The colour goes to the colour layer, below the lines, and a pixel under their soft edges.
        """
        if not self.rect.contains(at):
            return
        self.finish_stroke()
        shown = tuple(layer for layer in DRAWN_LAYERS if layer not in self._hidden)
        image = self.snapshot().flattened(shown)
        pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
        area = grown(flood(pixels, at.x(), at.y(), tolerance))
        edit = self.begin_edit(Layer.COLOR, color, opacity)
        edit.add_pixels(area)
        edit.commit()

    def paint_image(self, image: QImage, layer: Layer, rect: QRectF | None = None) -> None:
        """Puts a picture onto a layer, over what is there; without `rect` it is fitted to the canvas."""
        self.finish_stroke()
        self.set_visible(layer, True)
        target = self._images[layer]
        place = rect or fitted(image.size(), self.size)
        for key in keys_in(place.toAlignedRect() & self.rect):
            with QPainter(target.open(key)) as painter:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.translate(-tile_rect(key).topLeft())
                painter.setClipRect(self.rect)
                painter.drawImage(place, image)
        self._finish_step(Step(tiles=self._seal(layer)))

    def clear(self, *layers: Layer) -> None:
        """Empties layers, all of them when none is named, as one step; the reference is taken away."""
        self.finish_stroke()
        chosen = layers or tuple(Layer)
        self._finish_step(
            Step(
                tiles=tuple(change for layer in DRAWN_LAYERS if layer in chosen for change in self._replace(layer, {})),
                reference=self._exchange_reference(None) if Layer.REFERENCE in chosen else None,
            )
        )

    def clear_selected(self, layer: Layer) -> None:
        """Empties what is selected of a layer that is drawn on; all of it where nothing is selected."""
        if self._selection is None:
            self.clear(layer)
            return
        edit = self.begin_edit(layer, QColor(Qt.GlobalColor.black), erases=True)
        whole = QPainterPath()
        whole.addRect(self._selection.boundingRect().adjusted(-1, -1, 1, 1))
        edit.set_path(whole, 0.0, is_filled=True)  # it stays within what is selected
        edit.commit()

    # ── the reference ────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def reference(self) -> Reference | None:
        return self._reference

    def set_reference(self, image: QImage | None, rect: QRectF | None = None) -> None:
        """Lays a picture below the drawing, or takes it away; without `rect` it is fitted to the canvas.

        A picture of more than twice the largest canvas is made smaller.
        """
        self.finish_stroke()
        reference = None
        if image is not None and not image.isNull():
            limit = 2 * LARGEST_SIDE_PX
            if max(image.width(), image.height()) > limit:
                image = image.scaled(
                    limit, limit, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
                )
            reference = Reference(image, rect or fitted(image.size(), self.size))
            self.set_visible(Layer.REFERENCE, True)
        self._finish_step(Step(reference=self._exchange_reference(reference)))

    def move_reference(self, rect: QRectF) -> None:
        """Moves or scales the reference while it is dragged; `settle_reference` makes one step of it all."""
        if self._reference is None:
            return
        if not self._is_moving:
            self._reference_before, self._is_moving = self._reference, True
        self._reference = replace(self._reference, rect=QRectF(rect))
        self.layers_changed.emit()

    @property
    def is_moving_reference(self) -> bool:
        """It is being dragged, and not settled yet."""
        return self._is_moving

    def settle_reference(self) -> None:
        """Makes one step of all that it was moved, none where it is where it was."""
        if not self._is_moving:
            return
        self._is_moving = False
        before, after = self._reference_before, self._reference
        if before is not None and after is not None and before.rect == after.rect:
            self._reference = before  # the same one, for those who made something of it
            self.layers_changed.emit()
        else:
            self._finish_step(Step(reference=(before, after)))

    def set_reference_is_map(self, is_map: bool) -> None:
        """Says that the reference is a map already, or that it is none; one step to undo."""
        self.finish_stroke()
        self.settle_reference()
        reference = self._reference
        if reference is not None and reference.is_map != is_map:
            self._finish_step(Step(reference=self._exchange_reference(replace(reference, is_map=is_map))))

    @property
    def reference_opacity(self) -> float:
        return self._reference_opacity

    def set_reference_opacity(self, opacity: float) -> None:
        """How clearly the reference shows through; a model always sees all of it."""
        self._reference_opacity = min(max(opacity, 0.0), 1.0)
        self.layers_changed.emit()

    # ── layers ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def hidden(self) -> frozenset[Layer]:
        return self._hidden

    def is_visible(self, layer: Layer) -> bool:
        return layer not in self._hidden

    def set_visible(self, layer: Layer, is_visible: bool) -> None:
        """Shows or hides a layer; a hidden one is no input for pictures either."""
        if is_visible == self.is_visible(layer):
            return
        self._hidden = self._hidden ^ {layer}
        self.layers_changed.emit()
        self.changed.emit(self.rect)
        if layer in DRAWN_LAYERS and not self.is_empty(layer):
            self._new_revision()

    # ── selection ────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def selection(self) -> QPainterPath | None:
        """What is to be drawn anew by a model, in pixels of the canvas; ink and fills that begin now stay within it."""
        return self._selection

    def set_selection(self, path: QPainterPath | None) -> None:
        """Selects what is inside the path and on the canvas; nothing when that is empty."""
        if path is not None:
            bounds = QPainterPath()
            bounds.addRect(QRectF(self.rect))
            if not bounds.boundingRect().contains(path.boundingRect()):
                path = path.intersected(bounds)
            if path.boundingRect().width() < 1 or path.boundingRect().height() < 1:
                path = None
        self._selection = path
        self.selection_changed.emit()

    def select_all(self) -> None:
        path = QPainterPath()
        path.addRect(QRectF(self.rect))
        self.set_selection(path)

    def invert_selection(self) -> None:
        """Selects what is not selected."""
        path = QPainterPath()
        path.addRect(QRectF(self.rect))
        self.set_selection(path if self._selection is None else path.subtracted(self._selection))

    # ── the whole ────────────────────────────────────────────────────────────────────────────────────────────────────

    def resize(self, size: QSize) -> None:
        """Gives the canvas another size; the drawing is scaled to fit, in the middle. One step to undo.

        Raises:
            UsageError: it is too large, or has no pixel.
        """
        check_size(size)
        if size == self.size:
            return
        place = fitted(self.size, size)
        scale = place.width() / self.size.width()
        snapshot = self.snapshot()
        images = {}
        for layer in DRAWN_LAYERS:
            if snapshot.is_empty(layer):
                continue
            scaled = snapshot.image(layer).scaled(
                place.toAlignedRect().size(),
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            images[layer] = QImage(size, PIXELS)
            images[layer].fill(0)
            with QPainter(images[layer]) as painter:
                painter.drawImage(place.toAlignedRect().topLeft(), scaled)
        reference = self._reference
        if reference is not None:
            corner, extent = reference.rect.topLeft() * scale + place.topLeft(), reference.rect.size() * scale
            reference = replace(reference, rect=QRectF(corner, extent))
        self._take(Drawing(size, images, reference, self._reference_opacity, self._hidden))

    def replace(self, drawing: Drawing) -> None:
        """Puts another drawing in the place of this one, as one step to undo.

        Raises:
            UsageError: it is too large, or has no pixel.
        """
        check_size(drawing.size)
        self._take(drawing, number=self._another_number())

    def _take(self, drawing: Drawing, *, number: tuple[int, int] | None = None) -> None:
        self.finish_stroke()
        old_size = QSize(self.size)
        self._set_size(drawing.size)
        tiles = tuple(
            change
            for layer in DRAWN_LAYERS
            for change in self._replace(layer, _tiles_of(drawing.images.get(layer), drawing.size))
        )
        reference = self._exchange_reference(drawing.reference)
        self._hidden = drawing.hidden
        self._reference_opacity = drawing.reference_opacity
        size = (old_size, QSize(self.size)) if old_size != self.size else None
        self._finish_step(Step(tiles=tiles, size=size, reference=reference, number=number))
        self.layers_changed.emit()

    def _numbered(self, done: list[Step], undone: list[Step]) -> tuple[list[Step], list[Step]]:
        """Steps of an earlier time: it is not known which of them began another drawing, so any may have."""
        numbers = [self._another_number()[1] for _ in range(len(done) + len(undone) + 1)]
        self.number = numbers[len(done)]
        steps = [
            replace(step, number=pair) for step, pair in zip([*done, *reversed(undone)], pairwise(numbers), strict=True)
        ]
        return steps[: len(done)], steps[len(done) :][::-1]

    def _another_number(self) -> tuple[int, int]:
        self._last_number += 1
        return self.number, self._last_number

    # ── undo ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def can_undo(self) -> bool:
        return bool(self.undo_stack.done) or self.is_stroking

    @property
    def can_redo(self) -> bool:
        return bool(self.undo_stack.undone)

    def undo(self) -> None:
        """Takes the last step back; a stroke that is being drawn is that step."""
        self.finish_stroke()
        if (step := self.undo_stack.undo()) is not None:
            self._apply(step, forwards=False)
            self.undone.emit()
            self.history_changed.emit()

    def redo(self) -> None:
        """Does the step again that was taken back last."""
        self.finish_stroke()
        if (step := self.undo_stack.redo()) is not None:
            self._apply(step, forwards=True)
            self.redone.emit()
            self.history_changed.emit()

    def _apply(self, step: Step, *, forwards: bool) -> None:
        if step.number is not None:
            self.number = step.number[forwards]
        if step.size is not None:
            self._set_size(step.size[forwards])
        for change in step.tiles:
            self._images[change.layer].put(change.key, change.after if forwards else change.before)
        if step.reference is not None:
            self._reference = step.reference[forwards]
            self.set_visible(Layer.REFERENCE, True)
        self._was_blank = self.is_blank
        for layer in {change.layer for change in step.tiles}:
            self.set_visible(layer, True)  # whoever takes something back wants to see it
        self._announce(step)

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _begin(self, edit: Edit) -> None:
        self.set_visible(edit.layer, True)  # whoever draws wants to see it
        self._edit = edit
        self.stroke_began.emit()

    def _end(self, edit: Edit, changes: tuple[TileChange, ...]) -> None:
        """Called by an edit when it is over."""
        self._edit = self.stroke = None
        if changes:
            step = self._pushed(Step(tiles=changes))
            self.step_done.emit(step)
        self.stroke_ended.emit()
        self.history_changed.emit()

    def _mask_in(self, color: QColor, opacity: float) -> InkMask:
        if self._mask is None:
            self._mask = InkMask(self.size)
        self._mask.set_color(color, opacity)
        return self._mask

    def _seal(self, layer: Layer) -> tuple[TileChange, ...]:
        return tuple(TileChange(layer, *change) for change in self._images[layer].seal())

    def _replace(self, layer: Layer, tiles: Mapping[Key, Tile]) -> list[TileChange]:
        image = self._images[layer]
        changes = [TileChange(layer, key, image.tiles.get(key), tiles.get(key)) for key in {**image.tiles, **tiles}]
        for change in changes:
            image.put(change.key, change.after)
        return changes

    def _exchange_reference(self, reference: Reference | None) -> tuple[Reference | None, Reference | None] | None:
        before, self._reference = self._reference, reference
        return None if before is None and reference is None else (before, reference)

    def _set_size(self, size: QSize) -> None:
        if size != self.size:
            self.size = QSize(size)
            self._mask = None
            self._selection = None
            self.size_changed.emit(self.size)
            self.selection_changed.emit()

    def _finish_step(self, step: Step) -> None:
        """Keeps a step that was just done, unless it changed nothing."""
        if step.tiles or step.size or step.reference:
            step = self._pushed(step)
            self._announce(step)
            self.step_done.emit(step)
            self.history_changed.emit()

    def _pushed(self, step: Step) -> Step:
        """The step as it can be undone from now on: one that empties the canvas, or is the first on it, begins anew."""
        if step.number is None and self._was_blank != self.is_blank:
            step = replace(step, number=self._another_number())
        if step.number is not None:
            self.number = step.number[1]
        self._was_blank = self.is_blank
        self.undo_stack.push(step)
        return step

    def _announce(self, step: Step) -> None:
        for change in step.tiles:
            self.changed.emit(tile_rect(change.key) & self.rect)
        if step.reference is not None:
            self.layers_changed.emit()
        if step.size is not None:
            self._new_revision()
        else:
            self._bump(*{change.layer for change in step.tiles})

    def _bump(self, *layers: Layer) -> None:
        """A new revision, if any of these layers is drawn on and seen."""
        if any(layer in DRAWN_LAYERS and layer not in self._hidden for layer in layers):
            self._new_revision()

    def _new_revision(self) -> None:
        self.revision += 1
        self.revision_changed.emit(self.revision)


class Edit:
    """Wet ink on a layer: what is in its mask over (or, erasing, out of) what was there before.

    It stays within what was selected when it began, softly where the edge of that is soft.
    Change the mask and `apply` the area, as often as wanted; then `commit` or `cancel`. What comes later, from a hand
    that goes on while the drawing was undone, say, draws nothing.
    """

    def __init__(self, document: Document, layer: Layer, color: QColor, opacity: float, *, erases: bool) -> None:
        self.layer = layer
        self.mask = document._mask_in(color, opacity)
        self.is_open = True
        self.clip = document.selection
        self._clips: dict[Key, QImage | None] = {}  # of `clip`, where ink came; None where nothing is selected
        self._document = document
        self._image = document._images[layer]
        self._area = QRect()
        self._mode = (
            QPainter.CompositionMode.CompositionMode_DestinationOut
            if erases
            else QPainter.CompositionMode.CompositionMode_SourceOver
        )

    def ink_line(self, dabs: Dabs) -> None:
        """Draws a line with round ends through dabs, (n, 4): x, y, radius, strength."""
        if self.is_open:
            self.apply(*self.mask.add_line(dabs))

    def set_path(self, path: QPainterPath, width_px: float, *, is_filled: bool = False) -> None:
        """Draws a shape in the place of what this edit has drawn so far."""
        if not self.is_open:
            return
        old = self._area
        self.mask.clear(old)
        self.apply(old.united(self.mask.add_path(path, width_px, is_filled=is_filled)))

    def add_pixels(self, area: np.ndarray) -> None:
        """Inks the pixels, (height, width) of the canvas, that are true."""
        rows, columns = np.flatnonzero(area.any(axis=1)), np.flatnonzero(area.any(axis=0))
        if len(rows) and self.is_open:
            rect = QRect(QPoint(columns[0], rows[0]), QPoint(columns[-1], rows[-1]))
            inside = area[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            self.mask.add_pixels(inside.astype(np.uint8) * 255, rect)
            self.apply(rect)

    def apply(self, *areas: QRect) -> None:
        """Puts the ink of some areas on the layer."""
        parts: dict[Key, QRect] = {}
        for area in areas:
            self._area = self._area.united(area)
            for key in keys_in(area):
                part = tile_rect(key) & area
                parts[key] = parts[key].united(part) if key in parts else part
        if not parts:
            return
        for key, part in parts.items():
            if self.mask.has_ink(tile_rect(key)) and (self.clip is None or self._clip_of(key) is not None):
                self._ink_tile(key, part)
            elif not self._image.drop(key):
                continue  # nothing is there, and nothing was
            self._document.changed.emit(part)
        self._document._bump(self.layer)

    def _ink_tile(self, key: Key, part: QRect) -> None:
        inside = part.translated(-tile_rect(key).topLeft())
        before = self._image.tiles.get(key)
        with QPainter(self._image.open(key)) as painter:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            if before is None:
                painter.fillRect(inside, Qt.GlobalColor.transparent)
            else:
                painter.drawImage(inside.topLeft(), before.image(), inside)
            painter.setCompositionMode(self._mode)
            if (clip := self._clip_of(key)) is None:
                self.mask.paint(painter, inside.topLeft(), part)
            else:
                painter.drawImage(inside.topLeft(), self._clipped_ink(clip.copy(inside), part))

    def _clipped_ink(self, clip: QImage, area: QRect) -> QImage:
        ink = QImage(area.size(), PIXELS)
        ink.fill(0)
        with QPainter(ink) as painter:
            self.mask.paint(painter, QPoint(0, 0), area)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
            painter.drawImage(0, 0, clip)
        return ink

    def _clip_of(self, key: Key) -> QImage | None:
        """How much of each pixel of a tile is selected, as its alpha; None where nothing is, or nothing is clipped."""
        if self.clip is not None and key not in self._clips:
            image = QImage(tile_rect(key).size(), PIXELS)
            image.fill(0)
            with QPainter(image) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.translate(-tile_rect(key).topLeft())
                painter.fillPath(self.clip, Qt.GlobalColor.white)
            self._clips[key] = image if tile_of(image) is not None else None
        return self._clips.get(key)

    def commit(self) -> None:
        """Makes it one step to undo."""
        if self.is_open:
            self._close()
            self._document._end(self, self._document._seal(self.layer))

    def cancel(self) -> None:
        """Takes the ink away again."""
        if self.is_open:
            self._close()
            for key in keys_in(self._area):
                if self._image.drop(key):
                    self._document.changed.emit(tile_rect(key) & self._document.rect)
            self._document._bump(self.layer)
            self._document._end(self, ())

    def _close(self) -> None:
        self.is_open = False
        self.mask.clear(self._area)


def check_size(size: QSize) -> None:
    """Lets a canvas have this size.

    Raises:
        UsageError: it is too large, or has no pixel.
    """
    if not (1 <= size.width() <= LARGEST_SIDE_PX and 1 <= size.height() <= LARGEST_SIDE_PX):
        raise UsageError(
            "A canvas cannot have {width} x {height} pixels.",
            "Choose from 1 x 1 to {largest} x {largest}.",
            width=size.width(),
            height=size.height(),
            largest=LARGEST_SIDE_PX,
        )


def _tiles_of(image: QImage | None, size: QSize) -> dict[Key, Tile]:
    """A picture cut to a size and into tiles; empty ones are left out."""
    if image is None:
        return {}
    image = image.copy(QRect(QPoint(0, 0), size)).convertToFormat(PIXELS)
    tiles = {key: tile_of(image.copy(tile_rect(key))) for key in keys_in(image.rect())}  # transparent beyond the edge
    return {key: tile for key, tile in tiles.items() if tile is not None}
