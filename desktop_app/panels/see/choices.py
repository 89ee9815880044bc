"""The row at the top of the page: what to look at, and what a camera is asked for."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QActionGroup, QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from desktop_app import i18n, theme
from desktop_app.context import AppContext
from desktop_app.settings import See, extra_of
from desktop_app.widgets.elided_combo import ElidedCombo

CAMERA = "camera:"
RATES_FPS = (15, 30, 60)
RESOLUTIONS: dict[str, str] = extra_of(See.model_fields["resolution"])["labels"]


class Choices(QWidget):
    """Follows the session by itself.

    Signals:
        camera_requested(): the one that was chosen, which the settings name now.
        other_requested(str): "file", "clipboard", "screen", "part", "stream" or "sample".
    """

    camera_requested = Signal()
    other_requested = Signal(str)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._session = context.sessions.vision
        self.source = ElidedCombo(self.tr("Source"), self.tr("What to look at"))
        self.source.setMinimumContentsLength(8)
        self.source.setMaximumWidth(420)
        self.format_button = theme.button("", "plain", "webcam")
        self.format_button.setAccessibleName(self.tr("Resolution and pictures a second"))
        self.format_button.setToolTip(
            self.tr("What the camera is asked for: resolution and pictures a second; it gives the nearest that it has")
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self.source, 3)
        row.addWidget(self.format_button)
        row.addStretch(1)
        self.source.activated.connect(self._on_source_chosen)
        self.format_button.clicked.connect(self._on_format)
        self._session.cameras_changed.connect(self._show)
        self._session.source_changed.connect(self._show)
        self._session.state_changed.connect(self._show)
        context.settings_changed.connect(self._on_settings_changed)
        self._show()

    def _on_settings_changed(self, place: str) -> None:
        if place in ("see.camera", "see.resolution", "see.fps"):
            self._show()

    def _show(self, _what: object = None) -> None:
        self._fill_sources()
        see, is_camera = self._context.settings.see, self._session.is_camera
        self.format_button.setText(f"{i18n.from_settings(RESOLUTIONS[see.resolution])} · {see.fps}")
        self.format_button.setVisible(is_camera or not self._session.source_name)

    def _fill_sources(self) -> None:
        session, chosen = self._session, self._context.settings.see.camera
        self.source.clear()
        is_other = bool(session.source_name) and not session.is_camera
        if is_other:
            self.source.addItem(theme.icon("picture"), session.source_name, "")
            self.source.insertSeparator(self.source.count())
        cameras = session.cameras
        if cameras:
            self.source.addItem(theme.icon("webcam"), self.tr("Default camera"), CAMERA)
        for camera in cameras:
            self.source.addItem(theme.icon("webcam"), camera.name, CAMERA + camera.id)
        if chosen and chosen not in [camera.id for camera in cameras]:
            text = self.tr("{name} (not connected)").format(name=chosen)
            self.source.addItem(theme.icon("warning", "warning"), text, CAMERA + chosen)
        elif not cameras:
            self.source.addItem(theme.icon("webcam"), self.tr("No camera"), CAMERA)
            model = self.source.model()
            assert isinstance(model, QStandardItemModel)
            item = model.item(self.source.count() - 1)
            item.setEnabled(False)
            item.setToolTip(self.tr("Plug one in: it appears here by itself"))
        self.source.insertSeparator(self.source.count())
        for icon, text, value in (
            ("picture", self.tr("Picture or video…"), "file"),
            ("clipboard", self.tr("Clipboard"), "clipboard"),
            ("screen", self.tr("Screen"), "screen"),
            ("region", self.tr("Part of the screen…"), "part"),
            ("stream", self.tr("Address of a video…"), "stream"),
            ("see", self.tr("Sample picture"), "sample"),
        ):
            self.source.addItem(theme.icon(icon), text, value)
        self._show_source()

    def _show_source(self) -> None:
        is_other = self.source.itemData(0) == ""
        self.source.setCurrentIndex(0 if is_other else self.source.findData(CAMERA + self._context.settings.see.camera))

    def _on_source_chosen(self, row: int) -> None:
        value = self.source.itemData(row)
        if value.startswith(CAMERA):
            self._context.change_setting("see.camera", value.removeprefix(CAMERA))
            self.camera_requested.emit()
        elif value:
            self._show_source()
            self.other_requested.emit(value)

    def _on_format(self) -> None:
        see, menu = self._context.settings.see, QMenu(self)
        for field, choices in (
            ("resolution", [(value, i18n.from_settings(text)) for value, text in RESOLUTIONS.items()]),
            ("fps", [(fps, self.tr("{fps} pictures a second").format(fps=fps)) for fps in _rates(see.fps)]),
        ):
            group = QActionGroup(menu)
            for value, text in choices:
                action = menu.addAction(text)
                action.setCheckable(True)
                action.setChecked(getattr(see, field) == value)
                group.addAction(action)
                place = f"see.{field}"
                action.triggered.connect(
                    lambda _=False, place=place, value=value: self._context.change_setting(place, value)
                )
            menu.addSeparator()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.format_button.mapToGlobal(QPoint(0, self.format_button.height())))


def _rates(chosen: int) -> list[int]:
    return sorted({*RATES_FPS, chosen})
