"""Which devices can be heard, and a watch on what is plugged in and out. No Qt.

PulseAudio and PipeWire name their sources well and know which one is the default, so where one of them runs its list
is used; PortAudio (in a process of its own) adds what only ALSA knows, and is the whole list elsewhere.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workers.errors import DeviceError
from workers.sources.base import AudioDevice

log = logging.getLogger(__name__)

PULSE = "pulse:"
DEFAULT_MONITOR_ID = "pulse:@DEFAULT_MONITOR@"
"""What the computer plays, whichever loudspeaker is the default one: PulseAudio's own name for it."""

PULSE_PCM_ID = "ALSA:pulse"  # the ALSA device through which PortAudio reaches PulseAudio's sources
PULSE_RATE_HZ = 48_000  # what its own quick resampler spoils at this rate lies above 8 kHz, where ours cuts
LIST_TIMEOUT_S = 20.0
WATCH_PERIOD_S = 2.0


def list_devices() -> list[AudioDevice]:
    """What can be recorded: the default microphone, other microphones, then what the computer plays.

    `is_default` marks one microphone and one monitor. Takes up to a second: call it from a worker thread.

    Raises:
        DeviceError: the sound system does not answer.
    """
    found = _portaudio_devices()
    sources = pulse_sources() if any(device["id"] == PULSE_PCM_ID for device in found) else []
    shown = {"other"} if sources else {"default", "hardware", "other"}
    devices = sources + [
        AudioDevice(
            id=device["id"],
            name="Default" if device["kind"] == "default" else device["name"],
            is_default=not sources and device["kind"] == "default",
            sample_rate_hz=device["rate_hz"],
            channels=device["channels"],
        )
        for device in found
        if device["kind"] in shown
    ]
    return sorted(devices, key=lambda device: (device.is_monitor, not device.is_default))


def pulse_sources() -> list[AudioDevice]:
    """The sources of PulseAudio or PipeWire; empty where neither runs. Takes a few milliseconds."""
    try:
        import pulsectl
    except (ImportError, OSError):  # libpulse is not installed
        return []
    try:
        with pulsectl.Pulse("sensorium-devices") as pulse:
            server, sources = pulse.server_info(), pulse.source_list()
            sinks = {sink.index: sink for sink in pulse.sink_list()}
    except pulsectl.PulseError:
        return []
    microphones = [source.name for source in sources if source.monitor_of_sink_name is None]
    default = server.default_source_name if server.default_source_name in microphones else "".join(microphones[:1])
    return [
        AudioDevice(
            id=PULSE + source.name,
            name=source.description if sink is None else sink.description,
            is_default=source.name == default if sink is None else sink.name == server.default_sink_name,
            is_monitor=sink is not None,
            sample_rate_hz=PULSE_RATE_HZ,
        )
        for source in sources
        for sink in [sinks.get(source.monitor_of_sink) if source.monitor_of_sink_name else None]
    ]


def capture_command(*arguments: str) -> list[str]:
    """The command line of the process that holds PortAudio."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "capture-process", *arguments]
    return [sys.executable, "-P", "-m", "workers.sources.capture_process", *arguments]


def capture_environment(**more: str) -> dict[str, str]:
    """The environment of that process: it shows as Sensorium in mixers and never starts a JACK server."""
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PULSE_PROP_application.name": "Sensorium",
        "JACK_NO_START_SERVER": "1",
        **more,
    }


def _portaudio_devices() -> list[dict[str, Any]]:
    try:
        done = subprocess.run(
            capture_command("list"), capture_output=True, timeout=LIST_TIMEOUT_S, env=capture_environment()
        )
        log.debug("what the sound system said while listing: %s", done.stderr.decode(errors="replace"))
        devices: list[dict[str, Any]] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise DeviceError(
            "The sound system does not answer.", hint="Log out and in again, or run 'sensorium doctor'."
        ) from error
    return devices


class DeviceWatcher:
    """Calls `on_change` with the list of devices at once and after every change, from a thread of its own."""

    def __init__(self, on_change: Callable[[list[AudioDevice]], None], *, period_s: float = WATCH_PERIOD_S) -> None:
        self._on_change = on_change
        self._period_s = period_s
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="device-watcher")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns once the thread has ended; a listing that is under way is waited for."""
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        seen: object = None
        while True:
            now = (pulse_sources(), _cards())
            if now != seen:
                seen = now
                try:
                    devices = list_devices()
                except DeviceError as error:
                    log.warning("%s", error)
                    devices = []
                if not self._stopped.is_set():
                    self._on_change(devices)
            if self._stopped.wait(self._period_s):
                return


def _cards() -> list[str]:
    """The kernel's sound cards, cheap to ask for."""
    with contextlib.suppress(OSError):
        return sorted(entry.name for entry in Path("/dev/snd").iterdir())
    return []
