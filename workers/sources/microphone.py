"""A microphone or a monitor, through PyAudio, as 16 kHz mono. No Qt.

PortAudio runs in a process of its own (`capture_process`, which says why). A device that is unplugged is waited for
and goes on where it stopped; what was heard before is never lost. Who records the system's default follows it.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from typing import IO, Literal

import numpy as np

from workers.errors import DeviceError
from workers.results import SAMPLE_RATE_HZ, Notice, Samples, SourceNotice
from workers.sources.base import AudioDevice, OnEnd, OnSamples
from workers.sources.capture_process import HEADER
from workers.sources.devices import (
    DEFAULT_MONITOR_ID,
    PULSE,
    PULSE_PCM_ID,
    capture_command,
    capture_environment,
    pulse_sources,
)

log = logging.getLogger(__name__)

OPEN_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 2.0
RECONNECT_S = 10.0  # a loose plug or Bluetooth; after that the user chooses
RETRY_S = 1.0
HUNG_S = 8.0  # a process that works says something within 4.3 s; a silent monitor after a pause is the slowest
LOOK_S = 1.0  # its silence is counted in these: a computer that slept wakes both of us, whatever the clock says
SILENT_S = 3.0  # of nothing but zeros: even a quiet microphone has noise, a muted one has not

DEFAULT_NAME = "Default microphone"


class Microphone:
    """Records the device `device_id` (None: the default microphone) as the track `track`.

    Args:
        on_gap: some sound was missed; called before what comes next.

    Attributes:
        device_name: as shown to the user; known after `start`.
        overflows: how often the sound card lost audio because nobody fetched it in time.
    """

    def __init__(
        self,
        device_id: str | None = None,
        track: str = "me",
        *,
        on_notice: Callable[[Notice], None] = lambda notice: None,
        on_gap: Callable[[], None] = lambda: None,
        reconnect_s: float = RECONNECT_S,
    ) -> None:
        self.track = track
        self.device_name = ""
        self.overflows = 0
        self._device_id = device_id
        self._on_notice, self._on_gap = on_notice, on_gap
        self._reconnect_s = reconnect_s
        self._stopping = threading.Event()
        self._lock = threading.Lock()  # of what `pause`, `resume` and `stop` share with a reconnect
        self._is_paused = False
        self._capture: _Capture | None = None  # until the device was opened

    def start(self, on_samples: OnSamples, on_end: OnEnd) -> None:
        capture = self._open()
        with self._lock:
            self._capture = capture
            if self._is_paused:
                capture.command(b"p")
        self._thread = threading.Thread(target=self._run, args=(on_samples, on_end), name=f"microphone-{self.track}")
        self._thread.start()

    def pause(self) -> None:
        with self._lock:
            self._is_paused = True
            if self._capture:
                self._capture.command(b"p")

    def resume(self) -> None:
        with self._lock:
            self._is_paused = False
            if self._capture:
                self._capture.command(b"r")

    def stop(self) -> None:
        with self._lock:
            self._stopping.set()
            if self._capture is None:
                return
            self._capture.command(b"s")
        self._thread.join(STOP_TIMEOUT_S)
        if self._thread.is_alive():  # the driver hangs
            self._capture.kill()
            self._thread.join()

    def _open(self) -> _Capture:
        source = _pulse_source(self._device_id)
        self.device_name = source.name if source else _name_of(self._device_id)
        capture = _Capture(self._device_id, self.device_name, source)
        log.info(
            "recording '%s' as %s: %d Hz, %d channels", self.device_name, self.track, capture.rate_hz, capture.channels
        )
        return capture

    def _run(self, on_samples: OnSamples, on_end: OnEnd) -> None:
        error: Exception | None = None
        assert self._capture is not None
        try:
            while True:
                try:
                    self._deliver(on_samples)
                    break
                except DeviceError as loss:
                    self._capture.close()
                    if self._stopping.is_set() or not self._reconnect(loss):
                        break
                except _Moved:
                    self._capture.close()
                    if self._stopping.is_set() or not self._follow():
                        break
        except Exception as failure:  # noqa: BLE001  the top of a thread: the caller is told
            error = failure
        finally:
            self._capture.close()
            on_end(error)

    def _deliver(self, on_samples: OnSamples) -> None:
        """Passes on what comes until `stop`.

        Raises:
            DeviceError: the device is lost.
            _Moved: the default is another one.
        """
        import soxr

        capture = self._capture
        assert capture is not None
        resampler = soxr.ResampleStream(capture.rate_hz, SAMPLE_RATE_HZ, num_channels=1, dtype="float32")
        silent_frames, unchecked_frames = 0, 0
        is_silent = False
        for kind, body in capture.messages():
            if kind == b"x":
                self._on_overflow()
                continue
            frames = np.frombuffer(body, np.int16).reshape(-1, capture.channels)
            unchecked_frames += len(frames)
            if unchecked_frames >= capture.rate_hz:
                unchecked_frames = 0
                capture.check_source()
            silent_frames = 0 if frames.any() else silent_frames + len(frames)
            if is_silent != (silent_frames >= SILENT_S * capture.rate_hz) and not capture.is_monitor:
                is_silent = not is_silent
                self._tell_silence(is_silent=is_silent)
            mono = frames.mean(axis=1, dtype=np.float32) / np.float32(32768)
            self._pass_on(resampler.resample_chunk(mono), on_samples)
        self._pass_on(resampler.resample_chunk(np.zeros(0, np.float32), last=True), on_samples)

    @staticmethod
    def _pass_on(samples: Samples, on_samples: OnSamples) -> None:
        if len(samples):
            on_samples(samples)

    def _on_overflow(self) -> None:
        self.overflows += 1
        self._on_gap()
        log.warning("the sound card lost audio of %s (%d times so far)", self.track, self.overflows)
        if self.overflows == 1:
            hint = "Close other programs if this goes on."
            self._on_notice(Notice("The computer was too busy and missed a moment of sound.", hint))

    def _tell_silence(self, *, is_silent: bool) -> None:
        name = self.device_name
        if is_silent:
            hint = "It may be muted, or another program may hold it. Check the system's sound settings."
            self._on_notice(
                SourceNotice("'{name}' gives nothing but silence.", hint, {"name": name}, self.track, name, "silent")
            )
        else:
            self._on_notice(SourceNotice("'{name}' gives sound again.", "", {"name": name}, self.track, name))

    def _reconnect(self, loss: DeviceError) -> bool:
        """Waits until the device is back; False when `stop` comes first, and raises `loss` when it stays away."""
        log.warning("%s", loss)
        hint = "Recording goes on as soon as it is back. If it stays away, you can choose another device."
        name = self.device_name
        self._on_notice(
            SourceNotice("'{name}' was unplugged or does not answer.", hint, {"name": name}, self.track, name, "away")
        )
        for _ in range(int(self._reconnect_s / RETRY_S)):
            if self._stopping.wait(RETRY_S):
                return False
            try:
                self._reopen("")
            except DeviceError:
                continue
            return True
        raise loss

    def _follow(self) -> bool:
        """Goes on with what is the system's default now; False when there was none until `stop`."""
        log.info("the system's default for %s is no longer '%s'", self.track, self.device_name)
        self._on_gap()
        try:
            self._reopen("moved")
        except DeviceError as loss:
            return self._reconnect(loss)
        return True

    def _reopen(self, condition: Literal["", "moved"]) -> None:
        capture = self._open()
        with self._lock:
            self._capture = capture
            if self._stopping.is_set():
                capture.command(b"s")
            elif self._is_paused:
                capture.command(b"p")
        name = self.device_name
        self._on_notice(
            SourceNotice("Recording goes on with '{name}'.", "", {"name": name}, self.track, name, condition)
        )


