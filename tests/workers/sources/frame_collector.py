"""What a test gets from a source of pictures."""

import threading
from collections.abc import Callable

from workers.results import CameraNotice, VideoFrame


class FrameCollector:
    """Takes what a source gives and wakes who waits for it."""

    def __init__(self) -> None:
        self.frames: list[VideoFrame] = []
        self.notices: list[CameraNotice] = []
        self.ends: list[Exception | None] = []
        self._changed = threading.Condition()

    def take(self, frame: VideoFrame) -> None:
        self._add(self.frames, frame)

    def notice(self, notice: CameraNotice) -> None:
        self._add(self.notices, notice)

    def end(self, error: Exception | None) -> None:
        self._add(self.ends, error)

    def until(self, ready: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(ready, 20.0)

    @property
    def conditions(self) -> list[str]:
        return [notice.condition for notice in self.notices]

    def _add(self, to: list, what: object) -> None:
        with self._changed:
            to.append(what)
            self._changed.notify_all()
