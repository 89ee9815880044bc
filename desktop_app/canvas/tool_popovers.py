"""What hangs below the toolbar: the colour in hand, and how the tool draws with it."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app import theme
from desktop_app.canvas.color_picker import ColorPicker
from desktop_app.canvas.popover import Popover, SliderRow, SwitchRow
from desktop_app.canvas.strokes import LARGEST_PX
from desktop_app.canvas.tools import ToolBox

WIDTH_STEPS = 100
POPOVER_PX = 320


def width_at(step: int) -> float:
    """The width at a step of a slider, from 1 px to the largest; the steps grow."""
    return float(max(1, round(LARGEST_PX ** (step / WIDTH_STEPS))))


def step_of(width_px: float) -> int:
    return round(math.log(width_px) / math.log(LARGEST_PX) * WIDTH_STEPS)


class ColorPopover(Popover):
    """Chooses the colour in hand; lines and colours have their own."""

    def __init__(self, box: ToolBox, parent: QWidget) -> None:
        super().__init__(parent)
        self._box = box
        self.picker = ColorPicker()
        self.swap = theme.button(self.tr("Swap"), "quiet", "swap", tip=self.tr("Take the colour behind (X)"))
        row = QHBoxLayout()
        row.addWidget(theme.label(self.tr("Colour"), "strong"), 1)
        row.addWidget(self.swap)
        self.column.addLayout(row)
        self.column.addWidget(self.picker)
        self.picker.color_changed.connect(box.set_color)
        self.swap.clicked.connect(box.swap_colors)
        box.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.picker.show_color(self._box.color)
        self.picker.show_recent(self._box.choices.recent_colors)


class BrushPopover(Popover):
    """Width and opacity, what pressure does, how much a hand is steadied."""

    def __init__(self, box: ToolBox, parent: QWidget) -> None:
        super().__init__(parent)
        self._box = box
        self.width_row = SliderRow(self.tr("Width"), self.tr("In pixels of the canvas ([ and ])"), 0, WIDTH_STEPS, "")
        self.opacity = SliderRow(
            self.tr("Opacity"), self.tr("See-through strokes do not darken where they cross themselves"), 5, 100, "%"
        )
        self.smoothing = SliderRow(
            self.tr("Steadying"), self.tr("Steadies a slow hand; a fast one is followed as it is"), 0, 100, "%"
        )
        self.tolerance = SliderRow(
            self.tr("Fill reaches"), self.tr("How far colours may differ that a fill takes in"), 0, 100, "%"
        )
        self.pressure_to_width = SwitchRow(
            self.tr("Pressure changes the width"), self.tr("A pen that is pressed harder draws a wider line")
        )
        self.pressure_to_opacity = SwitchRow(
            self.tr("Pressure changes the opacity"), self.tr("A pen that is pressed harder draws a stronger line")
        )
        self.speed_taper = SwitchRow(
            self.tr("Thinner when fast"), self.tr("Gives a mouse lines that swell and thin out")
        )
        self.fills_shapes = SwitchRow(
            self.tr("Fill rectangles and ellipses"), self.tr("Without it they are drawn as outlines")
        )
        self.finger_draws = SwitchRow(
            self.tr("A finger draws"), self.tr("Without it one finger moves the canvas; two always zoom and turn it")
        )
        for slider in (self.width_row, self.opacity, self.smoothing, self.tolerance):
            self.column.addWidget(slider)
        for switch in (
            self.pressure_to_width,
            self.pressure_to_opacity,
            self.speed_taper,
            self.fills_shapes,
            self.finger_draws,
        ):
            self.column.addWidget(switch)
        self.setFixedWidth(POPOVER_PX)
        self.width_row.changed.connect(lambda step: box.set_width(width_at(step)))
        self.opacity.changed.connect(lambda percent: box.choose(opacity=percent / 100))
        self.smoothing.changed.connect(lambda percent: box.choose(smoothing=percent / 100))
        self.tolerance.changed.connect(lambda percent: box.choose(tolerance=percent / 100))
        self.pressure_to_width.toggled.connect(lambda is_on: box.choose(pressure_to_width=is_on))
        self.pressure_to_opacity.toggled.connect(lambda is_on: box.choose(pressure_to_opacity=is_on))
        self.speed_taper.toggled.connect(lambda is_on: box.choose(speed_taper=is_on))
        self.fills_shapes.toggled.connect(lambda is_on: box.choose(fills_shapes=is_on))
        self.finger_draws.toggled.connect(lambda is_on: box.choose(finger="draw" if is_on else "pan"))
        box.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        choices = self._box.choices
        self.width_row.show_value(
            step_of(self._box.width_px), self.tr("{width} px").format(width=round(self._box.width_px))
        )
        self.opacity.show_value(round(choices.opacity * 100))
        self.smoothing.show_value(round(choices.smoothing * 100))
        self.tolerance.show_value(round(choices.tolerance * 100))
        self.pressure_to_width.show_value(choices.pressure_to_width)
        self.pressure_to_opacity.show_value(choices.pressure_to_opacity)
        self.speed_taper.show_value(choices.speed_taper)
        self.fills_shapes.show_value(choices.fills_shapes)
        self.finger_draws.show_value(choices.finger == "draw")
