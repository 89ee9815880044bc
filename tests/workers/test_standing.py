import itertools

import numpy as np
import pytest

from workers.errors import EngineDied, ServerError
from workers.results import ImageRequest, LabelScores, Likeness, Notice, StandingLook, Verdict, VideoFrame
from workers.standing import (
    JUDGE_AGAIN_S,
    StandingPolicy,
    is_away,
    is_hit,
    judge_with,
    label_of,
    likeness_of,
    question_of,
    watch_live,
)
from workers.vision import LookMailbox, LookPlan

YES, NO = Likeness("a dog", 0.9, 0.9), Likeness("a dog", 0.9, 0.1)
REQUEST = ImageRequest("label", candidate_labels=("a dog",), background_labels=("a wall",))


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def told(policy: StandingPolicy, *looks: Likeness) -> list[bool]:
    return [policy.take(look) for look in looks]


def test_one_frame_is_not_enough():
    assert told(StandingPolicy(hits=3, looks=5), YES, NO, NO, YES, NO, NO) == [False] * 6


def test_three_of_five_are():
    assert told(StandingPolicy(hits=3, looks=5), NO, YES, NO, YES, YES) == [False, False, False, False, True]


def test_what_stays_is_told_once_however_long():
    clock = Clock()
    policy = StandingPolicy(hits=1, looks=2, cool_down_s=10.0, clock=clock)
    policy.take(YES)

    clock.now_s = 1000.0

    assert told(policy, YES, YES, NO, YES, YES) == [False] * 5


def test_what_comes_back_is_told_again_after_the_pause_only():
    clock = Clock()
    policy = StandingPolicy(hits=1, looks=2, cool_down_s=10.0, clock=clock)
    policy.take(YES)

    assert told(policy, NO, NO, YES) == [False, False, False]
    clock.now_s = 10.0
    assert told(policy, YES) == [True]


def test_what_is_hardly_seen_any_more_has_not_gone():
    clock = Clock()
    policy = StandingPolicy(hits=1, looks=2, cool_down_s=10.0, clock=clock)
    policy.take(YES)

    clock.now_s = 1000.0

    assert told(policy, *[Likeness("a dog", 0.6)] * 5, YES) == [False] * 6


def test_while_silent_no_judge_is_needed():
    policy = StandingPolicy(hits=1, looks=1)
    assert not policy.is_silent

    policy.take(YES)

    assert policy.is_silent


@pytest.mark.parametrize(
    ("found", "is_told"),
    [(Likeness("a dog", 0.7), False), (Likeness("a dog", 0.85), True), (Likeness("a dog", 0.99, 0.4), False)],
)
def test_without_a_judge_the_label_has_to_be_surer(found, is_told):
    assert StandingPolicy(hits=1, looks=1).take(found) == is_told


@pytest.mark.parametrize(
    ("text", "label", "question"),
    [
        ("a dog", "a dog", "Is there a dog?"),
        (" Is there a dog on the sofa? ", "a dog on the sofa", "Is there a dog on the sofa?"),
        ("two dogs.", "two dogs", "Is there two dogs?"),
        ("Can you see a dog?", "a dog", "Can you see a dog?"),
        ("?", "?", "?"),
    ],
)
def test_a_question_and_its_thing(text, label, question):
    assert (label_of(text), question_of(text)) == (label, question)


def test_likeness_does_not_depend_on_other_labels():
    alone = LabelScores((("a dog", 0.6),), 0.4)
    among = LabelScores((("a cat", 0.5), ("a dog", 0.3)), 0.2)

    assert likeness_of("a dog", alone) == pytest.approx(0.6)
    assert likeness_of("a dog", among) == pytest.approx(0.6)
    assert likeness_of("a cow", among) == 0.0


def mailbox_with_a_frame() -> LookMailbox:
    mailbox = LookMailbox(LookPlan(REQUEST))
    mailbox.put(VideoFrame(np.zeros((8, 8, 3), np.uint8), 1, 1.0))
    return mailbox


def looks(mailbox, score: float, judge=None, **options) -> list:
    """What is told about one frame whose label has this score."""

    def label(request: ImageRequest) -> LabelScores:
        mailbox.close()
        return LabelScores((("a dog", score),), 1 - score)

    return list(watch_live(mailbox, lambda: ("a dog",), label, judge, **options))


def test_the_judge_is_asked_about_what_is_likely_only():
    asked: list[ImageRequest] = []

    def ask(request: ImageRequest) -> Verdict:
        asked.append(request)
        return Verdict(0.75)

    (likely,) = looks(mailbox_with_a_frame(), 0.6, judge_with(ask))
    (unlikely,) = looks(mailbox_with_a_frame(), 0.4, judge_with(ask))
    (silent,) = looks(mailbox_with_a_frame(), 0.6, judge_with(ask), is_silent=lambda text: True)

    assert [(request.task, request.question) for request in asked] == [("judge", "Is there a dog?")]
    assert likely.found == (Likeness("a dog", pytest.approx(0.6), 0.75),)
    assert unlikely.found[0].yes == 0.0
    assert silent.found == (Likeness("a dog", pytest.approx(0.6), None, was_silent=True),)


def test_what_resembles_it_is_not_told_when_the_silence_ends():
    clock = Clock()
    policy = StandingPolicy(hits=1, looks=2, cool_down_s=10.0, clock=clock)

    def is_told(score: float, yes: float) -> bool:
        judge = judge_with(lambda request: Verdict(yes))
        (look,) = looks(mailbox_with_a_frame(), score, judge, is_silent=lambda text: was_silent)
        return policy.take(look.found[0])

    was_silent = False
    assert is_told(0.9, yes=0.9)
    was_silent = policy.is_silent
    assert not any(is_told(score, yes=0.05) for score in (0.1, 0.1, 0.85, 0.85))
    clock.now_s = 10.0

    assert not is_told(0.85, yes=0.05)  # a look that began before the silence ended
    was_silent = policy.is_silent
    assert not is_told(0.85, yes=0.05)
    assert is_told(0.85, yes=0.9)


