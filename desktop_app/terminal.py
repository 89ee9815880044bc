"""What a command needs from the terminal: a line of progress, and Ctrl-C in order. No Qt."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

from workers.cancel import Cancel

SIGNALS = (signal.SIGINT, signal.SIGTERM)
SAME_S = 1.0  # signals that come together are one: `timeout` and `make` send theirs besides the terminal's


class StatusLine:
    """One line on stderr that is written over and gone at the end; nothing where stderr is no terminal."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._is_shown = False

    def show(self, text: str) -> None:
        if self._is_terminal:
            cells = (os.get_terminal_size(sys.stderr.fileno()).columns or 80) - 1
            length = cells if text.isascii() else cells // 2  # a Chinese letter takes two cells
            sys.stderr.write(f"\r\x1b[K{text[-length:]}")
            sys.stderr.flush()
            self._is_shown = True

    def clear(self) -> None:
        """Before anything else is written to the terminal."""
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._is_shown = False

    def __enter__(self) -> StatusLine:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()


class Interrupts:
    """Within `with`, the first Ctrl-C calls what `stop_with` was given, one that comes later cancels.

    A thread of its own does so, because a signal handler may not wait for locks that its own thread holds.
    """

    def __init__(self) -> None:
        self.cancelled = Cancel()
        self.were_there = False
        self._stop: Callable[[], None] | None = None
        self._signals: queue.SimpleQueue[float | None] = queue.SimpleQueue()  # its `put` may be called in a handler
        self._thread = threading.Thread(target=self._watch, name="interrupts")

    def stop_with(self, stop: Callable[[], None] | None) -> None:
        """From now on the next Ctrl-C calls `stop` in place of cancelling."""
        self._stop = stop

    def __enter__(self) -> Interrupts:
        self._before = [signal.signal(number, self._on_signal) for number in SIGNALS]
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in zip(SIGNALS, self._before, strict=True):
            signal.signal(number, handler)
        self._signals.put(None)
        self._thread.join()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._signals.put(time.monotonic())

    def _watch(self) -> None:
        last_at = float("-inf")
        while (came_at := self._signals.get()) is not None:
            if came_at < last_at + SAME_S:
                continue
            last_at = came_at
            self.were_there = True
            stop, self._stop = self._stop, None
            if stop:
                stop()
            else:
                self.cancelled.set()
