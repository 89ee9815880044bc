import numpy as np

from desktop_app.sessions.session_state import SessionState
from workers.errors import DeviceError
from workers.results import Levels, LiveStatus, SourceNotice


def test_the_lag_is_shown_only_when_behind(panel, context):
    session = context.sessions.speech
    session._state = SessionState.RUNNING

    for lag_s, is_shown in ((0.3, False), (7.0, True), (0.5, False)):
        session._on_result(LiveStatus("me", 10, 9, 8, lag_s=lag_s, is_speech=True))
        assert panel.dock.lag.isVisible() is is_shown

    session._state = SessionState.IDLE


def test_private_stands_beside_the_record_button(panel, context):
    assert panel.dock.private.isHidden()

    context.change_setting("history.is_private", True)

    assert panel.dock.private.isVisible()


def test_a_missing_device_stands_under_the_clock_until_it_is_back(qtbot, panel, context, source):
    session = context.sessions.speech
    session.start()
    qtbot.waitUntil(lambda: not session._is_opening)
    for condition, tone in (("away", "warning"), ("", "")):
        session._problem.emit(SourceNotice("It.", track="me", device_name="Headset", condition=condition))
        assert (panel.dock.status.text() == "Waiting for Headset") is bool(condition)
        assert panel.dock.status.property("tone") == tone

    source.end(DeviceError("'{name}' was unplugged.", name="Headset"))
    qtbot.waitUntil(lambda: session.state is SessionState.PAUSED)

    assert panel.dock.status.text() == "Headset is missing: choose another"
    assert panel.captions._sign == "Headset is missing"
    assert panel.choices.source.isEnabled()
    session.discard()
    qtbot.waitUntil(lambda: session.state is SessionState.IDLE)
    assert panel.dock.status.property("tone") == ""


def test_levels_move_the_meter_and_the_waveform(panel):
    panel._session.started.emit(("me",))
    peaks = np.tile(np.float32([-0.5, 0.5]), (6, 1))

    panel._session.levels_ready.emit(Levels("me", peaks, -12.0))

    assert panel.dock.meter.dbfs == -12.0
    assert len(panel.dock.waveform._bars["me"]) == 2
