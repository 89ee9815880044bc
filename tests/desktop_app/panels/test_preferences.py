import time

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop_app import theme
from desktop_app.history.store import History
from desktop_app.panels.preferences import SENSES, PreferencesPanel
from desktop_app.panels.see.model_choice import ModelChoice
from desktop_app.sessions.choices import options_of
from desktop_app.settings import Settings
from desktop_app.widgets.model_form import ChoiceControl, NumberControl, SwitchControl, TextControl
from tests import loopback_chat
from tests.workers.engines.speech.conftest import save_emotion_model
from workers.engine_pool import EnginePool
from workers.engines.base import Task
from workers.engines.registry import engine_named, engines
from workers.engines.speech.whisper import WhisperOptions
from workers.engines.vision.server import KEY_VARIABLE, ServerOptions
from workers.sources import devices
from workers.sources.base import AudioDevice


def names_for(tasks: tuple[Task, ...]) -> list[str]:
    return [name for name, engine in engines().items() if set(tasks) & set(engine.info.tasks)]


@pytest.fixture
def panel(context, qtbot, monkeypatch) -> PreferencesPanel:
    found = [AudioDevice("usb", "USB Audio"), AudioDevice("sink", "Loudspeaker", is_monitor=True)]
    monkeypatch.setattr(devices, "list_devices", lambda: found)
    panel = PreferencesPanel(context)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitUntil(lambda: bool(panel._devices))
    return panel


def choose(panel: PreferencesPanel, section: str, field: str, value: str) -> None:
    control = panel.cards[section].form.rows[field].control
    index = control.findData(value)
    assert index >= 0
    control.setCurrentIndex(index)
    control.activated.emit(index)


def test_choices_hold_at_once(panel, context, qtbot):
    with qtbot.waitSignal(context.settings_changed) as changed:
        choose(panel, "general", "theme", "dark")

    assert changed.args == ["general.theme"]
    assert context.settings.general.theme == "dark"


def test_microphones_and_loudspeakers_are_offered_apart(panel):
    choose(panel, "hear", "microphone", "usb")
    choose(panel, "hear", "computer_audio", "sink")

    assert panel.cards["hear"].form.rows["microphone"].control.findData("sink") < 0


def test_the_switch_for_emotions_leads_to_a_model_while_there_is_none(panel, context, qtbot, tmp_path):
    qtbot.waitUntil(panel.emotion_needs.isVisible)

    with qtbot.waitSignal(context.panel_requested) as requested:
        panel.emotion_needs.button.click()
    assert requested.args == ["models"]

    context.catalogue.add_folder(save_emotion_model(tmp_path / "moods"))
    panel.hide()
    panel.show()
    qtbot.waitUntil(lambda: not panel.emotion_needs.isVisible())


def test_what_another_part_changes_is_shown(panel, context):
    context.change_setting("history.is_private", True)

    assert panel.cards["history"].form.rows["is_private"].control.isChecked()


def test_reset_gives_a_section_its_defaults(panel, context):
    choose(panel, "general", "theme", "dark")
    assert panel.cards["general"].reset.isVisible()

    panel.cards["general"].reset.click()

    assert context.settings.general.theme == "system"
    assert not panel.cards["general"].reset.isVisible()


def test_search_shows_matching_rows_only(panel):
    panel.search.setText("private")
    assert panel.cards["history"].isVisible()
    assert not panel.cards["general"].isVisible()

    panel.search.setText("no such thing")
    assert panel.empty.isVisible()

    panel.search.clear()
    assert panel.cards["general"].isVisible()


def test_engine_options_are_kept_where_they_differ(panel, context):
    panel.options["hear"].form.rows["threads"].control.spin.setValue(2)

    assert context.settings.hear.engine_options == {"faster-whisper": {"threads": 2}}


@pytest.mark.parametrize(
    ("section", "engine"),
    [(section, name) for section, tasks in SENSES.items() for name in names_for(tasks)],
)
def test_every_option_of_every_engine_goes_through_the_form_and_the_file(panel, context, qtbot, section, engine):
    panel.options[section].pick(engine)
    for row in panel.options[section].form.rows.values():
        change(row.control)
    context.save_settings()

    read = getattr(Settings.load(context.paths.settings_file), section)

    options, default = options_of(read, engine), engine_named(engine).info.options()
    assert all(getattr(options, name) != getattr(default, name) for name in type(options).model_fields)
    again = PreferencesPanel(context)
    qtbot.addWidget(again)
    again.show_options(section, engine)
    shown = {name: value_of(row.control) for name, row in again.options[section].form.rows.items()}
    assert shown == options.model_dump()


def change(control: QWidget) -> None:
    """As a user does it, to another value."""
    match control:
        case SwitchControl():
            control.click()
        case ChoiceControl():
            control.setCurrentIndex(control.count() - 1)
            control.activated.emit(control.count() - 1)
        case NumberControl():
            control.spin.stepUp()
        case TextControl():
            control.setText("http://127.0.0.1:9/v1")
            control.editingFinished.emit()
        case _:
            pytest.fail(f"no way to change a {type(control).__name__}")


def value_of(control: QWidget) -> object:
    match control:
        case SwitchControl():
            return control.isChecked()
        case ChoiceControl():
            return control.currentData()
        case NumberControl():
            return control.spin.value()
        case _:
            return control.text()


def test_another_engine_shows_its_own_options(panel, context):
    choose(panel, "hear", "engine", "whisper")
    assert panel.options["hear"].form.rows.keys() == WhisperOptions.model_fields.keys()

    context.change_setting("see.ask_engine", "server")
    assert panel.options["see"].form.rows.keys() == ServerOptions.model_fields.keys()
    assert panel.options["see"].picker.control.currentText() == "Server (OpenAI-compatible)"


