"""Where a source leaves audio for a worker, in its order; `workers.vision` keeps the newest picture. No Qt."""

from __future__ import annotations

import threading
from collections import deque

import numpy as np

from workers.results import SAMPLE_RATE_HZ, Samples


class Backlog:
    """The audio of one track in order; nothing is dropped before it is acknowledged.

    Positions are sample offsets since the start of the track. The source puts; the live loop waits, reads any stretch
    that is not acknowledged yet, and acknowledges what it has committed. Audio waits as 16-bit samples (115 MB an
    hour), so a slow machine loses nothing.
    """

    def __init__(self) -> None:
        self._blocks: deque[np.ndarray] = deque()
        self._condition = threading.Condition()
        self._received = 0
        self._acknowledged = 0
        self._first = 0  # position of the first sample of the first block
        self._closed = False

    def put(self, samples: Samples) -> None:
        """Appends samples; after `close` they are refused with RuntimeError."""
        block = np.round(np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16)
        with self._condition:
            if self._closed:
                raise RuntimeError("the backlog is closed")
            self._blocks.append(block)
            self._received += len(block)
            self._condition.notify_all()

    def close(self) -> None:
        """No more audio will come; waiters wake up."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    def wait(self, position: int, timeout_s: float | None = None) -> bool:
        """Waits until `position` samples have been received; False on time-out or when closed before."""
        with self._condition:
            self._condition.wait_for(lambda: self._received >= position or self._closed, timeout_s)
            return self._received >= position

    def read(self, start: int, stop: int) -> Samples:
        """The samples from `start` up to `stop` as float32; both within what is received and not acknowledged."""
        with self._condition:
            if not self._acknowledged <= start <= stop <= self._received:
                raise IndexError(f"{start}:{stop} is outside {self._acknowledged}:{self._received}")
            parts, position = [], self._first
            for block in self._blocks:
                if position + len(block) > start and position < stop:
                    parts.append(block[max(0, start - position) : stop - position])
                position += len(block)
        joined = np.concatenate(parts) if parts else np.zeros(0, np.int16)
        return (joined / np.float32(32767)).astype(np.float32)

    def acknowledge(self, position: int) -> None:
        """Lets go of everything before `position`."""
        with self._condition:
            self._acknowledged = max(self._acknowledged, min(position, self._received))
            while self._blocks and self._first + len(self._blocks[0]) <= self._acknowledged:
                self._first += len(self._blocks.popleft())

    @property
    def received(self) -> int:
        with self._condition:
            return self._received

    @property
    def acknowledged(self) -> int:
        with self._condition:
            return self._acknowledged

    @property
    def is_closed(self) -> bool:
        with self._condition:
            return self._closed

    @property
    def pending_s(self) -> float:
        """Seconds of audio received and not acknowledged."""
        with self._condition:
            return (self._received - self._acknowledged) / SAMPLE_RATE_HZ
