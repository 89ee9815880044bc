"""Writes a track to disk as FLAC while it is spoken, and makes whole what a crash cut off. No Qt."""

from __future__ import annotations

import logging
import os
import queue
import threading
from functools import cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from workers.errors import DiskError, SourceError, disk_error
from workers.results import SAMPLE_RATE_HZ, Samples

log = logging.getLogger(__name__)

SYNC_EVERY_S = 1.0
"""A power cut takes this much; a SIGKILL takes only the frame being encoded, 4096 samples or 0.26 s."""

MEMORY_LIMIT_BYTES = 64 * 1024 * 1024
"""While the disk takes nothing, this much FLAC waits in memory: an hour of speech and more."""


class FlacRecorder:
    """Takes samples and keeps them as 16-bit FLAC; `write` never waits for the disk.

    A thread of its own encodes and writes. When the disk is full, read-only or gone, that is told once with a
    `DiskError`, the file so far stays valid, and what follows waits in memory until the disk takes it again. Only what
    goes beyond `MEMORY_LIMIT_BYTES`, or still waits at `close`, is lost and counted.

    Raises:
        DiskError: the file cannot be made, or is already there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise disk_error(error, path) from error
        self._queue: queue.SimpleQueue[NDArray[np.int16] | None] = queue.SimpleQueue()
        self._sink = _Sink()
        self._problem: DiskError | None = None
        self._is_failing = False
        self._is_closed = False
        self._samples_written = 0
        self._samples_lost = 0
        self._thread = threading.Thread(target=self._run, name=f"recorder {path.name}", daemon=True)
        self._thread.start()

    @property
    def seconds_written(self) -> float:
        """What a crash would leave on disk, less at most one frame."""
        return self._samples_written / SAMPLE_RATE_HZ

    @property
    def seconds_lost(self) -> float:
        """What found no room, neither on disk nor in memory."""
        return self._samples_lost / SAMPLE_RATE_HZ

    def write(self, samples: Samples) -> None:
        """Takes samples of any length.

        Raises:
            DiskError: once for each time that the disk fails; the samples are taken all the same.
        """
        self._queue.put(np.round(np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16))
        self._tell()

    def close(self) -> None:
        """Makes the file whole; returns when it is on disk.

        Raises:
            DiskError: the disk failed and nobody was told yet.
        """
        if self._is_closed:
            return
        self._is_closed = True
        self._queue.put(None)
        self._thread.join()
        self._tell()

    def _tell(self) -> None:
        problem, self._problem = self._problem, None
        if problem:
            raise problem

    def _run(self) -> None:
        import soundfile

        received, synced = 0, 0
        with soundfile.SoundFile(
            self._sink, "w", samplerate=SAMPLE_RATE_HZ, channels=1, subtype="PCM_16", format="FLAC"
        ) as encoder:
            while (samples := self._queue.get()) is not None:
                if len(self._sink.waiting) >= MEMORY_LIMIT_BYTES and not self._save(sync=False):
                    self._samples_lost += len(samples)
                    samples[:] = 0  # silence costs nothing, and later words keep their place
                encoder.write(samples)
                received += len(samples)
                is_due = received - synced >= SYNC_EVERY_S * SAMPLE_RATE_HZ
                if self._save(sync=is_due):
                    self._samples_written = received - self._samples_lost
                if is_due:
                    synced = received
        self._finish(received)

    def _save(self, *, sync: bool) -> bool:
        """Moves what the encoder gave to the disk; False when the disk does not take it."""
        waiting = self._sink.waiting
        try:
            while waiting:
                del waiting[: os.write(self._file, bytes(waiting[:65536]))]  # a nearly full disk takes a part
            if sync:
                os.fsync(self._file)
                self._path.stat()  # a deleted file takes everything and keeps nothing
        except OSError as error:
            if not self._is_failing:
                log.warning("%s cannot be written, %d bytes wait: %s", self._path.name, len(waiting), error)
                self._is_failing = True
                self._problem = disk_error(error, self._path)
            return False
        if self._is_failing and sync:
            log.info("%s is written again", self._path.name)
            self._is_failing = False
        return True

    def _finish(self, received: int) -> None:
        try:
            if self._save(sync=False):
                for position, data in self._sink.patches:
                    os.pwrite(self._file, data, position)
                self._save(sync=True)
            if not self._path.exists():
                self._restore()
            if self._sink.waiting:
                kept_s = recover_flac(self._path)
                self._samples_lost = received - round(kept_s * SAMPLE_RATE_HZ)
            self._samples_written = received - self._samples_lost
        except (OSError, DiskError, SourceError):
            log.exception("%s could not be finished", self._path.name)
            self._samples_written, self._samples_lost = 0, received
        finally:
            os.close(self._file)

    def _restore(self) -> None:
        """Writes the file again after somebody took its folder away: its content lives until we close it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        os.lseek(self._file, 0, os.SEEK_SET)
        with self._path.open("wb") as copy:
            while block := os.read(self._file, 1 << 20):
                copy.write(block)


class _Sink:
    """The file that libsndfile believes to write: appended bytes wait here, later changes to the header aside."""

    def __init__(self) -> None:
        self.waiting = bytearray()
        self.patches: list[tuple[int, bytes]] = []
        self._length = 0
        self._position = 0

    def write(self, data: bytes) -> int:
        if self._position == self._length:
            self.waiting += data
            self._length += len(data)
        else:
            self.patches.append((self._position, bytes(data)))
        self._position += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._position = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._length}[whence]
        return self._position

    def tell(self) -> int:
        return self._position

    def read(self, _size: int = -1) -> bytes:
        return b""  # libsndfile asks for the method and does not call it


