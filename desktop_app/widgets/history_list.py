"""The list of what was heard and seen: a title, how it begins or where it was found, when, how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QDate,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    QTime,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop_app import i18n, theme
from desktop_app.durations import clock_text
from desktop_app.history.records import Hit, Item, Kind, PictureFile
from desktop_app.widgets.small_pictures import SmallPictures

INSET_PX, LINE_GAP_PX = 12, 3
TILE_PX, TILE_GAP_PX = 52, 8
NARROW_BELOW_PX = 180
SIZE_SHOWN_FROM_BYTES = 500_000
ROW_ROLE = Qt.ItemDataRole.UserRole

AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Row:
    """An item of the history, or a file of the user's own, and where in it the search was found.

    Attributes:
        hits: places where the words stand.
        is_recorded_now: in this window or another one.
        shows_it: found by what the picture shows.
    """

    item: Item | None = None
    file: PictureFile | None = None
    hits: tuple[Hit, ...] = ()
    is_recorded_now: bool = False
    shows_it: bool = False

    @property
    def key(self) -> tuple[str, int]:
        """The same for another row of the same thing."""
        if self.item is not None:
            return "item", self.item.id
        assert self.file is not None
        return "file", self.file.id

    @property
    def title(self) -> str:
        if self.item is not None:
            return title_of(self.item)
        assert self.file is not None
        return self.file.path.name

    @property
    def when(self) -> datetime:
        if self.item is not None:
            return self.item.created_at
        assert self.file is not None
        return self.file.modified_at

    @property
    def picture(self) -> Path | None:
        """The file of what is seen."""
        return self.item.picture if self.item is not None else self.file.path if self.file is not None else None

    @property
    def thumbnail(self) -> Path | None:
        """A small one where there is one."""
        return self.item.thumbnail if self.item is not None else self.picture

    @property
    def is_pinned(self) -> bool:
        return self.item is not None and self.item.is_pinned


def title_of(item: Item) -> str:
    """The name that somebody gave, or how it begins."""
    return item.title or first_words(item.preview) or untitled(item.kind)


def untitled(kind: Kind) -> str:
    """What an item without a name and words is called."""
    if kind == "snapshot":
        return QCoreApplication.translate("History", "Snapshot")
    if kind == "picture":
        return QCoreApplication.translate("History", "Drawn picture")
    return QCoreApplication.translate("History", "Recording without words")


def first_words(text: str, limit: int = 48) -> str:
    """What a text that has no name is called."""
    sentence = text.partition(". ")[0].strip().rstrip(".")
    if len(sentence) <= limit:
        return sentence
    cut = sentence[:limit].rpartition(" ")[0] or sentence[:limit]
    return cut + "…"


def _rest(row: Row) -> str:
    """How it begins, or goes on when its first words are its title; else where it is from, or what made it."""
    if row.file is not None:
        return str(row.file.path.parent)
    item = row.item
    assert item is not None
    rest = item.preview if item.title else item.preview.partition(". ")[2].strip()
    rest = rest.replace("?. ", "? ")  # texts are told apart by the dot
    return rest or item.source or _made_by(item) or item.model_id


def _made_by(item: Item) -> str:
    """What tells pictures of the same words apart."""
    seed, steps = (item.details.get(name) for name in ("seed", "num_inference_steps"))
    if item.kind != "picture" or not isinstance(seed, int) or not isinstance(steps, int):
        return ""
    return QCoreApplication.translate("History", "Seed {seed}  ·  {steps} steps").format(seed=seed, steps=steps)


def when_text(moment: datetime) -> str:
    """Today's time, else the day."""
    day, date, clock = _in_words(moment)
    age = (datetime.now().astimezone().date() - moment.astimezone().date()).days
    return clock if age == 0 else f"{day} {clock}" if age < 7 else date


def whole_when_text(moment: datetime) -> str:
    """The day and the time."""
    return " ".join(_in_words(moment))


def _in_words(moment: datetime) -> tuple[str, str, str]:
    """Day of the week, date and time."""
    local, locale, short = moment.astimezone(), QLocale(), QLocale.FormatType.ShortFormat
    return (
        locale.standaloneDayName(local.isoweekday(), short),
        str(locale.toString(QDate(local.year, local.month, local.day), short)),
        str(locale.toString(QTime(local.hour, local.minute), short)),
    )


