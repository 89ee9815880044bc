"""PortAudio in a process of its own: lists the devices that can record, or records one. No Qt.

Why a process: PortAudio learns the devices once and only anew when no stream is open; ALSA and JACK print on stderr;
closing a device that was unplugged can hang; PULSE_SOURCE, which chooses a monitor, counts for a whole process; and a
busy window must not make the sound card overflow.

    python -m workers.sources.capture_process list                      one JSON line
    python -m workers.sources.capture_process record '{"device": ...}'  messages on stdout, commands on stdin

A message is its kind (one byte), the length of its body (4 bytes, little endian) and the body:
    o  opened: JSON with "rate_hz" and "channels"        a  audio: interleaved int16 in native order
    x  overflow: the sound card lost audio               e  error: JSON with "reason" and "detail"; the last message
    z  ended as asked; the last message
A command is one byte: p pause, r resume, s stop. The end of stdin is a stop, so that nothing outlives the window.
"""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

HEADER = struct.Struct("<cI")
BLOCK_S = 0.03
POLL_S = 0.25
STALLED_AFTER_S = 2.0
LATE_S = 0.3  # a monitor's block may be on a busy computer; a longer gap is a pause in what plays
FIRST_BLOCK_S = 2.0  # PulseAudio may wake a sleeping device first
MAX_STOP_LATENCY_S = 0.1
PA_CONTINUE, PA_INPUT_OVERFLOW = 0, 2  # PortAudio's own values: its callback must not wait for an import
MAX_WAITING_BLOCKS = 2000  # 60 s; beyond, the callback blocks and the sound card reports the overflow

# PCMs of ALSA's stock configuration and plugins that are no devices of their own, but other roads to the same ones.
_ALSA_ALIAS = re.compile(
    r"^(sysdefault|front|rear|center_lfe|side|surround\d+|iec958|spdif|hdmi|modem|phoneline|dmix|dsnoop|null|pulse|"
    r"pipewire|jack|oss|a52|arcam.*|lavrate.*|samplerate.*|speex.*|speexrate.*|upmix|vdownmix|usbstream|usb_stream)(:.*)?$"
)
_HARDWARE = re.compile(r" \(hw:\d+,\d+\)$")
_WINDOWS_APIS = ("Windows DirectSound", "MME", "Windows WDM-KS")  # the same devices as WASAPI has


