"""A track of a recording: a source, its file, and what waits to be transcribed. No Qt."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np

from workers.errors import DiskError
from workers.mailbox import Backlog
from workers.recorder import FlacRecorder
from workers.results import SAMPLE_RATE_HZ, Commit, Levels, Samples
from workers.sources.base import AudioSource

COLUMN = 320  # samples: 20 ms, one column of the waveform
LEVELS_PERIOD_S = 1 / 30
JOIN_GAP_S = 0.05  # tracks that are less apart than this begin together
COMMITS_KEPT = 100  # for a worker that goes on: a commit has a word or ends a segment, and half a minute is needed


class Track:
    """One source with what takes its sound. `take` is called in the source's thread, the rest in others.

    Args:
        on_levels: how loud it is, in the source's thread, some 30 times a second.
        on_problem: what cannot be written to the disk.
        on_end: the source ended by itself, with what went wrong, if anything.
        position_of_all: samples of the track that is furthest; one that joins later is silent until there.

    Attributes:
        said: what was confirmed of late, for a worker that takes over from one that failed.
        failures: when a worker failed.
        is_on_disk: it has ended, and its file holds all of it.
        condition: what is wrong with its device.
        device_name: of the device that `condition` is about.
    """

    def __init__(
        self,
        source: AudioSource,
        *,
        on_levels: Callable[[Levels], None],
        on_problem: Callable[[object], None],
        on_end: Callable[[Track, Exception | None], None],
        position_of_all: Callable[[], int],
    ) -> None:
        self.name = source.track
        self.source = source
        self.backlog = Backlog()
        self.path: Path | None = None
        self.is_on_disk = False
        self.is_lost = False
        self.is_started = False
        self.said: deque[Commit] = deque(maxlen=COMMITS_KEPT)
        self.failures: list[float] = []
        self.is_given_up = False
        self.condition: Literal["", "silent", "away", "lost"] = ""
        self.device_name = ""
        self.topic = f"source {source.track}"
        self._recorder: FlacRecorder | None = None
        self._on_levels, self._on_problem, self._on_end = on_levels, on_problem, on_end
        self._position_of_all = position_of_all
        self._lock = threading.Lock()
        self._is_joining = True
        self._rest = np.zeros(0, np.float32)
        self._columns: list[Samples] = []
        self._levels_due = 0.0

    @property
    def seconds(self) -> float:
        return self.backlog.received / SAMPLE_RATE_HZ

    @property
    def is_ended(self) -> bool:
        """No more sound can come."""
        return self.backlog.is_closed

    def record(self, path: Path) -> None:
        """Keeps what comes in a file; without one the track works as well."""
        try:
            self._recorder = FlacRecorder(path)
            self.path = path
        except DiskError as error:
            self._on_problem(error)

    def start(self) -> None:
        """Opens the source; sound comes from now on."""
        self._is_joining = True
        self.source.start(self.take, self._on_source_end)
        self.is_started = True

    def replace_source(self, source: AudioSource) -> None:
        self.source, self.is_lost, self.is_started = source, False, False

    def rejoin(self) -> None:
        """Its source misses sound: what it gives next lies where the other tracks are."""
        with self._lock:
            self._is_joining = True

    def take(self, samples: Samples) -> None:
        with self._lock:
            if self._is_joining:  # a device that answers later, or anew, is silent until then
                self._is_joining = False
                missing = self._position_of_all() - self.backlog.received - len(samples)
                if missing > JOIN_GAP_S * SAMPLE_RATE_HZ:
                    self._write(np.zeros(missing, np.float32))
            self._write(samples)
        self._measure(samples)

    def take_silence(self, seconds: float) -> None:
        """A pause that is heard: what was said before it is a whole sentence."""
        with self._lock:
            if not self.is_ended:
                self._write(np.zeros(round(seconds * SAMPLE_RATE_HZ), np.float32))

    def give_up(self) -> None:
        """Nobody transcribes it any more: from now on its sound is on the disk only."""
        self.is_given_up = True
        self.backlog.acknowledge(self.backlog.received)

    def end(self) -> None:
        """No more sound comes; what waits is transcribed."""
        with self._lock:
            if self._recorder is not None:
                recorder, self._recorder = self._recorder, None
                try:
                    recorder.close()
                except DiskError as error:
                    self._on_problem(error)
                self.is_on_disk = recorder.seconds_lost == 0
            self.backlog.close()

    def close(self) -> None:
        """Stops the source, then `end`; takes as long as the device and the disk do."""
        if self.is_started and not self.is_lost:
            self.source.stop()
        self.end()

    def _write(self, samples: Samples) -> None:
        if self._recorder is not None:
            try:
                self._recorder.write(samples)  # first: what is on disk can be transcribed later
            except DiskError as error:
                self._on_problem(error)
        self.backlog.put(samples)
        if self.is_given_up:
            self.backlog.acknowledge(self.backlog.received)

    def _measure(self, samples: Samples) -> None:
        joined = np.concatenate([self._rest, samples])
        count = len(joined) // COLUMN
        self._rest = joined[count * COLUMN :]
        if count:
            self._columns.append(joined[: count * COLUMN].reshape(count, COLUMN))
        if self._columns and time.monotonic() >= self._levels_due:
            self._levels_due = time.monotonic() + LEVELS_PERIOD_S
            columns = np.concatenate(self._columns)
            self._columns.clear()
            peaks = np.stack([columns.min(axis=1), columns.max(axis=1)], axis=1)
            rms = float(np.sqrt(np.mean(np.square(columns))))
            self._on_levels(Levels(self.name, peaks, 20 * float(np.log10(max(rms, 1e-6)))))

    def _on_source_end(self, error: Exception | None) -> None:
        self._on_end(self, error)