# ── a file that was cut off ──────────────────────────────────────────────────────────────────────────────────────────
# A FLAC file is "fLaC", metadata blocks (STREAMINFO first) and frames (RFC 9639). The encoder writes the number of
# samples into STREAMINFO when it closes; until then it is 0, and players cannot seek.

_FORMAT = slice(18, 26)  # in STREAMINFO: 20 bits rate, 3 channels, 5 bits per sample, 36 number of samples
_N_SAMPLES_MASK = (1 << 36) - 1
_FRAME_SYNC = b"\xff\xf8"  # frames of a fixed block size, as libsndfile writes them
_TAIL_BYTES = 256 * 1024  # a frame of 4096 samples of 16 bits has at most 8.3 KB


def recover_flac(path: Path) -> float:
    """Makes a FLAC file that a crash cut off a complete one, and tells its length in seconds.

    What is left of the last frame is cut away, then one small write sets the length. Killed in between, the next call
    finishes the work; a whole file stays as it is; a full disk does not matter, and an hour takes as long as a second.

    Raises:
        SourceError: this is no FLAC file of ours, or it was cut off before the first sound.
        DiskError: it cannot be changed.
    """
    try:
        with path.open("r+b") as file:
            head = file.read(42)
            if len(head) < 42 or not head.startswith(b"fLaC"):
                raise SourceError("'{name}' holds no recording.", name=path.name)
            format_bits = int.from_bytes(head[_FORMAT])
            sample_rate = format_bits >> 44
            n_samples = format_bits & _N_SAMPLES_MASK
            if n_samples == 0:
                start = max(_first_frame(file), file.seek(0, os.SEEK_END) - _TAIL_BYTES)
                file.seek(start)
                n_samples, end = _last_whole_frame(file.read(), block_size=int.from_bytes(head[8:10]))
                if n_samples == 0:
                    raise SourceError("'{name}' holds no recording.", name=path.name)
                file.truncate(start + end)
                file.seek(_FORMAT.start)
                file.write((format_bits | n_samples).to_bytes(8))
                file.flush()
                os.fsync(file.fileno())
                log.info("recovered %s, %.1f s", path.name, n_samples / sample_rate)
    except OSError as error:
        raise disk_error(error, path) from error
    return n_samples / sample_rate


def _first_frame(file: BinaryIO) -> int:
    position, is_last = 4, False
    while not is_last:
        file.seek(position)
        header = file.read(4)  # 1 bit last block, 7 bits type, 24 bits length
        is_last = len(header) < 4 or header[0] >= 0x80
        position += 4 + int.from_bytes(header[1:])
    return position


def _last_whole_frame(data: bytes, block_size: int) -> tuple[int, int]:
    """The samples up to the end of the last whole frame in `data`, and where that ends; (0, 0) when there is none."""
    # The cut may have left up to a header's worth of bytes that do not look like a frame yet.
    ends = {len(data) - left for left in range(16) if left == 0 or data[-left:][:2] in (_FRAME_SYNC, b"\xff")}
    position = len(data)
    while (position := data.rfind(_FRAME_SYNC, 0, position)) >= 0:
        if (header := _read_frame_header(data, position)) is None:
            continue
        frame_number, n_samples = header
        if end := _frame_end(data, position, ends):
            return frame_number * block_size + n_samples, end
        ends = {position}
    return 0, 0


def _read_frame_header(data: bytes, position: int) -> tuple[int, int] | None:
    """The number of the frame at `position` and how many samples it has; None when no frame starts there."""
    header = data[position : position + 16]
    if len(header) < 6:
        return None
    # The frame number is coded like a UTF-8 character: as many leading ones as it has bytes.
    n_bytes = max(1, 8 - (header[4] ^ 0xFF).bit_length())
    number = header[4] if n_bytes == 1 else header[4] & (0x7F >> n_bytes)
    for byte in header[5 : 4 + n_bytes]:
        number = number << 6 | byte & 0x3F
    size_code, rate_code = header[2] >> 4, header[2] & 0xF
    size_bytes = {6: 1, 7: 2}.get(size_code, 0)
    end = 4 + n_bytes + size_bytes + {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    if len(header) <= end or _crc(header[:end], 8, 0x07) != header[end]:
        return None
    if size_bytes:
        return number, int.from_bytes(header[4 + n_bytes :][:size_bytes]) + 1
    n_samples = (
        {1: 192} | {code: 576 << code - 2 for code in range(2, 6)} | {code: 256 << code - 8 for code in range(8, 16)}
    )
    return (number, n_samples[size_code]) if size_code else None


def _frame_end(data: bytes, start: int, ends: set[int]) -> int | None:
    """Which of `ends` closes the frame at `start`: over a whole frame with its checksum, the CRC-16 is zero."""
    for end in sorted(ends):
        if end > start and _crc(data[start:end], 16, 0x8005) == 0:
            return end
    return None


def _crc(data: bytes, n_bits: int, polynomial: int) -> int:
    table, mask, crc = _crc_table(n_bits, polynomial), (1 << n_bits) - 1, 0
    for byte in data:
        crc = (crc << 8 & mask) ^ table[(crc >> n_bits - 8) ^ byte]
    return crc


@cache
def _crc_table(n_bits: int, polynomial: int) -> tuple[int, ...]:
    table = []
    for byte in range(256):
        crc = byte << n_bits - 8
        for _ in range(8):
            crc = crc << 1 ^ (polynomial if crc >> n_bits - 1 & 1 else 0)
        table.append(crc & (1 << n_bits) - 1)
    return tuple(table)
