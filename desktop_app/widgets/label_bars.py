"""What a picture shows, as bars that move calmly: a row a label, the surest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from time import monotonic

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from desktop_app import theme
from desktop_app.widgets.screen_reader import announce

TICK_MS = 33
GLIDE_S = 0.12  # of a bar to its new length, and of a row to its new place
STEADY_S = 1.0  # rows are ranked by their scores over so long, so that near ties do not swap places
RANKED_EVERY_S = 0.8
ROW_GAP_PX = 4
STILL = 0.002  # less is not seen


@dataclass
class _Row:
    """One label.

    Attributes:
        score: the newest one; None before the first.
        shown: how long its bar is painted now.
        steady: what it is ranked by.
        place: the row it is painted at now, which may lie between two.
        rank: the row that it moves to.
    """

    label: str
    score: float | None = None
    shown: float = 0.0
    steady: float = 0.0
    place: float = 0.0
    rank: int = 0


class LabelBars(QAbstractScrollArea):
    """Rows that keep their order long enough to be read. Only those in sight are painted: 500 cost what ten do.

    Signals:
        removed(str): the user takes a label out, by its button or Del.
    """

    removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Row] = []  # as they were given
        self._none = _Row("")
        self._has_none = False
        self._is_editable = False
        self._hovered: _Row | None = None
        self._current: _Row | None = None
        self._ranked_at = 0.0
        self._ticked_at = 0.0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Labels with their scores"))
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        theme.theme().changed.connect(self.viewport().update)

    # ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────

    def set_labels(self, labels: Sequence[str], *, has_none: bool = False, is_editable: bool = False) -> None:
        """Shows these, those that were there before with their scores."""
        known = {row.label: row for row in self._rows}
        self._rows = [known.get(label) or _Row(label) for label in labels]
        self._has_none, self._is_editable = has_none, is_editable
        self._none.label = self.tr("none of these")
        self._hovered = None
        if not has_none:
            self._none.score = None
        place = self._current.rank if self._current is not None else None
        self._rank(at_once=True)
        if place is not None and self._current not in self._shown_rows:  # it was taken out: the next one is chosen
            self._current = next((row for row in self._shown_rows if row.rank == place), None)
        self._fit()

    def set_scores(self, scores: Sequence[tuple[str, float]], none_score: float | None = None) -> None:
        """The newest scores; labels that are not shown yet are added, for models with labels of their own."""
        known = {row.label: row for row in self._rows}
        is_first = all(row.score is None for row in self._rows)
        if not self._is_editable:  # the surest of a model's own: others each time
            self._rows = [known.get(label) or _Row(label, place=len(scores)) for label, _ in scores]
            known = {row.label: row for row in self._rows}
        for label, score in scores:
            if label in known:
                known[label].score = score
        self._none.score = none_score if self._has_none else None
        if is_first or theme.theme().reduce_motion:
            self._settle()
        self._fit()
        if not self._timer.isActive():
            self._ticked_at = monotonic()
            self._timer.start()

    def clear_scores(self) -> None:
        """The labels stay, their bars go: nothing looks at the picture."""
        for row in self._shown_rows:
            row.score, row.shown, row.steady = None, 0.0, 0.0
        self._timer.stop()
        self._rank(at_once=True)
        self.viewport().update()

    @property
    def order(self) -> list[str]:
        """The labels from top to bottom, with "none of these" where it is."""
        return [row.label for row in sorted(self._shown_rows, key=lambda row: row.rank)]

    @property
    def _shown_rows(self) -> list[_Row]:
        return [*self._rows, self._none] if self._has_none else self._rows

    # ── motion ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _settle(self) -> None:
        for row in self._shown_rows:
            row.shown = row.steady = row.score or 0.0
        self._rank(at_once=True)
        self.viewport().update()

    def _rank(self, *, at_once: bool = False) -> None:
        self._ranked_at = monotonic()
        for rank, row in enumerate(sorted(self._shown_rows, key=lambda row: -row.steady)):  # stable: as given in a tie
            row.rank = rank
            if at_once:
                row.place = rank
        best = next((row for row in self._shown_rows if row.rank == 0 and row.score is not None), None)
        self.setAccessibleDescription(_told(best) if best is not None else "")

    def _on_tick(self) -> None:
        now = monotonic()
        passed_s, self._ticked_at = now - self._ticked_at, now
        glide, steady = 1 - exp(-passed_s / GLIDE_S), 1 - exp(-passed_s / STEADY_S)
        if theme.theme().reduce_motion:
            glide = 1.0
        is_moving = False
        for row in self._shown_rows:
            score = row.score or 0.0
            row.shown += (score - row.shown) * glide
            row.steady += (score - row.steady) * steady
            row.place += (row.rank - row.place) * glide
            is_moving |= max(abs(score - row.shown), abs(score - row.steady), abs(row.rank - row.place)) > STILL
        if now - self._ranked_at >= RANKED_EVERY_S:
            self._rank(at_once=theme.theme().reduce_motion)
        if not is_moving:
            self._timer.stop()
        self.viewport().update()

    # ── painting ────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _row_px(self) -> int:
        return round(QFontMetricsF(theme.font("body")).height()) + 2 * theme.SPACE_XS + 2 + ROW_GAP_PX

    def _rect_of(self, row: _Row) -> QRectF:
        top = row.place * self._row_px - self.verticalScrollBar().value()
        return QRectF(0, top, self.viewport().width(), self._row_px - ROW_GAP_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            in_sight = QRectF(event.rect())
            # The surest last: it passes over the others.
            for row in sorted(self._shown_rows, key=lambda row: -row.rank):
                rect = self._rect_of(row)
                if rect.intersects(in_sight):
                    self._paint_row(painter, row, rect)

    def _paint_row(self, painter: QPainter, row: _Row, rect: QRectF) -> None:
        is_best = row.rank == 0 and row.score is not None
        is_none = row is self._none
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("hover", 0.55))
        painter.drawRoundedRect(rect, theme.RADIUS_M, theme.RADIUS_M)
        if row.shown > STILL:
            painter.save()
            painter.setClipRect(QRectF(rect.left(), rect.top(), rect.width() * min(1.0, row.shown), rect.height()))
            painter.setBrush(
                theme.color("border" if is_none else "accent", 1.0 if is_none else 0.32 if is_best else 0.16)
            )
            painter.drawRoundedRect(rect, theme.RADIUS_M, theme.RADIUS_M)
            painter.restore()
        if row is self._current and self.hasFocus():
            painter.setPen(theme.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS_M, theme.RADIUS_M)
        inner = rect.adjusted(theme.SPACE_S + 2, 0, -theme.SPACE_S - 2, 0)
        right = inner.right()
        if self._offers_removal(row):
            theme.icon("close").paint(painter, self._button_of(row).toRect())
        else:
            number = "" if row.score is None else f"{row.shown:.0%}"
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.color("text" if is_best else "muted"))
            painter.drawText(inner, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), number)
        right -= QFontMetricsF(theme.font("caption")).horizontalAdvance("100%") + theme.SPACE_S
        font = theme.font("strong" if is_best else "body")
        painter.setFont(font)
        painter.setPen(theme.color("muted" if is_none and not is_best else "text"))
        text = QFontMetricsF(font).elidedText(row.label, Qt.TextElideMode.ElideRight, right - inner.left())
        place = QRectF(inner.topLeft(), QPointF(right, inner.bottom()))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), text)

    def _offers_removal(self, row: _Row) -> bool:
        return self._is_editable and row is not self._none and row is self._hovered

    def _button_of(self, row: _Row) -> QRectF:
        rect = self._rect_of(row)
        return QRectF(rect.right() - theme.SPACE_S - 18, rect.center().y() - 8, 16, 16)

    # ── hands ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _row_at(self, at: QPointF) -> _Row | None:
        return next((row for row in self._shown_rows if self._rect_of(row).contains(at)), None)

    def _remove(self, row: _Row) -> None:
        if self._is_editable and row is not self._none:
            self.removed.emit(row.label)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position())
        if row is not self._hovered:
            self._hovered = row
            self.viewport().update()
        is_button = row is not None and self._offers_removal(row) and self._is_on_button(row, event.position())
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if is_button else Qt.CursorShape.ArrowCursor)

    def _is_on_button(self, row: _Row, at: QPointF) -> bool:
        return self._button_of(row).adjusted(-6, -8, 8, 8).contains(at)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position())
        self._current = row
        if row is not None and self._offers_removal(row) and self._is_on_button(row, event.position()):
            self._remove(row)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows = sorted(self._shown_rows, key=lambda row: row.rank)
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None and rows:
            at = rows.index(self._current) + step if self._current in rows else 0
            self._current = rows[min(len(rows) - 1, max(0, at))]
            self._scroll_to(self._current)
            announce(self, _told(self._current))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._current is not None:
            self._remove(self._current)
        else:
            super().keyPressEvent(event)

    def _scroll_to(self, row: _Row) -> None:
        bar, top = self.verticalScrollBar(), row.rank * self._row_px
        bar.setValue(min(top, max(bar.value(), top + self._row_px - self.viewport().height())))
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hovered = None
            self.viewport().update()
        elif event.type() == QEvent.Type.ToolTip:
            self._show_tip(event)
            return True
        return super().viewportEvent(event)

    def _show_tip(self, event) -> None:  # type: ignore[no-untyped-def]
        row = self._row_at(QPointF(event.pos()))
        if row is None:
            QToolTip.hideText()
            return
        tip = row.label if row.score is None else f"{row.label}: {row.score:.1%}"
        if row is self._none:
            tip = self.tr("What a picture shows that has none of your labels")
        elif self._offers_removal(row):
            tip = self.tr("Take '{label}' out (Del)").format(label=row.label)
        QToolTip.showText(event.globalPos(), tip, self.viewport(), QRect(event.pos(), QSize(1, 1)))

    # ── its place ───────────────────────────────────────────────────────────────────────────────────────────────────

    def sizeHint(self) -> QSize:
        return QSize(280, 6 * self._row_px)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 2 * self._row_px)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def scrollContentsBy(self, _x: int, _y: int) -> None:
        self.viewport().update()

    def _fit(self) -> None:
        bar, whole = self.verticalScrollBar(), len(self._shown_rows) * self._row_px - ROW_GAP_PX
        bar.setRange(0, max(0, whole - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._row_px)
        self.viewport().update()


def _told(row: _Row) -> str:
    return row.label if row.score is None else f"{row.label} {row.steady:.0%}"
