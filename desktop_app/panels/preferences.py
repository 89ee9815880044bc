"""Every choice on one page, made from the settings' own models: searched, applied at once, reset by section."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop_app import i18n, panels, theme
from desktop_app.context import AppContext
from desktop_app.jobs import Job
from desktop_app.panels import PanelInfo
from desktop_app.sessions.choices import best_of, fitting_options
from desktop_app.settings import SECTIONS
from desktop_app.widgets.model_form import Choices, FormRow, ModelForm, has_words
from desktop_app.widgets.page import Column, EmptyState, PageHeader

if TYPE_CHECKING:
    from workers.engines.base import Engine, EngineOptions, Task

HIDDEN_SECTIONS = {"window"}
SENSES: dict[str, tuple[Task, ...]] = {
    "hear": ("speech", "emotion"),
    "see": ("label", "caption", "ask", "match"),
    "draw": ("sketch", "depth", "pose", "seg"),
}
"""The sections whose engines have options, with what these do."""


class PreferencesPanel(QWidget):
    """Shows and changes the settings; other parts follow `context.settings_changed`."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._devices: list[Any] = []
        self.cards: dict[str, _SectionCard] = {}
        self.options: dict[str, EngineOptionsCard] = {}

        header = PageHeader(self.tr("Preferences"), self.tr("Changes hold at once, unless they say otherwise."))
        self.search = QLineEdit()
        self.search.setProperty("role", "search")
        self.search.setPlaceholderText(self.tr("Search preferences"))
        self.search.setAccessibleName(self.tr("Search preferences"))
        self.search.setToolTip(self.tr("Search preferences (Ctrl+F)"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(220)
        self.search.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        header.tools.addWidget(self.search)
        self.column = Column()
        self.column.content.addWidget(header)
        choices: dict[str, Callable[[], Choices]] = {
            "panel": self._panels,
            "microphone": lambda: self._sounds(is_monitor=False),
            "monitor": lambda: self._sounds(is_monitor=True),
            "engine": self._engines,
            "model": self._models,
            "search_model": self._search_models,
            "spoken_language": self._languages,
        }
        for name in SECTIONS:
            if name not in HIDDEN_SECTIONS:
                self.cards[name] = _SectionCard(context, name, choices)
                self.column.content.addWidget(self.cards[name])
                if name in SENSES:
                    self.options[name] = EngineOptionsCard(context, name)
                    self.column.content.addWidget(self.options[name])
        self.emotion_needs = _EmotionNeeds(context)
        self.cards["hear"].form.rows["emotion"].texts.addWidget(self.emotion_needs)
        self.delete_now = _DeleteNow(context)
        self.cards["history"].body.addWidget(self.delete_now)
        self.empty = EmptyState("search", self.tr("Nothing found"), self.tr("No preference has these words."))
        self.empty.hide()
        self.column.content.addWidget(self.empty, 1)
        self.column.content.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.column)

        self.search.textChanged.connect(self._on_search)
        context.settings_changed.connect(self._on_settings_changed)
        self._read_devices()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.emotion_needs.refresh()  # a model may have come on another page

    def focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def show_options(self, section: str, engine: str) -> None:
        """Scrolls to the options of an engine, of the one that is shown already where `engine` is empty."""
        self.search.clear()
        card = self.options[section]
        if engine:
            card.pick(engine)
        card.picker.control.setFocus()
        QTimer.singleShot(0, card, lambda: self._scroll_to(card))  # when everything has its place

    def _scroll_to(self, card: QWidget) -> None:
        self.column.verticalScrollBar().setValue(card.y() - theme.SPACE_L)

    def _on_search(self, query: str) -> None:
        cards: list[_SectionCard | EngineOptionsCard] = [*self.cards.values(), *self.options.values()]
        found = sum(card.filter(query) for card in cards)
        self.empty.setVisible(not found)
        self.delete_now.setVisible(not query)

    def _on_settings_changed(self, place: str) -> None:
        section = place.partition(".")[0]
        if section in self.cards:
            self.cards[section].show_values()
        if place == "general.language":
            self._context.notify(
                "info",
                self.tr("The language changes at the next start."),
                self.tr("Until then the window stays as it is."),
            )
        elif place == "hear.engine":
            self._fit_model_to_engine()
        elif place.startswith("models."):
            self._context.notify("info", self.tr("This takes effect at the next start."))

    def _fit_model_to_engine(self) -> None:
        """Lets go of a model that the engine does not run, and says where it has none at all."""
        hear, catalogue = self._context.settings.hear, self._context.catalogue
        others = [entry.id for entry in catalogue.entries("speech") if hear.engine not in entry.engines]
        if hear.model in others:
            self._context.change_setting("hear.model", "")
        best = best_of(catalogue.installed("speech"), hear.engine, hear.language, hear.task)
        if not hear.model and best is not None and hear.engine not in best.engines:
            self._context.notify(
                "info",
                self.tr("No model for this engine is installed, so “{title}” is used.").format(title=best.title),
                action=(self.tr("Show models"), lambda: self._context.panel_requested.emit("models")),
            )

    def _read_devices(self) -> None:
        """Asks the sound system in the background; until it answers, the lists have the default only."""
        from workers.sources.devices import list_devices

        self._context.run(lambda _job: list_devices(), on_done=self._on_devices, on_failed=lambda _error: None)

    def _on_devices(self, devices: list[Any]) -> None:
        self._devices = devices
        self.cards["hear"].show_values()

    # ── what can be chosen ───────────────────────────────────────────────────────────────────────────────────────────

    def _panels(self) -> Choices:
        return [
            ("", self.tr("The page that was open last")),
            *((panel.id, i18n.from_panels(panel.title)) for panel in panels.discover()),
        ]

    def _sounds(self, *, is_monitor: bool) -> Choices:
        return [(device.id, device.name) for device in self._devices if device.is_monitor == is_monitor]

    def _engines(self) -> Choices:
        from workers.engines.registry import engines_for

        return [(engine.info.name, i18n.from_settings(engine.info.title)) for engine in engines_for("speech")]

    def _models(self) -> Choices:
        """Models of the engine that is chosen and that are installed."""
        engine = self._context.settings.hear.engine
        installed = self._context.catalogue.installed("speech")
        return [(entry.id, entry.title) for entry in installed if engine in entry.engines]

    def _search_models(self) -> Choices:
        """Models that tell how well words fit a picture."""
        installed = self._context.catalogue.installed("label")
        return [(entry.id, entry.title) for entry in installed if "clip" in entry.engines]

    def _languages(self) -> Choices:
        return i18n.spoken_languages()


class _SectionCard(QWidget):
    """A heading with Reset, and a card with the section's rows."""

    def __init__(self, context: AppContext, section: str, choices: dict[str, Callable[[], Choices]]) -> None:
        super().__init__()
        self._context, self._section = context, section
        kind = SECTIONS[section]
        title = i18n.from_settings(str(kind.model_config.get("title", "")))
        self.form = ModelForm(getattr(context.settings, section), choices=choices)
        self.form.value_changed.connect(self._on_value_changed)
        self.reset = theme.button(
            self.tr("Reset"), "quiet", tip=self.tr("Give everything under “{title}” its default").format(title=title)
        )
        self.reset.clicked.connect(self._on_reset)
        self.body = _card(self, title, self.reset)
        self.body.addWidget(self.form)
        self._show_reset()

    def filter(self, query: str) -> int:
        count = self.form.filter(query)
        self.setVisible(count > 0)
        return count

    def show_values(self) -> None:
        self.form.show_values(getattr(self._context.settings, self._section))
        self._show_reset()

    def _show_reset(self) -> None:
        current, fresh = getattr(self._context.settings, self._section), SECTIONS[self._section]()
        is_changed = any(getattr(current, name) != getattr(fresh, name) for name in self.form.rows)
        self.reset.setVisible(is_changed)

    def _on_value_changed(self, field: str, value: Any) -> None:
        self._context.change_setting(f"{self._section}.{field}", value)

    def _on_reset(self) -> None:
        fresh = SECTIONS[self._section]()
        for name in self.form.rows:
            self._context.change_setting(f"{self._section}.{name}", getattr(fresh, name))


class _Pick(BaseModel):
    engine: str = Field(
        "",
        title="Options of",
        description="Each engine has its own. This chooses what is shown here, not what is used.",
    )


class EngineOptionsCard(QWidget):
    """The options of one of a sense's engines, which is picked here; what differs from the defaults is kept for each.

    The engine that the settings name is shown first.
    """

    def __init__(self, context: AppContext, section: str) -> None:
        super().__init__()
        from workers.engines.registry import engines_for

        self._context, self._section = context, section
        self._engines: dict[str, type[Engine]] = {
            engine.info.name: engine for task in SENSES[section] for engine in engines_for(task)
        }
        chosen = [name for field in self._values.__class__.model_fields if (name := self._chosen_in(field))]
        self._picked = chosen[-1] if chosen else next(iter(self._engines))
        self._shown = ""
        self.form: ModelForm | None = None

        sense = i18n.from_settings(str(SECTIONS[section].model_config.get("title", "")))
        self.reset = theme.button(
            self.tr("Reset"), "quiet", tip=self.tr("Give every option of this engine its default")
        )
        self.picker = FormRow(_Pick.model_fields["engine"], self._choices, is_first=True)
        self.problem = theme.label("", "warning", wrap=True)
        self.problem.setContentsMargins(theme.SPACE_L, 0, theme.SPACE_L, theme.SPACE_M)
        line = QFrame()
        line.setProperty("role", "line")
        self._body = _card(self, self.tr("{sense}: engine options").format(sense=sense), self.reset)
        for widget in (self.picker, self.problem, line):
            self._body.addWidget(widget)

        self.reset.clicked.connect(lambda: self._store({}))
        self.picker.value_edited.connect(self.pick)
        context.settings_changed.connect(self._on_settings_changed)
        self._show(self._picked)

    def pick(self, engine: str) -> None:
        """Shows the options of an engine."""
        self._picked = engine
        self._show(engine)

    def filter(self, query: str) -> int:
        """Shows the rows with every word, of the engine that is picked or else of the first that has some."""
        found = next((name for name in (self._picked, *self._engines) if self._finds(name, query)), "")
        self.setVisible(bool(found))
        if not found:
            return 0
        self._show(found)
        assert self.form is not None
        return self.form.filter(query)

    def _finds(self, engine: str, query: str) -> bool:
        fields = self._engines[engine].info.options.model_fields.values()
        return any(has_words(field, query, self._title(engine)) for field in fields)

    def _title(self, engine: str) -> str:
        return i18n.from_settings(self._engines[engine].info.title)

    def _choices(self) -> Choices:
        return [(name, self._title(name)) for name in self._engines]

    @property
    def _values(self) -> Any:
        return getattr(self._context.settings, self._section)

    def _chosen_in(self, field: str) -> str:
        """The engine that a field of the section names; empty where it names none."""
        name = getattr(self._values, field) if field == "engine" or field.endswith("_engine") else ""
        return name if name in self._engines else ""

    def _show(self, engine: str) -> None:
        if engine == self._shown:
            return
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
        self._shown = engine
        self.form = ModelForm(self._options(), words=self._title(engine))
        self.form.value_changed.connect(self._on_value_changed)
        self._body.addWidget(self.form)
        self.picker.show_value(engine)
        self._show_values()

    def _show_values(self) -> None:
        assert self.form is not None
        options, wrong = fitting_options(self._values, self._shown)
        self.form.show_values(options)
        fields = type(options).model_fields
        names = [i18n.from_settings(str(fields[name].title)) if name in fields else name for name in wrong]
        text = self.tr("What was stored does not fit, so the defaults are used: {names}.")
        self.problem.setText(text.format(names=", ".join(names)))
        self.problem.setVisible(bool(wrong))
        self.reset.setVisible(bool(self._values.engine_options.get(self._shown)))

    def _options(self) -> EngineOptions:
        return fitting_options(self._values, self._shown)[0]

    def _on_value_changed(self, field: str, value: Any) -> None:
        values = self._options().model_copy(update={field: value})
        self._store(values.model_dump(mode="json", exclude_defaults=True))

    def _store(self, values: dict[str, Any]) -> None:
        stored = {**self._values.engine_options, self._shown: values}
        self._context.change_setting(f"{self._section}.engine_options", {k: v for k, v in stored.items() if v})

    def _on_settings_changed(self, place: str) -> None:
        section, _, field = place.partition(".")
        if section != self._section:
            return
        if field == "engine_options":
            self._show_values()
        elif engine := self._chosen_in(field):
            self.pick(engine)


class _EmotionNeeds(QWidget):
    """Says that there is no emotion model yet, and leads to one."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.button = theme.button(
            self.tr("Get an emotion model"), "quiet", "download", tip=self.tr("Show the models that can be had")
        )
        self.button.clicked.connect(lambda: context.panel_requested.emit("models"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, theme.SPACE_XS, 0, 0)
        layout.setSpacing(theme.SPACE_S)
        layout.addWidget(theme.label(self.tr("No emotion model is installed yet."), "warning"))
        layout.addWidget(self.button)
        layout.addStretch()
        self.hide()

    def refresh(self) -> None:
        """Looks, in a thread, whether a model is there."""

        def is_missing(_job: Job) -> bool:
            catalogue = self._context.catalogue
            return all(catalogue.status(entry.id) != "installed" for entry in catalogue.entries("emotion"))

        self._context.run(is_missing, on_done=self.setVisible)


class _DeleteNow(QWidget):
    """What keeping for a time means now, and a button that does not wait for the next start."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.text = theme.label("", "caption", wrap=True)
        self.button: QPushButton = theme.button(self.tr("Delete now"), "danger", "trash")
        self.button.clicked.connect(self._on_delete)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_L, 0, theme.SPACE_L, theme.SPACE_M)
        layout.setSpacing(theme.SPACE_XL)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.button)
        context.settings_changed.connect(lambda _place: self._show())
        context.history_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        choices = self._context.settings.history
        parts = []
        if choices.keep_days:
            text = self.tr(
                "Whatever in the history is older than %n day(s) is deleted: recordings, snapshots and drawn pictures.",
                "",
                choices.keep_days,
            )
            parts.append(text)
        if not choices.keep_audio:
            parts.append(self.tr("The sound of finished recordings is deleted, their text stays."))
        if parts:
            parts.append(
                self.tr("This happens at every start and after each recording. What is pinned is never touched.")
            )
        self.text.setText(" ".join(parts))
        self.setVisible(bool(parts))
        self.button.setEnabled(self._context.history is not None)

    def _on_delete(self) -> None:
        history = self._context.history
        if history is not None:
            self.button.setEnabled(False)
            self._context.run(
                lambda _job: history.apply_retention(self._context.retention).result(),
                on_done=self._on_deleted,
                on_failed=self._on_failed,
            )

    def _on_deleted(self, count: int) -> None:
        self.button.setEnabled(True)
        self._context.history_changed.emit()
        self._context.notify("info", self.tr("%n item(s) deleted.", "", count))

    def _on_failed(self, error: Exception) -> None:
        self.button.setEnabled(True)
        self._context.show_error(error)


def _card(parent: QWidget, title: str, tool: QWidget) -> QVBoxLayout:
    """A heading with a tool at its right and a card below it in `parent`; returns the card's layout."""
    head = QHBoxLayout()
    head.setContentsMargins(0, 0, 0, 0)
    head.addWidget(theme.label(title, "heading"), 1, Qt.AlignmentFlag.AlignVCenter)
    head.addWidget(tool)
    tool.setFixedHeight(28)
    policy = tool.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    tool.setSizePolicy(policy)
    card = QFrame()
    card.setProperty("role", "card")
    body = QVBoxLayout(card)
    body.setContentsMargins(0, theme.SPACE_XS, 0, theme.SPACE_XS)
    body.setSpacing(0)
    layout = QVBoxLayout(parent)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(theme.SPACE_S)
    layout.addLayout(head)
    layout.addWidget(card)
    return body


PANEL = PanelInfo(
    "preferences",
    "Preferences",
    "preferences",
    120,
    PreferencesPanel,
    shortcut="Ctrl+,",
    description="Everything that can be chosen",
)
