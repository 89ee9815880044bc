"""Takes what a source delivers, for tests to wait on and look at."""

from __future__ import annotations

import threading

import numpy as np

from workers.results import SAMPLE_RATE_HZ, Samples


class Collector:
    def __init__(self) -> None:
        self.blocks: list[Samples] = []
        self.ends: list[Exception | None] = []
        self._condition = threading.Condition()

    def on_samples(self, samples: Samples) -> None:
        with self._condition:
            self.blocks.append(samples)
            self._condition.notify_all()

    def on_end(self, error: Exception | None) -> None:
        with self._condition:
            self.ends.append(error)
            self._condition.notify_all()

    @property
    def samples(self) -> Samples:
        with self._condition:
            return np.concatenate(self.blocks) if self.blocks else np.zeros(0, np.float32)

    def wait_for_s(self, seconds: float) -> None:
        with self._condition:
            assert self._condition.wait_for(lambda: sum(map(len, self.blocks)) >= seconds * SAMPLE_RATE_HZ, 20)

    def wait_for_end(self) -> None:
        with self._condition:
            assert self._condition.wait_for(lambda: bool(self.ends), 20)
