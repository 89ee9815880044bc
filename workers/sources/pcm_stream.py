"""Raw sound from a pipe: 16 kHz, mono, signed 16-bit little endian. No Qt.

arecord -f S16_LE -r 16000 -t raw | sensorium transcribe - --live
"""

from __future__ import annotations

import os
import select
import threading
from typing import BinaryIO

import numpy as np

from workers.results import SAMPLE_RATE_HZ
from workers.sources.base import OnEnd, OnSamples

BLOCK_BYTES = 2 * SAMPLE_RATE_HZ // 10


class PcmStream:
    """Takes a pipe or file as it comes; a pause leaves what comes waiting in the pipe."""

    def __init__(self, pipe: BinaryIO, track: str = "me") -> None:
        self.track = track
        self._fd = pipe.fileno()
        self._running = threading.Event()
        self._running.set()
        self._is_stopped = False

    def start(self, on_samples: OnSamples, on_end: OnEnd) -> None:
        self._wake_reader, self._wake_writer = os.pipe()
        self._thread = threading.Thread(target=self._run, args=(on_samples, on_end), name="pcm-stream")
        self._thread.start()

    def pause(self) -> None:
        self._running.clear()

    def resume(self) -> None:
        self._running.set()

    def stop(self) -> None:
        if self._is_stopped:
            return
        self._is_stopped = True
        self._running.set()
        os.write(self._wake_writer, b"!")
        self._thread.join()
        os.close(self._wake_writer)
        os.close(self._wake_reader)

    def _run(self, on_samples: OnSamples, on_end: OnEnd) -> None:
        error: Exception | None = None
        half = b""  # of a sample whose other byte has not come yet
        try:
            while data := self._read():
                data = half + data
                whole = len(data) // 2 * 2
                half = data[whole:]
                if whole:
                    on_samples(np.frombuffer(data[:whole], "<i2").astype(np.float32) / np.float32(32768))
        except Exception as failure:  # noqa: BLE001  the top of a thread: the caller is told
            error = failure
        finally:
            on_end(error)

    def _read(self) -> bytes:
        """The next bytes; empty at the end of the pipe or after `stop`."""
        self._running.wait()
        select.select([self._fd, self._wake_reader], [], [])
        return b"" if self._is_stopped else os.read(self._fd, BLOCK_BYTES)
