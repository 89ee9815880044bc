"""What a part of the screen shows, some times a second, taken in a process of its own. No Qt."""

from __future__ import annotations

import os
import sys
from typing import Any

from workers.errors import DeviceError
from workers.sources.process_source import ProcessSource

OPEN_TIMEOUT_S = 10.0
FPS = 10.0  # a screen is read, not watched


class ScreenRegion(ProcessSource):
    """A rectangle of the desktop in pixels of the screen, or all of it.

    Args:
        box: left, top, right, bottom.
    """

    def __init__(self, box: tuple[int, int, int, int] | None = None, *, fps: float = FPS, name: str = "Screen") -> None:
        super().__init__(name, open_timeout_s=OPEN_TIMEOUT_S, stall_s=OPEN_TIMEOUT_S)
        self._box = box
        self._fps = fps

    def _request(self) -> dict[str, Any]:
        if sys.platform == "linux" and os.environ.get("WAYLAND_DISPLAY"):
            raise DeviceError(
                "Under Wayland a program may not look at the screen by itself.",
                hint="Take a screenshot and paste it here, or log in to an X11 session.",
            )
        if sys.platform == "linux" and not os.environ.get("DISPLAY"):
            raise DeviceError("There is no screen here.", hint="Choose another source.")
        return {"kind": "screen", "box": self._box, "fps": self._fps}

    def _error(self, reason: str, detail: str) -> DeviceError:
        return DeviceError(
            "The screen cannot be read: {reason}.", hint="Choose another source.", reason=detail or reason
        )
