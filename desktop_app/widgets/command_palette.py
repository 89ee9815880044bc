"""Every action of the window in one list that is searched by typing (Ctrl+K), and the sheet of all shortcuts (F1)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QPainter, QPainterPath
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop_app import theme

WIDTH_PX = 520
ROW_HEIGHT_PX = 36
ROWS_SHOWN = 9


def keys_of(action: QAction) -> str:
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def plain_text(action: QAction) -> str:
    return action.text().replace("&", "").rstrip("…").strip()


def matches(text: str, query: str) -> bool:
    """Whether every word of the query occurs in the text, in any order."""
    return all(word in text.casefold() for word in query.casefold().split())


class CommandPalette(QDialog):
    """Type, choose with the arrows, Enter runs. Actions that cannot run now are left out."""

    def __init__(self, actions: list[QAction], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Commands"))
        self._actions = [action for action in actions if action.isEnabled() and action.text()]

        frame = QFrame(self)
        frame.setProperty("role", "palette")
        self.search = QLineEdit()
        self.search.setObjectName("paletteSearch")
        self.search.setPlaceholderText(self.tr("What would you like to do?"))
        self.search.setAccessibleName(self.tr("Search commands"))
        self.search.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._show_matches)
        self.search.returnPressed.connect(self._run_current)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setItemDelegate(_CommandDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.itemClicked.connect(self._run_current)
        self.empty = theme.label(self.tr("No command has this name."), "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)

        inner = QVBoxLayout(frame)
        inner.setContentsMargins(theme.SPACE_S, theme.SPACE_S, theme.SPACE_S, theme.SPACE_S)
        inner.setSpacing(theme.SPACE_XS)
        inner.addWidget(self.search)
        line = QFrame()
        line.setProperty("role", "line")
        inner.addWidget(line)
        inner.addWidget(self.list)
        inner.addWidget(self.empty, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)
        self.setFixedSize(WIDTH_PX, ROWS_SHOWN * ROW_HEIGHT_PX + 64)
        outline = QPainterPath()
        outline.addRoundedRect(self.rect(), theme.RADIUS_L, theme.RADIUS_L)
        self.setMask(outline.toFillPolygon().toPolygon())  # without a compositor, transparent corners would be black
        self._show_matches("")
        top_left = parent.mapToGlobal(parent.rect().topLeft())
        self.move(top_left.x() + (parent.width() - WIDTH_PX) // 2, top_left.y() + min(96, parent.height() // 8))

    def _show_matches(self, query: str) -> None:
        self.list.clear()
        for action in self._actions:
            if matches(plain_text(action), query):
                item = QListWidgetItem(action.icon(), plain_text(action), self.list)
                item.setData(Qt.ItemDataRole.UserRole, action)
                item.setData(Qt.ItemDataRole.UserRole + 1, keys_of(action))
        self.list.setCurrentRow(0)
        self.list.setVisible(self.list.count() > 0)
        self.empty.setVisible(self.list.count() == 0)

    def _run_current(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            action = item.data(Qt.ItemDataRole.UserRole)
            self.close()
            action.trigger()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isVisible() and not self.isActiveWindow():
            self.close()  # a click beside it

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
        return super().eventFilter(watched, event)


class _CommandDelegate(QStyledItemDelegate):
    """An icon, the command, and its keys at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: object) -> QSize:
        return QSize(100, ROW_HEIGHT_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
        rect = QRect(option.rect)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            is_selected = bool(state & QStyle.StateFlag.State_Selected)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft" if is_selected else "hover"))
            painter.drawRoundedRect(rect, theme.RADIUS_M, theme.RADIUS_M)
        rect.adjust(theme.SPACE_M, 0, -theme.SPACE_M, 0)
        icon = index.data(Qt.ItemDataRole.DecorationRole)  # type: ignore[attr-defined]
        if icon:
            icon.paint(painter, QRect(rect.left(), rect.center().y() - 8, 17, 17))
        text_rect = rect.adjusted(17 + theme.SPACE_M, 0, 0, 0)
        painter.setPen(theme.color("text"))
        painter.drawText(
            text_rect,
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            index.data(),  # type: ignore[attr-defined]
        )
        painter.setPen(theme.color("muted"))
        painter.setFont(theme.font("caption"))
        painter.drawText(
            text_rect,
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            index.data(Qt.ItemDataRole.UserRole + 1) or "",  # type: ignore[attr-defined]
        )
        painter.restore()


class ShortcutsSheet(QDialog):
    """Every shortcut, in two columns."""

    def __init__(self, groups: list[tuple[str, list[QAction]]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        page = QWidget()
        page.setProperty("role", "page")
        grid = QGridLayout(page)
        grid.setContentsMargins(theme.SPACE_XL, theme.SPACE_L, theme.SPACE_XL, theme.SPACE_L)
        grid.setHorizontalSpacing(theme.SPACE_XL)
        grid.setVerticalSpacing(theme.SPACE_S)
        grid.setColumnStretch(0, 1)
        row = 0
        for title, actions in groups:
            bound = [action for action in actions if not action.shortcut().isEmpty()]
            if not bound:
                continue
            if row:
                grid.setRowMinimumHeight(row, theme.SPACE_S)
                row += 1
            grid.addWidget(theme.label(title, "strong"), row, 0, 1, 2)
            row += 1
            for action in bound:
                grid.addWidget(theme.label(plain_text(action), "muted"), row, 0)
                keys = QHBoxLayout()
                keys.setSpacing(theme.SPACE_XS)
                keys.addStretch()
                for sequence in action.shortcuts():
                    keys.addWidget(theme.label(sequence.toString(QKeySequence.SequenceFormat.NativeText), "key"))
                grid.addLayout(keys, row, 1)
                row += 1
        grid.setRowStretch(row, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        for label in page.findChildren(QLabel):
            label.ensurePolished()  # the sheet's fonts and paddings are part of the size
        frame_px = 2 * scroll.frameWidth()
        width_px = page.sizeHint().width() + scroll.verticalScrollBar().sizeHint().width() + frame_px
        self.resize(max(460, width_px), min(620, page.sizeHint().height() + frame_px))
