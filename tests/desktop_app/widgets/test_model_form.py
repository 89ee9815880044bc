from typing import Literal

import pytest
from pydantic import Field
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QSpinBox

from desktop_app.settings import Section
from desktop_app.widgets.model_form import ModelForm


class Drink(Section):
    kind: Literal["tea", "coffee"] = Field(
        "tea", title="Kind", json_schema_extra={"labels": {"tea": "Green tea", "coffee": "Coffee"}}
    )
    minutes: int = Field(
        0, ge=0, le=9, title="Steep", description="Longer is bitter.",
        json_schema_extra={"unit": "min", "special": "Not at all"},
    )  # fmt: skip
    strength: float = Field(0.5, ge=0, le=1, title="Strength")
    spoons: int = Field(1, gt=0, lt=5, title="Sugar")
    patience_s: float = Field(2.0, gt=0, le=60, title="Patience")
    is_hot: bool = Field(True, title="Hot")
    guests: list[str] = Field(default_factory=list, title="Guests")
    name: str = Field("", title="Name")
    cup: str = Field("", title="Cup", json_schema_extra={"widget": "cup", "special": "Any"})
    secret: str = Field("x", json_schema_extra={"widget": "hidden"})


@pytest.fixture
def form(qtbot) -> ModelForm:
    form = ModelForm(Drink(), choices={"cup": lambda: [("big", "Big cup")]})
    qtbot.addWidget(form)
    form.show()
    return form


@pytest.fixture
def changes(form) -> list[tuple[str, object]]:
    changes: list[tuple[str, object]] = []
    form.value_changed.connect(lambda name, value: changes.append((name, value)))
    return changes


def test_every_shown_field_has_a_row_with_its_title(form):
    assert list(form.rows) == ["kind", "minutes", "strength", "spoons", "patience_s", "is_hot", "guests", "name", "cup"]
    assert form.rows["minutes"].title.text() == "Steep"
    assert form.rows["minutes"].control.spin.accessibleName() == "Steep"


def test_literal_is_chosen_by_its_label(form, changes):
    control = form.rows["kind"].control
    control.setCurrentIndex(control.findText("Coffee"))
    control.activated.emit(control.currentIndex())

    assert changes == [("kind", "coffee")]


def test_number_has_unit_and_a_name_for_its_least(form, changes):
    spin: QSpinBox = form.rows["minutes"].control.spin
    assert spin.text() == "Not at all"
    spin.setValue(99)

    assert spin.text() == "9 min"
    assert changes == [("minutes", 9)]


def test_a_limit_that_is_not_among_the_numbers_cannot_be_typed(form, changes):
    for name in ("spoons", "patience_s"):
        form.rows[name].control.spin.setValue(0)
    form.rows["spoons"].control.spin.setValue(9)

    assert changes == [("patience_s", 0.01), ("spoons", 4)]
    assert form.rows["spoons"].control.spin.minimum() == 1


def test_switch_and_text_and_words_tell_what_the_user_gave(form, changes, qtbot):
    form.rows["is_hot"].control.click()
    form.rows["name"].control.setText("  Oolong ")
    form.rows["name"].control.editingFinished.emit()
    form.rows["guests"].control.setPlainText("Ada\n\n Grace ")
    form.rows["guests"].control.commit()

    assert changes == [("is_hot", False), ("name", "Oolong"), ("guests", ["Ada", "Grace"])]


def test_choices_are_read_anew_and_a_vanished_one_stays(form):
    form.show_values(Drink(cup="grandmother's"))

    control: QComboBox = form.rows["cup"].control
    assert [control.itemText(index) for index in range(control.count())] == ["Any", "Big cup", "grandmother's"]
    assert control.currentText() == "grandmother's"


def test_showing_values_tells_nobody(form, changes):
    form.show_values(Drink(kind="coffee", minutes=3, strength=1.0, is_hot=False, guests=["Ada"], name="n", cup="big"))

    assert changes == []
    assert form.rows["strength"].control.spin.value() == 1.0


def test_filter_shows_rows_with_all_words_also_of_choices(form):
    assert form.filter("bitter steep") == 1
    assert form.rows["minutes"].isVisible()
    assert not form.rows["kind"].isVisible()
    assert form.filter("green") == 1
    assert form.filter("") == len(form.rows)


def test_wheel_scrolls_the_page_and_changes_nothing(form, changes):
    spin = form.rows["minutes"].control.spin
    wheel = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, 0), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(spin, wheel)

    assert changes == []
