"""A picture that is zoomed and moved by the wheel, the hand, a pinch and keys; who paints it decides what it is."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QSizePolicy, QWidget

from desktop_app import theme

MAX_ZOOM = 32.0  # screen pixels a pixel of the picture
WHEEL_FACTOR = 1.2  # a notch
KEY_STEP = 0.02  # of the picture, for the arrows
DRAG_FROM_PX = 4
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
WITH_CTRL_KEYS = {Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus, Qt.Key.Key_0}
ZOOM_KEYS = {*ARROWS, *WITH_CTRL_KEYS, Qt.Key.Key_1}
ANY_KEYBOARD = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier  # where + and digits lie differs

Zoom = Literal["fit", "fill", "free"]


class ZoomView(QWidget):
    """Knows where its picture lies.

    The wheel zooms at the pointer; a double click shows each pixel as one of the screen, or fits again. + and - zoom, 0
    fits, 1 shows the pixels, the arrows move.

    Signals:
        zoom_changed(): by any means.
    """

    zoom_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._zoom: Zoom = "fit"
        self._scale = 1.0  # while free
        self._middle = QPointF(0.5, 0.5)  # of the place, in the picture
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Picture"))
        self.grabGesture(Qt.GestureType.PinchGesture)
        theme.theme().changed.connect(self.update)

    @property
    def zoom(self) -> Zoom:
        return self._zoom

    @property
    def scale(self) -> float:
        """Of the picture, in pixels of the window."""
        size = self._image.size()
        if size.isEmpty():
            return 1.0
        ratios = self.width() / size.width(), self.height() / size.height()
        if self._zoom == "fit":
            return min(ratios)
        return max(ratios) if self._zoom == "fill" else self._scale

    @property
    def picture_rect(self) -> QRectF:
        """Where the picture lies; it covers its place where it is larger, and is in its middle where it is not."""
        size = QSize(self._image.size()).toSizeF() * self.scale
        place = QRectF(self.rect())
        left = self._clamped(self._middle.x(), size.width(), place.width())
        top = self._clamped(self._middle.y(), size.height(), place.height())
        return QRectF(QPointF(left, top), size)

    @staticmethod
    def _clamped(middle: float, length: float, place: float) -> float:
        if length <= place:
            return (place - length) / 2
        return min(0.0, max(place - length, place / 2 - middle * length))

    def set_zoom(self, zoom: Zoom) -> None:
        """Fits the picture to its place, or fills the place with it."""
        self._set_zoom(zoom, self._scale, QPointF(0.5, 0.5))

    def zoom_to(self, scale: float, at: QPointF | None = None) -> None:
        """Shows a pixel of the picture as `scale` pixels of the window, and leaves `at` where it is."""
        at = QPointF(self.rect().center()) if at is None else at
        smallest = min(1.0 / self.devicePixelRatioF(), self._fit_scale)
        scale = min(MAX_ZOOM, max(smallest, scale))
        before = self._in_picture(at)
        size = QSize(self._image.size()).toSizeF() * scale
        if size.isEmpty():
            return
        middle = QPointF(
            before.x() + (self.width() / 2 - at.x()) / size.width(),
            before.y() + (self.height() / 2 - at.y()) / size.height(),
        )
        self._set_zoom("free", scale, middle)

    def zoom_by(self, factor: float) -> None:
        self.zoom_to(self.scale * factor)

    def zoom_to_pixels(self, at: QPointF | None = None) -> None:
        """Shows each pixel of the picture as one of the screen."""
        self.zoom_to(1.0 / self.devicePixelRatioF(), at)

    def _set_zoom(self, zoom: Zoom, scale: float, middle: QPointF) -> None:
        self._zoom, self._scale = zoom, scale
        self._middle = QPointF(min(1.0, max(0.0, middle.x())), min(1.0, max(0.0, middle.y())))
        self.zoom_changed.emit()
        self.update()

    def _move(self, middle: QPointF, by: QPointF) -> None:
        """Moves the picture by so many pixels of the window from where `middle` was in the middle."""
        rect = self.picture_rect
        middle = QPointF(middle.x() - by.x() / rect.width(), middle.y() - by.y() / rect.height())
        self._set_zoom(self._zoom, self._scale, middle)

    @property
    def _fit_scale(self) -> float:
        size = self._image.size()
        return 1.0 if size.isEmpty() else min(self.width() / size.width(), self.height() / size.height())

    @property
    def _can_move(self) -> bool:
        rect = self.picture_rect
        return rect.width() > self.width() + 1 or rect.height() > self.height() + 1

    def _in_picture(self, at: QPointF) -> QPointF:
        rect = self.picture_rect
        if rect.isEmpty():
            return QPointF(0.5, 0.5)
        return QPointF((at.x() - rect.left()) / rect.width(), (at.y() - rect.top()) / rect.height())

    # ── hands and keys ────────────────────────────────────────────────────────────────────────────────────────────────

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._zoom == "fit":
            self.zoom_to_pixels(event.position())
        else:
            self.set_zoom("fit")

    def wheelEvent(self, event: QWheelEvent) -> None:
        if steps := event.angleDelta().y() / 120:
            self.zoom_to(self.scale * WHEEL_FACTOR**steps, event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Pinches: of a touchpad, and of a touch screen."""
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_to(self.scale * (1 + event.value()), event.position())
            return True
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self.zoom_to(self.scale * pinch.scaleFactor(), pinch.centerPoint() - self.mapToGlobal(QPointF()))
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if not is_zoom_key(event):
            super().keyPressEvent(event)
        elif key in ARROWS:
            self._step(*ARROWS[key], event.modifiers())
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(WHEEL_FACTOR)
        elif key is Qt.Key.Key_Minus:
            self.zoom_by(1 / WHEEL_FACTOR)
        elif key is Qt.Key.Key_0:
            self.set_zoom("fit")
        else:
            self.zoom_to_pixels()

    def _step(self, x: float, y: float, _modifiers: Qt.KeyboardModifier) -> None:
        """An arrow was pressed."""
        self._set_zoom(self._zoom, self._scale, self._middle + QPointF(2 * KEY_STEP * x, 2 * KEY_STEP * y))


def is_zoom_key(event: QKeyEvent) -> bool:
    """Whether a view takes it: Ctrl+1 and others are the window's."""
    held = event.modifiers() & ~ANY_KEYBOARD
    if held == Qt.KeyboardModifier.ControlModifier:
        return event.key() in WITH_CTRL_KEYS
    return held == Qt.KeyboardModifier.NoModifier and event.key() in ZOOM_KEYS
