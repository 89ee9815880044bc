"""A combo box that ends a choice which is too long with three dots, and the list that every combo box opens."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QStylePainter,
)

from desktop_app import theme

ICON_GAP_PX = 4
ENTRIES_SHOWN = 14
LINE_HEIGHT_PX = 9
ENGINE_OPTIONS = "options:"  # in a list of models, instead of the id of one

AnyIndex = QModelIndex | QPersistentModelIndex


def prepare_list(combo: QComboBox) -> None:
    """Lets the list of a combo box look as the sheet says, and be as high as its entries."""
    combo.setItemDelegate(_EntryDelegate(combo))
    combo.setMaxVisibleItems(ENTRIES_SHOWN)
    combo.view().setIconSize(combo.iconSize())


class _EntryDelegate(QStyledItemDelegate):
    """Qt's own one for combo boxes ignores what the sheet says of entries; this one draws lines between groups, too."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(0, LINE_HEIGHT_PX) if _is_line(index) else super().sizeHint(option, index)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        if not _is_line(index):
            super().paint(painter, option, index)
            return
        middle = option.rect.center().y()
        painter.setPen(theme.color("border"))
        painter.drawLine(option.rect.left() + theme.SPACE_S, middle, option.rect.right() - theme.SPACE_S, middle)


def _is_line(index: AnyIndex) -> bool:
    return bool(index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "separator")


class ElidedCombo(QComboBox):
    """As wide as its place; the list that it opens is as wide as its longest entry."""

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(tip)
        prepare_list(self)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        icon_px = 0 if option.currentIcon.isNull() else option.iconSize.width() + ICON_GAP_PX
        if self.currentIndex() < 0:
            option.currentText = self.placeholderText()
            option.palette.setColor(QPalette.ColorRole.ButtonText, theme.color("faint"))
        option.currentText = option.fontMetrics.elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, field.width() - icon_px - 2
        )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def showPopup(self) -> None:
        self.view().setMinimumWidth(max(self.width(), self.view().sizeHintForColumn(0) + 2 * self.view().frameWidth()))
        super().showPopup()
