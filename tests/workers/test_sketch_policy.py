"""The live canvas's policy under a clock that the test moves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.sketch_policy import LiveJob, SketchPolicy, SketchPolicyOptions


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def policy(clock) -> SketchPolicy:
    policy = SketchPolicy(clock=clock)
    policy.set_live(True)
    return policy


def test_nothing_is_made_of_an_untouched_canvas(policy):
    assert policy.next_job() is None
    assert policy.wait_s() is None


def test_nothing_is_made_while_live_is_off(policy):
    policy.set_live(False)

    policy.changed(1)

    assert policy.next_job() is None


def test_newest_revision_is_made(policy):
    policy.changed(1)
    policy.changed(7)

    assert policy.next_job() == LiveJob(7)


def test_one_picture_runs_at_a_time(policy):
    policy.changed(1)
    policy.next_job()

    policy.changed(2)

    assert policy.next_job() is None


def test_picture_is_finished_while_its_stroke_goes_on(policy):
    policy.stroke_began()
    policy.changed(1)
    policy.next_job()

    policy.changed(2)

    assert not policy.must_stop()


def test_picture_gives_way_when_the_pen_is_lifted(policy):
    policy.stroke_began()
    policy.changed(1)
    policy.next_job()
    policy.changed(2)

    policy.stroke_ended()

    assert policy.must_stop()


def test_picture_of_the_finished_stroke_stays(policy):
    policy.stroke_began()
    policy.changed(1)
    policy.next_job()

    policy.stroke_ended()

    assert not policy.must_stop()


def test_picture_that_is_nearly_done_is_finished(policy):
    policy.changed(1)
    policy.next_job()
    policy.progressed(3 / 4)
    policy.changed(2)
    assert policy.must_stop()

    policy.progressed(4 / 4)

    assert not policy.must_stop()


def test_quick_strokes_do_not_starve_the_eye(policy, clock):
    policy.changed(1)
    policy.next_job()
    policy.changed(2)
    assert policy.must_stop()

    policy.ended(is_complete=False)
    clock.now_s += policy.options.patience_s + 0.1
    policy.next_job()
    policy.changed(3)

    assert not policy.must_stop()


def test_given_up_revision_is_made_again_from_the_newest(policy):
    policy.changed(1)
    policy.next_job()
    policy.changed(2)

    policy.ended(is_complete=False)

    assert policy.next_job() == LiveJob(2)


def test_better_picture_follows_at_rest(policy, clock):
    policy.changed(1)
    policy.next_job()
    policy.ended(is_complete=True)
    assert policy.next_job() is None
    assert policy.wait_s() == pytest.approx(policy.options.rest_s)

    clock.now_s += policy.options.rest_s

    assert policy.next_job() == LiveJob(1, is_final=True)


def test_better_picture_waits_for_the_pen(policy, clock):
    policy.stroke_began()
    policy.changed(1)
    policy.next_job()
    policy.ended(is_complete=True)

    clock.now_s += 60

    assert policy.next_job() is None


def test_better_picture_gives_way_to_any_change(policy, clock):
    policy.changed(1)
    policy.next_job()
    policy.ended(is_complete=True)
    clock.now_s += 1
    policy.next_job()
    policy.progressed(0.99)

    policy.changed(2)

    assert policy.must_stop()


def test_better_picture_is_made_once(policy, clock):
    policy.changed(1)
    for _ in range(2):
        clock.now_s += 1
        policy.next_job()
        policy.ended(is_complete=True)

    clock.now_s += 60

    assert policy.next_job() is None
    assert policy.wait_s() is None


def test_switching_live_off_stops_whatever_runs(policy):
    policy.changed(1)
    policy.next_job()
    policy.progressed(0.99)

    policy.set_live(False)

    assert policy.must_stop()


def test_pictures_wait_for_the_stroke_to_end_when_asked_to(clock):
    policy = SketchPolicy(SketchPolicyOptions(mode="stroke"), clock=clock)
    policy.set_live(True)
    policy.stroke_began()
    policy.changed(1)
    assert policy.next_job() is None

    policy.stroke_ended()

    assert policy.next_job() == LiveJob(1)


def test_late_revision_does_not_turn_back_time(policy):
    policy.changed(5)
    policy.changed(3)

    assert policy.next_job() == LiveJob(5)


EVENTS = st.lists(
    st.sampled_from(["changed", "began", "ended", "wait", "next", "progress", "complete", "give up", "on", "off"]),
    max_size=60,
)


@given(EVENTS)
def test_what_is_drawn_is_always_shown_in_the_end(events):
    clock = Clock()
    policy = SketchPolicy(clock=clock)
    revision = 0
    for event in events:
        match event:
            case "changed":
                revision += 1
                policy.changed(revision)
            case "began":
                policy.stroke_began()
            case "ended":
                policy.stroke_ended()
            case "wait":
                clock.now_s += 0.4
            case "next":
                job = policy.next_job()
                assert job is None or job.revision == revision, "no picture starts out of date"
            case "progress":
                policy.progressed(0.8)
            case "complete" | "give up":
                policy.ended(is_complete=event == "complete")
            case "on" | "off":
                policy.set_live(event == "on")

    policy.ended(is_complete=False)
    policy.set_live(True)
    policy.stroke_ended()
    made = []
    for _ in range(3):
        clock.now_s += 1
        if (job := policy.next_job()) is not None:
            assert not policy.must_stop()
            made.append(job)
            policy.ended(is_complete=True)
    assert policy.wait_s() is None
    assert not made or made[-1] == LiveJob(revision, is_final=True)
