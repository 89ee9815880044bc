"""The newest picture of a source at its own pace: zoomed, moved, and a part of it marked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QRegion,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from desktop_app import theme
from desktop_app.widgets.zoom_view import DRAG_FROM_PX, KEY_STEP, ZoomView
from workers.results import Region

if TYPE_CHECKING:
    from workers.results import Frame, VideoFrame

LOOK_MS = 16  # how often a new picture is looked for: as often as most screens show one
SHARP_AFTER_S = 0.25  # a picture that stands still for so long is scaled with more care
RATE_OVER_S = 2.0
MIN_REGION = 0.02
HANDLE_PX, GRAB_PX = 9, 12
SHADE = QColor(0, 0, 0, 120)
CAPTION_LINES, CAPTION_SLACK = 2, 12  # letters that the breaking of lines may waste
PILL = QColor(16, 17, 20, 185)
PILL_TEXT = QColor(255, 255, 255, 235)


def image_of(frame: Frame) -> QImage:
    """A picture for painting. The copy in 32 bits pays for itself: Qt scales it in a third of the time."""
    height, width, _ = frame.shape
    packed = frame if frame.flags.c_contiguous else frame.copy()
    return QImage(packed.data, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )


class FrameView(ZoomView):
    """Asks for the newest picture as often as the screen shows one, and paints when it is a new one.

    A drag marks a part; where the picture is larger than its place, a drag moves it and Shift+drag marks.

    Args:
        can_mark: else every drag moves the picture.

    Signals:
        region_changed(Region | None): the part that was marked, None for all of the picture.
        clicked(): without a drag.

    Attributes:
        skipped: how many pictures of this source came and went without being painted.
        age_s: of the newest picture when it was painted, since it was taken.
    """

    region_changed = Signal(object)
    clicked = Signal()

    def __init__(self, parent: QWidget | None = None, *, can_mark: bool = True) -> None:
        super().__init__(parent)
        self._can_mark = can_mark
        self._newest: Callable[[], VideoFrame | None] = lambda: None
        self._frame: VideoFrame | None = None
        self._sharp: QImage | None = None  # the same, scaled to its place with care
        self._came_at = 0.0
        self._painted_at: deque[float] = deque(maxlen=256)  # when each picture was painted first
        self._painted: VideoFrame | None = None
        self.skipped = 0
        self.age_s = 0.0
        self._region: Region | None = None
        self._drag: _Drag | None = None
        self._readout = ""
        self._badge = ""
        self._caption = ""
        self._is_dimmed = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.zoom_changed.connect(self._forget_sharp)
        self._timer = QTimer(self, interval=LOOK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.look)

    # ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────

    def follow(self, newest: Callable[[], VideoFrame | None]) -> None:
        """Shows what `newest` returns, from now on; it is asked on the main thread, must not wait, and None clears."""
        self._newest = newest
        self.look()

    def look(self) -> None:
        """Takes the newest picture if it is another one."""
        frame = self._newest()
        if frame is not self._frame:
            had_size = self._image.size()
            self._frame = frame
            self._image = QImage() if frame is None else image_of(frame.pixels)
            self._sharp = None
            self._came_at = monotonic()
            if self._image.size() != had_size:
                self.zoom_changed.emit()
            self.update()
        elif self._wants_sharp and monotonic() - self._came_at > SHARP_AFTER_S:
            self._make_sharp()
            self.update()

    @property
    def frame(self) -> VideoFrame | None:
        """The one that is shown."""
        return self._frame

    @property
    def painted_fps(self) -> float:
        """Different pictures painted a second, over the last two."""
        since = monotonic() - RATE_OVER_S
        return sum(at > since for at in self._painted_at) / RATE_OVER_S

    def set_readout(self, text: str) -> None:
        """A line in the corner; empty for none."""
        if text != self._readout:
            self._readout = text
            self.update()

    def set_badge(self, text: str) -> None:
        """A word in the other corner, such as "Frozen"; empty for none."""
        if text != self._badge:
            self._badge = text
            self.update()

    def set_caption(self, text: str) -> None:
        """What is said about the picture, at its foot; empty for nothing."""
        if text != self._caption:
            self.setAccessibleDescription(text)
            self._caption = text
            self.update()

    def set_dimmed(self, is_dimmed: bool) -> None:
        """The picture is an old one."""
        if is_dimmed != self._is_dimmed:
            self._is_dimmed = is_dimmed
            self.update()

    def grab_picture(self) -> QImage:
        """What is shown, whole and in its own size."""
        return self._image.copy()

    # ── a part of the picture ───────────────────────────────────────────────────────────────────────────────────────

    @property
    def region(self) -> Region | None:
        return self._region

    def set_region(self, region: Region | None) -> None:
        """Marks a part of the picture, or all of it."""
        if region != self._region:
            self._region = region
            self.update()

    def mark_middle(self) -> None:
        """Marks the middle, for the keyboard: the arrows move it, with Shift they change its size."""
        self._change_region(Region(0.25, 0.25, 0.5, 0.5))

    def _change_region(self, region: Region | None) -> None:
        if region != self._region:
            self.set_region(region)
            self.region_changed.emit(region)

    @property
    def _region_rect(self) -> QRectF:
        if self._region is None:
            return QRectF()
        rect, region = self.picture_rect, self._region
        return QRectF(
            rect.left() + region.left * rect.width(),
            rect.top() + region.top * rect.height(),
            region.width * rect.width(),
            region.height * rect.height(),
        )

    # ── painting ────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _wants_sharp(self) -> bool:
        """Qt's fast way to scale looks at four pixels, which is too few below half the size."""
        return not self._image.isNull() and self._sharp is None and self.scale * self.devicePixelRatioF() < 0.5

    def _make_sharp(self) -> None:
        size = (self.picture_rect.size() * self.devicePixelRatioF()).toSize()
        self._sharp = self._image.scaled(
            size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )

    def _forget_sharp(self) -> None:
        self._sharp = None

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            for bar in QRegion(self.rect()) - QRegion(self.picture_rect.toRect().adjusted(1, 1, -1, -1)):  # type: ignore[attr-defined]
                painter.fillRect(bar, theme.color("window"))
            if not self._image.isNull():
                self._paint_picture(painter)
            if self._is_dimmed:
                painter.fillRect(self.rect(), theme.color("window", 0.6))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._region is not None or (self._drag is not None and self._drag.kind == "new"):
                self._paint_region(painter)
            if self._readout:
                self._paint_pill(painter, self._readout, Qt.AlignmentFlag.AlignLeft)
            if self._badge:
                self._paint_pill(painter, self._badge, Qt.AlignmentFlag.AlignRight)
            if self._caption:
                self._paint_caption(painter)
            self._paint_edge(painter)
        if self._frame is not None and self._frame is not self._painted:
            self._note_painted(self._frame)

    def _note_painted(self, frame: VideoFrame) -> None:
        now = monotonic()
        if self._painted is not None and frame.number > self._painted.number:
            self.skipped += frame.number - self._painted.number - 1
        else:
            self.skipped = 0  # another source
        self._painted = frame
        self._painted_at.append(now)
        self.age_s = now - frame.captured_s

    def _paint_picture(self, painter: QPainter) -> None:
        rect = self.picture_rect
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.scale < 4)  # pixels are seen as such
        painter.drawImage(rect, self._sharp if self._sharp is not None else self._image)

    def _paint_region(self, painter: QPainter) -> None:
        region = self._region_rect
        outside = QPainterPath()
        outside.addRect(self.picture_rect.intersected(QRectF(self.rect())))
        inside = QPainterPath()
        inside.addRect(region)
        painter.fillPath(outside - inside, SHADE)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(0, 0, 0, 140), 3))
        painter.drawRect(region)
        painter.setPen(QPen(QColor(255, 255, 255), 1.5))
        painter.drawRect(region)
        painter.setPen(QPen(QColor(0, 0, 0, 140), 1))
        painter.setBrush(QColor(255, 255, 255))
        for corner in _corners(region):
            painter.drawEllipse(corner, HANDLE_PX / 2, HANDLE_PX / 2)

    def _paint_pill(self, painter: QPainter, text: str, side: Qt.AlignmentFlag) -> None:
        painter.setFont(theme.font("caption"))
        metrics = QFontMetricsF(painter.font())
        room = self.width() - 2 * theme.SPACE_M - 2 * theme.SPACE_S
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        pill = QRectF(0, theme.SPACE_M, metrics.horizontalAdvance(shown) + 2 * theme.SPACE_S, metrics.height() + 6)
        if side is Qt.AlignmentFlag.AlignLeft:
            pill.moveLeft(theme.SPACE_M)
        else:
            pill.moveRight(self.width() - theme.SPACE_M)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PILL)
        painter.drawRoundedRect(pill, theme.RADIUS_S, theme.RADIUS_S)
        painter.setPen(PILL_TEXT)
        painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), shown)

    def _paint_caption(self, painter: QPainter) -> None:
        """In two lines at most."""
        painter.setFont(theme.font("body"))
        metrics = QFontMetricsF(painter.font())
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        room = QRectF(0, 0, self.width() - 4 * theme.SPACE_M, CAPTION_LINES * metrics.lineSpacing() + 1)
        most_px = CAPTION_LINES * room.width() - metrics.averageCharWidth() * CAPTION_SLACK
        text = metrics.elidedText(self._caption, Qt.TextElideMode.ElideRight, most_px)
        words = metrics.boundingRect(room, flags, text)
        pill = QRectF(0, 0, words.width() + 2 * theme.SPACE_M, min(words.height(), room.height()) + 2 * theme.SPACE_XS)
        pill.moveCenter(QPointF(self.width() / 2, 0))
        pill.moveBottom(self.height() - theme.SPACE_M)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PILL)
        painter.drawRoundedRect(pill, theme.RADIUS_M, theme.RADIUS_M)
        painter.setPen(PILL_TEXT)
        painter.drawText(pill.adjusted(theme.SPACE_M, 0, -theme.SPACE_M, 0), flags, text)

    def _paint_edge(self, painter: QPainter) -> None:
        """Round corners, painted over: to clip the picture would cost more than to paint it."""
        place = QRectF(self.rect())
        square, rounded = QPainterPath(), QPainterPath()
        square.addRect(place)
        rounded.addRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS_L, theme.RADIUS_L)
        painter.fillPath(square - rounded, theme.color("surface"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("accent"), 2) if self.hasFocus() else QPen(theme.color("border"), 1))
        painter.drawPath(rounded)

    # ── hands ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._drag = _Drag("move", event.position(), self._middle)
        elif event.button() == Qt.MouseButton.LeftButton and not self._image.isNull():
            wants_mark = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._drag = self._drag_at(event.position(), wants_mark=wants_mark)
        else:
            super().mousePressEvent(event)
        self._show_cursor(event.position())

    def _drag_at(self, at: QPointF, *, wants_mark: bool) -> _Drag:
        region = self._region_rect
        for number, corner in enumerate(_corners(region) if self._region is not None else ()):
            if (corner - at).manhattanLength() <= GRAB_PX:
                opposite = _corners(region)[(number + 2) % 4]
                return _Drag("new", at, self._in_picture(opposite), is_under_way=True)
        if self._region is not None and region.contains(at) and not wants_mark:
            return _Drag("shift", at, QPointF(self._region.left, self._region.top))
        if (self._can_move and not wants_mark) or not self._can_mark:
            return _Drag("move", at, self._middle)
        return _Drag("new", at, self._in_picture(at))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        drag, at = self._drag, event.position()
        if drag is None:
            self._show_cursor(at)
            return
        if not drag.is_under_way and (at - drag.pressed_at).manhattanLength() < DRAG_FROM_PX:
            return
        drag.is_under_way = True
        rect = self.picture_rect
        if drag.kind == "new":
            self.set_region(_region_between(drag.start, self._in_picture(at)))
        elif drag.kind == "shift" and self._region is not None:
            left = drag.start.x() + (at.x() - drag.pressed_at.x()) / rect.width()
            top = drag.start.y() + (at.y() - drag.pressed_at.y()) / rect.height()
            self.set_region(_moved(self._region, left, top))
        elif drag.kind == "move":
            self._move(drag.start, at - drag.pressed_at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        self._show_cursor(event.position())
        if drag is None:
            return
        if not drag.is_under_way:
            self.clicked.emit()
        elif drag.kind != "move":
            if self._region is not None and min(self._region.width, self._region.height) < MIN_REGION:
                self.set_region(None)  # a slip
            self.region_changed.emit(self._region)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._region is not None:
            self._change_region(None)
        else:
            super().keyPressEvent(event)

    def _step(self, x: float, y: float, modifiers: Qt.KeyboardModifier) -> None:
        if self._region is None:
            super()._step(x, y, modifiers)
            return
        x, y, region = x * KEY_STEP, y * KEY_STEP, self._region
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            width = min(1 - region.left, max(MIN_REGION, region.width + x))
            height = min(1 - region.top, max(MIN_REGION, region.height + y))
            self._change_region(Region(region.left, region.top, width, height))
        else:
            self._change_region(_moved(region, region.left + x, region.top + y))

    def _show_cursor(self, at: QPointF) -> None:
        if self._image.isNull():
            self.unsetCursor()
            return
        kind = self._drag.kind if self._drag is not None else self._drag_at(at, wants_mark=False).kind
        shape = {"new": Qt.CursorShape.CrossCursor, "shift": Qt.CursorShape.SizeAllCursor}.get(kind)
        if shape is None:
            shape = Qt.CursorShape.OpenHandCursor if self._drag is None else Qt.CursorShape.ClosedHandCursor
        self.setCursor(shape)

    # ── its place ───────────────────────────────────────────────────────────────────────────────────────────────────

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 120)

    def resizeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().resizeEvent(event)
        self._forget_sharp()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()


