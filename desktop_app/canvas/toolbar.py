"""The bar above the canvas: tools, what they draw with, layers, zoom; every command of the canvas with its key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QSlider, QToolButton, QWidget

from desktop_app import theme
from desktop_app.canvas.files import CanvasFiles
from desktop_app.canvas.layers import Layer
from desktop_app.canvas.layers_popover import LayersPopover
from desktop_app.canvas.tool_popovers import WIDTH_STEPS, BrushPopover, ColorPopover, step_of, width_at
from desktop_app.canvas.tools import Tool
from desktop_app.canvas.view import CanvasView

GAP_PX = 2
GROUP_GAP_PX = theme.SPACE_S
KEY_ZOOM = 1.25
KEY_TURN_DEGREES = 15.0
WIDTH_SLIDER_PX = 110
SIZES_PX = ((256, 256), (384, 384), (512, 512), (512, 768), (768, 512), (768, 768), (1024, 1024), (2048, 2048))


@dataclass
class _Item:
    """A part of the bar.

    Attributes:
        rank: parts of a higher rank give way first where the bar is narrow.
        actions: what the menu at the end offers while the part has given way.
    """

    widget: QWidget
    rank: int
    actions: list[QAction] = field(default_factory=list)


class CanvasToolbar(QFrame):
    """Belongs to one view. Its commands work while the keys go to the canvas; a page adds `commands` to itself, too.

    Signals:
        underlay_toggled(bool): the picture that is made shall be seen below the drawing, or no more.
    """

    underlay_toggled = Signal(bool)

    def __init__(self, view: CanvasView, files: CanvasFiles | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view, self._box, self._document = view, view.box, view.document
        self._files = files
        self._items: list[_Item] = []
        self.commands: list[QAction] = []
        self._make_actions()
        self.brush_popover = BrushPopover(view.box, self)
        self.color_popover = ColorPopover(view.box, self)
        self.layers_popover = LayersPopover(view.document, self)

        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.SPACE_XS, theme.SPACE_XS, theme.SPACE_XS, theme.SPACE_XS)
        self._row.setSpacing(GAP_PX)
        self._add(_button(self.undo_action), 1, [self.undo_action])
        self._add(_button(self.redo_action), 5, [self.redo_action])
        self._row.addSpacing(GROUP_GAP_PX)
        self._add(_button(self._tools[Tool.BRUSH]), 0)
        self._add(_button(self._tools[Tool.ERASER]), 0)
        self.shapes_button = FlyoutButton([self._tools[tool] for tool in (Tool.LINE, Tool.RECTANGLE, Tool.ELLIPSE)])
        self.select_button = FlyoutButton([self._tools[tool] for tool in (Tool.SELECT_RECTANGLE, Tool.SELECT_LASSO)])
        self._add(self.shapes_button, 0)
        self._add(_button(self._tools[Tool.FILL]), 2, [self._tools[Tool.FILL]])
        self._add(_button(self._tools[Tool.EYEDROPPER]), 6, [self._tools[Tool.EYEDROPPER]])
        self._add(self.select_button, 2, self.select_button.choices)
        self._add(_button(self._tools[Tool.MOVE]), 7, [self._tools[Tool.MOVE]])
        self._row.addSpacing(GROUP_GAP_PX)
        self.layer_switch = LayerSwitch([self.lines_action, self.colors_action])
        self._add(self.layer_switch, 1, [self.lines_action, self.colors_action])
        self.color_button = ColorButton(view)
        self._add(self.color_button, 0)
        self.width_button = WidthButton(view)
        self._add(self.width_button, 0)
        self.width_slider = WidthSlider(view)
        self._add(self.width_slider, 9)
        self._row.addStretch(1)
        self.layers_button = theme.icon_button("layers", self.tr("Layers"), tip=self.tr("Layers: show, hide, empty"))
        self._add(self.layers_button, 4, [self.layers_action])
        self.zoom_button = QToolButton()
        self.zoom_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.zoom_button.setToolTip(self.tr("Zoom and turn: the wheel zooms, with Shift it turns"))
        self._add(self.zoom_button, 8)
        self.more_button = theme.icon_button("more", self.tr("More"), tip=self.tr("More commands"))
        self._add(self.more_button, 0)

        self.color_button.clicked.connect(self._open_colors)
        self.width_button.clicked.connect(self._open_brush)
        self.layers_button.clicked.connect(self._open_layers)
        self.zoom_button.clicked.connect(self._open_zoom)
        self.more_button.clicked.connect(self._open_more)
        self._box.changed.connect(self._show)
        self._document.history_changed.connect(self._show)
        self._document.layers_changed.connect(self._show)
        self._document.selection_changed.connect(self._show)
        view.zoom_changed.connect(self._show_zoom)
        self._show()
        self._show_zoom(view.zoom)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    # ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _make_actions(self) -> None:
        view, box, document = self._view, self._box, self._document
        selects = self.tr("{tool}; with Shift it adds, with Alt it takes away")
        tips = {
            Tool.EYEDROPPER: self.tr("Pick a colour; with a tool that draws, a click with Ctrl or Alt does"),
            Tool.SELECT_RECTANGLE: selects.format(tool=self.tr("Select a rectangle")),
            Tool.SELECT_LASSO: selects.format(tool=self.tr("Select freely")),
        }
        group = QActionGroup(self)
        self._tools: dict[Tool, QAction] = {}
        for tool, text, icon, keys in (
            (Tool.BRUSH, self.tr("Brush"), "brush", "B"),
            (Tool.ERASER, self.tr("Eraser"), "eraser", "E"),
            (Tool.LINE, self.tr("Straight line"), "line", "L"),
            (Tool.RECTANGLE, self.tr("Rectangle"), "rectangle", "R"),
            (Tool.ELLIPSE, self.tr("Ellipse"), "ellipse", "O"),
            (Tool.FILL, self.tr("Fill with colour"), "fill", "G"),
            (Tool.EYEDROPPER, self.tr("Pick a colour"), "eyedropper", "I"),
            (Tool.MOVE, self.tr("Move the picture below"), "move", "V"),
            (Tool.SELECT_RECTANGLE, self.tr("Select a rectangle"), "select-rectangle", "M"),
            (Tool.SELECT_LASSO, self.tr("Select freely"), "select-lasso", "Q"),
            (Tool.PAN, self.tr("Move the canvas"), "hand", "H"),
        ):
            action = self._action(text, icon, keys, partial(box.choose, tool=tool), tips.get(tool, ""))
            action.setCheckable(True)
            group.addAction(action)
            self._tools[tool] = action
        layers = QActionGroup(self)
        self.lines_action = self._action(
            self.tr("Lines"), "", "1", partial(box.choose, layer=Layer.LINE_ART), self.tr("Draw lines")
        )
        self.colors_action = self._action(
            self.tr("Colours"),
            "",
            "2",
            lambda: box.choose(layer=Layer.COLOR),
            self.tr("Paint colours, below the lines"),
        )
        for action in (self.lines_action, self.colors_action):
            action.setCheckable(True)
            layers.addAction(action)
        self.undo_action = self._action(self.tr("Undo"), "undo", "Ctrl+Z", document.undo)
        self.redo_action = self._action(self.tr("Redo"), "redo", "Ctrl+Shift+Z", document.redo)
        self.redo_action.setShortcuts([*self.redo_action.shortcuts(), QKeySequence("Ctrl+Y")])
        self._action(self.tr("Thinner"), "", "[", lambda: box.step_width(-1))
        self._action(self.tr("Thicker"), "", "]", lambda: box.step_width(1))
        self._action(self.tr("Swap the two colours"), "swap", "X", box.swap_colors)
        self._action(self.tr("Black and white"), "", "D", box.reset_colors)
        self._action(self.tr("Choose a colour"), "", "C", self._open_colors)
        self.layers_action = self._action(self.tr("Layers"), "layers", "Shift+L", self._open_layers)
        self.mirror_action = self._action(
            self.tr("Mirrored"),
            "mirror",
            "Shift+M",
            lambda: view.set_mirrored(self.mirror_action.isChecked()),
            self.tr("Look at the canvas in a mirror; the drawing stays as it is"),
        )
        self.mirror_action.setCheckable(True)
        self._zoom_actions = [
            self._action(self.tr("Show all"), "fit", "Ctrl+0", view.fit),
            self._action("100 %", "", "0", lambda: view.zoom_to(1.0)),
            self._action(self.tr("Zoom in"), "zoom-in", "+", lambda: view.zoom_by(KEY_ZOOM)),
            self._action(self.tr("Zoom out"), "zoom-out", "-", lambda: view.zoom_by(1 / KEY_ZOOM)),
            self._action(self.tr("Turn left"), "undo", ",", lambda: view.turn_by(-KEY_TURN_DEGREES)),
            self._action(self.tr("Turn right"), "redo", ".", lambda: view.turn_by(KEY_TURN_DEGREES)),
            self._action(self.tr("Upright"), "", "5", lambda: view.turn_by(-view.angle)),
            self.mirror_action,
        ]
        for number, others in ((2, ("=", "Ctrl++", "Ctrl+=")), (3, ("Ctrl+-",))):
            action = self._zoom_actions[number]
            action.setShortcuts([*action.shortcuts(), *map(QKeySequence, others)])
        self.select_all_action = self._action(self.tr("Select all"), "", "Ctrl+A", document.select_all)
        self.deselect_action = self._action(
            self.tr("Select nothing"), "", "Ctrl+D", lambda: document.set_selection(None)
        )
        self.invert_action = self._action(
            self.tr("Select what is not selected"), "", "Ctrl+Shift+I", document.invert_selection
        )
        self.clear_layer_action = self._action(
            self.tr("Empty the layer"),
            "trash",
            "Del",
            lambda: document.clear_selected(box.choices.layer),
            self.tr("Empty the layer, or what is selected of it"),
        )
        self.clear_action = self._action(self.tr("Empty the canvas"), "trash", "Ctrl+Del", lambda: document.clear())

        self.paper_action = self._action(self.tr("Checkered paper"), "", "Shift+P", self._toggle_paper)
        self.paper_action.setCheckable(True)
        self.underlay_action = self._action(
            self.tr("Draw on the picture"),
            "",
            "U",
            lambda: self.underlay_toggled.emit(self.underlay_action.isChecked()),
            self.tr("Shows the picture that is made below the drawing, while it forms"),
        )
        self.underlay_action.setCheckable(True)

    def _action(self, text: str, icon: str, keys: str, act: Callable[[], object], tip: str = "") -> QAction:
        action = QAction(text, self)
        if icon:
            action.setIcon(theme.icon(icon))
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setToolTip(f"{tip or text} ({QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)})")
        action.triggered.connect(lambda: act())
        self._view.addAction(action)
        self.commands.append(action)
        return action

    def _toggle_paper(self) -> None:
        self._view.set_paper("checker" if self.paper_action.isChecked() else "white")

    # ── popovers and menus ───────────────────────────────────────────────────────────────────────────────────────────

    def _open_colors(self) -> None:
        self.color_popover.open_below(self.color_button)

    def _open_brush(self) -> None:
        self.brush_popover.open_below(self.width_button)

    def _open_layers(self) -> None:
        self.layers_popover.open_below(self.layers_button if self.layers_button.isVisible() else self.more_button)

    def _open_zoom(self) -> None:
        self._pop_up(self._menu_of(self._zoom_actions), self.zoom_button)

    def _open_more(self) -> None:
        self._pop_up(self.more_menu(), self.more_button)

    def more_menu(self) -> QMenu:
        """What has no room in the bar, and what is needed seldom."""
        menu = self._menu_of([action for item in self._items if item.widget.isHidden() for action in item.actions])
        menu.addSeparator()
        if self.zoom_button.isHidden():
            menu.addMenu(self.tr("Zoom and turn")).addActions(self._zoom_actions)
        menu.addActions([self.select_all_action, self.deselect_action, self.invert_action])
        menu.addSeparator()
        if self._files is not None:
            menu.addActions(self._files.actions)
            menu.addSeparator()
        sizes = menu.addMenu(self.tr("Canvas size"))
        for width, height in SIZES_PX:
            action = sizes.addAction(f"{width} × {height}")
            action.setCheckable(True)
            action.setChecked(self._document.size == QSize(width, height))
            action.triggered.connect(partial(self._document.resize, QSize(width, height)))
        menu.addActions([self.underlay_action, self.paper_action, self.clear_layer_action, self.clear_action])
        return menu

    def _menu_of(self, actions: list[QAction]) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(actions)
        return menu

    def _pop_up(self, menu: QMenu, button: QWidget) -> None:
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    # ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────────

    def _show(self) -> None:
        tool = self._box.tool
        self._tools[tool].setChecked(True)
        self.lines_action.setChecked(self._box.target is Layer.LINE_ART)
        self.colors_action.setChecked(self._box.target is Layer.COLOR)
        document = self._document
        _enable(self.undo_action, document.can_undo, self.tr("Nothing was drawn yet."))
        _enable(self.redo_action, document.can_redo, self.tr("Nothing was undone."))
        _enable(self._tools[Tool.MOVE], document.reference is not None, self.tr("There is no picture below."))
        _enable(self.deselect_action, document.selection is not None, self.tr("Nothing is selected."))

    def _show_zoom(self, zoom: float) -> None:
        percent, is_mirrored = round(zoom * 100), self._view.is_mirrored
        self.zoom_button.setText(f"{percent} % ⇋" if is_mirrored else f"{percent} %")
        name = self.tr("Zoom: {percent} %, mirrored") if is_mirrored else self.tr("Zoom: {percent} %")
        self.zoom_button.setAccessibleName(name.format(percent=percent))

    # ── room ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _add(self, widget: QWidget, rank: int, actions: list[QAction] | None = None) -> None:
        self._items.append(_Item(widget, rank, actions or []))
        self._row.addWidget(widget)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and hasattr(self, "more_button"):
            self._fit()

    def _fit(self) -> None:
        """Shows as many parts as have room, those of the lowest ranks first."""
        margins = self._row.contentsMargins()
        room = self.width() - margins.left() - margins.right() - 2 * GROUP_GAP_PX - 3 * GAP_PX
        shown = sorted(self._items, key=lambda item: item.rank)
        while shown and sum(item.widget.sizeHint().width() + GAP_PX for item in shown) > room:
            shown.pop()
        for item in self._items:
            item.widget.setVisible(item in shown)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, super().minimumSizeHint().height())


def _enable(action: QAction, is_enabled: bool, why_not: str) -> None:
    """Enables a command; while it is not, its tooltip says why."""
    tip = action.toolTip().partition("\n")[0]
    action.setEnabled(is_enabled)
    action.setToolTip(tip if is_enabled else f"{tip}\n{why_not}")


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setAccessibleName(action.text())
    button.setIconSize(QSize(theme.ICON_SIZE, theme.ICON_SIZE))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the canvas
    return button


class FlyoutButton(QToolButton):
    """One button for some tools: a click takes the one that was used last, another click offers them all."""

    def __init__(self, choices: list[QAction]) -> None:
        super().__init__()
        self.choices = choices
        self._last = choices[0]
        self._was_checked = False
        self.setCheckable(True)
        self.setIconSize(QSize(theme.ICON_SIZE, theme.ICON_SIZE))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for action in choices:
            action.toggled.connect(self._show)
        self.clicked.connect(self._on_clicked)
        self._show()

    def _show(self) -> None:
        checked = [action for action in self.choices if action.isChecked()]
        self._last = checked[0] if checked else self._last
        self._was_checked = bool(checked)
        self.setChecked(self._was_checked)
        self.setIcon(self._last.icon())
        self.setAccessibleName(self._last.text())
        names = ", ".join(action.toolTip() for action in self.choices)
        self.setToolTip(self.tr("{names}\nClick again to choose").format(names=names))

    def _on_clicked(self) -> None:
        if self._was_checked:
            self.setChecked(True)
            self.open_menu()
        else:
            self._last.trigger()

    def open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.choices)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()
        self.open_menu()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.open_menu()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent" if self.isChecked() else "muted"))
            right, bottom = self.width() - 4.0, self.height() - 4.0
            painter.drawPolygon(
                QPolygonF([QPointF(right, bottom), QPointF(right - 4.5, bottom), QPointF(right, bottom - 4.5)])
            )


class LayerSwitch(QFrame):
    """Lines or colours: two buttons side by side."""

    def __init__(self, choices: list[QAction]) -> None:
        super().__init__()
        self.setObjectName("layerSwitch")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for action in choices:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)


class ColorButton(QToolButton):
    """The colour in hand over the other one."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__()
        self._box = view.box
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Colour"))
        self.setToolTip(self.tr("Colour (C); X swaps it with the one behind"))
        self.setFixedWidth(40)
        self._box.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color("border_strong"), 1))
            middle = QRectF(self.rect()).center()
            for name, offset in ((self._box.colors[1], 4.0), (self._box.colors[0], -4.0)):
                painter.setBrush(QColor(name))
                square = QRectF(0, 0, 15, 15)
                square.moveCenter(middle + QPointF(offset, offset * 0.75))
                painter.drawRoundedRect(square, 3, 3)


class WidthButton(QToolButton):
    """The width of what is drawn, in pixels of the canvas."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__()
        self._box = view.box
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(self.tr("Width, opacity, pressure ([ and ] change the width)"))
        self._box.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.setText(self.tr("{width} px").format(width=round(self._box.width_px)))
        self.setAccessibleName(self.tr("Width: {width} pixels").format(width=round(self._box.width_px)))

    def sizeHint(self) -> QSize:
        widest = self.fontMetrics().horizontalAdvance(self.tr("{width} px").format(width=888))
        return QSize(widest + 2 * theme.SPACE_S, super().sizeHint().height())


class WidthSlider(QSlider):
    """The width on a scale whose steps grow."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._box = view.box
        self.setRange(0, WIDTH_STEPS)
        self.setFixedWidth(WIDTH_SLIDER_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Width"))
        self.setToolTip(self.tr("Width ([ and ])"))
        self.valueChanged.connect(lambda step: self._box.set_width(width_at(step)))
        self._box.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.blockSignals(True)
        self.setValue(step_of(self._box.width_px))
        self.blockSignals(False)