def main(arguments: list[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then stops this process in order
    if arguments[0] == "list":
        sys.stdout.write(json.dumps(_list()))
    else:
        _Recording(json.loads(arguments[1]), sys.stdin.buffer, sys.stdout.buffer).run()
    sys.stdout.flush()
    os._exit(0)  # PortAudio may hang in its clean-up when a device is gone


def _list() -> list[dict[str, Any]]:
    """Devices that can record, as PortAudio sees them; `kind` is hardware, default, alias or other."""
    import pyaudio

    audio = pyaudio.PyAudio()
    apis = {i: str(audio.get_host_api_info_by_index(i)["name"]) for i in range(audio.get_host_api_count())}
    found: list[dict[str, Any]] = []
    for index in range(audio.get_device_count()):
        info = audio.get_device_info_by_index(index)
        api, name = apis[int(info["hostApi"])], str(info["name"])
        if int(info["maxInputChannels"]) < 1 or api in _WINDOWS_APIS:
            continue
        device_id = f"{api}:{_HARDWARE.sub('', name)}"  # the card's number changes with the order of plugging
        twins = sum(device["id"].split(" #")[0] == device_id for device in found)
        found.append(
            {
                "id": f"{device_id} #{twins + 1}" if twins else device_id,
                "name": _HARDWARE.sub("", name),
                "kind": _kind(api, name),
                "index": index,
                "rate_hz": int(info["defaultSampleRate"]),
                "channels": int(info["maxInputChannels"]),
            }
        )
    return found


def _kind(api: str, name: str) -> str:
    if api != "ALSA":
        return "hardware"
    if _HARDWARE.search(name):
        return "hardware"
    if name == "default":
        return "default"
    return "alias" if _ALSA_ALIAS.match(name) else "other"


def is_recording(sound_cards: Path = Path("/proc/asound")) -> bool:
    """Whether some program holds a sound card of this machine; PortAudio lists none that is held."""
    return any("closed" not in status.read_text() for status in sound_cards.glob("card*/pcm*c/sub*/status"))


class _Recording:
    """One device, recorded until the parent says stop or the device is gone."""

    def __init__(self, request: dict[str, Any], commands: BinaryIO, output: BinaryIO) -> None:
        self._device_id: str | None = request["device"]
        self._keeps_time = bool(request["is_monitor"])  # a monitor may be still while nothing plays
        self._native: tuple[int, int] | None = request["native"]
        self._commands = commands
        self._output = output
        self._blocks: queue.Queue[tuple[bytes, bool, float]] = queue.Queue(MAX_WAITING_BLOCKS)
        self._is_paused = False
        self._failure = ""
        self._sent_until = 0.0  # by the clock
        self._stop_at = float("inf")

    def run(self) -> None:
        try:
            self._open()
            threading.Thread(target=self._take_commands, daemon=True).start()
            self._deliver()
        except BrokenPipeError:
            return  # the parent is gone
        except _Refused as refusal:
            self._send(b"e", json.dumps({"reason": refusal.reason, "detail": refusal.detail}).encode())

    def _open(self) -> None:
        import pyaudio

        device = self._find()
        audio = pyaudio.PyAudio()
        stream: Any = None
        most = device["channels"]
        rate, channels = self._native or (device["rate_hz"], most)
        attempts = [(rate, min(channels, 2)), (rate, channels), (rate, 1), (48_000, 2), (44_100, 2), (16_000, 1)]
        failure: OSError = OSError("no format fits")
        for attempt_rate, attempt_channels in dict.fromkeys(attempts):
            try:
                stream = audio.open(
                    rate=attempt_rate,
                    channels=min(attempt_channels, most),
                    format=pyaudio.paInt16,
                    input=True,
                    input_device_index=device["index"],
                    frames_per_buffer=int(attempt_rate * BLOCK_S),
                    stream_callback=self._on_block,
                )
            except OSError as error:
                failure = error
                if error.args[0] not in (pyaudio.paInvalidSampleRate, pyaudio.paInvalidChannelCount):
                    break
            else:
                self._rate_hz, self._channels = attempt_rate, min(attempt_channels, most)
                break
        if stream is None:
            busy = failure.args[0] == pyaudio.paDeviceUnavailable
            raise _Refused("busy" if busy else "refused", str(failure.args[-1]))
        self._stream = stream
        self._send(b"o", json.dumps({"rate_hz": self._rate_hz, "channels": self._channels}).encode())

    def _find(self) -> dict[str, Any]:
        devices = _list()
        if self._device_id is None:
            usable = [device for device in devices if device["kind"] != "alias"]
            usable.sort(key=lambda device: device["kind"] != "default")
        else:
            usable = [device for device in devices if device["id"] == self._device_id]
        if not usable:
            raise _Refused("busy" if is_recording() else "missing", "")
        return usable[0]

    def _on_block(self, data: bytes, _frames: int, _times: object, status: int) -> tuple[None, int]:
        self._blocks.put((data, bool(status & PA_INPUT_OVERFLOW), time.monotonic()))
        return None, PA_CONTINUE

    def _deliver(self) -> None:
        self._sent_until = time.monotonic()
        last_block_at = self._sent_until + (0.0 if self._keeps_time else FIRST_BLOCK_S)
        while time.monotonic() < self._stop_at:
            try:
                block = self._blocks.get(timeout=min(POLL_S, self._stop_at - time.monotonic()))
            except (queue.Empty, ValueError):
                silent_s = time.monotonic() - last_block_at
                if self._failure:
                    raise _Refused("lost", self._failure) from None
                if self._is_paused:
                    last_block_at = time.monotonic() + FIRST_BLOCK_S
                elif not self._stream.is_active():
                    raise _Refused("lost", "the stream ended") from None
                elif silent_s >= STALLED_AFTER_S and self._keeps_time:
                    last_block_at = time.monotonic()
                    self._send_silence(until=last_block_at)
                elif silent_s >= STALLED_AFTER_S:
                    raise _Refused("lost", f"no sound for {STALLED_AFTER_S:.0f} s") from None
                continue
            last_block_at = time.monotonic()
            self._send_block(*block)
        for _ in range(self._blocks.qsize()):
            self._send_block(*self._blocks.get())
        self._send(b"z", b"")

    def _send_block(self, data: bytes, has_overflowed: bool, came_at: float) -> None:
        block_s = len(data) / (2 * self._channels * self._rate_hz)
        if has_overflowed:
            self._send(b"x", b"")
        if self._keeps_time:
            self._send_silence(until=came_at - block_s)
        self._send(b"a", data)
        self._sent_until += block_s

    def _send_silence(self, *, until: float) -> None:
        """What a monitor leaves out while nothing plays; never so much that its track runs ahead of the clock."""
        silent_s = until - self._sent_until
        if silent_s > LATE_S:
            self._send(b"a", bytes(2 * self._channels * int(silent_s * self._rate_hz)))
            self._sent_until = until

    def _take_commands(self) -> None:
        try:
            while (command := self._commands.read(1)) in (b"p", b"r"):
                if command == b"p":
                    self._is_paused = True
                    self._stream.stop_stream()
                elif self._is_paused:
                    self._stream.start_stream()
                    self._sent_until = time.monotonic()
                    self._is_paused = False
            latency_s = 0.0 if self._is_paused else min(self._stream.get_input_latency() + BLOCK_S, MAX_STOP_LATENCY_S)
            self._stop_at = time.monotonic() + latency_s
        except OSError as error:  # a device that is gone may obey no more: `_deliver` says so
            self._failure = str(error.args[-1])

    def _send(self, kind: bytes, body: bytes) -> None:
        self._output.write(HEADER.pack(kind, len(body)) + body)
        self._output.flush()


class _Refused(Exception):
    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


if __name__ == "__main__":
    main(sys.argv[1:])
