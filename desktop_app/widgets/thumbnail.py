"""A small picture that opens large, and the window that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QDialog, QVBoxLayout, QWidget

from desktop_app import theme
from desktop_app.widgets.frame_view import FrameView, image_of

if TYPE_CHECKING:
    from workers.results import Frame, VideoFrame

LARGE_PX = (900, 640)


def small_image(frame: Frame, side_px: int, ratio: float = 1.0) -> QImage:
    """The picture, at most `side_px` wide and high on a screen with `ratio` pixels a unit."""
    image = image_of(frame).scaled(
        round(side_px * ratio),
        round(side_px * ratio),
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    image.setDevicePixelRatio(ratio)
    return image


class Thumbnail(QAbstractButton):
    """Shows a picture in a square; a click, or Space, shows it large."""

    def __init__(self, frame: VideoFrame, name: str, side_px: int = 48, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.frame = frame
        self._side_px = side_px
        self._image = small_image(frame.pixels, 2 * side_px, self.devicePixelRatioF())
        self.setAccessibleName(name)
        self.setToolTip(self.tr("Show this picture large"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(side_px, side_px)
        self.clicked.connect(self.show_large)
        theme.theme().changed.connect(self.update)

    def show_large(self) -> None:
        PictureWindow(self.frame, self.window()).show()

    def sizeHint(self) -> QSize:
        return QSize(self._side_px, self._side_px)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
            place = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            shape = QPainterPath()
            shape.addRoundedRect(place, theme.RADIUS_M, theme.RADIUS_M)
            painter.setClipPath(shape)
            painter.fillRect(place, theme.color("hover"))
            size = self._image.deviceIndependentSize()
            factor = max(place.width() / size.width(), place.height() / size.height())  # cut to the square
            target = QRectF(0, 0, size.width() * factor, size.height() * factor)
            target.moveCenter(place.center())
            painter.drawImage(target, self._image)
            painter.setClipping(False)
            is_marked = self.hasFocus() or self.underMouse()
            painter.setPen(QPen(theme.color("accent" if is_marked else "border"), 2 if is_marked else 1))
            painter.drawPath(shape)


class PictureWindow(QDialog):
    """One picture, large; Esc closes it."""

    def __init__(self, frame: VideoFrame, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Picture"))
        self.view = FrameView(can_mark=False)
        self.view.follow(lambda: frame)
        width, height = frame.pixels.shape[1], frame.pixels.shape[0]
        self.view.set_readout(f"{width} × {height}")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_S, theme.SPACE_S, theme.SPACE_S, theme.SPACE_S)
        layout.addWidget(self.view)
        room = parent.size()
        self.resize(min(LARGE_PX[0], round(room.width() * 0.9)), min(LARGE_PX[1], round(room.height() * 0.9)))
