"""Standing questions, "tell me when you see ...": what is asked of each frame, and when that is worth telling. No Qt.

CLIP is cheap and looks at every frame, but its scores alone are no alarm: they lie too close together for a threshold.
So a thing has to be likelier than all common backgrounds together, then a model that answers questions is asked whether
it is there, and several looks in a row have to agree. What is small in the picture is never that likely: about this the
model is asked now and then, while the picture changes.
"""

from __future__ import annotations

import logging
import re
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from workers.errors import Cancelled, EngineDied, EngineError
from workers.results import Frame, ImageRequest, LabelScores, Likeness, Notice, StandingLook
from workers.vision import CHANGED, AskOnce, LookMailbox, cells_of

log = logging.getLogger(__name__)

Judge: TypeAlias = Callable[[Frame, str], float]

WORTH_JUDGING = 0.5  # likelier than all backgrounds together
SURE_ALONE = 0.8  # where no model judges
LOOK_EVERY_S = 0.5
JUDGE_EVERY_S = 10.0  # what does not look likely, where the picture changes ...
RISEN_EVERY_S = 2.0  # ... where it looks likelier than of late, or the question names no thing ...
JUDGE_STILL_S = 60.0  # ... or where it seems to stay the same
PAUSE_PER_VERDICT = 3.0  # times as long as the last one took: a slow judge may not run without a pause
RISEN = 0.15
OF_LATE = 60  # looks
JUDGE_AGAIN_S = 60.0  # after it failed: a silent server would hold up every look for as long as it may be silent


