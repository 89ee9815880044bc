"""Shows a picture, zoomed and moved, another one beside it to compare, and how far one is that is being made."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_app import theme
from desktop_app.widgets.zoom_view import ZoomView, is_zoom_key

HANDLE_PX = 22
DRAG_OUT_FROM_PX = 12
SAME_SHAPE = 0.01  # by how much the ratios of width to height may differ: previews have whole pixels
BAR_PX = 3
DIVIDE_STEP = 0.05  # of the width, with an arrow key
SHADE = QColor(0, 0, 0, 150)  # behind words on a picture


class PictureView(ZoomView):
    """One picture in the middle; with a second one, a line that is dragged divides what is seen of them.

    A drag moves a picture that is larger than its place; else it divides, or takes the picture away.

    Signals:
        drag_started(): it is being dragged away.
    """

    drag_started = Signal()

    def __init__(self, empty_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._other = QImage()
        self._titles = ("", "")  # of the other picture and of this one
        self._empty_text = empty_text
        self._fraction = -1.0
        self._divide = 0.5
        self._is_dividing = False
        self._pressed: QPointF | None = None
        self._middle_then = QPointF()  # when it was pressed
        self.setMinimumSize(96, 96)
        self._show_ways()

    def sizeHint(self) -> QSize:
        return QSize(420, 420)

    @property
    def empty_text(self) -> str:
        """What stands where no picture is."""
        return self._empty_text

    @property
    def image(self) -> QImage:
        return self._image

    @property
    def is_comparing(self) -> bool:
        return not self._other.isNull()

    def show_image(self, image: QImage) -> None:
        """Takes the place of what is shown, and of what is seen of it; a null image leaves the text for nothing."""
        before, self._image = self._image.size(), image
        now = image.size()
        if not _is_same_shape(before, now):
            self.set_zoom("fit")
        elif self._zoom == "free":
            self._set_zoom("free", self._scale * before.width() / now.width(), self._middle)
        self._show_ways()
        self.update()

    def compare_with(self, image: QImage | None, titles: tuple[str, str] = ("", "")) -> None:
        """Shows another picture at the left of the line; None ends that. `titles` say which side is which."""
        self._other = image or QImage()
        self._titles = titles
        self._divide = 0.5
        self._show_ways()
        self.update()

    def _show_ways(self) -> None:
        """Says what hands and keys can do with what is shown; a click leaves the keys to the canvas."""
        has_picture = not self._image.isNull()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if has_picture else Qt.FocusPolicy.NoFocus)
        if self.is_comparing:
            self.setToolTip(self.tr("Drag the line, or move it with the arrow keys"))
        elif has_picture:
            self.setToolTip(self.tr("Zoom: turn the wheel, drag to move, double click for 100 % and back (1, 0, +, -)"))
        else:
            self.setToolTip("")

    def set_fraction(self, fraction: float) -> None:
        """How far a picture is that is being made, in [0, 1]; below 0 none is."""
        if fraction != self._fraction:
            self._fraction = fraction
            self.update()

    def set_empty_text(self, text: str) -> None:
        self._empty_text = text
        self.update()

    @property
    def _seen_rect(self) -> QRectF:
        """Of the picture, what is not beyond the edges."""
        return self.picture_rect.intersected(QRectF(self.rect()))

    @property
    def _line_x(self) -> float:
        return self._seen_rect.left() + self._seen_rect.width() * self._divide

    # ── painting ────────────────────────────────────────────────────────────────────────────────────────────────────

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            path = QPainterPath()
            path.addRoundedRect(frame, theme.RADIUS_L, theme.RADIUS_L)
            painter.fillPath(path, theme.color("window"))
            painter.save()
            painter.setClipPath(path)
            if self._image.isNull():
                self._paint_empty(painter, frame)
            else:
                self._paint_picture(painter)
            if self._fraction >= 0:
                bar = QRectF(frame.left(), frame.bottom() - BAR_PX, frame.width() * max(0.02, self._fraction), BAR_PX)
                painter.fillRect(bar, theme.color("accent"))
            painter.restore()
            painter.setPen(QPen(theme.color("accent"), 2) if self.hasFocus() else QPen(theme.color("border"), 1))
            painter.drawPath(path)

    def _paint_empty(self, painter: QPainter, frame: QRectF) -> None:
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("muted"))
        inner = frame.adjusted(theme.SPACE_XL, theme.SPACE_XL, -theme.SPACE_XL, -theme.SPACE_XL)
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._empty_text)

    def _paint_picture(self, painter: QPainter) -> None:
        place, seen = self.picture_rect, self._seen_rect
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.scale < 4)  # pixels are seen as such
        painter.drawImage(place, self._image)
        if not self.is_comparing:
            return
        at = self._line_x
        left, right = QRectF(seen), QRectF(seen)
        left.setRight(at)
        right.setLeft(at)
        painter.save()
        painter.setClipRect(left, Qt.ClipOperation.IntersectClip)
        painter.drawImage(place, self._other)
        painter.restore()
        for side, title, is_left in zip((left, right), self._titles, (True, False), strict=True):
            self._paint_title(painter, seen, side, title, is_left=is_left)
        painter.setPen(QPen(QColor(255, 255, 255, 230), 2))
        painter.drawLine(QPointF(at, seen.top()), QPointF(at, seen.bottom()))
        painter.setBrush(theme.color("accent"))
        painter.drawEllipse(QPointF(at, seen.center().y()), HANDLE_PX / 2, HANDLE_PX / 2)

    def _paint_title(self, painter: QPainter, place: QRectF, side: QRectF, title: str, *, is_left: bool) -> None:
        """In the outer lower corner, as far as its side reaches."""
        if not title:
            return
        painter.save()
        painter.setClipRect(side, Qt.ClipOperation.IntersectClip)
        painter.setFont(theme.font("caption"))
        words = painter.fontMetrics().size(0, title).toSizeF()
        chip = QRectF(QPointF(), words + QSize(2 * theme.SPACE_S, theme.SPACE_XS).toSizeF())
        inner = place.adjusted(theme.SPACE_S, theme.SPACE_S, -theme.SPACE_S, -theme.SPACE_S)
        if is_left:
            chip.moveBottomLeft(inner.bottomLeft())
        else:
            chip.moveBottomRight(inner.bottomRight())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(SHADE)
        painter.drawRoundedRect(chip, theme.RADIUS_S, theme.RADIUS_S)
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), title)
        painter.restore()

    # ── hands and keys ────────────────────────────────────────────────────────────────────────────────────────────────

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left, middle = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
        if event.button() not in (left, middle) or self._image.isNull():
            return
        self._pressed, self._middle_then = event.position(), self._middle
        self._is_dividing = event.button() == left and self._divides_at(event.position())
        if self._is_dividing:
            self._divide_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._is_dividing:
            self._divide_at(at)
        elif self._pressed is not None and self._can_move:
            self._move(self._middle_then, at - self._pressed)
        elif self._pressed is not None and (at - self._pressed).manhattanLength() > DRAG_OUT_FROM_PX:
            self._pressed = None
            if event.buttons() & Qt.MouseButton.LeftButton:
                self.drag_started.emit()
        self._show_cursor(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed, self._is_dividing = None, False
        self._show_cursor(event.position())

    def event(self, event: QEvent) -> bool:
        """Takes its keys before the canvas, whose keys are those of the whole page, does."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and is_zoom_key(event):
            event.accept()
            return True
        return super().event(event)

    def _step(self, x: float, y: float, modifiers: Qt.KeyboardModifier) -> None:
        if self.is_comparing and x:
            self._divide = min(1.0, max(0.0, self._divide + x * DIVIDE_STEP))
            self.update()
        else:
            super()._step(x, y, modifiers)

    def _divides_at(self, at: QPointF) -> bool:
        """Anywhere, or where the picture can be moved, at the line."""
        return self.is_comparing and (not self._can_move or abs(at.x() - self._line_x) <= HANDLE_PX / 2)

    def _divide_at(self, position: QPointF) -> None:
        seen = self._seen_rect
        self._divide = min(1.0, max(0.0, (position.x() - seen.left()) / seen.width()))
        self.update()

    def _show_cursor(self, at: QPointF) -> None:
        if self._is_dividing or self._divides_at(at):
            self.setCursor(Qt.CursorShape.SplitHCursor)
        elif self._can_move and not self._image.isNull():
            is_held = self._pressed is not None
            self.setCursor(Qt.CursorShape.ClosedHandCursor if is_held else Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()


def _is_same_shape(one: QSize, other: QSize) -> bool:
    if one.isEmpty() or other.isEmpty():
        return False
    return abs(one.width() * other.height() / (one.height() * other.width()) - 1) < SAME_SHAPE
