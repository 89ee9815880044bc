"""A camera, through OpenCV in a process of its own, and which cameras there are. No Qt.

A camera that is unplugged is waited for and goes on when it is back, wherever it is plugged in then.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from workers.errors import AppError, DeviceError
from workers.results import CameraNotice, Notice, VideoFrame
from workers.sources.base import Camera
from workers.sources.process_source import ProcessSource

log = logging.getLogger(__name__)

OPEN_TIMEOUT_S = 30.0  # Windows takes 12 s for some
STALL_S = 4.0  # in the dark a camera may give one picture a second; the driver itself gives up after 3 s
KERNEL_CAMERAS = Path("/sys/class/video4linux")
STABLE_NAMES = Path("/dev/v4l/by-id")


def list_cameras() -> list[Camera]:
    """The cameras that the kernel knows, the first one being the default; empty on systems other than Linux."""
    found: list[Camera] = []
    for entry in sorted(KERNEL_CAMERAS.glob("video*"), key=lambda entry: int(entry.name[5:])):
        try:
            index, name = (entry / "index").read_text().strip(), (entry / "name").read_text().strip()
        except OSError:
            continue  # unplugged this moment
        if index == "0":  # the others of a camera carry its metadata
            path = f"/dev/{entry.name}"
            found.append(Camera(stable_id(path), name, path, is_default=not found))
    return found


def stable_id(path: str) -> str:
    """A name for a device file that stays when cameras are plugged in another order; itself where it has none."""
    for link in sorted(STABLE_NAMES.glob("*-index0")):
        if os.path.realpath(link) == path:
            return link.name
    return path


def path_of(camera_id: str) -> str:
    """What OpenCV opens for the id of a camera."""
    return camera_id if camera_id.startswith("/") or camera_id.isdigit() else os.path.realpath(STABLE_NAMES / camera_id)


class Webcam(ProcessSource):
    """The camera `camera`, asked for pictures of a size and number a second; it gives the nearest that it has.

    Args:
        on_notice: told when the camera goes away, comes back, or gives nothing but black.
        capture: "package.module:Class" of what opens it, with the methods of OpenCV's VideoCapture.
    """

    def __init__(
        self,
        camera: Camera,
        *,
        width: int = 1280,
        height: int = 720,
        fps: int = 30,
        on_notice: Callable[[Notice], None] = lambda notice: None,
        capture: str = "cv2:VideoCapture",
    ) -> None:
        super().__init__(camera.name, open_timeout_s=OPEN_TIMEOUT_S, stall_s=STALL_S)
        self._camera = camera
        self._wanted = {"width": width, "height": height, "fps": fps}
        self._on_notice = on_notice
        self._capture = capture

    def _request(self) -> dict[str, Any]:
        if not self._is_there():
            raise self._error("missing", "")
        return {"kind": "camera", "path": self._path(), "capture": self._capture, **self._wanted}

    def _path(self) -> str:
        return path_of(self._camera.id) if sys.platform == "linux" else self._camera.path

    def _is_there(self) -> bool:
        path = self._path()
        return not path.startswith("/") or Path(path).exists()

    def _on_condition(self, condition: dict[str, Any]) -> None:
        if condition["is_black"]:
            self._tell(
                CameraNotice(
                    "'{name}' gives a black picture.",
                    "Something may cover its lens, or it is switched off.",
                    condition="black",
                )
            )
        else:
            self._tell(CameraNotice("'{name}' gives a picture again."))

    def _on_lost(self, loss: AppError) -> VideoFrame:
        log.warning("%s", loss)
        self._tell(
            CameraNotice(
                "'{name}' was unplugged or does not answer.", "It goes on as soon as it is back.", condition="away"
            )
        )
        frame, _ = self._open_again()
        self._tell(CameraNotice("'{name}' is back."))
        return frame

    def _tell(self, notice: CameraNotice) -> None:
        self._on_notice(replace(notice, values={"name": self.name}, device_name=self.name))

    def _error(self, reason: str, detail: str) -> DeviceError:
        name = self.name
        match reason:
            case "missing":
                return DeviceError("'{name}' is not connected.", hint="Plug it in, or choose another one.", name=name)
            case "busy":
                return DeviceError(
                    "'{name}' is in use.", hint="Close the other program, or choose another camera.", name=name
                )
            case "denied":
                return DeviceError(
                    "This account may not use '{name}'.",
                    hint="Type: sudo usermod -aG video $USER, then log out and in again.",
                    name=name,
                )
            case "stalled" | "lost":
                return DeviceError(
                    "'{name}' was unplugged or does not answer.",
                    hint="Plug it in again, or choose another camera.",
                    name=name,
                )
            case _:
                log.warning("'%s' could not be opened: %s (%s)", name, reason, detail)
                return DeviceError(
                    "'{name}' gives no picture.",
                    hint="Choose another resolution or another camera; the log tells more.",
                    name=name,
                )
