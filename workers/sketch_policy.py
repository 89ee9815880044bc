"""When a live canvas is turned into a picture, and when a picture gives way to a newer stroke. No Qt, no threads.

Others poll the canvas and compare pictures; here every change of the canvas or of the prompt has a revision number, and
the policy is asked only when something happened:

* A picture always starts from the newest revision, so none is out of date when it starts.
* While one stroke goes on, the picture that runs is finished: what is drawn is seen as often as the model allows.
* When the pen was lifted or set down anew, the picture that runs gives way, unless it is nearly done, or nothing was
  shown for a while: short quick strokes would else never be seen.
* When the pen rests, a better picture of the same revision follows; any change stops that at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

LiveMode = Literal["drawing", "stroke"]
"""Pictures follow while a stroke is drawn, or only when it has ended."""


@dataclass(frozen=True)
class SketchPolicyOptions:
    """How eager the live canvas is.

    Attributes:
        nearly_done: a picture of whose steps this share is done is finished whatever is drawn; with few steps that is
            one of which only the pixels are missing.
        patience_s: nor does one give way when nothing was finished for so long.
        rest_s: after a change, before a better picture is made.
    """

    mode: LiveMode = "drawing"
    nearly_done: float = 0.9
    patience_s: float = 2.0
    rest_s: float = 0.6
    has_final: bool = True


@dataclass(frozen=True)
class LiveJob:
    """A picture of a revision: quick ones follow the pen, the final one comes when it rests."""

    revision: int
    is_final: bool = False


class SketchPolicy:
    """Decides; whoever asks it makes the pictures, and tells what happens from one thread or under one lock."""

    def __init__(
        self, options: SketchPolicyOptions | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.options = options or SketchPolicyOptions()
        self._clock = clock
        self._is_live = False
        self._is_pen_down = False
        self._newest = 0
        self._changed_s = 0.0
        self._shown = 0  # newest revision that a quick picture, or a final one, was made of
        self._refined = 0
        self._running: LiveJob | None = None
        self._fraction = 0.0
        self._is_same_stroke = False  # the pen has not been lifted or set down since the running picture began
        self._unseen_since_s = 0.0  # when the oldest change came that no picture shows

    # ── what the user does ──────────────────────────────────────────────────────────────────────────────────────────

    @property
    def is_live(self) -> bool:
        return self._is_live

    def set_live(self, is_on: bool) -> None:
        self._is_live = is_on
        if is_on:
            self._unseen_since_s = self._clock()

    def changed(self, revision: int) -> None:
        """The canvas, the prompt or a setting is another."""
        if revision <= self._newest:
            return
        if self._newest == self._shown:
            self._unseen_since_s = self._clock()
        self._newest = revision
        self._changed_s = self._clock()

    def skip(self) -> None:
        """Nothing is wanted of what is drawn now; the next change is a reason again."""
        self._shown = self._refined = self._newest

    def covered(self, revision: int) -> None:
        """A picture that was asked for shows this revision: neither a quick one nor a better one of it is wanted."""
        self._shown = max(self._shown, revision)
        self._refined = max(self._refined, revision)
        self._unseen_since_s = self._clock()

    def stroke_began(self) -> None:
        self._is_pen_down = True
        self._is_same_stroke = False

    def stroke_ended(self) -> None:
        self._is_pen_down = False
        self._is_same_stroke = False

    # ── what the engine does ────────────────────────────────────────────────────────────────────────────────────────

    @property
    def running(self) -> LiveJob | None:
        return self._running

    def next_job(self) -> LiveJob | None:
        """What to make now; it counts as running until `ended`. None while one runs or nothing is wanted."""
        job = self._wanted()
        if job is not None and self._wait_s(job) <= 0:
            self._running = job
            self._fraction = 0.0
            self._is_same_stroke = self._is_pen_down
            return job
        return None

    def began_from(self, revision: int) -> None:
        """The running picture shows a later revision than it was asked for: the canvas was looked at later."""
        if self._running is not None:
            self._newest = max(self._newest, revision)
            self._running = LiveJob(revision, is_final=self._running.is_final)

    def progressed(self, fraction: float) -> None:
        """How far the running picture is, in [0, 1]."""
        self._fraction = fraction

    def ended(self, *, is_complete: bool) -> None:
        """The running picture is shown, or was given up."""
        job, self._running = self._running, None
        if job is None or not is_complete:
            return
        self._shown = max(self._shown, job.revision)
        if job.is_final:
            self._refined = max(self._refined, job.revision)
        self._unseen_since_s = self._clock()

    def must_stop(self) -> bool:
        """Whether the running picture gives way."""
        job = self._running
        if job is None:
            return False
        if not self._is_live:
            return True
        if job.revision == self._newest:
            return False
        if job.is_final:
            return True
        is_starving = self._clock() - self._unseen_since_s > self.options.patience_s
        return not (self._is_same_stroke or self._fraction >= self.options.nearly_done or is_starving)

    def wait_s(self) -> float | None:
        """In how many seconds `next_job` gives something by itself; None when only another event brings it."""
        job = self._wanted()
        return None if job is None else self._wait_s(job)

    def _wanted(self) -> LiveJob | None:
        if not self._is_live or self._running is not None:
            return None
        if self._shown < self._newest:
            return None if self.options.mode == "stroke" and self._is_pen_down else LiveJob(self._newest)
        if self.options.has_final and self._refined < self._newest and not self._is_pen_down:
            return LiveJob(self._newest, is_final=True)
        return None

    def _wait_s(self, job: LiveJob) -> float:
        return max(0.0, self._changed_s + self.options.rest_s - self._clock()) if job.is_final else 0.0
