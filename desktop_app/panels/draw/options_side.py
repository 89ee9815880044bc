"""What is not needed to begin: the model, how strictly lines and colours are heeded, steps, seed, size, LoRAs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from desktop_app import theme
from desktop_app.canvas.pictures import image_of
from desktop_app.context import AppContext
from desktop_app.jobs import Job
from desktop_app.panels.draw.lora_rows import LoraRows
from desktop_app.sessions.reference_map import Standing
from desktop_app.sessions.sketch_choices import line_kind
from desktop_app.settings import Draw
from desktop_app.widgets.elided_combo import ENGINE_OPTIONS, ElidedCombo
from desktop_app.widgets.switch import Switch
from desktop_app.widgets.wheel import ignore_wheel
from workers.engines.sketch.schedulers import MOST_STEPS, SCHEDULERS

WIDTH_PX = 264
MAP_PX, MAP_WIDTH_PX = 96, 224
FAINT = 0.35  # of a map that does not steer
COMBO_PX = 168  # of those with a title beside them
TYPING_PAUSE_MS = 600
percent = "{:.0%}".format
SIZES = ((256, 256), (512, 512), (768, 512), (512, 768), (768, 768), (1024, 1024))
MOST_SEED = 2**53  # as far as a field of numbers is exact


class OptionsSide(QScrollArea):
    """Rows that write into the section `draw` of the settings."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._session = context.sessions.sketch
        self._asking: Job | None = None  # what is installed; the newest
        # What a slider at 0 stands for, by the place of its setting.
        self._best: dict[str, float] = {"draw.control_start": 0.0, "draw.reference_start": 0.0, "draw.eta": 0.0}
        self._show: dict[str, Callable[[], None]] = {}  # by the place of a setting: shows what it is now
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(WIDTH_PX)
        body = QWidget()
        body.setProperty("role", "page")
        self.rows = QVBoxLayout(body)
        self.rows.setContentsMargins(0, 0, theme.SPACE_M, 0)
        self.rows.setSpacing(theme.SPACE_S)
        self.setWidget(body)
        draw = context.settings.draw

        self.model = self._combo(self.tr("Model"), self.tr("Larger models draw more, and need more time"))
        self.starter_note = QFrame()
        self.starter_note.setProperty("role", "card")
        self._add_starter_note()

        self._heading(self.tr("Lines"))
        self.control = self._combo(self.tr("Lines are"), self.tr("How the lines of the drawing are understood"))
        for value, text in (
            ("scribble", self.tr("A scribble")),
            ("softedge", self.tr("Soft edges")),
            ("canny", self.tr("Exact edges")),
            ("", self.tr("Not heeded")),
        ):
            self.control.addItem(text, value)
        self._follow_combo(self.control, "draw.control")
        self.lines_note = theme.label("", "caption", wrap=True)
        self.lines_note.hide()
        self.rows.addWidget(self.lines_note)
        self.scale = self._slider(self.tr("How strictly"), "draw.conditioning_scale", 0.05, 2.0)
        self.end = self._slider(self.tr("During the first"), "draw.control_end", 0.1, 1.0, percent)
        self.end.setToolTip(self.tr("The share of the steps in which lines are heeded; less is faster and freer"))

        self.start = self._slider(self.tr("But not in the first"), "draw.control_start", 0.0, 0.9, percent)
        self.start.setToolTip(self.tr("The share of the steps before lines are heeded; more is freer"))

        self._heading(self.tr("Colours"))
        self.colors = self._switch(self.tr("Begin with the colour layer"), "draw.use_colors")
        self.strength = self._slider(self.tr("Drawn anew"), "draw.strength", 0.05, 1.0, percent)
        self.strength.setToolTip(self.tr("How much of the colours is drawn anew; a little keeps them"))

        self._heading(self.tr("Reference"))
        self.reference = self._combo(self.tr("Used as"), self.tr("What the reference picture is turned into"))
        for value, text in (
            ("", self.tr("Something to look at")),
            ("canny", self.tr("Edges")),
            ("softedge", self.tr("Soft edges")),
            ("scribble", self.tr("A scribble")),
            ("depth", self.tr("Depth")),
            ("pose", self.tr("A pose")),
            ("seg", self.tr("Segments")),
        ):
            self.reference.addItem(text, value)
        self._follow_combo(self.reference, "draw.reference_kind")
        self.is_map = Switch()
        self.is_map.toggled.connect(self._session.document.set_reference_is_map)
        self.is_map_label = self._row(self.tr("It is such a map already"), self.is_map)
        self.map_note = theme.label("", "caption", wrap=True)
        self.map = QLabel()
        self.map.setAccessibleName(self.tr("What the reference was turned into"))
        self.reference_rows = QWidget()
        self.reference_rows.hide()
        rows = QVBoxLayout(self.reference_rows)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACE_S)
        rows.addWidget(self.map_note)
        rows.addWidget(self.map)
        self.reference_scale = self._slider(self.tr("How strictly"), "draw.reference_scale", 0.05, 2.0, into=rows)
        for text, place, least, most in (
            (self.tr("During the first"), "draw.reference_end", 0.1, 1.0),
            (self.tr("But not in the first"), "draw.reference_start", 0.0, 0.9),
        ):
            self._slider(text, place, least, most, percent, into=rows)
        self.rows.addWidget(self.reference_rows)

        self._heading(self.tr("Picture"))
        self.negative = QLineEdit(draw.negative_prompt)
        self.negative.setPlaceholderText(self.tr("What should not be seen"))
        self.negative.setAccessibleName(self.tr("What should not be seen"))
        self.negative.setToolTip(self.tr("What should not be seen; only with a guidance above 1"))
        self.rows.addWidget(self.negative)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._typing.timeout.connect(self._take_negative)
        self.negative.textEdited.connect(self._typing.start)
        self.negative.editingFinished.connect(self._take_negative)
        self.steps = self._number(self.tr("Steps"), "draw.num_inference_steps", MOST_STEPS)
        self.steps.setToolTip(self.tr("Of the pictures that Generate makes, and that come when the pen rests"))
        self.live_steps = self._number(self.tr("While you draw"), "draw.live_steps", MOST_STEPS)
        self.live_steps.setToolTip(self.tr("The steps of the quick pictures that follow the pen"))
        self.guidance = self._number(self.tr("Guidance"), "draw.guidance_scale", 100, decimals=1)
        self.picture_size = self._combo(self.tr("Size"), self.tr("Of the picture, in pixels"), has_title=True)
        self.picture_size.addItem(self.tr("As the model likes"), (0, 0))
        for width, height in SIZES:
            self.picture_size.addItem(f"{width} × {height}", (width, height))
        self.picture_size.activated.connect(self._on_size)
        self._show["draw.width"] = self._show["draw.height"] = self._show_size
        self._show_size()
        self.seed = self._number(self.tr("Seed"), "draw.seed", MOST_SEED, special="")
        self.locked = self._switch(self.tr("Keep the seed"), "draw.is_seed_locked")
        self.scheduler = self._combo(self.tr("Sampler"), self.tr("How steps follow each other"), has_title=True)
        self.scheduler.addItem(self.tr("As the model likes"), "")
        for name in SCHEDULERS:
            self.scheduler.addItem(name, name)
        self._follow_combo(self.scheduler, "draw.scheduler")
        self.eta = self._slider(self.tr("Fresh noise"), "draw.eta", 0.0, 1.0)
        self.vae = self._combo(
            self.tr("Decoding"), self.tr("How the finished picture is read out of the model"), has_title=True
        )
        for value, text in (
            ("", self.tr("As the model likes")),
            ("full", self.tr("Full quality")),
            ("tiny", self.tr("Small autoencoder, faster")),
        ):
            self.vae.addItem(text, value)
        self._follow_combo(self.vae, "draw.vae")
        self._heading(self.tr("LoRAs"))
        self.loras = LoraRows(context)
        self.rows.addWidget(self.loras)
        self.rows.addStretch()
        for control in (*body.findChildren(QSlider), *body.findChildren(QDoubleSpinBox), *body.findChildren(QComboBox)):
            ignore_wheel(control)

        self.model.activated.connect(self._on_model_chosen)
        self._session.plan_changed.connect(self._show_plan)
        self._session.reference_map.changed.connect(self._show_map)
        self._session.document.layers_changed.connect(self._show_is_map)
        self._session.document.size_changed.connect(self._show_best_size)
        context.settings_changed.connect(self._on_settings_changed)
        self._show_plan()
        self._show_is_map()
        self._show_map()
        self._show_eta()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX, 400)

    @property
    def _draw(self) -> Draw:
        return self._context.settings.draw

    # ── models ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def refresh_models(self) -> None:
        """Asks the catalogue, in a thread, what is installed."""

        def installed(_job: Job) -> list[tuple[str, str]]:
            return [(entry.id, entry.title) for entry in self._context.catalogue.installed("sketch")]

        self._asking = self._context.run(installed, on_done=self._show_models, instead_of=self._asking)

    def _show_models(self, found: list[tuple[str, str]]) -> None:
        self.model.clear()
        best = self.tr("{model} (best)").format(model=found[0][1]) if found else self.tr("Best model")
        self.model.addItem(theme.icon("chip"), best, "")
        for model_id, title in found:
            self.model.addItem(theme.icon("chip"), title, model_id)
        self.model.insertSeparator(self.model.count())
        self.model.addItem(theme.icon("download"), self.tr("Get more models…"), None)
        self.model.addItem(theme.icon("preferences"), self.tr("Engine options…"), ENGINE_OPTIONS)
        self.model.setCurrentIndex(max(0, self.model.findData(self._context.settings.draw.model)))

    def _on_model_chosen(self, row: int) -> None:
        model_id = self.model.itemData(row)
        if model_id is None:
            self.model.setCurrentIndex(max(0, self.model.findData(self._context.settings.draw.model)))
            self._context.panel_requested.emit("models")
        elif model_id == ENGINE_OPTIONS:
            self.model.setCurrentIndex(max(0, self.model.findData(self._context.settings.draw.model)))
            self._context.options_requested.emit("draw", "stable-diffusion")
        else:
            self._context.change_setting("draw.model", model_id)

    def _add_starter_note(self) -> None:
        text = theme.label(self.tr("Starter model: knows about 120 everyday things as icons."), "caption", wrap=True)
        button = theme.button(self.tr("Get a full model"), "link")
        button.clicked.connect(lambda: self._context.panel_requested.emit("models"))
        layout = QVBoxLayout(self.starter_note)
        layout.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, 0)
        layout.setSpacing(0)
        layout.addWidget(text)
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.rows.addWidget(self.starter_note)

    def _show_plan(self) -> None:
        plan = self._session.plan
        self.starter_note.setVisible(plan is not None and plan.is_starter)
        if plan is None:
            return
        self.steps.setSpecialValueText(self.tr("{number} (best)").format(number=plan.final.num_inference_steps))
        self.live_steps.setSpecialValueText(self.tr("{number} (best)").format(number=plan.live.num_inference_steps))
        self.guidance.setSpecialValueText(self.tr("{number} (best)").format(number=f"{plan.final.guidance_scale:g}"))
        self._show_best_size()
        self._best["draw.conditioning_scale"] = plan.final.conditioning_scale
        self._best["draw.control_end"] = plan.final.control_end
        self._best["draw.reference_scale"] = plan.final.conditioning_scale
        self._best["draw.reference_end"] = plan.final.control_end
        for place in self._best:
            self._show[place]()
        self._show_eta()
        missing = self.tr("There is no ControlNet for this with the model that is chosen")
        for row in range(self.control.count()):
            kind = self.control.itemData(row)
            self._enable(self.control, row, not kind or kind in plan.controls, missing)
        for row in range(self.reference.count()):
            kind = self.reference.itemData(row)
            self._enable(self.reference, row, not kind or kind in plan.controls, missing)
        self._show_lines_note()
        unfit = self.tr("This sampler cannot draw with the model that is chosen")
        for row in range(self.scheduler.count()):
            name = self.scheduler.itemData(row)
            self._enable(self.scheduler, row, name not in plan.unfit_schedulers, unfit)

    def _show_best_size(self) -> None:
        plan, size = self._session.plan, self._session.document.size
        if plan is not None:
            best = "{} × {}".format(*plan.final.size_for(size.width(), size.height()))
            self.picture_size.setItemText(0, self.tr("{size} (best)").format(size=best))

    def _show_lines_note(self) -> None:
        plan, draw = self._session.plan, self._draw
        if plan is None:
            return
        kind = line_kind(plan, draw)
        note = self.tr("Lines do not steer: there is no ControlNet for them with the model that is chosen.")
        if kind is not None:
            note = self.tr("There is no ControlNet for this with the model that is chosen; “{kind}” is used.")
            note = note.format(kind=self.control.itemText(self.control.findData(kind)))
        self.lines_note.setText(note)
        self.lines_note.setVisible(bool(draw.control) and kind != draw.control)

    def _enable(self, combo: ElidedCombo, row: int, is_there: bool, why: str) -> None:
        item: Any = combo.model().item(row)  # type: ignore[attr-defined]
        item.setEnabled(is_there)
        item.setToolTip("" if is_there else why)

    def _show_is_map(self) -> None:
        reference = self._session.document.reference
        self.is_map.setChecked(reference is not None and reference.is_map)
        tip = self.tr("A depth picture, a skeleton or coloured areas, drawn or downloaded: used as it is, by no model")
        if reference is None:
            tip = self.tr("There is no picture below the drawing yet. Place one (Ctrl+I).")
        for part in (self.is_map, self.is_map_label):
            part.setEnabled(reference is not None)
            part.setToolTip(tip)

    def _show_map(self) -> None:
        found, standing = self._session.reference_map.shown, self._session.reference_map.standing
        note = {
            Standing.NO_PICTURE: self.tr("There is no picture below the drawing yet. Place one (Ctrl+I)."),
            Standing.HIDDEN: self.tr("The picture below the drawing is hidden and does not steer."),
            Standing.NO_NET: self.tr("There is no ControlNet for this with the model that is chosen"),
            Standing.IN_WORK: self.tr("Being made …"),
        }.get(standing, "")
        self.reference_rows.setVisible(standing is not Standing.UNUSED)
        self.map_note.setText(note)
        self.map_note.setVisible(bool(note))
        self.map.setVisible(found is not None)
        if found is None:
            return
        image = image_of(found.pixels).scaledToHeight(MAP_PX, Qt.TransformationMode.SmoothTransformation)
        image = image.scaledToWidth(min(image.width(), MAP_WIDTH_PX), Qt.TransformationMode.SmoothTransformation)
        self.map.setPixmap(QPixmap.fromImage(image if standing is Standing.READY else faint(image)))

    # ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _heading(self, text: str) -> None:
        self.rows.addSpacing(theme.SPACE_S)
        self.rows.addWidget(theme.label(text, "strong"))

    def _row(self, text: str, control: QWidget) -> QLabel:
        label = theme.label(text, "muted")
        label.setBuddy(control)
        control.setAccessibleName(text)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_S)
        row.addWidget(label)
        row.addStretch()
        row.addWidget(control)
        self.rows.addLayout(row)
        return label

    def _combo(self, name: str, tip: str, *, has_title: bool = False) -> ElidedCombo:
        combo = ElidedCombo(name, tip)
        combo.setMinimumContentsLength(8)
        if has_title:
            combo.setFixedWidth(COMBO_PX)
            self._row(name, combo)
        else:
            self.rows.addWidget(combo)
        return combo

    def _follow(self, place: str, show: Callable[[Any], None]) -> None:
        """Shows what a setting is, now and whenever it changes."""

        def show_it() -> None:
            show(getattr(self._draw, place.partition(".")[2]))

        self._show[place] = show_it
        show_it()

    def _follow_combo(self, combo: ElidedCombo, place: str) -> None:
        def show(value: object) -> None:
            if combo.findData(value) < 0:
                combo.addItem(str(value), value)  # a picture brought it; the engine says what is wrong with it
            combo.setCurrentIndex(combo.findData(value))

        self._follow(place, show)
        combo.activated.connect(lambda row: self._context.change_setting(place, combo.itemData(row)))

    def _switch(self, text: str, place: str) -> Switch:
        switch = Switch()
        self._follow(place, switch.setChecked)
        switch.toggled.connect(lambda is_on: self._context.change_setting(place, is_on))
        self._row(text, switch)
        return switch

    def _slider(
        self,
        text: str,
        place: str,
        least: float,
        most: float,
        shown: Callable[[float], str] = "{:.2f}".format,
        *,
        into: QVBoxLayout | None = None,
    ) -> QSlider:
        number = theme.label("", "caption")
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(round(least * 100), round(most * 100))
        slider.setAccessibleName(text)
        slider.setToolTip(text)
        slider.setPageStep(10)

        def show(value: float) -> None:
            value = value or self._best.get(place, 1.0)
            number.setText(shown(value))
            if not slider.isSliderDown():
                slider.blockSignals(True)  # what is beyond its ends stays as it is
                slider.setValue(round(value * 100))
                slider.blockSignals(False)

        self._follow(place, show)
        slider.valueChanged.connect(lambda position: self._context.change_setting(place, position / 100))
        head = QHBoxLayout()
        head.addWidget(theme.label(text, "muted"))
        head.addStretch()
        head.addWidget(number)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_S)
        column.addLayout(head)
        column.addWidget(slider)
        (into or self.rows).addWidget(whole)
        return slider

    def _number(
        self, text: str, place: str, most: float, *, decimals: int = 0, special: str | None = None
    ) -> QDoubleSpinBox:
        spin = QDoubleSpinBox()  # for whole numbers too: a seed may be larger than the other kind can hold
        spin.setDecimals(decimals)
        spin.setSingleStep(0.5 if decimals else 1)
        spin.setRange(0, most)
        spin.setSpecialValueText(self.tr("As the model likes") if special is None else special)
        spin.setKeyboardTracking(False)
        spin.setMinimumWidth(116)
        spin.lineEdit().setTextMargins(theme.SPACE_S, 0, theme.SPACE_S, 0)  # Qt leaves out the sheet's padding here

        def show(value: float) -> None:
            spin.blockSignals(True)  # what is beyond its ends stays as it is
            spin.setValue(value)
            spin.blockSignals(False)

        self._follow(place, show)
        spin.valueChanged.connect(
            lambda number: self._context.change_setting(place, number if decimals else round(number))
        )
        self._row(text, spin)
        return spin

    def _show_eta(self) -> None:
        """Whether the sampler takes fresh noise; of the model's own one that is not known."""
        name = self._draw.scheduler
        if not name and self._session.plan is not None:
            name = self._session.plan.final.scheduler
        takes_it = name not in SCHEDULERS or SCHEDULERS[name].takes_eta
        row = self.eta.parentWidget()
        assert row is not None
        row.setEnabled(takes_it)
        self.eta.setToolTip(
            self.tr("How much new noise each step adds; only the samplers DDIM and TCD use it")
            if takes_it
            else self.tr("This sampler does not use it; DDIM and TCD do")
        )

    def _take_negative(self) -> None:
        self._context.change_setting("draw.negative_prompt", self.negative.text())

    def _show_size(self) -> None:
        size = self._draw.width, self._draw.height
        sizes = [(0, 0), *SIZES]
        while self.picture_size.count() > len(sizes):
            self.picture_size.removeItem(len(sizes))
        if size not in sizes:  # a picture brought it
            self.picture_size.addItem("{} × {}".format(*size), size)
            sizes.append(size)
        self.picture_size.setCurrentIndex(sizes.index(size))

    def _on_size(self, row: int) -> None:
        width, height = self.picture_size.itemData(row)
        self._context.change_setting("draw.width", width)
        self._context.change_setting("draw.height", height)

    def _on_settings_changed(self, place: str) -> None:
        if place in self._show:
            self._show[place]()
            self._show_eta()
            self._show_lines_note()
        elif place == "draw.model":
            self.model.setCurrentIndex(max(0, self.model.findData(self._draw.model)))
        elif place == "draw.negative_prompt" and self._draw.negative_prompt != self.negative.text():
            self.negative.setText(self._draw.negative_prompt)


def faint(image: QImage) -> QImage:
    """The picture as one that is out of use."""
    found = QImage(image.size(), QImage.Format.Format_ARGB32_Premultiplied)
    found.fill(Qt.GlobalColor.transparent)
    with QPainter(found) as painter:
        painter.setOpacity(FAINT)
        painter.drawImage(0, 0, image)
    return found
