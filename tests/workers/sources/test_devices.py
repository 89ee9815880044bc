from __future__ import annotations

import queue
from pathlib import Path

import numpy as np
import pytest

from tests.sound_hardware import NO_SERVER, alsa_microphone, pulse_server
from workers.sources.base import AudioDevice
from workers.sources.capture_process import _kind
from workers.sources.devices import DeviceWatcher, list_devices, pulse_sources


def test_pulse_lists_the_default_microphone_first_and_monitors_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pulse_server(tmp_path, monkeypatch) as server:
        server.plug_in_microphone()

        devices = list_devices()

    assert [(device.id, device.name) for device in devices] == [
        ("pulse:headset", "Headset"),
        ("pulse:speaker.monitor", "Speaker"),
    ]
    assert [device.is_monitor for device in devices] == [False, True]
    assert all(device.is_default for device in devices)


def test_alsa_lists_default_and_own_devices_without_aliases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alsa_microphone(tmp_path, np.zeros((100, 2)), monkeypatch)

    devices = list_devices()

    assert [(device.id, device.name) for device in devices] == [
        ("ALSA:default", "Default"),
        ("ALSA:test_microphone", "test_microphone"),
    ]
    assert [device.is_default for device in devices] == [True, False]


def test_no_file_of_the_users_folder_is_taken_for_a_part_of_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alsa_microphone(tmp_path, np.zeros((100, 2)), monkeypatch)
    (tmp_path / "json.py").write_text("raise RuntimeError")
    monkeypatch.chdir(tmp_path)

    assert list_devices()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("HDA Intel PCH: ALC257 Analog (hw:0,0)", "hardware"),
        ("default", "default"),
        ("surround51", "alias"),
        ("dmix", "alias"),
        ("sysdefault", "alias"),
        ("pipewire", "alias"),
        ("studio_mix", "other"),
    ],
)
def test_kind_tells_devices_from_other_roads_to_them(name: str, kind: str) -> None:
    assert _kind("ALSA", name) == kind


def test_no_sound_system_gives_no_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", NO_SERVER)

    assert pulse_sources() == []


def test_watcher_tells_what_is_plugged_in_and_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lists: queue.Queue[list[AudioDevice]] = queue.Queue()
    with pulse_server(tmp_path, monkeypatch) as server:
        watcher = DeviceWatcher(lists.put, period_s=0.02)
        watcher.start()
        before = lists.get(timeout=20)
        module = server.plug_in_microphone()
        plugged = lists.get(timeout=20)
        server.unplug(module)
        unplugged = lists.get(timeout=20)
        watcher.stop()

    assert [device.name for device in before] == ["Speaker"]
    assert [device.name for device in plugged] == ["Headset", "Speaker"]
    assert [device.name for device in unplugged] == ["Speaker"]
