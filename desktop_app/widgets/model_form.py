"""A form made from a pydantic model: each field's type chooses its control, its title and description are shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop_app import i18n, theme
from desktop_app.settings import COMMON_LABELS, choices_of, extra_of
from desktop_app.widgets.elided_combo import ElidedCombo
from desktop_app.widgets.switch import Switch
from desktop_app.widgets.wheel import ignore_wheel

Choices = list[tuple[str, str]]  # (value, text)
CONTROL_WIDTH_PX = 248
TEXT_HEIGHT_PX = 84
TYPING_PAUSE_MS = 600


class ModelForm(QWidget):
    """Rows for the fields of a model, hidden ones left out. It shows values; whoever owns the model assigns them.

    Args:
        words: what a search finds every row by, beside its own words.

    Signals:
        value_changed(str, object): a field and the value that the user gave it, which fits the model.
    """

    value_changed = Signal(str, object)

    def __init__(
        self,
        model: BaseModel,
        *,
        choices: dict[str, Callable[[], Choices]] | None = None,
        words: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind = type(model)
        self._words = words
        self.rows: dict[str, FormRow] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for name, field in self._kind.model_fields.items():
            if extra_of(field).get("widget") == "hidden":
                continue
            row = FormRow(field, (choices or {}).get(extra_of(field).get("widget", "")), is_first=not self.rows)
            row.value_edited.connect(lambda value, name=name: self._on_edited(name, value))
            self.rows[name] = row
            layout.addWidget(row)
        self.show_values(model)

    def show_values(self, model: BaseModel) -> None:
        """Shows the model's values without telling anyone."""
        for name, row in self.rows.items():
            row.show_value(getattr(model, name))

    def filter(self, query: str) -> int:
        """Shows the rows that have every word of the query; how many there are."""
        fields = self._kind.model_fields
        shown = [row for name, row in self.rows.items() if has_words(fields[name], query, self._words)]
        for row in self.rows.values():
            row.setVisible(row in shown)
            row.line.setVisible(bool(shown) and row is not shown[0])
        return len(shown)

    def _on_edited(self, name: str, value: Any) -> None:
        row = self.rows[name]
        try:
            self._kind.__pydantic_validator__.validate_assignment(self._kind.model_construct(), name, value)
        except ValidationError as error:
            row.show_problem(error.errors()[0]["msg"])
        else:
            row.show_problem("")
            self.value_changed.emit(name, value)


class FormRow(QWidget):
    """Title and description at the left, the control at the right; long texts get the whole width.

    Signals:
        value_edited(object): by the user.
    """

    value_edited = Signal(object)

    def __init__(self, field: FieldInfo, choices: Callable[[], Choices] | None, *, is_first: bool) -> None:
        super().__init__()
        extra = extra_of(field)
        title = i18n.from_settings(field.title or "")
        description = i18n.from_settings(field.description or "")
        self.line = QFrame()
        self.line.setProperty("role", "line")
        self.line.setVisible(not is_first)
        self.title = theme.label(title)
        self.description = theme.label(description, "caption", wrap=True)
        self.description.setVisible(bool(description))
        self.problem = theme.label("", "danger", wrap=True)
        self.problem.hide()
        self.control = _control(field, choices)
        self.control.setAccessibleName(title)
        self.control.setAccessibleDescription(description)
        self.control.setToolTip(description or title)
        self.title.setBuddy(self.control)

        self.texts = texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.title)
        texts.addWidget(self.description)
        texts.addWidget(self.problem)
        is_tall = isinstance(self.control, WordsControl)
        row = QVBoxLayout() if is_tall else QHBoxLayout()
        row.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, theme.SPACE_M)
        row.setSpacing(theme.SPACE_S if is_tall else theme.SPACE_XL)
        row.addLayout(texts, 1)
        row.addWidget(self.control)
        if isinstance(row, QHBoxLayout):
            row.setAlignment(self.control, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.line)
        layout.addLayout(row)

        self.control.value_edited.connect(self.value_edited)
        self._extra = extra

    def show_value(self, value: Any) -> None:
        self.control.show_value(value)
        self.show_problem("")

    def show_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))


