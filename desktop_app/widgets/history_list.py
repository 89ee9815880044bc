"""The list of what was heard: a title, how it begins or where it was found, when, how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QDate,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    QTime,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop_app import i18n, theme
from desktop_app.durations import clock_text
from desktop_app.history.records import Hit, Item

INSET_PX, LINE_GAP_PX = 12, 3
SIZE_SHOWN_FROM_BYTES = 500_000
ROW_ROLE = Qt.ItemDataRole.UserRole

AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Row:
    """An item, and where in it the search was found.

    Attributes:
        is_recorded_now: in this window or another one.
    """

    item: Item
    hits: tuple[Hit, ...] = ()
    is_recorded_now: bool = False


def title_of(item: Item) -> str:
    """The name that somebody gave, or how it begins."""
    return item.title or _first_words(item.preview) or QCoreApplication.translate("History", "Recording without words")


def _first_words(text: str, limit: int = 48) -> str:
    sentence = text.partition(". ")[0].strip().rstrip(".")
    if len(sentence) <= limit:
        return sentence
    cut = sentence[:limit].rpartition(" ")[0] or sentence[:limit]
    return cut + "…"


def _rest(item: Item) -> str:
    """How it begins, or goes on when its first words are its title; else where it was heard."""
    if item.title:
        return item.preview
    return item.preview.partition(". ")[2].strip() or item.source


def when_text(moment: datetime) -> str:
    """Today's time, else the day."""
    local, now = moment.astimezone(), datetime.now().astimezone()
    locale = QLocale()
    if local.date() == now.date():
        return str(locale.toString(QTime(local.hour, local.minute), QLocale.FormatType.ShortFormat))
    if (now.date() - local.date()).days < 7:
        return locale.standaloneDayName(local.isoweekday(), QLocale.FormatType.ShortFormat) + local.strftime(" %H:%M")
    return str(locale.toString(QDate(local.year, local.month, local.day), QLocale.FormatType.ShortFormat))


class HistoryModel(QAbstractListModel):
    """Rows, newest first."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []

    def set_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    @property
    def rows(self) -> Sequence[Row]:
        return self._rows

    def row_of(self, item_id: int) -> int:
        """Its place, -1 when it is not listed."""
        return next((row for row, entry in enumerate(self._rows) if entry.item.id == item_id), -1)

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return title_of(row.item)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.item.source or None
        return None


class HistoryDelegate(QStyledItemDelegate):
    """Paints a `Row`."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        text_px = sum(QFontMetricsF(theme.font(role)).height() for role in ("strong", "body", "caption"))
        return QSize(0, round(text_px) + 2 * LINE_GAP_PX + 18)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        row: Row = index.data(ROW_ROLE)
        item = row.item
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(option.rect).adjusted(2, 1, -2, -1)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft" if is_selected else "hover"))
            painter.drawRoundedRect(frame, theme.RADIUS_M, theme.RADIUS_M)
        inner = frame.adjusted(INSET_PX, 7, -INSET_PX, -7)

        caption, strong, body = theme.font("caption"), theme.font("strong"), theme.font("body")
        when = when_text(item.created_at)
        when_width = QFontMetricsF(caption).horizontalAdvance(when)
        line = QFontMetricsF(strong).height()
        painter.setFont(caption)
        painter.setPen(theme.color("muted"))
        top = QRectF(inner.left(), inner.top(), inner.width(), line)
        painter.drawText(top, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), when)
        left = inner.left()
        if item.is_pinned:
            theme.icon("pin", "accent").paint(painter, round(left), round(inner.top() + (line - 14) / 2), 14, 14)
            left += 18
        painter.setFont(strong)
        painter.setPen(theme.color("text"))
        width = inner.right() - left - when_width - 10
        title = QFontMetricsF(strong).elidedText(title_of(item), Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRectF(left, inner.top(), width, line), int(Qt.AlignmentFlag.AlignVCenter), title)

        middle = QRectF(inner.left(), inner.top() + line + LINE_GAP_PX, inner.width(), QFontMetricsF(body).height())
        if row.hits:
            _draw_snippet(painter, middle, row.hits[0])
        else:
            painter.setFont(body)
            painter.setPen(theme.color("muted"))
            text = QFontMetricsF(body).elidedText(_rest(item), Qt.TextElideMode.ElideRight, middle.width())
            painter.drawText(middle, int(Qt.AlignmentFlag.AlignVCenter), text)

        painter.setFont(caption)
        painter.setPen(theme.color("faint"))
        bottom = QRectF(inner.left(), middle.bottom() + LINE_GAP_PX, inner.width(), QFontMetricsF(caption).height())
        painter.drawText(bottom, int(Qt.AlignmentFlag.AlignVCenter), _details(row))
        painter.restore()


def _details(row: Row) -> str:
    if row.is_recorded_now:
        return QCoreApplication.translate("History", "Recording now")
    parts = [clock_text(row.item.duration_s)]
    if row.item.size_bytes >= SIZE_SHOWN_FROM_BYTES:
        parts.append(i18n.size_text(row.item.size_bytes))
    if row.item.state != "finished":
        parts.append(QCoreApplication.translate("History", "not complete"))
    if len(row.hits) > 1:
        parts.append(QCoreApplication.translate("History", "{count} places").format(count=len(row.hits)))
    return "  ·  ".join(parts)


def _draw_snippet(painter: QPainter, rect: QRectF, hit: Hit) -> None:
    """One line with what was found marked, beginning so that the first place is seen."""
    metrics = QFontMetricsF(theme.font("body"))
    text, shift = hit.snippet, 0
    if hit.matches and metrics.horizontalAdvance(text[: hit.matches[0][1]]) > rect.width() * 0.7:
        shift = text.rfind(" ", 0, max(0, hit.matches[0][0] - 12)) + 1
        text = "…" + text[shift:]
        shift -= 1
    text = metrics.elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, rect.width())
    layout = QTextLayout(text, theme.font("body"))
    option = QTextOption(Qt.AlignmentFlag.AlignLeft)
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    layout.setTextOption(option)
    spans = [_span(0, len(text), theme.color("muted"))]
    spans += [
        _span(start - shift, end - start, theme.color("text"), theme.color("warning_soft"))
        for start, end in hit.matches
        if start >= shift
    ]
    layout.setFormats(spans)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(1e6)
    layout.endLayout()
    painter.save()
    painter.setClipRect(rect)
    layout.draw(painter, rect.topLeft())
    painter.restore()


def _span(start: int, length: int, ink: QColor, background: QColor | None = None) -> QTextLayout.FormatRange:
    span = QTextLayout.FormatRange()
    span.start, span.length = start, length
    style = QTextCharFormat()
    style.setForeground(ink)
    if background is not None:
        style.setBackground(background)
    span.format = style
    return span
