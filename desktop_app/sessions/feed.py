"""A source that runs, and what came of it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from workers.results import VideoFrame
from workers.sources.base import FrameSource
from workers.vision import NewestFrame

RATE_OVER_S = 2.0


class Feed:
    """The frames of one source. `take` and `end` are called in the source's thread, the rest in the window's.

    Args:
        on_frame: each frame, in the source's thread.
        on_resized: the frames have another size now; in the source's thread.
        on_ended: the source ended by itself, with what went wrong, if anything; in the source's thread.

    Attributes:
        since_s: frames from before are of another source.
        fps: frames a second, of late.
        item_id: of the picture in the history, where it is one.
    """

    def __init__(
        self,
        source: FrameSource,
        *,
        on_frame: Callable[[Feed, VideoFrame], None],
        on_resized: Callable[[Feed], None],
        on_ended: Callable[[Feed, Exception | None], None],
        item_id: int | None = None,
    ) -> None:
        self.source = source
        self.item_id = item_id
        self.is_open = False
        self.since_s = time.monotonic()
        self.fps = 0.0
        self._on_frame = on_frame
        self._on_resized = on_resized
        self._on_ended = on_ended
        self._frames = NewestFrame()
        self._rate = Rate()

    def start(self) -> None:
        self.source.start(self.take, self.end)

    @property
    def newest(self) -> VideoFrame | None:
        return self._frames.newest

    def of_this_moment(self) -> VideoFrame | None:
        return self._frames.of_this_moment()

    def take(self, frame: VideoFrame) -> None:
        before = self.newest
        self._frames.put(frame)
        self.fps = self._rate.tick()
        self._on_frame(self, frame)
        if before is not None and before.size != frame.size:
            self._on_resized(self)

    def end(self, error: Exception | None) -> None:
        self._on_ended(self, error)


class Rate:
    """How often something happens, over the last second or two."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=60)

    def tick(self) -> float:
        """It happened; how often a second of late."""
        now = time.monotonic()
        self._times.append(now)
        while now - self._times[0] > RATE_OVER_S:
            self._times.popleft()
        passed_s = now - self._times[0]
        return (len(self._times) - 1) / passed_s if passed_s else 0.0


def exchange(old: Feed | None, new: Feed | None) -> None:
    """In a thread, because both may take seconds; the old one first, as it may be the same camera."""
    if old is not None:
        old.source.stop()
    if new is not None:
        new.start()
