"""Large text above every other window: what is said now, two or three lines of it.

Always dark behind and white in front, whatever lies below. Wayland lets no program choose where its window is, nor keep
it above others: there the compositor's own menu does ("Always on top", as with any window).
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizeGrip, QToolButton, QWidget

from desktop_app import theme
from desktop_app.context import AppContext
from desktop_app.widgets.transcript_view import track_name
from workers.results import Commit, Partial

INK, LIGHT_INK, BACKGROUND = QColor("#ffffff"), QColor("#aeb2bd"), QColor("#0c0d10")
TRACK_INK = {"me": QColor("#a7b1ff"), "computer": QColor("#63d394")}
PAUSED_INK = QColor("#f0b35c")
PADDING_PX = 20
LINE_FACTOR = 1.32
PLACE_DELAY_MS = 400
SIZE_STEP_PX, OPACITY_STEP = 4, 10
LINES_KEPT = (
    8  # lines above the ones that are seen; what is older is forgotten line by line, so that no line breaks anew
)


class CaptionsWindow(QWidget):
    """Shows commits and partials; drag it anywhere, `+` and `-` change the size of the text.

    Signals:
        visibility_changed(bool)
        toggle_requested: the start-and-stop key was pressed here.
        pause_requested: the pause key was pressed here.
    """

    visibility_changed = Signal(bool)
    toggle_requested = Signal()
    pause_requested = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__(
            None,
            Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint,
        )
        self._context = context
        self._runs: list[tuple[str, str]] = []  # track and its confirmed words, oldest first
        self._partials: dict[str, str] = {}
        self._has_names = False
        self._is_moved = False
        self._is_paused = False
        self._missing: str | None = None  # the name of a device that is not there

        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowTitle(self.tr("Captions"))
        self.setAccessibleName(self.tr("Captions"))
        self.setMinimumSize(260, 72)

        self._tools = QWidget(self)
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for text, name, act in (
            ("A−", self.tr("Smaller text (−)"), self.make_smaller),
            ("A+", self.tr("Larger text (+)"), self.make_larger),
            ("✕", self.tr("Close the captions (Esc)"), self.close),
        ):
            tool = QToolButton()
            tool.setText(text)
            tool.setToolTip(name)
            tool.setAccessibleName(name)
            tool.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            tool.setCursor(Qt.CursorShape.PointingHandCursor)
            tool.setStyleSheet(_TOOL_SHEET)
            tool.clicked.connect(act)
            row.addWidget(tool)
        self._tools.hide()
        self._grip = QSizeGrip(self)
        self._grip.setFixedSize(16, 16)
        self._grip.setToolTip(self.tr("Drag to resize"))
        self._grip.hide()
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self._place_timer = QTimer(self, singleShot=True, interval=PLACE_DELAY_MS)
        self._place_timer.timeout.connect(self._remember)
        context.closed.connect(self.close)

    # ── what is said ────────────────────────────────────────────────────────────────────────────────────────────────

    def set_tracks(self, tracks: tuple[str, ...]) -> None:
        """Starts empty; with two tracks each line says whose it is."""
        self._has_names = len(tracks) > 1
        self._runs.clear()
        self._partials.clear()
        self.update()

    def append_commit(self, commit: Commit) -> None:
        """Appends certain words."""
        if commit.words:
            self._partials[commit.track] = ""
            if self._runs and self._runs[-1][0] == commit.track:
                self._runs[-1] = (commit.track, self._runs[-1][1] + commit.text)
            else:
                self._runs.append((commit.track, commit.text.lstrip()))
        self.update()

    def set_partial(self, partial: Partial) -> None:
        """Replaces the unconfirmed words of a track."""
        self._partials[partial.track] = partial.text
        self.update()

    def set_paused(self, is_paused: bool) -> None:
        """Says that nothing is heard now."""
        self._is_paused = is_paused
        self.update()

    def set_missing(self, device: str | None) -> None:
        """Says which device is not there, by its name, if it has one; None where all are."""
        self._missing = device
        self.update()

    @property
    def _sign(self) -> str:
        if self._missing is not None:
            return self.tr("{device} is missing").format(device=self._missing or self.tr("Microphone"))
        return self.tr("Paused") if self._is_paused else ""

    @property
    def text(self) -> str:
        """Everything that is held, confirmed first."""
        return "".join(text for _, text in self._runs) + "".join(self._partials.values())

    # ── look ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def make_larger(self) -> None:
        self._set_font_size(self._context.settings.captions.font_size_px + SIZE_STEP_PX)

    def make_smaller(self) -> None:
        self._set_font_size(self._context.settings.captions.font_size_px - SIZE_STEP_PX)

    def _set_font_size(self, size_px: int) -> None:
        self._context.change_setting("captions.font_size_px", min(120, max(12, size_px)))
        self.update()

    def _change_opacity(self, by_percent: int) -> None:
        percent = self._context.settings.captions.opacity_percent + by_percent
        self._context.change_setting("captions.opacity_percent", min(100, max(10, percent)))
        self.update()

    def place(self, keep_free: QRect | None = None) -> None:
        """Goes to the remembered place, or to the edge of the screen that was chosen.

        Args:
            keep_free: a place on the screen that must stay in sight: the captions go above it.
        """
        captions = self._context.settings.captions
        if captions.position == "free" and self.restoreGeometry(QByteArray.fromBase64(captions.geometry.encode())):
            return
        area = QGuiApplication.primaryScreen().availableGeometry()
        width = min(1100, round(area.width() * 0.8))
        height = round(captions.font_size_px * LINE_FACTOR * 2 + 2 * PADDING_PX)
        top = area.top() + 24 if captions.position == "top" else area.bottom() - height - 48
        place = QRect(area.center().x() - width // 2, top, width, height)
        if keep_free is not None and place.intersects(keep_free):
            place.moveBottom(max(area.top() + height, keep_free.top() - theme.SPACE_M))
        self.setGeometry(place)
        self._is_moved = False

    def _remember(self) -> None:
        self._place_timer.stop()
        if self._is_moved and not self._context.is_closing:
            geometry = bytes(self.saveGeometry().toBase64().data()).decode()
            self._context.change_setting("captions.geometry", geometry)
            self._context.change_setting("captions.position", "free")

    def sizeHint(self) -> QSize:
        return QSize(900, 130)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            background = QColor(BACKGROUND)
            background.setAlphaF(self._context.settings.captions.opacity_percent / 100)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(background)
            painter.drawRoundedRect(QRectF(self.rect()), 12, 12)
            font = QFont(self.font())
            font.setPixelSize(self._context.settings.captions.font_size_px)
            font.setWeight(QFont.Weight.Medium)
            height = QFontMetricsF(font).height() * LINE_FACTOR / 1.2
            lines_seen = max(1, int((self.height() - PADDING_PX) // height))
            layouts = self._lay_out(font, max(40, self.width() - 2 * PADDING_PX))
            lines = [(layout, number) for layout in layouts for number in range(layout.lineCount())]
            top = self.height() - PADDING_PX / 2 - height * min(lines_seen, max(1, len(lines)))
            if not lines:
                painter.setFont(font)
                painter.setPen(LIGHT_INK)
                hint = self._sign or self.tr("Words appear here while you speak")
                hint = QFontMetricsF(font).elidedText(hint, Qt.TextElideMode.ElideRight, self.width() - 2 * PADDING_PX)
                painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), hint)
            for row, (layout, number) in enumerate(lines[-lines_seen:]):
                line = layout.lineAt(number)
                line.draw(painter, QPointF(PADDING_PX, top + row * height - line.y()))
            if lines and self._sign:
                self._paint_sign(painter)

    def _paint_sign(self, painter: QPainter) -> None:
        """Small, in the corner, over what was said last."""
        painter.setFont(theme.font("strong"))
        metrics = QFontMetricsF(painter.font())
        text = metrics.elidedText(self._sign, Qt.TextElideMode.ElideRight, self.width() - 4 * theme.SPACE_S)
        sign = QRectF(0, 0, metrics.horizontalAdvance(text) + 2 * theme.SPACE_S, metrics.height() + theme.SPACE_XS)
        sign.moveTopLeft(QPointF(theme.SPACE_S, theme.SPACE_XS))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PAUSED_INK)
        painter.drawRoundedRect(sign, theme.RADIUS_S, theme.RADIUS_S)
        painter.setPen(BACKGROUND)
        painter.drawText(sign, int(Qt.AlignmentFlag.AlignCenter), text)

    def _lay_out(self, font: QFont, width: float) -> list[QTextLayout]:
        """One layout a run of words; forgets what has scrolled far out of sight."""
        layouts: list[QTextLayout] = []
        runs = list(self._runs)
        for track, text in self._partials.items():
            if text.strip() and (not runs or runs[-1][0] != track):
                runs.append((track, ""))
        last_of = {track: index for index, (track, _) in enumerate(runs)}
        for index, (track, text) in enumerate(runs):
            tail = self._partials.get(track, "") if last_of[track] == index else ""
            name = f"{track_name(track)}: " if self._has_names else ""
            tail = tail if text else tail.lstrip()
            layout = QTextLayout(name + text + tail, font)
            layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
            layout.setFormats(
                [
                    _ink(0, len(name), TRACK_INK.get(track, INK)),
                    _ink(len(name), len(text), INK),
                    _ink(len(name) + len(text), len(tail), LIGHT_INK),
                ]
            )
            layout.beginLayout()
            while (line := layout.createLine()).isValid():
                line.setLineWidth(width)
            layout.endLayout()
            layouts.append(layout)
            if index == len(self._runs) - 1 and layout.lineCount() > 2 * LINES_KEPT:
                start = layout.lineAt(layout.lineCount() - LINES_KEPT).textStart() - len(name)
                if 0 < start < len(text):
                    self._runs[-1] = (track, text[start:])
        del self._runs[:-LINES_KEPT]
        return layouts

    # ── hands ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        is_ctrl = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        is_shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if key == Qt.Key.Key_Escape or (key == Qt.Key.Key_C and is_ctrl and is_shift):
            self.close()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.make_larger()
        elif key == Qt.Key.Key_Minus:
            self.make_smaller()
        elif key == Qt.Key.Key_R and is_ctrl:
            self.toggle_requested.emit()
        elif key == Qt.Key.Key_Space:
            self.pause_requested.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._is_moved = True
            self.windowHandle().startSystemMove()

    def wheelEvent(self, event: QWheelEvent) -> None:
        up = event.angleDelta().y() > 0
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.make_larger() if up else self.make_smaller()
        else:
            self._change_opacity(OPACITY_STEP if up else -OPACITY_STEP)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        self.add_actions(menu)
        menu.exec(event.globalPos())
        menu.deleteLater()

    def add_actions(self, menu: QMenu) -> None:
        """Fills the context menu."""
        for text, act in (
            (self.tr("Larger text\t+"), self.make_larger),
            (self.tr("Smaller text\t−"), self.make_smaller),
            (self.tr("More solid"), lambda: self._change_opacity(OPACITY_STEP)),
            (self.tr("More see-through"), lambda: self._change_opacity(-OPACITY_STEP)),
        ):
            menu.addAction(text).triggered.connect(act)
        menu.addSeparator()
        for text, position in (
            (self.tr("At the bottom of the screen"), "bottom"),
            (self.tr("At the top of the screen"), "top"),
        ):
            action = QAction(text, menu)
            action.triggered.connect(lambda _checked=False, position=position: self._go_to(position))
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(self.tr("Close\tEsc")).triggered.connect(self.close)

    def _go_to(self, position: str) -> None:
        self._context.change_setting("captions.position", position)
        self.place()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._tools.show()
        self._grip.show()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._tools.hide()
        self._grip.hide()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._place_timer.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._is_moved = self._is_moved or (self.isVisible() and event.spontaneous())
        self._place_timer.start()
        self._tools.adjustSize()
        self._tools.move(self.width() - self._tools.width() - theme.SPACE_S, theme.SPACE_XS)
        self._grip.move(self.width() - self._grip.width(), self.height() - self._grip.height())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.visibility_changed.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.visibility_changed.emit(False)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._remember()
        super().closeEvent(event)


_TOOL_SHEET = """QToolButton { color: #d5d8e0; background: rgba(255, 255, 255, 26); border: none; border-radius: 6px;
    min-width: 28px; min-height: 22px; font-size: 12px; }
QToolButton:hover { background: rgba(255, 255, 255, 60); color: white; }"""


def _ink(start: int, length: int, ink: QColor) -> QTextLayout.FormatRange:
    span = QTextLayout.FormatRange()
    span.start, span.length = start, length
    style = QTextCharFormat()
    style.setForeground(ink)
    span.format = style
    return span
