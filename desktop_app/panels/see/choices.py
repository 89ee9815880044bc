"""The row at the top of the page: what to look at, and in which size."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app import i18n, theme
from desktop_app.context import AppContext
from desktop_app.settings import See, extra_of
from desktop_app.widgets.elided_combo import ElidedCombo

FILE, CLIPBOARD, SAMPLE = "file", "clipboard", "sample"


class Choices(QWidget):
    """Follows the session by itself.

    Signals:
        file_requested(), paste_requested(), sample_requested(): something else than a camera was chosen.
    """

    file_requested = Signal()
    paste_requested = Signal()
    sample_requested = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._session = context.sessions.vision
        self.source = ElidedCombo(self.tr("Source"), self.tr("What to look at"))
        self.source.setMinimumContentsLength(6)
        self.source.setPlaceholderText(self.tr("Choose what to look at"))
        self.resolution = ElidedCombo(self.tr("Resolution"), "")
        self.resolution.setMinimumContentsLength(6)
        for value, text in extra_of(See.model_fields["resolution"])["labels"].items():
            self.resolution.addItem(theme.icon("screen"), i18n.from_settings(text), value)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self.source, 3)
        row.addWidget(self.resolution, 2)
        row.addStretch(1)
        self.source.activated.connect(self._on_source_chosen)
        self.resolution.activated.connect(self._on_resolution_chosen)
        self._session.source_changed.connect(self._show)
        context.settings_changed.connect(self._show)
        self._show()

    def _show(self, _place: str = "") -> None:
        self.source.clear()
        if self._session.source_name:
            self.source.addItem(theme.icon("picture"), self._session.source_name, "")
            self.source.insertSeparator(self.source.count())
        for icon, text, value in (
            ("picture", self.tr("Picture or video…"), FILE),
            ("clipboard", self.tr("Clipboard"), CLIPBOARD),
            ("see", self.tr("Sample picture"), SAMPLE),
        ):
            self.source.addItem(theme.icon(icon), text, value)
        self.source.setCurrentIndex(0 if self._session.source_name else -1)
        self.resolution.setCurrentIndex(self.resolution.findData(self._context.settings.see.resolution))
        self.resolution.setToolTip(self.tr("What the camera is asked for; it gives the nearest that it has"))

    def _on_resolution_chosen(self, row: int) -> None:
        self._context.change_setting("see.resolution", self.resolution.itemData(row))

    def _on_source_chosen(self, row: int) -> None:
        chosen = self.source.itemData(row)
        self.source.setCurrentIndex(0)
        {FILE: self.file_requested, CLIPBOARD: self.paste_requested, SAMPLE: self.sample_requested}[chosen].emit()
