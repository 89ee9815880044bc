from desktop_app.sessions.session_state import SessionState
from workers.sources.base import AudioDevice


def test_devices_that_come_and_go_are_listed_and_the_choice_stays(panel, context):
    usb = AudioDevice("pulse:usb", "USB Audio")
    context.change_setting("hear.microphone", "pulse:usb")

    context.sessions.speech.devices_changed.emit([usb, AudioDevice("pulse:built-in", "Built-in", is_default=True)])
    assert panel.choices.source.currentText() == "USB Audio"
    context.sessions.speech.devices_changed.emit([AudioDevice("pulse:built-in", "Built-in", is_default=True)])

    assert panel.choices.source.currentText() == "usb (not connected)"


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
