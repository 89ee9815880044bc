"""Chooses a colour: a field of its shades, the hues, its number, colours that were used, and a palette."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegularExpressionValidator,
)
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop_app import theme

FIELD_PX = QSize(240, 140)
HUES_PX = QSize(240, 16)
SWATCH_PX = 22
COLUMNS = 10
KEY_STEP = 0.02
PALETTE = (
    *("#000000", "#3b3b42", "#6b6d76", "#a3a6b0", "#d6d8de", "#ffffff", "#f3d9c4", "#d9a27c", "#9a6240", "#5a3620"),
    *("#c62f3b", "#e0782f", "#f0b429", "#f6e06b", "#7cb342", "#2f8f5b", "#38a3a5", "#3f7fd0", "#5a4fcf", "#a6499f"),
)


class ColorPicker(QWidget):
    """Signals: color_changed(QColor): by the user, while it is dragged too."""

    color_changed = Signal(QColor)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color = QColor("#000000")
        self._field = _Field(self.tr("Shade"), self.tr("Saturation and brightness (arrow keys)"))
        self._hues = _Hues(self.tr("Hue"), self.tr("Hue (arrow keys)"))
        self._number = QLineEdit()
        self._number.setAccessibleName(self.tr("Number of the colour"))
        self._number.setToolTip(self.tr("The colour as #RRGGBB"))
        self._number.setValidator(QRegularExpressionValidator("#?[0-9a-fA-F]{0,6}"))
        self._recent_row = QHBoxLayout()
        self._recent_row.setSpacing(theme.SPACE_XS)
        self._recent_label = theme.label(self.tr("Used before"), "caption")

        palette = QGridLayout()
        palette.setSpacing(theme.SPACE_XS)
        for number, name in enumerate(PALETTE):
            palette.addWidget(self._swatch(name), number // COLUMNS, number % COLUMNS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_S)
        column.addWidget(self._field)
        column.addWidget(self._hues)
        column.addWidget(self._number)
        column.addLayout(palette)
        column.addWidget(self._recent_label)
        column.addLayout(self._recent_row)

        self._field.moved.connect(self._on_field)
        self._hues.moved.connect(self._on_hue)
        self._number.textEdited.connect(self._on_number)
        self._show(self._color)

    @property
    def color(self) -> QColor:
        return self._color

    def show_color(self, color: QColor) -> None:
        """Shows a colour; a grey one keeps the hue that was there."""
        if color.name() == self._color.name():
            return
        self._show(color)

    def show_recent(self, names: Sequence[str]) -> None:
        """Offers colours that were used, the newest first."""
        while (item := self._recent_row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for name in names[:COLUMNS]:
            self._recent_row.addWidget(self._swatch(name))
        self._recent_row.addStretch()
        self._recent_label.setVisible(bool(names))

    def _show(self, color: QColor) -> None:
        self._color = QColor(color)
        if color.hsvHueF() >= 0:
            self._field.hue = self._hues.at.x() if self._is_hue_of(color) else color.hsvHueF()
            self._hues.place(QPointF(self._field.hue, 0))
        self._field.place(QPointF(color.hsvSaturationF(), 1 - color.valueF()))
        if not self._number.hasFocus():
            self._number.setText(color.name())

    def _is_hue_of(self, color: QColor) -> bool:
        """Whether the hue in hand is as good: 8 bits a channel do not tell close ones apart."""
        mine = QColor.fromHsvF(self._field.hue, color.hsvSaturationF(), color.valueF())
        return mine.name() == color.name()

    def _choose(self, color: QColor) -> None:
        self._show(color)
        self.color_changed.emit(color)

    def _on_field(self, at: QPointF) -> None:
        self._choose(QColor.fromHsvF(self._field.hue, at.x(), 1 - at.y()))

    def _on_hue(self, at: QPointF) -> None:
        self._field.hue = min(at.x(), 0.9999)
        self._choose(QColor.fromHsvF(self._field.hue, self._field.at.x(), 1 - self._field.at.y()))

    def _on_number(self, text: str) -> None:
        color = QColor(f"#{text.lstrip('#')}")
        if len(text.lstrip("#")) == 6 and color.isValid():
            self._choose(color)

    def _swatch(self, name: str) -> QAbstractButton:
        swatch = _Swatch(QColor(name))
        swatch.clicked.connect(lambda: self._choose(QColor(name)))
        return swatch


class _Swatch(QAbstractButton):
    def __init__(self, color: QColor) -> None:
        super().__init__()
        self._color = color
        self.setFixedSize(SWATCH_PX, SWATCH_PX)
        self.setToolTip(color.name())
        self.setAccessibleName(color.name())
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            is_marked = self.hasFocus() or self.underMouse()
            painter.setPen(QPen(theme.color("accent" if is_marked else "control"), 2 if is_marked else 1))
            painter.setBrush(self._color)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.RADIUS_S, theme.RADIUS_S)


class _Area(QWidget):
    """A place in a rectangle, from (0, 0) to (1, 1), chosen with the mouse or the arrow keys.

    Signals: moved(QPointF): by the user.
    """

    moved = Signal(QPointF)

    def __init__(self, name: str, tip: str, size: QSize) -> None:
        super().__init__()
        self.at = QPointF(0, 0)
        self.setFixedHeight(size.height())
        self.setMinimumWidth(size.width())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(name)
        self.setToolTip(tip)

    def place(self, at: QPointF) -> None:
        self.at = QPointF(min(max(at.x(), 0.0), 1.0), min(max(at.y(), 0.0), 1.0))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(QPointF(event.position().x() / self.width(), event.position().y() / self.height()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: QPointF(-KEY_STEP, 0),
            Qt.Key.Key_Right: QPointF(KEY_STEP, 0),
            Qt.Key.Key_Up: QPointF(0, -KEY_STEP),
            Qt.Key.Key_Down: QPointF(0, KEY_STEP),
        }
        if event.key() in steps:
            self._go(self.at + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _go(self, at: QPointF) -> None:
        self.place(at)
        self.moved.emit(self.at)

    def _paint_edge(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("accent" if self.hasFocus() else "control"), 2 if self.hasFocus() else 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS_S, theme.RADIUS_S)


class _Field(_Area):
    """Saturation from left to right, brightness from bottom to top, of one hue."""

    def __init__(self, name: str, tip: str) -> None:
        super().__init__(name, tip, FIELD_PX)
        self.hue = 0.0
        self.at = QPointF(0, 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            across = QLinearGradient(rect.topLeft(), rect.topRight())
            across.setColorAt(0, Qt.GlobalColor.white)
            across.setColorAt(1, QColor.fromHsvF(self.hue, 1, 1))
            down = QLinearGradient(rect.topLeft(), rect.bottomLeft())
            down.setColorAt(0, Qt.GlobalColor.transparent)
            down.setColorAt(1, Qt.GlobalColor.black)
            for gradient in (across, down):
                painter.setBrush(gradient)
                painter.drawRoundedRect(rect, theme.RADIUS_S, theme.RADIUS_S)
            self._paint_edge(painter)
            room = rect.adjusted(7, 7, -7, -7)
            center = room.topLeft() + QPointF(self.at.x() * room.width(), self.at.y() * room.height())
            for tone, width in ((Qt.GlobalColor.black, 3.5), (Qt.GlobalColor.white, 2.0)):
                painter.setPen(QPen(QColor(tone), width))
                painter.drawEllipse(center, 6, 6)


class _Hues(_Area):
    def __init__(self, name: str, tip: str) -> None:
        super().__init__(name, tip, HUES_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            hues = QLinearGradient(rect.topLeft(), rect.topRight())
            for sixth in range(7):
                hues.setColorAt(sixth / 6, QColor.fromHsvF(sixth / 6 % 1, 1, 1))
            painter.setBrush(hues)
            painter.drawRoundedRect(rect, theme.RADIUS_S, theme.RADIUS_S)
            self._paint_edge(painter)
            x = 3 + self.at.x() * (self.width() - 6)
            for tone, width in ((Qt.GlobalColor.black, 5.5), (Qt.GlobalColor.white, 3.0)):
                painter.setPen(QPen(QColor(tone), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                painter.drawLine(QPointF(x, 3), QPointF(x, self.height() - 3))