class _Drag:
    """What the pressed button does: marks a "new" part, moves a part ("shift") or the picture ("move").

    Attributes:
        start: the fixed corner, the part's corner, or what was in the middle, in the picture.
    """

    def __init__(
        self,
        kind: Literal["new", "shift", "move"],
        pressed_at: QPointF,
        start: QPointF,
        *,
        is_under_way: bool = False,
    ) -> None:
        self.kind = kind
        self.pressed_at = pressed_at
        self.start = start
        self.is_under_way = is_under_way


def _corners(rect: QRectF) -> tuple[QPointF, QPointF, QPointF, QPointF]:
    """Clockwise."""
    return rect.topLeft(), rect.topRight(), rect.bottomRight(), rect.bottomLeft()


def _region_between(one: QPointF, other: QPointF) -> Region:
    left, right = sorted(min(1.0, max(0.0, value)) for value in (one.x(), other.x()))
    top, bottom = sorted(min(1.0, max(0.0, value)) for value in (one.y(), other.y()))
    return Region(left, top, right - left, bottom - top)


def _moved(region: Region, left: float, top: float) -> Region:
    """The region with another corner, but within the picture."""
    left, top = min(1 - region.width, max(0.0, left)), min(1 - region.height, max(0.0, top))
    return Region(left, top, region.width, region.height)
