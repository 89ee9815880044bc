"""The row at the top of the page: what to listen to, in which language, with which model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app import i18n, theme
from desktop_app.context import AppContext
from desktop_app.jobs import Job
from desktop_app.sessions.choices import best_of, can
from desktop_app.sessions.session_state import SessionState
from desktop_app.widgets.elided_combo import ENGINE_OPTIONS, ElidedCombo
from workers.sources.base import AudioDevice

if TYPE_CHECKING:
    from workers.catalogue.entries import ModelEntry


class Choices(QWidget):
    """What to listen to, in which language, with which model.

    Signals:
        files_requested(): "Transcribe files…" was chosen.
        models_found(bool): whether any speech model is installed; after `refresh_models`.
    """

    files_requested = Signal()
    models_found = Signal(bool)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._installed: list[ModelEntry] = []
        self._asking: Job | None = None  # what is installed; the newest
        self._checked: tuple[str, ...] = ()  # model, language and task that were looked at last
        self.source = self._combo(self.tr("Source"), self.tr("What to listen to"))
        self.language = self._combo(self.tr("Spoken language"), self.tr("The language that is spoken"))
        self._model_tip = self.tr(
            "Larger models make fewer mistakes and need more time; the best keeps up with speech here"
        )
        self.model = self._combo(self.tr("Model"), self._model_tip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self.source, 7)
        row.addWidget(self.language, 6)
        row.addWidget(self.model, 7)
        row.addStretch()

        self._fill_sources(context.sessions.speech.devices)
        self._fill_languages()
        self._fill_models()
        self.source.activated.connect(self._on_source_chosen)
        self.language.activated.connect(self._on_language_chosen)
        self.model.activated.connect(self._on_model_chosen)
        context.sessions.speech.devices_changed.connect(self._fill_sources)
        context.settings_changed.connect(self._on_settings_changed)

    def _combo(self, name: str, tip: str) -> ElidedCombo:
        combo = ElidedCombo(name, tip)
        combo.setMinimumContentsLength(6)
        combo.setMaximumWidth(280)
        return combo

    def show_state(self, state: SessionState, *, may_choose_device: bool) -> None:
        """Choices hold for the next recording; they are closed during one, except to replace a lost device."""
        is_busy = state.is_active or state is SessionState.STOPPING
        why = self.tr("Stop the recording to change this")
        for combo, tip in (
            (self.source, self._tip(self._context.settings.hear.source)),
            (self.language, self.tr("The language that is spoken")),
            (self.model, self._model_tip),
        ):
            combo.setEnabled(not is_busy or (combo is self.source and may_choose_device))
            combo.setToolTip(tip if combo.isEnabled() else why)

    # ── sources ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _fill_sources(self, devices: list[AudioDevice]) -> None:
        hear = self._context.settings.hear
        self.source.clear()
        self.source.addItem(theme.icon("hear"), self.tr("Default microphone"), "microphone:")
        microphones = [device for device in devices if not device.is_monitor]
        for device in microphones:
            self.source.addItem(theme.icon("hear"), device.name, f"microphone:{device.id}")
        if hear.microphone and hear.microphone not in [device.id for device in microphones]:
            name = hear.microphone.partition(":")[2] or hear.microphone
            text = self.tr("{name} (not connected)").format(name=name)
            self.source.addItem(theme.icon("warning", "warning"), text, f"microphone:{hear.microphone}")
        self.source.insertSeparator(self.source.count())
        self.source.addItem(theme.icon("user"), self.tr("Microphone and computer sound"), "both:")
        self.source.setItemData(self.source.count() - 1, self._tip("both"), Qt.ItemDataRole.ToolTipRole)
        self.source.addItem(theme.icon("speaker"), self.tr("Computer sound"), "computer:")
        if devices and not any(device.is_monitor for device in devices):
            for row in range(self.source.count() - 2, self.source.count()):
                self._disable(row, self.tr("This machine offers no way to hear what it plays"))
        self.source.insertSeparator(self.source.count())
        self.source.addItem(theme.icon("file"), self.tr("Transcribe files…"), "files:")
        self._show_source()

    def _tip(self, source: str) -> str:
        if source == "both":
            return self.tr(
                "Wear headphones: else the microphone hears the loudspeaker, and what others say is written twice"
            )
        return self.tr("What to listen to")

    def _disable(self, row: int, why: str) -> None:
        model = self.source.model()
        assert isinstance(model, QStandardItemModel)
        item = model.item(row)
        item.setEnabled(False)
        item.setToolTip(why)

    def _show_source(self) -> None:
        hear = self._context.settings.hear
        microphone = hear.microphone if hear.source == "microphone" else ""
        self.source.setCurrentIndex(max(0, self.source.findData(f"{hear.source}:{microphone}")))
        if self.source.isEnabled():
            self.source.setToolTip(self._tip(hear.source))

    def _on_source_chosen(self, row: int) -> None:
        kind, _, microphone = self.source.itemData(row).partition(":")
        if kind == "files":
            self._show_source()
            self.files_requested.emit()
            return
        self._context.change_setting("hear.source", kind)
        if kind == "microphone":
            self._context.change_setting("hear.microphone", microphone)

    # ── language and model ──────────────────────────────────────────────────────────────────────────────────────────

    def _fill_languages(self) -> None:
        self.language.addItem(theme.icon("language"), self.tr("Detect language"), "")
        for code, name in i18n.spoken_languages():
            self.language.addItem(theme.icon("language"), name, code)
        self._show_language()

    def _show_language(self) -> None:
        self.language.setCurrentIndex(max(0, self.language.findData(self._context.settings.hear.language)))

    def _on_language_chosen(self, row: int) -> None:
        self._context.change_setting("hear.language", self.language.itemData(row))

    def refresh_models(self) -> None:
        """Asks the catalogue, in a thread, what is installed."""

        def installed(_job: Job) -> list[ModelEntry]:
            return self._context.catalogue.installed("speech")

        def show(found: list[ModelEntry]) -> None:
            self._installed = found
            self._fill_models()
            self._check_model()
            self.models_found.emit(bool(found))

        self._asking = self._context.run(installed, on_done=show, instead_of=self._asking)

    def _fill_models(self) -> None:
        hear = self._context.settings.hear
        best = best_of(self._installed, hear.engine, hear.language, hear.task)
        title = self.tr("{model} (best)").format(model=best.title) if best is not None else self.tr("Best model")
        self.model.clear()
        self.model.addItem(theme.icon("chip"), title, "")
        for entry in self._installed:
            self.model.addItem(theme.icon("chip"), entry.title, entry.id)
        if hear.model and hear.model not in [entry.id for entry in self._installed]:
            self.model.addItem(theme.icon("warning", "warning"), hear.model, hear.model)
        self.model.insertSeparator(self.model.count())
        self.model.addItem(theme.icon("download"), self.tr("Get more models…"), None)
        self.model.addItem(theme.icon("preferences"), self.tr("Engine options…"), ENGINE_OPTIONS)
        self._show_model()

    def _show_model(self) -> None:
        self.model.setCurrentIndex(max(0, self.model.findData(self._context.settings.hear.model)))

    def _on_model_chosen(self, row: int) -> None:
        model_id = self.model.itemData(row)
        if model_id is None:
            self._show_model()
            self._context.panel_requested.emit("models")
        elif model_id == ENGINE_OPTIONS:
            self._show_model()
            self._context.options_requested.emit("hear", self._context.settings.hear.engine)
        else:
            self._use(model_id)

    def _use(self, model_id: str) -> None:
        self._context.change_setting("hear.model", model_id)
        for entry in self._installed:
            if entry.id == model_id and self._context.settings.hear.engine not in entry.engines:
                self._context.change_setting("hear.engine", entry.engines[0])

    def _check_model(self) -> None:
        """Says, once a choice, that the model cannot do what is asked of it."""
        hear = self._context.settings.hear
        best = best_of(self._installed, hear.engine, hear.language, hear.task)
        used = next((entry for entry in self._installed if entry.id == hear.model), None if hear.model else best)
        checked = (used.id if used is not None else "", hear.language, hear.task)
        if checked == self._checked:
            return
        self._checked = checked
        self._context.withdraw("hear.model")
        if used is None or best is None or can(used, hear.language, hear.task):
            return
        if hear.task == "translate":
            sentence = self.tr("“{model}” cannot translate.")
        else:
            sentence = self.tr("“{model}” does not know the spoken language that is chosen.")
        action = self.tr("Show models"), lambda: self._context.panel_requested.emit("models")
        if can(best, hear.language, hear.task):
            action = self.tr("Use {model}").format(model=best.title), lambda: self._use(best.id)
        self._context.notify("warning", sentence.format(model=used.title), action=action, topic="hear.model")

    def _on_settings_changed(self, place: str) -> None:
        if place in ("hear.source", "hear.microphone"):
            self._fill_sources(self._context.sessions.speech.devices)
        elif place in ("hear.language", "hear.task", "hear.model", "hear.engine"):
            self._show_language()
            self._fill_models()
            self._check_model()
