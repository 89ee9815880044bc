"""Raw sound from a pipe: 16 kHz, mono, signed 16-bit little endian. No Qt.

arecord -f S16_LE -r 16000 -t raw | sensorium transcribe - --live
"""

from __future__ import annotations

import os
import select
import threading
from typing import BinaryIO

import numpy as np

from workers.errors import SourceError
from workers.results import SAMPLE_RATE_HZ
from workers.sources.base import OnEnd, OnSamples

BLOCK_BYTES = 2 * SAMPLE_RATE_HZ // 10

# https://en.wikipedia.org/wiki/List_of_file_signatures: what a file starts with, or has after 4 or 8 bytes.
SIGNATURES = (
    (0, b"fLaC", "a FLAC file"),
    (0, b"OggS", "an Ogg file"),
    (0, b"ID3", "an MP3 file"),
    (0, b"\x1aE\xdf\xa3", "a Matroska or WebM file"),
    (0, b"caff", "a CAF file"),
    (0, b".snd", "an AU file"),
    (0, b"#!AMR", "an AMR file"),
    (4, b"ftyp", "an MP4 file"),
    (8, b"WAVE", "a WAV file"),
    (8, b"AVI ", "an AVI file"),
    (8, b"AIFF", "an AIFF file"),
)
# Layer III by version: MPEG 1 and 2. https://www.mp3-tech.org/programmer/frame_header.html
MP3_KBIT_PER_S = {
    3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
MP3_RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000)}


def container_of(head: bytes) -> str:
    """Which kind of file starts like this; empty for what can be raw sound."""
    for offset, signature, kind in SIGNATURES:
        if head[offset:].startswith(signature):
            return kind
    return "an MP3 file" if _is_mp3(head) else ""


def _is_mp3(head: bytes) -> bool:
    """Whether a frame of MP3 without a tag, and another one right after it, start like this."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return False
    version, bitrate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version not in MP3_RATES_HZ or not 1 <= bitrate <= 14 or rate == 3:
        return False
    bit_per_s = 1000 * MP3_KBIT_PER_S[version][bitrate - 1]
    frame_bytes = (144 if version == 3 else 72) * bit_per_s // MP3_RATES_HZ[version][rate] + (head[2] >> 1 & 1)
    return head[frame_bytes : frame_bytes + 2] == head[:2]


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
            data = self._read()  # programs write at least the head of a file at once
            if kind := container_of(data):
                raise SourceError(
                    "What is piped in is {kind}, not raw sound.",
                    hint="Give the file's name instead, or pipe it through: ffmpeg -i - -f s16le -ar 16000 -ac 1 -",
                    kind=kind,
                )
            while data:
                data = half + data
                whole = len(data) // 2 * 2
                half = data[whole:]
                if whole:
                    on_samples(np.frombuffer(data[:whole], "<i2").astype(np.float32) / np.float32(32768))
                data = self._read()
        except Exception as failure:  # noqa: BLE001  the top of a thread: the caller is told
            error = failure
        finally:
            on_end(error)

    def _read(self) -> bytes:
        """The next bytes; empty at the end of the pipe or after `stop`."""
        self._running.wait()
        select.select([self._fd, self._wake_reader], [], [])
        return b"" if self._is_stopped else os.read(self._fd, BLOCK_BYTES)