def has_words(field: FieldInfo, query: str, more: str = "") -> bool:
    """Whether what is said about a field, or `more`, has every word of a query."""
    said = [i18n.from_settings(field.title or ""), i18n.from_settings(field.description or ""), more]
    text = " ".join([*said, *(label for _, label in _labels(field))]).casefold()
    return all(word in text for word in query.casefold().split())


# ── controls: each shows a value and tells what the user made of it ──────────────────────────────────────────────────


class SwitchControl(Switch):
    value_edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.clicked.connect(lambda is_on: self.value_edited.emit(is_on))

    def show_value(self, value: bool) -> None:
        self.setChecked(value)


class ChoiceControl(ElidedCombo):
    """A combo box whose entries are read again each time it opens, when a function gives them."""

    value_edited = Signal(object)

    def __init__(self, choices: Callable[[], Choices]) -> None:
        super().__init__("", "")  # the row gives them
        self._choices = choices
        self._value = ""
        self.setFixedWidth(CONTROL_WIDTH_PX)
        self.setMaxVisibleItems(16)
        ignore_wheel(self)
        self.activated.connect(lambda index: self._on_activated(self.itemData(index)))

    def show_value(self, value: str) -> None:
        self._value = value
        self.refresh()

    def refresh(self) -> None:
        """Reads the choices again; a value that is none of them any more stays, and is shown as it is."""
        self.clear()
        for choice, text in self._choices():
            self.addItem(text, choice)
        if self.findData(self._value) < 0:
            self.addItem(self._value, self._value)
        self.setCurrentIndex(self.findData(self._value))

    def showPopup(self) -> None:
        self.refresh()
        super().showPopup()

    def _on_activated(self, value: str) -> None:
        if value != self._value:
            self._value = value
            self.value_edited.emit(value)


class NumberControl(QWidget):
    """A number with its unit; `special` is what the smallest number means."""

    value_edited = Signal(object)

    def __init__(self, spin: QSpinBox | QDoubleSpinBox, unit: str, special: str) -> None:
        super().__init__()
        self.spin = spin
        spin.setFixedWidth(120)
        spin.setKeyboardTracking(False)
        spin.lineEdit().setTextMargins(theme.SPACE_S, 0, theme.SPACE_S, 0)  # the sheet's padding does not reach it
        if unit:
            spin.setSuffix(f" {unit}")
        if special:
            spin.setSpecialValueText(special)
        ignore_wheel(spin)
        self.setFocusProxy(spin)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(spin)
        spin.valueChanged.connect(lambda value: self.value_edited.emit(value))

    def setAccessibleName(self, name: str) -> None:
        self.spin.setAccessibleName(name)

    def show_value(self, value: float) -> None:
        self.spin.blockSignals(True)
        self.spin.setValue(value)  # type: ignore[arg-type]
        self.spin.blockSignals(False)


class TextControl(QLineEdit):
    value_edited = Signal(object)

    def __init__(self, special: str = "") -> None:
        super().__init__()
        self.setFixedWidth(CONTROL_WIDTH_PX)
        self.setPlaceholderText(special)
        self.editingFinished.connect(self._on_finished)
        self._value = ""

    def show_value(self, value: str) -> None:
        self._value = value
        self.setText(value)

    def _on_finished(self) -> None:
        if self.text().strip() != self._value:
            self._value = self.text().strip()
            self.value_edited.emit(self._value)


