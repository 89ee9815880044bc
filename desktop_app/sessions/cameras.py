"""Which cameras are plugged in, by the names that the system gives them, and when that changes."""

from __future__ import annotations

import sys
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from workers.sources.base import Camera
from workers.sources.webcam import list_cameras, stable_id


class CameraList(QObject):
    """Watches Qt Multimedia's list, which OpenCV lacks; what OpenCV opens for each is found here.

    Signals:
        changed(list[Camera]): first when it is known, then whenever one is plugged in or out.
    """

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._watcher: Any = None
        self._is_watching = False
        self.cameras: list[Camera] = []

    def watch(self) -> None:
        """Begins to watch, once the window has been painted: loading the library takes a tenth of a second.

        Not in a thread: a module of PySide that is loaded there while Qt is at work in another crashes the app.
        """
        if not self._is_watching:
            self._is_watching = True
            QTimer.singleShot(0, self, self._start)

    def _start(self) -> None:
        self._watcher = _media_devices()
        self._watcher.videoInputsChanged.connect(self._read)
        self._read()

    def _read(self) -> None:
        inputs = self._watcher.videoInputs()
        default = self._watcher.defaultVideoInput().id()
        found = [
            camera_of(bytes(device.id()).decode(errors="replace"), device.description(), index, device.id() == default)
            for index, device in enumerate(inputs)
        ]
        self.cameras = found or list_cameras()
        self.changed.emit(self.cameras)


def camera_of(device_id: str, name: str, index: int, is_default: bool) -> Camera:
    """A device of Qt's list as one of ours: Linux names the device file, others are opened by their place."""
    if sys.platform == "linux" and device_id.startswith("/dev/"):
        return Camera(stable_id(device_id), name, device_id, is_default)
    if sys.platform == "linux":  # through PipeWire, which has ids of its own
        known = [camera for camera in list_cameras() if camera.name.startswith(name) or name.startswith(camera.name)]
        if known:
            return Camera(known[0].id, name, known[0].path, is_default)
    return Camera(device_id, name, str(index), is_default)


def _media_devices() -> Any:
    from PySide6.QtMultimedia import QMediaDevices

    return QMediaDevices()
