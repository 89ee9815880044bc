import itertools
import threading
from dataclasses import replace

import numpy as np
import pytest

from workers import vision
from workers.errors import Cancelled, EngineDied
from workers.results import Answer, AnswerToken, Caption, ImageRequest, Notice, Region, Seen, VideoFrame
from workers.vision import (
    CHANGED,
    FRESH_S,
    LookMailbox,
    LookPlan,
    NewestFrame,
    answer_live,
    cells_of,
    look_live,
)

CAPTION = ImageRequest("caption")


class Clock:
    """A time that passes when the test says so."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def frame(number: int, grey: int = 0, size: tuple[int, int] = (48, 64)) -> VideoFrame:
    return VideoFrame(np.full((*size, 3), grey, np.uint8), number, float(number))


def taken(mailbox: LookMailbox) -> VideoFrame | None:
    """What would be looked at now; None when it is not time yet."""
    result: list = []
    thread = threading.Thread(target=lambda: result.append(mailbox.take()))
    thread.start()
    thread.join(0.1)
    if thread.is_alive():
        mailbox.close()
        thread.join()
        return None
    return result[0][0] if result[0] else None


def test_a_question_has_the_newest_frame_while_it_is_fresh():
    frames = NewestFrame(clock=lambda: 1 + FRESH_S / 2)
    assert frames.of_this_moment() is None

    frames.put(first := frame(1))

    assert frames.of_this_moment() is first
    assert frames.newest is first


def test_a_question_waits_for_the_frame_that_is_on_its_way(monkeypatch):
    monkeypatch.setattr(vision, "ON_ITS_WAY_S", 20.0)
    late, right = (replace(frame(number), captured_s=1 + number * FRESH_S) for number in (1, 2))
    source = threading.Thread(target=lambda: (frames.put(late), frames.put(right)))

    def clock() -> float:
        source.start()  # its frames are there as soon as somebody waits for them, not before
        return 1 + 2.5 * FRESH_S

    frames = NewestFrame(clock=clock)
    frames.put(frame(1))

    assert frames.of_this_moment() is right
    source.join()


def test_a_question_has_the_last_frame_of_a_camera_that_stalls(monkeypatch):
    monkeypatch.setattr(vision, "ON_ITS_WAY_S", 0.0)
    frames = NewestFrame(clock=lambda: 10.0)
    frames.put(first := frame(1))

    assert frames.of_this_moment() is first


def test_the_newest_frame_is_taken_and_the_others_are_counted():
    mailbox = LookMailbox(LookPlan(CAPTION))
    for number in (1, 2, 3):
        mailbox.put(frame(number))

    assert mailbox.take()[0].number == 3
    assert mailbox.skipped == 2


def test_a_frame_is_looked_at_once():
    mailbox = LookMailbox(LookPlan(CAPTION))
    mailbox.put(frame(1))
    mailbox.take()

    assert taken(mailbox) is None


def test_another_plan_is_asked_about_the_same_frame():
    mailbox = LookMailbox(LookPlan(CAPTION))
    mailbox.put(frame(1))
    mailbox.take()

    mailbox.change(LookPlan(ImageRequest("caption", prefix="a photo of")))
    looked_at, request = mailbox.take()

    assert looked_at.number == 1
    assert request.prefix == "a photo of"
    assert request.images[0] is looked_at.pixels


def test_nothing_is_looked_at_before_its_time():
    clock = Clock()
    mailbox = LookMailbox(LookPlan(CAPTION, interval_s=2.0), clock=clock)
    mailbox.put(frame(1))
    mailbox.take()
    mailbox.put(frame(2))

    clock.now_s += 2.0

    assert mailbox.take()[0].number == 2
    mailbox.put(frame(3))
    assert taken(mailbox) is None


def test_a_picture_that_stays_the_same_is_left_out():
    noise = np.random.default_rng(0).integers(0, 12, (48, 64, 3), np.uint8)
    mailbox = LookMailbox(LookPlan(CAPTION, only_changes=True))
    mailbox.put(frame(1, 100))
    mailbox.take()

    mailbox.put(VideoFrame(frame(2, 100).pixels + noise // 2, 2, 2.0))

    assert taken(mailbox) is None


def test_a_small_thing_that_comes_in_is_a_change():
    mailbox = LookMailbox(LookPlan(CAPTION, only_changes=True))
    mailbox.put(frame(1, 100, (480, 640)))
    mailbox.take()
    pixels = frame(2, 100, (480, 640)).pixels
    pixels[200:260, 300:380] = 250  # 1.6 % of the picture

    mailbox.put(VideoFrame(pixels, 2, 2.0))

    assert mailbox.take()[0].number == 2


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (720, 1280)])
def test_cells_are_the_same_for_every_size(size):
    assert np.array_equal(cells_of(frame(1, 51, size).pixels), np.full((8, 8, 3), np.float32(0.2)))
    assert CHANGED < 1


def test_only_the_region_is_looked_at():
    pixels = frame(1).pixels
    pixels[24:, 32:] = 9
    mailbox = LookMailbox(LookPlan(CAPTION, Region(0.5, 0.5, 0.5, 0.5)))
    mailbox.put(VideoFrame(pixels, 1, 1.0))

    looked_at, _ = mailbox.take()

    assert looked_at.size == (32, 24)
    assert (looked_at.pixels == 9).all()


@pytest.mark.parametrize(
    ("size", "sent"),
    [((480, 640), (480, 640)), ((720, 1280), (360, 640)), ((2160, 3840), (360, 640)), ((9, 9), (9, 9))],
)
def test_a_plan_that_shrinks_sends_a_part_of_the_pixels_and_tells_of_the_whole_frame(size, sent):
    mailbox = LookMailbox(LookPlan(CAPTION, shrinks=True))
    pixels = frame(1, 0, size).pixels
    pixels[::2] = 100
    mailbox.put(VideoFrame(pixels, 1, 1.0))

    looked_at, request = mailbox.take()

    assert looked_at.pixels.shape[:2] == size
    assert request.images[0].shape == (*sent, 3)
    assert abs(request.images[0].mean() - pixels.mean()) < 1


@pytest.mark.parametrize("region", [Region(1.0, 1.0, 0.0, 0.0), Region(0.999, 0.0, 0.5, 1e-9), Region(0, 0, 0, 0)])
def test_a_region_is_never_empty(region):
    assert region.crop(frame(1).pixels).size >= 3


def test_a_paused_lane_waits_and_then_takes_what_is_newest():
    mailbox = LookMailbox(LookPlan(CAPTION))
    mailbox.pause()
    mailbox.put(frame(1))
    looked: list = []
    thread = threading.Thread(target=lambda: looked.append(mailbox.take()))
    thread.start()
    mailbox.put(frame(2))

    mailbox.resume()
    thread.join()

    assert looked[0][0].number == 2


def test_a_closed_mailbox_ends_the_loop():
    mailbox = LookMailbox(LookPlan(CAPTION))
    mailbox.put(frame(1))

    def ask(request: ImageRequest) -> Caption:
        mailbox.close()
        return Caption("a cat")

    (seen,) = look_live(mailbox, ask, model_id="m")

    assert isinstance(seen, Seen)
    assert (seen.frame.number, seen.result, seen.model_id) == (1, Caption("a cat"), "m")


def test_after_the_engine_died_the_newest_frame_is_asked_about():
    mailbox = LookMailbox(LookPlan(CAPTION, interval_s=1000.0, only_changes=True))
    mailbox.put(frame(1, 10))
    asked: list[int] = []

    def ask(request: ImageRequest) -> Caption:
        asked.append(int(request.images[0][0, 0, 0]))
        if len(asked) == 1:
            mailbox.put(frame(2, 20))
            raise EngineDied("The model '{model}' ended.", model="m")
        mailbox.close()
        return Caption("a cat")

    notice, seen = look_live(mailbox, ask, model_id="m")

    assert isinstance(notice, Notice)
    assert notice.sentence == "The model 'm' ended."
    assert (asked, seen.frame.number) == ([10, 20], 2)


def test_a_look_that_a_pause_ended_is_made_again():
    mailbox = LookMailbox(LookPlan(CAPTION))
    mailbox.put(frame(1))
    calls = itertools.count()

    def ask(request: ImageRequest) -> Caption:
        if next(calls) == 0:
            raise Cancelled
        mailbox.close()
        return Caption("a cat")

    (seen,) = look_live(mailbox, ask, model_id="m")

    assert seen.frame.number == 1


def test_a_look_that_was_stopped_is_not_made_again():
    mailbox = LookMailbox(LookPlan(CAPTION))
    mailbox.put(frame(1))

    def ask(request: ImageRequest) -> Caption:
        mailbox.close()
        raise Cancelled

    with pytest.raises(Cancelled):
        list(look_live(mailbox, ask, model_id="m"))


def test_an_answer_begins_anew_when_the_engine_died():
    request = ImageRequest("ask", question="What?")
    calls = itertools.count()

    def ask(_request: ImageRequest):
        yield AnswerToken("a")
        if next(calls) == 0:
            raise EngineDied("It ended.")
        yield Answer("a cat", 2, 0.1, 10.0)

    results = list(answer_live(request, ask))

    assert [type(result) for result in results] == [AnswerToken, Notice, AnswerToken, Answer]


def test_an_engine_that_dies_twice_gives_no_answer():
    def ask(_request: ImageRequest):
        yield AnswerToken("a")
        raise EngineDied("It ended.")

    with pytest.raises(EngineDied):
        list(answer_live(replace(CAPTION, task="ask"), ask))


def test_a_frame_that_stays_the_same_says_until_when():
    mailbox = LookMailbox(LookPlan(CAPTION, only_changes=True))
    mailbox.put(frame(1))
    mailbox.take()

    mailbox.put(frame(2))

    assert taken(mailbox) is None
    assert mailbox.same_until_s == 2.0


def test_another_source_is_looked_at_before_the_pause_is_over():
    mailbox = LookMailbox(LookPlan(CAPTION, interval_s=60.0))
    mailbox.put(frame(1))
    mailbox.take()

    mailbox.clear()
    mailbox.put(frame(2))

    assert taken(mailbox).number == 2