class HistoryModel(QAbstractListModel):
    """Rows, newest first."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._places: dict[tuple[str, int], int] = {}
        self._has_pictures = False

    def set_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self._places = {row.key: place for place, row in enumerate(rows)}
        self._has_pictures = any(row.picture for row in rows)
        self.endResetModel()

    @property
    def rows(self) -> Sequence[Row]:
        return self._rows

    @property
    def has_pictures(self) -> bool:
        return self._has_pictures

    def row_of(self, key: tuple[str, int]) -> int:
        """The place of a thing, -1 when it is not listed."""
        return self._places.get(key, -1)

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.title
        if role == Qt.ItemDataRole.ToolTipRole:  # whole, what there is no room for
            source = row.item.source if row.item is not None else str(row.file.path) if row.file is not None else ""
            return "\n".join(text for text in (row.title, whole_when_text(row.when), source) if text)
        return None


class HistoryDelegate(QStyledItemDelegate):
    """Paints a `Row`; where there are pictures, every row has a tile at its left."""

    def __init__(self, model: HistoryModel, pictures: SmallPictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._pictures = pictures

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        text_px = sum(QFontMetricsF(theme.font(role)).height() for role in ("strong", "body", "caption"))
        return QSize(0, round(text_px) + 2 * LINE_GAP_PX + 18)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        row: Row = index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(option.rect).adjusted(2, 1, -2, -1)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft" if is_selected else "hover"))
            painter.drawRoundedRect(frame, theme.RADIUS_M, theme.RADIUS_M)
        inner = frame.adjusted(INSET_PX, 7, -INSET_PX, -7)
        if self._model.has_pictures:
            tile = QRectF(frame.left() + TILE_GAP_PX, 0, TILE_PX, TILE_PX)
            tile.moveTop(frame.center().y() - TILE_PX / 2)
            self._paint_tile(painter, tile, row)
            inner.setLeft(tile.right() + INSET_PX)

        caption, strong, body = theme.font("caption"), theme.font("strong"), theme.font("body")
        when = when_text(row.when)
        when_width = QFontMetricsF(caption).horizontalAdvance(when)
        line = QFontMetricsF(strong).height()
        is_narrow = inner.width() < NARROW_BELOW_PX  # then the name gets the whole line
        painter.setFont(caption)
        painter.setPen(theme.color("muted"))
        top = QRectF(inner.left(), inner.top(), inner.width(), line)
        if not is_narrow:
            painter.drawText(top, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), when)
        left = inner.left()
        if row.is_pinned:
            theme.icon("pin", "accent").paint(painter, round(left), round(inner.top() + (line - 14) / 2), 14, 14)
            left += 18
        painter.setFont(strong)
        painter.setPen(theme.color("text"))
        width = inner.right() - left - (0 if is_narrow else when_width + 10)
        title = QFontMetricsF(strong).elidedText(row.title, Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRectF(left, inner.top(), width, line), int(Qt.AlignmentFlag.AlignVCenter), title)

        middle = QRectF(inner.left(), inner.top() + line + LINE_GAP_PX, inner.width(), QFontMetricsF(body).height())
        if row.hits:
            _draw_snippet(painter, middle, row.hits[0])
        else:
            painter.setFont(body)
            painter.setPen(theme.color("muted"))
            where = Qt.TextElideMode.ElideRight if row.file is None else Qt.TextElideMode.ElideLeft
            text = QFontMetricsF(body).elidedText(_rest(row), where, middle.width())
            painter.drawText(middle, int(Qt.AlignmentFlag.AlignVCenter), text)

        painter.setFont(caption)
        painter.setPen(theme.color("faint"))
        bottom = QRectF(inner.left(), middle.bottom() + LINE_GAP_PX, inner.width(), QFontMetricsF(caption).height())
        details = f"{when}  ·  {_details(row)}" if is_narrow else _details(row)
        details = QFontMetricsF(caption).elidedText(details, Qt.TextElideMode.ElideRight, bottom.width())
        painter.drawText(bottom, int(Qt.AlignmentFlag.AlignVCenter), details)
        painter.restore()

    def _paint_tile(self, painter: QPainter, tile: QRectF, row: Row) -> None:
        shape = QPainterPath()
        shape.addRoundedRect(tile, theme.RADIUS_M, theme.RADIUS_M)
        painter.fillPath(shape, theme.color("hover"))
        image = self._pictures.get(row.thumbnail, row.when) if row.thumbnail is not None else None
        if image is not None and not image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setClipPath(shape)
            painter.drawImage(tile, image)
            painter.setClipping(False)
            return
        if row.picture is not None:
            name = "image"
        else:
            name = "file" if row.item is not None and row.item.tracks == ("file",) else "hear"
        side = 20
        at = tile.center().toPoint() - QPoint(side // 2, side // 2)
        theme.icon(name, "faint").paint(painter, at.x(), at.y(), side, side)


def _details(row: Row) -> str:
    if row.is_recorded_now:
        return QCoreApplication.translate("History", "Recording now")
    item = row.item
    if item is None:
        parts = [QCoreApplication.translate("History", "Your file")]
    elif item.kind == "speech":
        parts = [clock_text(item.duration_s)]
    else:
        parts = [untitled(item.kind)]
    if row.shows_it:
        parts.append(QCoreApplication.translate("History", "shows it"))
    if item is not None and item.size_bytes >= SIZE_SHOWN_FROM_BYTES:
        parts.append(i18n.size_text(item.size_bytes))
    if item is not None and item.state != "finished":
        parts.append(QCoreApplication.translate("History", "not complete"))
    if len(row.hits) > 1:
        parts.append(QCoreApplication.translate("History", "{count} places").format(count=len(row.hits)))
    return "  ·  ".join(parts)


def _draw_snippet(painter: QPainter, rect: QRectF, hit: Hit) -> None:
    """One line with what was found marked, beginning so that the first place is seen."""
    metrics = QFontMetricsF(theme.font("body"))
    text, shift = _from_first_match(hit, metrics, rect.width())
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
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


def _from_first_match(hit: Hit, metrics: QFontMetricsF, width: float) -> tuple[str, int]:
    """The snippet from where its first match can be read, and how far its letters moved to the left."""
    text = hit.snippet.replace("\n", " ")
    if not hit.matches:
        return text, 0
    start, end = hit.matches[0]
    if metrics.horizontalAdvance(text[:end]) <= width * 0.7:
        return text, 0
    first = start
    for wanted in (max(0, start - 12), start):  # with words before it, where there is room for them
        space = text.rfind(" ", max(0, wanted - 12), wanted)
        first = wanted if space < 0 else space + 1  # Chinese has none
        if metrics.horizontalAdvance("…" + text[first:end]) <= width * 0.9:
            break
    return "…" + text[first:], first - 1


def _span(start: int, length: int, ink: QColor, background: QColor | None = None) -> QTextLayout.FormatRange:
    span = QTextLayout.FormatRange()
    span.start, span.length = start, length
    style = QTextCharFormat()
    style.setForeground(ink)
    if background is not None:
        style.setBackground(background)
    span.format = style
    return span
