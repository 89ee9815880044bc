"""The widget of the drawing: takes pen, mouse and fingers, and shows what they did in the next frame."""

from __future__ import annotations

import functools
import math
import time
from pathlib import Path
from typing import Literal

from PySide6.QtCore import (
    QEvent,
    QLineF,
    QMarginsF,
    QMimeData,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    QSizeF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QBrush,
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QEnterEvent,
    QEventPoint,
    QFocusEvent,
    QGuiApplication,
    QHideEvent,
    QImage,
    QInputDevice,
    QInputEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QPointingDevice,
    QPolygonF,
    QRegion,
    QResizeEvent,
    QShowEvent,
    QTabletEvent,
    QTouchEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app import theme
from desktop_app.canvas.document import Document
from desktop_app.canvas.flat import Flat
from desktop_app.canvas.layers import Layer, fitted
from desktop_app.canvas.snapshot import paint_reference
from desktop_app.canvas.tools import INKING, SELECTING, Drag, Pointer, Tool, ToolBox, begin_drag

SMALLEST_SCALE, LARGEST_SCALE = 0.05, 32.0
WHEEL_ZOOM = 1.2  # a notch of the wheel
WHEEL_DEGREES = 5.0
KEY_PAN_PX = 48
FIT_MARGIN_PX = 16
PIXELS_FROM_SCALE = 2.0  # from here on pixels are shown as squares
ANTS_MS = 120
ANTS_DASH_PX = 4.0
ANTS_PARTS = 32  # rectangles of an outline that are painted again
CHECKER_PX = 8
PALM_S = 0.5  # a hand that lies down while the pen draws is no finger

SMALLEST_CIRCLE_PX = 2.5
GONE_S = 2.0  # a pen that was pressed down and sends nothing for so long has been taken away

Device = Literal["mouse", "pen", "finger"]
Paper = Literal["white", "checker"]


class CanvasView(QWidget):
    """Shows a document and draws on it with the tool of a `ToolBox`.

    Left button, pen tip or finger: the tool. Right button or the pen's other end: the eraser. Alt or Ctrl: the
    eyedropper; but with a tool that selects, Shift adds and Alt takes away. Space or the middle button: pan. Wheel:
    zoom at the pointer; with Shift: turn.

    Signals:
        zoom_changed(float): pixels of the screen per pixel of the canvas.
        files_dropped(list[Path]), image_dropped(QImage): dropped or pasted; what becomes of it is the page's to say.
    """

    zoom_changed = Signal(float)
    files_dropped = Signal(object)
    image_dropped = Signal(QImage)

    def __init__(self, document: Document, box: ToolBox | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.box = box or ToolBox(self)
        self._flat = Flat(document)
        self._scale, self._angle, self._is_mirrored = 1.0, 0.0, False
        self._center = QRectF(document.rect).center()  # of the canvas, shown in the middle of the widget
        self._is_fitted = True
        self._to_widget, self._to_canvas = QTransform(), QTransform()
        self._device: Device | None = None  # that is pressed down
        self._button = Qt.MouseButton.NoButton  # of the mouse
        self._drag: Drag | None = None
        self._held: Tool | None = None  # the tool that is at work: an eraser at the right button, too
        self._is_eraser_near = False  # the other end of the pen hovers
        self._pan_from: QPointF | None = None
        self._stood_at = QPoint()  # in the window, while something is pressed down
        self._waits_to_fit = False  # until it is released
        self._moves: list[Pointer] = []  # that nothing came of yet
        self._moved_to = QPointF()
        self._moves_timer = QTimer(self, singleShot=True, interval=0)
        self._moves_timer.timeout.connect(self._follow_moves)
        self._is_space_down = False
        self._shown_tool = self.box.tool
        self._pointer: QPointF | None = None  # in the widget; None when it is elsewhere
        self._circle = QRect()  # around it, as large as the ink is wide
        self._pen_seen_s = -math.inf
        self._pinch: tuple[QPointF, QPointF] | None = None
        self._may_finger_draw = True  # after a pinch not before all were lifted
        self._underlay: QImage | None = None
        self._paper: Paper = "white"
        self._ants_offset = 0.0
        self._ants_path, self._ants_area = QPainterPath(), QRegion()
        self._ants_timer = QTimer(self, interval=ANTS_MS)
        self._ants_timer.timeout.connect(self._on_ants)

        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)  # the right button erases
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(96, 96)
        self.setAccessibleName(self.tr("Canvas"))

        document.changed.connect(self._on_changed)
        document.layers_changed.connect(self.update)
        document.selection_changed.connect(self._on_selection_changed)
        document.size_changed.connect(self._on_size_changed)
        self.box.changed.connect(self._on_tool_changed)
        theme.theme().changed.connect(self.update)
        self._on_tool_changed()
        self._place()

    # ── what lies below the drawing ──────────────────────────────────────────────────────────────────────────────────

    def set_underlay(self, image: QImage | None) -> None:
        """Shows a picture below the drawing, and no part of it; None takes it away.

        Each thing lies where it was drawn: a picture of another shape is seen as far as the canvas is fitted into it.
        """
        self._underlay = image if image is not None and not image.isNull() else None
        self.update()

    def _color_at(self, at: QPoint) -> QColor | None:
        """The colour that is seen at a pixel of the canvas, of what lies below it, too."""
        return self.document.color_at(at, self._paint_underlay)

    @property
    def paper(self) -> Paper:
        return self._paper

    def set_paper(self, paper: Paper) -> None:
        """White, or a checkered pattern that shows where nothing is."""
        self._paper = paper
        self.update()

    # ── zoom, pan, turn ──────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def zoom(self) -> float:
        """Pixels of the screen per pixel of the canvas."""
        return self._scale

    @property
    def angle(self) -> float:
        """Degrees that the canvas is turned by, clockwise."""
        return self._angle

    @property
    def is_mirrored(self) -> bool:
        """Left and right are exchanged on the screen; the drawing stays as it is."""
        return self._is_mirrored

    def set_mirrored(self, is_mirrored: bool) -> None:
        """Shows the canvas as a mirror does, which shows what is crooked; its middle stays."""
        self.end_drag()
        self._is_mirrored = is_mirrored
        self._update_transform()

    def fit(self) -> None:
        """Shows everything, upright, and goes on to when the widget's size changes."""
        self._is_fitted = True
        self._place()

    def zoom_to(self, scale: float, at: QPointF | None = None) -> None:
        """Zooms; what is at a point of the widget (its middle) stays there."""
        self._turn_and_zoom(self._angle, scale, at or self._middle())

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        self.zoom_to(self._scale * factor, at)

    def turn_by(self, degrees: float, at: QPointF | None = None) -> None:
        """Turns the canvas clockwise, as paper on a table."""
        self._turn_and_zoom(self._angle + degrees, self._scale, at or self._middle())

    def pan_by(self, offset: QPointF) -> None:
        """Moves the canvas, in pixels of the screen."""
        self._is_fitted = False
        self._hold(self.to_canvas(self._middle() - offset), self._middle())

    def to_canvas(self, position: QPointF) -> QPointF:
        """A point of the widget in pixels of the canvas."""
        return self._to_canvas.map(position)

    def to_widget(self, position: QPointF) -> QPointF:
        """A pixel of the canvas in the widget."""
        return self._to_widget.map(position)

    def _middle(self) -> QPointF:
        return QRectF(self.rect()).center()

    def _turn_and_zoom(self, angle: float, scale: float, at: QPointF) -> None:
        held = self.to_canvas(at)
        self._is_fitted = False
        self._angle = (angle + 180) % 360 - 180
        self._scale = min(max(scale, SMALLEST_SCALE), LARGEST_SCALE)
        self._hold(held, at)

    def _hold(self, held: QPointF, at: QPointF) -> None:
        """Shows a point of the canvas at a point of the widget, as far as some of the canvas stays in sight."""
        back, _ = self._turned().inverted()
        center = held - back.map(at - self._middle())
        scene = QRectF(self.document.rect)
        self._center = QPointF(
            min(max(center.x(), scene.left()), scene.right()), min(max(center.y(), scene.top()), scene.bottom())
        )
        self._update_transform()

    def _fitting_scale(self, scene: QRectF) -> float:
        room = QSizeF(self.size()).shrunkBy(self._fit_margins())
        scale = min(room.width() / scene.width(), room.height() / scene.height())
        return min(max(scale, SMALLEST_SCALE), LARGEST_SCALE)

    def _fit_margins(self) -> QMarginsF:
        return QMarginsF(FIT_MARGIN_PX, FIT_MARGIN_PX, FIT_MARGIN_PX, FIT_MARGIN_PX)

    def _place(self) -> None:
        """Fits again where that is wanted, else keeps what is in the middle there."""
        if self._is_fitted:
            scene = QRectF(self.document.rect)
            self._angle, self._scale, self._center = 0.0, self._fitting_scale(scene), scene.center()
        self._update_transform()

    def _turned(self) -> QTransform:
        return QTransform().rotate(self._angle).scale(-self._scale if self._is_mirrored else self._scale, self._scale)

    def _update_transform(self) -> None:
        middle, ratio = self._middle(), self.devicePixelRatioF()
        turned = self._turned()
        corner = middle - turned.map(self._center)
        # On whole pixels of the screen, so that at 100 % each pixel of the canvas is one of them.
        corner = QPointF(round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio)
        self._to_widget = turned * QTransform.fromTranslate(corner.x(), corner.y())
        self._to_canvas, _ = self._to_widget.inverted()
        self._flat.set_scale(self._scale * ratio)
        self._show_ants()
        self.update()
        self.zoom_changed.emit(self._scale)

    # ── painting ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def paintEvent(self, event: QPaintEvent) -> None:
        self._flat.refresh()
        canvas = QRectF(self.document.rect)
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), theme.color("window"))
            painter.setTransform(self._to_widget)
            is_smooth = self._scale * self.devicePixelRatioF() < PIXELS_FROM_SCALE or self._angle % 90 != 0
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._angle % 90 != 0)
            self._paint_paper(painter, canvas)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
            self._paint_underlay(painter)
            if self.document.reference is not None and self.document.is_visible(Layer.REFERENCE):
                painter.save()
                painter.setClipRect(canvas, Qt.ClipOperation.IntersectClip)
                painter.setOpacity(self.document.reference_opacity)
                paint_reference(painter, self.document.reference)
                painter.restore()
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
            painter.drawImage(canvas, self._flat.image, self._flat.source)
            painter.resetTransform()
            self._paint_marks(painter)

    def _paint_paper(self, painter: QPainter, canvas: QRectF) -> None:
        painter.fillRect(canvas, Qt.GlobalColor.white)
        if self._paper == "checker":
            brush = QBrush(_checker())
            brush.setTransform(self._to_canvas)  # squares of the screen, not of the canvas
            painter.fillRect(canvas, brush)

    def _paint_underlay(self, painter: QPainter) -> None:
        if self._underlay is not None:
            part = fitted(self.document.size, self._underlay.size())
            painter.drawImage(QRectF(self.document.rect), self._underlay, part)

    def _paint_marks(self, painter: QPainter) -> None:
        """What lies above the drawing and is no part of it, in pixels of the screen."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("border_strong"), 1))
        painter.drawPolygon(self._to_widget.map(QRectF(self.document.rect)))
        if self.document.selection is not None:
            painter.setPen(QPen(Qt.GlobalColor.white, 1))
            painter.drawPath(self._ants_path)
            pen = QPen(Qt.GlobalColor.black, 1)
            pen.setDashPattern([ANTS_DASH_PX, ANTS_DASH_PX])
            pen.setDashOffset(self._ants_offset)
            painter.setPen(pen)
            painter.drawPath(self._ants_path)
        if self.box.tool is Tool.MOVE and self.document.reference is not None:
            self._paint_handles(painter, self.document.reference.rect)
        if (radius := self._cursor_radius()) is not None and self._pointer is not None:
            for tone, distance in ((Qt.GlobalColor.white, 1.0), (Qt.GlobalColor.black, 0.0)):
                painter.setPen(QPen(QColor(tone), 1))
                painter.drawEllipse(self._pointer, radius + distance, radius + distance)

    def _paint_handles(self, painter: QPainter, rect: QRectF) -> None:
        outline = self._to_widget.map(rect)
        painter.setPen(QPen(theme.color("accent"), 1.5))
        painter.drawPolygon(outline)
        painter.setBrush(theme.color("raised"))
        for corner in outline.toList()[:4]:
            painter.drawEllipse(corner, 4.5, 4.5)

    def _widget_rect(self, canvas_rect: QRectF) -> QRect:
        """The pixels of the screen that show an area of the canvas; a little more, for what is blended at its edge."""
        return self._to_widget.mapRect(canvas_rect).adjusted(-2, -2, 2, 2).toAlignedRect()

    # ── what changes ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _on_changed(self, area: QRect) -> None:
        self._flat.mark(area)
        self.update(self._widget_rect(QRectF(area)))

    def _on_size_changed(self, _size: QSize) -> None:
        self._flat.reset()
        self._is_fitted = True
        self._place()

    def _on_tool_changed(self) -> None:
        if Tool.MOVE in (self._shown_tool, self.box.tool) and self._shown_tool != self.box.tool:
            self.update()  # its handles
        self._shown_tool = self.box.tool
        self._show_cursor()
        self._point_at(self._pointer)

    def _on_selection_changed(self) -> None:
        self.update(self._ants_area)
        self._show_ants()
        self.update(self._ants_area)

    def _show_ants(self) -> None:
        path = self.document.selection
        self._ants_path = self._to_widget.map(path) if path is not None else QPainterPath()
        self._ants_area = _outline_region(self._ants_path)
        self._run_ants()

    def _run_ants(self) -> None:
        is_running = self.document.selection is not None and self.isVisible() and theme.motion_ms(ANTS_MS) > 0
        if is_running != self._ants_timer.isActive():
            (self._ants_timer.start if is_running else self._ants_timer.stop)()

    def _on_ants(self) -> None:
        if not self.document.is_stroking:
            self._ants_offset = (self._ants_offset + 1) % (2 * ANTS_DASH_PX)
            self.update(self._ants_area)

    # ── the cursor ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _cursor_radius(self) -> float | None:
        """Of the circle around the pointer; None where an ordinary cursor is clearer."""
        tool = self._held or (Tool.ERASER if self._is_eraser_near else self.box.tool)
        if tool not in INKING or self._is_panning:
            return None
        width_px = self.box.choices.eraser_width_px if tool is Tool.ERASER else self.box.width_px
        radius = width_px * self._scale / 2
        return radius if radius >= SMALLEST_CIRCLE_PX else None

    def _show_cursor(self) -> None:
        shapes = {Tool.MOVE: Qt.CursorShape.SizeAllCursor, Tool.PAN: Qt.CursorShape.OpenHandCursor}
        if self._pan_from is not None:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._is_panning:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._cursor_radius() is not None:
            shape = Qt.CursorShape.BlankCursor
        else:
            shape = shapes.get(self.box.tool, Qt.CursorShape.CrossCursor)
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def _point_at(self, position: QPointF | None) -> None:
        """Moves the circle that shows how wide the ink will be."""
        self._pointer = position
        radius = self._cursor_radius()
        before, self._circle = self._circle, QRect()
        if radius is not None and position is not None:
            reach = radius + 3
            self._circle = QRectF(position.x() - reach, position.y() - reach, 2 * reach, 2 * reach).toAlignedRect()
        if self._circle != before:
            self.update(before)
            self.update(self._circle)

    @property
    def _is_panning(self) -> bool:
        return self._is_space_down or self._pan_from is not None

    # ── press, move, release: the same for every device ──────────────────────────────────────────────────────────────

    def _press(
        self,
        device: Device,
        tool: Tool,
        position: QPointF,
        pressure: float,
        time_ms: float,
        modifiers: Qt.KeyboardModifier,
    ) -> None:
        self.end_drag()
        self._device, self._held = device, tool
        self.setFocus(Qt.FocusReason.MouseFocusReason)  # Qt does so for a mouse, and not for a pen
        self._stood_at = self.mapTo(self.window(), QPoint())
        if tool is Tool.PAN or self._is_space_down:
            self._pan_from = position
        else:
            shift, alt = (bool(modifiers & key) for key in (_SHIFT, _ALT))
            pointer = Pointer(self.to_canvas(position), pressure, time_ms, shift, alt)
            self._drag = begin_drag(tool, self.document, self.box, pointer, self._scale, self._color_at)
        self._point_at(position)
        self._show_cursor()

    def _move(self, position: QPointF, pressure: float, time_ms: float, shift: bool) -> None:
        """Notes where the pointer went. What comes of it waits until all events that are there were taken.

        So a fast pen, or a busy machine, costs one drawing and painting for all its places.
        """
        self._moved_to = position
        self._moves.append(Pointer(self.to_canvas(position), pressure, time_ms, shift))
        if not self._moves_timer.isActive():
            self._moves_timer.start()

    def _follow_moves(self) -> None:
        """Does what comes of the places that the pointer went to."""
        self._moves_timer.stop()
        moves, self._moves = self._moves, []
        if not moves:
            return
        self._point_at(self._moved_to)
        if self._pan_from is not None:
            offset, self._pan_from = self._moved_to - self._pan_from, self._moved_to
            self.pan_by(offset)
        elif self._drag is not None:
            self._drag.move(moves)

    def end_drag(self) -> None:
        """Ends what the pointer is doing as if it had been released: ink that was drawn stays."""
        self._follow_moves()
        if self._drag is not None:
            drag, self._drag = self._drag, None
            drag.end()
        self._pan_from = None
        self._device = self._held = None
        if self._waits_to_fit:
            self._waits_to_fit = False
            self._place()
        self._show_cursor()

    def cancel_drag(self) -> None:
        """Takes back what the pointer is doing."""
        self._moves.clear()
        if self._drag is not None:
            drag, self._drag = self._drag, None
            drag.cancel()
        self.end_drag()

    def _tool_of(self, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier, *, is_eraser: bool = False) -> Tool:
        if button == Qt.MouseButton.MiddleButton:
            return Tool.PAN
        if modifiers & _ALT and not modifiers & _CTRL and self.box.tool in SELECTING:
            return self.box.tool  # which takes away then
        if modifiers & (_ALT | _CTRL):
            return Tool.EYEDROPPER  # some desktops keep Alt to move windows
        return Tool.ERASER if is_eraser or button == Qt.MouseButton.RightButton else self.box.tool

    # ── mouse ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._device is not None and not (self._device == "pen" and self._is_pen_gone()):
            return  # one thing at a time: the pen is drawing, or a second button came down
        tool = self._tool_of(event.button(), event.modifiers())
        self._button = event.button()
        self._press("mouse", tool, event.position(), 1.0, event.timestamp(), event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._device == "mouse" and not event.buttons() & self._button:
            self.end_drag()  # its release went elsewhere
        if self._device in (None, "mouse"):
            self._hover_with(is_eraser=False)
            self._move(event.position(), 1.0, event.timestamp(), _has_shift(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._device == "mouse" and event.button() == self._button:
            self._move(event.position(), 1.0, event.timestamp(), _has_shift(event))
            self.end_drag()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._point_at(event.position())

    def leaveEvent(self, _event: QEvent) -> None:
        self._follow_moves()
        self._point_at(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        is_touchpad = event.device().type() == QInputDevice.DeviceType.TouchPad
        notches = (event.angleDelta().y() or event.angleDelta().x()) / 120  # with Shift or Alt some systems swap them
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.turn_by(notches * WHEEL_DEGREES, event.position())
        elif is_touchpad and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pan_by(QPointF(event.pixelDelta() or event.angleDelta() / 4))
        else:
            self.zoom_by(WHEEL_ZOOM**notches, event.position())

    # ── pen ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def tabletEvent(self, event: QTabletEvent) -> None:
        event.accept()  # or the system sends the same as a mouse
        if self._device == "finger":
            self.cancel_drag()  # the hand lay down before the pen was near
        self._pen_seen_s = time.monotonic()
        position, pressure, time_ms = event.position(), event.pressure(), event.timestamp()
        is_eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
        self._hover_with(is_eraser=is_eraser)
        match event.type():
            case QEvent.Type.TabletPress if self._device != "pen" or event.button() == Qt.MouseButton.LeftButton:
                tool = self._tool_of(event.button(), event.modifiers(), is_eraser=is_eraser)
                if event.button() == Qt.MouseButton.RightButton:
                    tool = Tool.EYEDROPPER  # the button of the pen: its other end erases
                self._press("pen", tool, position, pressure, time_ms, event.modifiers())
            case QEvent.Type.TabletMove if self._device == "pen" and not event.buttons():
                self.end_drag()  # its release was lost
                self._move(position, pressure, time_ms, _has_shift(event))
            case QEvent.Type.TabletMove if self._device in (None, "pen"):
                self._move(position, pressure, time_ms, _has_shift(event))
            case QEvent.Type.TabletRelease if self._device == "pen" and not event.buttons():
                self._move(position, pressure, time_ms, _has_shift(event))
                self.end_drag()

    def _hover_with(self, *, is_eraser: bool) -> None:
        """Which end of the pen is near; the circle tells its width before it touches."""
        if is_eraser != self._is_eraser_near:
            self._is_eraser_near = is_eraser
            self._show_cursor()

    def _is_pen_gone(self) -> bool:
        return time.monotonic() - self._pen_seen_s > GONE_S

    # ── fingers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def touchEvent(self, event: QTouchEvent) -> None:
        """One finger draws or pans, as chosen; two zoom, turn and pan, and take back what the first one began.

        So does a pen that comes near: none of them counts then, until all were lifted.
        """
        event.accept()
        if event.type() == QEvent.Type.TouchCancel:
            self.cancel_drag()
            self._pinch, self._may_finger_draw = None, False
            return
        if self._device == "pen" or time.monotonic() - self._pen_seen_s < PALM_S:
            self._pinch, self._may_finger_draw = None, False
            return
        down = [point for point in event.points() if point.state() != QEventPoint.State.Released]
        if event.type() == QEvent.Type.TouchBegin:
            self._may_finger_draw = True
        if len(down) >= 2:
            self._on_pinch(down[0].position(), down[1].position())
        elif self._pinch is not None:
            self._pinch, self._may_finger_draw = None, False
        elif self._may_finger_draw:
            self._on_finger(event)

    def _on_finger(self, event: QTouchEvent) -> None:
        point = event.points()[0]
        position, time_ms = point.position(), event.timestamp()
        if event.type() == QEvent.Type.TouchBegin and self._device is None:
            tool = self.box.tool if self.box.choices.finger == "draw" else Tool.PAN
            self._press("finger", tool, position, 1.0, time_ms, event.modifiers())
        elif self._device == "finger":
            self._move(position, 1.0, time_ms, _has_shift(event))
            if event.type() == QEvent.Type.TouchEnd:
                self.end_drag()
                self._point_at(None)

    def _on_pinch(self, first: QPointF, second: QPointF) -> None:
        if self._device == "finger":
            self.cancel_drag()
            self._point_at(None)
        if self._pinch is not None:
            before, now = QLineF(*self._pinch), QLineF(first, second)
            if before.length() > 0 and now.length() > 0:
                held = self.to_canvas(before.center())
                turned = (before.angle() - now.angle() + 180) % 360 - 180
                self._turn_and_zoom(self._angle + turned, self._scale * now.length() / before.length(), now.center())
                self._hold(held, now.center())
        self._pinch = first, second

    # ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pans = {
            Qt.Key.Key_Left: QPointF(KEY_PAN_PX, 0),
            Qt.Key.Key_Right: QPointF(-KEY_PAN_PX, 0),
            Qt.Key.Key_Up: QPointF(0, KEY_PAN_PX),
            Qt.Key.Key_Down: QPointF(0, -KEY_PAN_PX),
        }
        if event.key() == Qt.Key.Key_Space:
            self._hold_space(True)
        elif event.key() == Qt.Key.Key_Escape and self._device is not None:
            self.cancel_drag()
        elif event.key() in pans and event.modifiers() in _NO_MODIFIERS:
            self.pan_by(pans[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._hold_space(False)
        else:
            super().keyReleaseEvent(event)

    def _hold_space(self, is_down: bool) -> None:
        if is_down != self._is_space_down:
            self._is_space_down = is_down
            self._show_cursor()
            self.update()

    # ── other events ─────────────────────────────────────────────────────────────────────────────────────────────────

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            if event.device().type() != QInputDevice.DeviceType.TouchScreen:
                return False  # a touchpad moves the pointer
            self.touchEvent(event)
            return True
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1 + event.value(), event.position())
            elif event.gestureType() == Qt.NativeGestureType.RotateNativeGesture:
                self.turn_by(event.value(), event.position())
            return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_ours = event.key() == Qt.Key.Key_Escape and self._device is not None
            if is_ours or event.key() == Qt.Key.Key_Space:
                event.accept()  # before the page's own use of the key
                return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._place()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._device is None:
            self._place()
        else:
            self._stay()

    def _stay(self) -> None:
        """Keeps the canvas where it is on the screen while something is drawn: what comes above moves the widget."""
        before, self._stood_at = self._stood_at, self.mapTo(self.window(), QPoint())
        self._waits_to_fit = True
        self._hold(self.to_canvas(QPointF(self._stood_at - before)), QPointF())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run_ants()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.end_drag()
        self._run_ants()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._hold_space(False)
        if event.reason() == Qt.FocusReason.ActiveWindowFocusReason:
            self.end_drag()  # a release outside would never be heard of

    # ── pictures from elsewhere ──────────────────────────────────────────────────────────────────────────────────────

    def paste(self) -> bool:
        """Takes what is in the clipboard as if it had been dropped; False when that is no picture."""
        return self._take(QGuiApplication.clipboard().mimeData())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasImage() or _files_of(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        if self._take(event.mimeData(), is_ours=event.source() is not None):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def _take(self, data: QMimeData, *, is_ours: bool = False) -> bool:
        files = _files_of(data)
        if files and not (is_ours and data.hasImage()):  # a picture of our own is a file for others alone
            self.files_dropped.emit(files)
            return True
        image = data.imageData() if data.hasImage() else None
        if isinstance(image, QImage) and not image.isNull():
            self.image_dropped.emit(image)
            return True
        return False

    def sizeHint(self) -> QSize:
        return QSize(640, 480)


_SHIFT, _ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_NO_MODIFIERS = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


def _has_shift(event: QInputEvent) -> bool:
    return bool(event.modifiers() & _SHIFT)


def _files_of(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def _outline_region(path: QPainterPath) -> QRegion:
    """The pixels around an outline, in some dozens of rectangles."""
    region = QRegion()
    for polygon in path.toSubpathPolygons():
        points = polygon.toList()
        step = max(1, len(points) // ANTS_PARTS)
        for start in range(0, len(points) - 1, step):
            part = QPolygonF(points[start : start + step + 1]).boundingRect()
            region += part.adjusted(-2, -2, 2, 2).toAlignedRect()
    return region


@functools.cache
def _checker() -> QPixmap:
    pixmap = QPixmap(2 * CHECKER_PX, 2 * CHECKER_PX)
    pixmap.fill(Qt.GlobalColor.white)
    with QPainter(pixmap) as painter:
        for corner in (QPoint(0, 0), QPoint(CHECKER_PX, CHECKER_PX)):
            painter.fillRect(QRect(corner, QSize(CHECKER_PX, CHECKER_PX)), QColor("#e4e4e8"))
    return pixmap
