"""The lanes that look: the newest frame in, labels, captions and answers out. No Qt.

A lane asks about one frame at a time and takes the newest one when it is free, so nothing queues up. What is asked can
be changed while it runs. The window, the command line and the benchmark run the very same loops.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from workers.errors import Cancelled, EngineDied
from workers.results import Answer, AnswerToken, Frame, ImageRequest, Notice, Region, Seen, VideoFrame

log = logging.getLogger(__name__)

AskOnce: TypeAlias = Callable[[ImageRequest], Any]
AskForTokens: TypeAlias = Callable[[ImageRequest], Iterator[Any]]

CELLS = 8  # a picture has changed when one of 8 x 8 cells has
CELL_SAMPLES = 8  # along each side of a cell: 64 pixels of it are enough
SMALL_PX = 336  # most models that label look at 224 or 256 pixels
FRESH_S = 0.03  # a frame of a camera that is older has a successor, which was taken and is on its way
ON_ITS_WAY_S = 0.05  # at most: the window waits for it, so no longer than anybody would notice
CHANGED = 0.06  # of full brightness: a camera's noise, averaged over a cell, stays below 0.02


class NewestFrame:
    """The newest frame of a source: its thread puts, the window shows it, and a question takes that of its moment."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.newest: VideoFrame | None = None
        self._clock = clock
        self._condition = threading.Condition()

    def put(self, frame: VideoFrame) -> None:
        with self._condition:
            self.newest = frame
            self._condition.notify_all()

    def of_this_moment(self) -> VideoFrame | None:
        """The newest frame, or where it is not fresh the one that is on its way; a source that stalls has its last.

        From a camera to here a frame takes some milliseconds, so the newest of 30 a second may be older than 1/30 s.
        """
        with self._condition:
            moment_s = self._clock()
            self._condition.wait_for(lambda: self._is_fresh(moment_s), ON_ITS_WAY_S)
            return self.newest

    def _is_fresh(self, moment_s: float) -> bool:
        return self.newest is None or moment_s - self.newest.captured_s <= FRESH_S


@dataclass(frozen=True, eq=False)
class LookPlan:
    """What a lane asks about each frame, and how often.

    Attributes:
        request: without images.
        region: the part of the frame to look at; None is all of it.
        interval_s: from the beginning of one look to that of the next, at least.
        only_changes: frames that look like the one before are left out.
        shrinks: for models that look at little: what is sent is a half, a third, ... of the frame, as long as its short
            side keeps `SMALL_PX`. At 1280 x 720 that takes away more than half of what a look costs beside the model.
    """

    request: ImageRequest
    region: Region | None = None
    interval_s: float = 0.0
    only_changes: bool = False
    shrinks: bool = False