class FolderControl(QWidget):
    value_edited = Signal(object)

    def __init__(self, special: str = "") -> None:
        super().__init__()
        self.setFixedWidth(CONTROL_WIDTH_PX)
        self.field = TextControl(special)
        self.field.setMinimumWidth(0)
        self.field.setMaximumWidth(CONTROL_WIDTH_PX)
        self.field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.field.value_edited.connect(self.value_edited)
        self.button = theme.icon_button("folder", self.tr("Choose a folder"))
        self.button.clicked.connect(self._on_browse)
        self.setFocusProxy(self.field)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_XS)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.button)

    def setAccessibleName(self, name: str) -> None:
        self.field.setAccessibleName(name)

    def show_value(self, value: str) -> None:
        self.field.show_value(value)

    def _on_browse(self) -> None:
        start = self.field.text() or str(Path.home())
        folder = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder"), start)
        if folder:
            self.field.setText(folder)
            self.field._on_finished()


class WordsControl(QPlainTextEdit):
    """Several lines: a text, or a list of words, one a line. It tells after a pause in typing."""

    value_edited = Signal(object)

    def __init__(self, *, is_list: bool) -> None:
        super().__init__()
        self._is_list = is_list
        self._value: str | list[str] = ""
        self.setFixedHeight(TEXT_HEIGHT_PX)
        self.setTabChangesFocus(True)
        self._timer = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._timer.timeout.connect(self.commit)
        self.textChanged.connect(self._timer.start)

    def show_value(self, value: str | list[str]) -> None:
        if self._timer.isActive() and self.hasFocus():
            return  # the user is typing
        self._value = value
        self.setPlainText("\n".join(value) if isinstance(value, list) else value)
        self._timer.stop()

    def commit(self) -> None:
        self._timer.stop()
        text = self.toPlainText()
        value = [line.strip() for line in text.splitlines() if line.strip()] if self._is_list else text.strip()
        if value != self._value:
            self._value = value
            self.value_edited.emit(value)

    def focusOutEvent(self, event: Any) -> None:
        super().focusOutEvent(event)
        self.commit()

    def hideEvent(self, event: Any) -> None:
        super().hideEvent(event)
        self.commit()


Control = SwitchControl | ChoiceControl | NumberControl | TextControl | FolderControl | WordsControl


def _control(field: FieldInfo, choices: Callable[[], Choices] | None) -> Control:
    extra = extra_of(field)
    unit, special = i18n.from_settings(extra.get("unit", "")), i18n.from_settings(extra.get("special", ""))
    if choices is not None:
        return ChoiceControl(lambda: [*([("", special)] if special else []), *choices()])
    if choices_of(field.annotation):
        return ChoiceControl(lambda: _labels(field))
    if field.annotation is bool:
        return SwitchControl()
    if field.annotation in (int, float):
        return NumberControl(_spin_box(field), unit, special)
    if get_origin(field.annotation) in (list, tuple) or extra.get("widget") == "text":
        return WordsControl(is_list=field.annotation is not str)
    if extra.get("widget") == "folder" or field.annotation is Path:
        return FolderControl(special)
    return TextControl(special)


def _labels(field: FieldInfo) -> Choices:
    labels = extra_of(field).get("labels", {})
    return [
        (value, i18n.from_settings(labels.get(value, COMMON_LABELS.get(value, value))))
        for value in choices_of(field.annotation)
    ]


def _spin_box(field: FieldInfo) -> QSpinBox | QDoubleSpinBox:
    spin = QSpinBox() if field.annotation is int else QDoubleSpinBox()
    low: Any = -1_000_000
    high: Any = 1_000_000
    step = 1 if isinstance(spin, QSpinBox) else 10.0 ** -spin.decimals()  # from a limit to the next number inside
    for limit in field.metadata:
        low, high = getattr(limit, "ge", low), getattr(limit, "le", high)
        if hasattr(limit, "gt"):
            low = limit.gt + step
        if hasattr(limit, "lt"):
            high = limit.lt - step
    spin.setRange(low, high)
    if isinstance(spin, QDoubleSpinBox):
        spin.setSingleStep((high - low) / 20 if high - low <= 2 else 0.5)
    return spin
