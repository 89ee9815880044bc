"""Labels: which of the user's own words fit the picture, or which classes of a model."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QClipboard, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QMenu,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app import theme
from desktop_app.context import AppContext
from desktop_app.panels.see.lane_head import LaneHead
from desktop_app.panels.see.model_choice import ModelChoice, StarterNote
from desktop_app.sessions.choices import split_labels
from desktop_app.widgets.label_bars import LabelBars
from desktop_app.widgets.page import EmptyState, prepare_number
from desktop_app.widgets.switch import Switch
from workers.engines.registry import has_classes
from workers.results import LabelScores, Seen

TEMPLATES_APART = "|"


class LabelsTab(QWidget):
    """Shows `session.labels`; the labels are edited in place: a field adds, each bar can be taken out."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._session = context.sessions.vision
        self._is_editing_all = False
        self.head = LaneHead(
            self._session,
            self._session.labels,
            self.tr("Label what is seen"),
            self.tr("Label the newest picture again and again (Ctrl+L)"),
        )
        self.model = ModelChoice(context, "label")
        self.note = StarterNote(context, self.model)
        self.field = LabelField(self.tr("Add labels, with commas between them"))
        self.field.setToolTip(self.tr("Enter adds them; a bar's cross or Del takes one out"))
        self.sets_button = theme.icon_button("label", self.tr("Sets of labels"), tip=self.tr("Save and choose sets"))
        self.options_button = theme.icon_button(
            "preferences", self.tr("Options"), tip=self.tr("Template, and whether a picture may show none of them")
        )
        self.options_button.setCheckable(True)
        self.bars = LabelBars()
        self._what_to_do = self.tr("Type what the picture may show, such as “a cat, a cup”.")
        self.empty = EmptyState("label", self.tr("No labels yet"), self._what_to_do)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.bars)
        self.stack.addWidget(self.empty)

        self.template = QLineEdit()
        self.template.setAccessibleName(self.tr("Template"))
        self.template.setToolTip(self.tr("A label takes the place of {}. Several, with | between them, are averaged."))
        self.background = Switch()
        self.background.setAccessibleName(self.tr("Allow “none of these”"))
        self.background.setToolTip(
            self.tr("Common backgrounds compete with your labels, so that a picture may show none of them")
        )
        self.top_k = QSpinBox()
        self.top_k.setRange(1, 50)
        tip = self.tr("How many classes of the model are shown, the surest first")
        prepare_number(self.top_k, self.tr("Classes shown"), tip)
        self.options = QWidget()
        self.options.hide()

        self._lay_out()
        self._connect()
        self._show_settings()

    def _lay_out(self) -> None:
        self.edit_row = QWidget()
        edit = QHBoxLayout(self.edit_row)
        edit.setContentsMargins(0, 0, 0, 0)
        edit.setSpacing(theme.SPACE_XS)
        edit.addWidget(self.field, 1)
        edit.addWidget(self.sets_button)
        models = QHBoxLayout()
        models.setSpacing(theme.SPACE_XS)
        models.addWidget(self.model, 1)
        models.addWidget(self.options_button)
        self.form = QFormLayout(self.options)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setHorizontalSpacing(theme.SPACE_S)
        self.form.setVerticalSpacing(theme.SPACE_XS)
        self.form.addRow(self.tr("Template"), self.template)
        self.form.addRow(self.tr("Allow “none of these”"), self.background)
        self.form.addRow(self.tr("Classes shown"), self.top_k)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_S)
        layout.addWidget(self.head)
        layout.addLayout(models)
        layout.addWidget(self.note)
        layout.addWidget(self.options)
        layout.addWidget(self.edit_row)
        layout.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self.head.switch.toggled.connect(self._session.labels.set_on)
        self.model.model_changed.connect(self._show_settings)
        self.field.returnPressed.connect(self._on_entered)
        self.field.cancelled.connect(self._end_editing_all)
        self.bars.removed.connect(self._on_removed)
        self.sets_button.clicked.connect(self._on_sets)
        self.options_button.toggled.connect(self.options.setVisible)
        self.options_button.toggled.connect(self.note.give_way)
        self.template.editingFinished.connect(self._on_template_edited)
        self.background.toggled.connect(lambda is_on: self._context.change_setting("see.background", is_on))
        self.top_k.valueChanged.connect(lambda count: self._context.change_setting("see.top_k", count))
        self._session.labels.seen.connect(self._on_seen)
        self._session.labels.changed.connect(self._on_lane_changed)
        self._context.settings_changed.connect(self._on_settings_changed)

    @property
    def has_own_labels(self) -> bool:
        """The labels are the user's, not classes of the model."""
        return not has_classes(self.model.engine)

    def _show_settings(self) -> None:
        see, is_own = self._context.settings.see, self.has_own_labels
        self.edit_row.setVisible(is_own)
        for row, is_shown in ((0, is_own), (1, is_own), (2, not is_own)):
            self.form.setRowVisible(row, is_shown)
        self.template.setText(f" {TEMPLATES_APART} ".join(see.prompt_templates))
        self.background.setChecked(see.background)
        self.top_k.setValue(see.top_k)
        if is_own:
            self.bars.set_labels(see.labels, has_none=see.background and bool(see.labels), is_editable=True)
        else:
            self.bars.set_labels([])
        entry = self.model.entry
        is_english = is_own and entry is not None and entry.languages == ("en",)
        limits = [self.tr("Understands English.")] if is_english else []
        self.empty.text.setText(" ".join([self._what_to_do, *limits]))
        self.model.setToolTip("\n".join([self.model.tip, *limits]))
        self.stack.setCurrentWidget(self.empty if is_own and not see.labels else self.bars)

    # ── what is seen ────────────────────────────────────────────────────────────────────────────────────────────────

    def _on_seen(self, seen: Seen) -> None:
        if isinstance(seen.result, LabelScores):
            self.bars.set_scores(seen.result.scores, seen.result.none_score)

    def _on_lane_changed(self) -> None:
        if self._session.labels.newest is None:
            self.bars.clear_scores()

    # ── the labels ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _on_entered(self) -> None:
        typed = split_labels(self.field.text())
        if self._is_editing_all:
            self._session.set_labels(typed)
        elif typed:
            self._session.set_labels(list(dict.fromkeys([*self._context.settings.see.labels, *typed])))
            self.head.switch.setChecked(True)  # whoever names a thing wants to know whether it is there
        self._end_editing_all()

    def _on_removed(self, label: str) -> None:
        self._session.set_labels([other for other in self._context.settings.see.labels if other != label])

    def edit_all(self) -> None:
        """Puts every label into the field, where Enter takes what is there then and Esc leaves all as it was."""
        self._is_editing_all = True
        self.field.setText(", ".join(self._context.settings.see.labels))
        self.field.setFocus()

    def _end_editing_all(self) -> None:
        self._is_editing_all = False
        self.field.clear()

    def _on_sets(self) -> None:
        sets = self._context.settings.see.label_sets
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for name, labels in sets.items():
            action = menu.addAction(theme.icon("label"), name)
            action.setToolTip(", ".join(labels[:12]))
            action.triggered.connect(lambda _=False, labels=labels: self._session.set_labels(labels))
        if sets:
            menu.addSeparator()
        menu.addAction(theme.icon("edit"), self.tr("Edit all labels"), self.edit_all)
        save = menu.addAction(theme.icon("plus"), self.tr("Save these labels as a set…"), self._on_save_set)
        save.setEnabled(bool(self._context.settings.see.labels))
        clear = menu.addAction(theme.icon("close"), self.tr("Remove all labels"), lambda: self._session.set_labels([]))
        clear.setEnabled(bool(self._context.settings.see.labels))
        if sets:
            delete = menu.addMenu(theme.icon("trash"), self.tr("Delete a set"))
            for name in sets:
                delete.addAction(name).triggered.connect(lambda _=False, name=name: self.delete_set(name))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.sets_button.mapToGlobal(self.sets_button.rect().bottomLeft()))

    def _on_save_set(self) -> None:
        name, is_given = QInputDialog.getText(self, self.tr("Save labels"), self.tr("Name of the set"))
        if is_given and name.strip():
            self.save_set(name.strip())

    def save_set(self, name: str) -> None:
        """Keeps the labels under a name."""
        see = self._context.settings.see
        self._context.change_setting("see.label_sets", {**see.label_sets, name: list(see.labels)})

    def delete_set(self, name: str) -> None:
        sets = self._context.settings.see.label_sets
        self._context.change_setting("see.label_sets", {other: sets[other] for other in sets if other != name})

    def _on_template_edited(self) -> None:
        templates = [part.strip() for part in self.template.text().split(TEMPLATES_APART) if "{}" in part]
        self._context.change_setting("see.prompt_templates", templates or ["{}"])
        self.template.setText(f" {TEMPLATES_APART} ".join(templates or ["{}"]))

    def _on_settings_changed(self, place: str) -> None:
        if place in ("see.labels", "see.background", "see.top_k", "see.prompt_templates"):
            self._show_settings()


class LabelField(QLineEdit):
    """Lists that are pasted may have a label a line.

    Signals:
        cancelled(): Esc.
    """

    cancelled = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setPlaceholderText(name)
        self.setAccessibleName(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            text = QGuiApplication.clipboard().text(QClipboard.Mode.Clipboard)
            self.insert(", ".join(split_labels(text)) if "\n" in text else text)
        elif event.matches(QKeySequence.StandardKey.Cancel) and self.text():
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)
