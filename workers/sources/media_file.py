"""The sound of an audio or video file, as fast as it is taken or at the pace of a clock. No Qt.

PyAV (FFmpeg) reads nearly everything; soundfile is asked about what it refuses. Only a few blocks are in memory at a
time, so a file of hours starts at once.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workers.errors import SourceError
from workers.results import SAMPLE_RATE_HZ, Notice, Samples
from workers.sources.base import OnEnd, OnSamples

if TYPE_CHECKING:
    from av import AudioFrame
    from av.container import InputContainer

log = logging.getLogger(__name__)

BLOCK = 512  # 32 ms, what the voice detector looks at
SOUNDFILE_BLOCK_S = 1.0
MISSING_S = 1.0  # a file that ends this much before the length in its header was cut off
HOLE_S, LONGEST_HOLE_S = 0.1, 3600.0  # less is inexact, more is a time stamp that is wrong
FFMPEG_OPTIONS = {"protocol_whitelist": "file"}  # a playlist must not make us call servers


def duration_s(path: Path) -> float | None:
    """The length that the file's header tells; None where it tells none.

    Raises:
        SourceError: the file cannot be read as sound.
    """
    return _Reader(path).duration_s


def read_blocks(path: Path, *, on_notice: Callable[[Notice], None] = lambda notice: None) -> Iterator[Samples]:
    """The file's sound in order, in blocks of some milliseconds to a second.

    Raises:
        SourceError: the file cannot be read as sound.
    """
    return _Reader(path).blocks(on_notice)


class MediaFile:
    """Plays a file as a source: at `pace` times real time, or with None as fast as `on_samples` returns."""

    def __init__(
        self,
        path: Path,
        track: str = "file",
        pace: float | None = 1.0,
        *,
        on_notice: Callable[[Notice], None] = lambda notice: None,
    ) -> None:
        self.track = track
        self._path = Path(path)
        self._pace = pace
        self._on_notice = on_notice
        self._condition = threading.Condition()
        self._is_paused = False
        self._is_stopped = False

    def start(self, on_samples: OnSamples, on_end: OnEnd) -> None:
        blocks = read_blocks(self._path, on_notice=self._on_notice)
        self._thread = threading.Thread(target=self._run, args=(blocks, on_samples, on_end), name="media-file")
        self._thread.start()

    def pause(self) -> None:
        with self._condition:
            self._is_paused = True

    def resume(self) -> None:
        with self._condition:
            self._is_paused = False
            self._condition.notify_all()

    def stop(self) -> None:
        with self._condition:
            self._is_stopped = True
            self._condition.notify_all()
        self._thread.join()

    def _run(self, blocks: Iterator[Samples], on_samples: OnSamples, on_end: OnEnd) -> None:
        error: Exception | None = None
        due = time.monotonic()
        try:
            for block in _in_blocks_of(BLOCK, blocks):
                due += len(block) / SAMPLE_RATE_HZ / self._pace if self._pace else 0.0
                due += self._wait_until(due)
                if self._is_stopped:
                    break
                on_samples(block)
        except Exception as failure:  # noqa: BLE001  the top of a thread: the caller is told
            error = failure
        finally:
            on_end(error)

    def _wait_until(self, due: float) -> float:
        """Waits for `due`, or while paused; returns how long a pause took."""
        with self._condition:
            if self._pace:
                self._condition.wait_for(lambda: self._is_stopped or self._is_paused, max(0.0, due - time.monotonic()))
            if not self._is_paused:
                return 0.0
            paused_at = time.monotonic()
            self._condition.wait_for(lambda: self._is_stopped or not self._is_paused)
            return time.monotonic() - paused_at


def _in_blocks_of(size: int, blocks: Iterator[Samples]) -> Iterator[Samples]:
    rest = np.zeros(0, np.float32)
    for block in blocks:
        rest = np.concatenate([rest, block]) if len(rest) else block
        for start in range(0, len(rest) - size + 1, size):
            yield rest[start : start + size]
        rest = rest[len(rest) // size * size :]
    if len(rest):
        yield rest


def _as_samples(pcm: NDArray[np.int16]) -> Samples:
    return pcm.reshape(-1).astype(np.float32) / np.float32(32768)


def _silence(seconds: float) -> Iterator[Samples]:
    """What nothing was recorded for, in blocks of a second."""
    n_samples = round(seconds * SAMPLE_RATE_HZ)
    for first in range(0, n_samples, SAMPLE_RATE_HZ):
        yield np.zeros(min(SAMPLE_RATE_HZ, n_samples - first), np.float32)


def _start_s(container: InputContainer) -> float:
    """When the file begins, by its own time stamps: its sound may begin later."""
    import av

    return float((container.start_time or 0) / av.time_base)


def _kind(frame: AudioFrame) -> tuple[str, str, int]:
    """What a resampler is made for; it may change on the way, as in MP3 files that were joined."""
    return frame.format.name, frame.layout.name, frame.sample_rate


class _Reader:
    """Opens a file with the library that can, or says why none can."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.duration_s: float | None = None
        self._n_tracks = 1
        self._others_end_s = 0.0  # of what is in the file beside the sound
        self._is_shorter_than_its_header = False
        self._check()
        self._blocks = self._open_with_pyav() or self._open_with_soundfile()

    def _check(self) -> None:
        try:
            if self._path.is_dir():
                raise SourceError("{path} is a folder.", hint="Choose a file in it.", path=self._path)
            with self._path.open("rb") as file:
                header = file.read(8)
            if not header:
                raise SourceError("{path} is empty.", hint="Choose another file.", path=self._path)
            # FFmpeg takes the length of a WAV file from its size; 0 and all ones mean "written to a pipe".
            riff_bytes = int.from_bytes(header[4:], "little") if header.startswith(b"RIFF") else 0
            self._is_shorter_than_its_header = self._path.stat().st_size < riff_bytes < 0xFFFFFF00
        except FileNotFoundError as error:
            raise SourceError("{path} does not exist.", hint="Check the name.", path=self._path) from error
        except PermissionError as error:
            raise SourceError(
                "{path} may not be read.", hint="Ask its owner for the permission.", path=self._path
            ) from error
        except OSError as error:
            raise SourceError(
                "{path} cannot be read: {reason}.", hint="Check the disk.", path=self._path, reason=error.strerror
            ) from error

    def _open_with_pyav(self) -> Callable[[], Iterator[Samples]] | None:
        import av

        try:
            container = av.open(f"file:{self._path}", container_options=FFMPEG_OPTIONS, metadata_errors="replace")
        except (av.FFmpegError, ValueError) as error:
            log.info("PyAV cannot read the file: %s", error)
            return None
        if not container.streams.audio:
            container.close()
            raise SourceError("{path} has no sound.", hint="Choose a file with an audio track.", path=self._path)
        self._n_tracks = len(container.streams.audio)
        stream = container.streams.audio[0]
        stream.thread_type = "AUTO"
        if stream.duration is not None and stream.time_base is not None:
            ends_s = float(((stream.start_time or 0) + stream.duration) * stream.time_base)
            self.duration_s = ends_s - _start_s(container)
        elif container.duration is not None:  # of the longest stream: Matroska tells no other
            self.duration_s = container.duration / av.time_base
        container.close()
        return self._pyav_blocks

    def _pyav_blocks(self) -> Iterator[Samples]:
        import av

        with av.open(f"file:{self._path}", container_options=FFMPEG_OPTIONS, metadata_errors="replace") as container:
            position_s = _start_s(container)
            for _, alike in itertools.groupby(self._frames(container), key=_kind):
                # Integers, because FFmpeg mixes floats to mono without keeping them within [-1, 1].
                resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE_HZ)
                for frame in itertools.chain(alike, [None]):
                    hole_s = frame.time - position_s if frame is not None and frame.time is not None else 0.0
                    if HOLE_S < hole_s < LONGEST_HOLE_S:
                        position_s += hole_s
                        yield from _silence(hole_s)
                    for resampled in resampler.resample(frame):
                        position_s += resampled.samples / SAMPLE_RATE_HZ
                        yield _as_samples(resampled.to_ndarray())

    def _frames(self, container: InputContainer) -> Iterator[AudioFrame]:
        """The sound as it is in the file, without what cannot be decoded."""
        import av

        sound, start_s = container.streams.audio[0], _start_s(container)
        broken_packets = 0
        for packet in container.demux():
            if packet.stream.index != sound.index:
                if packet.pts is not None and packet.time_base is not None:
                    end_s = float((packet.pts + (packet.duration or 0)) * packet.time_base) - start_s
                    self._others_end_s = max(self._others_end_s, end_s)
                continue
            try:
                yield from packet.decode()
            except av.FFmpegError:
                broken_packets += 1
        if broken_packets:
            log.warning("%d packets could not be decoded", broken_packets)

    def _open_with_soundfile(self) -> Callable[[], Iterator[Samples]]:
        import soundfile

        try:
            info = soundfile.info(str(self._path))
        except (soundfile.LibsndfileError, RuntimeError) as error:
            raise SourceError(
                "{path} is not an audio or video file that can be read.",
                hint="Check that it plays elsewhere, or convert it to WAV.",
                path=self._path,
            ) from error
        self.duration_s = info.frames / info.samplerate
        return self._soundfile_blocks

    def _soundfile_blocks(self) -> Iterator[Samples]:
        import soundfile
        import soxr

        with soundfile.SoundFile(str(self._path)) as file:
            resampler = soxr.ResampleStream(file.samplerate, SAMPLE_RATE_HZ, num_channels=1, dtype="float32")
            for frames in file.blocks(int(SOUNDFILE_BLOCK_S * file.samplerate), dtype="float32", always_2d=True):
                yield resampler.resample_chunk(frames.mean(axis=1, dtype=np.float32))
            yield resampler.resample_chunk(np.zeros(0, np.float32), last=True)

    def blocks(self, on_notice: Callable[[Notice], None]) -> Iterator[Samples]:
        received_s = 0.0
        if self._n_tracks > 1:
            sentence = "{path} has {count} sound tracks; only the first is transcribed."
            hint = "Save another one as a file of its own to transcribe it."
            on_notice(Notice(sentence, hint, {"path": self._path, "count": self._n_tracks}))
        for block in self._blocks():
            received_s += len(block) / SAMPLE_RATE_HZ
            yield block
        end_s = max(received_s, self._others_end_s)  # a film may be longer than its sound
        if self._is_shorter_than_its_header or end_s < (self.duration_s or 0.0) - MISSING_S:
            log.warning("the file ends at %.1f s, before its header says (%s s)", end_s, self.duration_s)
            hint = "What is there was read. Copy the file again if it should be longer."
            on_notice(Notice("{path} is cut off before its end.", hint, {"path": self._path}))
