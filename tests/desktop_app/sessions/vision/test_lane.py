import threading
from dataclasses import replace

import numpy as np
import pytest

from desktop_app.sessions import choices, lane
from desktop_app.sessions.session_state import SessionState
from desktop_app.settings import CAPTION_QUESTION
from tests.desktop_app.sessions.vision.conftest import GREEN
from tests.scripted_engine import scripted
from workers.errors import ModelMissing
from workers.results import Caption, LabelScores, Region


@pytest.mark.parametrize("placement", ["thread", "process"], indirect=True)
def test_labels_follow_the_picture(qtbot, context, session, camera):
    seen: list = []
    session.labels.seen.connect(seen.append)
    session.set_labels(["200 0 0", "0 200 0"])
    session.labels.set_on(True)
    qtbot.waitUntil(lambda: bool(seen), timeout=20_000)

    newest = camera.show(GREEN)
    qtbot.waitUntil(lambda: seen[-1].frame.number == newest.number)

    assert seen[0].result == LabelScores((("200 0 0", 1.0), ("0 200 0", 0.0)))
    assert seen[-1].result == LabelScores((("0 200 0", 1.0), ("200 0 0", 0.0)))
    assert (session.labels.state, session.labels.model_id) == (SessionState.RUNNING, "label")


def test_new_labels_are_looked_for_in_the_same_picture(qtbot, session, camera):
    session.labels.set_on(True)
    qtbot.waitUntil(lambda: session.labels.newest is not None)

    session.set_labels(["200 0 0", "  ", "200 0 0"])
    qtbot.waitUntil(lambda: session.labels.newest.result.scores == (("200 0 0", 1.0),))


@pytest.mark.parametrize("labels", [[], ["", "  "]])
def test_without_labels_the_lane_waits_for_some(qtbot, session, camera, labels):
    session.set_labels(labels)
    session.labels.set_on(True)
    qtbot.waitUntil(lambda: session.labels.state is SessionState.PAUSED)
    camera.show(GREEN)

    session.set_labels(["0 200 0"])
    qtbot.waitUntil(lambda: session.labels.newest is not None)

    assert session.labels.newest.result.scores == (("0 200 0", 1.0),)


def test_five_hundred_labels_are_looked_for(qtbot, session, camera):
    session.set_labels([f"label {number}" for number in range(499)] + ["200 0 0"])
    session.labels.set_on(True)
    qtbot.waitUntil(lambda: session.labels.newest is not None)

    assert len(session.labels.newest.result.scores) == 500
    assert session.labels.newest.result.scores[0] == ("200 0 0", 1.0)


def test_a_lane_that_is_turned_off_says_no_more(qtbot, session, camera):
    session.caption.set_on(True)
    qtbot.waitUntil(lambda: session.caption.newest is not None)

    session.caption.set_on(False)
    qtbot.waitUntil(lambda: not session._workers)

    assert (session.caption.state, session.caption.newest) == (SessionState.IDLE, None)


def test_a_caption_begins_as_the_user_wants_and_is_of_the_region(qtbot, context, session, camera):
    pixels = session.newest_frame.pixels.copy()
    pixels[:, :16] = GREEN
    context.change_setting("see.caption_prefix", "a photo of")
    session.set_region(Region(0, 0, 0.5, 1))
    session.open_pixels(pixels, "Clipboard")
    session.set_region(Region(0, 0, 0.5, 1))
    session.caption.set_on(True)

    qtbot.waitUntil(lambda: session.caption.newest is not None)
    assert session.caption.newest.result == Caption("a photo of 0 200 0")


def test_a_lane_without_a_model_fails_and_can_be_tried_again(qtbot, context, session, camera, monkeypatch):
    def missing(*_arguments):
        raise ModelMissing("There is no model.")

    works = lane.vision_spec
    monkeypatch.setattr(lane, "vision_spec", missing)
    session.caption.set_on(True)
    qtbot.waitUntil(lambda: session.caption.state is SessionState.FAILED)
    assert context.messages[0].sentence == "There is no model."

    monkeypatch.setattr(lane, "vision_spec", works)
    with qtbot.waitSignal(context.message_withdrawn) as withdrawn:
        session.caption.try_again()
    qtbot.waitUntil(lambda: session.caption.newest is not None)
    assert withdrawn.args == [context.messages[0].topic]


