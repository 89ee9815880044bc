"""A small window that hangs below a button of the toolbar, and the rows in it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from desktop_app import theme
from desktop_app.widgets.switch import Switch

GAP_PX = 4
NAME_PX = 84  # of what stands before a slider
VALUE_PX = 48


class Popover(QFrame):
    """Opens below a widget, closes with Esc or a click elsewhere. `column` is its content."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        card = QFrame()
        card.setProperty("role", "palette")
        self.column = QVBoxLayout(card)
        self.column.setContentsMargins(theme.SPACE_M, theme.SPACE_M, theme.SPACE_M, theme.SPACE_M)
        self.column.setSpacing(theme.SPACE_S)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(card)

    def open_below(self, anchor: QWidget) -> None:
        """Opens below a widget, or above it where there is no room, within the screen."""
        self.adjustSize()
        place = anchor.mapToGlobal(QPoint(0, anchor.height() + GAP_PX))
        screen = anchor.screen().availableGeometry()
        if place.y() + self.height() > screen.bottom():
            place.setY(anchor.mapToGlobal(QPoint(0, 0)).y() - self.height() - GAP_PX)
        place.setX(max(screen.left(), min(place.x(), screen.right() - self.width())))
        self.move(place)
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


class SliderRow(QWidget):
    """A name, a slider and its value in words. `changed(int)` comes from the user only."""

    changed = Signal(int)

    def __init__(self, name: str, tip: str, least: int, most: int, unit: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unit = unit
        label = theme.label(name, "caption")
        label.setFixedWidth(max(NAME_PX, label.sizeHint().width()))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(least, most)
        self.slider.setAccessibleName(name)
        self.slider.setToolTip(tip)
        label.setToolTip(tip)
        self._value = QLabel()
        self._value.setProperty("role", "caption")
        self._value.setMinimumWidth(VALUE_PX)
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(label)
        row.addWidget(self.slider, 1)
        row.addWidget(self._value)
        self.slider.valueChanged.connect(self._on_changed)
        self.show_value(least)

    def show_value(self, value: int, text: str = "") -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(value)
        self.slider.blockSignals(False)
        self._value.setText(text or f"{value} {self._unit}".strip())

    def _on_changed(self, value: int) -> None:
        self._value.setText(f"{value} {self._unit}".strip())
        self.changed.emit(value)


class SwitchRow(QWidget):
    """A sentence and a switch. `toggled(bool)` comes from the user only."""

    toggled = Signal(bool)

    def __init__(self, text: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.switch = Switch()
        self.switch.setAccessibleName(text)
        self.switch.setToolTip(tip)
        label = theme.label(text)
        label.setToolTip(tip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label, 1)
        row.addWidget(self.switch)
        self.switch.clicked.connect(self.toggled)

    def show_value(self, is_on: bool) -> None:
        self.switch.setChecked(is_on)