class StandingPolicy:
    """Decides when a standing question has its answer: `hits` of the last `looks` say yes.

    Then it is silent for `cool_down_s`, and until the thing was away for as many looks: something that stays is told
    once.
    """

    def __init__(
        self, *, hits: int = 3, looks: int = 5, cool_down_s: float = 60.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._hits = hits
        self._looks = max(hits, looks)
        self._clock = clock
        self._cool_down_s = cool_down_s
        self._last: deque[bool] = deque(maxlen=self._looks)
        self._n_away = 0  # looks in a row
        self._is_armed = True
        self._silent_until_s = -float("inf")

    @property
    def n_hits(self) -> int:
        """Of the last looks."""
        return sum(self._last)

    @property
    def is_silent(self) -> bool:
        """It was told already: nobody needs to be asked whether it is still there."""
        return not self._is_armed or self._clock() < self._silent_until_s

    def take(self, found: Likeness) -> bool:
        """Notes a look; whether the user should be told now."""
        self._last.append(is_hit(found))
        self._n_away = self._n_away + 1 if is_away(found) else 0
        self._is_armed = self._is_armed or self._n_away >= self._looks
        if self.is_silent or self.n_hits < self._hits:
            return False
        self._is_armed = False
        self._silent_until_s = self._clock() + self._cool_down_s
        self._last.clear()
        return True


def is_hit(found: Likeness) -> bool:
    """Whether a look says that the thing is there."""
    if found.was_silent:
        return False
    return found.likeness >= SURE_ALONE if found.yes is None else found.yes >= 0.5


def is_away(found: Likeness) -> bool:
    """Whether a look says that the thing is not there; in between nobody knows."""
    return found.likeness < WORTH_JUDGING if found.yes is None else found.yes < 0.5


def label_of(text: str) -> str:
    """The thing that a standing question is about: "a dog" of "Is there a dog?"."""
    thing = re.sub(r"^((is|are) there|(do|can) you see)\s+", "", text.strip().rstrip("?!. "), flags=re.IGNORECASE)
    return thing or text.strip()


def question_of(text: str) -> str:
    """What the judge is asked."""
    return text.strip() if text.strip().endswith("?") else f"Is there {label_of(text)}?"


def likeness_of(label: str, scores: LabelScores) -> float:
    """How much likelier a label is than the backgrounds, in [0, 1], whatever other labels there are."""
    score = dict(scores.scores).get(label, 0.0)
    return score / (score + scores.none_score) if score else 0.0


class Unlikely:
    """When a judge is asked about a text whose likeness is low, and what it said last.

    Attributes:
        yes: of the last verdict; it holds until the next.
    """

    def __init__(self, text: str, now_s: float) -> None:
        self.yes = 0.0
        self._is_plain = label_of(text) != text.strip().rstrip("?!. ") or not text.strip().endswith("?")
        self._asked_s = now_s
        self._took_s = 0.0
        self._cells: NDArray[np.float32] | None = None  # of the picture that was judged
        self._likeness: deque[float] = deque(maxlen=OF_LATE)

    def is_worth_judging(self, likeness: float, cells: NDArray[np.float32], now_s: float, was_silent: bool) -> bool:
        """Notes a look. A question that names no thing is judged soon after the picture has changed."""
        has_risen = bool(self._likeness) and likeness > statistics.median(self._likeness) + RISEN
        self._likeness.append(likeness)
        if self.yes >= 0.5 and not was_silent:
            return True  # several looks have to agree
        if self._cells is not None and float(np.abs(cells - self._cells).max()) <= CHANGED:
            return now_s - self._asked_s >= JUDGE_STILL_S
        is_urgent = not self._is_plain and not was_silent
        if is_urgent and self._cells is None:
            return True
        soon_s = max(RISEN_EVERY_S, PAUSE_PER_VERDICT * self._took_s)
        return now_s - self._asked_s >= (soon_s if is_urgent or has_risen else max(soon_s, JUDGE_EVERY_S))

    def note(self, yes: float, cells: NDArray[np.float32], now_s: float, took_s: float) -> None:
        """A verdict."""
        self.yes, self._cells, self._asked_s, self._took_s = yes, cells, now_s, took_s


class _Judging:
    """Asks the judge where that is worth it, and for a while not at all after it failed.

    Attributes:
        failure: at the newest frame.
    """

    def __init__(self, judge: Judge, *, is_frugal: bool, clock: Callable[[], float]) -> None:
        self._judge, self._is_frugal, self._clock = judge, is_frugal, clock
        self._again_s = -float("inf")
        self._unlikely: dict[str, Unlikely] = {}
        self.failure: EngineError | None = None

    def begin(self, frame: Frame) -> None:
        self._frame, self._cells, self.failure = frame, cells_of(frame), None

    def yes_to(self, text: str, likeness: float, *, was_silent: bool) -> float | None:
        """How surely it is there, by what was said now or last; None where only the likeness is known."""
        if text not in self._unlikely:
            self._unlikely[text] = Unlikely(text, self._clock())
        if likeness >= WORTH_JUDGING:
            return None if was_silent else self._ask(text)
        one = self._unlikely[text]
        is_worth = not self._is_frugal and one.is_worth_judging(likeness, self._cells, self._clock(), was_silent)
        if is_worth and self._may_ask:
            began_s = self._clock()
            yes = self._ask(text) or 0.0
            one.note(yes, self._cells, self._clock(), self._clock() - began_s)
        return one.yes

    @property
    def _may_ask(self) -> bool:
        return self._clock() >= self._again_s

    def _ask(self, text: str) -> float | None:
        if not self._may_ask:
            return None
        try:
            return self._judge(self._frame, question_of(text))
        except EngineDied:
            raise
        except EngineError as error:
            self._again_s, self.failure = self._clock() + JUDGE_AGAIN_S, error
            return None


def watch_live(
    mailbox: LookMailbox,
    texts: Callable[[], tuple[str, ...]],
    label: AskOnce,
    judge: Judge | None,
    *,
    is_silent: Callable[[str], bool] = lambda text: False,
    is_frugal: bool = False,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[StandingLook | Notice]:
    """Yields how the newest frames fit the standing questions, until the mailbox is closed.

    While the judge fails, which is told as a Notice, the likeness alone decides, as where no model judges.

    Args:
        mailbox: its requests have `label_of` each text among their labels, and backgrounds.
        texts: the standing questions of now.
        judge: gives the probability of yes for a frame and a question; None where no model can.
        is_silent: whether a text was told already, so that no judge is needed.
        is_frugal: the judge is asked only about what looks likely.

    Raises:
        EngineError: from `label`.
        Cancelled: from `label` and `judge`.
    """
    judging = None if judge is None else _Judging(judge, is_frugal=is_frugal, clock=clock)
    while (taken := mailbox.take()) is not None:
        frame, request = taken
        try:
            scores: LabelScores = label(request)
            found = []
            if judging is not None:
                judging.begin(frame.pixels)
            for text in texts():
                likeness, was_silent = likeness_of(label_of(text), scores), is_silent(text)
                yes = None if judging is None else judging.yes_to(text, likeness, was_silent=was_silent)
                found.append(Likeness(text, likeness, yes, was_silent))
        except EngineDied as error:
            yield Notice(error.template, "It is started again and looks at the newest picture.", error.values)
            mailbox.look_again()
        except Cancelled:
            if mailbox.is_closed:
                raise
            mailbox.look_again()
        else:
            if judging is not None and judging.failure is not None:
                log.warning("nothing judges for a while: %s", judging.failure)
                yield Notice(
                    judging.failure.template,
                    "Until it answers again, only how much a picture looks like it counts.",
                    judging.failure.values,
                )
            yield StandingLook(frame, tuple(found))


def judge_with(ask: AskOnce) -> Judge:
    """A judge that asks an engine for its verdict."""

    def judge(pixels: Frame, question: str) -> float:
        yes: float = ask(ImageRequest("judge", images=(pixels,), question=question)).yes
        return yes

    return judge
