"""A camera, a video or the screen in a process of its own, whose pictures reach the window through memory. No Qt.

Why a process: a driver or a server that hangs can be ended; OpenCV's import alone stalled a 30 Hz ticker of the
window's process by 110 to 140 ms, and points Qt to plugins of its own; decoding and turning take 5 to 15 ms a picture.
Why shared memory: a 1280 x 720 picture costs the window 0.7 ms of processor instead of 1.4 ms through a pipe, and is
there in a third of the time.

    python -m workers.sources.frame_process DESCRIPTOR '{"kind": "camera", ...}'   messages on stdout, commands on stdin

A message is its kind (one byte), the length of its body (4 bytes, little endian) and the body:
    f  a picture lies in the memory: FRAME                  c  condition: JSON with "is_black", or "is_endless"
    e  error: JSON with "reason" and "detail"; the last      z  the natural end; the last message
A command is two bytes:
    a  the picture was taken out; only then the next one is put there, and what comes until then is dropped
    o  orientation: quarter turns, plus 4 when mirrored
The end of stdin ends the process.
"""

from __future__ import annotations

import importlib
import json
import mmap
import os
import signal
import struct
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np

HEADER = struct.Struct("<cI")
FRAME = struct.Struct("<IdII")  # number, time.monotonic() when it was taken, height, width
MEMORY_BYTES = 3 * 8192 * 8192  # only what is used is real
READ_TIMEOUT_S = 10.0  # of a server that sends nothing
BLACK_BELOW = 8.0  # mean brightness of 255: a lens cover gives 0 to 4
BLACK_S = 1.0
SAMPLE_PX = 16
LATE_S = 0.5  # a video that cannot be decoded in time is played slower

# What may be opened for an address: a playlist must not reach files, nor a file call servers.
FILE_PROTOCOLS = "file"
SERVER_PROTOCOLS = "http,https,tls,tcp,udp,rtp,rtsp,rtsps,rtmp,rtmps,srt,crypto,data,httpproxy"


class Reader(Protocol):
    """Gives one picture after the other."""

    def next(self) -> bool:
        """Waits for the next picture, at its time; False at the natural end.

        Raises:
            Refused: it was lost.
        """

    def pixels(self) -> np.ndarray:
        """The picture that `next` waited for: (height, width, 3), uint8, RGB."""