class LookMailbox:
    """The newest frame and the newest plan of a lane: any thread puts, the lane takes when it is free.

    Attributes:
        skipped: how many frames were replaced before the lane had time for them.
        same_until_s: when the newest frame was captured that was left out because it looks like the one before.
    """

    def __init__(self, plan: LookPlan, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.skipped = 0
        self.same_until_s = -float("inf")
        self._plan = plan
        self._clock = clock
        self._condition = threading.Condition()
        self._frame: VideoFrame | None = None
        self._is_new = False  # the frame or the plan, since the last look
        self._is_paused = False
        self._is_closed = False
        self._due_s = -float("inf")
        self._last_cells: NDArray[np.float32] | None = None  # of the frame that was looked at last

    def put(self, frame: VideoFrame) -> None:
        with self._condition:
            self.skipped += self._is_new and self._frame is not None
            self._frame, self._is_new = frame, True
            self._condition.notify_all()

    def change(self, plan: LookPlan) -> None:
        """From the next look on, which comes at once, even at the same frame."""
        with self._condition:
            self._plan = plan
            self._look_again()

    def look_again(self) -> None:
        """At the newest frame, at once."""
        with self._condition:
            self._look_again()

    def clear(self) -> None:
        """What was put is of another source: the next frame is looked at, at once."""
        with self._condition:
            self._frame = None
            self._look_again()

    def pause(self) -> None:
        """No look begins until `resume`; the one under way may give up."""
        with self._condition:
            self._is_paused = True

    def resume(self) -> None:
        with self._condition:
            self._is_paused = False
            self._condition.notify_all()

    @property
    def is_paused(self) -> bool:
        return self._is_paused

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    def close(self) -> None:
        """No look begins any more."""
        with self._condition:
            self._is_closed = True
            self._condition.notify_all()

    def take(self) -> tuple[VideoFrame, ImageRequest] | None:
        """Waits until it is time to look; gives the frame as it was cropped and the whole request, None when closed."""
        next_look = self._wait_for_next()
        if next_look is None:
            return None
        frame, plan = next_look
        pixels = shrunk(frame.pixels) if plan.shrinks else frame.pixels
        return frame, replace(plan.request, images=(pixels,))

    def _wait_for_next(self) -> tuple[VideoFrame, LookPlan] | None:
        with self._condition:
            while not self._is_closed:
                wait_s = self._due_s - self._clock()
                if self._is_paused or not self._is_new or self._frame is None:
                    self._condition.wait()
                elif wait_s > 0:
                    self._condition.wait(wait_s)
                else:
                    self._is_new = False
                    frame, plan = self._frame, self._plan
                    frame = frame.cropped(plan.region)
                    if plan.only_changes and not self._has_changed(frame.pixels):
                        self.same_until_s = frame.captured_s
                        continue
                    self._due_s = self._clock() + plan.interval_s
                    return frame, plan
        return None

    def _look_again(self) -> None:
        self._due_s = -float("inf")
        self._last_cells = None
        self._is_new = self._frame is not None
        self._condition.notify_all()

    def _has_changed(self, pixels: Frame) -> bool:
        cells = cells_of(pixels)
        if self._last_cells is None or float(np.abs(cells - self._last_cells).max()) > CHANGED:
            self._last_cells = cells
            return True
        return False


def cells_of(pixels: Frame) -> NDArray[np.float32]:
    """The mean colour of each cell, (8, 8, 3) in [0, 1]; of a sample of the pixels, which costs next to nothing."""
    rows, columns = (np.linspace(0, size - 1, CELLS * CELL_SAMPLES).astype(np.intp) for size in pixels.shape[:2])
    sample = pixels[rows[:, None], columns]  # (64, 64, 3)
    means = sample.reshape(CELLS, CELL_SAMPLES, CELLS, CELL_SAMPLES, 3).mean((1, 3), dtype=np.float32)
    cells: NDArray[np.float32] = means / np.float32(255)
    return cells


def shrunk(pixels: Frame) -> Frame:
    """The picture made smaller by a whole number, each pixel the mean of those in its place."""
    factor = min(pixels.shape[:2]) // SMALL_PX
    if factor < 2:
        return pixels
    from PIL import Image

    return np.asarray(Image.fromarray(pixels).reduce(factor))


def look_live(mailbox: LookMailbox, ask: AskOnce, *, model_id: str) -> Iterator[Seen | Notice]:
    """Yields what is seen in the newest frames, until the mailbox is closed.

    An engine that died is told as a Notice and asked about what is newest then; a look that was cancelled while the
    mailbox is open, by a pause, is made again.

    Raises:
        EngineError, Cancelled: from `ask`.
    """
    while (taken := mailbox.take()) is not None:
        frame, request = taken
        started = time.monotonic()
        try:
            result = ask(request)
        except EngineDied as error:
            yield Notice(error.template, "It is started again and looks at the newest picture.", error.values)
            mailbox.look_again()
        except Cancelled:
            if mailbox.is_closed:
                raise
            mailbox.look_again()
        else:
            yield Seen(frame, result, model_id, time.monotonic() - started)


def answer_live(request: ImageRequest, ask: AskForTokens) -> Iterator[AnswerToken | Answer | Notice]:
    """The tokens of an answer and then all of it; after a Notice it begins anew, because the engine died.

    Raises:
        EngineError, Cancelled: from `ask`; EngineDied only when it died twice.
    """
    try:
        yield from ask(request)
    except EngineDied as error:
        yield Notice(error.template, "It is started again and asked once more.", error.values)
        yield from ask(request)
