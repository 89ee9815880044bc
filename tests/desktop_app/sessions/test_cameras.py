import sys

import pytest
from PySide6.QtCore import QByteArray, QObject, Signal

from desktop_app.sessions import cameras
from desktop_app.sessions.cameras import CameraList, camera_of
from workers.sources.base import Camera


class Device:
    """As Qt describes a camera."""

    def __init__(self, device_id: str, description: str) -> None:
        self._id, self._description = device_id, description

    def id(self) -> QByteArray:
        return QByteArray(self._id.encode())

    def description(self) -> str:
        return self._description


class Devices(QObject):
    """As QMediaDevices, with what the test plugs in."""

    videoInputsChanged = Signal()
    plugged_in: list[Device] = []

    def videoInputs(self) -> list[Device]:
        return self.plugged_in

    def defaultVideoInput(self) -> Device:
        return self.plugged_in[0] if self.plugged_in else Device("", "")


@pytest.fixture
def plugged_in(monkeypatch) -> list[Device]:
    monkeypatch.setattr(cameras, "_media_devices", Devices)
    monkeypatch.setattr(cameras, "list_cameras", list)
    monkeypatch.setattr(Devices, "plugged_in", [])
    return Devices.plugged_in


def test_cameras_have_names_and_hot_plug_is_told(qtbot, plugged_in):
    plugged_in.append(Device("/dev/video0", "Inside"))
    watched, told = CameraList(), []
    watched.changed.connect(told.append)
    watched.watch()
    qtbot.waitUntil(lambda: bool(told))

    plugged_in.append(Device("/dev/video2", "USB"))
    watched._watcher.videoInputsChanged.emit()

    assert [[camera.name for camera in cameras] for cameras in told] == [["Inside"], ["Inside", "USB"]]
    assert [(camera.path, camera.is_default) for camera in watched.cameras] == [
        ("/dev/video0", True),
        ("/dev/video2", False),
    ]


def test_the_real_list_of_this_machine_can_be_asked_for(qtbot):
    watched = CameraList()

    with qtbot.waitSignal(watched.changed, timeout=20_000):
        watched.watch()


@pytest.mark.skipif(sys.platform != "linux", reason="PipeWire is Linux's")
def test_a_camera_of_pipewire_is_found_by_its_name(monkeypatch):
    known = [Camera("usb-1", "HD Webcam: HD Webcam", "/dev/video4")]
    monkeypatch.setattr(cameras, "list_cameras", lambda: known)

    assert camera_of("alsa:77", "HD Webcam", 3, True) == Camera("usb-1", "HD Webcam", "/dev/video4", is_default=True)
    assert camera_of("alsa:78", "Another", 3, False) == Camera("alsa:78", "Another", "3")
