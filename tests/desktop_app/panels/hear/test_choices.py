import shutil
import threading

import pytest
from PySide6.QtCore import Qt

from desktop_app.panels.preferences import PreferencesPanel
from desktop_app.sessions.session_state import SessionState
from workers.catalogue.catalogue import STARTERS_DIR
from workers.sources.base import AudioDevice


@pytest.fixture
def own_model(qtbot, panel, context, tmp_path) -> str:
    """The id of a model that only the engine "wav2vec2" runs; it is in the list."""
    folder = shutil.copytree(STARTERS_DIR / "starter-wav2vec2", tmp_path / "mine")
    model_id = context.catalogue.add_folder(folder).id
    panel.choices.refresh_models()
    qtbot.waitUntil(lambda: panel.choices.model.findData(model_id) >= 0)
    return model_id


def test_what_was_installed_before_does_not_come_over_what_is_installed_now(qtbot, panel, context, monkeypatch):
    qtbot.waitUntil(lambda: not context._jobs)
    now = context.catalogue.installed("speech")
    is_asked, is_answered = threading.Event(), threading.Event()

    def slow(_catalogue, _task):
        is_asked.set()
        assert is_answered.wait(20)
        return []

    with monkeypatch.context() as before:
        before.setattr(type(context.catalogue), "installed", slow)
        panel.choices.refresh_models()
        assert is_asked.wait(20)

    with qtbot.waitSignal(panel.choices.models_found):
        panel.choices.refresh_models()
    is_answered.set()
    qtbot.waitUntil(lambda: not context._jobs)

    assert panel.choices.model.findData(now[0].id) >= 0


def test_devices_that_come_and_go_are_listed_and_the_choice_stays(panel, context):
    usb = AudioDevice("pulse:usb", "USB Audio")
    context.change_setting("hear.microphone", "pulse:usb")

    context.sessions.speech.devices_changed.emit([usb, AudioDevice("pulse:built-in", "Built-in", is_default=True)])
    assert panel.choices.source.currentText() == "USB Audio"
    context.sessions.speech.devices_changed.emit([AudioDevice("pulse:built-in", "Built-in", is_default=True)])

    assert panel.choices.source.currentText() == "usb (not connected)"


def test_both_sources_say_that_they_need_headphones(panel, context):
    source = panel.choices.source
    row = source.findData("both:")
    assert "headphones" in source.itemData(row, Qt.ItemDataRole.ToolTipRole)
    assert "headphones" not in source.toolTip()

    source.activated.emit(row)

    assert "headphones" in source.toolTip()


def test_choices_become_settings(panel, context):
    panel.choices.source.activated.emit(panel.choices.source.findText("Microphone and computer sound"))
    panel.choices.language.activated.emit(panel.choices.language.findData("de"))

    assert (context.settings.hear.source, context.settings.hear.language) == ("both", "de")


def test_choices_are_closed_during_a_recording_and_say_why(panel):
    panel._show_state(SessionState.RUNNING)

    assert not panel.choices.model.isEnabled()
    assert "Stop the recording" in panel.choices.model.toolTip()
    panel._show_state(SessionState.IDLE)
    assert panel.choices.model.isEnabled()


def test_the_list_of_models_leads_to_the_options_of_their_engine(qtbot, panel, context):
    models = panel.choices.model
    chosen = models.currentIndex()

    with qtbot.waitSignal(context.options_requested) as requested:
        models.activated.emit(models.findText("Engine options…"))

    assert requested.args == ["hear", "faster-whisper"]
    assert models.currentIndex() == chosen


def test_the_best_model_is_one_of_the_engine(panel, context, own_model):
    assert "Whisper" in panel.choices.model.itemText(0)

    context.change_setting("hear.engine", "wav2vec2")

    assert panel.choices.model.itemText(0).startswith("mine (")


def test_a_model_brings_the_engine_that_runs_it(panel, context, own_model):
    panel.choices.model.activated.emit(panel.choices.model.findData(own_model))

    assert (context.settings.hear.engine, context.settings.hear.model) == ("wav2vec2", own_model)


def test_a_starter_that_is_chosen_is_not_talked_over(qtbot, panel, context, messages, own_model, monkeypatch):
    """It brings an engine whose best model is another engine's: the preferences must not say that this is used."""
    context.catalogue.remove(own_model)
    monkeypatch.setattr("workers.sources.devices.list_devices", list)
    qtbot.addWidget(PreferencesPanel(context))

    panel.choices.model.activated.emit(panel.choices.model.findData("starter-wav2vec2"))

    assert (context.settings.hear.engine, context.settings.hear.model) == ("wav2vec2", "starter-wav2vec2")
    assert messages == []


@pytest.fixture
def messages(qtbot, panel, context) -> list:
    qtbot.waitUntil(lambda: panel.choices.model.findData("whisper-tiny.en") >= 0)
    found = []
    context.message_posted.connect(found.append)

    def withdraw(topic: str) -> None:
        found[:] = [message for message in found if message.topic != topic]

    context.message_withdrawn.connect(withdraw)
    return found


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("hear.language", "de", "“Whisper tiny (English)” does not know the spoken language that is chosen."),
        ("hear.task", "translate", "“Whisper tiny (English)” cannot translate."),
    ],
)
def test_a_chosen_model_that_cannot_is_told_and_replaced(panel, context, messages, place, value, said):
    context.change_setting("hear.model", "whisper-tiny.en")
    assert messages == []

    context.change_setting(place, value)
    (message,) = messages
    label, use = message.action
    use()

    assert (message.sentence, label) == (said, "Use Whisper base")
    assert context.settings.hear.model == "whisper-base"


def test_what_the_model_cannot_is_told_no_more_where_it_is_not_asked(panel, context, messages):
    context.change_setting("hear.model", "whisper-tiny.en")
    context.change_setting("hear.language", "de")
    panel.choices.refresh_models()
    assert len(messages) == 1

    context.change_setting("hear.language", "en")

    assert messages == []


def test_the_best_model_is_one_that_can(panel, context, messages):
    tiny, base = (context.catalogue.entry(f"whisper-{name}") for name in ("tiny.en", "base"))
    panel.choices._installed = [tiny, base]
    context.change_setting("hear.language", "en")
    assert panel.choices.model.currentText() == "Whisper tiny (English) (best)"

    context.change_setting("hear.language", "de")

    assert panel.choices.model.currentText() == "Whisper base (best)"
    assert messages == []
