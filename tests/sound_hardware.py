"""Sound devices without hardware: a PulseAudio server of the test's own, and ALSA's `file` plugin as a microphone."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

NO_SERVER = "unix:/nonexistent/pulse"
"""For PULSE_SERVER, so that the developer's own microphone stays off."""

ALSA_CONFIG = Path("/usr/share/alsa/alsa.conf")


@contextmanager
def pulse_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PulseServer]:
    """A PulseAudio server with one loudspeaker, "Speaker"; programs started meanwhile use it."""
    if not shutil.which("pulseaudio") or not shutil.which("pactl"):
        pytest.skip("needs pulseaudio and pulseaudio-utils")
    socket = folder / "pulse-native"
    for name in ("HOME", "XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH"):
        monkeypatch.setenv(name, str(folder))
    process = subprocess.Popen(
        [
            *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes"),
            *("-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1"),
            *("-L", "module-null-sink sink_name=speaker sink_properties=device.description=Speaker"),
        ],
        stderr=subprocess.DEVNULL,
    )
    monkeypatch.setenv("PULSE_SERVER", f"unix:{socket}")
    try:
        server = PulseServer(f"unix:{socket}")
        server.wait_until_ready()
        yield server
    finally:
        process.kill()
        process.wait()


class PulseServer:
    def __init__(self, address: str) -> None:
        self.address = address

    def pactl(self, *arguments: str) -> str:
        return subprocess.run(["pactl", *arguments], capture_output=True, text=True, check=True).stdout.strip()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if subprocess.run(["pactl", "info"], capture_output=True, check=False).returncode == 0:
                return
        raise TimeoutError("PulseAudio did not start")

    def plug_in_microphone(self) -> str:
        """Adds the microphone "Headset", which hears 440 Hz; its module, for `unplug`."""
        properties = "source_properties=device.description=Headset"
        return self.pactl("load-module", "module-sine-source", "source_name=headset", "frequency=440", properties)

    def add_microphone(self, name: str, hz: int) -> None:
        """Adds one whose streams the server can move to another one, which those of a sine source do not survive."""
        self.pactl("load-module", "module-null-sink", f"sink_name={name}-room")
        self.pactl("load-module", "module-sine", f"sink={name}-room", f"frequency={hz}")
        properties = f"source_properties=device.description={name}"
        self.pactl(
            "load-module", "module-remap-source", f"source_name={name}", f"master={name}-room.monitor", properties
        )

    def unplug(self, module: str) -> None:
        self.pactl("unload-module", module)


def alsa_microphone(
    folder: Path, samples: np.ndarray, monkeypatch: pytest.MonkeyPatch, *, server: PulseServer | None = None
) -> str:
    """The id of ALSA's default microphone, which hears `samples`, shape (n, channels), at 44.1 kHz, then silence.

    With a server, the device keeps real time; without one, it delivers as fast as it is read, again and again. Either
    way the app sees no PulseAudio.
    """
    if not ALSA_CONFIG.exists():
        pytest.skip("needs libasound2-data")
    sound = folder / "microphone.raw"
    samples.astype("<i2").tofile(sound)
    slave = f'{{ type pulse server "{server.address}" device "speaker.monitor" }}' if server else '"null"'
    config = folder / "alsa.conf"
    config.write_text(
        f"""
        <{ALSA_CONFIG}>
        pcm.test_microphone {{
            type file
            slave.pcm {slave}
            file "/dev/null"
            infile "{sound}"
            format "raw"
        }}
        pcm.!default {{
            type plug
            slave.pcm "test_microphone"
        }}
        """
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(config))
    monkeypatch.setenv("PULSE_SERVER", NO_SERVER)
    return "ALSA:test_microphone"
