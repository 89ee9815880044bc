"""What cameras, videos and the screen have in common: a process that gives pictures, started and ended. No Qt."""

from __future__ import annotations

import json
import logging
import mmap
import os
import subprocess
import sys
import tempfile
import threading
import time
from multiprocessing.connection import wait
from typing import IO, Any

import numpy as np

from workers.errors import AppError, Cancelled, SourceError
from workers.results import VideoFrame
from workers.sources.base import OnEnd, OnFrame, Orientation
from workers.sources.frame_process import FRAME, HEADER, MEMORY_BYTES

log = logging.getLogger(__name__)

RETRY_S = 0.2
MOST_RETRY_S = 5.0  # each try at a device that another program holds starts a process

HIDDEN_COMMAND = "frame-process"  # the subcommand that a frozen app, which has no `python -m`, gives to `main`


class ProcessSource:
    """A FrameSource whose pictures come from a process of `frame_process`.

    Subclasses say what to open (`_request`), how to put what goes wrong (`_error`), and may go on after a loss
    (`_on_lost`, with `_open_again`).

    Args:
        open_timeout_s: the first picture comes within this time or the source is given up.
        stall_s: without a picture for this long it counts as lost; None where a source may be still.
    """

    is_live = True

    def __init__(self, name: str, *, open_timeout_s: float, stall_s: float | None) -> None:
        self.name = name
        self._open_timeout_s = open_timeout_s
        self._stall_s = stall_s
        self._orientation = Orientation()
        self._stopping = threading.Event()
        self._lock = threading.Lock()  # of which process runs
        self._process: FrameProcess | None = None
        self._thread: threading.Thread | None = None
        self._n_before = 0  # frames that processes before this one gave
        self._number = 0

    def start(self, on_frame: OnFrame, on_end: OnEnd) -> None:
        first = self._open()
        self._thread = threading.Thread(target=self._run, args=(first, on_frame, on_end), name=f"frames-{self.name}")
        with self._lock:
            is_stopped = self._stopping.is_set()
            if not is_stopped:
                self._thread.start()
        if is_stopped:
            self._close()
            raise Cancelled

    def orient(self, orientation: Orientation) -> None:
        with self._lock:
            self._orientation = orientation
            if self._process is not None:
                self._process.command(b"o", _as_byte(orientation))

    def stop(self) -> None:
        with self._lock:
            self._stopping.set()
            if self._process is not None:
                self._process.kill()  # all it holds is the device: no driver can keep us waiting
            thread = self._thread
        if thread is not None and thread is not threading.current_thread() and thread.ident is not None:
            thread.join()

    # ── for subclasses ──────────────────────────────────────────────────────────────────────────────────────────────

    def _request(self) -> dict[str, Any]:
        """What the process is to open.

        Raises:
            SourceError: it is not there at all.
        """
        raise NotImplementedError

    def _error(self, reason: str, detail: str) -> SourceError:
        """The sentence for what the process says, or "died" or "stalled"."""
        raise NotImplementedError

    def _on_condition(self, condition: dict[str, Any]) -> None:
        """What the process says about how the pictures are."""

    def _on_lost(self, loss: AppError) -> VideoFrame:
        """Waits until it can go on; gives the first frame.

        Raises:
            AppError: it does not go on.
            Cancelled: `stop` was called.
        """
        raise loss

    def _is_there(self) -> bool:
        """Whether there is any use in trying to open it again."""
        return True

    def _open_again(self, retry_s: float = RETRY_S) -> tuple[VideoFrame, float]:
        """Tries less and less often until it opens; gives the first frame, and how long it would have waited next.

        Raises:
            Cancelled: `stop` was called.
        """
        while not self._stopping.wait(retry_s):
            if not self._is_there():
                retry_s = RETRY_S
                continue
            retry_s = min(1.5 * retry_s, MOST_RETRY_S)
            try:
                return self._open(), retry_s
            except SourceError as error:
                log.debug("still away: %s", error)
        raise Cancelled

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _open(self) -> VideoFrame:
        """Starts the process; gives its first frame."""
        request = self._request()
        with self._lock:
            if self._stopping.is_set():
                raise Cancelled
            self._n_before = self._number
            self._process = FrameProcess({**request, "orientation": _as_byte(self._orientation)})
        try:
            frame = self._next(self._open_timeout_s)
        except BaseException:
            self._process.close()
            raise
        if frame is None:
            self._process.close()
            raise self._error("no picture", "")
        log.info("'%s' gives %d x %d", self.name, *frame.size)
        return frame

    def _run(self, first: VideoFrame, on_frame: OnFrame, on_end: OnEnd) -> None:
        error: Exception | None = None
        frame: VideoFrame | None = first
        try:
            while frame is not None:
                on_frame(frame)
                try:
                    frame = self._next(self._stall_s)
                except AppError as loss:
                    self._close()
                    frame = self._on_lost(loss)
        except Cancelled:
            pass
        except Exception as failure:  # noqa: BLE001  the top of a thread: the caller is told
            error = failure
        finally:
            self._close()
            on_end(error)

    def _close(self) -> None:
        process = self._process
        if process is not None:
            process.close()

    def _next(self, timeout_s: float | None) -> VideoFrame | None:
        """The next frame; None at the natural end.

        Raises:
            SourceError: it was lost.
            Cancelled: `stop` was called.
        """
        process = self._process
        assert process is not None
        process.ask_for_next()
        deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            try:
                kind, body = process.read(deadline_s)
            except (EOFError, TimeoutError) as failure:
                if self._stopping.is_set():
                    raise Cancelled from None
                reason = "stalled" if isinstance(failure, TimeoutError) else "died"
                raise self._error(reason, str(failure)) from failure
            if kind == b"f":
                number, captured_s, height, width = FRAME.unpack(body)
                self._number = self._n_before + number
                return VideoFrame(process.take(height, width), self._number, captured_s)
            if kind == b"z":
                return None
            said = json.loads(body)
            if kind == b"e":
                raise self._error(said["reason"], said["detail"])
            self._on_condition(said)