def test_another_model_takes_over_while_it_looks(qtbot, context, session, camera, monkeypatch):
    session.caption.set_on(True)
    qtbot.waitUntil(lambda: session.caption.newest is not None)

    monkeypatch.setattr(lane, "vision_spec", lambda *_: scripted("another"))
    context.change_setting("see.caption_model", "another")
    qtbot.waitUntil(lambda: session.caption.newest is not None and session.caption.newest.model_id == "another")


def test_a_model_that_is_chosen_while_a_removed_one_is_looked_for_takes_over(
    qtbot, context, session, camera, monkeypatch
):
    is_looked_for, may_fail = threading.Event(), threading.Event()

    def removed(*_):
        is_looked_for.set()
        may_fail.wait(20)
        raise ModelMissing("The model is not installed.")

    monkeypatch.setattr(lane, "vision_spec", removed)
    session.caption.set_on(True)
    assert is_looked_for.wait(20)

    monkeypatch.setattr(lane, "vision_spec", lambda *_: scripted("another"))
    context.change_setting("see.caption_model", "another")
    may_fail.set()
    qtbot.waitUntil(lambda: session.caption.state in (SessionState.RUNNING, SessionState.FAILED))

    assert (session.caption.state, session.caption.model_id, context.messages) == (SessionState.RUNNING, "another", [])


@pytest.mark.parametrize("placement", ["process"], indirect=True)
def test_a_lane_whose_engine_died_looks_at_the_newest_frame(qtbot, context, session, camera, engine, tmp_path):
    engine["crash_once"] = str(tmp_path / "crashed")
    session.caption.set_on(True)

    qtbot.waitUntil(lambda: session.caption.newest is not None, timeout=20_000)

    assert (tmp_path / "crashed").exists()
    assert any("ended by the system" in message.sentence for message in context.messages)


@pytest.fixture
def patient(qtbot, context, session, camera):
    """A caption of the red picture, and the next one would be due in an hour."""
    context.change_setting("see.caption_interval_s", 3600.0)
    session.caption.set_on(True)
    qtbot.waitUntil(lambda: session.caption.newest is not None)
    return session.caption


def test_frozen_picture_is_looked_at_at_once_whatever_the_pause(qtbot, session, camera, patient):
    camera.show(GREEN)

    session.freeze()

    qtbot.waitUntil(lambda: patient.newest.frame is session.newest_frame)
    assert patient.newest.result.text == "0 200 0"


def test_another_source_forgets_what_was_seen_and_is_looked_at_at_once(qtbot, session, patient):
    session.open_pixels(np.full((24, 32, 3), GREEN, np.uint8), "Clipboard")
    assert patient.newest is None

    qtbot.waitUntil(lambda: patient.newest is not None)
    assert patient.newest.result.text == "0 200 0"


def test_last_picture_of_a_video_is_still_looked_at(qtbot, session, camera, patient):
    last = camera.show(GREEN)

    camera.end()

    qtbot.waitUntil(lambda: patient.newest is not None and patient.newest.frame is last)
    assert (session.newest_frame, patient.state) == (last, SessionState.RUNNING)
    session.stop()
    assert patient.state is SessionState.IDLE


def test_what_was_seen_grows_old_unless_the_picture_stays_the_same(qtbot, context, session, camera, patient):
    before = patient.newest.frame.captured_s
    later = replace(patient.newest.frame, captured_s=before + 60)
    assert patient.age_s(later) == 60

    context.change_setting("see.caption_interval_s", 0.0)
    qtbot.waitUntil(lambda: patient.per_s > 0)
    patient.mailbox.put(later)

    qtbot.waitUntil(lambda: patient.age_s(later) == 0)


def test_a_model_that_only_answers_is_asked_again_and_again(qtbot, context, session, camera, monkeypatch):
    monkeypatch.setattr(choices, "asks_to_describe", lambda engine: True)
    context.change_setting("see.caption_interval_s", 0.0)
    context.change_setting("see.caption_question", "How many?")
    session.caption.set_on(True)
    qtbot.waitUntil(lambda: session.caption.newest is not None)
    assert session.caption.newest.result == Caption("How many? 200 0 0")

    camera.show(GREEN)
    qtbot.waitUntil(lambda: session.caption.newest.result == Caption("How many? 0 200 0"))

    context.change_setting("see.caption_question", " ")
    asked = Caption(f"{CAPTION_QUESTION} 0 200 0")
    qtbot.waitUntil(lambda: session.caption.newest.result == asked)
