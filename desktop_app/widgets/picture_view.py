"""Shows a picture as large as it fits, another one beside it to compare, and how far one is that is being made."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app import theme

HANDLE_PX = 22
BAR_PX = 3
DIVIDE_STEP = 0.05  # of the width, with an arrow key
SHADE = QColor(0, 0, 0, 150)  # behind words on a picture


class PictureView(QWidget):
    """One picture in the middle; with a second one, a line that is dragged divides them.

    Signals:
        drag_started(): it is being dragged away.
    """

    drag_started = Signal()

    def __init__(self, empty_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._other = QImage()
        self._titles = ("", "")  # of the other picture and of this one
        self._empty_text = empty_text
        self._fraction = -1.0
        self._divide = 0.5
        self._is_dividing = False
        self._pressed: QPointF | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(96, 96)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Picture"))
        theme.theme().changed.connect(self.update)

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
        """Takes the place of what is shown; a null image leaves the text for nothing."""
        self._image = image
        self.update()

    def compare_with(self, image: QImage | None, titles: tuple[str, str] = ("", "")) -> None:
        """Shows another picture at the left of the line; None ends that. `titles` say which side is which."""
        self._other = image or QImage()
        self._titles = titles
        self._divide = 0.5
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if self.is_comparing else Qt.FocusPolicy.NoFocus)
        self.setToolTip(self.tr("Drag the line, or move it with the arrow keys") if self.is_comparing else "")
        self.update()

    def set_fraction(self, fraction: float) -> None:
        """How far a picture is that is being made, in [0, 1]; below 0 none is."""
        if fraction != self._fraction:
            self._fraction = fraction
            self.update()

    def set_empty_text(self, text: str) -> None:
        self._empty_text = text
        self.update()

    @property
    def picture_rect(self) -> QRectF:
        """Where the picture is."""
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self._image.isNull():
            return frame
        size = self._image.size().toSizeF().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(QPointF(), size)
        place.moveCenter(frame.center())
        return place

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
            painter.setPen(QPen(theme.color("border"), 1))
            painter.drawPath(path)

    def _paint_empty(self, painter: QPainter, frame: QRectF) -> None:
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("muted"))
        inner = frame.adjusted(theme.SPACE_XL, theme.SPACE_XL, -theme.SPACE_XL, -theme.SPACE_XL)
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._empty_text)

    def _paint_picture(self, painter: QPainter) -> None:
        place = self.picture_rect
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)
        if not self.is_comparing:
            return
        at = place.left() + place.width() * self._divide
        left, right = QRectF(place), QRectF(place)
        left.setRight(at)
        right.setLeft(at)
        painter.save()
        painter.setClipRect(left, Qt.ClipOperation.IntersectClip)
        painter.drawImage(place, self._other)
        painter.restore()
        for side, title, is_left in zip((left, right), self._titles, (True, False), strict=True):
            self._paint_title(painter, place, side, title, is_left=is_left)
        painter.setPen(QPen(QColor(255, 255, 255, 230), 2))
        painter.drawLine(QPointF(at, place.top()), QPointF(at, place.bottom()))
        painter.setBrush(theme.color("accent"))
        painter.drawEllipse(QPointF(at, place.center().y()), HANDLE_PX / 2, HANDLE_PX / 2)

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
        if event.button() == Qt.MouseButton.LeftButton and not self._image.isNull():
            self._pressed = event.position()
            self._is_dividing = self.is_comparing
            self._divide_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_dividing:
            self._divide_at(event.position())
        elif self._pressed is not None and (event.position() - self._pressed).manhattanLength() > 12:
            self._pressed = None
            self.drag_started.emit()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._pressed, self._is_dividing = None, False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -DIVIDE_STEP, Qt.Key.Key_Right: DIVIDE_STEP}
        if self.is_comparing and event.key() in steps:
            self._divide = min(1.0, max(0.0, self._divide + steps[Qt.Key(event.key())]))
            self.update()
        else:
            super().keyPressEvent(event)

    def _divide_at(self, position: QPointF) -> None:
        if self.is_comparing:
            place = self.picture_rect
            self._divide = min(1.0, max(0.0, (position.x() - place.left()) / place.width()))
            self.update()
