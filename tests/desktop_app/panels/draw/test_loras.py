"""LoRAs in the options: chosen, weighted, let go of, and refused where they do not go with the model."""

import json
import struct
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QFileDialog

from desktop_app.sessions import sketch_session
from tests.desktop_app.panels.draw.conftest import PLAN
from tests.desktop_app.panels.draw.test_page import made
from tests.workers.catalogue.test_drawing import lora_bytes
from workers.results import Lora

WITH_LORAS = replace(
    PLAN,
    live=PLAN.live.model_copy(update={"loras": {"lcm": 1.0}}),
    loras={"lcm": "LCM, 4 steps", "ink": "Ink"},
    other_loras={"grand": "Grand, for XL"},
)


@pytest.fixture
def rows(qtbot, panel, session, monkeypatch):
    monkeypatch.setattr(sketch_session, "sketch_plan", lambda settings, catalogue: WITH_LORAS)
    qtbot.waitUntil(lambda: session.prepare() or session.plan is WITH_LORAS, timeout=20_000)  # installed since
    panel.options_button.setChecked(True)
    return panel.options.loras


def entries(rows):
    menu = rows.choices()
    found = {action.text(): action for action in menu.actions() if action.text()}
    return menu, found


def test_installed_loras_are_offered_and_those_of_another_model_say_why_not(rows):
    menu, found = entries(rows)

    assert found["Ink"].isEnabled()
    assert not found["Grand, for XL"].isEnabled()
    assert "another kind of model" in found["Grand, for XL"].toolTip()
    menu.close()


def test_chosen_loras_draw_with_their_strengths(qtbot, context, rows, panel, session, draw):
    draw()
    for name in ("Ink", "LCM, 4 steps"):
        menu, found = entries(rows)
        found[name].trigger()
        menu.close()
    rows.rows["ink"].slider.setValue(65)

    request = made(qtbot, session, panel.prompt_bar.generate).request

    assert request.loras == (Lora("ink", 0.65), Lora("lcm", 1.0))
    assert rows.rows["ink"].number.text() == "0.65"
    menu, found = entries(rows)
    assert not found["Ink"].isEnabled()
    menu.close()


def test_removed_lora_draws_no_more(qtbot, context, rows, panel, session, draw):
    draw()
    session.set_lora("ink", 0.5)
    rows.rows["ink"].remove_button.click()

    assert made(qtbot, session, panel.prompt_bar.generate).request.loras == ()
    assert not rows.rows


def test_strength_of_a_lora_of_the_preset_is_the_chosen_one(qtbot, context, rows, panel, session, draw):
    assert "LCM, 4 steps" in rows.quick.text()
    session.set_lora("lcm", 0.5)

    image = made(qtbot, session, lambda: (draw(), panel.prompt_bar.live.setChecked(True)))

    assert image.request.loras == (Lora("lcm", 0.5),)
    assert not rows.quick.isVisible()


def test_lora_that_cannot_be_used_stays_and_says_so(qtbot, context, rows, panel, session, draw):
    draw()
    context.change_setting("draw.loras", {"grand": 1.0, "gone": 1.0})

    assert "another kind of model" in rows.rows["grand"].left_out.text()
    assert "not installed" in rows.rows["gone"].left_out.text()
    assert made(qtbot, session, panel.prompt_bar.generate).request.loras == ()


def test_strength_beyond_the_slider_is_kept(context, rows, session):
    session.set_lora("ink", 3.5)

    assert rows.rows["ink"].number.text() == "3.50"
    assert context.settings.draw.loras == {"ink": 3.5}


def test_lora_of_a_file_draws_at_once(qtbot, context, panel, session, sd15, tmp_path, monkeypatch):
    file = tmp_path / "watercolour.safetensors"
    file.write_bytes(lora_bytes(768))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))

    with qtbot.waitSignal(
        context.settings_changed, timeout=20_000, check_params_cb=lambda place: place == "draw.loras"
    ):
        panel.options.loras._ask_file()

    assert context.settings.draw.loras == {"watercolour": 1.0}
    qtbot.waitUntil(lambda: session.plan is not None and "watercolour" in session.plan.loras, timeout=20_000)
    assert panel.options.loras.rows["watercolour"].name.text() == "watercolour (LoRA)"
    assert panel.options.loras.rows["watercolour"].left_out.text() == ""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (lora_bytes(2048), "made for Stable Diffusion XL, and the model that draws is Stable Diffusion 1.5"),
        (b"rubbish", "cannot be read"),
        (struct.pack("<Q", 2) + json.dumps({}).encode(), "is no LoRA"),
    ],
)
def test_file_that_does_not_fit_is_refused_with_a_sentence_and_nothing_is_loaded(
    qtbot, context, session, sd15, tmp_path, content, says
):
    file = tmp_path / "style.safetensors"
    file.write_bytes(content)

    with qtbot.waitSignal(context.message_posted, timeout=20_000) as caught:
        session.add_lora(file)

    assert says in caught.args[0].sentence
    assert context.settings.draw.loras == {}
    assert not context.catalogue.installed("lora")
    assert context.pool.loaded() == []
