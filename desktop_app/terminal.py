"""What a command needs from the terminal: a line of progress, growing text, and Ctrl-C in order. No Qt."""

from __future__ import annotations

import errno
import os
import queue
import signal
import sys
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TextIO

from workers.cancel import Cancel
from workers.errors import UsageError

INTERRUPTED = 130  # the exit code of a command that was told to end
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # Ctrl-C, a polite kill, a terminal that was closed
ERASE_LINE = "\r\x1b[K"
SAME_S = 1.0  # signals that come together are one: `timeout` and `make` send theirs besides the terminal's


def check_inputs(names: Sequence[str]) -> None:
    """What can be told of the inputs of a command before any is opened; "-" is standard input.

    Raises:
        UsageError: one is empty or an address, or nothing is piped into standard input.
    """
    if "" in names:
        raise UsageError("An input is empty.", hint="Give the name of a file.")
    for name in names:
        if "://" in name:
            raise UsageError("'{address}' is an address, not a file.", hint="Download it first.", address=name)
    if names.count("-") > 1:
        raise UsageError("Standard input can be read only once.", hint="Give '-' once.")
    if "-" in names and (sys.stdin is None or sys.stdin.isatty()):
        raise UsageError("Nothing is piped into standard input.", hint="Pipe something into it, or give a file.")


class StatusLine:
    """One line on stderr that is written over and gone at the end; nothing where stderr is no terminal.

    `lock` is held while anything is written, so that lines of several threads never mix.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._is_terminal = sys.stderr.isatty()
        self._is_shown = False

    def show(self, text: str) -> None:
        if not self._is_terminal:
            return
        with self.lock, suppress(OSError):  # the terminal was closed
            sys.stderr.write(ERASE_LINE + _end_of(text, _width(sys.stderr)))
            sys.stderr.flush()
            self._is_shown = True

    def clear(self) -> None:
        """Before anything else is written to the terminal."""
        with self.lock, suppress(OSError):
            if self._is_shown:
                self._is_shown = False
                sys.stderr.write(ERASE_LINE)
                sys.stderr.flush()

    def __enter__(self) -> StatusLine:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()


class LiveText:
    """Text on stdout as it becomes certain; on a terminal with the unsure words after it in faint ink."""

    def __init__(self, status: StatusLine) -> None:
        self._status = status
        self._is_terminal = sys.stdout.isatty()
        self._line = ""  # what is certain of the line that is not ended yet
        self._has_unsure = False

    @property
    def is_mid_line(self) -> bool:
        return bool(self._line)

    def show_certain(self, words: Sequence[str]) -> None:
        with self._status.lock, _read_by_somebody():
            self._status.clear()
            if self._is_terminal:
                sys.stdout.write(ERASE_LINE + self._line)
                self._has_unsure = False
            for word in words:
                if self._is_terminal and _cells(self._line + word) > _width(sys.stdout):
                    self.end_line()
                shown = word if self._line else word.lstrip()
                sys.stdout.write(shown)
                self._line += shown
            sys.stdout.flush()

    def show_unsure(self, text: str) -> None:
        if not self._is_terminal:
            self._status.show(text.strip())
            return
        with self._status.lock, _read_by_somebody():
            room = _width(sys.stdout) - _cells(self._line)
            sys.stdout.write(f"{ERASE_LINE}{self._line}\x1b[2m{_end_of(text, room)}\x1b[0m")
            sys.stdout.flush()
            self._has_unsure = True

    def end_line(self) -> None:
        """What is certain stays, what is not goes."""
        with self._status.lock, _read_by_somebody():
            if self._has_unsure or (self._is_terminal and self._line):
                sys.stdout.write(ERASE_LINE + self._line)
            if self._line:
                sys.stdout.write("\n")
            sys.stdout.flush()
            self._line, self._has_unsure = "", False

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Within `with`, the terminal has a free line for something else."""
        with self._status.lock:
            self._status.clear()
            with suppress(OSError):  # nobody reads any more
                self.end_line()
            yield


class Interrupts:
    """Within `with`, the first Ctrl-C calls what `stop_with` was given, one that comes later cancels.

    Signals that the caller ignores, as `nohup` does, stay ignored.
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
        heeded = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        self._before = {number: signal.signal(number, self._on_signal) for number in heeded}
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
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


@contextmanager
def _read_by_somebody() -> Iterator[None]:
    """A terminal that was closed is told as a pipe that nobody reads any more: BrokenPipeError."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.EIO:
            raise BrokenPipeError from error
        raise


def _width(stream: TextIO) -> int:
    return (os.get_terminal_size(stream.fileno()).columns or 80) - 1


def _cells(text: str) -> int:
    """How wide a terminal shows it: a Chinese letter takes two cells."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _end_of(text: str, width: int) -> str:
    """The text, or as much of its end as there is room for."""
    if _cells(text) <= width:
        return text
    while text and _cells(text) >= width:
        text = text[1:]
    return f"…{text}"[: max(0, width)]