def test_an_engine_lets_go_of_a_model_that_it_does_not_run(panel, context):
    context.change_setting("hear.model", "whisper-tiny.en")
    choose(panel, "hear", "engine", "whisper")
    assert context.settings.hear.model == "whisper-tiny.en"

    choose(panel, "hear", "engine", "wav2vec2")

    assert context.settings.hear.model == ""


def test_an_engine_without_a_model_says_what_is_used_instead(panel, messages):
    choose(panel, "hear", "engine", "whisper")
    assert messages == []

    choose(panel, "hear", "engine", "wav2vec2")

    assert messages[-1].sentence.startswith("No model for this engine is installed")
    assert messages[-1].action[0] == "Show models"


def test_the_engine_is_picked_in_the_card(panel, context):
    picker = panel.options["draw"].picker.control
    picker.setCurrentIndex(picker.findData("preprocessor"))
    picker.activated.emit(picker.currentIndex())

    change(panel.options["draw"].form.rows["device"].control)

    assert context.settings.draw.engine_options == {"preprocessor": {"device": "cuda"}}


def test_reset_gives_one_engine_its_defaults_and_leaves_the_others(panel, context):
    context.change_setting("see.engine_options", {"clip": {"device": "cpu"}, "vit": {"device": "cpu"}})
    panel.options["see"].pick("clip")

    panel.options["see"].reset.click()

    assert context.settings.see.engine_options == {"vit": {"device": "cpu"}}
    assert panel.options["see"].form.rows["device"].control.currentData() == "auto"
    assert not panel.options["see"].reset.isVisible()


def test_a_search_finds_the_options_of_an_engine_that_is_not_picked(panel, qtbot):
    panel.options["see"].pick("clip")

    panel.search.setText("patience")
    assert panel.options["see"].picker.control.currentData() == "server"
    qtbot.waitUntil(panel.options["see"].form.rows["patience_s"].isVisible)
    assert not panel.options["see"].form.rows["address"].isVisible()
    assert not panel.options["hear"].isVisible()

    panel.search.setText("openai address")
    assert panel.options["see"].form.rows["address"].isVisible()

    panel.search.clear()
    assert panel.options["see"].picker.control.currentData() == "clip"


def test_the_options_of_an_engine_are_scrolled_to(panel, qtbot):
    panel.search.setText("theme")

    panel.show_options("see", "server")

    bar, card = panel.column.verticalScrollBar(), panel.options["see"]
    qtbot.waitUntil(lambda: bar.value() == card.y() - theme.SPACE_L)
    assert card.picker.control.currentData() == "server"
    assert panel.search.text() == ""


def test_stored_options_that_do_not_fit_are_told_in_one_sentence(panel, context):
    assert not panel.options["see"].problem.isVisible()
    context.change_setting("see.engine_options", {"llava": {"weights": "3-bit", "gone": 1, "threads": 2}})

    panel.options["see"].pick("llava")

    text = "What was stored does not fit, so the defaults are used: gone, Weights."
    assert panel.options["see"].problem.text() == text
    assert panel.options["see"].problem.isVisible()
    assert panel.options["see"].form.rows["threads"].control.spin.value() == 2
    panel.options["see"].reset.click()
    assert not panel.options["see"].problem.isVisible()


def test_a_server_answers_at_the_address_that_was_typed(panel, context, qtbot, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    monkeypatch.setattr("keyring.get_password", lambda service, name: None)
    context.pool = EnginePool(placement="thread")
    session = context.sessions.vision
    choice = ModelChoice(context, "ask")
    qtbot.addWidget(choice)
    choice.refresh()
    qtbot.waitUntil(lambda: choice.findData("server") >= 0, timeout=20_000)
    choice._on_chosen(choice.findData("server"))

    session.open_pixels(np.full((24, 32, 3), 77, np.uint8), "grey")
    qtbot.waitUntil(lambda: session.newest_frame is not None, timeout=20_000)

    with loopback_chat.running() as first, loopback_chat.running() as second:
        for server in (first, second):  # the engine of the first is loaded when the second is typed
            address = panel.options["see"].form.rows["address"].control
            qtbot.keyClick(address, "a", Qt.KeyboardModifier.ControlModifier)
            qtbot.keyClicks(address, server.address)
            qtbot.keyClick(address, Qt.Key.Key_Return)
            turn = session.chat.ask("what is this?")
            qtbot.waitUntil(lambda turn=turn: turn.state.is_over, timeout=20_000)
            assert turn.answer == "".join(loopback_chat.PIECES)

    assert (len(first.asked), len(second.asked)) == (1, 1)


def test_retention_says_what_it_deletes_and_does_it_now(panel, context, messages, qtbot, tmp_path):
    assert not panel.delete_now.isVisible()
    context.history = History(tmp_path / "history")
    item_id = context.history.add_picture(np.zeros((8, 8, 3), np.uint8), prompt="a drawing for mum").result()
    a_year_ago = {"created_at": time.time() - 365 * 86_400}
    context.history._submit("update_item", item_id=item_id, **a_year_ago).result()
    panel.cards["history"].form.rows["keep_days"].control.spin.setValue(30)
    assert "30" in panel.delete_now.text.text()
    assert "drawn pictures" in panel.delete_now.text.text()
    assert "after each recording" in panel.delete_now.text.text()

    panel.delete_now.button.click()
    qtbot.waitUntil(lambda: bool(messages))

    assert context.history.items() == []
    assert (messages[0].kind, messages[0].sentence) == ("info", "1 item(s) deleted.")