def test_without_a_judge_the_likeness_alone_is_told():
    (look,) = looks(mailbox_with_a_frame(), 0.9)

    assert isinstance(look, StandingLook)
    assert look.found == (Likeness("a dog", pytest.approx(0.9), None),)


def test_a_judge_that_died_is_asked_about_the_newest_frame():
    mailbox = mailbox_with_a_frame()
    calls = itertools.count()

    def label(request: ImageRequest) -> LabelScores:
        return LabelScores((("a dog", 1.0),), 0.0)

    def judge(pixels, question) -> float:
        if next(calls) == 0:
            raise EngineDied("It ended.")
        mailbox.close()
        return 1.0

    notice, look = watch_live(mailbox, lambda: ("a dog",), label, judge)

    assert isinstance(notice, Notice)
    assert look.found[0].yes == 1.0


def test_a_judge_that_fails_is_told_once_and_asked_again_later():
    mailbox, clock, asked = mailbox_with_a_frame(), Clock(), []

    def label(request: ImageRequest) -> LabelScores:
        return LabelScores((("a dog", 0.9),), 0.1)

    def judge(pixels, question) -> float:
        asked.append(clock.now_s)
        if len(asked) == 1:
            raise ServerError("The server was silent.")
        return 0.25

    watched = watch_live(mailbox, lambda: ("a dog",), label, judge, clock=clock)
    notice = next(watched)
    found = []
    for at_s in (0.0, 1.0, JUDGE_AGAIN_S):
        clock.now_s = at_s
        found.append(next(watched).found[0])
        mailbox.look_again()
    watched.close()

    assert notice.template == "The server was silent."
    assert [one.yes for one in found] == [None, None, 0.25]
    assert asked == [0.0, JUDGE_AGAIN_S]


class Scene:
    """What is watched, a look each half a second: how bright it is, and how likely CLIP finds the thing."""

    def __init__(self, text: str, *, verdict: float = 0.0, took_s: float = 0.0, **options) -> None:
        self.asked_s: list[float] = []
        self.verdict = verdict
        self.clock, self.mailbox = Clock(), LookMailbox(LookPlan(REQUEST))
        self.score = 0.1

        def label(request: ImageRequest) -> LabelScores:
            return LabelScores(((label_of(text), self.score),), 1 - self.score)

        def judge(pixels, question) -> float:
            self.asked_s.append(self.clock.now_s)
            self.clock.now_s += took_s
            return self.verdict

        self._looks = watch_live(self.mailbox, lambda: (text,), label, judge, clock=self.clock, **options)

    def look(self, grey: int, score: float = 0.1) -> Likeness:
        self.score = score
        self.mailbox.put(VideoFrame(np.full((8, 8, 3), grey, np.uint8), 1, self.clock.now_s))
        found = next(self._looks).found[0]
        self.clock.now_s += 0.5
        return found


def test_what_is_small_is_judged_now_and_then_while_the_picture_changes():
    scene = Scene("a parcel")
    for number in range(60):
        scene.look(0 if number < 40 else 100)

    assert scene.asked_s == [10.0, 20.0]  # once for each picture


def test_what_looks_likelier_than_of_late_is_judged_at_once():
    scene = Scene("a parcel")
    for _ in range(6):
        scene.look(0)

    scene.look(100, score=0.35)

    assert scene.asked_s == [3.0]


def test_a_question_that_names_no_thing_is_judged_soon_after_the_picture_has_changed():
    scene = Scene("Is the door open?")
    for grey in (0, 0, 100, 100, 100, 0, 0, 0, 0):
        scene.look(grey)

    assert scene.asked_s == [0.0, 2.0, 4.0]


def test_a_slow_judge_rests_longer_than_it_works_while_the_picture_changes():
    scene = Scene("Is the door open?", took_s=2.0)
    for number in range(40):
        scene.look(100 * (number % 2))

    assert len(scene.asked_s) > 2
    assert min(later - before for before, later in itertools.pairwise(scene.asked_s)) >= 2.0 + 3 * 2.0


def test_a_yes_about_what_is_small_is_asked_again_until_it_is_told_and_holds_while_it_stays():
    silent: set[str] = set()
    scene = Scene("Is the door open?", verdict=0.9, is_silent=silent.__contains__)
    assert [scene.look(0).yes for _ in range(3)] == [0.9] * 3
    assert scene.asked_s == [0.0, 0.5, 1.0]

    silent.add("Is the door open?")
    stays = [scene.look(0) for _ in range(30)]

    assert scene.asked_s == [0.0, 0.5, 1.0]
    assert not any(is_away(look) or is_hit(look) for look in stays)


def test_a_frugal_watch_judges_only_what_is_likely():
    scene = Scene("Is the door open?", is_frugal=True)
    for grey in range(0, 200, 5):
        scene.look(grey, score=0.4)

    assert scene.asked_s == []


def test_what_was_likely_and_left_is_away_without_another_judgement():
    scene = Scene("a dog", verdict=0.9)
    assert is_hit(scene.look(0, score=0.8))

    scene.verdict = 0.1

    assert is_away(scene.look(100))
    assert scene.asked_s == [0.0]


def test_a_picture_that_stays_the_same_is_judged_once_a_minute():
    scene = Scene("a parcel")
    for _ in range(2 * 75):
        scene.look(0)

    assert scene.asked_s == [10.0, 70.0]
