import pytest

from desktop_app.history.store import History
from desktop_app.panels import preferences
from desktop_app.panels.preferences import PreferencesPanel
from tests.workers.engines.speech.conftest import save_emotion_model
from workers.sources import devices
from workers.sources.base import AudioDevice


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
    panel.engine_options.form.rows["threads"].control.spin.setValue(2)

    assert context.settings.hear.engine_options == {"faster-whisper": {"threads": 2}}


def test_another_engine_shows_its_own_options(panel, context):
    before = set(panel.engine_options.form.rows)
    choose(panel, "hear", "engine", "whisper")

    assert panel.engine_options.form is not None
    assert set(panel.engine_options.form.rows) != before


def test_options_of_an_older_version_do_no_harm(context, qtbot):
    context.settings.hear.engine_options = {"faster-whisper": {"gone": 1}}

    options = preferences._EngineOptions(context)
    qtbot.addWidget(options)

    assert options.form.rows["threads"].control.spin.value() == 0


def test_retention_says_what_it_deletes_and_does_it_now(panel, context, messages, qtbot, tmp_path):
    assert not panel.delete_now.isVisible()
    context.history = History(tmp_path / "history")
    panel.cards["history"].form.rows["keep_days"].control.spin.setValue(30)
    assert "30" in panel.delete_now.text.text()

    panel.delete_now.button.click()
    qtbot.waitUntil(lambda: bool(messages))

    assert messages[0].kind == "info"