class _Moved(Exception):
    """The system's default is another device now."""


class _Capture:
    """The child process that records, once it has opened the device."""

    def __init__(self, device_id: str | None, name: str, source: AudioDevice | None) -> None:
        self.name = name
        self._follows_default = device_id in (None, DEFAULT_MONITOR_ID)
        self._source = source
        self.is_monitor = bool(source and source.is_monitor)
        pcm = PULSE_PCM_ID if source else device_id
        native = (source.sample_rate_hz, source.channels) if source else None
        request = json.dumps({"device": pcm, "native": native, "is_monitor": self.is_monitor})
        environment = capture_environment(PULSE_SOURCE=source.id.removeprefix(PULSE)) if source else None
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  ALSA's and JACK's chatter, for the debug log
        self._process = subprocess.Popen(
            capture_command("record", request),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            bufsize=0,  # a command that a dead process did not take would come up again when its pipe is closed
            env=environment or capture_environment(),
        )
        self._is_paused = False
        try:
            opened = json.loads(self._read_message(OPEN_TIMEOUT_S)[1])
        except DeviceError:
            self.close()
            raise
        self.rate_hz, self.channels = int(opened["rate_hz"]), int(opened["channels"])

    def messages(self) -> Iterator[tuple[bytes, bytes]]:
        """Audio and overflows, until the stop that was asked for; raises DeviceError when the device is lost."""
        while True:
            kind, body = self._read_message(HUNG_S)
            if kind == b"z":
                return
            yield kind, body

    def check_source(self) -> None:
        """Sees whether it is still the right source.

        Raises:
            DeviceError: PulseAudio goes on with another source than was asked for, as it does on unplug.
            _Moved: it is the system's default no more.
        """
        if self._source is None:
            return
        sources = pulse_sources()
        if self._source.id not in {source.id for source in sources}:
            raise _error("lost", self.name, "the source is gone")
        defaults = {source.id for source in sources if source.is_default and source.is_monitor == self.is_monitor}
        if self._follows_default and defaults and self._source.id not in defaults:
            raise _Moved

    def command(self, letter: bytes) -> None:
        self._is_paused = letter == b"p"
        stdin = self._process.stdin
        if stdin and not stdin.closed:
            try:
                stdin.write(letter)
            except (BrokenPipeError, ValueError):
                log.debug("the recording process had ended before %r", letter)

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        """Ends the process and keeps what it said for the debug log."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        if not self._said.closed:
            self._said.seek(0)
            log.debug("what the sound system said: %s", self._said.read().decode(errors="replace"))
            self._said.close()

    def _read_message(self, timeout_s: float) -> tuple[bytes, bytes]:
        kind, length = HEADER.unpack(self._read(HEADER.size, timeout_s))
        body = self._read(length, timeout_s)
        if kind == b"e":
            error = json.loads(body)
            raise _error(error["reason"], self.name, error["detail"])
        return kind, body

    def _read(self, length: int, timeout_s: float) -> bytes:
        stdout = self._process.stdout
        assert stdout is not None
        parts = bytearray()
        while len(parts) < length:
            self._wait_for_word(stdout, timeout_s)
            part = stdout.read(length - len(parts))
            if not part:
                raise _error("died", self.name, f"exit code {self._process.poll()}")
            parts += part
        return bytes(parts)

    def _wait_for_word(self, stdout: IO[bytes], timeout_s: float) -> None:
        """Waits until the process says more or has ended; raises DeviceError when it hangs."""
        silent_s = 0.0
        while not wait([stdout.fileno()], LOOK_S):
            silent_s = 0.0 if self._is_paused else silent_s + LOOK_S
            if silent_s >= timeout_s:
                raise _error("lost", self.name, f"its process said nothing for {timeout_s:.0f} s")


def _pulse_source(device_id: str | None) -> AudioDevice | None:
    """The PulseAudio source of an id; None when PortAudio is to find the device.

    Raises:
        DeviceError: it is not there.
    """
    if device_id is not None and not device_id.startswith(PULSE):
        return None
    sources = pulse_sources()
    if device_id is None:
        wanted = [source for source in sources if source.is_default and not source.is_monitor]
    elif device_id == DEFAULT_MONITOR_ID:
        wanted = [source for source in sources if source.is_default and source.is_monitor]
    else:
        wanted = [source for source in sources if source.id == device_id]
    if wanted:
        return wanted[0]
    if device_id is None and not sources:
        return None
    if device_id is None:
        raise _no_microphone()
    raise _error("missing", _name_of(device_id), "")


def _name_of(device_id: str | None) -> str:
    """What to call a device that is not there to say its own name."""
    if device_id is None:
        return DEFAULT_NAME
    if device_id == DEFAULT_MONITOR_ID:
        return "Computer sound"
    return device_id.partition(":")[2]


def _no_microphone() -> DeviceError:
    return DeviceError("No microphone was found.", hint="Plug one in, or transcribe a file.")


def _error(reason: str, name: str, detail: str) -> DeviceError:
    if reason == "missing" and name == DEFAULT_NAME:
        if os.access("/dev/snd/controlC0", os.F_OK) and not os.access("/dev/snd/controlC0", os.R_OK | os.W_OK):
            return DeviceError(
                "This account may not use the microphones.",
                hint="Type: sudo usermod -aG audio $USER, then log out and in again.",
            )
        return _no_microphone()
    if reason == "missing":
        return DeviceError("'{name}' is not connected.", hint="Plug it in, or choose another device.", name=name)
    if reason == "busy":
        return DeviceError("'{name}' is in use.", hint="Close the other program, or choose another device.", name=name)
    if reason == "refused":
        return DeviceError(
            "'{name}' could not be opened: {detail}.", hint="Choose another device.", name=name, detail=detail
        )
    log.warning("'%s' was lost: %s", name, detail)
    return DeviceError(
        "'{name}' was unplugged or does not answer.",
        hint="What was said until then is kept. Plug it in, or choose another device.",
        name=name,
    )
