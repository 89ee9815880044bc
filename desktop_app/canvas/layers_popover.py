"""The layers of a drawing in a popover: which are seen, how clearly the reference is, and what empties them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop_app import theme
from desktop_app.canvas.document import Document
from desktop_app.canvas.layers import Layer
from desktop_app.canvas.popover import Popover, SliderRow

WIDTH_PX = 300


class LayersPopover(Popover):
    """The uppermost layer comes first."""

    def __init__(self, document: Document, parent: QWidget) -> None:
        super().__init__(parent)
        self._document = document
        self.rows: dict[Layer, LayerRow] = {}
        self.column.addWidget(theme.label(self.tr("Layers"), "strong"))
        names = {
            Layer.LINE_ART: (self.tr("Lines"), self.tr("They say where things are.")),
            Layer.COLOR: (self.tr("Colours"), self.tr("They say which colours the picture takes.")),
            Layer.REFERENCE: (self.tr("Picture below"), self.tr("To draw after, or to make a picture from.")),
        }
        for layer in reversed(Layer):
            row = LayerRow(document, layer, *names[layer])
            self.rows[layer] = row
            self.column.addWidget(row)
        self.opacity = SliderRow(
            self.tr("Opacity"), self.tr("How clearly the picture below is seen while you draw"), 0, 100, "%"
        )
        self.column.addWidget(self.opacity)
        self.use_as_colors = theme.button(
            self.tr("Take over as colours"),
            "quiet",
            "palette",
            tip=self.tr("Paints the picture below onto the colours, where pictures start from"),
        )
        self.column.addWidget(self.use_as_colors, 0, Qt.AlignmentFlag.AlignLeft)
        self.setFixedWidth(WIDTH_PX)
        self.opacity.changed.connect(lambda percent: document.set_reference_opacity(percent / 100))
        self.use_as_colors.clicked.connect(self._on_use_as_colors)
        document.layers_changed.connect(self._show)
        document.history_changed.connect(self._show)
        self._show()

    def _on_use_as_colors(self) -> None:
        if (reference := self._document.reference) is not None:
            self._document.paint_image(reference.image, Layer.COLOR, reference.rect)

    def _show(self) -> None:
        for row in self.rows.values():
            row.refresh()
        has_reference = self._document.reference is not None
        self.opacity.show_value(round(self._document.reference_opacity * 100))
        self.opacity.setVisible(has_reference)
        self.use_as_colors.setVisible(has_reference)
        if self.isVisible():
            self.adjustSize()


class LayerRow(QWidget):
    """An eye, the name, and a bin."""

    def __init__(self, document: Document, layer: Layer, name: str, tip: str) -> None:
        super().__init__()
        self._document, self._layer, self._name = document, layer, name
        self.eye = QToolButton()
        self.eye.setCheckable(True)
        self.eye.setIconSize(QSize(theme.ICON_SIZE, theme.ICON_SIZE))
        self.label = theme.label(name)
        self.label.setToolTip(tip)
        self.empty = theme.icon_button("trash", self.tr("Empty"))
        self.empty.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self.eye)
        row.addWidget(self.label, 1)
        row.addWidget(self.empty)
        self.eye.clicked.connect(lambda is_seen: document.set_visible(layer, is_seen))
        self.empty.clicked.connect(lambda: document.clear(layer))
        self.refresh()

    def refresh(self) -> None:
        is_seen, is_empty = self._document.is_visible(self._layer), self._document.is_empty(self._layer)
        self.eye.setChecked(is_seen)
        self.eye.setIcon(theme.icon("eye" if is_seen else "eye-off"))
        self.eye.setToolTip(self.tr("Hide") if is_seen else self.tr("Show"))
        self.eye.setAccessibleName(f"{self.eye.toolTip()}: {self._name}")
        self.label.setProperty("role", "body" if is_seen and not is_empty else "muted")
        theme.refresh(self.label)
        self.empty.setEnabled(not is_empty)
        self.empty.setToolTip(self.tr("Nothing is on it.") if is_empty else self.tr("Empty"))
        self.empty.setAccessibleName(f"{self.tr('Empty')}: {self._name}")
