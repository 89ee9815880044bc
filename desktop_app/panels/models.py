"""The models: what is installed, what can be had, what fits this machine; download, check, convert, remove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from PySide6.QtCore import QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app import i18n, theme
from desktop_app.context import AppContext
from desktop_app.jobs import Job
from desktop_app.panels import PanelInfo
from desktop_app.sessions.choices import best_of
from desktop_app.widgets.elided_combo import prepare_list
from desktop_app.widgets.elided_label import ElidedLabel
from desktop_app.widgets.page import Column, EmptyState, PageHeader
from workers.errors import AppError
from workers.results import Progress

if TYPE_CHECKING:
    from workers.catalogue.catalogue import Catalogue
    from workers.catalogue.entries import ModelEntry

Work = Callable[[Job], Any]


@dataclass(frozen=True)
class Use:
    """Who takes a model of a task, and the settings that name its engine, if there are several, and it."""

    page: str
    engine_place: str
    model_place: str


USES = {
    "speech": Use("Hear", "hear.engine", "hear.model"),
    "label": Use("See", "see.label_engine", "see.label_model"),
    "caption": Use("See", "see.caption_engine", "see.caption_model"),
    "ask": Use("See", "see.ask_engine", "see.ask_model"),
    "sketch": Use("Draw", "", "draw.model"),
}
PLACES = {place for use in USES.values() for place in (use.engine_place, use.model_place) if place}


@dataclass(frozen=True)
class ModelState:
    """A model as the page shows it; read in the background."""

    entry: ModelEntry
    status: str  # installed, absent, partial or broken
    fits: bool
    is_proposed: bool
    is_converted: bool


def read_states(catalogue: Catalogue) -> list[ModelState]:
    """Every model with what is known of it here, the best ones first; looks at the disk and the graphics card."""
    from workers.catalogue.entries import best_first, fits
    from workers.engines.devices import machine

    here = machine()
    proposed = {entry.id for entry in catalogue.proposed(here)}
    return [
        ModelState(
            entry,
            str(catalogue.status(entry.id)),
            fits(entry, here),
            entry.id in proposed,
            catalogue.converted_folder(entry.id).is_dir(),
        )
        for entry in best_first(catalogue.entries())
        if entry.source != "server"  # there is nothing to download, to check or to delete
    ]


class ModelsPanel(QWidget):
    """Cards in three groups: on this machine, proposed for it, and more."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.cards: dict[str, ModelCard] = {}
        self._states: list[ModelState] = []
        self._task_names = {
            "": self.tr("All tasks"),
            "speech": self.tr("Speech"),
            "emotion": self.tr("Tone of voice"),
            "label": self.tr("Labels"),
            "caption": self.tr("Captions of pictures"),
            "ask": self.tr("Questions about pictures"),
            "match": self.tr("Texts that fit pictures"),
            "sketch": self.tr("Drawing"),
            "control": self.tr("Controls of drawing"),
            "lora": self.tr("Styles and few steps"),
            "vae": self.tr("Small autoencoders"),
            "depth": self.tr("Depth in pictures"),
            "pose": self.tr("Poses of people"),
            "seg": self.tr("Areas in pictures"),
        }

        self.header = PageHeader(self.tr("Models"), self.tr("They run on this machine. Smaller ones answer sooner."))
        self.folder_button = theme.button(
            self.tr("Add a folder…"), "plain", "folder", tip=self.tr("Use a model that is on your disk already")
        )
        self.hub_button = theme.button(
            self.tr("From the hub…"), "plain", "download", tip=self.tr("Add a model of the hub that is not listed")
        )
        self.header.tools.addWidget(self.hub_button)
        self.header.tools.addWidget(self.folder_button)
        self.search = QLineEdit()
        self.search.setProperty("role", "search")
        self.search.setPlaceholderText(self.tr("Search models"))
        self.search.setAccessibleName(self.tr("Search models"))
        self.search.setToolTip(self.tr("Search by name, language, engine or licence (Ctrl+F)"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.task = QComboBox()
        self.task.setAccessibleName(self.tr("Task"))
        self.task.setToolTip(self.tr("Show the models of one task"))
        self.which = QComboBox()
        for combo in (self.task, self.which):
            prepare_list(combo)
        self.which.setAccessibleName(self.tr("Which models"))
        self.which.setToolTip(self.tr("Show only models that are installed, or that fit this machine"))
        for value, text in (
            ("", self.tr("All models")),
            ("installed", self.tr("Installed")),
            ("fits", self.tr("Fits this machine")),
        ):
            self.which.addItem(text, value)
        filters = QHBoxLayout()
        filters.setSpacing(theme.SPACE_S)
        filters.addWidget(self.search, 1)
        filters.addWidget(self.task)
        filters.addWidget(self.which)

        self.list = Column(920)
        self.list.content.setSpacing(theme.SPACE_S)
        self.list.content.addWidget(self.header)
        self.list.content.addSpacing(theme.SPACE_S)
        self.list.content.addLayout(filters)
        self.groups = {
            "installed": theme.label(self.tr("On this machine"), "heading"),
            "proposed": theme.label(self.tr("Proposed for this machine"), "heading"),
            "more": theme.label(self.tr("More"), "heading"),
        }
        self._group_layouts: dict[str, QVBoxLayout] = {}
        for name, title in self.groups.items():
            title.setContentsMargins(0, theme.SPACE_M, 0, 0)
            self.list.content.addWidget(title)
            self._group_layouts[name] = QVBoxLayout()
            self._group_layouts[name].setSpacing(theme.SPACE_S)
            self.list.content.addLayout(self._group_layouts[name])
            title.hide()
        self.nothing = EmptyState("search", self.tr("Nothing found"), self.tr("No model passes the filter."))
        self.nothing.hide()
        self.list.content.addWidget(self.nothing, 1)
        self.list.content.addStretch()
        self.waiting = EmptyState("models", self.tr("Looking for models…"), "")
        self.failure = EmptyState("warning", self.tr("The models could not be read"), "")
        self.stack = QStackedWidget()
        for page in (self.waiting, self.list, self.failure):
            self.stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stack)

        add_folder = QAction(self.tr("Add a model folder…"), self)
        add_folder.triggered.connect(self._on_add_folder)
        add_repository = QAction(self.tr("Add a model from the hub…"), self)
        add_repository.triggered.connect(self._on_add_repository)
        look_again = QAction(self.tr("Look for models again"), self)
        look_again.setShortcut("F5")
        look_again.triggered.connect(self.refresh)
        self.addActions([add_folder, add_repository, look_again])
        self.hub_button.clicked.connect(self._on_add_repository)
        self.folder_button.clicked.connect(self._on_add_folder)
        self.search.textChanged.connect(self._filter)
        self.task.currentIndexChanged.connect(self._filter)
        self.which.currentIndexChanged.connect(self._filter)
        context.settings_changed.connect(self._on_settings_changed)
        self.refresh()

    def focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def refresh(self) -> None:
        """Reads the catalogue and the disk again, in the background."""
        self._context.run(
            lambda _job: read_states(self._context.catalogue), on_done=self._show, on_failed=self._on_not_read
        )

    def start(self, model_id: str, title: str, work: Work, *, done: Callable[[Any], str] = lambda _: "") -> None:
        """Runs `work` for a model with progress on its card; what `done` makes of its result is said at the end."""
        card = self.cards[model_id]
        name = f"{title}: {card.entry.title}"

        def on_progress(progress: Progress) -> None:
            card.show_progress(title, progress)
            self._context.busy_changed.emit(name, progress)

        def on_done(result: Any) -> None:
            if text := done(result):
                self._context.notify("info", text)

        card.job = self._context.run(
            work, on_done=on_done, on_progress=on_progress, on_ended=lambda: self._on_job_ended(model_id, name)
        )
        on_progress(Progress(-1.0))

    # ── showing ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _show(self, states: list[ModelState]) -> None:
        self._states = states
        self.stack.setCurrentWidget(self.list)
        tasks = ["", *dict.fromkeys(state.entry.task for state in states)]
        if [self.task.itemData(index) for index in range(self.task.count())] != tasks:
            self.task.blockSignals(True)
            self.task.clear()
            for task in tasks:
                self.task.addItem(self._task_names.get(task, task), task)
            self.task.blockSignals(False)
            self.task.setVisible(len(tasks) > 2)
        known = {state.entry.id for state in states}
        for model_id in [model_id for model_id in self.cards if model_id not in known]:
            card = self.cards.pop(model_id)
            card.hide()
            card.deleteLater()
        for state in states:
            if state.entry.id not in self.cards:
                self.cards[state.entry.id] = ModelCard(self, self._context, self._task_names)
            card = self.cards[state.entry.id]
            card.show_state(state)
            group = (
                "installed" if state.status in ("installed", "broken") else "proposed" if state.is_proposed else "more"
            )
            card.group = group
            self._group_layouts[group].addWidget(card)
        self._show_used()
        self._filter()

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        task, which = self.task.currentData() or "", self.which.currentData()
        shown = set()
        for card in self.cards.values():
            is_shown = (
                all(word in card.words for word in words)
                and task in ("", card.entry.task)
                and (which != "installed" or card.state.status == "installed")
                and (which != "fits" or card.state.fits)
            )
            card.setVisible(is_shown)
            if is_shown:
                shown.add(card.group)
        for name, title in self.groups.items():
            title.setVisible(name in shown)
        self.nothing.setVisible(not shown)

    def _show_used(self) -> None:
        used = {self._used(task, use) for task, use in USES.items()}
        for card in self.cards.values():
            card.show_used(is_used=card.entry.id in used and card.state.status == "installed")

    def _used(self, task: str, use: Use) -> str:
        """The model of a task that is chosen, or else taken; "" where none is there."""
        engine, chosen = _setting(self._context, use.engine_place), _setting(self._context, use.model_place)
        if chosen:
            return chosen
        installed = [state.entry for state in self._states if state.status == "installed" and state.entry.task == task]
        if task == "speech":
            hear = self._context.settings.hear
            best = best_of(installed, engine, hear.language, hear.task)
        else:
            best = next((entry for entry in installed if engine in ("", *entry.engines)), None)
        return best.id if best is not None else ""

    def _on_not_read(self, error: Exception) -> None:
        self.failure.text.setText(i18n.sentence(error) if isinstance(error, AppError) else str(error))
        self.stack.setCurrentWidget(self.failure)
        self._context.show_error(error, action=(self.tr("Try again"), self.refresh))

    def _on_job_ended(self, model_id: str, name: str) -> None:
        self._context.busy_changed.emit(name, None)
        if model_id in self.cards:
            self.cards[model_id].job = None
            self.cards[model_id].show_progress("", None)
        if not self._context.is_closing:
            self.refresh()

    def _on_settings_changed(self, place: str) -> None:
        if place in (*PLACES, "hear.language", "hear.task"):
            self._show_used()

    def _on_add_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("A folder with a model"), str(Path.home()))
        if folder:
            self.add_folder(Path(folder))

    def add_folder(self, folder: Path) -> None:
        self._context.run(
            lambda _job: self._context.catalogue.add_folder(folder), on_done=lambda _entry: self.refresh()
        )

    def _on_add_repository(self) -> None:
        text, is_given = QInputDialog.getText(
            self, self.tr("A model from the hub"), self.tr("Owner and name, such as google/siglip2-base-patch16-224")
        )
        if is_given and text.strip():
            self.add_repository("/".join(urlsplit(text.strip()).path.strip("/").split("/")[:2]))

    def add_repository(self, repo_id: str) -> None:
        """Asks the hub about a repository; where the app can use it, it is listed, and can be downloaded."""
        name = self.tr("Asking the hub")
        self._context.busy_changed.emit(name, Progress(-1.0))
        self._context.run(
            lambda job: self._context.catalogue.add_repository(repo_id, job.report, job.cancelled),
            on_done=self._on_repository_added,
            on_ended=lambda: self._context.busy_changed.emit(name, None),
        )

    def _on_repository_added(self, entry: ModelEntry) -> None:
        for filter_ in (self.task, self.which):
            filter_.setCurrentIndex(0)
        self.search.setText(entry.id)
        self.refresh()


