"""The bar at the foot of the page: start and stop, freeze and keep, how it goes, and how the picture is turned."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QVBoxLayout

from desktop_app import theme
from desktop_app.context import AppContext
from desktop_app.sessions.session_state import SessionState
from desktop_app.widgets.elided_label import ElidedLabel
from desktop_app.widgets.frame_view import FrameView
from desktop_app.widgets.page import enable

STATUS_MS = 500


class Dock(QFrame):
    """Follows the session by itself.

    Args:
        view: whose zoom and marked part the buttons change.

    Signals:
        start_requested(): of whatever is chosen.
        snapshot_requested(): keep what is in view.
    """

    start_requested = Signal()
    snapshot_requested = Signal()

    def __init__(self, context: AppContext, view: FrameView) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._context = context
        self._session = context.sessions.vision
        self._view = view
        self.start_button = theme.button("", "primary", "webcam")
        self.freeze_button = theme.icon_button("pause", self.tr("Freeze"))
        self.freeze_button.setCheckable(True)
        self.snapshot_button = theme.icon_button("camera", self.tr("Keep this picture"))
        self.title = ElidedLabel("", "strong")
        self.status = ElidedLabel("", "caption")
        self.region_button = theme.icon_button("region", self.tr("Look at a part"))
        self.region_button.setCheckable(True)
        self.zoom_button = theme.icon_button("search", self.tr("Zoom"))
        self.mirror_button = theme.icon_button("mirror", self.tr("Mirror"))
        self.mirror_button.setCheckable(True)
        self.rotate_button = theme.icon_button("rotate", self.tr("Turn"))

        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch()
        texts.addWidget(self.title)
        texts.addWidget(self.status)
        texts.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_S, theme.SPACE_S, theme.SPACE_S, theme.SPACE_S)
        row.setSpacing(theme.SPACE_XS)
        row.addWidget(self.start_button)
        row.addWidget(self.freeze_button)
        row.addWidget(self.snapshot_button)
        row.addSpacing(theme.SPACE_S)
        row.addLayout(texts, 1)
        row.addSpacing(theme.SPACE_S)
        for button in self.picture_buttons:
            row.addWidget(button)

        self._timer = QTimer(self, interval=STATUS_MS)
        self._timer.timeout.connect(self._show_status)
        self.start_button.clicked.connect(self.toggle)
        self.freeze_button.clicked.connect(self._session.toggle_freeze)
        self.snapshot_button.clicked.connect(self.snapshot_requested)
        self.region_button.clicked.connect(self.toggle_region)
        self.zoom_button.clicked.connect(self._on_zoom)
        self.mirror_button.clicked.connect(self.toggle_mirror)
        self.rotate_button.clicked.connect(self.rotate)
        self._session.state_changed.connect(self._show)
        self._session.source_changed.connect(self._show)
        context.settings_changed.connect(self._show)
        view.region_changed.connect(lambda _region: self._show())
        self._show()

    @property
    def picture_buttons(self) -> tuple[QToolButton, ...]:
        return self.region_button, self.zoom_button, self.mirror_button, self.rotate_button

    # ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def toggle(self) -> None:
        """Starts what is chosen, or stops it."""
        if self._session.state in (SessionState.IDLE, SessionState.FAILED):
            self.start_requested.emit()
        else:
            self._session.stop()

    def toggle_region(self) -> None:
        """Marks the middle of the picture, or takes the mark away."""
        if self._session.region is not None:
            self._session.set_region(None)
        else:
            self._view.mark_middle()
            self._view.setFocus()
        self._show()

    def toggle_mirror(self) -> None:
        self._context.change_setting("see.mirror", not self._context.settings.see.mirror)

    def rotate(self) -> None:
        """A quarter clockwise."""
        degrees = (int(self._context.settings.see.rotate_deg) + 90) % 360
        self._context.change_setting("see.rotate_deg", str(degrees))

    def _on_zoom(self) -> None:
        menu = QMenu(self)
        fit = menu.addAction(self.tr("Fit\tCtrl+0"), lambda: self._view.set_zoom("fit"))
        fill = menu.addAction(self.tr("Fill"), lambda: self._view.set_zoom("fill"))
        for action, zoom in ((fit, "fit"), (fill, "fill")):
            action.setCheckable(True)
            action.setChecked(self._view.zoom == zoom)
        menu.addAction(self.tr("100 %"), self._view.zoom_to_pixels)
        menu.addSeparator()
        menu.addAction(self.tr("Larger\tCtrl++"), lambda: self._view.zoom_by(1.25))
        menu.addAction(self.tr("Smaller\tCtrl+-"), lambda: self._view.zoom_by(0.8))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.zoom_button.mapToGlobal(self.zoom_button.rect().topLeft()) - menu.rect().bottomLeft())

    # ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────

    def _show(self, _what: object = None) -> None:
        session, see = self._session, self._context.settings.see
        is_off = session.state in (SessionState.IDLE, SessionState.FAILED)
        has_picture = session.newest_frame is not None
        nothing = self.tr("There is no picture yet")
        self.start_button.setText(self.tr("Start") if is_off else self.tr("Stop"))
        self.start_button.setIcon(theme.icon("webcam", "on_accent") if is_off else theme.icon("stop"))
        if self.start_button.property("kind") != ("primary" if is_off else "plain"):
            self.start_button.setProperty("kind", "primary" if is_off else "plain")
            theme.refresh(self.start_button)
        self.start_button.setToolTip(self.tr("Start the camera (F5)") if is_off else self.tr("Look no more (F5)"))
        self.start_button.setEnabled(session.state is not SessionState.STOPPING)
        can_freeze = session.is_live or session.is_frozen
        enable(
            self.freeze_button,
            can_freeze,
            self.tr("Freeze the picture (Space, F6)") if not session.is_frozen else self.tr("Go on (Space, F6)"),
            self.tr("This picture stands still already") if has_picture else nothing,
        )
        self.freeze_button.setChecked(session.is_frozen)
        enable(
            self.snapshot_button,
            has_picture,
            self.tr("Keep this picture in the history, with what was said about it (Ctrl+S)"),
            nothing,
        )
        enable(
            self.region_button,
            has_picture,
            self.tr("Look at all of it again (Ctrl+G)")
            if session.region is not None
            else self.tr("Look at a part only: drag over the picture (Ctrl+G)"),
            nothing,
        )
        self.region_button.setChecked(session.region is not None)
        enable(
            self.zoom_button,
            has_picture,
            self.tr("Zoom: turn the wheel, drag to move, double click for 100 % and back"),
            nothing,
        )
        self.mirror_button.setChecked(see.mirror)
        self.mirror_button.setToolTip(self.tr("Mirror: models see it mirrored, too (Ctrl+Shift+M)"))
        self.rotate_button.setToolTip(self.tr("Turn a quarter clockwise (Ctrl+Shift+T)"))
        self._show_status()

    def _show_status(self) -> None:
        session = self._session
        self.title.setText(session.source_name or self.tr("Nothing in view"))
        self.title.setToolTip(self.title.text())
        texts = {
            SessionState.LOADING: self.tr("Opening"),
            SessionState.RUNNING: self._live_text(),
            SessionState.PAUSED: self.tr("Frozen: Space goes on"),
            SessionState.STOPPING: self.tr("Closing"),
            SessionState.FAILED: self.tr("Could not be opened"),
        }
        self.status.setText(texts.get(session.state, self.tr("F5 starts the camera")))
        self.status.setToolTip(self.status.text())

    def _live_text(self) -> str:
        if self._session.condition:
            away = self.tr("The stream is away") if self._session.is_video else self.tr("The camera is away")
            return away if self._session.condition == "away" else self.tr("Nothing but black")
        if not self._session.is_live:
            return self.tr("A still picture")
        return self.tr("Live, {fps} pictures a second").format(fps=f"{self._session.source_fps:.0f}")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