class FrameProcess:
    """The window's end of a process that gives pictures."""

    def __init__(self, request: dict[str, Any]) -> None:
        file = _shared_file()
        with file:
            os.ftruncate(file.fileno(), MEMORY_BYTES)
            self._memory = mmap.mmap(file.fileno(), MEMORY_BYTES)
            self._said = tempfile.TemporaryFile()  # noqa: SIM115  drivers' chatter, for the debug log
            self._process = subprocess.Popen(
                [*_command(), str(file.fileno()), json.dumps(request)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                pass_fds=[file.fileno()],
                bufsize=0,
                env=_environment(),
            )
        self._lock = threading.Lock()  # of stdin, which two threads write to
        self._is_taken = False  # the picture in the memory

    def read(self, deadline_s: float | None) -> tuple[bytes, bytes]:
        """The next message.

        Raises:
            EOFError: the process has ended.
            TimeoutError: nothing came until `deadline_s`, on the clock of `time.monotonic`.
        """
        kind, length = HEADER.unpack(self._read(HEADER.size, deadline_s))
        return kind, self._read(length, deadline_s)

    def take(self, height: int, width: int) -> np.ndarray:
        """A copy of the picture in the memory."""
        shared = np.frombuffer(self._memory, np.uint8, 3 * height * width)
        pixels = shared.reshape(height, width, 3).copy()
        del shared  # a memory in use cannot be closed
        self._is_taken = True
        return pixels

    def ask_for_next(self) -> None:
        """Frees the memory for the next picture: only now, so that it is a new one whenever we had time for it."""
        if self._is_taken:
            self._is_taken = False
            self.command(b"a", 0)

    def command(self, letter: bytes, value: int) -> None:
        stdin = self._process.stdin
        with self._lock:
            if stdin is not None and not stdin.closed:
                try:
                    stdin.write(letter + bytes([value]))
                except BrokenPipeError:
                    log.debug("the process had ended before %r", letter)

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        """Ends the process and keeps what it said for the debug log."""
        self._process.kill()
        self._process.wait()
        with self._lock:
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
        if not self._said.closed:
            self._said.seek(0)
            log.debug("what the driver said: %s", self._said.read().decode(errors="replace"))
            self._said.close()
        self._memory.close()

    def _read(self, length: int, deadline_s: float | None) -> bytes:
        stdout = self._process.stdout
        assert stdout is not None
        parts = b""
        while len(parts) < length:
            wait_s = None if deadline_s is None else max(0.0, deadline_s - time.monotonic())
            if not wait([stdout.fileno()], wait_s):
                raise TimeoutError("nothing came")
            part = stdout.read(length - len(parts))
            if not part:
                raise EOFError(f"exit code {self._process.wait()}")
            parts += part
        return parts


def _as_byte(orientation: Orientation) -> int:
    return orientation.rotate_deg // 90 + 4 * orientation.is_mirrored


def _shared_file() -> IO[bytes]:
    """A file in memory where the system has such, else one that nobody sees."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("sensorium-frames"), "r+b")
    return tempfile.TemporaryFile()


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, HIDDEN_COMMAND]
    return [sys.executable, "-P", "-m", "workers.sources.frame_process"]


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "OPENCV_LOG_LEVEL": "ERROR",
        "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",  # else Windows may take minutes to open a camera
        "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "3",  # seconds; 10 by default
    }