class Refused(Exception):
    """Why a source cannot be opened or goes on no more; the window's process says it in a sentence."""

    def __init__(self, reason: str, detail: object = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = str(detail)


def main(arguments: list[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends this process
    request = json.loads(arguments[1])
    memory = mmap.mmap(int(arguments[0]), MEMORY_BYTES)
    _Delivery(request, np.frombuffer(memory, np.uint8), sys.stdin.buffer, sys.stdout.buffer).run()
    os._exit(0)  # drivers may hang when they are closed


class _Delivery:
    """Puts the newest picture into the memory whenever the parent has taken the one before."""

    def __init__(self, request: dict[str, Any], memory: np.ndarray, commands: BinaryIO, output: BinaryIO) -> None:
        self._request = request
        self._memory = memory
        self._commands = commands
        self._output = output
        self._is_free = threading.Event()
        self._is_free.set()
        self._orientation: int = request["orientation"]
        self._black_since_s: float | None = None
        self._is_black = False

    def run(self) -> None:
        threading.Thread(target=self._obey, daemon=True).start()
        try:
            self._deliver(open_reader(self._request))
        except Refused as refusal:
            self._send(b"e", json.dumps({"reason": refusal.reason, "detail": refusal.detail}).encode())
        else:
            self._send(b"z", b"")

    def _deliver(self, reader: Reader) -> None:
        if isinstance(reader, _Video):
            self._send(b"c", json.dumps({"is_endless": reader.is_endless}).encode())
        number = 0
        while reader.next():
            number += 1
            captured_s = time.monotonic()
            if self._is_free.is_set():
                self._put(reader.pixels(), number, captured_s)

    def _put(self, pixels: np.ndarray, number: int, captured_s: float) -> None:
        if self._request["kind"] == "camera":
            self._watch_for_black(pixels, captured_s)
        pixels = _turned(pixels, self._orientation)
        if pixels.nbytes > MEMORY_BYTES:
            raise Refused("large", f"{pixels.shape[1]} x {pixels.shape[0]}")
        self._memory[: pixels.size].reshape(pixels.shape)[:] = pixels
        self._is_free.clear()
        self._send(b"f", FRAME.pack(number, captured_s, *pixels.shape[:2]))

    def _watch_for_black(self, pixels: np.ndarray, now_s: float) -> None:
        if pixels[::SAMPLE_PX, ::SAMPLE_PX].mean() >= BLACK_BELOW:
            self._black_since_s = None
        elif self._black_since_s is None:
            self._black_since_s = now_s
        is_black = self._black_since_s is not None and now_s - self._black_since_s >= BLACK_S
        if is_black != self._is_black:
            self._is_black = is_black
            self._send(b"c", json.dumps({"is_black": is_black}).encode())

    def _obey(self) -> None:
        while len(command := self._commands.read(2)) == 2:
            if command[:1] == b"a":
                self._is_free.set()
            else:
                self._orientation = command[1]
        os._exit(0)  # the parent is gone, or does not want us any more

    def _send(self, kind: bytes, body: bytes) -> None:
        try:
            self._output.write(HEADER.pack(kind, len(body)) + body)
            self._output.flush()
        except BrokenPipeError:
            os._exit(0)


def _turned(pixels: np.ndarray, orientation: int) -> np.ndarray:
    import cv2

    quarters = orientation % 4
    if quarters:
        turns = (cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE)
        pixels = cv2.rotate(pixels, turns[quarters - 1])
    if orientation >= 4:
        pixels = cv2.flip(pixels, 1)
    return pixels


def open_reader(request: dict[str, Any]) -> Reader:
    """The reader of a request.

    Raises:
        Refused: it cannot be opened.
    """
    match request["kind"]:
        case "camera":
            return _Camera(request)
        case "video":
            return _Video(request["address"], is_looped=request["is_looped"])
        case _:
            return _Screen(tuple(request["box"]) if request["box"] else None, request["fps"])


class _Camera:
    """A camera through OpenCV, or through another class with the methods of its VideoCapture."""

    def __init__(self, request: dict[str, Any]) -> None:
        import cv2

        self._cv2 = cv2
        self._path: str = request["path"]
        module, _, name = request["capture"].partition(":")
        is_number = self._path.isdigit()
        backend = cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY
        opened = getattr(importlib.import_module(module), name)(int(self._path) if is_number else self._path, backend)
        self._capture: Any = opened
        if not opened.isOpened():
            raise Refused(self._why_not())
        opened.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._choose_format(request["width"], request["height"], request["fps"])
        if not opened.grab():  # many drivers say only now that another program has the camera
            raise Refused(self._why_not())

    def next(self) -> bool:
        if not self._capture.grab():
            raise Refused("lost", "no picture came")
        return True

    def pixels(self) -> np.ndarray:
        is_there, pixels = self._capture.retrieve()
        if not is_there:
            raise Refused("lost", "a picture could not be decoded")
        rgb: np.ndarray = self._cv2.cvtColor(pixels, self._cv2.COLOR_BGR2RGB)
        return rgb

    def _choose_format(self, width: int, height: int, fps: int) -> None:
        """Without compression if that gives what is wanted, else as JPEG: over USB 2, 720p raw is 10 a second."""
        cv2, capture = self._cv2, self._capture

        def choose() -> bool:
            for key, value in (
                (cv2.CAP_PROP_FRAME_WIDTH, width),
                (cv2.CAP_PROP_FRAME_HEIGHT, height),
                (cv2.CAP_PROP_FPS, fps),
            ):
                capture.set(key, value)
            is_large, is_fast = capture.get(cv2.CAP_PROP_FRAME_WIDTH) >= width, capture.get(cv2.CAP_PROP_FPS) >= fps - 1
            return bool(is_large and is_fast)

        if not choose():
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            choose()

    def _why_not(self) -> str:
        path = Path(self._path)
        if not self._path.startswith("/"):
            return "refused"
        if not path.exists():
            return "missing"
        if not os.access(path, os.R_OK | os.W_OK):
            return "denied"
        return "busy" if is_held(path) else "refused"


def is_held(device: Path) -> bool:
    """Whether another program of this account has the device open."""
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if link.parts[2] != str(os.getpid()) and os.readlink(link) == str(device):
                return True
        except OSError:
            continue  # it ended meanwhile, or belongs to somebody else
    return False


class _Video:
    """A file at its own pace, or a stream as it comes; one without a duration is endless."""

    def __init__(self, address: str, *, is_looped: bool) -> None:
        import av

        is_server = "://" in address
        options = {"protocol_whitelist": SERVER_PROTOCOLS if is_server else FILE_PROTOCOLS}
        if address.startswith("rtsp"):
            options["rtsp_transport"] = "tcp"  # over UDP a lost packet spoils the picture for seconds
        try:
            self._container = av.open(
                address if is_server else f"file:{address}",
                container_options=options,
                timeout=READ_TIMEOUT_S,
                metadata_errors="replace",
            )
        except (av.FFmpegError, ValueError, OSError) as error:
            raise Refused("refused", getattr(error, "strerror", None) or error) from error
        if not self._container.streams.video:
            raise Refused("no picture")
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self._error = av.FFmpegError
        self._is_looped = is_looped
        self._is_paced = self._container.duration is not None
        self.is_endless = is_server and not self._is_paced and self._is_live(address)
        self._frames = self._play()
        self._began_s: float | None = None  # when the picture with the time 0 was due

    def _is_live(self, address: str) -> bool:
        """Whether it goes on for ever: what a web server sends may be a file that does not tell its duration."""
        return not address.startswith("http") or bool({"hls", "mpjpeg"} & set(self._container.format.name.split(",")))

    def next(self) -> bool:
        frame = next(self._frames, None)
        if frame is None:
            return False
        if self._is_paced and frame.time is not None:
            now_s = time.monotonic()
            if self._began_s is None or now_s - self._began_s - frame.time > LATE_S:
                self._began_s = now_s - frame.time
            time.sleep(max(0.0, self._began_s + frame.time - now_s))
        self._frame = frame
        return True

    def pixels(self) -> np.ndarray:
        pixels: np.ndarray = self._frame.to_ndarray(format="rgb24")
        quarters = round(-self._frame.rotation / 90) % 4  # telephones film on their side
        return _turned(pixels, quarters)

    def _play(self) -> Iterator[Any]:
        while True:
            n_frames = 0
            try:
                for packet in self._container.demux(self._stream):
                    try:
                        frames = packet.decode()
                    except self._error:
                        continue  # a broken packet
                    for frame in frames:
                        n_frames += 1
                        yield frame
            except self._error as error:
                raise Refused("lost", error.strerror or error) from error
            if not n_frames:
                raise Refused("no picture")
            if not self._is_looped:
                return
            self._container.seek(0)
            self._began_s = None


class _Screen:
    """A part of the screen, some times a second."""

    def __init__(self, box: tuple[int, int, int, int] | None, fps: float) -> None:
        self._box = box
        self._period_s = 1 / fps
        self._due_s = time.monotonic()

    def next(self) -> bool:
        now_s = time.monotonic()
        time.sleep(max(0.0, self._due_s - now_s))
        self._due_s = max(self._due_s, now_s) + self._period_s
        return True

    def pixels(self) -> np.ndarray:
        from PIL import ImageGrab

        try:
            picture = ImageGrab.grab(self._box, all_screens=True, xdisplay="")
        except (OSError, ValueError) as error:
            raise Refused("refused", error) from error
        return np.asarray(picture.convert("RGB"))


if __name__ == "__main__":
    main(sys.argv[1:])
