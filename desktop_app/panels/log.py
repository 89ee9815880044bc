"""The log as it happens: filter by level and text, copy, open its folder, save a report."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QHideEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QSplitter,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop_app import log as app_log
from desktop_app import report, theme
from desktop_app.context import AppContext
from desktop_app.files import write_file
from desktop_app.log import LogLine, Ring
from desktop_app.panels import PanelInfo
from desktop_app.widgets.elided_combo import prepare_list
from desktop_app.widgets.page import EmptyState, PageHeader

REFRESH_MS = 250
Index: TypeAlias = QModelIndex | QPersistentModelIndex
TIME, LEVEL, SOURCE, TEXT = range(4)
NARROW_BELOW_PX = 760  # the messages get the place of their sources, which the selected line tells


class LogModel(QAbstractTableModel):
    """The lines of a ring that pass the filter."""

    def __init__(self, ring: Ring) -> None:
        super().__init__()
        self._ring = ring
        self._newest = 0
        self._lines: list[LogLine] = []
        self._level, self._query = logging.INFO, ""
        self.level_names = {
            logging.DEBUG: self.tr("Debug"),
            logging.INFO: self.tr("Info"),
            logging.WARNING: self.tr("Warning"),
            logging.ERROR: self.tr("Error"),
        }
        self._headers = (self.tr("Time"), self.tr("Level"), self.tr("Source"), self.tr("Message"))

    def line(self, row: int) -> LogLine:
        return self._lines[row]

    @property
    def lines(self) -> list[LogLine]:
        return self._lines

    def set_filter(self, level: int, query: str) -> None:
        """Shows lines of this level and above that contain the text."""
        self.beginResetModel()
        self._level, self._query = level, query.casefold()
        self._lines, self._newest = [], 0
        self._take()
        self.endResetModel()

    def refresh(self) -> bool:
        """Takes what is new; whether anything was."""
        fresh = [line for line in self._ring.after(self._newest) if self._passes(line)]
        if fresh:
            count = len(self._lines)
            self.beginInsertRows(QModelIndex(), count, count + len(fresh) - 1)
            self._take()
            self.endInsertRows()
        if len(self._lines) > 2 * app_log.RING_LENGTH:  # what the ring forgot goes here as well, not line by line
            self.set_filter(self._level, self._query)
        return bool(fresh)

    def _take(self) -> None:
        new = self._ring.after(self._newest)
        if new:
            self._newest = new[-1].number
        self._lines += [line for line in new if self._passes(line)]

    def _passes(self, line: LogLine) -> bool:
        return line.level >= self._level and (
            not self._query or self._query in f"{line.name} {line.text} {line.details}".casefold()
        )

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._headers[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line, column = self._lines[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            if column == TIME:
                return time.strftime("%H:%M:%S", time.localtime(line.when))
            if column == LEVEL:
                return self.level_names[min(max(line.level // 10 * 10, logging.DEBUG), logging.ERROR)]
            return line.name if column == SOURCE else line.text.splitlines()[0] if line.text else ""
        if role == Qt.ItemDataRole.ForegroundRole:
            if column == LEVEL and line.level >= logging.ERROR:
                return theme.color("danger")
            if column == LEVEL and line.level >= logging.WARNING:
                return theme.color("warning")
            return theme.color("text" if column == TEXT else "muted")
        if role == Qt.ItemDataRole.ToolTipRole and column in (SOURCE, TEXT):
            return (line.name if column == SOURCE else line.text)[:1000]
        return None


class LogPanel(QWidget):
    """Follows the newest line while the list is scrolled to its end."""

    def __init__(self, context: AppContext, ring: Ring = app_log.ring) -> None:
        super().__init__()
        self._context = context
        self.model = LogModel(ring)

        header = PageHeader(self.tr("Log"), self.tr("What the app and its engines did. It never holds what you said."))
        self.folder_button = theme.button(
            self.tr("Open folder"), "plain", "folder", tip=self.tr("Show the log files in the file manager")
        )
        self.report_button = theme.button(
            self.tr("Save report…"), "plain", "download", tip=self.tr("Save versions, settings and this log as a text")
        )
        header.tools.addWidget(self.folder_button)
        header.tools.addWidget(self.report_button)

        self.search = QLineEdit()
        self.search.setProperty("role", "search")
        self.search.setPlaceholderText(self.tr("Filter"))
        self.search.setAccessibleName(self.tr("Filter the log"))
        self.search.setToolTip(self.tr("Show only lines with this text (Ctrl+F)"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.level = QComboBox()
        prepare_list(self.level)
        self.level.setAccessibleName(self.tr("Level"))
        self.level.setToolTip(self.tr("Show this level and what is more serious"))
        for level, name in self.model.level_names.items():
            self.level.addItem(name, level)
        self.level.setCurrentIndex(1)
        self.copy_button = theme.button(
            self.tr("Copy"), "plain", "copy", tip=self.tr("Copy the selected lines, or all")
        )
        filters = QHBoxLayout()
        filters.setSpacing(theme.SPACE_S)
        filters.addWidget(self.search, 1)
        filters.addWidget(self.level)
        filters.addWidget(self.copy_button)

        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Log lines"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(28)
        head = self.table.horizontalHeader()
        head.setHighlightSections(False)
        head.setStretchLastSection(True)
        for column, width in ((TIME, 88), (LEVEL, 88), (SOURCE, 184)):
            head.resizeSection(column, width)
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setFont(theme.mono_font())
        self.details.setAccessibleName(self.tr("The selected line"))
        self.details.hide()
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self.table)
        splitter.addWidget(self.details)
        splitter.setSizes([480, 160])
        splitter.setChildrenCollapsible(False)
        self.empty = EmptyState("log", self.tr("Nothing here"), self.tr("No line passes the filter."))
        self.stack = QStackedWidget()
        self.stack.addWidget(splitter)
        self.stack.addWidget(self.empty)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_XL, theme.SPACE_L, theme.SPACE_XL, theme.SPACE_L)
        layout.setSpacing(theme.SPACE_M)
        layout.addWidget(header)
        layout.addLayout(filters)
        layout.addWidget(self.stack, 1)

        copy = QAction(self.tr("Copy log lines"), self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy)
        self.table.addAction(copy)
        save = QAction(self.tr("Save a report"), self)
        save.triggered.connect(self._on_save_report)
        self.addAction(save)
        self.search.textChanged.connect(self._on_filter_changed)
        self.level.currentIndexChanged.connect(self._on_filter_changed)
        self.copy_button.clicked.connect(self.copy)
        self.folder_button.clicked.connect(self._on_open_folder)
        self.report_button.clicked.connect(self._on_save_report)
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self._timer = QTimer(self, interval=REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._on_filter_changed()

    def focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def refresh(self) -> None:
        bar = self.table.verticalScrollBar()
        is_at_end = bar.value() >= bar.maximum()
        if self.model.refresh() and is_at_end:
            self.table.scrollToBottom()
        self.stack.setCurrentIndex(0 if self.model.lines else 1)

    def copy(self) -> None:
        """Puts the selected lines, or all, on the clipboard."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        lines = [self.model.line(row) for row in rows] or self.model.lines
        QApplication.clipboard().setText("\n".join(report.format_line(line) for line in lines))

    def save_report(self, path: Path) -> None:
        text = report.report_of(self._context.settings, app_log.ring.after(0))
        self._context.run(
            lambda _job: write_file(path, text),
            on_done=lambda _: self._context.notify("info", self.tr("The report was saved."), str(path)),
        )

    def _on_filter_changed(self) -> None:
        self.model.set_filter(self.level.currentData(), self.search.text())
        self.stack.setCurrentIndex(0 if self.model.lines else 1)
        self.table.scrollToBottom()

    def _on_selection_changed(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        self.details.setVisible(len(rows) == 1)
        if len(rows) == 1:
            self.details.setPlainText(report.format_line(self.model.line(rows[0].row())))

    def _on_open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._context.paths.log_dir)))

    def _on_save_report(self) -> None:
        name = f"sensorium-report-{time.strftime('%Y%m%d-%H%M')}.txt"
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Save report"), str(Path.home() / name))
        if path:
            self.save_report(Path(path))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.table.setColumnHidden(SOURCE, self.width() < NARROW_BELOW_PX)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()


PANEL = PanelInfo("log", "Log", "log", 110, LogPanel, description="What the app and its engines did")
