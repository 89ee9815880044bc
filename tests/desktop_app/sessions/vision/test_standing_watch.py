import pytest

from desktop_app.sessions.session_state import SessionState
from desktop_app.sessions.standing_watch import StandingWatch
from tests.desktop_app.sessions.vision.conftest import GREEN, RED, ScriptedCamera, answered, colour_of, looked_at
from workers.errors import DeviceError
from workers.results import CameraNotice, Likeness, StandingLook


def test_what_was_waited_for_is_told_and_kept(qtbot, context, session, camera, standing, history):
    question = standing.add("0 200 0", hits=2, looks=3)
    sightings: list = []
    standing.sighted.connect(sightings.append)
    looked_at(qtbot, session, camera, RED, 2)
    assert (question.newest.yes, question.n_hits, sightings) == (0.0, 0, [])

    with qtbot.waitSignal(session.snapshot_taken, timeout=20_000) as taken:
        looked_at(qtbot, session, camera, GREEN, 2)

    assert [colour_of(sighting.frame) for sighting in sightings] == [GREEN]
    assert session.notified == ["Seen: 0 200 0"]
    assert context.messages[-1].sentence == "Seen: 0 200 0"
    assert history.item(taken.args[0]).title == "Seen: 0 200 0"
    assert question.n_sightings == 1


def test_several_are_watched_for_and_what_stays_is_told_once(qtbot, session, camera, standing):
    for text in ("200 0 0", "0 200 0", "a dog"):
        standing.add(text, hits=1, looks=2)

    looked_at(qtbot, session, camera, RED, 3)
    looked_at(qtbot, session, camera, GREEN, 3)

    assert sorted(session.notified) == ["Seen: 0 200 0", "Seen: 200 0 0"]


def test_standing_questions_outlive_the_app_and_start_paused(qtbot, context, session, camera, standing):
    standing.add("a dog", hits=4, looks=6, cool_down_s=10.0)

    (again,) = StandingWatch(context, lambda: None, lambda *_: None).questions

    assert (again.text, again.question.hits, again.question.looks, again.is_on) == ("a dog", 4, 6, False)


def test_a_paused_one_looks_no_more(qtbot, session, camera, standing):
    question = standing.add("a dog")
    qtbot.waitUntil(lambda: standing.state is SessionState.RUNNING, timeout=20_000)

    standing.set_on(question, False)

    assert (standing.state, standing.mailbox, question.newest) == (SessionState.IDLE, None, None)


def test_it_rests_while_a_question_is_answered(qtbot, session, camera, standing, engine):
    standing.add("a dog")
    qtbot.waitUntil(lambda: standing.state is SessionState.RUNNING, timeout=20_000)
    engine.update(latency_s=0.02, tokens=5)

    turn = session.chat.ask("What?")
    assert standing.state is SessionState.PAUSED
    answered(qtbot, turn)

    assert standing.state is SessionState.RUNNING


def test_private_mode_tells_and_keeps_nothing(qtbot, context, session, camera, standing, history):
    context.change_setting("history.is_private", True)
    standing.add("200 0 0", hits=1, looks=1)
    looked_at(qtbot, session, camera, RED, 1)

    assert session.notified == ["Seen: 200 0 0"]
    history.flush()
    assert history.count() == 0


@pytest.mark.parametrize("text", ["", "  ", "a dog"])
def test_nothing_is_watched_for_twice_or_without_a_name(session, standing, text):
    standing.add("a dog")

    assert standing.add(text) is None
    assert len(standing.questions) == 1


def test_a_removed_one_is_forgotten(context, session, standing):
    question = standing.add("a dog")

    standing.remove(question)

    assert (standing.questions, context.settings.see.standing_questions) == ([], [])


def test_other_templates_are_heeded_at_once(qtbot, context, session, camera, standing):
    standing.add("a dog")
    qtbot.waitUntil(lambda: standing.state is SessionState.RUNNING, timeout=20_000)

    context.change_setting("see.prompt_templates", ["an icon of {}"])

    assert standing.mailbox._plan.request.prompt_templates == ("an icon of {}",)


def test_whoever_watches_hears_outside_the_window_that_nothing_is_seen(qtbot, session, camera, standing):
    standing.add("a dog")
    away = CameraNotice("'{name}' is away.", values={"name": "Camera"}, device_name="Camera", condition="away")

    session._on_notice(away)
    camera.end(DeviceError("'Camera' was unplugged."))
    qtbot.waitUntil(lambda: session.state is SessionState.FAILED)

    assert session.notified == ["Nothing can be seen for now", "Nothing is watched for any more"]


def test_whoever_watches_hears_outside_the_window_that_the_model_failed(qtbot, session, camera, standing, engine):
    engine.update(fails=True)
    standing.add("a dog")

    qtbot.waitUntil(lambda: standing.state is SessionState.FAILED, timeout=20_000)

    assert session.notified == ["Nothing is watched for any more"]


def test_what_another_camera_showed_does_not_count(qtbot, session, camera, standing):
    question = standing.add("200 0 0", hits=3, looks=3)
    looked_at(qtbot, session, camera, RED, 1)
    qtbot.waitUntil(lambda: question.n_hits > 0)
    late = StandingLook(session.newest_frame, (Likeness("200 0 0", 1.0, 1.0),))

    with qtbot.waitSignal(session.source_changed):
        session.start(ScriptedCamera("Other", opens=False))
    standing._on_look(late)

    assert (question.n_hits, question.newest) == (0, None)
    assert session.notified == []
