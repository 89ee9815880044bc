"""The LoRAs that pictures are drawn with: what each is called, how strong it is, and how another one comes in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QSlider, QVBoxLayout, QWidget

from desktop_app import theme
from desktop_app.context import AppContext
from desktop_app.sessions.sketch_choices import SketchPlan
from desktop_app.widgets.elided_label import ElidedLabel
from desktop_app.widgets.wheel import ignore_wheel

LEAST_PERCENT, MOST_PERCENT = -100, 200  # a LoRA below nothing draws the opposite of what it has learnt


class LoraRows(QWidget):
    """Follows the setting `draw.loras`; what does not go with the model stays there and says so."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._session = context.sessions.sketch
        self.rows: dict[str, LoraRow] = {}
        self.quick = theme.label("", "caption", wrap=True)
        self.add_button = theme.button(
            self.tr("Add a LoRA"),
            "plain",
            "plus",
            tip=self.tr("A small file that teaches the model a style or a thing"),
        )
        self.add_button.clicked.connect(self._on_add)
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.SPACE_S)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_S)
        layout.addLayout(self._list)
        layout.addWidget(self.quick)
        layout.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)

        self._session.plan_changed.connect(self.show_loras)
        context.settings_changed.connect(self._on_settings_changed)
        self.show_loras()

    def _on_settings_changed(self, place: str) -> None:
        if place == "draw.loras":
            self.show_loras()

    def show_loras(self) -> None:
        """A row for each; those that were there keep theirs, so that a slider is not lost while it is dragged."""
        chosen = self._context.settings.draw.loras
        for model_id in [shown for shown in self.rows if shown not in chosen]:
            row = self.rows.pop(model_id)
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        for model_id, scale in chosen.items():
            if model_id not in self.rows:
                self.rows[model_id] = LoraRow(model_id)
                self.rows[model_id].slider.valueChanged.connect(
                    lambda percent, model_id=model_id: self._session.set_lora(model_id, percent / 100)
                )
                self.rows[model_id].remove_button.clicked.connect(
                    lambda _checked, model_id=model_id: self._session.set_lora(model_id, None)
                )
                self._list.addWidget(self.rows[model_id])
            self.rows[model_id].show_lora(scale, self._session.plan)
        self._show_quick()

    def choices(self) -> QMenu:
        """What can be added: what is installed, a file, or more from the Models page."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        plan = self._session.plan
        for model_id, title in plan.loras.items() if plan is not None else ():
            action = menu.addAction(theme.icon("palette"), title)
            action.triggered.connect(lambda _checked, model_id=model_id: self._session.set_lora(model_id, 1.0))
            if model_id in self.rows:
                action.setEnabled(False)
                action.setToolTip(self.tr("It is there already"))
        for title in plan.other_loras.values() if plan is not None else ():
            action = menu.addAction(theme.icon("palette"), title)
            action.setEnabled(False)
            action.setToolTip(self.tr("Made for another kind of model than the one that draws"))
        menu.addSeparator()
        menu.addAction(theme.icon("file"), self.tr("From a file…")).triggered.connect(self._ask_file)
        menu.addAction(theme.icon("download"), self.tr("Get more…")).triggered.connect(
            lambda: self._context.panel_requested.emit("models")
        )
        return menu

    def _on_add(self) -> None:
        self.choices().popup(self.add_button.mapToGlobal(self.add_button.rect().bottomLeft()))

    def _ask_file(self) -> None:
        kinds = self.tr("LoRAs ({patterns})").format(patterns="*.safetensors")
        name = QFileDialog.getOpenFileName(self, self.tr("The file of a LoRA"), str(Path.home()), kinds)[0]
        if name:
            self._session.add_lora(Path(name))

    def _show_quick(self) -> None:
        """What the pictures that follow the pen are drawn with by themselves."""
        plan = self._session.plan
        own = [] if plan is None else [plan.loras.get(one, one) for one in plan.live.loras if one not in self.rows]
        self.quick.setVisible(bool(own))
        self.quick.setText(self.tr("Pictures that follow the pen use {names}.").format(names=", ".join(own)))


class LoraRow(QWidget):
    """One LoRA: its name and a way to be rid of it, and below how strong it is, or why it is left out."""

    def __init__(self, model_id: str) -> None:
        super().__init__()
        self._model_id = model_id
        self.name = ElidedLabel(model_id)
        self.number = theme.label("", "caption")
        self.remove_button = theme.icon_button("close", self.tr("Draw without this LoRA"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(LEAST_PERCENT, MOST_PERCENT)
        self.slider.setPageStep(10)
        ignore_wheel(self.slider)
        self.slider.setToolTip(self.tr("How strong it is: 0 is not at all, 1 as it was learnt"))
        self.left_out = theme.label("", "caption", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(theme.SPACE_S)
        head.addWidget(self.name, 1)
        head.addWidget(self.number)
        head.addWidget(self.remove_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.slider)
        layout.addWidget(self.left_out)

    def show_lora(self, scale: float, plan: SketchPlan | None) -> None:
        titles = {} if plan is None else {**plan.other_loras, **plan.loras}
        self.name.setText(titles.get(self._model_id, self._model_id))
        self.name.setToolTip(self.name.text())
        self.slider.setAccessibleName(self.tr("Strength of {name}").format(name=self.name.text()))
        self.number.setText(f"{scale:.2f}")
        if not self.slider.isSliderDown():
            self.slider.blockSignals(True)  # a strength beyond its ends stays as it is
            self.slider.setValue(round(scale * 100))
            self.slider.blockSignals(False)
        if plan is None or self._model_id in plan.loras:
            self.left_out.setText("")
        elif self._model_id in plan.other_loras:
            self.left_out.setText(self.tr("Left out: it was made for another kind of model."))
        else:
            self.left_out.setText(self.tr("Left out: it is not installed."))
        self.left_out.setVisible(bool(self.left_out.text()))
        self.slider.setVisible(not self.left_out.text())
        self.number.setVisible(not self.left_out.text())
