"""A camera without hardware, opened as OpenCV opens a real one: each picture carries its number and its time.

`SyntheticCapture` has the methods of cv2.VideoCapture, so a `Webcam` with `capture=CAPTURE` takes the very path of a
real camera. Its "device file" is a JSON file that says what it does, read anew for each picture; remove it to unplug.

    {"size": [640, 480], "fps": 30.0}        "is_black": true    "is_busy": true    "hangs": true    "most": [640, 480]

The number (32 bits) and the time (64 bits of nanoseconds) are 8 x 12 blocks, black or white, over the whole picture:
they survive being scaled, turned into JPEG and painted.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from workers.results import Frame
from workers.sources.base import Camera

CAPTURE = f"{__name__}:SyntheticCapture"
ROWS, COLUMNS = 8, 12
BITS = ROWS * COLUMNS  # 32 for the number, 64 for the time


def synthetic_camera(device: Path, **what: Any) -> Camera:
    """A camera with this device file, which is written."""
    change_camera(device, **{"size": (640, 480), "fps": 30.0, **what})
    return Camera(str(device), "Synthetic", str(device))


def change_camera(device: Path, **what: Any) -> None:
    """Changes what the camera does from its next picture on."""
    before = json.loads(device.read_text()) if device.exists() else {}
    beside = device.with_suffix(".new")
    beside.write_text(json.dumps({**before, **what}))
    beside.replace(device)


def encode(number: int, time_ns: int, width: int, height: int) -> Frame:
    """A picture that carries a number and a time."""
    value = (number << 64) | time_ns
    bits = np.array([(value >> bit) & 1 for bit in range(BITS)], np.uint8).reshape(ROWS, COLUMNS)
    grey = cv2.resize(bits * 200 + 20, (width, height), interpolation=cv2.INTER_NEAREST)  # not black: a lens cover is
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)


def decode(pixels: Frame) -> tuple[int, int]:
    """The number and the time that a picture carries, whatever its size."""
    height, width = pixels.shape[:2]
    rows = ((np.arange(ROWS) + 0.5) * height / ROWS).astype(int)
    columns = ((np.arange(COLUMNS) + 0.5) * width / COLUMNS).astype(int)
    bits = pixels[rows[:, None], columns].mean(-1).reshape(-1) > 120
    value = sum(1 << bit for bit, is_set in enumerate(bits) if is_set)
    return value >> 64, value & ((1 << 64) - 1)


class SyntheticCapture:
    """cv2.VideoCapture, as far as `workers.sources.frame_process` uses it."""

    def __init__(self, path: str, _backend: int) -> None:
        self._device = Path(path)
        self._what: dict[str, Any] = json.loads(self._device.read_text())
        self._number = 0
        self._due_s = time.monotonic()
        self._fourcc = 0
        while self._what.get("hangs_open"):
            time.sleep(0.05)

    def isOpened(self) -> bool:
        return True

    def set(self, key: int, value: float) -> bool:
        if key == cv2.CAP_PROP_FOURCC:
            self._fourcc = int(value)
        return True

    def get(self, key: int) -> float:
        """As a camera that gives 30 pictures a second of 720p only as JPEG."""
        width, height = self._what["size"]
        is_slow = width > 640 and not self._fourcc
        return {
            cv2.CAP_PROP_FRAME_WIDTH: float(width),
            cv2.CAP_PROP_FRAME_HEIGHT: float(height),
            cv2.CAP_PROP_FPS: 10.0 if is_slow else self._what["fps"],
        }[key]

    def grab(self) -> bool:
        try:
            self._what = json.loads(self._device.read_text())
        except FileNotFoundError:
            return False  # unplugged
        while self._what.get("hangs"):
            time.sleep(0.05)
        self._due_s += 1 / self.get(cv2.CAP_PROP_FPS)
        time.sleep(max(0.0, self._due_s - time.monotonic()))
        self._number += 1
        self._time_ns = time.monotonic_ns()
        return not self._what.get("is_busy")

    def retrieve(self) -> tuple[bool, Frame]:
        width, height = self._what["size"]
        picture = encode(self._number, self._time_ns, width, height)
        return True, picture * 0 if self._what.get("is_black") else picture