class ModelCard(QFrame):
    """One model: what it is at the left, its state and what can be done at the right."""

    def __init__(self, panel: ModelsPanel, context: AppContext, task_names: dict[str, str]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._panel, self._context, self._task_names = panel, context, task_names
        self.state: ModelState
        self.job: Job | None = None
        self.group = ""
        self.words = ""

        self.title = ElidedLabel(role="strong")
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)  # badges stand beside it
        self.used = _badge(self.tr("In use"), "accent", "")
        self.badge = _badge("", "", "")
        self.note = theme.label("", "muted", wrap=True)
        self.facts = theme.label("", "caption", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(theme.SPACE_S)
        head.addWidget(self.title)
        head.addWidget(self.used)
        head.addWidget(self.badge)
        head.addStretch()
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addLayout(head)
        texts.addWidget(self.note)
        texts.addWidget(self.facts)

        self.main = theme.button("")
        self.main.clicked.connect(self._on_main)
        self.more = theme.icon_button("more", self.tr("More"), tip=self.tr("More that can be done with this model"))
        self.more.clicked.connect(self._on_more)
        self.progress = QProgressBar()
        self.progress.setFixedWidth(160)
        self.progress.setTextVisible(False)
        self.progress_text = theme.label("", "caption")
        self.cancel = theme.icon_button("close", self.tr("Cancel"), tip=self.tr("Cancel; what came so far is kept"))
        self.cancel.clicked.connect(self._on_cancel)
        self.question = theme.label("", "muted")
        self.keep = theme.button(self.tr("Keep"), "quiet")
        self.keep.clicked.connect(self._show_buttons)
        self.remove = theme.button(self.tr("Delete"), "danger")
        self.remove.clicked.connect(self._on_remove)
        progress_texts = QVBoxLayout()
        progress_texts.setSpacing(theme.SPACE_XS)
        progress_texts.addStretch()
        progress_texts.addWidget(self.progress_text)
        progress_texts.addWidget(self.progress)
        progress_texts.addStretch()

        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, theme.SPACE_M)
        layout.setSpacing(theme.SPACE_S)
        layout.addLayout(texts, 1)
        layout.addSpacing(theme.SPACE_S)
        layout.addLayout(progress_texts)
        layout.addWidget(self.cancel)
        layout.addWidget(self.question)
        layout.addWidget(self.keep)
        layout.addWidget(self.remove)
        layout.addWidget(self.more)
        layout.addWidget(self.main)

    @property
    def entry(self) -> ModelEntry:
        return self.state.entry

    def show_state(self, state: ModelState) -> None:
        self.state = state
        entry = state.entry
        self.title.setText(entry.title)
        self.note.setText(i18n.from_settings(entry.note))
        self.note.setVisible(bool(entry.note))
        facts = [
            self._task_names.get(entry.task, entry.task),
            self._languages(),
            i18n.size_text(entry.download_bytes) if entry.download_bytes else "",
            self.tr("{size} of memory").format(size=i18n.size_text(entry.memory_bytes)) if entry.memory_bytes else "",
            entry.licence,
            ", ".join(entry.engines),
        ]
        self.facts.setText("  ·  ".join(filter(None, facts)))
        self.facts.setToolTip(entry.repo_id or entry.folder)
        self.words = f"{entry.id} {entry.title} {entry.note} {self.note.text()} {self.facts.text()}".casefold()
        tone, text, tip = "", "", ""
        if self._is_gone:
            tone, text = "danger", self.tr("Gone")
            tip = self.tr("{folder} is not there any more. Bring it back, or remove it from the list.").format(
                folder=entry.folder
            )
        elif state.status == "broken":
            tone, text, tip = (
                "danger",
                self.tr("Damaged"),
                self.tr("A file is missing or cut short. Download it again."),
            )
        elif state.status == "partial":
            tone, text, tip = "warning", self.tr("Interrupted"), self.tr("The download can go on where it stopped.")
        elif not state.fits:
            tone, text = "warning", self.tr("Too large")
            tip = self.tr("This machine has too little memory, or no graphics card: it would be slow or fail.")
        elif state.status == "absent" and not state.is_proposed:  # there the heading says it
            tone, text, tip = "success", self.tr("Fits"), self.tr("This machine has the memory and speed for it.")
        self.badge.setText(text)
        self.badge.setToolTip(tip)
        self.badge.setProperty("tone", tone)
        self.badge.setVisible(bool(text))
        theme.refresh(self.badge)
        self._show_buttons()

    def show_used(self, *, is_used: bool) -> None:
        self.used.setVisible(is_used)
        self.used.setToolTip(self.tr("The page {page} uses this model").format(page=self._page))
        question = self.tr("Delete it from this machine?")
        in_use = self.tr("The page {page} uses it. Delete it from this machine?").format(page=self._page)
        self.question.setText(in_use if is_used else question)
        self._show_buttons()

    def show_progress(self, title: str, progress: Progress | None) -> None:
        """Shows how far the work on this model has come; None when it ended."""
        if progress is not None:
            self.progress.setRange(0, 0 if progress.fraction < 0 else 1000)
            self.progress.setValue(round(1000 * progress.fraction))
            percent = "" if progress.fraction < 0 else f" {progress.fraction:.0%}"
            self.progress_text.setText(f"{title}{percent}")
            self.progress.setToolTip(i18n.from_workers(progress.message))
        self._show_buttons()

    def ask_removal(self, *, is_asked: bool) -> None:
        for widget in (self.question, self.keep, self.remove):
            widget.setVisible(is_asked)
        if is_asked:
            self.main.hide()
            self.more.hide()
        if is_asked:
            self.keep.setFocus()

    def actions_possible(self) -> list[tuple[str, str, Callable[[], None]]]:
        """What the menu offers now: text, icon, what it does."""
        offered: list[tuple[str, str, Callable[[], None]]] = []
        if self.state.status == "installed":
            offered.append((self.tr("Check the files"), "shield", self._on_verify))
            if self._can_convert:
                offered.append((self.tr("Convert for the engine “whisper”"), "convert", self._on_convert))
            offered.append((self.tr("Open its folder"), "folder", self._on_open_folder))
        if self.entry.source == "folder" or (self.entry.is_own and self.state.status == "absent"):
            offered.append((self.tr("Remove from the list"), "close", self._on_remove))
        elif self.entry.source == "hub" and self.state.status != "absent":
            offered.append((self.tr("Delete…"), "trash", lambda: self.ask_removal(is_asked=True)))
        return offered

    @property
    def _page(self) -> str:
        """The title of the page that can use it; empty where none does by itself."""
        use = USES.get(self.entry.task)
        return i18n.from_panels(use.page) if use is not None else ""

    @property
    def _is_gone(self) -> bool:
        """A folder of the user's own that was moved or deleted: it cannot be downloaded."""
        return self.entry.source == "folder" and self.state.status == "absent"

    @property
    def _can_convert(self) -> bool:
        """The engine "whisper" could run it, but not as it is."""
        is_other_format = self.entry.format == "ctranslate2" and "whisper" in self.entry.engines
        return is_other_format and self.state.status == "installed" and not self.state.is_converted

    def _show_buttons(self) -> None:
        is_working = self.job is not None
        for widget in (self.progress, self.progress_text, self.cancel):
            widget.setVisible(is_working)
        self.ask_removal(is_asked=False)
        is_usable = self.state.status == "installed" and self.entry.task in USES
        needs_conversion = self._can_convert and self._context.settings.hear.engine == "whisper"
        text, icon, tip = {
            "installed": (self.tr("Convert"), "convert", self.tr("Make it run with the engine “whisper”"))
            if needs_conversion
            else (self.tr("Use"), "", self.tr("Use it on the page {page} from now on").format(page=self._page)),
            "absent": (self.tr("Download"), "download", self.tr("Download this model")),
            "partial": (self.tr("Go on"), "download", self.tr("Go on with the download")),
            "broken": (self.tr("Repair"), "refresh", self.tr("Download what is missing")),
        }[self.state.status]
        self.main.setText(text)
        self.main.setIcon(theme.icon(icon) if icon else theme.icon("check"))
        self.main.setToolTip(tip)
        self.main.setAccessibleName(f"{text}: {self.entry.title}")
        is_shown = (is_usable or self.state.status != "installed") and (self.used.isHidden() or needs_conversion)
        self.main.setVisible(is_shown and not is_working and not self._is_gone)
        self.more.setVisible(not is_working and bool(self.actions_possible()))

    def _languages(self) -> str:
        if self.entry.languages == ("multilingual",):
            return self.tr("Many languages")
        return ", ".join(i18n.language_name(code) for code in self.entry.languages)

    # ── what the user does ───────────────────────────────────────────────────────────────────────────────────────────

    def _on_main(self) -> None:
        if self._can_convert and self._context.settings.hear.engine == "whisper":
            self._on_convert()
        elif self.state.status == "installed":
            use, engines = USES[self.entry.task], self.entry.engines
            self._context.change_setting(use.model_place, self.entry.id)
            if use.engine_place and _setting(self._context, use.engine_place) not in engines:
                self._context.change_setting(use.engine_place, engines[0])
        else:
            model_id = self.entry.id
            self._panel.start(
                model_id,
                self.tr("Downloading"),
                lambda job: self._context.catalogue.download(model_id, job.report, job.cancelled),
                done=lambda _: self.tr("“{title}” is ready.").format(title=self.entry.title),
            )

    def _on_more(self) -> None:
        menu = QMenu(self)
        for text, icon, act in self.actions_possible():
            menu.addAction(theme.icon(icon), text).triggered.connect(act)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _on_cancel(self) -> None:
        if self.job is not None:
            self.job.cancel()
            self.progress_text.setText(self.tr("Cancelling…"))

    def _on_verify(self) -> None:
        model_id = self.entry.id

        def done(count: int) -> str:
            text = (
                self.tr("“{title}” is sound.")
                if count
                else self.tr("Nothing was compared: no checksums are known of “{title}”.")
            )
            return text.format(title=self.entry.title)

        self._panel.start(
            model_id,
            self.tr("Checking"),
            lambda job: self._context.catalogue.verify(model_id, job.report, job.cancelled),
            done=done,
        )

    def _on_convert(self) -> None:
        model_id = self.entry.id
        self._panel.start(
            model_id,
            self.tr("Converting"),
            lambda job: self._context.catalogue.convert(model_id, job.report, job.cancelled),
            done=lambda _: self.tr("“{title}” now runs with the engine “whisper” too.").format(title=self.entry.title),
        )

    def _on_remove(self) -> None:
        model_id = self.entry.id
        self._panel.start(model_id, self.tr("Deleting"), lambda _job: self._context.catalogue.remove(model_id))

    def _on_open_folder(self) -> None:
        self._context.run(
            lambda _job: self._context.catalogue.locate(self.entry.id),
            on_done=self._on_folder_found,
        )

    def _on_folder_found(self, folder: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _setting(context: AppContext, place: str) -> str:
    """What "section.field" has; empty where no place is named."""
    section, _, field = place.partition(".")
    return str(getattr(getattr(context.settings, section), field)) if place else ""


def _badge(text: str, tone: str, tip: str) -> QLabel:
    label = theme.label(text, "badge")
    label.setProperty("tone", tone)
    label.setToolTip(tip)
    return label


PANEL = PanelInfo("models", "Models", "models", 100, ModelsPanel, description="What is installed, and what can be had")
