import pytest

from benchmarks.synthetic_camera import change_camera, decode
from desktop_app.sessions import vision_session
from desktop_app.sessions.session_state import SessionState
from tests.desktop_app.sessions.vision.conftest import (
    answered,
    until,
)
from workers import vision


def test_the_default_camera_runs_is_unplugged_and_comes_back(qtbot, context, session, device):
    session.start()
    until(qtbot, session, SessionState.RUNNING)
    assert (session.source_name, session.is_live, session.is_camera) == ("Synthetic", True, True)

    what = device.read_bytes()
    device.unlink()
    qtbot.waitUntil(lambda: session.condition == "away", timeout=20_000)
    assert context.messages[-1].sentence == "'Synthetic' was unplugged or does not answer."
    assert session.newest_frame is not None
    device.write_bytes(what)
    with qtbot.waitSignal(context.message_withdrawn, timeout=20_000):
        pass

    assert (session.condition, session.state) == ("", SessionState.RUNNING)


def test_a_camera_that_gives_only_black_is_told_until_there_is_light(qtbot, context, session, device):
    session.start()
    until(qtbot, session, SessionState.RUNNING)

    change_camera(device, is_black=True)
    qtbot.waitUntil(lambda: session.condition == "black", timeout=20_000)
    assert context.messages[-1].sentence == "'Synthetic' gives a black picture."
    with qtbot.waitSignal(context.message_withdrawn, timeout=20_000):
        change_camera(device, is_black=False)

    assert (session.condition, session.state) == ("", SessionState.RUNNING)


def test_a_question_is_about_a_frame_that_is_hardly_older_than_the_click(qtbot, context, session, device):
    session.start()
    until(qtbot, session, SessionState.RUNNING)
    qtbot.waitUntil(lambda: session.source_fps > 0)

    turn = session.chat.ask("What?")
    answered(qtbot, turn)

    _, taken_ns = decode(turn.frames[0].pixels)
    assert turn.asked_s - taken_ns / 1e9 == pytest.approx(turn.frame_age_s, abs=0.05)
    assert turn.frame_age_s < 1  # below 34 ms on a machine with time: benchmarks


def test_a_question_whose_newest_frame_is_old_is_about_the_next_one(qtbot, session, device, monkeypatch):
    monkeypatch.setattr(vision, "FRESH_S", -1.0)  # every frame is old
    monkeypatch.setattr(vision, "ON_ITS_WAY_S", 20.0)
    session.start()
    until(qtbot, session, SessionState.RUNNING)
    newest = session.newest_frame

    turn = session.chat.ask("What?")
    answered(qtbot, turn)

    assert turn.frames[0].number > newest.number


def test_a_question_about_a_frozen_frame_waits_for_no_other(qtbot, session, camera, monkeypatch):
    monkeypatch.setattr(vision, "FRESH_S", -1.0)
    monkeypatch.setattr(vision, "ON_ITS_WAY_S", 2000.0)
    session.freeze()

    turn = session.chat.ask("What?")
    answered(qtbot, turn)

    assert turn.frames == (session.newest_frame,)


def test_another_resolution_opens_the_camera_anew(qtbot, context, session, device):
    session.start()
    until(qtbot, session, SessionState.RUNNING)

    context.change_setting("see.resolution", "640x480")

    assert session.state is SessionState.LOADING
    until(qtbot, session, SessionState.RUNNING)


def test_no_camera_is_told_with_what_else_can_be_done(context, session, monkeypatch):
    monkeypatch.setattr(vision_session, "list_cameras", list)

    session.start()

    assert session.state is SessionState.FAILED
    assert context.messages[0].sentence == "No camera was found."
    assert context.messages[0].hint == "Plug one in, or open a picture or a video."


def test_a_camera_that_is_in_use_can_be_tried_again(qtbot, context, session, device):
    change_camera(device, is_busy=True)
    session.start()
    until(qtbot, session, SessionState.FAILED)
    change_camera(device, is_busy=False)

    title, try_again = context.messages[-1].action
    try_again()
    until(qtbot, session, SessionState.RUNNING)

    assert title == "Try again"


def test_a_chosen_camera_that_is_away_is_not_replaced(context, session, device):
    context.change_setting("see.camera", "usb-of-yesterday")

    session.start()

    assert context.messages[0].sentence == "The chosen camera is not connected."


def test_quitting_while_the_camera_opens_is_clean(qtbot, context, session, device):
    change_camera(device, hangs_open=True)
    session.start()

    with qtbot.waitSignal(context.closed, timeout=20_000):
        context.close()
