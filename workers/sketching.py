"""The live loop of the canvas: what is drawn and ordered in, previews and pictures out, as long as it is open. No Qt.

    window: changed, stroke_began, stroke_ended ─▶ SketchPolicy ─▶ `run`, in the worker's thread ─▶ engine
            order, cancel                       ─▶ orders       ─┘         └─▶ SketchJob, SketchStep, SketchEnded

Nothing is queued for the pen: a picture always starts from the newest revision. What somebody ordered is made first, in
turn, and no stroke stops it; nothing that is shown already is made again. The same generator serves the window and the
benchmark.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from workers.cancel import Cancel
from workers.engine_process import EngineBug
from workers.errors import AppError, Cancelled, EngineDied
from workers.results import (
    GeneratedImage,
    Notice,
    Progress,
    SketchEnded,
    SketchJob,
    SketchRequest,
    SketchStep,
    StepPreview,
)
from workers.sketch_policy import LiveJob, SketchPolicy, SketchPolicyOptions

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Drawing:
    """What is on the canvas at a revision, as a request; None where there is nothing to make a picture of."""

    revision: int
    request: SketchRequest | None


Look: TypeAlias = Callable[[LiveJob], Drawing]
Generate: TypeAlias = Callable[[SketchRequest, Cancel], Iterator[Progress | Notice | StepPreview | GeneratedImage]]


@dataclass(frozen=True)
class _Order:
    revision: int
    request: SketchRequest
    of: tuple[int, int]
    is_of_canvas: bool


class Sketching:
    """Brings a canvas and an engine together. Its verbs return at once, from any thread; `run` belongs to one.

    Args:
        look: gives what is drawn now, called in the thread of `run`.
        generate: gives what the engine yields for a request, until the Cancel is set.
    """

    def __init__(
        self,
        look: Look,
        generate: Generate,
        *,
        options: SketchPolicyOptions | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look = look
        self._generate = generate
        self._numbers = itertools.count(1)
        self._condition = threading.Condition()  # guards what follows
        self._policy = SketchPolicy(options, clock=clock)
        self._orders: deque[_Order] = deque()
        self._running: Cancel | None = None
        self._running_order: _Order | None = None
        self._quick: SketchJob | None = None  # the quick picture of what is shown, if there was one
        self._last: SketchRequest | None = None  # of the picture that was finished last
        self._was_cancelled = False  # since the newest job was taken
        self._is_closed = False

    # ── what the window tells ───────────────────────────────────────────────────────────────────────────────────────

    def set_options(self, options: SketchPolicyOptions) -> None:
        with self._condition:
            self._policy.options = options
            self._react()

    def set_live(self, is_on: bool) -> None:
        """Pictures follow the pen from now on; switched off, the one that runs is stopped at once."""
        with self._condition:
            self._policy.set_live(is_on)
            self._react()

    def changed(self, revision: int) -> None:
        """The canvas, the words or a setting is another."""
        with self._condition:
            self._policy.changed(revision)
            self._react()

    def stroke_began(self) -> None:
        with self._condition:
            self._policy.stroke_began()

    def stroke_ended(self) -> None:
        with self._condition:
            self._policy.stroke_ended()
            self._react()

    def order(self, requests: Sequence[SketchRequest], *, revision: int, is_of_canvas: bool = False) -> None:
        """Has these pictures made, one after the other, before anything else; a live one that runs gives way.

        Where they are of what is on the canvas at the revision, no live one of it follows.
        """
        with self._condition:
            for place, request in enumerate(requests, 1):
                self._orders.append(_Order(revision, request, (place, len(requests)), is_of_canvas))
            if self._running is not None and self._running_order is None:
                self._running.set()
            self._condition.notify_all()

    @property
    def n_ordered(self) -> int:
        """How many pictures are ordered and not begun."""
        with self._condition:
            return len(self._orders)

    def cancel(self) -> None:
        """Gives up the picture that runs and all that are ordered; live pictures go on with the next change."""
        with self._condition:
            self._was_cancelled = True
            self._orders.clear()
            self._policy.skip()
            if self._running is not None:
                self._running.set()

    def close(self) -> None:
        """Ends `run` within a step."""
        with self._condition:
            self._is_closed = True
            if self._running is not None:
                self._running.set()
            self._condition.notify_all()

    def _react(self) -> None:
        if self._running is not None and self._running_order is None and self._policy.must_stop():
            self._running.set()
        self._condition.notify_all()

    # ── in the worker's thread ──────────────────────────────────────────────────────────────────────────────────────

    def run(self) -> Iterator[SketchJob | SketchStep | SketchEnded]:
        """Yields what happens, until `close`. A picture that fails is told, and live pictures are switched off.

        An engine that dies is started again: what was ordered is made anew, a live picture from what is drawn then. The
        pool says when it has died too often.
        """
        while (job := self._next()) is not None:
            cancel = Cancel()
            with self._condition:
                self._running = cancel  # much may have happened while the canvas was looked at
                if self._was_cancelled or (self._orders and self._running_order is None):
                    cancel.set()
                self._react()
                if self._is_closed:
                    return
            yield job
            error: Exception | None = None
            is_complete = False
            try:
                for result in self._generate(job.request, cancel):
                    if isinstance(result, StepPreview):
                        with self._condition:
                            self._policy.progressed(result.step / result.of)
                    yield SketchStep(job, result)
                is_complete = not cancel()
            except Cancelled:
                pass
            except EngineDied as death:
                yield SketchStep(job, Notice(death.template, "It is started again; the drawing is kept.", death.values))
                self._order_again()
            except (AppError, EngineBug) as failure:
                error = failure
            self._end(job, is_complete=is_complete, has_failed=error is not None)
            yield SketchEnded(job, is_complete, error)

    def _next(self) -> SketchJob | None:
        """Waits for something to make; None when closed."""
        while True:
            with self._condition:
                order = live = None
                while not self._is_closed:
                    if self._orders:
                        order = self._orders.popleft()
                        break
                    if (live := self._policy.next_job()) is not None:
                        break
                    self._condition.wait(self._policy.wait_s())
                self._running_order = order
                self._was_cancelled = False
                if self._is_closed:
                    return None
            if order is not None:
                return SketchJob(next(self._numbers), order.revision, "ordered", order.request, order.of)
            assert live is not None
            drawing = self._look(live)
            with self._condition:
                self._policy.began_from(drawing.revision)
                if drawing.request is None or self._is_shown(drawing.request, drawing.revision, live):
                    self._policy.ended(is_complete=True)
                    continue
            return SketchJob(
                next(self._numbers), drawing.revision, "final" if live.is_final else "live", drawing.request
            )

    def _is_shown(self, request: SketchRequest, revision: int, live: LiveJob) -> bool:
        """Whether the very picture is there, or, of a quick one, the better picture that followed it."""
        if not live.is_final and self._quick is not None and self._quick.request == request:
            self._quick = replace(self._quick, revision=revision)
            return True
        return self._last == request

    def _order_again(self) -> None:
        with self._condition:
            if self._running_order is not None and self._running is not None and not self._running():
                self._orders.appendleft(self._running_order)

    def _end(self, job: SketchJob, *, is_complete: bool, has_failed: bool) -> None:
        with self._condition:
            self._running = None
            order = self._running_order
            if order is None:
                self._policy.ended(is_complete=is_complete)
            elif is_complete and order.is_of_canvas:
                self._policy.covered(order.revision)
            if is_complete:
                self._last = job.request
                if job.kind == "live":
                    self._quick = job
                elif self._quick is not None and self._quick.revision != job.revision:
                    self._quick = None
            if has_failed:
                self._policy.set_live(False)
                self._orders.clear()
