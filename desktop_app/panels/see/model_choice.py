"""Which model labels, describes or answers, the way to its options, and what is said about a starter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app import theme
from desktop_app.context import AppContext
from desktop_app.jobs import Job
from desktop_app.sessions.choices import (
    LookTask,
    answers_by_server,
    asks_to_describe,
    described_by_server,
    options_of,
)
from desktop_app.widgets.elided_combo import ENGINE_OPTIONS, ElidedCombo
from desktop_app.widgets.elided_label import ElidedLabel
from workers.engines.vision.server import ServerOptions, host_of

if TYPE_CHECKING:
    from workers.catalogue.entries import ModelEntry

DEFAULT_ENGINE: dict[LookTask, str] = {"label": "clip"}  # labels of one's own, unless a model with classes is chosen


class ModelChoice(ElidedCombo):
    """The installed models of a task, the best one of them, and the ways to more and to what their engine can be told.

    Signals:
        model_changed(): another one is in force, or which ones are installed is known now.
    """

    model_changed = Signal()

    def __init__(self, context: AppContext, task: LookTask) -> None:
        tips = {
            "label": self.tr("CLIP takes labels of your own, ViT has its own classes"),
            "caption": self.tr("The model that describes the picture"),
            "ask": self.tr("The model that answers"),
        }
        super().__init__(self.tr("Model"), tips[task])
        self.tip = tips[task]
        self._context = context
        self._task: LookTask = task
        self._places = f"see.{task}_engine", f"see.{task}_model"
        self._installed: list[ModelEntry] = []
        self._is_known = False
        self._asking: Job | None = None  # what is installed; the newest
        self.setMinimumContentsLength(6)
        self.activated.connect(self._on_chosen)
        context.settings_changed.connect(self._on_settings_changed)
        self._fill()

    @property
    def entry(self) -> ModelEntry | None:
        """The model that is in force; None where none is installed."""
        see = self._context.settings.see
        model_id, engine = getattr(see, f"{self._task}_model"), getattr(see, f"{self._task}_engine")
        if model_id:
            return next((entry for entry in self._installed if entry.id == model_id), None)
        return self._best(engine)

    @property
    def engine(self) -> str:
        """The name of the engine in force; empty where no model is installed."""
        entry, chosen = self.entry, getattr(self._context.settings.see, f"{self._task}_engine")
        if entry is None:
            return ""
        return chosen if chosen in entry.engines else entry.engines[0]

    @property
    def server(self) -> str:
        """Where the server is that questions and their pictures go to; empty where none answers."""
        see = self._context.settings.see
        is_server = {"ask": answers_by_server, "caption": described_by_server}.get(self._task)
        if is_server is None or not is_server(see):
            return ""
        options = options_of(see, "server")
        assert isinstance(options, ServerOptions)
        return host_of(options.address) or self.tr("a server on this machine")

    @property
    def is_known(self) -> bool:
        """The catalogue has been asked what is installed."""
        return self._is_known

    def refresh(self) -> None:
        """Asks the catalogue, in a thread, what is installed."""

        def installed(_job: Job) -> list[ModelEntry]:
            catalogue = self._context.catalogue
            found = catalogue.installed(self._task)
            if self._task == "caption":
                found += [entry for entry in catalogue.installed("ask") if asks_to_describe(entry.engines[0])]
            return found

        def show(found: list[ModelEntry]) -> None:
            self._installed, self._is_known = found, True
            self._fill()
            self.model_changed.emit()

        self._asking = self._context.run(installed, on_done=show, instead_of=self._asking)

    def _fill(self) -> None:
        engine = DEFAULT_ENGINE.get(self._task, "")
        best = self._best(engine)
        self.clear()
        text = self.tr("{model} (best)").format(model=best.title) if best is not None else self.tr("Best model")
        self.addItem(theme.icon("chip"), text, "")
        for entry in self._installed:
            icon = theme.icon("stream" if entry.source == "server" else "chip")
            self.addItem(icon, entry.title, entry.id)
        chosen = getattr(self._context.settings.see, f"{self._task}_model")
        if chosen and chosen not in [entry.id for entry in self._installed]:
            self.addItem(theme.icon("warning", "warning"), chosen, chosen)
        self.insertSeparator(self.count())
        self.addItem(theme.icon("download"), self.tr("Get more models…"), None)
        self.addItem(theme.icon("preferences"), self.tr("Engine options…"), ENGINE_OPTIONS)
        self.setCurrentIndex(max(0, self.findData(chosen)))

    def _best(self, engine: str) -> ModelEntry | None:
        """Made for the task: what only answers questions describes where it was chosen."""
        able = (entry for entry in self._installed if entry.task == self._task)
        return next((entry for entry in able if engine in ("", *entry.engines)), None)

    def _on_chosen(self, row: int) -> None:
        model_id = self.itemData(row)
        if model_id is None:
            self._fill()
            self._context.panel_requested.emit("models")
            return
        if model_id == ENGINE_OPTIONS:
            self._fill()
            self._context.options_requested.emit("see", self.engine)
            return
        entry = next((entry for entry in self._installed if entry.id == model_id), None)
        engine = entry.engines[0] if entry is not None else DEFAULT_ENGINE.get(self._task, "")
        self._context.change_setting(self._places[0], engine)
        self._context.change_setting(self._places[1], model_id)

    def _on_settings_changed(self, place: str) -> None:
        if place in self._places:
            self._fill()
        if place in (*self._places, "see.engine_options"):
            self.model_changed.emit()


class StarterNote(QWidget):
    """Says what a starter knows, with the way to a model that knows more; shown where a starter is in force."""

    def __init__(self, context: AppContext, choice: ModelChoice) -> None:
        super().__init__()
        self._choice = choice
        self._is_flat = self._gives_way = False
        text = self.tr("Starter model: knows about 120 everyday things as icons.")
        self.text = theme.label(text, "caption", wrap=True)
        self.line = ElidedLabel(text, "caption")  # the same where there is little height
        self.line.setToolTip(text)
        self.line.hide()
        self.button = theme.button(self.tr("Get a full model"), "link", tip=self.tr("Opens the models"))
        self.button.clicked.connect(lambda: context.panel_requested.emit("models"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_XS)
        row.addWidget(self.text, 1)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        choice.model_changed.connect(self._show)
        self._show()

    def set_flat(self, is_flat: bool) -> None:
        """Takes one line, with dots where it does not fit, or none while it gives way."""
        self._is_flat = is_flat
        self.text.setVisible(not is_flat)
        self.line.setVisible(is_flat)
        self._show()

    def give_way(self, gives_way: bool) -> None:
        """Where there is little height, something else needs it more."""
        self._gives_way = gives_way
        self._show()

    def _show(self) -> None:
        entry = self._choice.entry
        is_starter = entry is not None and entry.source == "bundled"
        self.setVisible(is_starter and not (self._is_flat and self._gives_way))
