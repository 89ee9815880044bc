"""Pens, mice and fingers that do what a test says."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QWidget

NONE, LEFT, RIGHT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
PRESS, MOVE, RELEASE = QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease
PEN, ERASER = QPointingDevice.PointerType.Pen, QPointingDevice.PointerType.Eraser

_devices = {
    end: QPointingDevice(
        "pen",
        number,
        QInputDevice.DeviceType.Stylus,
        end,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
        1,
        3,
    )
    for number, end in enumerate((PEN, ERASER), 900)
}


def pen(
    widget: QWidget,
    kind: QEvent.Type,
    x: float,
    y: float,
    pressure: float = 1.0,
    time_ms: int = 0,
    *,
    end: QPointingDevice.PointerType = PEN,
    button: Qt.MouseButton | None = None,
    buttons: Qt.MouseButton | None = None,
) -> QTabletEvent:
    """One event of a pen at a point of the widget."""
    event = QTabletEvent(
        kind,
        _devices[end],
        QPointF(x, y),
        QPointF(x, y),
        pressure,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        Qt.KeyboardModifier.NoModifier,
        (NONE if kind == MOVE else LEFT) if button is None else button,
        (NONE if kind == RELEASE else LEFT) if buttons is None else buttons,
    )
    event.setTimestamp(time_ms)
    QCoreApplication.sendEvent(widget, event)
    return event


def pen_stroke(widget: QWidget, points: Iterable[tuple[float, ...]], **options) -> None:
    """A whole stroke: (x, y) or (x, y, pressure) each, 5 ms apart."""
    points = list(points)
    for number, point in enumerate(points):
        pen(widget, MOVE if number else PRESS, *point, time_ms=1000 + 5 * number, **options)
    pen(widget, RELEASE, *points[-1][:2], 0.0, time_ms=1000 + 5 * len(points), **options)


def mouse(
    widget: QWidget,
    kind: QEvent.Type,
    x: float,
    y: float,
    button: Qt.MouseButton = LEFT,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    is_move, is_release = kind == QEvent.Type.MouseMove, kind == QEvent.Type.MouseButtonRelease
    position = QPointF(x, y)
    event = QMouseEvent(
        kind, position, position, NONE if is_move else button, NONE if is_release else button, modifiers
    )
    QCoreApplication.sendEvent(widget, event)


def mouse_drag(
    widget: QWidget, points: Iterable[tuple[float, float]], button: Qt.MouseButton = LEFT, **options
) -> None:
    points = list(points)
    mouse(widget, QEvent.Type.MouseButtonPress, *points[0], button, **options)
    for point in points[1:]:
        mouse(widget, QEvent.Type.MouseMove, *point, button, **options)
    mouse(widget, QEvent.Type.MouseButtonRelease, *points[-1], button, **options)


def pixels(image: QImage) -> np.ndarray:
    """(height, width, 4) blue, green, red, alpha."""
    image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    array = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return array[:, : image.width()].copy()
